//! What copying lists for typed code takes, beside running it: whether that pays shows only where both are measured.

use std::cell::Cell;
use std::time::{Duration, Instant};

/// Time that may go into copying before anything is concluded from it.
const TRIAL: Duration = Duration::from_millis(2);

/// With items in boxes, a loop over lists takes so many times as long and once more (`benches/loops/run.py`).
const GAIN: u32 = 2;

/// Time spent for one version of a loop.
#[derive(Default)]
pub struct Costs {
    copying: Cell<Duration>,
    running: Cell<Duration>,
}

impl Costs {
    pub fn now(&self) -> Instant {
        Instant::now()
    }

    pub fn has_copied(&self, since: Instant) {
        self.copying.set(self.copying.get() + since.elapsed());
    }

    pub fn has_run(&self, since: Instant) {
        self.running.set(self.running.get() + since.elapsed());
    }

    /// Whether more time goes into copying than it saves.
    pub fn are_too_high(&self) -> bool {
        self.copying.get() > TRIAL.max(self.running.get() * GAIN)
    }
}
