//! The time that one loop of a script takes: marks stand at its ends (`Op::Mark`), where the compiler was asked for them.

use std::time::{Duration, Instant};

use super::arrays::Barrier;
use super::host::Host;
use super::runtime::Runtime;
use super::system::System;
use crate::exception::Result;
use crate::value::Value;

/// What marks have seen since the script began.
#[derive(Debug, Default)]
pub struct Marks {
    /// Between the two marks, in all.
    pub spent: Duration,
    /// What of that went into entering machine code, and leaving it: types are looked at, lists copied.
    pub entering: Duration,
    /// How often the loop was begun.
    pub entered: u64,
    open: Option<Open>,
}

/// A loop that has begun.
#[derive(Debug)]
struct Open {
    since: Instant,
    /// How many calls were under way.
    depth: usize,
}

impl Marks {
    /// Whether the loop is under way.
    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// When entering begins, if anybody asks.
    pub fn now(&self) -> Option<Instant> {
        self.is_open().then(Instant::now)
    }

    /// Counts what has gone by since then.
    pub fn has_entered(&mut self, since: Option<Instant>) {
        self.entering += since.map_or(Duration::ZERO, |since| since.elapsed());
    }

    fn begin(&mut self, depth: usize) {
        // A call of its own function within the loop is a part of it; one that is not inside was left by an exception.
        if self.open.as_ref().is_some_and(|open| open.depth < depth) {
            return;
        }
        self.close();
        self.entered += 1;
        self.open = Some(Open { since: Instant::now(), depth });
    }

    fn end(&mut self, depth: usize) {
        if self.open.as_ref().is_some_and(|open| open.depth == depth) {
            self.close();
        }
    }

    /// The script has ended. A loop that an exception has left lasted until here, or until it was begun again.
    pub fn close(&mut self) {
        if let Some(open) = self.open.take() {
            self.spent += open.since.elapsed();
        }
    }
}

impl Runtime {
    /// One end of the loop: no work of arrays is carried over it.
    pub fn mark(&mut self, ended: bool) -> Result<()> {
        self.pass_barrier(Barrier::Full)?;
        let depth = self.calls.depth();
        match ended {
            true => self.marks.end(depth),
            false => self.marks.begin(depth),
        }
        Ok(())
    }

    /// What the global names stand for, built-ins among them.
    pub fn global_values(&self) -> impl Iterator<Item = &Value> {
        self.globals.iter().flatten()
    }

    /// Remembers what the program that was loaded last begins with: for [`Runtime::restart`].
    pub fn remember_beginning(&mut self) {
        self.fresh = self.globals.clone();
    }

    /// Forgets what the program that was loaded last has done, so that it can run once more. Its code stays as it is:
    /// what was compiled is there from the beginning.
    pub fn restart(&mut self, mut host: Box<dyn Host>) {
        self.globals = self.fresh.clone();
        self.system = System::new(&mut *host);
        self.host = host;
        self.marks = Marks::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loop_counts_from_its_first_mark_to_its_last() {
        let mut marks = Marks::default();
        marks.begin(1);
        // It calls its own function, which goes through it.
        marks.begin(2);
        marks.end(2);
        assert!(marks.is_open());
        marks.end(1);
        assert!(!marks.is_open());
        assert_eq!(marks.entered, 1);
        marks.end(1);
        // An exception has left it in a call.
        marks.begin(3);
        marks.begin(1);
        marks.end(1);
        assert!(!marks.is_open());
        assert_eq!(marks.entered, 3);
    }
}
