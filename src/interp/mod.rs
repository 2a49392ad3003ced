//! Code to effect: the machine, its handlers, and what watches them.

mod access;
mod arrays;
mod bind;
mod builtins;
mod call;
mod calls;
mod cursor;
mod execution;
mod frames;
mod generators;
mod handlers;
pub mod host;
pub mod hot;
mod learned;
mod lookups;
pub mod machine;
mod names;
mod numpy;
mod ops;
pub mod probe;
pub mod runtime;
mod session;
mod stopwatch;
mod system;
mod window;

pub use learned::Learned;
pub use machine::Machine;
pub use runtime::Runtime;
