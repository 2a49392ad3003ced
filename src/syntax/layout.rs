//! Lines and indentation, as CPython's tokenizer sees them: physical lines become logical ones
//! (NEWLINE, INDENT, DEDENT), and brackets are matched.

use super::{scan::Scanned, token::Token};
use crate::{
    diagnostic::{Diagnostic, ErrorKind},
    source::{Source, Span},
};

/// As CPython's tokenizer.
const MAX_BRACKETS: usize = 200;
const MAX_INDENTATION: usize = 100;
const TAB: usize = 8;

/// Lays out what was scanned; the error is the earliest of both stages, and the tokens are those before it.
pub(super) fn layout(source: &Source, scanned: Scanned) -> Scanned {
    let mut layout = Layout { source, tokens: Vec::new(), indents: vec![Column::default()], brackets: Vec::new() };
    let mut unclosed = false;
    let wrong = layout.run(&scanned.tokens).err();
    let mut unfinished = wrong.is_none() && scanned.unfinished;
    let mut error = wrong.or(scanned.error);
    if error.is_none() {
        error = layout.finish().err();
        unclosed = error.is_some();
        unfinished |= unclosed;
    }
    Scanned { tokens: layout.tokens, error, unclosed, unfinished }
}

/// An indentation's width with tabs to the next multiple of eight, and with tabs as wide as a space.
/// Where the two disagree on which line is deeper, the indentation is inconsistent.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Column {
    wide: usize,
    narrow: usize,
}

struct Layout<'s> {
    source: &'s Source,
    tokens: Vec<(Token, Span)>,
    indents: Vec<Column>,
    brackets: Vec<(Token, Span)>,
}

impl Layout<'_> {
    fn run(&mut self, tokens: &[(Token, Span)]) -> Result<(), Diagnostic> {
        let mut line_start = Some(0);
        for &(token, span) in tokens {
            if token == Token::Newline {
                if self.brackets.is_empty() {
                    if line_start.is_none() {
                        self.tokens.push((token, span));
                    }
                    line_start = Some(span.end);
                }
                continue;
            }
            if let Some(start) = line_start.take() {
                self.indentation(Span { start, end: span.start })?;
            }
            self.bracket(token, span)?;
            self.tokens.push((token, span));
        }
        Ok(())
    }

    /// The end of the text ends its last line and every block.
    fn finish(&mut self) -> Result<(), Diagnostic> {
        if let Some(&(open, span)) = self.brackets.last() {
            return Err(error(span, format!("'{}' was never closed", bracket_text(open))));
        }
        let end = self.source.text.len();
        let end = Span::new(end, end);
        if self.tokens.last().is_some_and(|(token, _)| *token != Token::Newline) {
            self.tokens.push((Token::Newline, end));
        }
        self.tokens.extend(self.indents[1..].iter().map(|_| (Token::Dedent, end)));
        Ok(())
    }

    /// Compares the white space `space` before a logical line with the blocks that are open.
    fn indentation(&mut self, space: Span) -> Result<(), Diagnostic> {
        let column = measure(self.source.slice(space));
        let place = Span { start: space.end, end: space.end };
        let here = self.indents[self.indents.len() - 1];
        let inconsistent =
            || Diagnostic::new(ErrorKind::TabError, space, "inconsistent use of tabs and spaces in indentation");
        if column.wide == here.wide {
            return if column.narrow == here.narrow { Ok(()) } else { Err(inconsistent()) };
        }
        if column.wide > here.wide {
            if column.narrow <= here.narrow {
                return Err(inconsistent());
            }
            if self.indents.len() >= MAX_INDENTATION {
                return Err(Diagnostic::new(ErrorKind::IndentationError, space, "too many levels of indentation"));
            }
            self.indents.push(column);
            self.tokens.push((Token::Indent, space));
            return Ok(());
        }
        while self.indents.last().is_some_and(|indent| indent.wide > column.wide) {
            self.indents.pop();
            self.tokens.push((Token::Dedent, place));
        }
        let outer = self.indents[self.indents.len() - 1];
        if outer.wide != column.wide {
            let message = "unindent does not match any outer indentation level";
            return Err(Diagnostic::new(ErrorKind::IndentationError, space, message));
        }
        if outer.narrow != column.narrow { Err(inconsistent()) } else { Ok(()) }
    }

    fn bracket(&mut self, token: Token, span: Span) -> Result<(), Diagnostic> {
        let open = match token {
            Token::ParenOpen | Token::BracketOpen | Token::BraceOpen | Token::FieldOpen => {
                if self.brackets.len() >= MAX_BRACKETS {
                    return Err(error(span, "too many nested parentheses"));
                }
                self.brackets.push((token, span));
                return Ok(());
            }
            Token::ParenClose => Token::ParenOpen,
            Token::BracketClose => Token::BracketOpen,
            Token::BraceClose => Token::BraceOpen,
            Token::FieldClose => Token::FieldOpen,
            _ => return Ok(()),
        };
        let close = bracket_text(token);
        match self.brackets.pop() {
            None => Err(error(span, format!("unmatched '{close}'"))),
            Some((found, _)) if found == open => Ok(()),
            Some((Token::FieldOpen, _)) => Err(error(span, format!("f-string: unmatched '{close}'"))),
            Some((found, at)) => {
                let (found, line) = (bracket_text(found), self.source.line(at.start));
                let mut message = format!("closing parenthesis '{close}' does not match opening parenthesis '{found}'");
                if line != self.source.line(span.start) {
                    message += &format!(" on line {line}");
                }
                Err(error(span, message).label(at, "opened here"))
            }
        }
    }
}

/// The width of a line's leading white space. A backslash at a line's end continues the indentation,
/// but the first width that is not zero is the one that counts.
fn measure(space: &str) -> Column {
    let mut column = Column::default();
    let mut continued = None;
    for c in space.chars() {
        match c {
            ' ' => column = Column { wide: column.wide + 1, narrow: column.narrow + 1 },
            '\t' => column = Column { wide: (column.wide / TAB + 1) * TAB, narrow: column.narrow + 1 },
            '\u{c}' => column = Column::default(),
            '\\' if column.wide > 0 => continued = continued.or(Some(column)),
            _ => {}
        }
    }
    continued.unwrap_or(column)
}

fn bracket_text(token: Token) -> char {
    match token {
        Token::ParenOpen => '(',
        Token::ParenClose => ')',
        Token::BracketOpen => '[',
        Token::BracketClose => ']',
        Token::BraceClose | Token::FieldClose => '}',
        _ => '{',
    }
}

fn error(span: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(ErrorKind::SyntaxError, span, message)
}
