//! `toy compare FILE`: each loop of a script against its vectorized form, on the same inputs, checked and measured.

pub(super) mod agree;
mod pair;
mod report;
mod sweep;

use std::time::Duration;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgMatches, Command};

use self::pair::{Pair, Wrong};
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
            Arg::new("sweep")
                .long("sweep")
                .value_name("SWITCH,…")
                .value_delimiter(',')
                .help("Measure NAME_vectorized under each value of these switches instead: simd,unroll,fma,threads"),
        )
        .arg(
            Arg::new("format")
                .long("format")
                .value_name("FORMAT")
                .value_parser(PossibleValuesParser::new(["table", "json"]))
                .default_value("table")
                .help("How the result is printed"),
        )
        .after_help(
            "Examples:
  toy compare programs/gradient.toy
  toy compare programs/gradient.toy -n 1000,10000000
  toy compare programs/gradient.toy --threads 1 --fuse off
                                       without these two mechanisms
  toy compare programs/gradient.toy --sweep simd,unroll
                                       each value of these switches, side by side",
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
    let switches = machine.runtime.engine.borrow().switches();
    let say = |wrong: Wrong| match wrong {
        Wrong::Raised(raised) => script::report(raised, &script.source, color(matches)),
        Wrong::Diagnostic(diagnostic) => script::say(&[diagnostic], &script.source, color(matches)),
    };
    let json = matches.get_one::<String>("format").is_some_and(|format| format == "json");
    match matches.get_many::<String>("sweep") {
        None => {
            let results = each(&pairs, &sizes, |pair, n, progress| pair.measure(&mut machine, n, BUDGET, progress));
            let results = results.map_err(say)?;
            out(&if json { report::json(&results, &switches) } else { report::table(&results, &switches) })
        }
        Some(names) => {
            if matches.get_one::<String>("engine").is_some_and(|engine| engine == "reference") {
                return Err(Failure::Usage("--sweep measures machine code, not --engine reference".into()));
            }
            let names: Vec<String> = names.cloned().collect();
            let settings = sweep::settings(&names, switches).map_err(Failure::Usage)?;
            let results =
                each(&pairs, &sizes, |pair, n, progress| pair.sweep(&mut machine, n, &settings, BUDGET, progress));
            let results = results.map_err(say)?;
            out(&if json { sweep::json(&results, &switches) } else { sweep::table(&results, &switches) })
        }
    }
}

/// What `measure` finds for each pair at each size.
fn each<R>(
    pairs: &[Pair],
    sizes: &[u32],
    mut measure: impl FnMut(&Pair, usize, &mut dyn FnMut(f64)) -> Result<R, Wrong>,
) -> Result<Vec<(String, Vec<R>)>, Wrong> {
    let bar = Progress::new(pairs.len() * sizes.len());
    let mut results = Vec::new();
    for pair in pairs {
        let mut rows = Vec::new();
        for n in sizes {
            bar.say(format!("{} at n = {n}", pair.name));
            let done = (results.len() * sizes.len() + rows.len()) as f64;
            rows.push(measure(pair, *n as usize, &mut |share: f64| bar.set(done + share))?);
        }
        results.push((pair.name.clone(), rows));
    }
    bar.end();
    Ok(results)
}
