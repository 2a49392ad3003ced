//! Reading text: ahead in chunks, handed out by lines, by characters, or whole.

use std::io;

use super::text::CHUNK;
use super::utf8::decode;
use super::{Result, StreamError, TextStream};
use crate::array::budget;

/// Bytes that are read at once, at most.
const MAX_CHUNK: usize = 1 << 20;

impl TextStream {
    /// Everything that is left.
    ///
    /// # Errors
    /// If it is closed, not for reading, or not UTF-8; what the system says.
    pub fn read_all(&mut self) -> Result<String> {
        self.start_reading()?;
        let kept = self.tail.len();
        while self.read_chunk(CHUNK)? > 0 {}
        match decode(&self.tail, true) {
            Ok(text) => self.ahead.push_str(text),
            Err(error) => {
                self.tail.truncate(kept);
                return Err(StreamError::Decode(error));
            }
        }
        self.tail.clear();
        let text = self.traits.newline.read(&self.ahead[self.at..]).into_owned();
        self.ahead = String::new();
        self.at = 0;
        Ok(text)
    }

    /// The next `count` characters, fewer at the end.
    ///
    /// # Errors
    /// As [`TextStream::read_all`].
    pub fn read(&mut self, count: usize) -> Result<String> {
        self.start_reading()?;
        let (mut text, mut left) = (String::new(), count);
        let mut more = true;
        loop {
            let (taken, bytes) = self.traits.newline.take(&self.ahead[self.at..self.end(!more)], left);
            left -= taken.chars().count();
            text = if text.is_empty() { taken } else { text + &taken };
            self.at += bytes;
            if left == 0 || !more {
                return Ok(text);
            }
            more = self.fill(left)?;
        }
    }

    /// The next line with its line end, or its first `limit` characters; empty at the end.
    ///
    /// # Errors
    /// As [`TextStream::read_all`].
    pub fn read_line(&mut self, limit: Option<usize>) -> Result<String> {
        self.start_reading()?;
        let newline = self.traits.newline;
        let mut more = true;
        // The line's bytes before this offset hold no line end.
        let mut searched = 0usize;
        loop {
            let rest = &self.ahead[self.at..self.end(!more)];
            if rest.is_empty() && more {
                // Also where no character is wanted, as CPython does.
                more = self.fill(0)?;
                continue;
            }
            // The two bytes of a line end may have come in different chunks.
            let from = rest.floor_char_boundary(searched.saturating_sub(1));
            let line_end = newline.line_end(&rest[from..]).map(|end| from + end);
            let line = &rest[..line_end.unwrap_or(rest.len())];
            let (text, bytes) = match limit {
                Some(limit) => newline.take(line, limit),
                None if line_end.is_some() || !more => (newline.read(line).into_owned(), line.len()),
                None => (String::new(), 0),
            };
            let full = limit.is_some_and(|limit| text.chars().count() == limit);
            if line_end.is_some() || full || !more {
                self.at += bytes;
                return Ok(text);
            }
            searched = rest.len();
            more = self.fill(0)?;
        }
    }

    /// The next line of an iteration; `None` at the end.
    ///
    /// # Errors
    /// As [`TextStream::read_all`].
    pub fn next_line(&mut self) -> Result<Option<String>> {
        self.iterating = true;
        let line = self.read_line(None)?;
        if line.is_empty() {
            self.iterating = false;
            return Ok(None);
        }
        Ok(Some(line))
    }

    fn start_reading(&mut self) -> Result<()> {
        self.check_open()?;
        if !self.traits.readable {
            return Err(StreamError::Unsupported("not readable"));
        }
        self.write_pending()
    }

    /// The end of what can be handed out: a `\r` may be followed by a `\n`, unless this is the end of the file.
    fn end(&self, last: bool) -> usize {
        let half = !last && self.traits.newline.is_universal() && self.ahead[self.at..].ends_with('\r');
        self.ahead.len() - half as usize
    }

    /// Reads a chunk, of `wanted` bytes at least if there are so many; `false` at the end of the file.
    fn fill(&mut self, wanted: usize) -> Result<bool> {
        self.ahead.drain(..self.at);
        self.at = 0;
        let kept = self.tail.len();
        let last = self.read_chunk(wanted.clamp(CHUNK, MAX_CHUNK))? == 0;
        let text = match decode(&self.tail, last) {
            Ok(text) => text,
            Err(error) => {
                // The line that it is in is lost with it, as in CPython.
                self.tail.truncate(kept);
                self.ahead.clear();
                return Err(StreamError::Decode(error));
            }
        };
        self.ahead.push_str(text);
        let decoded = text.len();
        self.tail.drain(..decoded);
        Ok(!last)
    }

    /// Reads up to `size` bytes; 0 at the end of the file.
    fn read_chunk(&mut self, size: usize) -> Result<usize> {
        let kept = self.tail.len();
        if !budget::allows(self.ahead.len().max(kept) * 2) {
            return Err(StreamError::System(io::ErrorKind::OutOfMemory.into()));
        }
        self.tail.resize(kept + size, 0);
        let read = self.channel.read(&mut self.tail[kept..]);
        self.tail.truncate(kept + *read.as_ref().unwrap_or(&0));
        Ok(read?)
    }
}
