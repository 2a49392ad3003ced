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
mod in_place;
mod learned;
mod lookups;
pub mod machine;
pub mod marks;
mod names;
mod numpy;
mod ops;
pub mod probe;
pub mod runtime;
mod session;
mod stopwatch;
mod system;
mod window;

pub use builtins::is_math;
pub use learned::Learned;
pub use machine::Machine;
pub use runtime::Runtime;
