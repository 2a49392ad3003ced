//! Text to tokens, lines not yet laid out: drives the token patterns, and reads by hand what patterns cannot,
//! the insides of strings and f-strings.

use logos::{Lexer, Logos};

use super::token::Token;
use crate::{
    diagnostic::{Diagnostic, ErrorKind},
    source::{Source, Span},
};

/// The tokens up to the end of the text, or up to the first error.
pub(super) struct Scanned {
    pub tokens: Vec<(Token, Span)>,
    pub error: Option<Diagnostic>,
    /// True if the error is a bracket that is open at the end of the text.
    pub unclosed: bool,
    /// True if the error is that the text ends: a bracket, a string or a line goes on.
    pub unfinished: bool,
}

pub(super) fn scan(source: &Source) -> Scanned {
    let lexer = Token::lexer(&source.text);
    let mut scanner = Scanner { source, lexer, modes: Vec::new(), tokens: Vec::new(), at_end: false };
    let error = scanner.run().err();
    Scanned { tokens: scanner.tokens, error, unclosed: false, unfinished: scanner.at_end }
}

/// As CPython: more f-strings inside each other than this are refused.
const MAX_FSTRING_DEPTH: usize = 150;
/// As CPython: more fields in each other's format specifications than this are refused.
const MAX_FIELD_DEPTH: usize = 3;

/// The opening of a string: where it is, and what ends it.
#[derive(Clone, Copy)]
struct Opening {
    span: Span,
    quote: char,
    triple: bool,
}

impl Opening {
    fn closes_at(self, rest: &str) -> bool {
        rest.starts_with(self.quote)
            && (!self.triple || rest[1..].starts_with(self.quote) && rest[2..].starts_with(self.quote))
    }

    fn quote_len(self) -> usize {
        if self.triple { 3 } else { 1 }
    }
}

/// Where the scanner is inside f-strings; outside of them there is no mode.
#[derive(Clone, Copy)]
enum Mode {
    /// The literal text of an f-string.
    Text(Opening),
    /// The expression of a field, inside so many of its own brackets.
    Field { opening: Opening, at: Span, brackets: u32 },
    /// The format specification of a field.
    Spec(Opening),
}

struct Scanner<'s> {
    source: &'s Source,
    lexer: Lexer<'s, Token>,
    modes: Vec<Mode>,
    tokens: Vec<(Token, Span)>,
    /// The text ended where it should go on.
    at_end: bool,
}

impl<'s> Scanner<'s> {
    fn run(&mut self) -> Result<(), Diagnostic> {
        loop {
            match self.modes.last().copied() {
                Some(Mode::Text(opening)) => self.text(opening, false)?,
                Some(Mode::Spec(opening)) => self.text(opening, true)?,
                Some(Mode::Field { .. }) | None => {
                    let Some(token) = self.lexer.next() else { return self.finish() };
                    let span = Span::new(self.lexer.span().start, self.lexer.span().end);
                    match token {
                        Ok(token) => self.token(token, span)?,
                        Err(()) => return Err(self.unknown_character(span)),
                    }
                }
            }
        }
    }

    fn finish(&mut self) -> Result<(), Diagnostic> {
        if let Some(Mode::Field { at, .. }) = self.modes.last() {
            self.at_end = true;
            return Err(error(*at, "'{' was never closed"));
        }
        let end = self.source.text.len();
        let line = self.source.text.strip_suffix("\\\n").map(|text| &text[text.rfind('\n').map_or(0, |at| at + 1)..]);
        if line.is_some_and(|line| !line.contains('#'))
            && self.tokens.last().is_none_or(|(_, span)| span.end as usize != end)
        {
            self.at_end = true;
            return Err(error(Span::new(end - 2, end - 1), "unexpected EOF while parsing"));
        }
        Ok(())
    }

    fn push(&mut self, token: Token, span: Span) {
        self.tokens.push((token, span));
    }

