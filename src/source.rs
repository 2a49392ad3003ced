//! A script's text, its name, and places in it.

use std::{fs, io, ops::Range, path::Path, rc::Rc};

use crate::diagnostic::{Diagnostic, ErrorKind};

/// A half-open range of byte offsets in one [`Source`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Span {
    pub start: u32,
    pub end: u32,
}

/// Where a call stood when an exception passed through it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its function; `<module>` outside of any.
    pub function: Rc<str>,
    /// The expression or statement that it was at.
    pub span: Span,
}

impl Span {
    pub fn new(start: usize, end: usize) -> Span {
        Span { start: start as u32, end: end as u32 }
    }

    /// The same place in a text before which there are `offset` bytes.
    pub fn behind(self, offset: u32) -> Span {
        Span { start: self.start + offset, end: self.end + offset }
    }

    /// The smallest span that holds both.
    pub fn to(self, other: Span) -> Span {
        Span { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A script: its name as the user gave it, its text, and the offset at which each line starts.
///
/// Line ends are `\n` alone: `\r\n` and `\r` are translated as Python's reader does, so offsets count translated text.
#[derive(Debug)]
pub struct Source {
    pub name: String,
    pub text: String,
    line_starts: Vec<u32>,
    /// The offsets of all bytes that go on with a character: what makes columns differ from offsets.
    continuations: Vec<u32>,
    /// The lines at which further texts begin, each of which counts its lines from 1.
    parts: Vec<usize>,
}

/// Spans hold 32-bit offsets; a script beyond this many bytes is refused.
const MAX_BYTES: usize = u32::MAX as usize / 2;

impl Source {
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Source {
        let mut text = text.into();
        if text.contains('\r') {
            text = text.replace("\r\n", "\n").replace('\r', "\n");
        }
        let places = |found: fn(u8) -> bool| {
            text.bytes().enumerate().filter(move |(_, byte)| found(*byte)).map(|(at, _)| at as u32)
        };
        let line_starts = std::iter::once(0).chain(places(|byte| byte == b'\n').map(|at| at + 1)).collect();
        let continuations = places(|byte| (0x80..0xc0).contains(&byte)).collect();
        Source { name: name.into(), text, line_starts, continuations, parts: Vec::new() }
    }

    /// Goes on with another text, as a session does with each input; the offset at which it begins.
    ///
    /// # Errors
    /// If there is no room for it.
    pub fn append(&mut self, other: &Source) -> Result<u32, Diagnostic> {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.line_starts.push(self.text.len() as u32 + 1);
            self.text.push('\n');
        }
        if self.text.len() + other.text.len() > MAX_BYTES {
            return Err(too_long());
        }
        let start = self.text.len() as u32;
        self.parts.push(self.line_starts.len());
        self.line_starts.extend(other.line_starts[1..].iter().map(|at| at + start));
        self.continuations.extend(other.continuations.iter().map(|at| at + start));
        self.text += &other.text;
        Ok(start)
    }

    /// The number that a user knows line `line` by: as it counts in its own part of the text.
    pub fn number(&self, line: usize) -> usize {
        let first = self.parts.partition_point(|first| *first <= line).checked_sub(1).map_or(1, |at| self.parts[at]);
        line + 1 - first
    }

    /// Reads a script from a file. Errors carry no span: there is no text to point into.
    pub fn read(path: impl AsRef<Path>) -> Result<Source, Diagnostic> {
        let path = path.as_ref();
        let name = path.display().to_string();
        let bytes = fs::read(path).map_err(|error| cannot_read(&name, &error))?;
        Source::from_bytes(name, bytes)
    }

    /// Checks what Python checks of a script's bytes: UTF-8 (with or without a byte order mark) and no NUL.
    pub fn from_bytes(name: impl Into<String>, bytes: Vec<u8>) -> Result<Source, Diagnostic> {
        let name = name.into();
        let refuse = |message: String| Diagnostic::without_span(ErrorKind::SyntaxError, message);
        if bytes.len() > MAX_BYTES {
            return Err(too_long());
        }
        let text = match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let at = error.utf8_error().valid_up_to();
                return Err(refuse(undecodable(&name, error.as_bytes(), at)));
            }
        };
        if text.contains('\0') {
            return Err(refuse("source code cannot contain null bytes".into()));
        }
        if let Some(encoding) = foreign_encoding(&text) {
            return Err(refuse(format!("toy does not support the encoding '{encoding}': scripts are UTF-8")));
        }
        Ok(Source::new(name, text.strip_prefix('\u{feff}').unwrap_or(&text)))
    }

