//! What goes wrong with files, as exceptions, and what `with` does to them.

use std::cell::RefMut;
use std::io;

use super::exceptions::os_error;
use crate::diagnostic::ErrorKind;
use crate::exception::{Raised, Result};
use crate::interrupt::{self, Interrupted};
use crate::stream::{DecodeError, StreamError, TextStream};
use crate::value::{File, Value};

/// The stream of a file.
///
/// # Panics
/// If the value is no file.
pub fn stream(file: &Value) -> RefMut<'_, TextStream> {
    file.get::<File>().expect("a file").0.borrow_mut()
}

/// The next line of a file, `None` at its end.
///
/// # Errors
/// As those of [`TextStream::read_line`]: `ValueError`, `OSError`, `UnicodeDecodeError`, `KeyboardInterrupt`.
pub fn next_line(file: &Value) -> Result<Option<Value>> {
    Ok(stream(file).next_line()?.map(Value::str))
}

/// The exception for a failed call to the system, about a file if it was one.
#[cold]
pub fn system_error(error: &io::Error, filename: Option<&str>) -> Raised {
    match error.kind() {
        io::ErrorKind::Interrupted => {
            // Whoever was interrupted has answered.
            let _ = interrupt::check();
            Interrupted.into()
        }
        io::ErrorKind::OutOfMemory => Raised::memory_error(),
        _ => os_error(error, filename.map(Value::str)),
    }
}

impl From<StreamError> for Raised {
    fn from(error: StreamError) -> Raised {
        match error {
            StreamError::Closed => Raised::value_error("I/O operation on closed file."),
            StreamError::Unsupported(what) => Raised::new(ErrorKind::UnsupportedOperation, what),
            StreamError::Decode(error) => undecodable(&error),
            StreamError::Untold => Raised::new(ErrorKind::OSError, "telling position disabled by next() call"),
            StreamError::System(error) => system_error(&error, None),
        }
    }
}

/// toy has no bytes, which would be the attribute `object`.
pub fn undecodable(error: &DecodeError) -> Raised {
    Raised::new(ErrorKind::UnicodeDecodeError, error.to_string())
        .member("encoding", Value::str("utf-8"))
        .member("start", Value::int(error.start as i64))
        .member("end", Value::int(error.end as i64))
        .member("reason", Value::str(error.reason))
}

/// What `with value` binds.
///
/// # Errors
/// `TypeError` if there is nothing to manage, `ValueError` for a closed file.
pub fn enter(value: &Value) -> Result<Value> {
    let Some(file) = value.get::<File>() else {
        return Err(Raised::type_error(format!(
            "'{}' object does not support the context manager protocol",
            value.type_name()
        )));
    };
    if file.0.borrow().is_closed() { Err(StreamError::Closed.into()) } else { Ok(value.clone()) }
}

/// What happens at the end of `with value`, however it ends.
///
/// # Errors
/// `OSError` if what was written last cannot be written.
pub fn exit(value: &Value) -> Result<()> {
    match value.get::<File>() {
        Some(file) => Ok(file.0.borrow_mut().close()?),
        None => Ok(()),
    }
}

/// What `print(file=…)` writes to.
///
/// # Errors
/// `AttributeError` if it has no `write`.
pub fn writable(value: &Value) -> Result<&File> {
    value.get::<File>().ok_or_else(|| super::methods::no_attribute(value, "write"))
}
