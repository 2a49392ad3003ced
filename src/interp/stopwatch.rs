//! How long a loop runs: what its copies with `Stamp` at the beginning and at the end read.

use crate::machine::{Counters, tsc};

/// Adds up the time between beginnings and ends. A loop that is entered again before it ends, by recursion, counts once.
#[derive(Default)]
pub struct Stopwatch {
    /// Beginnings without an end: not zero after a run whose loop was left by an exception.
    pub depth: i64,
    since: u64,
    /// Time, in [`tsc::now`]'s ticks.
    pub ticks: u64,
    pub entries: u64,
    /// Array expressions are executed instruction by instruction, as they are when somebody watches: each instruction
    /// runs as often as was counted.
    pub by_instruction: bool,
    /// Count what the processor does meanwhile.
    pub counters: Option<Counters>,
}

impl Stopwatch {
    /// A loop ends, or begins.
    pub fn stamp(&mut self, ends: bool) {
        if ends {
            let now = tsc::now();
            self.depth -= 1;
            if self.depth == 0 {
                self.ticks += now.wrapping_sub(self.since);
                if let Some(counters) = &self.counters {
                    counters.pause();
                }
            }
            return;
        }
        self.depth += 1;
        if self.depth == 1 {
            self.entries += 1;
            if let Some(counters) = &self.counters {
                counters.go_on();
            }
            self.since = tsc::now();
        }
    }
}
