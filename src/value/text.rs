//! The bytes of a string: short ones inside the box, as CPython keeps all of them, longer ones apart.

#![allow(unsafe_code)]

use std::collections::TryReserveError;

/// Bytes that a box has room for.
const ROOM: usize = 30;

/// UTF-8 text.
pub enum Text {
    /// The first `len` bytes are UTF-8, the others zero.
    Short {
        len: u8,
        bytes: [u8; ROOM],
    },
    Long(String),
}

impl Text {
    /// Empty, with room for so many bytes.
    pub fn with_capacity(bytes: usize) -> Text {
        if bytes <= ROOM { Text::Short { len: 0, bytes: [0; ROOM] } } else { Text::Long(String::with_capacity(bytes)) }
    }

    #[inline(always)]
    pub fn as_str(&self) -> &str {
        match self {
            // SAFETY: `bytes` up to `len` were copied from `str`s, one behind the other, and `len` is at most `ROOM`.
            Text::Short { len, bytes } => unsafe {
                std::str::from_utf8_unchecked(bytes.get_unchecked(..*len as usize))
            },
            Text::Long(text) => text,
        }
    }

    /// Appends. A long text is given room for more than that, so that one that grows is not copied each time.
    ///
    /// # Errors
    /// If there is no memory for it; then nothing has changed.
    #[inline]
    pub fn push(&mut self, more: &str) -> Result<(), TryReserveError> {
        if let Text::Short { len, bytes } = self
            && let Some(rest) = bytes.get_mut(*len as usize..*len as usize + more.len())
        {
            rest.copy_from_slice(more.as_bytes());
            *len += more.len() as u8;
            return Ok(());
        }
        self.push_long(more)
    }

    fn push_long(&mut self, more: &str) -> Result<(), TryReserveError> {
        if let Text::Short { .. } = self {
            let mut long = String::new();
            long.try_reserve(2 * ROOM + more.len())?;
            long.push_str(self.as_str());
            *self = Text::Long(long);
        }
        if let Text::Long(text) = self {
            if text.capacity() - text.len() < more.len() {
                text.try_reserve(more.len())?;
            }
            text.push_str(more);
        }
        Ok(())
    }
}

impl PartialEq for Text {
    #[inline(always)]
    fn eq(&self, other: &Text) -> bool {
        match (self, other) {
            // Behind a short text there are zeros: it is compared as a whole, which takes no call.
            (Text::Short { len: a, bytes: x }, Text::Short { len: b, bytes: y }) => a == b && x == y,
            _ => self.as_str() == other.as_str(),
        }
    }
}

impl From<&str> for Text {
    #[inline]
    fn from(text: &str) -> Text {
        match u8::try_from(text.len()) {
            Ok(len) if len as usize <= ROOM => {
                let mut bytes = [0; ROOM];
                bytes[..text.len()].copy_from_slice(text.as_bytes());
                Text::Short { len, bytes }
            }
            Ok(_) | Err(_) => Text::Long(text.to_owned()),
        }
    }
}

impl From<String> for Text {
    fn from(text: String) -> Text {
        if text.len() <= ROOM { Text::from(&*text) } else { Text::Long(text) }
    }
}

/// The digits of a number, written from the last one to the first.
pub struct Digits {
    bytes: [u8; Digits::ROOM],
    first: usize,
}

impl Digits {
    const ROOM: usize = 40;

    pub fn new() -> Digits {
        Digits { bytes: [b'0'; Digits::ROOM], first: Digits::ROOM }
    }

    /// All digits of `number`, and zeros before them up to `width`.
    #[inline]
    pub fn push_front(&mut self, mut number: u64, width: usize) {
        let end = self.first;
        while number > 0 || end - self.first < width {
            self.push_byte(b'0' + (number % 10) as u8);
            number /= 10;
        }
    }

    /// A sign or a point.
    #[inline]
    pub fn push_sign(&mut self, sign: char) {
        assert!(sign.is_ascii());
        self.push_byte(sign as u8);
    }

    #[inline]
    fn push_byte(&mut self, byte: u8) {
        self.first -= 1;
        self.bytes[self.first] = byte;
    }

    pub fn as_str(&self) -> &str {
        // SAFETY: the methods above write nothing but ASCII.
        unsafe { std::str::from_utf8_unchecked(&self.bytes[self.first..]) }
    }
}

impl Default for Digits {
    fn default() -> Digits {
        Digits::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_grows_from_the_box_into_memory_of_its_own() {
        let mut text = Text::from("");
        let mut expected = String::new();
        for more in ["a", "äöü", "", "0123456789", "𝄞", "abcdefgh", "ij", "x", &"y".repeat(300), "ß"] {
            text.push(more).unwrap();
            expected.push_str(more);
            assert_eq!(text.as_str(), expected);
            assert_eq!(Text::from(&*expected).as_str(), expected);
            assert_eq!(Text::from(expected.clone()).as_str(), expected);
        }
    }

    #[test]
    fn a_box_with_text_is_of_a_small_size() {
        assert_eq!(size_of::<Text>(), 32);
    }

    #[test]
    fn digits_have_their_width() {
        let mut digits = Digits::new();
        digits.push_front(7, 3);
        digits.push_sign('.');
        digits.push_front(u64::MAX, 1);
        digits.push_sign('-');
        assert_eq!(digits.as_str(), "-18446744073709551615.007");
    }
}
