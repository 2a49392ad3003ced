//! A script whose loops run in one way, again and again in the same runtime, so that what is compiled is compiled once;
//! and what is needed around that: how it is timed, counted, and compared.

pub mod answers;
pub mod missing;
pub mod settings;
pub mod work;
mod world;

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

use clap::ArgMatches;

use self::answers::{Answer, Answers};
pub use self::settings::Settings;
use self::work::{Counter, Work};
pub use self::world::{World, with_arguments};
use super::script::{self, Script};
use super::{Failure, color};
use crate::bytecode::{Session, Verified, compile_input};
use crate::diagnostic::Diagnostic;
use crate::error_kind::ErrorKind;
use crate::exception::Raised;
use crate::interp::hot::report::{Fate, LoopReport};
use crate::interp::hot::{Dial, Mode};
use crate::interp::probe::{Probe, Silent};
use crate::interp::{Machine, Runtime};
use crate::jit::{Engine, Switches};
use crate::loops::why::Why;
use crate::source::Span;

/// Iterations in a row that are array expressions already, although fewer may be faster one by one: that is to be seen.
const FROM: u32 = 16;

/// Jumps back after which a loop is compiled: as soon as it is known to be a loop.
const HOT: u32 = 1;

/// Runs that compile, before any is timed: a loop around another becomes hot in the first, and is compiled in the second.
const WARM_UPS: usize = 3;

/// Who ran less than this part of a loop in the way that was asked for did not run it so.
pub const COVERED: f64 = 0.5;

/// The loop that is measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Chosen {
    /// The `for` statement that is timed, with all loops in it.
    pub span: Span,
    pub function: Rc<str>,
    /// The loop in it, or itself, in which most instructions run: its iterations are what times are given for.
    pub hot: Span,
    /// How many these were.
    pub iterations: u64,
}

/// Why a script cannot be measured.
pub enum Failed {
    Raised(Raised),
    Diagnostics(Vec<Diagnostic>),
}

impl From<Raised> for Failed {
    fn from(raised: Raised) -> Failed {
        Failed::Raised(raised)
    }
}

impl Failed {
    /// Says it on standard error.
    pub fn said(self, script: &Script, matches: &ArgMatches) -> Failure {
        match self {
            Failed::Raised(raised) => script::report(raised, &script.source, color(matches)),
            Failed::Diagnostics(diagnostics) => script::say(&diagnostics, &script.source, color(matches)),
        }
    }
}

/// The script with marks around a loop.
pub fn marked(script: &Script, timed: Span) -> Result<Verified, Failed> {
    let session = Session { timed: Some(timed), ..Session::default() };
    compile_input(&script.ast, &script.source, &session).map_err(Failed::Diagnostics)
}

/// Runs a program once; its loops, each with how often it was gone through.
///
/// # Errors
/// The script's own, and what this machine lacks.
pub fn count_iterations(program: &Verified, switches: Switches, world: &World) -> Result<Vec<LoopReport>, Failed> {
    // No loop becomes hot: all only count. What is not around a loop needs no chosen one.
    let nothing = Chosen { span: Span::new(0, 0), function: "".into(), hot: Span::new(0, 0), iterations: 0 };
    let settings = Settings { mode: Mode::Calls, dial: Dial::default(), switches };
    let mut rig = Rig::new(program, settings, world, &nothing)
        .map_err(|why| Failed::Diagnostics(vec![Diagnostic::without_span(ErrorKind::ValueError, why)]))?;
    Ok(rig.count_iterations()?)
}

/// Runs a loop once in the interpreter, and counts; none if it was not gone through.
///
/// # Errors
/// The script's own.
pub fn count_work(
    program: &Verified,
    switches: Switches,
    world: &World,
    chosen: &Chosen,
) -> Result<Option<Work>, Failed> {
    let settings = Settings { mode: Mode::Interpret, dial: Dial::default(), switches };
    let Ok(mut rig) = Rig::new(program, settings, world, chosen) else { return Ok(None) };
    let counter = Counter::new(chosen.hot);
    let result = rig.run_watched(counter.clone());
    rig.forget();
    let counter = counter.borrow();
    match result {
        Err(raised) if !counter.has_enough() => Err(raised.into()),
        Ok(_) | Err(_) => Ok(Some(counter.work()).filter(|work| work.iterations > 0)),
    }
}

