//! Every loop that a script goes through: its work counted, its time in the interpreter, and as typed machine code.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use super::bound::{Amount, Way};
use super::kernels::{figure, placed};
use super::model::{Kind, LeftOut, Point};
use crate::bytecode::Verified;
use crate::cli::figures::{grouped, number, percent, shortened};
use crate::cli::rig::missing::Missing;
use crate::cli::rig::work::Work;
use crate::cli::rig::{self, COVERED, Chosen, Failed, Rig, Settings, World};
use crate::cli::script::Script;
use crate::interp::hot::report::LoopReport;
use crate::interp::hot::{Dial, Mode};
use crate::jit::{self, Switches};
use crate::machine::{Machine, Precision, Width};
use crate::source::Span;

/// Loops that are measured: those in which most instructions run.
const MOST: usize = 24;
/// Rounds at least, if they do not take twice the time that there is; and at most.
const LEAST: usize = 3;
const ROUNDS: usize = 31;
/// Characters of a loop's head.
const HEAD: usize = 60;
/// Nanoseconds from a loop's beginning to its end below which reading the clock counts.
const SHORT: f64 = 1000.0;

/// What is less than this part of a loop's time is not named.
const WORTH_NAMING: f64 = 0.1;

/// What is asked for.
pub struct Request<'a> {
    pub script: &'a Script,
    pub world: &'a World,
    pub switches: Switches,
    pub machine: &'a Machine,
    /// Time for the rounds.
    pub budget: Duration,
}

/// What became of the loops.
#[derive(Default)]
pub struct Measured {
    pub points: Vec<Point>,
    pub left_out: Vec<LeftOut>,
    pub notes: Vec<String>,
}

/// A loop that is to be measured.
struct Case {
    chosen: Chosen,
    program: Verified,
    work: Work,
    is_outermost: bool,
}

/// One way of running it.
struct Timed<'a> {
    case: usize,
    kind: Kind,
    rig: Rig<'a>,
    /// Seconds for an iteration.
    samples: Vec<f64>,
    /// What of the last run was spent on entering machine code.
    entering: f64,
    entered: u64,
}

/// Measures the loops of `reports`. `inside`: work of kernels that ran while each was under way.
///
/// # Errors
/// The script's own.
pub fn measure(
    reports: &[LoopReport],
    inside: &HashMap<Span, jit::Work>,
    request: &Request<'_>,
    progress: &mut dyn FnMut(f64, &str),
) -> Result<Measured, Failed> {
    let mut measured = Measured::default();
    let cases = cases(reports, inside, request, &mut measured, progress)?;
    let iterations = reports.iter().map(|report| (report.span, report.counted())).collect();
    let mut missing: HashMap<usize, Missing> = HashMap::new();
    let mut timed = Vec::new();
    for (at, case) in cases.iter().enumerate() {
        progress(0.3 + 0.2 * at as f64 / cases.len() as f64, "building loops");
        for (mode, kind) in [(Mode::Interpret, Kind::InterpretedLoop), (Mode::Typed, Kind::TypedLoop)] {
            if kind == Kind::TypedLoop && !case.is_outermost {
                continue;
            }
            let settings = Settings { mode, dial: Dial::default(), switches: request.switches };
            let Ok(mut rig) = Rig::new(&case.program, settings, request.world, &case.chosen) else { continue };
            if kind == Kind::TypedLoop {
                let built = rig.warm_up(&iterations, &mut None)?;
                if built.covered < COVERED {
                    missing.insert(at, Missing::of_built(&built, mode, &request.script.source));
                    continue;
                }
            }
            timed.push(Timed { case: at, kind, rig, samples: Vec::new(), entering: 0.0, entered: 0 });
        }
    }
    let rounds = take_turns(&cases, &mut timed, request.budget, progress)?;
    if rounds < LEAST && !timed.is_empty() {
        measured.notes.push(format!("only {rounds} of {LEAST} rounds of loops fitted the time"));
    }
    for (at, case) in cases.iter().enumerate() {
        points(at, case, &timed, missing.get(&at), request, &mut measured);
    }
    Ok(measured)
}

/// The loops that compute something, with their work.
fn cases(
    reports: &[LoopReport],
    inside: &HashMap<Span, jit::Work>,
    request: &Request<'_>,
    measured: &mut Measured,
    progress: &mut dyn FnMut(f64, &str),
) -> Result<Vec<Case>, Failed> {
    let mut order: Vec<&LoopReport> = reports.iter().filter(|report| report.counted() > 0).collect();
    order.sort_by_key(|report| std::cmp::Reverse(report.counted_instructions()));
    for report in order.split_off(order.len().min(MOST)) {
        leave_out(report, request, measured, format!("not among the {MOST} loops in which most instructions run"));
    }
    order.sort_by_key(|report| report.span.start);
    let mut cases = Vec::new();
    for (at, report) in order.iter().enumerate() {
        progress(0.3 * at as f64 / order.len() as f64, "counting the work of loops");
        if &*report.function == "<genexpr>" {
            let why = "a generator expression: its iterations are those of whoever asks it for items";
            leave_out(report, request, measured, why.into());
            continue;
        }
        let program = rig::marked(request.script, report.span)?;
        let within = |inner: &LoopReport, outer: &LoopReport| {
            inner.function == outer.function && outer.span.start <= inner.span.start && inner.span.end <= outer.span.end
        };
        let hottest =
            order.iter().filter(|inner| within(inner, report)).max_by_key(|inner| inner.counted_instructions());
        let chosen = |hot: Span| Chosen {
            span: report.span,
            function: report.function.clone(),
            hot,
            iterations: report.counted(),
        };
        let work =
            rig::count_work(&program, request.switches, request.world, &chosen(report.span))?.unwrap_or_default();
        let own = work.operations + work.integer_operations + (work.bytes_read + work.bytes_written) / 8;
        let kernels = inside.get(&report.span).copied().unwrap_or_default();
        if kernels.operations + (kernels.bytes_read + kernels.bytes_written) / 8 > own {
            leave_out(
                report,
                request,
                measured,
                "its time is that of array expressions, which have places of their own".into(),
            );
        } else if own == 0 {
            leave_out(report, request, measured, "it reads, writes and computes no numbers".into());
        } else {
            let is_outermost = !order.iter().any(|outer| outer.span != report.span && within(report, outer));
            let chosen = chosen(hottest.map_or(report.span, |hottest| hottest.span));
            if !work.complete {
                let line = line_of(report.span, request);
                let of = grouped(work.iterations);
                measured.notes.push(format!("the work of line {line} was counted in {of} of its iterations"));
            }
            cases.push(Case { chosen, program, work, is_outermost });
        }
    }
    Ok(cases)
}

