//! `toy`: a tiny Python-like language whose loops run in an honest interpreter over boxed values,
//! and whose array expressions run as fused machine code. `ARCHITECTURE.md` is the map.

#![deny(unsafe_code)]

mod allocator;
pub mod array;
pub mod bytecode;
pub mod cli;
pub mod diagnostic;
mod error_kind;
pub mod exception;
mod folders;
pub mod interp;
pub mod interrupt;
pub mod jit;
pub mod kernel;
pub mod loops;
pub mod machine;
pub mod objects;
pub mod source;
pub mod stream;
pub mod syntax;
#[cfg(feature = "trace")]
pub mod trace;
pub mod traceback;
mod unicode;
pub mod value;
