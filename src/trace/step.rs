//! One step of a run: an instruction, where it stands, what it did, what it left.

use std::sync::Arc;

use serde::Serialize;

use super::code::{ChunkId, Listing, LoopId};
use super::event::Happening;
use super::goal::Goal;
use super::kernel::KernelStep;
use super::state::State;
use super::tally::Tally;

/// Where a run stands before an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Position {
    /// Instructions that ran before.
    pub number: u64,
    pub chunk: ChunkId,
    /// Index of the instruction in its chunk.
    pub pc: u32,
    /// Line of the source, from 1.
    pub line: u32,
    /// Whether the instruction before was of another line, or of another call: execution comes to the line.
    pub enters_line: bool,
    /// Calls under way, the module's included.
    pub depth: u32,
    /// The innermost loop that is running, in this call or in one that waits for it.
    pub innermost: Option<InLoop>,
}

/// A loop that is running.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct InLoop {
    #[serde(rename = "loop")]
    pub id: LoopId,
    /// The iteration since the loop was entered, from 1; at the test that ends the loop, one more than there were.
    pub iteration: u64,
    /// Whether the instruction begins that iteration: it is the loop's test.
    pub begins: bool,
    /// The call in which the loop runs: its depth.
    pub depth: u32,
}

/// A step, whole.
#[derive(Clone, Debug, Serialize)]
pub struct Step {
    #[serde(flatten)]
    pub position: Position,
    pub events: Vec<Happening>,
    /// What the innermost loop's iteration has cost so far, this step included; inner loops that have ended and calls
    /// are part of it.
    pub iteration: Tally,
    /// What the loop has cost since it was entered.
    pub looped: Tally,
    /// Kernels of array expressions that ran.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kernels: Vec<Arc<KernelStep>>,
    /// What the script printed.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub prints: String,
    /// What the step left; the next step finds it so. Of a run's last step it is what the step found.
    pub state: State,
}

impl Step {
    /// Whether the text that a goal looks for stands in the step's source, in its instruction or in its events.
    pub fn contains(&self, goal: &Goal, listing: &Listing) -> bool {
        let Goal::Text(wanted) = goal else { return false };
        let wanted = wanted.to_lowercase();
        let has = |text: &str| text.to_lowercase().contains(&wanted);
        let instruction = listing.instruction(self.position.chunk, self.position.pc);
        let line = listing.lines.get(self.position.line as usize - 1);
        line.is_some_and(|line| has(line))
            || has(&format!("{} {}", instruction.op, instruction.operands))
            || self.events.iter().any(|event| has(&event.to_string()))
            || has(&self.prints)
    }
}
