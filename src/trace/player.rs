//! A tape of a script that really runs: a worker thread runs it up to where its user wants to see it, and from the
//! start again when that is behind.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::code::Listing;
use super::goal::Goal;
use super::step::Step;
use super::tape::{Direction, End, Search, Tape};
use super::worker::{Control, Report, Script, Task, work};

/// Steps that are kept. Beyond it, the script runs again when one of those before is wanted.
const CAPACITY: usize = 16 * 1024;

/// A script that can be walked along, forward and back.
pub struct Player {
    listing: Arc<Listing>,
    tasks: Option<Sender<Task>>,
    reports: Receiver<Report>,
    control: Arc<Control>,
    worker: Option<JoinHandle<()>>,
    window: VecDeque<Step>,
    /// What was printed before the window, the last part of it.
    before: String,
    end: Option<End>,
    search: Option<Pending>,
}

/// What is being looked for.
struct Pending {
    /// When the worker was told to give up.
    cancelled: Option<Instant>,
    /// An answer that is known already.
    known: Option<Search>,
}

impl Player {
    /// Begins to run a script, which stops at its first step. `listing` is that of the script.
    ///
    /// # Errors
    /// If there can be no more threads.
    pub fn start(script: Script, listing: Arc<Listing>) -> std::io::Result<Player> {
        let (tasks, orders) = channel();
        let (answers, reports) = channel();
        let control = Arc::new(Control::default());
        let shared = control.clone();
        let thread = std::thread::Builder::new().name("script".into()).stack_size(STACK);
        let worker = thread.spawn(move || work(script, orders, answers, shared))?;
        let mut player = Player {
            listing,
            tasks: Some(tasks),
            reports,
            control,
            worker: Some(worker),
            window: VecDeque::new(),
            before: String::new(),
            end: None,
            search: None,
        };
        player.seek(0, Goal::Step(0), Direction::Forward);
        Ok(player)
    }

    /// The number of the first step in the window.
    fn first(&self) -> u64 {
        self.window.front().map_or(0, |step| step.position.number)
    }

    /// The number of the step behind the window.
    fn behind(&self) -> u64 {
        self.first() + self.window.len() as u64
    }

    /// Whether the window goes up to the end of the run, or back to its start.
    fn is_whole(&self, direction: Direction) -> bool {
        match direction {
            Direction::Forward => self.end.as_ref().is_some_and(|end| end.steps == self.behind()),
            Direction::Back => self.first() == 0,
        }
    }

    /// Looks for a goal in the window.
    fn find(&self, from: u64, goal: &Goal, direction: Direction) -> Option<u64> {
        let start = self.step(from).map(|step| step.position);
        let reached = |step: &&Step| match (goal, start) {
            (Goal::Step(number), _) => step.position.number == *number,
            (_, Some(start)) => {
                goal.is_reached(&self.listing, &start, &step.position) || step.contains(goal, &self.listing)
            }
            (_, None) => false,
        };
        let found = match (goal, direction) {
            (Goal::Step(_), _) => self.window.iter().find(reached),
            (_, Direction::Forward) => self.window.iter().filter(|step| step.position.number > from).find(reached),
            (_, Direction::Back) => self.window.iter().rev().filter(|step| step.position.number < from).find(reached),
        };
        found.map(|step| step.position.number)
    }

    /// Gives the worker something to look for. The answer, if it is known at once.
    fn ask(&self, from: u64, goal: Goal, direction: Direction) -> Option<Search> {
        let edge = match direction {
            Direction::Forward => self.behind(),
            Direction::Back => self.first(),
        };
        let task = Task { goal, direction, edge, from: self.step(from).map(|step| step.position) };
        self.control.begin();
        match &self.tasks {
            Some(tasks) if tasks.send(task).is_ok() => None,
            _ => Some(Search::Nowhere(GONE.into())),
        }
    }

    /// Puts a stretch of steps into the window: behind it if it goes on there, else in its place.
    fn take(&mut self, steps: Vec<Step>, before: String) {
        let Some(first) = steps.first().map(|step| step.position.number) else { return };
        if self.window.is_empty() || first != self.behind() {
            self.window.clear();
            self.before = before;
        }
        self.window.extend(steps);
        while self.window.len() > CAPACITY {
            if let Some(dropped) = self.window.pop_front() {
                self.before.push_str(&dropped.prints);
            }
        }
        cut(&mut self.before);
    }

