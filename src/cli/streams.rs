//! Standard output and error, which may be closed at their other end at any time: that is no reason to panic.

use std::io::{Error, ErrorKind, Write};

use super::Failure;

/// Writes to standard output. A reader that has gone away (`toy dis … | head`) ends the command without a word.
pub fn out(text: &str) -> Result<(), Failure> {
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()).map_err(refused)
}

/// What it means that standard output takes no more, which is said unless its reader has gone away.
pub fn refused(error: Error) -> Failure {
    if error.kind() != ErrorKind::BrokenPipe {
        err(&format!("error: standard output: {error}\n"));
    }
    Failure::Script
}

/// Writes to standard error; there is nowhere to say that it failed.
pub fn err(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}
