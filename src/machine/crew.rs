//! Threads that do something at the same time.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rayon::{ThreadPool, ThreadPoolBuilder};

/// One thread for each hardware thread that this process may use, and on it: two that share one would be measured as
/// half of what there is. They stay for all measurements, so that each finds its memory where it first touched it.
pub struct Crew {
    pool: ThreadPool,
}

impl Crew {
    /// # Errors
    /// In words, if the system has no threads to give.
    pub fn new(threads: usize) -> Result<Crew, String> {
        let pool = ThreadPoolBuilder::new().num_threads(threads.max(1)).start_handler(stay).build();
        Ok(Crew { pool: pool.map_err(|error| format!("no threads: {error}"))? })
    }

    pub fn len(&self) -> usize {
        self.pool.current_num_threads()
    }

    /// Gives each thread its number to work with.
    pub fn each<T: Send>(&self, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
        self.pool.broadcast(|context| work(context.index()))
    }

    /// The time from when the first starts to when the last ends. Each does `prepare` before any starts.
    pub fn time(&self, prepare: impl Fn(usize) + Sync, work: impl Fn(usize) + Sync) -> Duration {
        let ready = AtomicUsize::new(0);
        let times = self.each(|thread| {
            prepare(thread);
            ready.fetch_add(1, Ordering::AcqRel);
            while ready.load(Ordering::Acquire) < self.len() {
                std::thread::yield_now();
            }
            let start = Instant::now();
            work(thread);
            (start, Instant::now())
        });
        let start = times.iter().map(|(start, _)| *start).min();
        let end = times.iter().map(|(_, end)| *end).max();
        start.zip(end).map_or(Duration::ZERO, |(start, end)| end - start)
    }
}

/// Keeps a thread where it is to run. Where that cannot be had, the system chooses.
#[cfg(target_os = "linux")]
fn stay(thread: usize) {
    use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

    let Ok(usable) = sched_getaffinity(None) else { return };
    if let Some(place) = (0..CpuSet::MAX_CPU).filter(|place| usable.is_set(*place)).nth(thread) {
        let mut here = CpuSet::new();
        here.set(place);
        let _ = sched_setaffinity(None, &here);
    }
}

#[cfg(not(target_os = "linux"))]
fn stay(_: usize) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_have_prepared_before_one_starts() {
        let crew = Crew::new(3).unwrap();
        let (prepared, worked) = (AtomicUsize::new(0), AtomicUsize::new(0));
        crew.time(
            |_| {
                prepared.fetch_add(1, Ordering::Relaxed);
            },
            |thread| {
                assert_eq!(prepared.load(Ordering::Relaxed), 3);
                worked.fetch_add(1 << (8 * thread), Ordering::Relaxed);
            },
        );
        assert_eq!(worked.into_inner(), 0x010101);
    }
}
