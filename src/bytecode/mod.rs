//! Tree to code: one table of bytecodes, the compiler from the AST, the disassembler.

pub mod chunk;
pub mod op;
pub mod overhead;
