//! What a watched run leaves behind: every step of a window of it, whole; exact counts of all the rest.
//!
//! A [`Recorder`] is the interpreter's probe. It counts every event, by instruction and by loop, and asks a [`Sink`]
//! at each step whether to record that step whole: the events in order, and the registers, variables and boxes as the
//! step left them. All that is handed out is plain data without references into the running program.

mod code;
pub mod cost;
mod event;
mod goal;
mod inspect;
mod kernel;
mod loops;
mod player;
mod recorder;
mod run;
mod state;
mod step;
mod tally;
mod tape;
mod totals;
mod walker;
mod worker;

pub use code::{ChunkId, Instruction, ListedChunk, Listing, LoopId, ScriptLoop};
pub use event::{BoxRef, Happening};
pub use goal::Goal;
pub use kernel::{KernelStep, MachineCode};
pub use player::Player;
pub use recorder::{Asides, Recorder, Sink, Wish};
pub use run::{Ending, Outcome, run, run_next};
pub use state::{Address, BoxState, Field, Slot, State, Variable};
pub use step::{InLoop, Position, Step};
pub use tally::{EventKind, Tally};
pub use tape::{Direction, End, Search, Tape};
pub use totals::{LineTotals, LoopTotals, SiteTotals, Totals};
pub use worker::Script;
