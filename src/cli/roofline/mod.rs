//! `toy roofline FILE`: every kernel and every loop of a script, between this machine's bandwidths and its FMA peak.

mod bound;
mod chart;
mod kernels;
mod loops;
mod markdown;
mod model;
mod svg;
mod text;
mod watch;

#[cfg(test)]
mod sample;

use std::time::Duration;

use clap::{Arg, ArgAction, ArgMatches, Command};

use self::model::{Bandwidth, Ceiling, Point, Roofline, Roofs};
use super::progress::Progress;
use super::rig::{self, Failed, World};
use super::script::Script;
use super::streams::{err, out};
use super::{Failure, color_of_output, engine_from, known, script_argument, script_arguments, signals, switches};
use crate::diagnostic::{Diagnostic, ErrorKind};
use crate::jit::{Fuse, Switches};
use crate::machine::{self, Known, Machine, Place, Precision, Width};

/// Seconds that the rounds take together, unless the user says otherwise.
const SECONDS: u64 = 20;

/// Letters of points, in order; those for whom there is none have a dot.
const MARKS: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

pub fn command() -> Command {
    let command = Command::new("roofline")
        .about(
            "Place every kernel and loop of a script below this machine's bandwidths and FMA peak, and say what bounds \
             each",
        )
        .arg(script_argument().required(true))
        .arg(script_arguments())
        .arg(
            Arg::new("measure")
                .long("measure")
                .action(ArgAction::SetTrue)
                .help("Measure this machine's roofs anew; otherwise what toy cpu has kept is taken, if it fits"),
        );
    rig::with_arguments(command, SECONDS).after_help(
        "Examples:
  toy roofline programs/gradient.toy   what bounds the loop, and what the array expression
  toy roofline script.toy --fuse on    kernels across statements, as toy run has them
  toy roofline script.toy --simd sse --threads 1
                                       below the roofs of one thread
  toy roofline script.toy --format svg > roofline.svg

Without --fuse, each array expression is a kernel of its own, so that it has a place in the
source. What the script prints is not shown.",
    )
}

pub fn main(matches: &ArgMatches) -> Result<(), Failure> {
    let script = Script::read(matches)?;
    let world = World::of(matches)?;
    let switches = switches(matches, Switches { fuse: Fuse::Expression, ..Switches::default() })?;
    let engine = engine_from(matches, switches)?;
    let switches = engine.switches();
    signals::install().map_err(|error| Failure::Usage(format!("no handler for Ctrl-C: {error}")))?;
    let seconds = matches.get_one::<u64>("seconds").copied().unwrap_or(SECONDS);
    let said = |failed: Failed| failed.said(&script, matches);

    let bar = Progress::new(4);
    bar.say("running the script".into());
    // What is wrong with the script is said before anything takes long.
    let reports = rig::count_iterations(&script.program, switches, &world).map_err(said)?;
    let found = kernels::find(&script, engine, &world).map_err(said)?;
    if found.kernels.seen.is_empty() && reports.iter().all(|report| report.counted() == 0) {
        bar.end();
        let message = "the script runs no array expression and goes through no loop: there is nothing to place";
        let diagnostic = Diagnostic::without_span(ErrorKind::ValueError, message);
        return Err(said(Failed::Diagnostics(vec![diagnostic])));
    }
    bar.set(1.0);
    let known = known::machine(matches.get_flag("measure"), &bar).map_err(|why| {
        err(&format!("error: {why}\n"));
        Failure::Script
    })?;
    let machine = &known.machine;
    let half = Duration::from_secs(seconds) / 2;
    bar.say("measuring kernels in turns".into());
    let points = kernels::measure(&found, &script, machine, half, &mut |share| bar.set(2.0 + share));
    let mut points = points.map_err(|raised| said(raised.into()))?;
    let request = loops::Request { script: &script, world: &world, switches, machine, budget: half };
    let loops = loops::measure(&reports, &found.kernels.inside, &request, &mut |share, what| {
        bar.say(what.to_owned());
        bar.set(3.0 + share);
    });
    let loops = loops.map_err(said)?;
    bar.end();
    points.extend(loops.points);
    points.sort_by_key(|point| point.line);
    let mut marks = MARKS.chars();
    points.iter_mut().for_each(|point| point.mark = marks.next().unwrap_or('•'));
    let mut notes = loops.notes;
    if found.kernels.dropped > 0 {
        notes.push(format!(
            "kernels ran {} times more, over arrays of other shapes, and are not shown: the largest of each place are",
            found.kernels.dropped
        ));
    }
    let roofline = Roofline {
        script: script.source.name.clone(),
        cpu: machine.cpu.model.clone(),
        threads: switches.threads,
        measured_at: known.measured_at,
        was_kept: known.was_kept,
        switches: switches.to_string(),
        roofs: roofs(&known, &points),
        points,
        left_out: loops.left_out,
        notes,
    };
    show(matches, &roofline)
}

fn show(matches: &ArgMatches, roofline: &Roofline) -> Result<(), Failure> {
    let now = machine::now();
    out(&match matches.get_one::<String>("format").map(String::as_str) {
        Some("json") => {
            let report = serde_json::json!({ "version": 1, "roofline": roofline });
            serde_json::to_string_pretty(&report).expect("numbers and strings") + "\n"
        }
        Some("markdown") => markdown::roofline(roofline, now),
        Some("svg") => svg::page(roofline, now),
        _ => text::roofline(roofline, color_of_output(matches), now),
    })
}

/// The roofs of one thread, and of the most threads that a point used.
fn roofs(known: &Known, points: &[Point]) -> Vec<Roofs> {
    let most = points.iter().map(|point| point.threads).max().unwrap_or(1);
    let singles = points.iter().filter(|point| point.dtype.contains("float32")).count();
    let precision = if 2 * singles > points.len() { Precision::F32 } else { Precision::F64 };
    let of = |threads: usize| roofs_of(&known.machine, precision, threads);
    if most == 1 { vec![of(1)] } else { vec![of(1), of(most)] }
}

fn roofs_of(machine: &Machine, precision: Precision, threads: usize) -> Roofs {
    let places = [Place::L1, Place::L2, Place::L3, Place::Memory]
        .into_iter()
        .filter(|place| *place == Place::Memory || machine.caches.iter().any(|cache| cache.place() == Some(*place)));
    let bandwidths = places.filter_map(|place| {
        let gb_per_s = machine.gb_per_s(place, false, threads)?;
        Some(Bandwidth { place, gb_per_s })
    });
    let peak = |name: &str, width, part: f64| {
        let gflop_per_s = part * machine.gflop_per_s(precision, width, threads)?;
        Some(Ceiling { name: format!("{precision} {name}"), gflop_per_s })
    };
    let ceilings = [peak("FMA", None, 1.0), peak("without FMA", None, 0.5), peak("scalar", Some(Width::Scalar), 0.5)];
    Roofs { threads, bandwidths: bandwidths.collect(), ceilings: ceilings.into_iter().flatten().collect() }
}
