//! Threads that work on a kernel beside the calling one, woken within a microsecond while kernels follow one another.
//!
//! A kernel of 10^5 elements takes some 20 microseconds, less than it takes to wake a sleeping thread. So a thread that
//! has finished looks for more for a while before it sleeps, and the caller waits only for those that have begun: who
//! comes too late finds the work closed.

#![allow(unsafe_code)]

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// How long a thread looks for work before it sleeps.
const PATIENCE: Duration = Duration::from_micros(100);

/// Looks between two looks at the clock.
const LOOKS: usize = 64;

/// In [`Shared::state`]: there is work to join. The bits above count works, those below count who is inside.
const OPEN: u64 = 1 << 16;
const NEXT: u64 = 1 << 17;
const INSIDE: u64 = OPEN - 1;

type Work<'a> = &'a (dyn Fn() + Sync);

/// The helping threads. They end when this is dropped.
pub struct Crew {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

struct Shared {
    state: AtomicU64,
    /// Where the caller's work lies, while the state is open or somebody is inside.
    work: AtomicPtr<Work<'static>>,
    ends: AtomicBool,
    /// What went wrong inside, for the caller.
    panic: Mutex<Option<Box<dyn std::any::Any + Send>>>,
}

impl Crew {
    /// `helpers` threads; as many as the system gives.
    pub fn new(helpers: usize) -> Crew {
        let shared = Arc::new(Shared {
            state: AtomicU64::new(0),
            work: AtomicPtr::new(std::ptr::null_mut()),
            ends: AtomicBool::new(false),
            panic: Mutex::new(None),
        });
        let start = |_| {
            let shared = shared.clone();
            thread::Builder::new().name("kernel".into()).spawn(move || shared.help()).ok()
        };
        let threads = (0..helpers).filter_map(start).collect();
        Crew { shared, threads }
    }

    /// Calls `work` on this thread, and on those that join before it returns; ends when all of them have.
    pub fn run(&mut self, work: Work<'_>) {
        let shared = &*self.shared;
        let mut place: Work<'_> = work;
        shared.work.store((&raw mut place).cast(), Ordering::Relaxed);
        shared.state.fetch_add(NEXT | OPEN, Ordering::Release);
        self.threads.iter().for_each(|helper| helper.thread().unpark());
        let outcome = catch_unwind(AssertUnwindSafe(work));
        shared.state.fetch_and(!OPEN, Ordering::Acquire);
        let mut looks = 0;
        while shared.state.load(Ordering::Acquire) & INSIDE != 0 {
            looks += 1;
            if looks < 16 * LOOKS { std::hint::spin_loop() } else { thread::yield_now() }
        }
        let helped = shared.panic.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(panic) = outcome.err().or(helped) {
            resume_unwind(panic);
        }
    }
}

impl Drop for Crew {
    fn drop(&mut self) {
        self.shared.ends.store(true, Ordering::Release);
        for helper in self.threads.drain(..) {
            helper.thread().unpark();
            // It catches what its work throws.
            let _ = helper.join();
        }
    }
}

impl Shared {
    fn help(&self) {
        let mut done = 0;
        while let Some(state) = self.wait(done) {
            done = state / NEXT;
            if self.state.compare_exchange(state, state + 1, Ordering::Acquire, Ordering::Relaxed).is_err() {
                // Closed, or another one came: look again.
                done -= 1;
                continue;
            }
            // SAFETY: it was open when this thread went in, and the caller keeps its work until nobody is inside.
            let work = unsafe { *self.work.load(Ordering::Relaxed) };
            if let Err(panic) = catch_unwind(AssertUnwindSafe(work)) {
                *self.panic.lock().unwrap_or_else(PoisonError::into_inner) = Some(panic);
            }
            self.state.fetch_sub(1, Ordering::Release);
        }
    }

    /// The state with work that comes after number `done`; `None` if there will be no more.
    fn wait(&self, done: u64) -> Option<u64> {
        let mut since = Instant::now();
        loop {
            for _ in 0..LOOKS {
                let state = self.state.load(Ordering::Acquire);
                if state & OPEN != 0 && state / NEXT > done {
                    return Some(state);
                }
                std::hint::spin_loop();
            }
            if self.ends.load(Ordering::Acquire) {
                return None;
            }
            if since.elapsed() > PATIENCE {
                thread::park();
                since = Instant::now();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;

    #[test]
    fn every_piece_is_done_once() {
        for helpers in [0, 1, 3] {
            let mut crew = Crew::new(helpers);
            for turn in 0..2000usize {
                let pieces: Vec<AtomicUsize> = (0..turn % 40).map(|_| AtomicUsize::new(0)).collect();
                let next = AtomicUsize::new(0);
                crew.run(&|| {
                    while let Some(piece) = pieces.get(next.fetch_add(1, Ordering::Relaxed)) {
                        piece.fetch_add(1, Ordering::Relaxed);
                    }
                });
                assert!(pieces.iter().all(|piece| piece.load(Ordering::Relaxed) == 1));
                if turn % 500 == 0 {
                    thread::sleep(2 * PATIENCE);
                }
            }
        }
    }

    #[test]
    fn helpers_join_work_that_lasts() {
        let mut crew = Crew::new(2);
        let inside = AtomicUsize::new(0);
        let start = Instant::now();
        crew.run(&|| {
            inside.fetch_add(1, Ordering::Relaxed);
            while inside.load(Ordering::Relaxed) < 3 && start.elapsed() < Duration::from_secs(20) {
                thread::yield_now();
            }
        });
        assert_eq!(inside.load(Ordering::Relaxed), 3);
    }

    #[test]
    fn a_panic_of_a_helper_reaches_the_caller() {
        let mut crew = Crew::new(1);
        let (caller, joined) = (thread::current().id(), AtomicBool::new(false));
        let start = Instant::now();
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            crew.run(&|| {
                if thread::current().id() != caller {
                    joined.store(true, Ordering::Relaxed);
                    resume_unwind(Box::new("wrong"));
                }
                while !joined.load(Ordering::Relaxed) && start.elapsed() < Duration::from_secs(20) {
                    thread::yield_now();
                }
            });
        }));
        assert_eq!(outcome.unwrap_err().downcast_ref::<&str>(), Some(&"wrong"));
        crew.run(&|| {});
    }
}
