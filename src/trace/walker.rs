//! The sink of one run: what it does at each step follows from what is looked for.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, Sender};

use super::code::Listing;
use super::goal::Goal;
use super::player::cut;
use super::recorder::{Sink, Wish};
use super::step::{Position, Step};
use super::tape::{Direction, End};
use super::worker::{Control, Report, Task};
use crate::interp::host::Log;

/// Steps that are recorded before the one that is looked for, or on the way to it. None behind it is: it may take long.
const BEFORE: u64 = 4 * 1024;

/// What the walkers of all runs share.
pub(super) struct Link {
    pub listing: Arc<Listing>,
    pub log: Log,
    pub tasks: Receiver<Task>,
    pub reports: Sender<Report>,
    pub control: Arc<Control>,
}

/// The sink of one run.
pub(super) struct Walker {
    pub link: Rc<Link>,
    /// The last part of what the script printed.
    pub tail: Rc<RefCell<String>>,
    pub mode: Mode,
    /// What only another run can find.
    pub next: Option<Task>,
}

pub(super) enum Mode {
    /// Nobody waits for an answer.
    Answered,
    /// Steps are counted up to this one, then recorded, past the one that was asked for.
    Skip { start: u64, number: u64 },
    /// Steps are recorded up to the goal, or counted if it is far away.
    Seek { task: Task, steps: Vec<Step>, before: String },
    /// Steps are recorded up to one with the text, those that are long past forgotten.
    Text { task: Task, steps: VecDeque<Step>, before: String },
    /// Steps are counted, or recorded for a text's sake, up to the edge; the last one that is a goal is remembered.
    Last { task: Task, found: Option<u64> },
    /// Steps are recorded up to this one, which was looked for.
    Record { number: u64, steps: Vec<Step>, before: String },
}

pub(super) enum Conclusion {
    Again(Task),
    Report(Option<Report>),
}

impl Mode {
    pub fn is_asked(&self) -> bool {
        !matches!(self, Mode::Answered)
    }
}

impl Task {
    /// Whether a step is the goal, as far as its place tells.
    fn is_reached(&self, listing: &Listing, at: &Position) -> bool {
        self.from.is_some_and(|from| self.goal.is_reached(listing, &from, at))
    }

    fn step(number: u64) -> Task {
        Task { goal: Goal::Step(number), direction: Direction::Forward, edge: 0, from: None }
    }
}

impl Walker {
    /// Takes a task on, at the step `number`, or leaves it to another run.
    pub fn plan(&mut self, task: Task, number: u64) -> bool {
        let back = task.direction == Direction::Back;
        self.mode = match &task.goal {
            Goal::Step(wanted) if *wanted >= number => {
                Mode::Skip { start: wanted.saturating_sub(BEFORE).max(number), number: *wanted }
            }
            Goal::Text(_) if !back && number <= task.edge => {
                Mode::Text { task, steps: VecDeque::new(), before: self.tail.borrow().clone() }
            }
            Goal::AnyLine | Goal::Line(_) | Goal::Iteration | Goal::NthIteration(..)
                if !back && number <= task.edge =>
            {
                Mode::Seek { task, steps: Vec::new(), before: self.tail.borrow().clone() }
            }
            Goal::AnyLine | Goal::Line(_) | Goal::Iteration | Goal::NthIteration(..) | Goal::Text(_)
                if back && number == 0 =>
            {
                Mode::Last { task, found: None }
            }
            Goal::Step(_)
            | Goal::AnyLine
            | Goal::Line(_)
            | Goal::Iteration
            | Goal::NthIteration(..)
            | Goal::Text(_) => {
                self.next = Some(task);
                return false;
            }
        };
        true
    }

    /// Answers, and takes on what is asked next. Whether the run goes on.
    fn answer(&mut self, report: Report, number: u64) -> bool {
        self.mode = Mode::Answered;
        let _ = self.link.reports.send(report);
        self.link.tasks.recv().is_ok_and(|task| self.plan(task, number))
    }

    /// Ends the run before its next step.
    fn stop(&self) -> Wish {
        self.link.log.end_run();
        Wish::Stop
    }

    /// Records from here on, past the step that was asked for.
    fn record(&mut self, number: u64) {
        let before = self.tail.borrow().clone();
        self.mode = Mode::Record { number, steps: Vec::new(), before };
    }