    /// What a report means for the search.
    fn answer(&mut self, report: Report) -> Search {
        match report {
            Report::Found { number, steps, before, end } => {
                self.take(steps, before);
                if let Some(end) = end {
                    self.end = Some(end);
                }
                Search::Arrived(number)
            }
            Report::NotFound(end) => {
                let message = format!("The script ends after {} steps without that.", end.steps);
                self.end = Some(end);
                Search::Nowhere(message)
            }
            Report::NothingBefore => Search::Nowhere(NOTHING_BEFORE.into()),
            Report::Cancelled => Search::Nowhere("Stopped looking.".into()),
            Report::Lost(why) => Search::Nowhere(why),
        }
    }
}

const NOTHING_BEFORE: &str = "There is no such step before this one.";
const GONE: &str = "The script runs no more.";

/// What the interpreter needs at least; it grows its stack by itself.
const STACK: usize = 8 << 20;

/// How long a script may take to its next step before it is interrupted.
const PATIENCE: Duration = Duration::from_millis(100);

/// Bytes of output that are kept from before the window.
const MAX_PRINTED: usize = 64 * 1024;

/// Forgets all but the last part of a text.
pub(super) fn cut(text: &mut String) {
    if text.len() > 2 * MAX_PRINTED {
        let mut at = text.len() - MAX_PRINTED;
        while !text.is_char_boundary(at) {
            at += 1;
        }
        text.drain(..at);
    }
}

impl Drop for Player {
    /// The script ends where it is.
    fn drop(&mut self) {
        self.tasks = None;
        self.control.cancel();
        self.control.interrupt();
        if let Some(worker) = self.worker.take() {
            // A panic has been reported where it happened.
            let _ = worker.join();
        }
    }
}

impl Tape for Player {
    fn listing(&self) -> &Listing {
        &self.listing
    }

    fn step(&self, number: u64) -> Option<&Step> {
        let at = number.checked_sub(self.first())?;
        self.window.get(usize::try_from(at).ok()?)
    }

    fn seek(&mut self, from: u64, mut goal: Goal, direction: Direction) {
        while !matches!(self.poll(), Search::Idle | Search::Arrived(_) | Search::Nowhere(_)) {
            self.cancel();
            std::thread::sleep(Duration::from_millis(1));
        }
        if let (Goal::Step(number), Some(end)) = (&mut goal, &self.end) {
            *number = (*number).min(end.steps.saturating_sub(1));
        }
        let known = match self.find(from, &goal, direction) {
            Some(number) => Some(Search::Arrived(number)),
            None if self.is_whole(direction) => Some(Search::Nowhere(match direction {
                Direction::Forward => format!("The script ends after {} steps without that.", self.behind()),
                Direction::Back => NOTHING_BEFORE.into(),
            })),
            None => self.ask(from, goal, direction),
        };
        self.search = Some(Pending { cancelled: None, known });
    }

    fn poll(&mut self) -> Search {
        let Some(pending) = &mut self.search else { return Search::Idle };
        if pending.cancelled.is_some_and(|since| since.elapsed() > PATIENCE) {
            self.control.interrupt();
        }
        if let Some(known) = pending.known.take() {
            self.search = None;
            return known;
        }
        match self.reports.try_recv() {
            Ok(report) => {
                self.search = None;
                self.answer(report)
            }
            Err(TryRecvError::Empty) => Search::Busy { steps: self.control.progress() },
            Err(TryRecvError::Disconnected) => {
                self.search = None;
                Search::Nowhere(GONE.into())
            }
        }
    }

    fn cancel(&mut self) {
        if let Some(pending) =
            self.search.as_mut().filter(|pending| pending.known.is_none() && pending.cancelled.is_none())
        {
            pending.cancelled = Some(Instant::now());
            self.control.cancel();
        }
    }

    fn printed(&self, number: u64) -> String {
        let mut text = self.before.clone();
        for step in self.window.iter().take_while(|step| step.position.number <= number) {
            text.push_str(&step.prints);
        }
        text
    }

    fn end(&self) -> Option<&End> {
        self.end.as_ref()
    }
}
