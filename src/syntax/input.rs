//! A text that somebody types line by line: whether it is whole, goes on, or is wrong. The parser says it.

use super::ast::{Ast, StmtKind};
use super::token::{Token, is_keyword};
use super::{layout, parse, recover, scan};
use crate::diagnostic::Diagnostic;
use crate::source::{Source, Span};

/// What a text is that may go on.
#[derive(Debug)]
pub enum Input {
    Whole(Ast),
    /// It goes on: a bracket, a string or a line is open; or, `in_block`, a block is missing or may have further lines.
    Unfinished {
        in_block: bool,
    },
    Wrong(Vec<Diagnostic>),
}

/// Looks at the lines that were typed so far. As in CPython, an empty line ends a block.
pub fn input(source: &Source) -> Input {
    let text = source.text.as_str();
    let ended = text == "\n" || text.ends_with("\n\n");
    let laid = layout::layout(source, scan::scan(source));
    let parsed = parse::module(source, &laid.tokens);
    let goes_on = match (&laid.error, &parsed) {
        // What comes before an open bracket may be wrong already.
        (Some(_), Err(failure)) => laid.unfinished && failure.at == laid.tokens.len(),
        (Some(_), Ok(_)) => laid.unfinished,
        (None, Err(failure)) => !ended && laid.tokens[failure.at..].iter().all(|(token, _)| *token == Token::Dedent),
        (None, Ok((ast, errors))) => !ended && errors.is_empty() && has_block(ast),
    };
    match parsed {
        _ if goes_on => Input::Unfinished { in_block: laid.error.is_none() },
        Ok((ast, errors)) if laid.error.is_none() && errors.is_empty() => Input::Whole(ast),
        Ok(_) | Err(_) => Input::Wrong(recover::errors(source, laid)),
    }
}

/// The tokens of a text that may go on, up to where it is wrong or ends too early.
pub fn tokens_so_far(source: &Source) -> Vec<(Token, Span)> {
    scan::scan(source).tokens
}

/// The keywords that may come next; none where the text is wrong.
pub fn words_to_come(source: &Source) -> Vec<String> {
    let laid = layout::layout(source, scan::scan(source));
    let end = source.text.len() as u32;
    let mut tokens = laid.tokens;
    // The end of the text is not the end of its last line.
    while tokens.last().is_some_and(|(_, span)| span.start == end) {
        tokens.pop();
    }
    let next = tokens.len();
    tokens.push((NEVER, Span { start: end, end }));
    match parse::module(source, &tokens) {
        Err(failure) if failure.at == next && (laid.error.is_none() || laid.unclosed) => {
            let words = failure.expected.iter().map(|name| name.trim_matches('"'));
            words.filter(|word| is_keyword(word)).map(str::to_owned).collect()
        }
        Ok(_) | Err(_) => Vec::new(),
    }
}

/// A token that the grammar has no place for.
const NEVER: Token = Token::Class;

/// Whether the last statement is one that a block belongs to.
fn has_block(ast: &Ast) -> bool {
    use StmtKind::{Def, For, If, Try, While, With};
    let last = ast.body.last().map(|last| &ast.stmt(*last).kind);
    matches!(last, Some(If { .. } | While { .. } | For { .. } | Def { .. } | Try { .. } | With { .. }))
}
