//! Code to effect: the machine, its handlers, and what watches them.

pub mod error;

pub use error::{Raised, Result};
