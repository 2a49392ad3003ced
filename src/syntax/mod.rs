//! Text to tree: tokens, layout, grammar, AST.

pub mod ast;
mod build;
mod check;
mod classify;
mod dump;
mod input;
mod layout;
mod literal;
mod parse;
mod recover;
mod scan;
mod stop;
pub mod token;

use crate::{
    diagnostic::Diagnostic,
    source::{Source, Span},
};
use ast::Ast;
pub use dump::{dump_ast, dump_tokens};
pub use input::{Fitting, Input, fitting, input, tokens_so_far};
use token::Token;

/// The tree of a script, or every syntax error found in it, in the order of the text.
pub fn parse(source: &Source) -> Result<Ast, Vec<Diagnostic>> {
    let laid = layout::layout(source, scan::scan(source));
    if laid.error.is_none()
        && let Ok((ast, errors)) = parse::module(source, &laid.tokens)
        && errors.is_empty()
    {
        return Ok(ast);
    }
    Err(recover::errors(source, laid))
}

/// The tokens of a script after layout.
pub fn tokens(source: &Source) -> Result<Vec<(Token, Span)>, Vec<Diagnostic>> {
    let laid = layout::layout(source, scan::scan(source));
    match laid.error {
        None => Ok(laid.tokens),
        Some(error) => Err(vec![error]),
    }
}
