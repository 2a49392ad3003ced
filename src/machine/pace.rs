//! Whether a core is wholly ours. What runs on its other hardware thread takes slots in which instructions would begin;
//! neither a process's own time nor the system's counts show it, and those of a hypervisor's guest least of all.

use std::cell::Cell;
use std::hint::black_box;

use super::tsc;

/// Steps of the work that is timed: about two microseconds.
const STEPS: u64 = 2000;
/// How often it is done at first, until nothing disturbed one.
const AT_FIRST: usize = 200;
/// Times as long as at best that still count as undisturbed.
const UNNOTICED: f64 = 1.04;

/// The least time in which this thread ever did a certain work, which begins as many instructions in a cycle as a core
/// can.
pub struct Pace {
    best: Cell<u64>,
}

impl Pace {
    pub fn find() -> Pace {
        let pace = Pace { best: Cell::new(u64::MAX) };
        for _ in 0..AT_FIRST {
            pace.is_slow();
        }
        pace
    }

    /// Whether the work takes longer at this moment than it has to.
    pub fn is_slow(&self) -> bool {
        let begin = tsc::now();
        black_box(work());
        let ticks = tsc::now().wrapping_sub(begin);
        self.best.set(self.best.get().min(ticks));
        ticks as f64 > self.best.get() as f64 * UNNOTICED
    }
}

/// Chains of different operations that need nothing of each other.
fn work() -> [u64; 5] {
    let mut chains = [1u64; 5];
    for step in 0..STEPS {
        let step = black_box(step);
        let [a, b, c, d, e] = &mut chains;
        *a = a.wrapping_add(step);
        *b ^= step;
        *c = c.wrapping_sub(step);
        *d |= step;
        *e = !(*e & step);
    }
    chains
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_is_never_slow() {
        let pace = Pace::find();
        assert!((1..u64::MAX).contains(&pace.best.get()));
        pace.best.set(u64::MAX);
        assert!(!pace.is_slow());
        pace.best.set(0);
        assert!(pace.is_slow());
    }
}
