//! Every kernel that a script runs: found in one run, then run again by itself.

use std::time::{Duration, Instant};

use super::bound::{Amount, Roof, Way, judge};
use super::model::{Kind, Point};
use super::watch::{Kernels, Seen, Watcher};
use crate::cli::figures::shortened;
use crate::cli::rig::{Chosen, Failed, Rig, Settings, World};
use crate::cli::script::Script;
use crate::cli::timing::{Sampler, samples_in_turns};
use crate::exception::Raised;
use crate::interp::hot::{Dial, Mode};
use crate::jit::again::Prepared;
use crate::jit::{Engine, Fuse, Runner, Simd};
use crate::machine::{Figure, Machine, Precision, Width};
use crate::source::Span;

/// Whose runs take longer than this forgets what a call takes.
const LONG: Duration = Duration::from_micros(100);
/// Runs after which an operand that is written over gets back what it held.
const KEEPS: u32 = 64;
/// Characters of an expression.
const EXPRESSION: usize = 60;

/// The kernels of one run, and the engine that ran them.
pub struct Found {
    pub kernels: Kernels,
    engine: std::rc::Rc<std::cell::RefCell<Engine>>,
}

/// Runs the script once, and sees what kernels it runs.
///
/// # Errors
/// The script's own.
pub fn find(script: &Script, engine: Engine, world: &World) -> Result<Found, Failed> {
    let nothing = Chosen { span: Span::new(0, 0), function: "".into(), hot: Span::new(0, 0), iterations: 0 };
    let settings = Settings { mode: Mode::Interpret, dial: Dial::default(), switches: engine.switches() };
    let mut rig = Rig::with_engine(&script.program, engine, settings, world, &nothing);
    let engine = rig.engine();
    let watcher = Watcher::default();
    watcher.watch(&mut engine.borrow_mut());
    let result = rig.run_watched(watcher.clone());
    engine.borrow_mut().unwatch();
    result?;
    rig.forget();
    Ok(Found { kernels: watcher.take(), engine })
}

/// A kernel ready to be timed.
struct Ready {
    whole: Prepared,
    /// The same over next to nothing; none where that makes no difference.
    smallest: Option<Prepared>,
}

/// Times all kernels in turns. `progress` is told the share that is done.
///
/// # Errors
/// `MemoryError`, `KeyboardInterrupt`.
pub fn measure(
    found: &Found,
    script: &Script,
    machine: &Machine,
    budget: Duration,
    progress: &mut dyn FnMut(f64),
) -> Result<Vec<Point>, Raised> {
    let Found { kernels, engine } = found;
    let mut ready = Vec::new();
    for seen in &kernels.seen {
        let mut engine = engine.borrow_mut();
        let whole = engine.prepare_again(&seen.again)?;
        engine.run_again(&whole)?;
        let start = Instant::now();
        engine.run_again(&whole)?;
        let is_short = start.elapsed() < LONG && seen.work.elements > 2;
        let smallest = if is_short { Some(engine.prepare_smallest(&seen.again)?) } else { None };
        ready.push(Ready { whole, smallest });
    }
    let all: Vec<&Prepared> =
        ready.iter().flat_map(|ready| std::iter::once(&ready.whole).chain(&ready.smallest)).collect();
    let mut timed: Vec<_> =
        all.iter().map(|prepared| move |repeats| time(&mut engine.borrow_mut(), prepared, repeats)).collect();
    let mut samplers: Vec<Sampler<'_, Raised>> = timed.iter_mut().map(|timed| timed as _).collect();
    let mut times = samples_in_turns(&mut samplers, budget, progress)?.into_iter();
    let engine = engine.borrow();
    let mut points = Vec::new();
    for (seen, ready) in kernels.seen.iter().zip(&ready) {
        let of = |samples: Option<Vec<f64>>| figure(samples.unwrap_or_default());
        let ns = of(times.next());
        let call_ns = ready.smallest.as_ref().and_then(|_| of(times.next()));
        points.extend(ns.map(|ns| point(seen, (ns, call_ns), &engine, script, machine)));
    }
    // Several kernels of one expression are told apart by what they compute.
    for at in 0..points.len() {
        let same = |other: &Point| {
            (other.line, &other.text, &other.kernel) != (points[at].line, &points[at].text, &points[at].kernel)
                && other.line == points[at].line
                && other.text == points[at].text
        };
        if engine.switches().fuse == Fuse::On || points.iter().any(same) {
            let text = points[at].kernel.clone().unwrap_or_default();
            points[at].text = shortened(&text, EXPRESSION);
        }
    }
    Ok(points)
}

