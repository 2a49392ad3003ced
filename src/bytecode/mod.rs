//! Tree to code: one table of bytecodes, the compiler from the AST, the verifier, the disassembler.

pub mod chunk;
mod compile;
mod definite;
mod disassemble;
pub mod flow;
pub mod op;
pub mod overhead;
mod scope;
pub mod variant;
mod verify;

pub use compile::walk::bodies;
pub use compile::{Session, Use, compile, compile_input, postpones_annotations};
pub use disassemble::{Listing, Row, disassemble, disassemble_noted, listings, overhead_table};
pub use verify::{Verified, Violation};
