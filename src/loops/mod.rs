//! Hot loops as typed code: what a loop over boxed values becomes when the types of its variables are known.
//!
//! ```text
//! bytecode and today's types ─ build ─ verify ─ loop IR ─┬─ eval           (slow, obvious: defines the meaning)
//!                                                        └─ machine code   (jit/)
//! ```
//!
//! Types are those that the loop's variables have when it becomes hot; code begins with them, and follows them through the
//! loop. A place that is reached with other types is compiled once more for these. What typed code does not do (a value
//! of an unexpected type, an integer beyond 64 bits, an error, an unknown construct) it leaves to the interpreter: by an
//! exit, before the instruction has done anything.

mod assemble;
pub mod build;
pub mod dial;
pub mod eval;
pub mod explain;
mod expr;
pub mod ir;
pub mod mode;
mod nest;
mod once;
mod print;
pub mod types;
mod unroll;
pub mod vector;
pub mod verify;

pub mod why;