fn leave_out(report: &LoopReport, request: &Request<'_>, measured: &mut Measured, why: String) {
    measured.left_out.push(LeftOut { line: line_of(report.span, request), text: head_of(report.span, request), why });
}

/// Samples all in turns; how many rounds there were.
fn take_turns(
    cases: &[Case],
    timed: &mut [Timed<'_>],
    budget: Duration,
    progress: &mut dyn FnMut(f64, &str),
) -> Result<usize, Failed> {
    let start = Instant::now();
    for round in 0..ROUNDS {
        let spent = start.elapsed().as_secs_f64() / budget.as_secs_f64();
        if (round >= LEAST && spent >= 1.0) || (round > 0 && spent >= 2.0) {
            return Ok(round);
        }
        progress(0.5 + 0.5 * spent.min(1.0), "measuring loops in turns");
        for timed in timed.iter_mut() {
            let time = timed.rig.run()?;
            timed.entered = timed.rig.entered();
            timed.entering = timed.rig.entering().as_secs_f64() / time.as_secs_f64().max(1e-9);
            timed.rig.forget();
            timed.samples.push(time.as_secs_f64() / cases[timed.case].chosen.iterations.max(1) as f64);
        }
    }
    Ok(ROUNDS)
}

fn points(
    at: usize,
    case: &Case,
    timed: &[Timed<'_>],
    missing: Option<&Missing>,
    request: &Request<'_>,
    measured: &mut Measured,
) {
    let of = |kind| timed.iter().find(|timed| timed.case == at && timed.kind == kind);
    let typed_ns = of(Kind::TypedLoop).and_then(|typed| figure(typed.samples.clone()));
    let (line, text) = (line_of(case.chosen.span, request), head_of(case.chosen.span, request));
    for kind in [Kind::InterpretedLoop, Kind::TypedLoop] {
        let Some((timed, ns)) = of(kind).and_then(|timed| Some((timed, figure(timed.samples.clone())?))) else {
            continue;
        };
        let work = &case.work;
        let each = |amount: u64| amount as f64 / work.iterations.max(1) as f64;
        let amount = Amount {
            flops: each(work.operations),
            instructions: each(work.operations),
            slow: each(work.divisions),
            operations: each(work.operations + work.integer_operations),
            bytes_read: each(work.bytes_read),
            bytes_written: each(work.bytes_written),
            bytes_moved: each(work.bytes_touched),
            working_set: work.bytes_touched,
        };
        let is_single = 2 * work.single_operations > work.operations;
        let precision = if is_single { Precision::F32 } else { Precision::F64 };
        let way = Way { kind, threads: 1, precision, width: Some(Width::Scalar) };
        let typed = typed_ns.map(|ns| ns.best);
        let place = (line, case.chosen.function.to_string(), text.clone());
        let mut point = placed(place, amount, way, (ns, typed, None), request.machine);
        (point.n, point.runs) = (case.chosen.iterations, timed.entered);
        if kind == Kind::TypedLoop && timed.entering >= WORTH_NAMING {
            let part = percent(timed.entering);
            point.why +=
                &format!("; {part} of the time goes by before the code begins, when it looks at types and lists");
        }
        if work.operations == 0 {
            point.dtype = "int".into();
        }
        measured.points.push(point);
        let each_begun = case.chosen.iterations as f64 * ns.best / timed.entered.max(1) as f64;
        if each_begun < SHORT && kind == Kind::InterpretedLoop {
            measured.notes.push(format!(
                "line {line} takes {} ns each time that it is begun: reading the clock is part of that",
                number(each_begun)
            ));
        }
    }
    if let Some(missing) = missing {
        let why = format!("no typed machine code: {}", missing.words());
        measured.left_out.push(LeftOut { line, text, why });
    }
}

fn line_of(span: Span, request: &Request<'_>) -> usize {
    request.script.source.number(request.script.source.line(span.start))
}

/// The loop's first line, or a comprehension's clause.
fn head_of(span: Span, request: &Request<'_>) -> String {
    let text = request.script.source.slice(span);
    let line = text.lines().next().unwrap_or_default().trim_end().trim_end_matches(':');
    match line.starts_with("for ") || line.starts_with("while ") || line.starts_with("while(") {
        true => shortened(line, HEAD),
        false => shortened(&format!("… for {line}"), HEAD),
    }
}
