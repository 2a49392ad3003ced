//! A text stream: what `open` returns in Python. Here its state, writing, and places; `read.rs` reads.

use std::io::{self, SeekFrom};

use super::{Channel, Closed, Newline, Result, StreamError};

/// Bytes that are read at once, and that are collected before they are written.
pub(super) const CHUNK: usize = 8192;

/// What a stream is opened as.
#[derive(Clone, Debug, Default)]
pub struct Traits {
    /// As `open` was given them.
    pub name: String,
    pub mode: String,
    pub encoding: String,
    /// What becomes of characters that the encoding does not have: a word only, since UTF-8 has all.
    pub errors: &'static str,
    pub readable: bool,
    pub writable: bool,
    pub newline: Newline,
    /// Each line is written when it ends.
    pub line_buffering: bool,
}

pub struct TextStream {
    pub traits: Traits,
    pub(super) channel: Box<dyn Channel>,
    closed: bool,
    /// Text that was read ahead, line ends as in the file; from `at` on nobody has seen it.
    pub(super) ahead: String,
    pub(super) at: usize,
    /// The bytes behind it: a character that goes on.
    pub(super) tail: Vec<u8>,
    /// Bytes to write.
    pending: Vec<u8>,
    /// An iteration is under way, so that the place in the file is not told.
    pub(super) iterating: bool,
}

impl TextStream {
    pub fn new(traits: Traits, channel: Box<dyn Channel>) -> TextStream {
        TextStream {
            traits,
            channel,
            closed: false,
            ahead: String::new(),
            at: 0,
            tail: Vec::new(),
            pending: Vec::new(),
            iterating: false,
        }
    }

    pub fn is_closed(&self) -> bool {
        self.closed
    }

    pub fn channel(&self) -> &dyn Channel {
        &*self.channel
    }

    pub(super) fn check_open(&self) -> Result<()> {
        if self.closed { Err(StreamError::Closed) } else { Ok(()) }
    }

    /// Writes text; it may stay in memory until [`TextStream::flush`].
    ///
    /// # Errors
    /// If it is closed, or not for writing; what the system says.
    pub fn write(&mut self, text: &str) -> Result<()> {
        self.check_open()?;
        if !self.traits.writable {
            return Err(StreamError::Unsupported("not writable"));
        }
        self.forget_ahead();
        self.pending.extend_from_slice(self.traits.newline.write(text).as_bytes());
        let line_ended = self.traits.line_buffering && text.contains(['\n', '\r']);
        if self.pending.len() >= CHUNK || line_ended { self.write_pending() } else { Ok(()) }
    }

    /// Writes what is still in memory.
    ///
    /// # Errors
    /// If it is closed; what the system says.
    pub fn flush(&mut self) -> Result<()> {
        self.check_open()?;
        self.iterating = false;
        self.write_pending()
    }

    /// What could not be written stays.
    pub(super) fn write_pending(&mut self) -> Result<()> {
        let mut written = 0;
        let result = loop {
            if written == self.pending.len() {
                break self.channel.flush();
            }
            match self.channel.write(&self.pending[written..]) {
                Ok(0) => break Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => written += count,
                Err(error) => break Err(error),
            }
        };
        self.pending.drain(..written);
        Ok(result?)
    }

    /// Writes what is still in memory and lets go of the file, even if that fails. Closing again does nothing.
    ///
    /// # Errors
    /// What the system says.
    pub fn close(&mut self) -> Result<()> {
        if self.closed {
            return Ok(());
        }
        let written = self.write_pending();
        self.closed = true;
        self.forget_ahead();
        self.pending = Vec::new();
        self.channel = Box::new(Closed);
        written
    }

    /// The place of the next character, in bytes.
    ///
    /// # Errors
    /// If it is closed, has no places, or an iteration is under way.
    pub fn tell(&mut self) -> Result<u64> {
        self.check_open()?;
        self.check_seekable()?;
        if self.iterating {
            return Err(StreamError::Untold);
        }
        self.write_pending()?;
        let ahead = self.ahead.len() - self.at + self.tail.len();
        Ok(self.channel.stream_position()? - ahead as u64)
    }

    /// Goes to a place that [`TextStream::tell`] told, or to the end.
    ///
    /// # Errors
    /// If it is closed or has no places.
    pub fn seek(&mut self, place: SeekFrom) -> Result<u64> {
        self.check_open()?;
        self.check_seekable()?;
        self.write_pending()?;
        let place = self.channel.seek(place)?;
        self.forget_ahead();
        self.iterating = false;
        Ok(place)
    }

    /// Makes the file `len` bytes long, or as long as what comes before this place.
    ///
    /// # Errors
    /// If it is closed or not for writing; what the system says.
    pub fn truncate(&mut self, len: Option<u64>) -> Result<u64> {
        self.flush()?;
        if !self.traits.writable {
            return Err(StreamError::Unsupported("truncate"));
        }
        let len = match len {
            Some(len) => len,
            None => self.channel.stream_position()?,
        };
        self.channel.truncate(len)?;
        Ok(len)
    }

    fn check_seekable(&self) -> Result<()> {
        match self.channel.is_seekable() {
            true => Ok(()),
            false => Err(StreamError::Unsupported("underlying stream is not seekable")),
        }
    }

    fn forget_ahead(&mut self) {
        self.ahead.clear();
        self.at = 0;
        self.tail.clear();
    }
}

impl Drop for TextStream {
    fn drop(&mut self) {
        if let Err(StreamError::System(error)) = self.close() {
            // Nobody is left who could be told otherwise.
            eprintln!("Exception ignored in: <_io.TextIOWrapper name='{}'>: {error}", self.traits.name);
        }
    }
}

#[cfg(test)]
mod tests;
