//! `toy trace FILE`: what a script's instructions do, watched one by one, and counted.

mod python;
mod summary;

use std::path::PathBuf;
use std::sync::Arc;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use super::script::Script;
use super::streams::out;
use super::{Failure, engine, script_argument};
use crate::interp::Runtime;
use crate::interp::host::{Log, Process};
use crate::stream::Memory;
use crate::trace::{Asides, Listing, Position, Sink, Step, Wish, run};

/// Steps after which a run that nobody stops is stopped.
const DEFAULT_LIMIT: u64 = 1_000_000_000;

pub fn command() -> Command {
    let number = |name: &'static str, value: &'static str| {
        Arg::new(name).long(name).value_name(value).value_parser(value_parser!(u64).range(1..))
    };
    Command::new("trace")
        .about("Watch a script's instructions one by one, with everything that they pay for, and count it")
        .arg(script_argument().required_unless_present("code"))
        .arg(
            Arg::new("arguments")
                .value_name("ARGS")
                .num_args(0..)
                .trailing_var_arg(true)
                .allow_hyphen_values(true)
                .help("What the script finds in sys.argv"),
        )
        .arg(
            Arg::new("code")
                .short('c')
                .value_name("CODE")
                .conflicts_with("file")
                .help("Trace this text instead of a file"),
        )
        .arg(number("steps", "N").help("Print the first N steps (of the iterations or of the line that are asked for)"))
        .arg(number("iterations", "N").help("Print the first N iterations of the first loop, or of the loop at --line"))
        .arg(number("line", "LINE").help("Print the steps of this line only"))
        .arg(number("from", "STEP").help("Print no step before this one"))
        .arg(number("limit", "N").help(format!("Stop the script after N steps [default: {DEFAULT_LIMIT}]")))
        .arg(
            Arg::new("format")
                .long("format")
                .value_parser(["text", "json", "chrome"])
                .help("Text; JSON; or trace events, which Perfetto and speedscope open"),
        )
        .arg(
            Arg::new("summary")
                .long("summary")
                .action(ArgAction::SetTrue)
                .help("Print exact counts for each loop and line, and no steps"),
        )
        .arg(
            Arg::new("python").long("python").action(ArgAction::SetTrue).help(
                "Run the script under the python3 on the path as well, and put its bytecode and time beside ours",
            ),
        )
        .arg(
            Arg::new("input")
                .long("input")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .help("What the script reads from standard input [default: nothing]"),
        )
}

pub fn main(matches: &ArgMatches) -> Result<(), Failure> {
    if matches.get_flag("python") {
        return python::main(matches);
    }
    let script = Script::read(matches)?;
    let listing = Arc::new(Listing::new(&script.program, &script.source));
    let mut engine = engine(matches)?;
    let asides = Asides::default();
    asides.watch(&mut engine);
    let prints = asides.clone();
    let process = Box::new(Process::new(vec![script.source.name.clone()]));
    let log = Log::new(process, Box::new(Memory::default()));
    let host = log.begin_run(Box::new(move |_, bytes| prints.print(bytes)));
    let outcome = run(&script.program, listing.clone(), Runtime::new(Box::new(host), engine), asides, Nothing);
    out(&summary::summary(&listing, &outcome.totals))?;
    Ok(())
}

struct Nothing;

impl Sink for Nothing {
    fn wish(&mut self, _: &Position) -> Wish {
        Wish::Count
    }

    fn step(&mut self, _: Step) {}
}
