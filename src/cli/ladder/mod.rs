//! `toy ladder FILE`: the hot loop of a script, run for real on every rung from the interpreter to the machine's limit.

mod choice;
#[cfg(test)]
mod choice_tests;
mod claims;
mod interval;
mod limit;
mod markdown;
mod measure;
mod model;
mod quiz;
mod rungs;
mod sizes;
mod svg;
mod text;

#[cfg(test)]
mod sample;

use std::time::Duration;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use self::choice::Wanted;
use self::measure::Request;
use self::model::Ladder;
use self::rungs::Order;
use super::progress::Progress;
use super::rig::{self, World};
use super::script::Script;
use super::streams::{err, out};
use super::{Failure, color, color_of_output, known, script_argument, script_arguments, signals, switches};
use crate::jit::Switches;
use crate::machine::{Known, Precision};

/// Seconds that the rounds of all sizes take together, unless the user says otherwise.
const SECONDS: u64 = 30;

pub fn command() -> Command {
    let command = Command::new("ladder")
        .about(
            "Run the hot loop of a script on every rung from the interpreter to the machine's limit, and measure each",
        )
        .arg(script_argument().required(true))
        .arg(script_arguments())
        .arg(
            Arg::new("line")
                .long("line")
                .value_name("LINE")
                .value_parser(value_parser!(u32).range(1..))
                .help("Measure the 'for' statement around this line [default: the one that most instructions run in]"),
        )
        .arg(Arg::new("function").long("function").value_name("NAME").help("Measure the hottest loop of this function"))
        .arg(Arg::new("order").long("order").value_name("STEPS").value_parser(Order::parse).help(
            "Take these steps in this order, or 'shuffle', 'shuffle:SEED', and say what that changes: \
                 types,boxes,bounds,contiguous,unroll; accumulators,sse,avx,avx512,threads",
        ))
        .arg(
            Arg::new("sizes")
                .long("sizes")
                .value_name("N,…")
                .value_delimiter(',')
                .value_parser(value_parser!(u32).range(1..))
                .help("Measure at these sizes, side by side: each takes the place of the number in a line 'N = 1000'"),
        )
        .arg(Arg::new("size-name").long("size-name").value_name("NAME").help(format!(
            "The name that --sizes sets [default: the first of {} that there is]",
            sizes::NAMES.join(", ")
        )))
        .arg(
            Arg::new("dtype")
                .long("dtype")
                .value_name("DTYPE")
                .value_parser(PossibleValuesParser::new(["f32", "f64"]))
                .hide_possible_values(true)
                .help("f32 or f64: what takes the place of np.float64 or np.float32 in a line 'dtype = np.float64'"),
        )
        .arg(
            Arg::new("quiz")
                .long("quiz")
                .action(ArgAction::SetTrue)
                .conflicts_with_all(["sizes", "format", "order"])
                .help("Ask for a guess before each rung is shown, and score it"),
        );
    rig::with_arguments(command, SECONDS).after_help(
        "Examples:
  toy ladder programs/ladder/gradient.toy
  toy ladder script.toy --line 12      the loop around line 12
  toy ladder programs/ladder/gradient.toy --sizes 1000,100000,10000000
                                       from the caches to memory
  toy ladder script.toy --order shuffle
                                       what each step buys depends on those before it
  toy ladder script.toy --quiz         guess first
  toy ladder script.toy --format svg > ladder.svg",
    )
}

pub fn main(matches: &ArgMatches) -> Result<(), Failure> {
    let script = Script::read(matches)?;
    let world = World::of(matches)?;
    let wanted = Wanted {
        line: matches.get_one::<u32>("line").map(|line| *line as usize),
        function: matches.get_one::<String>("function").cloned(),
    };
    let order = matches.get_one::<Order>("order").cloned().unwrap_or_default();
    let (script, precision) = match matches.get_one::<String>("dtype") {
        None => (script, Precision::F64),
        Some(dtype) => {
            let (source, precision) = sizes::with_dtype(&script, dtype).map_err(Failure::Usage)?;
            (Script::new(source, color(matches))?, precision)
        }
    };
    let sizes: Vec<u64> = matches.get_many::<u32>("sizes").into_iter().flatten().map(|size| *size as u64).collect();
    let scripts = sizes::scripts(&script, &sizes, matches.get_one::<String>("size-name").map(String::as_str))
        .map_err(Failure::Usage)?;
    signals::install().map_err(|error| Failure::Usage(format!("no handler for Ctrl-C: {error}")))?;

    let seconds = matches.get_one::<u64>("seconds").copied().unwrap_or(SECONDS);
    let count = scripts.len().max(1);
    let request = Request {
        wanted: &wanted,
        order: &order,
        switches: switches(matches, Switches::default())?,
        world: &world,
        budget: Duration::from_secs(seconds) / count as u32,
        precision,
    };
    let bar = Progress::new(count + 1);
    // What is wrong with the script is said before anything takes long.
    let find = |script: &Script| measure::find(script, &request).map_err(|failed| failed.said(script, matches));
    let mut first = Some(find(&script)?);
    let machine = machine(&bar);
    let mut ladders: Vec<Ladder> = Vec::new();
    let mut measure = |script: &Script, size: Option<(String, u64)>| -> Result<(), Failure> {
        let done = 1.0 + ladders.len() as f64;
        let found = match size {
            None => first.take(),
            Some(_) => None,
        };
        let found = found.map_or_else(|| find(script), Ok)?;
        let ladder = measure::measure(script, &found, &request, machine.as_ref(), &mut |share, what| {
            bar.say(what.to_owned());
            bar.set(done + share);
        });
        let ladder = ladder.map_err(|failed| failed.said(script, matches))?;
        ladders.push(Ladder { size, ..ladder });
        Ok(())
    };
    match scripts.is_empty() {
        true => measure(&script, None)?,
        false => {
            for (source, name, size) in scripts {
                let script = Script::new(source, color(matches))?;
                measure(&script, Some((name, size)))?;
            }
        }
    }
    bar.end();
    show(matches, &ladders)
}

fn show(matches: &ArgMatches, ladders: &[Ladder]) -> Result<(), Failure> {
    let color = color_of_output(matches);
    if matches.get_flag("quiz") {
        let Some(ladder) = ladders.first() else { return Ok(()) };
        let stdin = std::io::stdin().lock();
        return quiz::ask(ladder, stdin, std::io::stdout().lock(), color).map_err(super::streams::refused);
    }
    let format = matches.get_one::<String>("format").map_or("text", String::as_str);
    out(&match (format, ladders) {
        ("json", ladders) => json(ladders),
        ("markdown", [ladder]) => markdown::ladder(ladder),
        ("markdown", ladders) => markdown::sizes(ladders),
        ("svg", ladders) => svg::page(ladders),
        (_, [ladder]) => text::ladder(ladder, color),
        (_, ladders) => text::sizes(ladders),
    })
}

fn json(ladders: &[Ladder]) -> String {
    let report = serde_json::json!({ "version": 1, "ladders": ladders });
    serde_json::to_string_pretty(&report).expect("numbers and strings") + "\n"
}

/// What is known of this machine; without it there is a ladder as well, but no limit.
fn machine(bar: &Progress) -> Option<Known> {
    let known = known::machine(false, bar);
    known.map_err(|why| err(&format!("note: {why}: cycles and the limit are not shown\n"))).ok()
}
