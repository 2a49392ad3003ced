//! A script's text, its name, and places in it.

use std::ops::Range;

/// A half-open range of byte offsets in one [`Source`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Span {
    pub start: u32,
    pub end: u32,
}

impl Span {
    pub fn new(start: usize, end: usize) -> Span {
        Span { start: start as u32, end: end as u32 }
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
#[derive(Debug)]
pub struct Source {
    pub name: String,
    pub text: String,
    line_starts: Vec<u32>,
}

impl Source {
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Source {
        let text = text.into();
        let line_starts = std::iter::once(0)
            .chain(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at as u32 + 1))
            .collect();
        Source { name: name.into(), text, line_starts }
    }

    /// The number of the line that holds `offset`, counted from 1.
    pub fn line(&self, offset: u32) -> usize {
        self.line_starts.partition_point(|start| *start <= offset)
    }

    /// The column of `offset` in its line, in characters, counted from 1.
    pub fn column(&self, offset: u32) -> usize {
        let start = self.line_starts[self.line(offset) - 1] as usize;
        self.text[start..offset as usize].chars().count() + 1
    }

    /// The text of line `number` (from 1), without its line end.
    pub fn line_text(&self, number: usize) -> &str {
        let Some(&start) = self.line_starts.get(number.wrapping_sub(1)) else { return "" };
        let end = self.line_starts.get(number).map_or(self.text.len(), |next| *next as usize);
        self.text[start as usize..end].trim_end_matches(['\n', '\r'])
    }

    pub fn slice(&self, span: Span) -> &str {
        &self.text[span.range()]
    }
}
