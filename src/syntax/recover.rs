//! The errors of a script that does not parse: where each is, in Python's words, and how to go on after it.

use super::{
    parse::{self, Failure},
    scan::Scanned,
    token::Token,
};
use crate::{
    diagnostic::{Diagnostic, ErrorKind},
    source::{Source, Span},
};

/// Every error found; statements of the top level stand alone, so each is parsed by itself.
pub(super) fn errors(source: &Source, laid: Scanned) -> Vec<Diagnostic> {
    let mut errors = Vec::new();
    let cut = laid.error.is_some();
    for chunk in chunks(&laid.tokens, cut) {
        match parse::module(source, chunk) {
            Ok((_, found)) => errors.extend(found),
            Err(failure) => errors.push(classify(source, chunk, &failure)),
        }
    }
    errors.extend(laid.error);
    errors.sort_by_key(|error| error.span.map(|span| span.start));
    errors
}

/// The statements of the top level, with all that belongs to them. If the tokens were `cut` by an error,
/// a statement that was cut is left out.
fn chunks(tokens: &[(Token, Span)], cut: bool) -> Vec<&[(Token, Span)]> {
    let mut chunks = Vec::new();
    let (mut start, mut depth) = (0, 0);
    for (at, (token, _)) in tokens.iter().enumerate() {
        match token {
            Token::Indent => depth += 1,
            Token::Dedent => depth -= 1,
            Token::Newline => {}
            _ => continue,
        }
        let continues = matches!(
            tokens.get(at + 1),
            Some((Token::Else | Token::Elif | Token::Except | Token::Finally | Token::Indent | Token::Dedent, _))
        );
        if depth == 0 && !continues {
            chunks.push(&tokens[start..=at]);
            start = at + 1;
        }
    }
    if !cut && start < tokens.len() {
        chunks.push(&tokens[start..]);
    }
    chunks
}

fn classify(source: &Source, tokens: &[(Token, Span)], failure: &Failure) -> Diagnostic {
    let _ = (source, &failure.expected);
    let span = tokens.get(failure.at).or(tokens.last()).map_or(Span::default(), |(_, span)| *span);
    Diagnostic::new(ErrorKind::SyntaxError, span, "invalid syntax")
}
