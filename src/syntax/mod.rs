//! Text to tree: tokens, layout, grammar, AST.

pub mod ast;
