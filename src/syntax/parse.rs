//! Tokens to tree: the generated parser, and its failure as the place where it stopped. Nothing else names LALRPOP.

use std::cell::Cell;

use lalrpop_util::ParseError;

use super::{ast::Ast, build::Builder, token::Token};
use crate::{
    diagnostic::Diagnostic,
    source::{Source, Span},
};

#[allow(clippy::all, clippy::pedantic, unused_parens, unused_extern_crates)]
mod grammar {
    include!(concat!(env!("OUT_DIR"), "/toy.rs"));
}

/// A token that fits nowhere: its index (the number of tokens where the text ended too early),
/// and what would have fitted, as the grammar names it.
pub(super) struct Failure {
    pub at: usize,
    pub expected: Vec<String>,
}

/// Parses laid-out tokens to a tree and what the builder found wrong with it.
pub(super) fn module(source: &Source, tokens: &[(Token, Span)]) -> Result<(Ast, Vec<Diagnostic>), Failure> {
    let taken = Cell::new(0);
    let triples = tokens.iter().map(|(token, span)| {
        taken.set(taken.get() + 1);
        (span.start, *token, span.end)
    });
    let mut builder = Builder::new(source);
    match grammar::ModuleParser::new().parse(&mut builder, triples) {
        Ok(body) => Ok(builder.finish(body)),
        Err(ParseError::UnrecognizedToken { expected, .. }) => Err(Failure { at: taken.get() - 1, expected }),
        Err(ParseError::UnrecognizedEof { expected, .. }) => Err(Failure { at: tokens.len(), expected }),
        Err(ParseError::InvalidToken { .. } | ParseError::ExtraToken { .. }) => {
            Err(Failure { at: taken.get().saturating_sub(1), expected: Vec::new() })
        }
        Err(ParseError::User { error }) => match error {},
    }
}
