//! Kernels as machine code. Cranelift is named only in this folder.

mod code;
mod columns;
mod emit;
pub mod engine;
mod fold;
mod form;
mod isa;
mod lanes;
pub mod listing;
mod program;
mod run;
mod space;
mod stage;
pub mod stats;
pub mod switches;
mod worker;

pub use engine::Engine;
pub use listing::Listing;
pub use stats::Stats;
pub use switches::{Simd, Switches, Unroll};
