//! What an input of a session goes on with. A script is the only input of its session.

use std::collections::HashSet;
use std::rc::Rc;

use crate::source::Span;

/// What earlier inputs have made known, and what the next one is for.
#[derive(Debug, Default)]
pub struct Session {
    /// The names of globals that are numbered already, by [`GlobalId`](crate::bytecode::chunk::GlobalId).
    pub globals: Vec<Rc<str>>,
    /// Those of them that stand for modules now.
    pub modules: HashSet<Rc<str>>,
    /// Where the input begins in the text of the session: places in the code count from there.
    pub offset: u32,
    pub used: Use,
    /// The loop that is timed, a statement or a clause of a comprehension: marks stand at its ends.
    pub timed: Option<Span>,
    /// An earlier input said `from __future__ import annotations`.
    pub postponed_annotations: bool,
}

/// What becomes of the values of expressions that stand alone outside of functions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Use {
    /// Nothing, as in a script.
    #[default]
    Dropped,
    /// Each is shown.
    Shown,
    /// The last one is what the module returns.
    Returned,
}