    /// The number of the line that holds `offset`, counted from 1.
    pub fn line(&self, offset: u32) -> usize {
        self.line_starts.partition_point(|start| *start <= offset)
    }

    /// The column of `offset` in its line, in characters, counted from 1.
    pub fn column(&self, offset: u32) -> usize {
        let offset = self.floor(offset);
        let start = self.line_start(offset);
        let before = |offset| self.continuations.partition_point(|at| *at < offset);
        (offset - start) as usize - (before(offset) - before(start)) + 1
    }

    /// The span cut to the text, and to whole characters.
    pub fn clamp(&self, span: Span) -> Span {
        let start = self.floor(span.start);
        Span { start, end: self.floor(span.end).max(start) }
    }

    /// The start of the character at `offset`, or the end of the text.
    fn floor(&self, offset: u32) -> u32 {
        let mut at = (offset as usize).min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        at as u32
    }

    /// The offset at which the line of `offset` starts.
    pub fn line_start(&self, offset: u32) -> u32 {
        self.line_starts[self.line(offset) - 1]
    }

    /// The text of line `number` (from 1), without its line end.
    pub fn line_text(&self, number: usize) -> &str {
        let Some(&start) = self.line_starts.get(number.wrapping_sub(1)) else { return "" };
        let end = self.line_starts.get(number).map_or(self.text.len(), |next| *next as usize);
        self.text[start as usize..end].trim_end_matches('\n')
    }

    /// The offset at which a line begins, counted from 1; the end of the text behind the last one.
    pub fn start_of_line(&self, number: usize) -> u32 {
        self.line_starts.get(number.wrapping_sub(1)).copied().unwrap_or(self.text.len() as u32)
    }

    /// The text of a span that lies in the source.
    pub fn slice(&self, span: Span) -> &str {
        &self.text[span.range()]
    }
}

fn too_long() -> Diagnostic {
    let message = format!("toy does not support scripts of more than {MAX_BYTES} bytes");
    Diagnostic::without_span(ErrorKind::SyntaxError, message)
}

/// The error for a file that the system does not give us, with the number that Python shows.
fn cannot_read(name: &str, error: &io::Error) -> Diagnostic {
    let (kind, number, text) = match error.kind() {
        io::ErrorKind::NotFound => (ErrorKind::FileNotFoundError, 2, "No such file or directory"),
        io::ErrorKind::IsADirectory => (ErrorKind::IsADirectoryError, 21, "Is a directory"),
        io::ErrorKind::PermissionDenied => (ErrorKind::PermissionError, 13, "Permission denied"),
        _ => {
            return Diagnostic::without_span(ErrorKind::OSError, format!("{error}: '{name}'"));
        }
    };
    Diagnostic::without_span(kind, format!("[Errno {number}] {text}: '{name}'"))
}

/// Python's wording for the byte at `at`, the first that is not UTF-8.
fn undecodable(name: &str, bytes: &[u8], at: usize) -> String {
    let line = bytes[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
    format!(
        "Non-UTF-8 code starting with '\\x{:02x}' in file {name} on line {line}, but no encoding declared; \
         see https://peps.python.org/pep-0263/ for details",
        bytes[at]
    )
}

/// The encoding that a comment in the first two lines declares (PEP 263), if it is not UTF-8.
fn foreign_encoding(text: &str) -> Option<&str> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    for line in text.split(['\n', '\r']).take(2) {
        let line = line.trim_start_matches([' ', '\t', '\u{c}']);
        if !line.is_empty() && !line.starts_with('#') {
            return None;
        }
        for (at, _) in line.match_indices("coding") {
            let rest = &line[at + "coding".len()..];
            let Some(rest) = rest.strip_prefix([':', '=']) else { continue };
            let rest = rest.trim_start_matches([' ', '\t']);
            let encoding = &rest[..rest.find(|c| !is_name(c)).unwrap_or(rest.len())];
            if !encoding.is_empty() {
                let folded = encoding.to_ascii_lowercase().replace('_', "-");
                let is_utf8 = matches!(folded.as_str(), "utf-8" | "utf8") || folded.starts_with("utf-8-");
                return (!is_utf8).then_some(encoding);
            }
        }
    }
    None
}
