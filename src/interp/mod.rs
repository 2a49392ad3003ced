//! Code to effect: the machine, its handlers, and what watches them.

mod access;
mod arrays;
mod builtins;
mod call;
mod cursor;
pub mod error;
pub mod host;
pub mod machine;
mod numpy;
mod ops;
pub mod probe;
pub mod runtime;
mod window;

pub use error::{Raised, Result};
pub use machine::Machine;
pub use runtime::Runtime;
