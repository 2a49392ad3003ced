//! `toy run FILE`: runs a script.

use std::io;

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use super::emit::{self, Stages};
use super::loops;
use super::script::{self, Script};
use super::streams::err;
use super::{Failure, color, engine, script_argument, script_arguments, signals};
use crate::exception::Raised;
use crate::interp::host::Process;
use crate::interp::hot::{AFTER, Dial, Mode};
use crate::interp::machine::MAX_DEPTH;
use crate::interp::probe::Silent;
use crate::interp::{Machine, Runtime};
use crate::loops::mode::wishes;
use crate::stream::StreamError;

/// Calls that the memory of any machine holds.
const MOST_CALLS: i64 = 1_000_000;

/// What a loop's counter holds.
const MOST_ITERATIONS: i64 = 1 << 30;

pub fn command() -> Command {
    Command::new("run")
        .about("Run a script")
        .override_usage("toy run [OPTIONS] <FILE | -c CODE> [ARGS]...")
        .arg(script_argument().required_unless_present("code"))
        .arg(script_arguments())
        .arg(
            Arg::new("code")
                .short('c')
                .value_names(["CODE", "ARGS"])
                .num_args(1..)
                .allow_hyphen_values(true)
                .conflicts_with("file")
                .help("Run this text instead of a file; all that follows it is for the script"),
        )
        .arg(
            Arg::new("max-depth")
                .long("max-depth")
                .value_name("N")
                .value_parser(value_parser!(i64).range(1..=MOST_CALLS))
                .help(format!("How many calls may wait for one another, 1 to {MOST_CALLS} [default: {MAX_DEPTH}]")),
        )
        .arg(
            Arg::new("loops")
                .long("loops")
                .value_name(Mode::NAMES)
                .value_parser(PossibleValuesParser::new(modes()))
                .hide_possible_values(true)
                .default_value(Mode::default().name())
                .help("How hot loops run: bytecode by bytecode, or as machine code that calls the bytecodes' handlers"),
        )
        .arg(
            Arg::new("dial")
                .long("dial")
                .value_name("SETTINGS")
                .value_parser(|text: &str| text.parse::<Dial>())
                .help(format!("What typed loops leave out, as {} [default: {}; lists=contiguous around other loops where copying pays]", Dial::USAGE, Dial::default())),
        )
        .arg(
            Arg::new("hot")
                .long("hot")
                .value_name("N")
                .value_parser(value_parser!(u32).range(1..=MOST_ITERATIONS))
                .help(format!("How many jumps back a loop makes before it is compiled [default: {AFTER}]")),
        )
        .arg(
            Arg::new("vector-from")
                .long("vector-from")
                .value_name("N")
                .value_parser(value_parser!(u32).range(1..=MOST_ITERATIONS))
                .help("From how many iterations on --loops vector makes an array expression [default: where it pays]"),
        )
        .arg(
            Arg::new("report")
                .long("report")
                .action(ArgAction::SetTrue)
                .help("Say at the end on standard error what became of each loop, and why it was left"),
        )
        .arg(emit::argument("Print these stages on standard error"))
        .after_help(
            "Examples:
  toy run script.toy one two           sys.argv is ['script.toy', 'one', 'two']
  toy run -c 'print(2 ** 100)'         a line
  echo 'print(1 + 1)' | toy run -      a script from standard input
  toy run --threads 1 --simd scalar script.toy
                                       array expressions on one core, element by element",
        )
}

fn modes() -> impl Iterator<Item = PossibleValue> {
    Mode::ALL.into_iter().map(|mode| PossibleValue::new(mode.name()).hide(mode.is_hidden()))
}

pub fn main(matches: &ArgMatches) -> Result<(), Failure> {
    let script = Script::read(matches)?;
    let stages = Stages::of(matches);
    err(&stages.front(&script));
    let mut engine = engine(matches)?;
    stages.watch(&mut engine, err);
    let mut machine = Machine::new(Runtime::new(Box::new(Process::new(arguments(matches))), engine));
    if let Some(depth) = matches.get_one::<i64>("max-depth") {
        machine.runtime.max_depth = *depth as usize;
    }
    machine.runtime.loops.mode =
        matches.get_one::<String>("loops").and_then(|mode| mode.parse().ok()).unwrap_or_default();
    machine.runtime.loops.wishes = wishes(&script.source, &script.ast)
        .map_err(|diagnostic| script::say(&[diagnostic], &script.source, color(matches)))?;
    machine.runtime.loops.dial = matches.get_one::<Dial>("dial").copied();
    machine.runtime.loops.after = matches.get_one::<u32>("hot").copied().unwrap_or(AFTER);
    machine.runtime.loops.vector_from = matches.get_one::<u32>("vector-from").copied();
    signals::install().map_err(|error| Failure::Usage(format!("no handler for Ctrl-C: {error}")))?;
    let result = machine.run(&script.program, Silent);
    let closed = machine.runtime.close_files();
    let reports = machine.runtime.loop_reports();
    if machine.runtime.loops.is_on() && stages.of_loops() {
        err(&loops::listing(&reports, &stages, &script.source));
    }
    if matches.get_flag("report") {
        err(&loops::report(&reports, &script.source, color(matches)));
    }
    // The process ends: nobody needs the memory value by value.
    std::mem::forget(machine);
    result.map_err(|raised| script::report(raised, &script.source, color(matches)))?;
    closed.map_err(|error| unwritten(error, &script, color(matches)))
}

/// `sys.argv`
fn arguments(matches: &ArgMatches) -> Vec<String> {
    let given = |name| matches.get_many::<String>(name).into_iter().flatten().cloned();
    match matches.get_one::<String>("file") {
        Some(file) => std::iter::once(file.clone()).chain(given("arguments")).collect(),
        None => std::iter::once("-c".into()).chain(given("code").skip(1)).collect(),
    }
}

/// What is said when the last output has nowhere to go.
fn unwritten(error: StreamError, script: &Script, color: bool) -> Failure {
    match error {
        // A reader that has gone away (`toy run … | head`) is no error of the script.
        StreamError::System(error) if error.kind() == io::ErrorKind::BrokenPipe => Failure::Script,
        error => script::report(Raised::from(error), &script.source, color),
    }
}
