//! Colours of an input line, by toy's own tokens.

use crate::source::Source;
use crate::syntax;
use crate::syntax::token::{Token, is_keyword};

const KEYWORD: &str = "1;34";
const NUMBER: &str = "36";
const TEXT: &str = "32";
const PROMPT: &str = "1;35";

/// The line with ANSI colours; `before` are the lines of the same input above it.
pub fn line(before: &str, line: &str) -> String {
    let source = Source::new("", format!("{before}{line}"));
    let mut colored = String::new();
    let mut at = before.len();
    for (token, span) in syntax::tokens_so_far(&source) {
        let Some(code) = code(token, source.slice(span)) else { continue };
        let (start, end) = ((span.start as usize).max(at), span.end as usize);
        if start < end {
            colored += &source.text[at..start];
            colored += &dress(code, &source.text[start..end]);
            at = end;
        }
    }
    colored + source.text.get(at..).unwrap_or_default()
}

pub fn prompt(prompt: &str) -> String {
    dress(PROMPT, prompt)
}

fn dress(code: &str, text: &str) -> String {
    format!("\x1b[{code}m{text}\x1b[0m")
}

fn code(token: Token, text: &str) -> Option<&'static str> {
    match token {
        Token::Int | Token::Float | Token::Imaginary => Some(NUMBER),
        Token::String
        | Token::Bytes
        | Token::FStringStart
        | Token::FStringText
        | Token::FStringRawText
        | Token::FStringEnd => Some(TEXT),
        _ if is_keyword(text) => Some(KEYWORD),
        _ => None,
    }
}
