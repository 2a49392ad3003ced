//! The thread that runs a script for a [`Player`](super::player::Player): it counts up to where somebody wants to look,
//! hands over the steps there, and waits.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender};
use std::sync::{Arc, OnceLock};

use super::code::Listing;
use super::goal::Goal;
use super::player::cut;
use super::recorder::{Asides, Sink, Wish};
use super::run::{Ending, run};
use super::step::{Position, Step};
use super::tape::{Direction, End};
use crate::bytecode::{self, Verified};
use crate::exception::Raised;
use crate::interp::Runtime;
use crate::interp::host::{Host, Log, Opening, Process, Standard};
use crate::interrupt;
use crate::jit::Engine;
use crate::objects::exceptions;
use crate::source::Source;
use crate::stream::Memory;
use crate::syntax;

/// Steps that are recorded before the one that is looked for, or on the way to it. None behind it is: it may take long.
const BEFORE: u64 = 4 * 1024;

/// A script, and what it runs with.
pub struct Script {
    pub name: String,
    /// Python that toy accepts: it was compiled before.
    pub text: String,
    /// `sys.argv`
    pub arguments: Vec<String>,
    /// The file that the script finds as its standard input.
    pub input: Option<String>,
    /// Whether it reads this process's standard input where there is no such file. It finds nothing otherwise.
    pub reads_input: bool,
    pub max_depth: usize,
    /// Makes the engine of a run.
    pub engine: Box<dyn Fn() -> Engine + Send>,
}

/// What the worker is to look for.
pub(super) struct Task {
    pub goal: Goal,
    pub direction: Direction,
    /// Steps from this one on, or before it, are looked at: the others were.
    pub edge: u64,
    pub from: Option<Position>,
}

/// What the worker found.
pub(super) enum Report {
    /// The goal is the step of this number, which is among `steps`.
    Found {
        number: u64,
        steps: Vec<Step>,
        /// What was printed before them.
        before: String,
        end: Option<End>,
    },
    NotFound(End),
    NothingBefore,
    Cancelled,
    /// The run cannot be followed any more, and why.
    Lost(String),
}

/// What both threads see.
#[derive(Default)]
pub(super) struct Control {
    progress: AtomicU64,
    cancelled: AtomicBool,
    interrupted: AtomicBool,
    /// The flag of the script's thread.
    interrupt: OnceLock<Arc<AtomicBool>>,
}

impl Control {
    pub fn begin(&self) {
        self.cancelled.store(false, Ordering::Relaxed);
        self.interrupted.store(false, Ordering::Relaxed);
    }

    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// Ends the run, also inside a built-in function.
    pub fn interrupt(&self) {
        self.interrupted.store(true, Ordering::Relaxed);
        if let Some(flag) = self.interrupt.get() {
            flag.store(true, Ordering::Relaxed);
        }
    }

    pub fn progress(&self) -> u64 {
        self.progress.load(Ordering::Relaxed)
    }
}

/// Runs the script again and again, as tasks ask for it.
pub(super) fn work(script: Script, tasks: Receiver<Task>, reports: Sender<Report>, control: Arc<Control>) {
    let _ = control.interrupt.set(interrupt::flag());
    let source = Source::new(script.name.clone(), script.text.clone());
    let Some(program) = syntax::parse(&source).ok().and_then(|ast| bytecode::compile(&ast, &source).ok()) else {
        let _ = reports.send(Report::Lost("The script does not compile.".into()));
        return;
    };
    let listing = Arc::new(Listing::new(&program, &source));
    let process = Process::new(script.arguments.clone());
    let log = script.log(process);
    let link = Rc::new(Link { listing, log, tasks, reports, control });
    let mut next = link.tasks.recv().ok();
    while let Some(task) = next {
        if !link.log.is_complete() {
            let why = "The script has read or printed too much to be run again: there is no way back.";
            let _ = link.reports.send(Report::Lost(why.into()));
            next = link.tasks.recv().ok();
            continue;
        }
        interrupt::flag().store(false, Ordering::Relaxed);
        next = walk(&script, &program, &source, &link, task);
    }
}

