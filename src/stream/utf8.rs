//! Bytes that are not UTF-8, in CPython's words.

use std::fmt;

/// Where the bytes stop being UTF-8, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    /// What was decoded at once: positions count from its start.
    pub bytes: Vec<u8>,
    pub start: usize,
    pub end: usize,
    pub reason: &'static str,
}

/// The text of the longest prefix that is whole characters; what follows it is a character that goes on. If nothing can
/// follow (`last`), that is an error too.
///
/// # Errors
/// [`DecodeError`] for the first bytes that belong to no character.
pub fn decode(bytes: &[u8], last: bool) -> Result<&str, DecodeError> {
    let error = match std::str::from_utf8(bytes) {
        Ok(text) => return Ok(text),
        Err(error) => error,
    };
    let start = error.valid_up_to();
    let (end, reason) = match error.error_len() {
        None if !last => return Ok(std::str::from_utf8(&bytes[..start]).expect("valid up to there")),
        None => (bytes.len(), "unexpected end of data"),
        // What a first byte may be: the two of overlong encodings and those beyond U+10FFFF are none.
        Some(len) if matches!(bytes[start], 0xc2..=0xf4) => (start + len, "invalid continuation byte"),
        Some(len) => (start + len, "invalid start byte"),
    };
    Err(DecodeError { bytes: bytes.to_vec(), start, end, reason })
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let DecodeError { bytes, start, end, reason } = self;
        match end - start {
            1 => write!(f, "'utf-8' codec can't decode byte {:#04x} in position {start}: {reason}", bytes[*start]),
            _ => write!(f, "'utf-8' codec can't decode bytes in position {start}-{}: {reason}", end - 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_read_as_cpython_writes_them() {
        for (bytes, message) in [
            (&b"\x80"[..], "byte 0x80 in position 0: invalid start byte"),
            (b"a\xc3", "byte 0xc3 in position 1: unexpected end of data"),
            (b"\xc3a", "byte 0xc3 in position 0: invalid continuation byte"),
            (b"\xed\xa0\x80", "byte 0xed in position 0: invalid continuation byte"),
            (b"\xf0\x9f\x98", "bytes in position 0-2: unexpected end of data"),
            (b"\xf8", "byte 0xf8 in position 0: invalid start byte"),
            (b"a\xe2\x82", "bytes in position 1-2: unexpected end of data"),
            (b"\xe2\x82(", "bytes in position 0-1: invalid continuation byte"),
            (b"\xf4\x90\x80\x80", "byte 0xf4 in position 0: invalid continuation byte"),
            (b"\xc0\x80", "byte 0xc0 in position 0: invalid start byte"),
            (b"\xf5\x80", "byte 0xf5 in position 0: invalid start byte"),
        ] {
            assert_eq!(decode(bytes, true).unwrap_err().to_string(), format!("'utf-8' codec can't decode {message}"));
        }
    }

    #[test]
    fn a_character_may_go_on() {
        assert_eq!(decode(b"a\xe2\x82", false), Ok("a"));
        assert!(decode(b"a\xe2(", false).is_err());
    }
}
