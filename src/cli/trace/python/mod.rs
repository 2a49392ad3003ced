//! `toy trace --python`: the loop that does most, in our bytecode and in CPython's, and the time that an iteration takes
//! in both, measured in turns.

mod child;
mod measure;
mod ours;
mod pick;
mod report;
mod theirs;
mod timed;

use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::ArgMatches;

use super::{DEFAULT_LIMIT, select};
use crate::cli::script::{self, Script};
use crate::cli::streams::{err, out};
use crate::cli::{Failure, color, signals};
use crate::diagnostic::ErrorKind;
use crate::trace::{Ending, Listing, Totals};
use child::{Request, Silence};
use ours::{GaveUp, World};

/// What the counting run may take.
const MAX_COUNT: Duration = Duration::from_secs(60);
/// What a run of `python3` may take, beside a multiple of what the counting run took, which is slow.
const MIN_PATIENCE: Duration = Duration::from_secs(10);
const PATIENCE_FACTOR: u32 = 4;

pub fn main(matches: &ArgMatches) -> Result<(), Failure> {
    let script = Script::read(matches)?;
    let format = matches.get_one::<String>("format").map_or("text", String::as_str);
    if format == "chrome" {
        return Err(Failure::Usage("--python has no trace events: its formats are text and json".into()));
    }
    // The script runs again and again: what it reads has to be in a file, or is nothing.
    let input = matches.get_one::<String>("input");
    let bytes = match input {
        Some(path) => std::fs::read(path).map_err(|error| Failure::Usage(format!("can't open '{path}': {error}")))?,
        None => Vec::new(),
    };
    let arguments = super::arguments(matches);
    let world = World { arguments: arguments.clone(), input: bytes, engine: &|| super::engine(matches) };
    signals::install().map_err(|error| Failure::Usage(format!("no handler for Ctrl-C: {error}")))?;

    let listing = Arc::new(Listing::new(&script.program, &script.source));
    let line = matches.get_one::<u64>("line").map(|line| u32::try_from(*line).unwrap_or(u32::MAX));
    let id = line.map(|line| select::loop_at(&listing, line)).transpose().map_err(Failure::Usage)?;
    let start = Instant::now();
    let totals = count(&world, &script, listing.clone(), matches)?;
    let patience = MIN_PATIENCE.max(start.elapsed() * PATIENCE_FACTOR);

    let picked = id.or_else(|| pick::busiest(&listing, &totals));
    let picked = picked.map(|id| pick::describe(&script.program, &listing, &totals, id));

    let mut request = Request {
        name: &script.source.name,
        text: &script.source.text,
        arguments: &arguments,
        input: input.map(String::as_str),
        codes: true,
    };
    let answer = child::ask(&request, patience).map_err(fail)?;
    let measured = match &picked {
        None => None,
        Some(picked) => {
            request.codes = false;
            Some(measure::measure(&world, &script, picked, request, &answer, patience)?)
        }
    };
    let report = report::Report { script: &script.source.name, listing: &listing, picked, answer, measured };
    out(&match format {
        "json" => report.json(),
        _ => report.text(),
    })
}

/// Runs the script once, and counts.
fn count(world: &World<'_>, script: &Script, listing: Arc<Listing>, matches: &ArgMatches) -> Result<Totals, Failure> {
    let limit = matches.get_one::<u64>("limit").copied().unwrap_or(DEFAULT_LIMIT);
    let outcome = world.count(&script.program, listing, limit, MAX_COUNT)?;
    match outcome.ending {
        Ending::Finished => Ok(outcome.totals),
        Ending::Raised(raised) if raised.kind() == ErrorKind::SystemExit => Ok(outcome.totals),
        Ending::Raised(raised) => {
            let lacks_input = raised.kind() == ErrorKind::EOFError && !matches.contains_id("input");
            let failure = script::report(raised, &script.source, color(matches));
            if lacks_input {
                err("--python runs a script several times: what it reads comes from a file, --input FILE\n");
            }
            Err(failure)
        }
        Ending::Stopped => {
            let why = match outcome.sink.gave_up {
                Some(GaveUp::Time) => format!("within {} s", MAX_COUNT.as_secs()),
                Some(GaveUp::Steps) | None => format!("within {limit} steps (--limit)"),
            };
            err(&format!("error: the script did not end {why}; time per iteration needs a whole run\n"));
            Err(Failure::Script)
        }
    }
}

/// Says why there is no Python.
fn fail(silence: Silence) -> Failure {
    match silence {
        Silence::Interrupted => {
            err("KeyboardInterrupt\n");
            Failure::Interrupted
        }
        Silence::Absent => {
            err("error: there is no python3 on the path; --python needs one\n");
            Failure::Script
        }
        Silence::Because(why) => {
            err(&format!("error: {why}\n"));
            Failure::Script
        }
    }
}
