//! Text over bytes: what `open` gives, and the streams that a script finds open. Knows no values.

mod channel;
mod newline;
mod read;
mod text;
mod utf8;

pub use channel::{Channel, Closed, Memory};
pub use newline::Newline;
pub use text::{TextStream, Traits};
pub use utf8::{DecodeError, decode};

use std::io;

/// Why a stream did not do what it was asked.
#[derive(Debug)]
pub enum StreamError {
    Closed,
    /// It was not opened for this, in the words of Python's `io.UnsupportedOperation`.
    Unsupported(&'static str),
    /// The bytes are not UTF-8.
    Decode(DecodeError),
    /// Between two lines of an iteration nobody can say where it is.
    Untold,
    /// What the system says; [`io::ErrorKind::Interrupted`] if the user asked the script to end.
    System(io::Error),
}

pub type Result<T> = std::result::Result<T, StreamError>;

impl From<io::Error> for StreamError {
    fn from(error: io::Error) -> StreamError {
        StreamError::System(error)
    }
}
