//! The command line: one command per file.

mod claims;
mod compare;
mod completions;
mod cpu;
mod dis;
mod emit;
mod explain;
mod figures;
mod known;
mod ladder;
mod loops;
mod man;
mod markdown;
mod progress;
mod repl;
mod rig;
mod roofline;
mod run;
mod script;
mod signals;
mod streams;
mod svg;
mod timing;
#[cfg(feature = "trace")]
mod trace;
mod usage;

use std::io::IsTerminal;
use std::process::ExitCode;
use std::sync::LazyLock;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command};

use crate::jit::switches::{SWITCHES, Values};
use crate::jit::{Engine, Switches};
use crate::machine::Isa;

/// A script's error.
pub const FAILURE: u8 = 1;
/// A mistake on the command line.
pub const USAGE: u8 = 2;

/// Reads the arguments and runs the command that they name.
pub fn main() -> ExitCode {
    let matches = match command().try_get_matches() {
        Ok(matches) => matches,
        Err(error) => {
            let error = usage::explained(error, &command());
            let _ = error.print();
            return ExitCode::from(error.exit_code() as u8);
        }
    };
    let result = match matches.subcommand() {
        Some(("run", matches)) => run::main(matches),
        Some(("repl", matches)) => repl::main(matches),
        Some(("dis", matches)) => dis::main(matches),
        Some(("compare", matches)) => compare::main(matches),
        Some(("ladder", matches)) => ladder::main(matches),
        Some(("roofline", matches)) => roofline::main(matches),
        Some(("claims", matches)) => claims::main(matches),
        Some(("cpu", matches)) => cpu::main(matches),
        #[cfg(feature = "trace")]
        Some(("trace", matches)) => trace::main(matches),
        Some(("explain", matches)) => explain::main(matches),
        Some(("completions", matches)) => completions::main(matches),
        Some(("man", matches)) => man::main(matches),
        _ => unreachable!("clap requires a command that it knows"),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Script) => ExitCode::from(FAILURE),
        Err(Failure::Exit(status)) => ExitCode::from(status),
        Err(Failure::Interrupted) => {
            signals::die();
            ExitCode::from(FAILURE)
        }
        Err(Failure::Usage(message)) => {
            streams::err(&format!("error: {message}\n\nFor more information, try '--help'.\n"));
            ExitCode::from(USAGE)
        }
    }
}

/// Why a command did not succeed.
pub enum Failure {
    /// The script is wrong; it has been said.
    Script,
    /// The script chose its exit status.
    Exit(u8),
    /// The user pressed Ctrl-C; it has been said.
    Interrupted,
    /// The command line is; this is what to say.
    Usage(String),
}

fn command() -> Command {
    let command = Command::new("toy")
        .version(VERSION.as_str())
        .about("A tiny Python-like language that shows why vectorization is faster than for loops")
        .long_about(
            "A tiny Python-like language that shows why vectorization is faster than for loops.\n\n\
             A script is Python with NumPy, and prints what it prints under python3. Its loops run in\n\
             an interpreter over boxed values, as CPython's do; its array expressions run as fused\n\
             machine code on all cores. Every stage between the text and the machine can be looked at,\n\
             and every mechanism taken away and measured.",
        )
        .after_help(examples())
        .subcommand_required(true)
        .arg_required_else_help(true)
        .arg(
            Arg::new("color")
                .long("color")
                .global(true)
                .value_name("WHEN")
                .value_parser(["auto", "always", "never"])
                .default_value("auto")
                .help("Colour in diagnostics; NO_COLOR turns it off as well"),
        )
        .subcommand(with_switches(run::command()))
        .subcommand(with_switches(repl::command()))
        .subcommand(with_switches(compare::command()))
        .subcommand(with_switches(ladder::command()))
        .subcommand(with_switches(roofline::command()));
    #[cfg(feature = "trace")]
    let command = command.subcommand(with_switches(trace::command()));
    command
        .subcommand(claims::command())
        .subcommand(with_switches(dis::command()))
        .subcommand(explain::command())
        .subcommand(cpu::command())
        .subcommand(completions::command())
        .subcommand(man::command())
}

