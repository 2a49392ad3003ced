//! Ctrl-C on the command line: first a request to the running script, then, if that was not answered, the end.

use std::io;

use signal_hook::consts::SIGINT;
use signal_hook::flag::{register, register_conditional_default};
use signal_hook::low_level::emulate_default_handler;

use crate::interrupt;

/// From now on Ctrl-C sets the flag of this thread's script.
///
/// # Errors
/// What the system says.
pub fn install() -> io::Result<()> {
    if is_ignored() {
        return Ok(());
    }
    // In this order: what the flag is when the signal comes decides whether the process ends at once.
    register_conditional_default(SIGINT, interrupt::flag())?;
    watch()
}

/// The same, but a second Ctrl-C does not end the process either: it holds more than the script that runs.
///
/// # Errors
/// What the system says.
pub fn watch() -> io::Result<()> {
    if !is_ignored() {
        register(SIGINT, interrupt::flag())?;
    }
    Ok(())
}

/// Whoever started the process wants Ctrl-C to pass it by, as shells do with jobs in the background.
fn is_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask >> (SIGINT - 1) & 1 == 1)
}

/// Ends the process as Ctrl-C does where nobody handles it, so that who started it knows why.
pub fn die() {
    // If that fails, the exit status says what it can.
    let _ = emulate_default_handler(SIGINT);
}
