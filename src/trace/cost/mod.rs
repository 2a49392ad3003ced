//! What each overhead of a loop takes, in nanoseconds: found by doing it again.
//!
//! Copies of the loop are run in turns with the loop itself. In one, an instruction that does nothing stands before
//! each of the loop's own; in each of the others those instructions do one kind of work again, where the loop does it.
//! What a copy takes longer than the one whose instructions do nothing is what that work takes in this loop, among all
//! that the processor does at the same time. The counts of the trace times these are the parts; what they leave of the
//! loop's own time is shown as what it is: work that overlaps, waiting, and what cannot be done again.

mod plan;
mod rounds;
mod solve;
mod spread;

pub use self::plan::{Plan, Unit};
pub use self::rounds::{Reading, Refusal, Settings, measure, together};
pub use self::spread::Interval;

use crate::bytecode::overhead::Overhead;
use crate::machine::HardwareEvent;

/// What a loop takes, and on what. Times are nanoseconds per iteration.
#[derive(Clone, Debug, PartialEq)]
pub struct Cost {
    /// Rounds in which everything was measured once.
    pub rounds: usize,
    /// Places in memory at which all of that was done.
    pub replicates: usize,
    pub iterations: u64,
    /// The whole loop's time.
    pub total: Interval,
    /// One for each overhead.
    pub parts: Vec<Part>,
    /// What the parts leave of the total. Negative if they are more: done again, work waits for what it did not wait
    /// for at first.
    pub remainder: Interval,
    /// What reading the clock at the loop's beginnings and ends adds to an iteration; it is in no other figure.
    pub clock: f64,
    /// How many processors others kept busy meanwhile; none if the system does not tell.
    pub others: Option<f64>,
    /// What the processor counted in an iteration, or why it did not.
    pub counted: Result<Vec<(HardwareEvent, f64)>, String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    pub overhead: Overhead,
    /// How often an iteration pays for it, the test that ends the loop included.
    pub count: f64,
    /// How many of these could not be done again: their time is in the remainder.
    pub left_out: f64,
    /// None if none of them could.
    pub time: Option<Interval>,
}
