//! Kernels as machine code. Cranelift is named only in this folder.

pub mod engine;
pub mod stats;
pub mod switches;

pub use engine::Engine;
pub use stats::Stats;
pub use switches::{Simd, Switches};