    /// The run has ended: what its end means for who waits.
    pub fn conclude(self, end: End) -> Conclusion {
        let last = end.steps.saturating_sub(1);
        Conclusion::Report(match self.mode {
            Mode::Answered => None,
            Mode::Record { number, steps, before } => {
                Some(Report::Found { number: number.min(last), steps, before, end: Some(end) })
            }
            // One step too far: what is there was seen.
            Mode::Skip { start, .. } if start == end.steps => Some(Report::NotFound(end)),
            Mode::Skip { .. } => return Conclusion::Again(Task::step(last)),
            Mode::Seek { .. } | Mode::Text { .. } => Some(Report::NotFound(end)),
            Mode::Last { found: Some(number), .. } => return Conclusion::Again(Task::step(number)),
            Mode::Last { found: None, .. } => Some(Report::NothingBefore),
        })
    }
}

impl Sink for Walker {
    fn wish(&mut self, position: &Position) -> Wish {
        let control = self.link.control.clone();
        let number = position.number;
        if number.is_multiple_of(1024) {
            control.progress.store(number, Ordering::Relaxed);
        }
        if control.interrupted.load(Ordering::Relaxed) {
            return self.stop();
        }
        if control.cancelled.load(Ordering::Relaxed)
            && self.mode.is_asked()
            && !matches!(self.mode, Mode::Record { .. })
            && !self.answer(Report::Cancelled, number)
        {
            return self.stop();
        }
        loop {
            match &mut self.mode {
                Mode::Answered => return self.stop(),
                Mode::Skip { start, number: wanted } => {
                    if number < *start {
                        return Wish::Count;
                    }
                    let wanted = *wanted;
                    self.record(wanted);
                }
                Mode::Seek { task, steps, before } => {
                    if number >= task.edge && task.is_reached(&self.link.listing, position) {
                        let (steps, before) = match steps.is_empty() {
                            true => (Vec::new(), self.tail.borrow().clone()),
                            false => (std::mem::take(steps), std::mem::take(before)),
                        };
                        self.mode = Mode::Record { number, steps, before };
                    } else if number == task.edge + steps.len() as u64 && (steps.len() as u64) < BEFORE {
                        return Wish::Record;
                    } else {
                        if !steps.is_empty() {
                            steps.clear();
                        }
                        return Wish::Count;
                    }
                }
                Mode::Text { .. } => return Wish::Record,
                Mode::Last { task, found } if number >= task.edge => match found.take() {
                    Some(found) => {
                        self.next = Some(Task::step(found));
                        return self.stop();
                    }
                    None => {
                        if !self.answer(Report::NothingBefore, number) {
                            return self.stop();
                        }
                    }
                },
                Mode::Last { task, found } => {
                    if matches!(task.goal, Goal::Text(_)) {
                        return Wish::Record;
                    }
                    if task.is_reached(&self.link.listing, position) {
                        *found = Some(number);
                    }
                    return Wish::Count;
                }
                Mode::Record { number: wanted, .. } if number <= *wanted => return Wish::Record,
                Mode::Record { number: wanted, steps, before } => {
                    let (wanted, steps, before) = (*wanted, std::mem::take(steps), std::mem::take(before));
                    if !self.answer(Report::Found { number: wanted, steps, before, end: None }, number) {
                        return self.stop();
                    }
                }
            }
        }
    }

    fn step(&mut self, step: Step) {
        let listing = self.link.listing.clone();
        match &mut self.mode {
            Mode::Record { steps, .. } | Mode::Seek { steps, .. } => steps.push(step),
            Mode::Text { task, steps, before } => {
                let number = step.position.number;
                let found = number >= task.edge && step.contains(&task.goal, &listing);
                steps.push_back(step);
                if steps.len() as u64 > BEFORE
                    && let Some(past) = steps.pop_front()
                {
                    before.push_str(&past.prints);
                    cut(before);
                }
                if found {
                    let (steps, before) = (std::mem::take(steps).into(), std::mem::take(before));
                    self.mode = Mode::Record { number, steps, before };
                }
            }
            Mode::Last { task, found } => {
                if step.contains(&task.goal, &listing) {
                    *found = Some(step.position.number);
                }
            }
            Mode::Answered | Mode::Skip { .. } => {}
        }
    }
}
