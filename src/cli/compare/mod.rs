//! `toy compare FILE`: each loop of a script against its vectorized form, on the same inputs, checked and measured.

mod agree;
mod pair;
mod report;

use std::time::Duration;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgMatches, Command};

use self::pair::{Pair, Row};
use super::progress::Progress;
use super::script::{self, Script};
use super::streams::out;
use super::{Failure, color, engine, script_argument};
use crate::interp::host::Captured;
use crate::interp::probe::Silent;
use crate::interp::{Machine, Runtime};

/// Iterations of the loop for each row, unless `-n` says otherwise.
const SIZES: &str = "1000,100000,1000000";
/// Time that the three measurements of one size may take together.
const BUDGET: Duration = Duration::from_millis(1500);

pub fn command() -> Command {
    Command::new("compare")
        .about("Measure each function NAME_loop of a script against NAME_vectorized, on what NAME_inputs(n) returns")
        .arg(script_argument().required(true))
        .arg(
            Arg::new("sizes")
                .short('n')
                .long("sizes")
                .value_name("N,…")
                .value_delimiter(',')
                .value_parser(clap::value_parser!(u32).range(1..))
                .default_value(SIZES)
                .help("Lengths of the inputs"),
        )
        .arg(
            Arg::new("format")
                .long("format")
                .value_parser(PossibleValuesParser::new(["table", "json"]))
                .default_value("table")
                .help("How the result is printed"),
        )
}

pub fn main(matches: &ArgMatches) -> Result<(), Failure> {
    let script = Script::read(matches)?;
    let engine = engine(matches)?;
    let mut machine = Machine::new(Runtime::new(Box::new(Captured::default()), engine));
    let fail = |raised| script::report(raised, &script.source, color(matches));
    machine.run(&script.program, Silent).map_err(fail)?;

    let pairs = Pair::find(&script, &machine)
        .map_err(|diagnostics| script::say(&diagnostics, &script.source, color(matches)))?;
    let sizes: Vec<u32> = matches.get_many("sizes").into_iter().flatten().copied().collect();
    let bar = Progress::new(pairs.len() * sizes.len());
    let mut results = Vec::new();
    for pair in &pairs {
        let mut rows = Vec::new();
        for n in &sizes {
            bar.say(format!("{} at n = {n}", pair.name));
            let done = (results.len() * sizes.len() + rows.len()) as f64;
            let mut progress = |share: f64| bar.set(done + share);
            let row: Row =
                pair.measure(&mut machine, *n as usize, BUDGET, &mut progress).map_err(|wrong| match wrong {
                    pair::Wrong::Raised(raised) => script::report(raised, &script.source, color(matches)),
                    pair::Wrong::Diagnostic(diagnostic) => script::say(&[diagnostic], &script.source, color(matches)),
                })?;
            rows.push(row);
        }
        results.push((pair.name.clone(), rows));
    }
    bar.end();
    let switches = machine.runtime.engine.switches();
    match matches.get_one::<String>("format").map(String::as_str) {
        Some("json") => out(&report::json(&results, &switches)),
        _ => out(&report::table(&results, &switches)),
    }
}