/// Seconds of a run, the average of `repeats`.
fn time(engine: &mut Engine, prepared: &Prepared, repeats: u32) -> Result<f64, Raised> {
    let mut spent = Duration::ZERO;
    for start in (0..repeats).step_by(KEEPS as usize) {
        engine.restore(prepared)?;
        let since = Instant::now();
        for _ in start..repeats.min(start + KEEPS) {
            engine.run_again(prepared)?;
        }
        spent += since.elapsed();
    }
    Ok(spent.as_secs_f64() / repeats as f64)
}

/// Nanoseconds: the least and the median of samples in seconds.
pub fn figure(mut samples: Vec<f64>) -> Option<Figure> {
    samples.sort_by(f64::total_cmp);
    let (least, middle) = (samples.first()?, samples.len() / 2);
    let median = (samples[middle] + samples[(samples.len() - 1) / 2]) / 2.0;
    Figure::new(least * 1e9, median * 1e9)
}

fn point(
    seen: &Seen,
    (ns, call_ns): (Figure, Option<Figure>),
    engine: &Engine,
    script: &Script,
    machine: &Machine,
) -> Point {
    let arithmetic = seen.again.arithmetic();
    let elements = seen.work.elements as f64;
    let amount = Amount {
        flops: elements * arithmetic.flops as f64,
        instructions: elements * (arithmetic.flops - arithmetic.fused) as f64,
        slow: elements * arithmetic.slow as f64,
        operations: seen.work.operations as f64,
        bytes_read: seen.work.bytes_read as f64,
        bytes_written: seen.work.bytes_written as f64,
        bytes_moved: seen.footprint.lines as f64,
        working_set: seen.footprint.lines,
    };
    let kind = match seen.runner {
        Runner::MachineCode => Kind::Kernel,
        Runner::Reference => Kind::Reference,
        Runner::Product(_) => Kind::Product,
    };
    let is_single = 2 * arithmetic.single > arithmetic.flops;
    let way = Way {
        kind,
        threads: seen.again.threads(engine.switches().threads),
        precision: if is_single { Precision::F32 } else { Precision::F64 },
        width: match kind {
            Kind::Product => None,
            Kind::Reference | Kind::InterpretedLoop | Kind::TypedLoop => Some(Width::Scalar),
            Kind::Kernel => Some(width(engine.switches().simd, seen.is_narrow)),
        },
    };
    let line = script.source.number(script.source.line(seen.span.start));
    let dtypes: Vec<String> = seen.again.dtypes().iter().map(|dtype| dtype.to_string()).collect();
    let text = shortened(&script.source.slice(seen.span).split_whitespace().collect::<Vec<_>>().join(" "), EXPRESSION);
    Point {
        kernel: Some(seen.expression.clone()),
        operands: seen.operands.clone(),
        n: seen.work.elements,
        runs: seen.runs,
        dtype: dtypes.join(", "),
        call_ns: call_ns.map(|call| call.best),
        ..placed((line, seen.function.to_string(), text), amount, way, (ns, None, call_ns), machine)
    }
}

/// The registers that kernels have.
fn width(simd: Simd, is_narrow: bool) -> Width {
    let widest = Simd::available().into_iter().rfind(|simd| *simd != Simd::Avx512);
    let wanted = if simd == Simd::Auto { widest.unwrap_or(Simd::Sse) } else { simd };
    match wanted {
        Simd::Scalar => Width::Scalar,
        _ if is_narrow => Width::Bits128,
        Simd::Sse | Simd::Auto => Width::Bits128,
        Simd::Avx => Width::Bits256,
        Simd::Avx512 => Width::Bits512,
    }
}

/// A point below its roof; `typed_ns`: what the same takes as machine code.
pub fn placed(
    (line, function, text): (usize, String, String),
    amount: Amount,
    way: Way,
    (ns, typed_ns, call_ns): (Figure, Option<f64>, Option<Figure>),
    machine: &Machine,
) -> Point {
    let roof = Roof::over(&amount, &way, machine);
    let place = machine.place_of(amount.working_set, way.threads);
    let call = call_ns.map(|call| call.best);
    let (bound, why) = judge((&amount, &way, place), ns.best, roof.as_ref(), (call, typed_ns), machine);
    let bytes = amount.bytes();
    Point {
        mark: ' ',
        kind: way.kind,
        line,
        function,
        text,
        kernel: None,
        operands: Vec::new(),
        n: 0,
        runs: 0,
        dtype: way.precision.dtype().to_owned(),
        threads: way.threads,
        amount,
        ns,
        call_ns: None,
        unit: amount.unit(),
        intensity: (bytes > 0.0).then(|| amount.units() / bytes),
        rate: amount.units() / ns.best,
        roof_rate: roof.map(|roof| amount.units() / roof.ns),
        gb_per_s: bytes / ns.best,
        place,
        share: roof.map(|roof| roof.ns / ns.best),
        roof,
        bound,
        why,
    }
}