    /// What one pattern found, completed where the pattern knows the beginning alone.
    fn token(&mut self, token: Token, span: Span) -> Result<(), Diagnostic> {
        match token {
            Token::String | Token::Bytes => {
                let opening = self.opening(span);
                let end = self.string_end(opening)?;
                self.push(token, Span::new(span.start as usize, end));
            }
            Token::FStringStart => {
                if self.modes.iter().filter(|mode| matches!(mode, Mode::Text(_))).count() >= MAX_FSTRING_DEPTH {
                    return Err(error(span, "too many nested f-strings"));
                }
                self.modes.push(Mode::Text(self.opening(span)));
                self.push(token, span);
            }
            Token::Int | Token::Float | Token::Imaginary => {
                self.number_ends(token, span)?;
                self.push(token, span);
            }
            Token::ParenOpen | Token::BracketOpen | Token::BraceOpen => {
                if let Some(Mode::Field { brackets, .. }) = self.modes.last_mut() {
                    *brackets += 1;
                }
                self.push(token, span);
            }
            Token::ParenClose | Token::BracketClose | Token::BraceClose => match self.modes.last_mut() {
                Some(Mode::Field { brackets: 0, .. }) if token == Token::BraceClose => {
                    self.modes.pop();
                    self.push(Token::FieldClose, span);
                }
                Some(Mode::Field { brackets, .. }) => {
                    *brackets = brackets.saturating_sub(1);
                    self.push(token, span);
                }
                Some(Mode::Text(_) | Mode::Spec(_)) | None => self.push(token, span),
            },
            Token::Colon => match self.modes.last() {
                Some(Mode::Field { opening, brackets: 0, .. }) => {
                    self.modes.push(Mode::Spec(*opening));
                    self.push(Token::FieldColon, span);
                }
                _ if self.lexer.remainder().starts_with('=') => {
                    self.lexer.bump(1);
                    self.push(Token::Walrus, Span { end: span.end + 1, ..span });
                }
                _ => self.push(token, span),
            },
            _ => self.push(token, span),
        }
        Ok(())
    }

    fn opening(&self, span: Span) -> Opening {
        let text = self.source.slice(span);
        let quote = if text.ends_with('"') { '"' } else { '\'' };
        Opening { span, quote, triple: text.matches(quote).count() == 3 }
    }

    /// Passes the rest of a string whose opening was found, and gives the offset of its end.
    fn string_end(&mut self, opening: Opening) -> Result<usize, Diagnostic> {
        let rest = self.lexer.remainder();
        let mut chars = rest.char_indices();
        while let Some((at, c)) = chars.next() {
            if c == '\\' {
                chars.next();
            } else if opening.closes_at(&rest[at..]) {
                self.lexer.bump(at + opening.quote_len());
                return Ok(opening.span.end as usize + at + opening.quote_len());
            } else if c == '\n' && !opening.triple {
                return Err(self.unterminated(opening, "string", opening.span.end as usize + at));
            }
        }
        self.at_end = true;
        Err(self.unterminated(opening, "string", self.source.text.len()))
    }