/// One line for each thing that a newcomer may want.
fn examples() -> String {
    let trace = "
  toy trace programs/iteration/0_all_eight.toy
                                       step through a loop: all that an iteration pays for";
    format!(
        "Examples:
  toy run script.toy                   run a script; python3 would print the same
  toy run -c 'print(2 ** 100)'         run a line
  toy repl                             enter lines, and see what each gives
  toy compare programs/gradient.toy    measure a loop against an array expression
  toy ladder programs/ladder/gradient.toy
                                       a loop, rung by rung, from the interpreter to the limit
  toy roofline programs/gradient.toy   what bounds each kernel and loop: memory, arithmetic, or neither{}
  toy dis programs/gradient.toy --emit asm
                                       the machine code of its array expressions
  toy claims                           is it true? every claim about vectorization, measured here
  toy cpu                              what this machine can reach

'toy help COMMAND' says more of each.",
        if cfg!(feature = "trace") { trace } else { "" }
    )
}

/// The script's argument.
fn script_argument() -> Arg {
    Arg::new("file").value_name("FILE").help("The script; '-' is standard input")
}

/// What follows the script's name.
fn script_arguments() -> Arg {
    Arg::new("arguments")
        .value_name("ARGS")
        .num_args(0..)
        .trailing_var_arg(true)
        .allow_hyphen_values(true)
        .help("What the script finds in sys.argv")
}

/// One `--switch` for each mechanism that can be taken away.
fn with_switches(command: Command) -> Command {
    let switches = SWITCHES.iter().map(|switch| {
        let argument = Arg::new(switch.name)
            .long(switch.name)
            .help(switch.meaning)
            .help_heading("Mechanisms of array expressions");
        match switch.values {
            Values::Words(words) => {
                let parser = PossibleValuesParser::new(words.split('|'));
                argument.value_name(words).value_parser(parser).hide_possible_values(true)
            }
            Values::UpTo(_) => argument.value_name("N"),
        }
    });
    command
        .args(switches)
        .arg(
            Arg::new("strict")
                .long("strict")
                .action(ArgAction::SetTrue)
                .help("Elementwise results are NumPy's bit for bit; the same as --fma off")
                .help_heading("Mechanisms of array expressions"),
        )
        .arg(
            Arg::new("engine")
                .long("engine")
                .value_name("ENGINE")
                .value_parser(PossibleValuesParser::new(["jit", "reference"]))
                .default_value("jit")
                .help("Machine code, or the slow evaluator that defines its meaning")
                .help_heading("Mechanisms of array expressions"),
        )
}

/// The switches of array expressions, as the command line sets them.
fn switches(matches: &ArgMatches, mut switches: Switches) -> Result<Switches, Failure> {
    if matches.get_flag("strict") {
        switches.fma = false;
    }
    for switch in SWITCHES {
        if let Some(value) = matches.get_one::<String>(switch.name) {
            switches.set(switch.name, value).map_err(Failure::Usage)?;
        }
    }
    Ok(switches)
}

/// The engine of array expressions that the command line asks for.
fn engine(matches: &ArgMatches) -> Result<Engine, Failure> {
    engine_from(matches, Switches::default())
}

/// The same, for a command whose switches stand otherwise where nothing is said of them.
fn engine_from(matches: &ArgMatches, switches: Switches) -> Result<Engine, Failure> {
    let switches = self::switches(matches, switches)?;
    if matches.get_one::<String>("engine").is_some_and(|engine| engine == "reference") {
        return Ok(Engine::reference(switches));
    }
    Engine::new(switches).map_err(Failure::Usage)
}

/// Whether diagnostics are coloured: asked for, or standard error is a terminal and `NO_COLOR` is not set.
fn color(matches: &ArgMatches) -> bool {
    color_on(matches, &std::io::stderr())
}

/// The same of standard output.
fn color_of_output(matches: &ArgMatches) -> bool {
    color_on(matches, &std::io::stdout())
}

fn color_on(matches: &ArgMatches, stream: &impl IsTerminal) -> bool {
    match matches.get_one::<String>("color").map(String::as_str) {
        Some("always") => true,
        Some("never") => false,
        _ => stream.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
    }
}

/// `0.1.0 (x86_64: SSE4.2, AVX, AVX2, FMA)`: the version, and what this machine's kernels may be made of.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    let isa = Isa::here();
    let features = if isa.features.is_empty() { String::new() } else { format!(": {}", isa.features.join(", ")) };
    format!("{} ({}{features})", env!("CARGO_PKG_VERSION"), isa.architecture)
});
