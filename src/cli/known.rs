//! What is known of this machine, for those who say how far something is from its limits.

use super::progress::Progress;
use super::streams::err;
use crate::machine::{self, Known, Subject};

/// What an earlier run kept, or what is measured now: `anew`, or because nothing fits.
///
/// # Errors
/// In words, if it cannot be measured.
pub fn machine(anew: bool, bar: &Progress) -> Result<Known, String> {
    let mut progress = |share: f64, next: &Subject| {
        bar.say(format!("this machine: {next}"));
        bar.set(share);
    };
    let known = match anew {
        true => machine::measure_and_keep(&mut progress),
        false => machine::load_or_measure(&mut progress),
    }?;
    if let Some(note) = &known.note {
        bar.suspend(|| err(&format!("note: {note}\n")));
    }
    Ok(known)
}
