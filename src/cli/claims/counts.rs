//! Experiments that count instead of timing: what an iteration pays for, and who is called how often. The script is
//! traced as it stands.

use serde_json::json;

use super::claim::{Outcome, Range, Row, Unit};
use super::lab::Lab;
use super::python::{Counts, Running, Setting};
use super::trial::Wrong;

/// What is counted of the text's loop in toy.
struct Counted {
    /// Events of all iterations, and those of them that are arithmetic.
    events: u64,
    arithmetic: u64,
    /// How many of the eight overheads an iteration has.
    overheads: u64,
    looped: Counts,
    vectorized: Counts,
}

/// How many of the eight things an iteration pays for.
pub fn eight_steps(lab: &mut Lab<'_>) -> Result<Vec<Row>, Wrong> {
    let toy = match counted(lab)? {
        Some(counted) => Outcome::counted(counted.overheads),
        None => Outcome::Untested(WITHOUT.into()),
    };
    Ok(vec![Row {
        what: "kinds of the text's steps in each iteration".into(),
        range: Some(Range::exactly(8.0)),
        unit: Unit::Count,
        toy,
        python: Outcome::Untested("it does not say".into()),
    }])
}

/// The share of an iteration's events that are not arithmetic.
pub fn share_of_events(lab: &mut Lab<'_>, range: Option<Range>) -> Result<Vec<Row>, Wrong> {
    let share = |counted: Counted| 100.0 * (counted.events - counted.arithmetic) as f64 / counted.events.max(1) as f64;
    let toy = match counted(lab)?.map(share) {
        Some(share) => Outcome::Measured(super::Spread { median: share, low: share, high: share }),
        None => Outcome::Untested(WITHOUT.into()),
    };
    Ok(vec![Row {
        what: "events of an iteration that are not arithmetic".into(),
        range,
        unit: Unit::Percent,
        toy,
        python: Outcome::Untested("it does not say".into()),
    }])
}

/// Calls, iterations and bytecodes of both forms.
pub fn calls(lab: &mut Lab<'_>) -> Result<Vec<Row>, Wrong> {
    /// As many as the script itself takes.
    const M: u64 = 1000;
    let toy = counted(lab)?;
    let python = match lab.python {
        Err(why) => Err(why.to_string()),
        Ok(python) => {
            let mut child = Running::load(python, Setting::Plain, lab.program)?;
            let request = |lists| json!({ "do": "make", "function": "gradient_inputs", "n": M, "lists": lists });
            let mut count = |function: &str, lists| -> Result<Counts, Wrong> {
                let made: serde_json::Value = child.ask(request(lists))?;
                child.ask(json!({ "do": "count", "function": function, "index": made["index"] }))
            };
            Ok((count("gradient_loop", true)?, count("gradient_vectorized", false)?))
        }
    };
    let row = |what: &str, range, of: fn(&Counts, &Counts) -> u64| Row {
        what: what.into(),
        range,
        unit: Unit::Count,
        toy: match &toy {
            Some(toy) => Outcome::counted(of(&toy.looped, &toy.vectorized)),
            None => Outcome::Untested(WITHOUT.into()),
        },
        python: match &python {
            Ok((looped, vectorized)) => Outcome::counted(of(looped, vectorized)),
            Err(why) => Outcome::Untested(why.clone()),
        },
    };
    let m = M as f64;
    Ok(vec![
        row("calls that the vectorized form makes", Some(Range::exactly(1.0)), |_, vectorized| vectorized.calls),
        row("iterations of the loop, m = 1000", Some(Range::exactly(m)), |looped, _| looped.jumps),
        row("bytecodes that the vectorized form executes", None, |_, vectorized| vectorized.bytecodes),
        row("bytecodes that the loop executes", None, |looped, _| looped.bytecodes),
    ])
}

/// What is said where the tracer is not built in.
const WITHOUT: &str = "this toy was built without its tracer";

#[cfg(not(feature = "trace"))]
fn counted(_: &Lab<'_>) -> Result<Option<Counted>, Wrong> {
    Ok(None)
}

#[cfg(feature = "trace")]
fn counted(lab: &Lab<'_>) -> Result<Option<Counted>, Wrong> {
    use std::sync::Arc;

    use crate::bytecode::overhead::Overhead;
    use crate::interp::Runtime;
    use crate::interp::host::Captured;
    use crate::jit::{Engine, Switches};
    use crate::trace::{Asides, Ending, EventKind, Listing, Position, Sink, Step, Wish, run};

    struct All;
    impl Sink for All {
        fn wish(&mut self, _: &Position) -> Wish {
            Wish::Count
        }
        fn step(&mut self, _: Step) {}
    }

    let script = super::ours::compile(lab.program)?;
    let listing = Arc::new(Listing::new(&script.program, &script.source));
    let engine = Engine::new(Switches::default()).map_err(Wrong::Said)?;
    let runtime = Runtime::new(Box::new(Captured::default()), engine);
    let outcome = run(&script.program, listing.clone(), runtime, Asides::default(), All);
    if let Ending::Raised(raised) = outcome.ending {
        return Err(Wrong::raised(raised, &script.source));
    }
    let chunk = |name: &str| {
        let found = listing.chunks.iter().position(|chunk| chunk.name == name);
        found.ok_or_else(|| Wrong::Said(format!("{} has no {name}", lab.program.path)))
    };
    let (looped, vectorized) = (chunk("gradient_loop")?, chunk("gradient_vectorized")?);
    let of_loop = listing.loops.iter().position(|listed| listed.chunk.0 as usize == looped);
    let of_loop = of_loop.ok_or_else(|| Wrong::Said(format!("{} has no loop", lab.program.path)))?;
    let of_loop = &outcome.totals.loops[of_loop];
    let counts = |chunk: usize, jumps| {
        let code = listing.chunks[chunk].code.iter().zip(&outcome.totals.sites[chunk]);
        let calls = code.clone().filter(|(instruction, _)| instruction.op.starts_with("Call"));
        Counts {
            bytecodes: code.map(|(_, site)| site.executed).sum(),
            calls: calls.map(|(_, site)| site.executed).sum(),
            jumps,
        }
    };
    let tally = &of_loop.in_iterations;
    let eight = Overhead::ALL.into_iter().filter(|overhead| *overhead != Overhead::Other);
    Ok(Some(Counted {
        events: tally.total(),
        arithmetic: tally[EventKind::Arithmetic],
        overheads: eight.filter(|overhead| tally.of_overhead(*overhead) >= of_loop.iterations).count() as u64,
        looped: counts(looped, of_loop.iterations),
        vectorized: counts(vectorized, 0),
    }))
}
