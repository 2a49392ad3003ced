//! Time per iteration in both engines: the same script with the same timers, run in turns.

use std::time::{Duration, Instant};

use serde::Serialize;

use super::child::{self, Answer, Request, Silence, shown};
use super::ours::World;
use super::pick::Picked;
use super::timed::{Readings, Timed, readings, timed};
use crate::bytecode;
use crate::cli::Failure;
use crate::cli::figures::figure;
use crate::cli::script::Script;
use crate::cli::timing::Spread;
use crate::diagnostic::ErrorKind;
use crate::exception::Raised;
use crate::objects::exceptions;
use crate::source::Source;
use crate::syntax;

/// Rounds of both engines, at least and at most, and when no further one begins.
const MIN_ROUNDS: usize = 3;
const MAX_ROUNDS: usize = 25;
const BUDGET: Duration = Duration::from_secs(10);

/// What the rounds showed.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Measured {
    pub toy: Option<Times>,
    pub python: Option<Times>,
    /// Whether the timers stand around a statement that contains the loop.
    pub of_statement: bool,
    /// Whether both printed the same.
    pub same_output: Option<bool>,
    /// What is to be said of it all, full sentences.
    pub notes: Vec<String>,
}

/// One engine's time.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Times {
    pub rounds: usize,
    pub ns_per_iteration: Spread,
    /// What reading the clock adds to it, if the loop's entries are spread over its iterations.
    pub clock_ns_per_iteration: f64,
}

/// Measures a loop.
///
/// # Errors
/// Ctrl-C; all else is said in the notes.
pub fn measure(
    world: &World<'_>,
    script: &Script,
    picked: &Picked,
    request: Request<'_>,
    first: &Answer,
    limit: Duration,
) -> Result<Measured, Failure> {
    let mut measured = Measured::default();
    if picked.iterations == 0 {
        measured.notes.push("The loop has no iteration in this run: there is nothing to time.".into());
        return Ok(measured);
    }
    let prepared = timed(&script.source, &script.ast, picked.span).and_then(|timed| {
        let source = Source::new(script.source.name.clone(), timed.text.clone());
        let program = syntax::parse(&source).ok().and_then(|ast| bytecode::compile(&ast, &source).ok());
        program.map(|program| (timed, program)).ok_or_else(|| "no timers fit around it".into())
    });
    let (Timed { text, whole_loop }, program) = match prepared {
        Ok(prepared) => prepared,
        Err(why) => {
            measured.notes.push(format!("The loop is not timed: {why}."));
            return Ok(measured);
        }
    };
    measured.of_statement = !whole_loop;
    let entries = whole_loop.then_some(picked.entries);
    let request = Request { text: &text, ..request };
    let mut python = Side::new("python3");
    let mut toy = Side::new("toy");
    if let Some(error) = &first.error {
        python.gave_up = true;
        measured.notes.push(format!("python3 stopped with an error: {}", shown(error)));
    }
    let start = Instant::now();
    for round in 0..MAX_ROUNDS {
        if round >= MIN_ROUNDS && start.elapsed() >= BUDGET {
            break;
        }
        let run = world.time(&program)?;
        let ended = run.ending.map_err(said).or_else(|error| error.map_or(Ok(()), Err));
        if ended.as_ref().is_err_and(|error| error == INTERRUPTED) {
            return Err(super::fail(Silence::Interrupted));
        }
        toy.add(ended.and_then(|()| readings(&run.times)), entries, &mut measured.notes);
        if round == 0 && first.error.is_none() {
            measured.same_output = Some(same(&run.printed, first, &mut measured.notes));
        }
        if !python.gave_up {
            let readings = match child::ask(&request, limit) {
                Ok(Answer { error: Some(error), .. }) => Err(shown(&error)),
                Ok(answer) => readings(&answer.times.unwrap_or_default()),
                Err(Silence::Because(why)) => Err(why),
                Err(silence) => return Err(super::fail(silence)),
            };
            python.add(readings, entries, &mut measured.notes);
        }
        if toy.gave_up {
            break;
        }
    }
    measured.toy = toy.times(picked.iterations);
    measured.python = python.times(picked.iterations);
    if measured.toy.is_some() || measured.python.is_some() {
        measured.notes.extend(resolution(picked, &measured));
    }
    Ok(measured)
}

