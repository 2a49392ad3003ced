//! What others do on this machine while something is measured: they share its cores, caches and clock.

use std::time::{Duration, Instant};

use rustix::param::clock_ticks_per_second;
use rustix::time::{ClockId, clock_gettime};

/// A moment from which on others are watched.
pub struct Watch {
    time: Instant,
    /// What all processes, and this one, have had of processors.
    all: Option<Duration>,
    own: Duration,
}

impl Watch {
    pub fn begin() -> Watch {
        Watch { time: Instant::now(), all: all(), own: own() }
    }

    /// How many processors others have kept busy since then, on average. None if the system does not tell.
    pub fn others(&self) -> Option<f64> {
        let all = all()?.checked_sub(self.all?)?;
        let others = all.saturating_sub(own().saturating_sub(self.own));
        Some(others.as_secs_f64() / self.time.elapsed().as_secs_f64().max(1e-3))
    }
}

fn own() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// Linux: `/proc/stat`'s first line. What a hypervisor takes away (steal) is work of others, too.
fn all() -> Option<Duration> {
    busy(&std::fs::read_to_string("/proc/stat").ok()?, clock_ticks_per_second())
}

fn busy(stat: &str, per_second: u64) -> Option<Duration> {
    let words = stat.lines().next()?.strip_prefix("cpu ")?.split_whitespace();
    let ticks: Vec<u64> = words.map_while(|word| word.parse().ok()).collect();
    let [user, nice, system, _idle, _waiting, interrupts, soft, ref rest @ ..] = ticks[..] else { return None };
    let steal = rest.first().copied().unwrap_or(0);
    let busy = user + nice + system + interrupts + soft + steal;
    Some(Duration::from_secs_f64(busy as f64 / per_second.max(1) as f64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn idle_processors_are_not_busy() {
        let stat = "cpu  100 20 30 4000 500 6 7 8 0 0\ncpu0 1 2 3 4\n";
        assert_eq!(busy(stat, 100), Some(Duration::from_millis(1710)));
        assert_eq!(busy("cpu  1 2 3\n", 100), None);
        assert_eq!(busy("", 100), None);
    }
}
