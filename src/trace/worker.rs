//! The thread that runs a script for a [`Player`](super::player::Player): it counts up to where somebody wants to look,
//! hands over the steps there, and waits.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender};
use std::sync::{Arc, OnceLock};

use super::code::Listing;
use super::goal::Goal;
use super::player::cut;
use super::recorder::Asides;
use super::run::{Ending, run};
use super::step::{Position, Step};
use super::tape::{Direction, End};
use super::walker::{Conclusion, Link, Mode, Walker};
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
    pub progress: AtomicU64,
    pub cancelled: AtomicBool,
    pub interrupted: AtomicBool,
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
    if matches!(outcome.ending, Ending::Finished | Ending::Raised(_))
        && !link.control.interrupted.load(Ordering::Relaxed)
    {
        link.log.end_script();
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
