//! Runs the copies in turns, round after round, and sums up what they show.

use std::time::{Duration, Instant};

use super::plan::{Plan, Unit};
use super::solve::{Solved, solve};
use super::spread::Interval;
use super::{Cost, Part};
use crate::bytecode::Verified;
use crate::bytecode::overhead::Overhead;
use crate::machine::tsc::{self, Calibration};
use crate::machine::{HardwareEvent, Watch};

/// Rounds at least, and at most.
const MIN_ROUNDS: usize = 5;
const MAX_ROUNDS: usize = 21;
/// Times that everything is run in a round, in turns, as far as there is time: the fastest counts, which the system
/// disturbed least.
const MAX_PASSES: usize = 7;
/// How often a run that was disturbed is tried, while there is time.
const TRIES: usize = 6;
/// A pass adds up runs until the loop itself took this long, if that takes not many times as long.
const LONG_ENOUGH: Duration = Duration::from_micros(400);

/// How long it may take.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// No round begins after so long.
    pub budget: Duration,
    /// The loop is not measured if `MIN_ROUNDS` would take longer.
    pub patience: Duration,
}

/// What a run of a copy showed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reading {
    /// The loop's time in ticks of [`tsc::now`].
    pub ticks: u64,
    pub entries: u64,
    /// Whether others had the processor meanwhile, or a part of the core.
    pub disturbed: bool,
}

/// Why there is no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// In words: the loop is not measured because …
    Because(String),
    /// The user wants to stop.
    Interrupted,
}

/// Runs a program once.
pub type Runner<'a> = &'a mut dyn FnMut(&Verified) -> Result<Reading, Refusal>;

/// Measures the loop of a plan. `counted` is what the processor counted in a run.
///
/// # Errors
/// Those of `run`, or that it takes too long.
pub fn measure(
    plan: &Plan,
    settings: Settings,
    run: Runner<'_>,
    counted: Result<Vec<(HardwareEvent, f64)>, String>,
    progress: &mut dyn FnMut(f64),
) -> Result<Cost, Refusal> {
    let calibration = Calibration::begin();
    let programs: Vec<&Verified> =
        std::iter::once(&plan.bare).chain(plan.copies.iter().map(|copy| &copy.program)).collect();
    let start = Instant::now();
    // The first run of each warms up, and says how long one takes.
    let mut loops = Duration::ZERO;
    for program in &programs {
        let before = Instant::now();
        let reading = run(program)?;
        if std::ptr::eq(*program, &plan.bare) {
            if reading.ticks == 0 {
                return Err(Refusal::Because("no time passes in it".into()));
            }
            loops =
                Duration::from_nanos((reading.ticks as f64 * calibration.ns_per_tick()) as u64).min(before.elapsed());
        }
    }
    let round = start.elapsed();
    if round * MIN_ROUNDS as u32 > settings.patience {
        let (run, whole) = (round / programs.len() as u32, round * MIN_ROUNDS as u32);
        let text = format!(
            "a run of the script takes {:.1} s, and {} rounds of {} copies {:.0} s",
            run.as_secs_f64(),
            MIN_ROUNDS,
            programs.len(),
            whole.as_secs_f64()
        );
        return Err(Refusal::Because(text));
    }
    let round = round.as_secs_f64().max(1e-9);
    let affordable = settings.budget.as_secs_f64() / (2 * MIN_ROUNDS) as f64 / round;
    let passes = (affordable as usize).clamp(1, MAX_PASSES);
    let wanted = LONG_ENOUGH.as_secs_f64() / loops.as_secs_f64().max(1e-9);
    let repeats = wanted.min(affordable / passes as f64).ceil().clamp(1.0, 1e5) as usize;

    let mut solved: Vec<Solved> = Vec::new();
    let mut entries = 0;
    let (begin, others) = (Instant::now(), Watch::begin());
    while solved.len() < MAX_ROUNDS && (solved.len() < MIN_ROUNDS || begin.elapsed() < settings.budget) {
        let share = begin.elapsed().as_secs_f64() / settings.budget.as_secs_f64().max(1e-9);
        progress((solved.len() as f64 / MAX_ROUNDS as f64).max(share).min(1.0));
        let mut times = vec![f64::INFINITY; programs.len()];
        for turn in 0..passes * programs.len() {
            // Each round begins elsewhere, so that nothing always comes after the same.
            let at = (turn + solved.len()) % programs.len();
            let mut ticks = 0;
            for _ in 0..repeats {
                let reading = undisturbed(programs[at], run, begin + settings.budget)?;
                ticks += reading.ticks;
                entries = reading.entries;
            }
            times[at] = times[at].min(ticks as f64 / repeats as f64);
        }
        let clock = tsc::cost() * entries as f64;
        times.iter_mut().for_each(|time| *time -= clock);
        solved.push(solve(plan, times[0], &times[1..]));
    }
    progress(1.0);
    let scale = calibration.ns_per_tick() / plan.iterations.max(1) as f64;
    let mut cost = sum_up(plan, &solved, scale, tsc::cost() * entries as f64 * scale, counted);
    cost.others = others.others();
    Ok(cost)
}