    /// One stretch of an f-string's literal text, or of a format specification, and what ends it.
    fn text(&mut self, opening: Opening, spec: bool) -> Result<(), Diagnostic> {
        let rest = self.lexer.remainder();
        let start = self.source.text.len() - rest.len();
        let mut chars = rest.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            let here = Span::new(start + at, start + at + 1);
            let next = chars.peek().map(|(_, next)| *next);
            match c {
                '\\' if !matches!(next, Some('{' | '}')) => {
                    let named = next == Some('N') && rest[at + 2..].starts_with('{') && !self.is_raw(opening);
                    chars.next();
                    if named {
                        chars
                            .by_ref()
                            .take_while(|(_, c)| !matches!(c, '}' | '\n') && *c != opening.quote)
                            .for_each(drop);
                    }
                }
                '{' | '}' if !spec && next == Some(c) => drop(chars.next()),
                '{' => {
                    if self.fields() >= MAX_FIELD_DEPTH {
                        return Err(error(here, "f-string: expressions nested too deeply"));
                    }
                    self.end_text(opening, start, at, Token::FieldOpen, 1);
                    self.modes.push(Mode::Field { opening, at: here, brackets: 0 });
                    return Ok(());
                }
                '}' if !spec => return Err(error(here, "f-string: single '}' is not allowed")),
                '}' => {
                    self.end_text(opening, start, at, Token::FieldClose, 1);
                    self.modes.truncate(self.modes.len() - 2);
                    return Ok(());
                }
                _ if opening.closes_at(&rest[at..]) => {
                    if spec {
                        return Err(error(here, "f-string: expecting '}', or format specs"));
                    }
                    self.end_text(opening, start, at, Token::FStringEnd, opening.quote_len());
                    self.modes.pop();
                    return Ok(());
                }
                '\n' if !opening.triple && spec => return Err(error(here, "f-string: expecting '}', or format specs")),
                '\n' if !opening.triple => return Err(self.unterminated(opening, "f-string", start + at)),
                _ => {}
            }
        }
        self.at_end = true;
        Err(self.unterminated(opening, "f-string", self.source.text.len()))
    }

    /// How many fields of the innermost f-string are open.
    fn fields(&self) -> usize {
        let inner = self.modes.iter().rev().take_while(|mode| !matches!(mode, Mode::Text(_)));
        inner.filter(|mode| matches!(mode, Mode::Field { .. })).count()
    }

    fn is_raw(&self, opening: Opening) -> bool {
        self.source.slice(opening.span).contains(['r', 'R'])
    }

    /// Emits the text passed, if any, and the token of `len` bytes that ended it.
    fn end_text(&mut self, opening: Opening, start: usize, text_len: usize, token: Token, len: usize) {
        if text_len > 0 {
            let kind = if self.is_raw(opening) { Token::FStringRawText } else { Token::FStringText };
            self.push(kind, Span::new(start, start + text_len));
        }
        self.push(token, Span::new(start + text_len, start + text_len + len));
        self.lexer.bump(text_len + len);
    }

    fn unterminated(&self, opening: Opening, what: &str, end: usize) -> Diagnostic {
        // In a field, what looks like the opening of a string may be the end of the f-string.
        if let Some(Mode::Field { opening: outer, .. }) = self.modes.last()
            && (outer.quote, outer.triple) == (opening.quote, opening.triple)
        {
            return error(opening.span, "f-string: expecting '}'");
        }
        let triple = if opening.triple { "triple-quoted " } else { "" };
        // A text that ends in a line end has no further line to speak of.
        let line = self.source.line(end as u32)
            - usize::from(end > 0 && end == self.source.text.len() && self.source.text.ends_with('\n'));
        error(opening.span, format!("unterminated {triple}{what} literal (detected at line {line})"))
    }

    /// A number runs into letters only before a keyword, as in `1if x else 2`.
    fn number_ends(&self, token: Token, span: Span) -> Result<(), Diagnostic> {
        let text = self.source.slice(span);
        let rest = self.lexer.remainder();
        let word_len = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
        let word = &rest[..word_len];
        let place = Span { end: span.end + word_len as u32, ..span };
        let zeros = text.len() > 1 && text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit() || b == b'_');
        if token == Token::Int && zeros && text.bytes().any(|b| b.is_ascii_digit() && b != b'0') {
            let message =
                "leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers";
            return Err(error(place, message));
        }
        let keyword = ["and", "else", "for", "if", "in", "is", "not", "or"].iter().any(|k| word.starts_with(k));
        if word.is_empty() || keyword {
            return Ok(());
        }
        let radix = |prefix: [char; 2]| {
            text == "0" && word.starts_with(prefix) || text.starts_with("0") && text[1..].starts_with(prefix)
        };
        let (name, max_digit) = match () {
            _ if token == Token::Imaginary => ("imaginary", '9'),
            _ if radix(['x', 'X']) => ("hexadecimal", '9'),
            _ if radix(['o', 'O']) => ("octal", '7'),
            _ if radix(['b', 'B']) => ("binary", '1'),
            _ => ("decimal", '9'),
        };
        let digits = if text == "0" { word.get(1..).unwrap_or("").trim_start_matches('_') } else { word };
        match digits.chars().next().filter(|c| c.is_ascii_digit() && *c > max_digit) {
            Some(digit) => Err(error(place, format!("invalid digit '{digit}' in {name} literal"))),
            None => Err(error(place, format!("invalid {name} literal"))),
        }
    }

    fn unknown_character(&self, span: Span) -> Diagnostic {
        let rest = &self.source.text[span.start as usize..];
        let c = rest.chars().next().unwrap_or('\\');
        let span = Span { end: span.start + c.len_utf8() as u32, ..span };
        match c {
            '\\' if rest.len() == 1 => error(span, "unexpected EOF while parsing"),
            '\\' => error(span, "unexpected character after line continuation character"),
            _ if c.is_ascii() && !c.is_ascii_control() => error(span, "invalid syntax"),
            _ if c.is_control() || c.is_whitespace() => {
                error(span, format!("invalid non-printable character U+{:04X}", c as u32))
            }
            _ => error(span, format!("invalid character '{c}' (U+{:04X})", c as u32)),
        }
    }
}

fn error(span: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(ErrorKind::SyntaxError, span, message)
}
