//! Measures the loops of a script that was counted: it is run again and again, in the world that the counting run saw.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use clap::ArgMatches;
use rustix::time::{ClockId, clock_gettime};

use crate::bytecode::Verified;
use crate::cli::Failure;
use crate::cli::progress::Progress;
use crate::diagnostic::ErrorKind;
use crate::interp::host::Log;
use crate::interp::probe::Silent;
use crate::interp::{Machine, Runtime};
use crate::jit::{Engine, Switches};
use crate::machine::{Counters, HardwareEvent, Pace};
use crate::trace::cost::{Cost, Plan, Reading, Refusal, Settings, measure, together};
use crate::trace::{Listing, LoopId, Totals};

/// Time for all loops together, and for each at least and at most.
const BUDGET: Duration = Duration::from_secs(8);
const LEAST: Duration = Duration::from_millis(500);
const MOST: Duration = Duration::from_secs(2);
/// A loop that would take longer is not measured.
const PATIENCE: Duration = Duration::from_secs(30);

/// Waiting that is no sign of others who had the processor meanwhile.
const UNNOTICED: Duration = Duration::from_micros(15);

/// How often a loop is measured, each time with its code and data elsewhere in memory: the least number whose extremes are
/// an interval of 95 %.
const REPLICATES: usize = 6;

/// Memory that is held only so that what comes next lies elsewhere.
#[derive(Default)]
struct Places(Vec<Vec<u8>>);

impl Places {
    /// Moves what is allocated from now on, of all small sizes.
    fn shift(&mut self) {
        let number = self.0.len();
        // Odd multiples of 16 bytes, different each time: by cache lines, and within them.
        for size in (16..=512).step_by(16) {
            for _ in 0..=(number + size / 16) % 5 {
                self.0.push(Vec::with_capacity(size));
            }
        }
        self.0.push(Vec::with_capacity(4096 * (1 + number % 7) + 16 * (1 + number % 13)));
    }
}

/// By loop of the listing: what it costs, or why that is not known. `None` if it did not run.
pub type Costs = Vec<Option<Result<Cost, String>>>;

/// Measures every loop that has an iteration.
///
/// # Errors
/// Ctrl-C, or an engine that cannot be had.
pub fn costs(
    program: &Verified,
    listing: &Listing,
    totals: &Totals,
    log: &Log,
    matches: &ArgMatches,
) -> Result<Costs, Failure> {
    let runs = |at: &usize| totals.loops[*at].iterations > 0;
    let count = (0..listing.loops.len()).filter(runs).count();
    let each = (BUDGET / count.max(1) as u32).clamp(LEAST, MOST);
    let settings = Settings { budget: each / REPLICATES as u32, patience: PATIENCE / REPLICATES as u32 };
    let engine = Rc::new(RefCell::new(super::engine(matches)?));
    let pace = Pace::find();
    let bar = Progress::new(count);
    let mut costs = Vec::new();
    for (at, found) in listing.loops.iter().enumerate() {
        if !runs(&at) {
            costs.push(None);
            continue;
        }
        bar.say(format!("line {}", found.line));
        let done = costs.iter().flatten().count() as f64;
        let mut places = Places::default();
        let mut measured = |replicate: usize| {
            places.shift();
            let plan = Plan::new(program, listing, totals, LoopId(at as u32)).map_err(Refusal::Because)?;
            let counted = counted(&plan.bare, log, &engine)?;
            let mut run = |program: &Verified| {
                let slow = pace.is_slow();
                let (reading, _) = run(program, log, &engine, None)?;
                Ok(Reading { disturbed: slow || reading.disturbed || pace.is_slow(), ..reading })
            };
            let share = |share: f64| (replicate as f64 + share) / REPLICATES as f64;
            measure(&plan, settings, &mut run, counted, &mut |done_here| bar.set(done + share(done_here)))
        };
        let replicates: Result<Vec<Cost>, Refusal> = (0..REPLICATES).map(&mut measured).collect();
        costs.push(Some(match replicates {
            Ok(replicates) => together(replicates).ok_or_else(|| "nothing was measured".to_owned()),
            Err(Refusal::Because(why)) => Err(why),
            Err(Refusal::Interrupted) => {
                bar.end();
                return Err(Failure::Interrupted);
            }
        }));
    }
    bar.end();
    Ok(costs)
}

/// What the processor counts while the loop runs once.
fn counted(
    program: &Verified,
    log: &Log,
    engine: &Rc<RefCell<Engine>>,
) -> Result<Result<Vec<(HardwareEvent, f64)>, String>, Refusal> {
    let counters = match Counters::open() {
        Ok(counters) => counters,
        Err(why) => return Ok(Err(why)),
    };
    let (_, counters) = run(program, log, engine, Some(counters))?;
    Ok(Ok(counters.map_or_else(Vec::new, |counters| counters.read())))
}

/// Runs a copy of the script, silently.
fn run(
    program: &Verified,
    log: &Log,
    engine: &Rc<RefCell<Engine>>,
    counters: Option<Counters>,
) -> Result<(Reading, Option<Counters>), Refusal> {
    if !log.is_complete() {
        return Err(Refusal::Because("what the script read or printed is too much to be given to it again".into()));
    }
    let host = log.begin_run(Box::new(|_, _| {}));
    let mut runtime = Runtime::new(Box::new(host), Engine::reference(Switches::default()));
    runtime.engine = engine.clone();
    runtime.stopwatch.by_instruction = true;
    runtime.stopwatch.counters = counters;
    let mut machine = Machine::new(runtime);
    let (cpu, wall) = (cpu_time(), Instant::now());
    let ended = machine.run(program, Silent);
    let waited = wall.elapsed().saturating_sub(cpu_time().saturating_sub(cpu));
    if ended.as_ref().is_err_and(|raised| raised.kind() == ErrorKind::KeyboardInterrupt) {
        return Err(Refusal::Interrupted);
    }
    // The counting run has told how the script ends.
    drop(machine.runtime.close_files());
    if let Some(sentence) = log.diverged() {
        return Err(Refusal::Because(format!("the script does not do the same each time. {sentence}")));
    }
    let stopwatch = &mut machine.runtime.stopwatch;
    if stopwatch.depth != 0 {
        return Err(Refusal::Because("an exception leaves it".into()));
    }
    let reading = Reading { ticks: stopwatch.ticks, entries: stopwatch.entries, disturbed: waited > UNNOTICED };
    Ok((reading, stopwatch.counters.take()))
}

/// What this thread has had of processors.
fn cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or(0))
}
