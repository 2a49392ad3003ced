//! Strings: UTF-8 text that is indexed by code points, as Python's is.

use std::cell::Cell;
use std::collections::TryReserveError;

use super::{Value, hash};

/// A string's payload.
pub struct Str {
    text: String,
    /// Number of code points; equal to the number of bytes for ASCII, which is indexed directly.
    len: usize,
    /// The hash once somebody has asked for it, as dicts do again and again; -1, which is none, before that.
    hash: Cell<i64>,
}

/// A short string is given room for this many bytes at least, so that something can be appended to it.
const ROOM: usize = 32;

impl Str {
    pub fn new(text: impl Into<String>) -> Str {
        let text = text.into();
        let len = if text.is_ascii() { text.len() } else { text.chars().count() };
        Str { text, len, hash: Cell::new(-1) }
    }

    /// The decimal digits of an integer, with its sign.
    pub fn decimal(i: i64) -> Str {
        let mut digits = [0; 20];
        let mut first = digits.len();
        let mut rest = i.unsigned_abs();
        loop {
            first -= 1;
            digits[first] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        let mut text = String::with_capacity(ROOM);
        if i < 0 {
            text.push('-');
        }
        text.push_str(std::str::from_utf8(&digits[first..]).expect("digits are ASCII"));
        let len = text.len();
        Str { text, len, hash: Cell::new(-1) }
    }

    /// Several strings, one behind the other.
    pub fn joined<'a>(parts: impl Iterator<Item = &'a Str> + Clone) -> Str {
        let bytes = parts.clone().map(|part| part.text.len()).sum();
        let mut joined = Str { text: String::with_capacity(bytes), len: 0, hash: Cell::new(-1) };
        for part in parts {
            joined.text.push_str(&part.text);
            joined.len += part.len;
        }
        joined
    }

    #[inline]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    pub fn into_string(self) -> String {
        self.text
    }

    /// Appends, with room for more than that, so that a string that grows is not copied each time.
    ///
    /// # Errors
    /// If there is no memory for it; then nothing has changed.
    pub fn push(&mut self, more: &Str) -> Result<(), TryReserveError> {
        if self.text.capacity() - self.text.len() < more.text.len() {
            self.text.try_reserve(more.text.len())?;
        }
        self.text.push_str(&more.text);
        self.len += more.len;
        self.hash.set(-1);
        Ok(())
    }

    /// Number of code points.
    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub fn is_ascii(&self) -> bool {
        self.len == self.text.len()
    }

    pub fn hash(&self) -> i64 {
        if self.hash.get() == -1 {
            self.hash.set(hash::string(self));
        }
        self.hash.get()
    }

    /// The code point at `index`.
    pub fn get(&self, index: usize) -> Option<char> {
        if self.is_ascii() {
            self.text.as_bytes().get(index).map(|byte| *byte as char)
        } else {
            self.text.chars().nth(index)
        }
    }
}

impl Value {
    pub fn str(text: impl Into<String>) -> Value {
        Value::new(Str::new(text))
    }

    pub fn as_str(&self) -> Option<&str> {
        self.get::<Str>().map(Str::as_str)
    }
}
