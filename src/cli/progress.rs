//! How far a long measurement is.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressStyle};

/// Steps of a bar for each part of the work.
const STEPS: u64 = 100;

/// A bar on a terminal; nothing elsewhere.
pub struct Progress(ProgressBar);

impl Progress {
    pub fn new(parts: usize) -> Progress {
        if !std::io::stderr().is_terminal() {
            return Progress(ProgressBar::hidden());
        }
        let style = ProgressStyle::with_template("{bar:32} {percent:>3} %  {msg}").expect("a constant template");
        Progress(ProgressBar::new(parts as u64 * STEPS).with_style(style))
    }

    /// What is under way from now on.
    pub fn say(&self, what: String) {
        self.0.set_message(what);
    }

    /// Parts that are done, with the share of the one that is not.
    pub fn set(&self, parts: f64) {
        self.0.set_position((parts * STEPS as f64) as u64);
    }

    /// Takes the bar away while something else is said.
    pub fn suspend<T>(&self, say: impl FnOnce() -> T) -> T {
        self.0.suspend(say)
    }

    /// Takes the bar away.
    pub fn end(self) {
        self.0.finish_and_clear();
    }
}
