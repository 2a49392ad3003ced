//! How many floating-point operations a second the CPU can do: fused multiply-adds in registers alone.

use std::fmt;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::crew::Crew;
use super::isa::{Precision, Width};
use super::micro::Micro;
use super::trial::{Figure, Trial, Unit};

/// Rounds of the loop that one repetition makes.
const ROUNDS: u64 = 1000;

pub const METHOD: &str = "fused multiply-adds in registers, in 12 chains that do not wait for one another; each \
                          counts as two operations";

/// A measured peak.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Peak {
    #[serde(flatten)]
    pub of: Computed,
    /// 10⁹ operations that all threads together do in a second; an FMA is two.
    pub gflop_per_s: Figure,
}

/// What computes, and how many at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Computed {
    pub width: Width,
    pub precision: Precision,
    pub threads: usize,
}

/// Each width and precision that this CPU has: by one thread, and by all of the crew.
pub fn trials<'a>(micro: &Micro, crew: &'a Crew) -> Vec<Trial<'a, Computed>> {
    let threads = if crew.len() == 1 { vec![1] } else { vec![1, crew.len()] };
    let mut trials = Vec::new();
    for (width, precision, counted) in micro.fma.iter().copied() {
        for threads in threads.iter().copied() {
            let run = counted.run;
            trials.push(Trial {
                subject: Computed { width, precision, threads },
                unit: Unit::PerNanosecond((counted.work * ROUNDS * threads as u64) as f64),
                run: Box::new(move |repeats| {
                    if threads > 1 {
                        return crew.time(|_| run(ROUNDS), |_| run(ROUNDS * repeats));
                    }
                    run(ROUNDS);
                    let start = Instant::now();
                    run(ROUNDS * repeats);
                    start.elapsed()
                }),
            });
        }
    }
    trials
}

impl fmt::Display for Computed {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Computed { width, precision, threads } = self;
        write!(f, "FMA of {precision}, {width}, by {threads} thread{}", if *threads == 1 { "" } else { "s" })
    }
}