const INTERRUPTED: &str = "KeyboardInterrupt";

/// What ended a script, in words; nothing if it chose to.
fn said(raised: Raised) -> Option<String> {
    match raised.kind() {
        ErrorKind::SystemExit => None,
        ErrorKind::KeyboardInterrupt => Some(INTERRUPTED.into()),
        kind => Some(match exceptions::ending(raised) {
            exceptions::Ending::Message(message) => message,
            exceptions::Ending::Exit(_) | exceptions::Ending::Error(_) => format!("it raised {}", kind.name()),
        }),
    }
}

/// One engine's rounds.
struct Side {
    name: &'static str,
    rounds: Vec<Readings>,
    gave_up: bool,
}

impl Side {
    fn new(name: &'static str) -> Side {
        Side { name, rounds: Vec::new(), gave_up: false }
    }

    fn add(&mut self, found: Result<Readings, String>, entries: Option<u64>, notes: &mut Vec<String>) {
        let found = found.and_then(|found| match entries {
            Some(entries) if entries != found.entries => Err(format!(
                "it entered the loop {}, not {} as in the run that counted",
                super::report::times(found.entries),
                super::report::times(entries)
            )),
            Some(_) | None => Ok(found),
        });
        match found {
            Ok(found) => self.rounds.push(found),
            Err(why) => {
                self.gave_up = true;
                self.rounds.clear();
                notes.push(format!("There is no time of {}: {why}.", self.name));
            }
        }
    }

    fn times(&self, iterations: u64) -> Option<Times> {
        let spread = |of: fn(&Readings) -> f64| Spread::of(self.rounds.iter().map(of).collect());
        (!self.rounds.is_empty()).then(|| Times {
            rounds: self.rounds.len(),
            ns_per_iteration: spread(|round| round.inside).scaled(1.0 / iterations as f64),
            clock_ns_per_iteration: spread(|round| round.clock * round.entries as f64).median / iterations as f64,
        })
    }
}

/// Compares what both printed; a difference goes to the notes.
fn same(ours: &str, answer: &Answer, notes: &mut Vec<String>) -> bool {
    let theirs = &answer.printed;
    // The answer holds the first part of what was printed.
    let whole = answer.printed_bytes as usize == theirs.len();
    if (whole && ours == theirs) || (!whole && answer.printed_bytes as usize == ours.len() && ours.starts_with(theirs))
    {
        return true;
    }
    let (mut left, mut right) = (ours.lines(), theirs.lines());
    let mut number = 1;
    let (left, right) = loop {
        match (left.next(), right.next()) {
            (Some(left), Some(right)) if left == right => number += 1,
            different => break different,
        }
    };
    let text = |line: Option<&str>| line.map_or_else(|| "nothing more".into(), |line| format!("'{}'", shown(line)));
    notes.push(format!(
        "python3 prints something else: at line {number} of the output toy has {}, python3 {}.",
        text(left),
        text(right)
    ));
    false
}

/// What is to be said where the clock's own cost counts.
fn resolution(picked: &Picked, measured: &Measured) -> Option<String> {
    let per_entry = picked.iterations as f64 / picked.entries.max(1) as f64;
    let share = |times: &Option<Times>| {
        times.as_ref().map(|times| times.clock_ns_per_iteration / times.ns_per_iteration.median.max(1e-9))
    };
    let counts = [share(&measured.toy), share(&measured.python)].into_iter().flatten().any(|share| share > 0.01);
    if !counts && per_entry >= 100.0 {
        return None;
    }
    let cost =
        |times: &Option<Times>| times.as_ref().map_or("–".into(), |times| figure(times.clock_ns_per_iteration));
    Some(format!(
        "An entry of the loop has {} iterations on average: reading the clock once for each entry is {} ns of toy's time \
         per iteration and {} ns of python3's.",
        figure(per_entry),
        cost(&measured.toy),
        cost(&measured.python)
    ))
}
