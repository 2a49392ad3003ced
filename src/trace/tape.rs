//! A run that one can walk along, forward and back.

use super::code::Listing;
use super::goal::Goal;
use super::step::Step;

/// Which way to look for a goal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Forward,
    Back,
}

/// How a search stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Search {
    /// Nothing is being looked for.
    Idle,
    /// The run goes on; so many steps of it have been counted.
    Busy { steps: u64 },
    /// The step of this number is the goal, and [`Tape::step`] has it.
    Arrived(u64),
    /// There is no such step, and why, in words for the user. The place stays what it was.
    Nowhere(String),
}

/// How the run ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// How many steps it has.
    pub steps: u64,
    /// What is to be said of it: a traceback, an exit status; nothing if it ended well.
    pub message: Option<String>,
}

/// The steps of a run, of which a window is at hand.
pub trait Tape {
    fn listing(&self) -> &Listing;

    /// A step, if it is in the window. After an arrival the window holds that step, and those around it.
    fn step(&self, number: u64) -> Option<&Step>;

    /// Begins to look for a goal from the step `from` on, which is in the window; a search that was under way is given
    /// up.
    fn seek(&mut self, from: u64, goal: Goal, direction: Direction);

    /// How the search stands. An arrival, or a failure, is told once.
    fn poll(&mut self) -> Search;

    /// Gives up the search.
    fn cancel(&mut self);

    /// What the script has printed up to a step of the window, that step included; the last part of it if it is long.
    fn printed(&self, number: u64) -> String;

    /// How the run ends, once that is known.
    fn end(&self) -> Option<&End>;
}
