//! `OSError` and its classes, which follow from the number of the error.

use std::io;

use super::construct;
use crate::diagnostic::ErrorKind;
use crate::exception::Raised;
use crate::value::{ExceptionState, Kind, Value};

/// Linux's error numbers that have a class.
const CLASSES: &[(i64, ErrorKind)] = &[
    (1, ErrorKind::PermissionError),
    (2, ErrorKind::FileNotFoundError),
    (3, ErrorKind::ProcessLookupError),
    (4, ErrorKind::InterruptedError),
    (10, ErrorKind::ChildProcessError),
    (11, ErrorKind::BlockingIOError),
    (13, ErrorKind::PermissionError),
    (17, ErrorKind::FileExistsError),
    (20, ErrorKind::NotADirectoryError),
    (21, ErrorKind::IsADirectoryError),
    (32, ErrorKind::BrokenPipeError),
    (103, ErrorKind::ConnectionAbortedError),
    (104, ErrorKind::ConnectionResetError),
    (108, ErrorKind::BrokenPipeError),
    (110, ErrorKind::TimeoutError),
    (111, ErrorKind::ConnectionRefusedError),
    (114, ErrorKind::BlockingIOError),
    (115, ErrorKind::BlockingIOError),
];

/// Takes `(errno, strerror[, filename[, winerror[, filename2]]])` apart, and gives the class that `errno` asks for.
pub(super) fn arguments(class: ErrorKind, args: &[Value], state: &mut ExceptionState) -> ErrorKind {
    if !(2..=5).contains(&args.len()) {
        return class;
    }
    let number = args[0].get::<i64>().copied().or(args[0].get::<bool>().map(|bit| i64::from(*bit)));
    let class = match CLASSES.iter().find(|(known, _)| class == ErrorKind::OSError && Some(*known) == number) {
        Some((_, found)) => *found,
        None => class,
    };
    let given = |at: usize| args.get(at).filter(|value| value.kind() != Kind::None).cloned();
    state.members = vec![("errno".into(), args[0].clone()), ("strerror".into(), args[1].clone())];
    let Some(filename) = given(2) else { return class };
    if class == ErrorKind::BlockingIOError && filename.as_f64().is_some() {
        state.members.push(("characters_written".into(), filename));
        return class;
    }
    state.args = Value::tuple(args[..2].to_vec());
    state.members.push(("filename".into(), filename));
    state.members.extend(given(4).map(|filename2| ("filename2".into(), filename2)));
    class
}

/// The exception for a failed call to the system, about a file if it was one.
#[cold]
pub fn os_error(error: &io::Error, filename: Option<Value>) -> Raised {
    let text = error.to_string();
    let Some(number) = error.raw_os_error() else { return Raised::new(ErrorKind::OSError, text) };
    let reason = text.split(" (os error").next().unwrap_or_default();
    let args: Vec<Value> = [Value::int(number.into()), Value::str(reason)].into_iter().chain(filename).collect();
    construct(ErrorKind::OSError, &args, &[]).map_or_else(|raised| raised, Raised::from_value)
}
