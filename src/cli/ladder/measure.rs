//! All rungs of one loop: built, checked, and measured in turns.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use super::choice::{self, Wanted};
use super::claims::{self, CLAIMS};
use super::interval::Interval;
use super::limit::Limit;
use super::model::{Judged, Ladder, Measured, Outcome, Reordered, Row, Step};
use super::rungs::{Order, Placed};
use crate::cli::rig::missing::Missing;
use crate::cli::rig::work::Work;
use crate::cli::rig::{self, Built, COVERED, Chosen, Failed, Rig, Settings, World};
use crate::cli::script::Script;
use crate::jit::{Engine, Switches};
use crate::machine::{Known, Precision};
use crate::source::{Source, Span};

/// Rounds that are wanted at least, so that the interval is one of 95 %; those that are made whatever they cost; and the
/// most that are worth their time.
const ENOUGH: usize = 6;
const LEAST: usize = 3;
const MOST: usize = 101;

/// What is asked for.
pub struct Request<'a> {
    pub wanted: &'a Wanted,
    pub order: &'a Order,
    pub switches: Switches,
    pub world: &'a World,
    /// Time for the rounds.
    pub budget: Duration,
    pub precision: Precision,
}

/// Settings that one or more rungs have, and what came of them.
struct Way<'a> {
    settings: Settings,
    outcome: Result<(Rig<'a>, Built), Missing>,
    samples: Vec<f64>,
    /// What of each was spent on entering machine code.
    entering: Vec<f64>,
}

/// A script's loop, before it is measured.
pub struct Found {
    pub chosen: Chosen,
    /// Of each loop, in one run.
    iterations: HashMap<Span, u64>,
}

/// Finds the loop of a script, and how many iterations each of its loops has.
///
/// # Errors
/// The script's own, and those of [`choice::choose`].
pub fn find(script: &Script, request: &Request<'_>) -> Result<Found, Failed> {
    let reports = rig::count_iterations(&script.program, request.switches, request.world)?;
    let chosen = choice::choose(&script.ast, &script.source, &reports, request.wanted)
        .map_err(|diagnostic| Failed::Diagnostics(vec![diagnostic]))?;
    let iterations = reports.iter().map(|report| (report.span, report.counted())).collect();
    Ok(Found { chosen, iterations })
}

/// Measures all rungs. `progress` is told the share that is done and what is under way.
///
/// # Errors
/// The script's own.
pub fn measure(
    script: &Script,
    found: &Found,
    request: &Request<'_>,
    machine: Option<&Known>,
    progress: &mut dyn FnMut(f64, &str),
) -> Result<Ladder, Failed> {
    let Found { chosen, iterations } = found;
    let program = rig::marked(script, chosen.span)?;
    let has = |settings: &Settings| Engine::new(settings.switches).is_ok();
    let placed = request.order.placed(request.switches, has);
    let usual = Order::default().placed(request.switches, has);
    let is_usual = *request.order == Order::default();

    progress(0.02, "counting its work");
    let work = rig::count_work(&program, request.switches, request.world, chosen)?;

    let mut ways: Vec<Way<'_>> = Vec::new();
    let mut base = None;
    let both = placed.iter().chain(if is_usual { &[][..] } else { &usual[..] });
    let wanted: Vec<&Placed> = both.collect();
    for (at, Placed { rung, settings }) in wanted.iter().enumerate() {
        if ways.iter().any(|way| way.settings == *settings) {
            continue;
        }
        progress(0.05 + 0.25 * at as f64 / wanted.len() as f64, rung.name);
        let outcome = match Rig::new(&program, *settings, request.world, chosen) {
            Err(why) => Err(Missing { code: None, line: None, message: why }),
            Ok(mut rig) => {
                let built = rig.warm_up(iterations, &mut base)?;
                if built.covered < COVERED {
                    Err(Missing::of_built(&built, settings.mode, &script.source))
                } else {
                    Ok((rig, built))
                }
            }
        };
        ways.push(Way { settings: *settings, outcome, samples: Vec::new(), entering: Vec::new() });
    }
    drop(base);
    let entered = take_turns(&mut ways, request.budget, chosen.iterations, progress)?;

    let known = machine.map(|known| &known.machine);
    let clock_ghz = known.and_then(|machine| machine.clock).map(|clock| clock.median);
    let rungs = rows(&placed, &ways, &script.source, work.as_ref(), clock_ghz);
    let usually = rows(&usual, &ways, &script.source, None, None);
    let limit = work.as_ref().zip(known).and_then(|(work, machine)| Limit::of(work, machine, request.precision));
    let order = (!is_usual).then(|| Reordered { order: request.order.clone(), steps: steps(&usual, &usually, &rungs) });
    let threads = Switches::default().threads;
    let line = |span: Span| script.source.number(script.source.line(span.start));
    Ok(Ladder {
        script: script.source.name.clone(),
        function: chosen.function.to_string(),
        line: line(chosen.span),
        hot_line: line(chosen.hot),
        iterations: chosen.iterations,
        entered,
        size: None,
        cpu: known.map_or_else(|| crate::machine::Cpu::here().model, |machine| machine.cpu.model.clone()),
        threads,
        clock_ghz,
        claims: judged(&usually, threads),
        notes: notes(&ways, work.as_ref(), chosen.iterations, entered),
        rungs,
        limit,
        work,
        order,
    })
}

