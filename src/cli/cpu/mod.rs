//! `toy cpu`: what this machine has, and what it was measured to reach.

pub mod date;
mod report;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command};

use super::progress::Progress;
use super::streams::{err, out};
use super::{Failure, known};
use crate::machine;

pub fn command() -> Command {
    Command::new("cpu")
        .about("Print what this machine has and reaches: instructions, caches, bandwidths, peaks, latencies")
        .arg(
            Arg::new("measure")
                .long("measure")
                .action(ArgAction::SetTrue)
                .help("Measure anew, and keep that; otherwise what was kept is printed, if it fits this machine"),
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
  toy cpu                              measure in a few seconds, and print; later, print what was kept
  toy cpu --measure                    measure anew
  toy cpu --format json                for a program",
        )
}

pub fn main(matches: &ArgMatches) -> Result<(), Failure> {
    let bar = Progress::new(1);
    let known = known::machine(matches.get_flag("measure"), &bar);
    bar.end();
    let known = known.map_err(|why| {
        err(&format!("error: {why}\n"));
        Failure::Script
    })?;
    match matches.get_one::<String>("format").map(String::as_str) {
        Some("json") => out(&report::json(&known, &machine::methods())),
        _ => out(&report::table(&known, &machine::methods(), machine::now())),
    }
}
