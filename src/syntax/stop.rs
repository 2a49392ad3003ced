//! The place where the parser stopped, and what is around it: the questions that classifying a failure asks.

use super::token::Token;
use crate::{
    diagnostic::{Diagnostic, ErrorKind},
    source::{Source, Span},
};

/// Where the parser stopped: in the tokens of the whole script, so that it can be looked at what follows.
pub(super) struct Stop<'t> {
    pub(super) source: &'t Source,
    pub(super) tokens: &'t [(Token, Span)],
    /// Index of the token that does not fit; the number of tokens at the end of the text.
    pub(super) at: usize,
    /// The tokens that would have fitted, as the grammar names them.
    pub(super) expected: Vec<String>,
    /// Index of the first token of the logical line.
    pub(super) start: usize,
    /// The brackets of the line that are open at `at`, by index.
    pub(super) open: Vec<usize>,
}

impl<'t> Stop<'t> {
    pub(super) fn new(source: &'t Source, tokens: &'t [(Token, Span)], at: usize, expected: &[String]) -> Stop<'t> {
        let is_break = |(token, _): &(Token, Span)| matches!(token, Token::Newline | Token::Indent | Token::Dedent);
        let start = tokens[..at].iter().rposition(is_break).map_or(0, |before| before + 1);
        let mut open = Vec::new();
        for (index, (token, _)) in tokens.iter().enumerate().take(at).skip(start) {
            match token {
                Token::ParenOpen | Token::BracketOpen | Token::BraceOpen | Token::FieldOpen => open.push(index),
                Token::ParenClose | Token::BracketClose | Token::BraceClose | Token::FieldClose => drop(open.pop()),
                _ => {}
            }
        }
        let expected = expected.iter().map(|name| name.trim_matches('"').to_string()).collect();
        Stop { source, tokens, at, expected, start, open }
    }

    pub(super) fn token(&self) -> Option<Token> {
        self.get(self.at)
    }

    pub(super) fn get(&self, index: usize) -> Option<Token> {
        self.tokens.get(index).map(|(token, _)| *token)
    }

    /// The token `back` places before the failure.
    pub(super) fn before(&self, back: usize) -> Option<Token> {
        self.get(self.at.checked_sub(back)?)
    }

    /// The place of a token; of a line's end a point, and behind the last token the end of the last line with text in it.
    pub(super) fn span(&self, index: usize) -> Span {
        self.tokens.get(index).map_or_else(
            || {
                let end = self.source.text.trim_end().len();
                Span::new(end, end)
            },
            |(token, span)| Span { end: if *token == Token::Newline { span.start } else { span.end }, ..*span },
        )
    }

    pub(super) fn place(&self) -> Span {
        self.span(self.at)
    }

    pub(super) fn text(&self, index: usize) -> &str {
        self.source.slice(self.span(index))
    }

    /// The keyword that the line begins with, if it is one.
    pub(super) fn keyword(&self) -> Option<Token> {
        self.get(self.start)
    }

    pub(super) fn expects(&self, token: &str) -> bool {
        self.expected.iter().any(|name| name == token)
    }

    pub(super) fn bracket(&self) -> Option<Token> {
        self.get(*self.open.last()?)
    }

    /// The index behind the innermost open bracket, or the start of the line.
    pub(super) fn inner_start(&self) -> usize {
        self.open.last().map_or(self.start, |open| open + 1)
    }

    /// True inside the parentheses of a call.
    pub(super) fn in_call(&self) -> bool {
        let Some(&open) = self.open.last() else { return false };
        self.get(open) == Some(Token::ParenOpen)
            && open > self.start
            && ends_expression(self.get(open - 1))
            && !self.in_def()
    }

    /// True in the parameter list of a `def`.
    pub(super) fn in_def(&self) -> bool {
        self.keyword() == Some(Token::Def) && self.open.len() == 1
    }

    /// The indices before the failure that are inside no bracket opened after `from`, last first.
    pub(super) fn backwards(&self, from: usize) -> impl Iterator<Item = usize> + '_ {
        let mut depth = 0_u32;
        (from..self.at).rev().filter(move |index| match self.tokens[*index].0 {
            Token::ParenClose | Token::BracketClose | Token::BraceClose | Token::FieldClose | Token::FStringEnd => {
                depth += 1;
                depth == 1
            }
            Token::ParenOpen | Token::BracketOpen | Token::BraceOpen | Token::FieldOpen | Token::FStringStart => {
                depth = depth.saturating_sub(1);
                depth == 0
            }
            _ => depth == 0,
        })
    }

    /// Where the expression that ends before `end` begins, as far as no operator looser than `or` comes.
    pub(super) fn disjunction_start(&self, end: usize) -> usize {
        let mut start = end;
        let mut in_at = None;
        for index in self.backwards(self.inner_start()).filter(|index| *index < end) {
            match self.tokens[index].0 {
                Token::For => return in_at.map_or(index + 1, |at: usize| at + 1),
                Token::In => in_at = in_at.or(Some(index)),
                Token::Comma
                | Token::Colon
                | Token::Assign
                | Token::Walrus
                | Token::If
                | Token::Else
                | Token::Elif
                | Token::While
                | Token::Return
                | Token::Semicolon
                | Token::Lambda => break,
                Token::Star | Token::DoubleStar if index == 0 || !ends_expression(self.get(index - 1)) => break,
                _ => {}
            }
            start = index;
        }
        start
    }

    pub(super) fn between(&self, first: usize, last: usize) -> Span {
        self.span(first).to(self.span(last))
    }

    pub(super) fn error(&self, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(ErrorKind::SyntaxError, span, message)
    }

    pub(super) fn here(&self, message: impl Into<String>) -> Option<Diagnostic> {
        Some(self.error(self.place(), message))
    }
}

/// Tokens that begin an expression and cannot go on with one.
pub(super) fn begins_expression(token: Token) -> bool {
    matches!(
        token,
        Token::Name
            | Token::Int
            | Token::Float
            | Token::String
            | Token::FStringStart
            | Token::None
            | Token::True
            | Token::False
            | Token::Ellipsis
            | Token::BraceOpen
            | Token::Lambda
            | Token::Tilde
    )
}

pub(super) fn ends_expression(token: Option<Token>) -> bool {
    matches!(
        token,
        Some(
            Token::Name
                | Token::Int
                | Token::Float
                | Token::String
                | Token::FStringEnd
                | Token::None
                | Token::True
                | Token::False
                | Token::Ellipsis
                | Token::ParenClose
                | Token::BracketClose
                | Token::BraceClose
        )
    )
}
