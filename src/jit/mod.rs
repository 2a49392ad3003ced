//! Kernels as machine code. Cranelift is named only in this folder.

mod assembly;
mod cache;
mod call;
mod code;
mod columns;
mod crew;
mod disassemble;
mod emit;
pub mod engine;
mod fold;
mod form;
mod isa;
mod lanes;
mod library;
pub mod listing;
pub mod loops;
mod prefetch;
mod program;
mod rotate;
mod run;
mod space;
mod stage;
pub mod stats;
mod stream;
pub mod switches;
pub mod threaded;
pub mod watch;
mod widen;
mod worker;

pub use call::{Answer, Call};
pub use engine::Engine;
pub use listing::Listing;
pub use stats::{Stats, Work};
pub use switches::{Fuse, Regalloc, Schedule, Simd, Stream, Switches, Unroll};
pub use watch::{KernelRun, Runner};