/// A script whose loops run in one way.
pub struct Rig<'a> {
    pub settings: Settings,
    machine: Machine,
    world: &'a World,
    chosen: &'a Chosen,
}

/// What it turned out to be when it was compiled.
#[derive(Debug)]
pub struct Built {
    /// How far its answer is from that of the first rung.
    pub answer: Answer,
    /// What part of the iterations ran as the rung wants it.
    pub covered: f64,
    /// Why not all did.
    pub why: Option<Why>,
    /// Time that compiling took, which is no part of the loop's.
    pub compiled_in: Duration,
}

impl<'a> Rig<'a> {
    /// Makes the program ready to run.
    ///
    /// # Errors
    /// In words, if this machine lacks what the settings want.
    pub fn new(
        program: &Verified,
        settings: Settings,
        world: &'a World,
        chosen: &'a Chosen,
    ) -> Result<Rig<'a>, String> {
        Ok(Rig::with_engine(program, Engine::new(settings.switches)?, settings, world, chosen))
    }

    /// The same with an engine that is there already.
    pub fn with_engine(
        program: &Verified,
        engine: Engine,
        settings: Settings,
        world: &'a World,
        chosen: &'a Chosen,
    ) -> Rig<'a> {
        let mut machine = Machine::new(Runtime::new(world.host().0, engine));
        machine.runtime.loops.mode = settings.mode;
        machine.runtime.loops.dial = Some(settings.dial);
        machine.runtime.loops.after = HOT;
        machine.runtime.loops.vector_from = Some(FROM);
        machine.runtime.load(program);
        machine.runtime.remember_beginning();
        Rig { settings, machine, world, chosen }
    }

    /// What computes its array expressions.
    pub fn engine(&self) -> Rc<RefCell<Engine>> {
        self.machine.runtime.engine.clone()
    }

    /// Runs the script once; how long the loop took.
    ///
    /// # Errors
    /// The exception that the script did not handle.
    pub fn run(&mut self) -> Result<Duration, Raised> {
        self.run_watched(Silent).map(|(spent, _)| spent)
    }

    /// The same, watched by a probe; with what the script printed.
    ///
    /// # Errors
    /// As [`Rig::run`].
    pub fn run_watched<P: Probe + Clone + 'static>(&mut self, probe: P) -> Result<(Duration, String), Raised> {
        let (host, out) = self.world.host();
        self.machine.runtime.restart(host);
        let result = self.machine.run_again(probe);
        self.machine.runtime.marks.close();
        let spent = self.machine.runtime.marks.spent;
        let closed = self.machine.runtime.close_files();
        match result {
            // `sys.exit()` ends a script as its last line does.
            Err(raised) if raised.kind() != ErrorKind::SystemExit => Err(raised),
            Err(_) | Ok(()) => {
                closed?;
                Ok((spent, out.text()))
            }
        }
    }

    /// Runs the script without compiling anything; the loops of all its functions have counted their iterations.
    ///
    /// # Errors
    /// As [`Rig::run`].
    pub fn count_iterations(&mut self) -> Result<Vec<LoopReport>, Raised> {
        self.machine.runtime.loops.after = u32::MAX;
        self.run()?;
        let reports = self.machine.runtime.loop_reports();
        self.forget();
        Ok(reports)
    }

    /// Lets go of what the last run left behind.
    pub fn forget(&mut self) {
        let (host, _) = self.world.host();
        self.machine.runtime.restart(host);
    }

    /// What of its time the loop spent on entering machine code in the last run.
    pub fn entering(&self) -> Duration {
        self.machine.runtime.marks.entering
    }

    /// How often the loop was begun in the last run.
    pub fn entered(&self) -> u64 {
        self.machine.runtime.marks.entered
    }

    /// Runs the script until all is compiled, and looks at what became of the loop. `iterations` are those of each loop
    /// in one run; the answer is compared with that of the first rung, or becomes it.
    ///
    /// # Errors
    /// As [`Rig::run`].
    pub fn warm_up(&mut self, iterations: &HashMap<Span, u64>, base: &mut Option<Answers>) -> Result<Built, Raised> {
        let runs = match self.settings.mode {
            Mode::Interpret => 1,
            Mode::Calls => 2,
            Mode::Typed | Mode::Vector | Mode::Evaluate => WARM_UPS,
        };
        for _ in 1..runs {
            self.run()?;
        }
        let before = Progress::of(&self.reports());
        let (_, printed) = self.run_watched(Silent)?;
        let reports = self.reports();
        let after = Progress::of(&reports);
        let answers = Answers::of(&self.machine.runtime, printed);
        let answer = base.as_ref().map_or(Answer::SameBits, |base| answers.compare(base));
        base.get_or_insert(answers);
        self.forget();
        let covered = match self.settings.mode {
            Mode::Interpret => 1.0,
            Mode::Calls => reports.iter().any(|report| matches!(report.fate, Fate::Threaded(_))) as u8 as f64,
            Mode::Typed | Mode::Evaluate => after.typed_share(&before, iterations),
            Mode::Vector => {
                let hot = iterations.get(&self.chosen.hot).copied().unwrap_or(1).max(1);
                (after.vectorized - before.vectorized) as f64 / hot as f64
            }
        };
        let why = if covered < 0.999 { self.why(&reports) } else { None };
        Ok(Built { answer, covered: covered.min(1.0), why, compiled_in: after.compiled_in })
    }

    /// The loops around the hot one within the statement that is timed, and those inside it.
    fn reports(&self) -> Vec<LoopReport> {
        let (timed, hot) = (self.chosen.span, self.chosen.hot);
        let within = |a: Span, b: Span| b.start <= a.start && a.end <= b.end;
        let reports = self.machine.runtime.loop_reports().into_iter();
        reports
            .filter(|report| within(report.span, timed) && (within(hot, report.span) || within(report.span, hot)))
            .collect()
    }

    /// Why the loop, or one around it, did not run as it should.
    fn why(&self, reports: &[LoopReport]) -> Option<Why> {
        let mut found = Vec::new();
        // The hot loop is the innermost of those around it: what stands in its own way comes first.
        for report in reports.iter().rev() {
            match &report.fate {
                Fate::Interpreted(why) => found.extend(why.clone()),
                Fate::Typed(versions, stopped) => {
                    if self.settings.mode == Mode::Vector {
                        found.extend(versions.iter().flat_map(|version| version.not_vector.iter().cloned()));
                    }
                    found.extend(stopped.clone());
                    let left = versions.iter().flat_map(|version| &version.left).max_by_key(|(_, count)| *count);
                    found.extend(left.map(|(why, _)| why.clone()));
                }
                Fate::Cold(_) | Fate::Inside | Fate::Threaded(_) => {}
            }
        }
        let hot = self.chosen.hot;
        let in_hot = found.iter().position(|why| hot.start <= why.span.start && why.span.end <= hot.end);
        let other = (!found.is_empty()).then_some(0);
        in_hot.or(other).map(|at| found.swap_remove(at))
    }
}

