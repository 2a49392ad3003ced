//! Strings: UTF-8 text that is indexed by code points, as Python's is.

use std::cell::Cell;
use std::collections::TryReserveError;

use super::text::{Digits, Text};
use super::{Value, hash};

/// A string's payload.
pub struct Str {
    text: Text,
    /// Number of code points; equal to the number of bytes for ASCII, which is indexed directly.
    len: usize,
    /// The hash once somebody has asked for it, as dicts do again and again; -1, which is none, before that.
    hash: Cell<i64>,
}

impl Str {
    pub fn new(text: impl Into<Text>) -> Str {
        let text = text.into();
        let characters = text.as_str();
        let len = if characters.is_ascii() { characters.len() } else { characters.chars().count() };
        Str { text, len, hash: Cell::new(-1) }
    }

    /// The decimal digits of an integer, with its sign.
    pub fn decimal(i: i64) -> Str {
        let mut digits = Digits::new();
        digits.push_front(i.unsigned_abs(), 1);
        if i < 0 {
            digits.push_sign('-');
        }
        Str::ascii(digits.as_str())
    }

    /// Text that is known to be ASCII.
    #[inline]
    pub fn ascii(text: &str) -> Str {
        debug_assert!(text.is_ascii());
        Str { text: text.into(), len: text.len(), hash: Cell::new(-1) }
    }

    /// Several strings, one behind the other.
    ///
    /// # Errors
    /// If there is no memory for them.
    pub fn joined<'a>(parts: impl Iterator<Item = &'a Str> + Clone) -> Result<Str, TryReserveError> {
        let bytes = parts.clone().map(|part| part.as_str().len()).sum();
        let mut joined = Str { text: Text::with_capacity(bytes), len: 0, hash: Cell::new(-1) };
        parts.into_iter().try_for_each(|part| joined.push(part))?;
        Ok(joined)
    }

    #[inline(always)]
    pub fn as_str(&self) -> &str {
        self.text.as_str()
    }

    /// Appends, with room for more than that, so that a string that grows is not copied each time.
    ///
    /// # Errors
    /// If there is no memory for it; then nothing has changed.
    pub fn push(&mut self, more: &Str) -> Result<(), TryReserveError> {
        self.text.push(more.as_str())?;
        self.len += more.len;
        self.hash.set(-1);
        Ok(())
    }

    /// Whether both are the same text.
    #[inline(always)]
    pub fn has_text_of(&self, other: &Str) -> bool {
        self.text == other.text
    }

    /// Number of code points.
    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub fn is_ascii(&self) -> bool {
        self.len == self.as_str().len()
    }

    #[inline]
    pub fn hash(&self) -> i64 {
        match self.hash.get() {
            -1 => self.first_hash(),
            known => known,
        }
    }

    #[inline(never)]
    fn first_hash(&self) -> i64 {
        self.hash.set(hash::string(self));
        self.hash.get()
    }

    /// The code point at `index`.
    pub fn get(&self, index: usize) -> Option<char> {
        if self.is_ascii() {
            self.as_str().as_bytes().get(index).map(|byte| *byte as char)
        } else {
            self.as_str().chars().nth(index)
        }
    }
}

impl Value {
    pub fn str(text: impl Into<Text>) -> Value {
        Value::new(Str::new(text))
    }

    pub fn as_str(&self) -> Option<&str> {
        self.get::<Str>().map(Str::as_str)
    }
}
