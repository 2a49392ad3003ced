//! Array expressions: graph, IR, passes, reference evaluator.

pub mod graph;
pub use graph::Expr;