/// Samples all ways in turns (A B C A B C …), so that a machine that slows down slows all of them. Nanoseconds for an
/// iteration; how often the loop was begun in a run is handed out.
fn take_turns(
    ways: &mut [Way<'_>],
    budget: Duration,
    iterations: u64,
    progress: &mut dyn FnMut(f64, &str),
) -> Result<u64, Failed> {
    let start = Instant::now();
    let mut entered = 0;
    for round in 0..MOST {
        let spent = start.elapsed().as_secs_f64() / budget.as_secs_f64();
        if spent >= 1.0 && (round >= ENOUGH || (round >= LEAST && spent >= 1.5)) {
            break;
        }
        let share = spent.min(1.0).max(round as f64 / MOST as f64);
        for way in ways.iter_mut() {
            let Ok((rig, _)) = &mut way.outcome else { continue };
            progress(0.3 + 0.7 * share, "measuring in turns");
            let time = rig.run()?;
            entered = rig.entered();
            let entering = rig.entering();
            rig.forget();
            let per_iteration = |time: Duration| time.as_nanos() as f64 / iterations.max(1) as f64;
            way.samples.push(per_iteration(time));
            way.entering.push(per_iteration(entering));
        }
    }
    Ok(entered)
}

fn rows(placed: &[Placed], ways: &[Way<'_>], source: &Source, work: Option<&Work>, clock_ghz: Option<f64>) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let (mut first, mut before): (Option<Interval>, Option<Interval>) = (None, None);
    for (at, Placed { rung, settings }) in placed.iter().enumerate() {
        let same = placed[..at].iter().find(|other| other.settings == *settings);
        let way = ways.iter().find(|way| way.settings == *settings);
        let outcome = match (same, way.map(|way| (&way.outcome, &way.samples, &way.entering))) {
            (Some(other), _) => {
                let message = format!("nothing to take away: as '{}' on this machine", other.rung.name);
                Outcome::Missing(Missing { code: None, line: None, message })
            }
            (None, Some((Ok((_, built)), samples, entering))) if !samples.is_empty() => {
                let ns = Interval::of(samples.clone());
                let inside = samples.iter().zip(entering).map(|(all, entering)| all - entering);
                let per_iteration = |amount: fn(&Work) -> u64| {
                    let work = work?;
                    let amount = amount(work);
                    (amount > 0).then(|| amount as f64 / work.iterations as f64 / ns.median)
                };
                let measured = Measured {
                    ns_per_iteration: ns,
                    ns_inside: Interval::of(inside.collect()),
                    to_before: before.map(|before| before.over(ns)),
                    to_first: first.map(|first| first.over(ns)),
                    cycles_per_iteration: clock_ghz.map(|ghz| ns.median * ghz),
                    gb_per_s: per_iteration(|work| work.bytes_read + work.bytes_written),
                    gflop_per_s: per_iteration(|work| work.operations),
                    answer: built.answer,
                    covered: built.covered,
                    uncovered: built.why.as_ref().filter(|_| built.covered < 0.95).map(|why| Missing::of(why, source)),
                    compile_ms: built.compiled_in.as_secs_f64() * 1e3,
                };
                first.get_or_insert(ns);
                before = Some(ns);
                Outcome::Measured(Box::new(measured))
            }
            (None, Some((Err(missing), ..))) => Outcome::Missing(missing.clone()),
            (None, Some((Ok(_), ..)) | None) => {
                Outcome::Missing(Missing { code: None, line: None, message: "not measured".into() })
            }
        };
        rows.push(Row {
            key: rung.key.into(),
            name: rung.name.into(),
            gone: rung.gone.into(),
            command: settings.command(),
            outcome,
        });
    }
    let message = "not tested: toy has no code for GPUs";
    rows.push(Row {
        key: "gpu".into(),
        name: "GPU".into(),
        gone: "the CPU".into(),
        command: String::new(),
        outcome: Outcome::Missing(Missing { code: None, line: None, message: message.into() }),
    });
    rows
}

/// The claims of the text beside the rungs.
fn judged(rungs: &[Row], threads: usize) -> Vec<Judged> {
    let first_of = |keys: &[&str], whole: bool| {
        keys.iter().find_map(|key| {
            let row = rungs.iter().find(|row| row.key == *key)?;
            let measured = row.measured()?;
            Some((row.name.clone(), if whole { measured.ns_per_iteration } else { measured.ns_inside }))
        })
    };
    let judge = |claim: &claims::Claim| {
        let range = claim.range.bounds(threads);
        let ends = first_of(claim.from, claim.whole).zip(first_of(claim.to, claim.whole));
        let factor = ends.as_ref().map(|((_, from), (_, to))| from.over(*to));
        Judged {
            about: claim.about.into(),
            section: claim.section,
            says: claim.says.into(),
            range,
            between: ends.map(|((from, _), (to, _))| (from, to)),
            factor,
            verdict: factor.map(|factor| claims::verdict(factor, range)),
        }
    };
    CLAIMS.iter().map(judge).collect()
}

/// What each step bought in the usual order and in this one.
fn steps(usual: &[Placed], usually: &[Row], here: &[Row]) -> Vec<Step> {
    let factor = |rows: &[Row], key: &str| {
        let row = rows.iter().find(|row| row.key == key)?;
        Some(row.measured()?.to_before?.median)
    };
    let step = |placed: &Placed| Step {
        name: placed.rung.name.into(),
        usually: factor(usually, placed.rung.key),
        here: factor(here, placed.rung.key),
    };
    let both: Vec<Step> = usual.iter().map(step).collect();
    both.into_iter().filter(|step| step.usually.is_some() || step.here.is_some()).collect()
}

fn notes(ways: &[Way<'_>], work: Option<&Work>, iterations: u64, entered: u64) -> Vec<String> {
    let mut notes = Vec::new();
    let samples = ways.iter().map(|way| way.samples.len()).max().unwrap_or(0);
    if samples < ENOUGH {
        notes.push(format!("only {samples} rounds fitted the time: intervals are less sure than 95 %"));
    }
    if let Some(work) = work.filter(|work| !work.complete) {
        notes.push(format!("its work was counted in {} of {iterations} iterations", work.iterations));
    }
    if entered > 0 && iterations / entered < 100 {
        let per = iterations as f64 / entered as f64;
        notes.push(format!(
            "it was begun {entered} times, for {per:.0} iterations each: reading the clock counts as well"
        ));
    }
    notes
}