/// What typed code has done so far.
struct Progress {
    /// Iterations of each loop.
    typed: HashMap<Span, u64>,
    vectorized: u64,
    compiled_in: Duration,
}

impl Progress {
    fn of(reports: &[LoopReport]) -> Progress {
        let mut progress = Progress { typed: HashMap::new(), vectorized: 0, compiled_in: Duration::ZERO };
        for report in reports {
            let Fate::Typed(versions, _) = &report.fate else { continue };
            for version in versions {
                *progress.typed.entry(report.span).or_default() += version.iterations;
                progress.vectorized += version.vectorized;
                progress.compiled_in += Duration::from_nanos(version.compiled_in);
            }
        }
        progress
    }

    /// The largest part of its iterations that a loop around the hot one, or that one, did as typed code.
    fn typed_share(&self, before: &Progress, iterations: &HashMap<Span, u64>) -> f64 {
        let share = |(span, count): (&Span, &u64)| {
            let all = iterations.get(span).copied().filter(|all| *all > 0)?;
            // A loop is entered where its body begins a second time: the first iteration was the interpreter's.
            let done = count - before.typed.get(span).copied().unwrap_or(0);
            Some(done as f64 / all as f64)
        };
        self.typed.iter().filter_map(share).fold(0.0, f64::max)
    }
}
