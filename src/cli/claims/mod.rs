//! `toy claims`: the text as an experiment on this machine, claim by claim.

mod claim;
mod code;
mod cores;
mod counts;
mod lab;
mod loops;
mod memory;
mod ours;
mod processes;
mod python;
mod report;
mod table;
mod trial;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command};

use self::claim::{Claim, Row};
use self::lab::{Effort, Lab};
use self::python::Python;
use self::report::{Found, Report};
use self::table::CLAIMS;
use self::trial::Wrong;
use super::progress::Progress;
use super::streams::out;
use super::timing::Spread;
use super::{Failure, color_of_output, signals};

pub fn command() -> Command {
    Command::new("claims")
        .about("Measure every claim of the text about vectorization on this machine, beside Python and NumPy")
        .arg(
            Arg::new("claims")
                .value_name("CLAIM")
                .num_args(0..)
                .value_parser(PossibleValuesParser::new(CLAIMS.iter().map(|claim| claim.name)))
                .help("These claims only"),
        )
        .arg(
            Arg::new("python")
                .long("python")
                .value_name("PATH")
                .conflicts_with("no-python")
                .help("The Python whose figures stand beside toy's [default: the python3 on the path]"),
        )
        .arg(Arg::new("no-python").long("no-python").action(ArgAction::SetTrue).help("Measure toy alone"))
        .arg(
            Arg::new("format")
                .long("format")
                .value_name("FORMAT")
                .value_parser(PossibleValuesParser::new(["table", "markdown", "json"]))
                .default_value("table")
                .help("How the result is printed"),
        )
        .after_help(
            "Examples:
  toy claims                           all claims, in less than two minutes
  toy claims loop simd                 these two
  toy claims --format markdown         for a report
  toy claims --python .venv/bin/python beside that one",
        )
}

pub fn main(matches: &ArgMatches) -> Result<(), Failure> {
    signals::install().map_err(|error| Failure::Usage(format!("no handler for Ctrl-C: {error}")))?;
    let python = match (matches.get_flag("no-python"), matches.get_one::<String>("python")) {
        (true, _) => Err("--no-python".to_string()),
        (false, path) => match (Python::find(path.map_or("python3", String::as_str)), path) {
            (Ok(python), _) => Ok(python),
            (Err(Wrong::Interrupted), _) => return Err(Failure::Interrupted),
            (Err(Wrong::Said(why)), Some(_)) => return Err(Failure::Usage(format!("--python: {why}"))),
            (Err(Wrong::Said(why)), None) => Err(why),
        },
    };
    let asked: Vec<&String> = matches.get_many("claims").into_iter().flatten().collect();
    let claims = CLAIMS.iter().filter(|claim| asked.is_empty() || asked.iter().any(|name| *name == claim.name));
    let claims: Vec<&Claim> = claims.collect();
    let bar = Progress::new(claims.len());
    let mut found = Vec::new();
    for (at, claim) in claims.into_iter().enumerate() {
        bar.say(claim.name.to_string());
        bar.set(at as f64);
        let rows = test(claim, &python, Effort::FULL, &mut |share| bar.set(at as f64 + share));
        match rows {
            Ok(rows) => found.push(Found { claim, rows }),
            Err(wrong) => {
                bar.end();
                return Err(wrong.failure());
            }
        }
    }
    bar.end();
    let report = Report::new(python, found);
    out(&match matches.get_one::<String>("format").map(String::as_str) {
        Some("json") => report.json(),
        Some("markdown") => report.markdown(),
        _ => report.table(color_of_output(matches)),
    })
}

/// Makes a claim's experiment.
fn test(
    claim: &Claim,
    python: &Result<Python, String>,
    effort: Effort,
    progress: &mut dyn FnMut(f64),
) -> Result<Vec<Row>, Wrong> {
    let python = python.as_ref().map_err(String::as_str);
    (claim.experiment)(&mut Lab { program: &claim.program, python, effort, progress })
}

#[cfg(test)]
mod tests;
