//! Array expressions: a lazy graph, lowered to a small typed IR, and the evaluator that defines what the IR means.
//! Knows no syntax tree, no script values and no machine code: only dtypes, shapes, strides and buffers.

pub mod eval;
pub mod graph;
pub mod ir;
pub mod lower;
pub mod op;
pub mod order;
pub mod passes;
pub mod scalar;
pub mod shape;
pub mod signature;
pub mod text;
mod typing;
pub mod verify;

pub use graph::{Evaluate, Expr};
pub use op::{BinaryOp, ReduceOp, UnaryOp};