/// A run that nothing disturbed, or the shortest of several.
fn undisturbed(program: &Verified, run: Runner<'_>, deadline: Instant) -> Result<Reading, Refusal> {
    let mut best = run(program)?;
    for _ in 1..TRIES {
        if !best.disturbed || Instant::now() > deadline {
            break;
        }
        let again = run(program)?;
        if !again.disturbed || again.ticks < best.ticks {
            best = again;
        }
    }
    Ok(best)
}

/// Several measurements of one loop as one: what counts is how they scatter, each with its code and data elsewhere in
/// memory, since that moves a figure by more than rounds in one place tell (Kalibera and Jones, *Rigorous Benchmarking in
/// Reasonable Time*, 2013: repetition at the level at which the variation is).
pub fn together(replicates: Vec<Cost>) -> Option<Cost> {
    let interval = |of: &dyn Fn(&Cost) -> Option<f64>| -> Option<Interval> {
        replicates.iter().map(of).collect::<Option<Vec<f64>>>().filter(|all| !all.is_empty()).map(Interval::of)
    };
    let total = interval(&|cost| Some(cost.total.median))?;
    let remainder = interval(&|cost| Some(cost.remainder.median))?;
    let time = |at: usize| interval(&|cost: &Cost| cost.parts[at].time.map(|time| time.median));
    let first = replicates.first()?;
    let parts: Vec<Part> =
        first.parts.iter().enumerate().map(|(at, part)| Part { time: time(at), ..part.clone() }).collect();
    // Medians do not add up by themselves.
    let median = total.median - parts.iter().filter_map(|part| part.time).map(|time| time.median).sum::<f64>();
    // On average, since one takes a few tens of the system's ticks only, and the most of several errs by one or two.
    let others = replicates.iter().map(|cost| cost.others).sum::<Option<f64>>();
    Some(Cost {
        rounds: replicates.iter().map(|cost| cost.rounds).sum(),
        replicates: replicates.len(),
        total,
        remainder: Interval { median, low: remainder.low.min(median), high: remainder.high.max(median) },
        parts,
        others: others.map(|sum| sum / replicates.len() as f64),
        ..first.clone()
    })
}

/// The figures of all rounds; `scale` makes nanoseconds per iteration of their unit.
fn sum_up(
    plan: &Plan,
    rounds: &[Solved],
    scale: f64,
    clock: f64,
    counted: Result<Vec<(HardwareEvent, f64)>, String>,
) -> Cost {
    let interval = |of: &dyn Fn(&Solved) -> f64| Interval::of(rounds.iter().map(|round| of(round) * scale).collect());
    let per = |count: u64| count as f64 / plan.iterations.max(1) as f64;
    let parts = Overhead::ALL.into_iter().enumerate().map(|(at, overhead)| {
        let left_out = Unit::ALL.into_iter().filter(|unit| unit.overhead() == overhead).map(|unit| {
            let count = unit.count(&plan.tally);
            match plan.copies.iter().find(|copy| copy.unit == unit) {
                None => count,
                Some(copy) if unit == Unit::Other => count.saturating_sub(copy.repeats),
                Some(_) => 0,
            }
        });
        Part {
            overhead,
            count: per(plan.tally.of_overhead(overhead)),
            left_out: per(left_out.sum()),
            time: rounds
                .iter()
                .all(|round| round.parts[at].is_some())
                .then(|| interval(&|round: &Solved| round.parts[at].unwrap_or(0.0))),
        }
    });
    let (parts, total) = (parts.collect::<Vec<Part>>(), interval(&|round| round.total));
    // Medians do not add up by themselves.
    let median = total.median - parts.iter().filter_map(|part| part.time).map(|time| time.median).sum::<f64>();
    let Interval { low, high, .. } = interval(&|round| round.remainder);
    Cost {
        rounds: rounds.len(),
        replicates: 1,
        iterations: plan.iterations,
        total,
        parts,
        remainder: Interval { median, low: low.min(median), high: high.max(median) },
        clock,
        others: None,
        counted: counted.map(|counts| {
            counts.into_iter().map(|(event, count)| (event, count / plan.iterations.max(1) as f64)).collect()
        }),
    }
}
