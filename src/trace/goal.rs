//! Where somebody who steps through a run wants to go.

use super::code::{Listing, LoopId};
use super::step::Position;

/// A place to go to, seen from where one is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Goal {
    /// The step of this number; the last one if the run is shorter.
    Step(u64),
    /// The next time that execution comes to some line.
    AnyLine,
    /// The next time that execution comes to this line, from 1.
    Line(u32),
    /// The next time that an iteration of the innermost loop begins, in the same call, or the loop is left; outside of
    /// loops the next time that any iteration begins.
    Iteration,
    /// The beginning of the n-th iteration, from 1, of this loop.
    NthIteration(LoopId, u64),
    /// A step whose source line, instruction or events contain this text, whatever its case.
    Text(String),
}

impl Goal {
    /// Whether `at`, which is not `from`, is where the goal leads from there. A text is looked for in whole steps only.
    pub fn is_reached(&self, listing: &Listing, from: &Position, at: &Position) -> bool {
        match self {
            Goal::Step(number) => at.number == *number,
            Goal::AnyLine => at.enters_line,
            Goal::Line(line) => at.enters_line && at.line == *line,
            Goal::Iteration => match from.innermost {
                None => at.innermost.is_some_and(|found| found.begins),
                Some(was) => {
                    let in_call = at.depth == was.depth && at.chunk == listing.script_loop(was.id).chunk;
                    let inside = listing.script_loop(was.id).contains(at.pc);
                    let begins = at.innermost.is_some_and(|found| found.begins && found.id == was.id);
                    at.depth < was.depth || in_call && (begins || !inside)
                }
            },
            Goal::NthIteration(id, n) => {
                at.innermost.is_some_and(|found| found.begins && found.id == *id && found.iteration == *n)
            }
            Goal::Text(_) => false,
        }
    }
}
