//! Every error of a script that does not parse. Statements of the top level stand alone, so each is parsed by itself;
//! inside one, a simple statement that failed is passed over and the rest looked at again.

use super::{parse, scan::Scanned, stop::Stop, token::Token};
use crate::{
    diagnostic::Diagnostic,
    source::{Source, Span},
};

/// More errors than this help nobody.
const MAX_ERRORS: usize = 20;

pub(super) fn errors(source: &Source, laid: Scanned) -> Vec<Diagnostic> {
    let cut = laid.error.is_some();
    let mut errors = Vec::new();
    let chunks = chunks(&laid.tokens, cut);
    let rest = chunks.last().map_or(0, |last| last.end);
    for chunk in chunks {
        chunk_errors(source, &laid.tokens, chunk, &mut errors);
        if errors.len() >= MAX_ERRORS {
            break;
        }
    }
    let better = if laid.unclosed { before_line_end(source, &laid, rest) } else { None };
    errors.extend(better.or(laid.error));
    errors.sort_by_key(|error| error.span.map(|span| span.start));
    errors.dedup();
    errors.truncate(MAX_ERRORS);
    errors
}

/// As CPython, prefers what is wrong in the line of an open bracket to the bracket itself,
/// unless it is that the text ends there. The cut statement begins at token `rest`.
fn before_line_end(source: &Source, laid: &Scanned, rest: usize) -> Option<Diagnostic> {
    let line = source.line(laid.error.as_ref()?.span?.start);
    let failure = parse::module(source, &laid.tokens[rest..]).err()?;
    let at = rest + failure.at;
    let (_, span) = laid.tokens.get(at)?;
    let error = Stop::new(source, &laid.tokens, at, &failure.expected).diagnose();
    let seen = if error.message == "invalid syntax" { at } else { at + 1 };
    (source.line(span.start) <= line && seen < laid.tokens.len()).then_some(error)
}

/// The errors of the tokens `chunk`, a statement of the top level.
fn chunk_errors(source: &Source, all: &[(Token, Span)], chunk: std::ops::Range<usize>, errors: &mut Vec<Diagnostic>) {
    let start = chunk.start;
    let mut tokens = all[chunk].to_vec();
    loop {
        match parse::module(source, &tokens) {
            Ok((_, found)) => return errors.extend(found),
            Err(failure) => {
                errors.push(Stop::new(source, all, start + failure.at, &failure.expected).diagnose());
                if errors.len() >= MAX_ERRORS || !pass_over(&mut tokens, failure.at) {
                    return;
                }
            }
        }
    }
}

/// Blanks out the simple statement around `at`, so that the block it is in stays a block.
/// The number of tokens stays the same: indices are those of the whole script.
fn pass_over(tokens: &mut [(Token, Span)], at: usize) -> bool {
    let is_break = |token: Token| matches!(token, Token::Newline | Token::Indent | Token::Dedent);
    let start =
        tokens[..at.min(tokens.len())].iter().rposition(|(token, _)| is_break(*token)).map_or(0, |before| before + 1);
    let Some(end) = (at..tokens.len()).find(|index| tokens[*index].0 == Token::Newline) else { return false };
    let opens = matches!(tokens.get(end + 1), Some((Token::Indent, _)));
    let header = matches!(
        tokens[start].0,
        Token::If
            | Token::Elif
            | Token::Else
            | Token::While
            | Token::For
            | Token::Def
            | Token::Try
            | Token::Except
            | Token::Finally
            | Token::With
            | Token::Class
            | Token::Async
            | Token::At
            | Token::Indent
    );
    if opens || header || start >= end {
        return false;
    }
    for (index, (token, _)) in tokens[start..end].iter_mut().enumerate() {
        *token = if index % 2 == 0 { Token::Pass } else { Token::Semicolon };
    }
    true
}

/// The statements of the top level, with all that belongs to them. If the tokens were `cut` by an error,
/// a statement that was cut is left out.
fn chunks(tokens: &[(Token, Span)], cut: bool) -> Vec<std::ops::Range<usize>> {
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
            chunks.push(start..at + 1);
            start = at + 1;
        }
    }
    if !cut && start < tokens.len() {
        chunks.push(start..tokens.len());
    }
    chunks
}