/// One run of the script. What to look for in the next one, if there is to be one.
fn walk(script: &Script, program: &Verified, source: &Source, link: &Rc<Link>, task: Task) -> Option<Task> {
    let (asides, tail) = (Asides::default(), Rc::new(RefCell::new(String::new())));
    let (prints, ends) = (asides.clone(), tail.clone());
    let host = link.log.begin_run(Box::new(move |_: Standard, bytes: &[u8]| {
        prints.print(bytes);
        let mut tail = ends.borrow_mut();
        tail.push_str(&String::from_utf8_lossy(bytes));
        cut(&mut tail);
    }));
    let mut engine = (script.engine)();
    asides.watch(&mut engine);
    let mut runtime = Runtime::new(Box::new(host), engine);
    runtime.max_depth = script.max_depth;
    let mut walker = Walker { link: link.clone(), tail, mode: Mode::Answered, next: None };
    walker.plan(task, 0);
    let outcome = run(program, link.listing.clone(), runtime, asides, walker);
    let (walker, steps) = (outcome.sink, outcome.totals.steps);
    if walker.next.is_some() {
        return walker.next;
    }
    let report = match outcome.ending {
        _ if link.log.diverged().is_some() => {
            let what = link.log.diverged().unwrap_or_default();
            Some(Report::Lost(format!("The script does not do the same in each run, so there is no way back. {what}")))
        }
        Ending::Stopped if !link.control.interrupted.load(Ordering::Relaxed) => return None,
        _ if link.control.interrupted.load(Ordering::Relaxed) => walker.mode.is_asked().then_some(Report::Cancelled),
        Ending::Stopped => None,
        Ending::Finished => match walker.conclude(End { steps, message: None }) {
            Conclusion::Again(task) => return Some(task),
            Conclusion::Report(report) => report,
        },
        Ending::Raised(raised) => match walker.conclude(End { steps, message: said_of(raised, source) }) {
            Conclusion::Again(task) => return Some(task),
            Conclusion::Report(report) => report,
        },
    };
    if let Some(report) = report {
        let _ = link.reports.send(report);
    }
    link.tasks.recv().ok()
}

impl Script {
    /// What all its runs share.
    fn log(&self, process: Process) -> Log {
        let mut process: Box<dyn Host> = Box::new(process);
        let file = self.input.as_ref().map(|path| process.open(path, Opening { read: true, ..Opening::default() }));
        let input = match file {
            Some(Ok(file)) => file,
            // Whoever starts a player has tried to open it.
            Some(Err(_)) => Box::new(Memory::default()),
            None if self.reads_input => process.stream(Standard::In),
            None => Box::new(Memory::default()),
        };
        Log::new(process, input)
    }
}

/// What is said of an exception that ends a script, or of its exit status.
fn said_of(raised: Raised, source: &Source) -> Option<String> {
    match exceptions::ending(raised) {
        exceptions::Ending::Exit(0) => None,
        exceptions::Ending::Exit(status) => Some(format!("The script ended with exit status {status}.")),
        exceptions::Ending::Message(message) => Some(message),
        exceptions::Ending::Error(chain) => Some(chain.render(source, false)),
    }
}

/// What the walkers of all runs share.
struct Link {
    listing: Arc<Listing>,
    log: Log,
    tasks: Receiver<Task>,
    reports: Sender<Report>,
    control: Arc<Control>,
}

/// The sink of one run.
struct Walker {
    link: Rc<Link>,
    /// The last part of what the script printed.
    tail: Rc<RefCell<String>>,
    mode: Mode,
    /// What only another run can find.
    next: Option<Task>,
}

enum Mode {
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

enum Conclusion {
    Again(Task),
    Report(Option<Report>),
}

impl Mode {
    fn is_asked(&self) -> bool {
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
    fn plan(&mut self, task: Task, number: u64) -> bool {
        let back = task.direction == Direction::Back;
        self.mode = match &task.goal {
            Goal::Step(wanted) if *wanted >= number => {
                Mode::Skip { start: wanted.saturating_sub(BEFORE).max(number), number: *wanted }
            }
            Goal::Text(_) if !back && number <= task.edge => {
                Mode::Text { task, steps: VecDeque::new(), before: String::new() }
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
    fn conclude(self, end: End) -> Conclusion {
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
