//! `toy trace FILE`: what a script's instructions do, watched one by one, and counted.

mod bars;
mod chrome;
mod columns;
mod cost;
mod json;
mod python;
mod report;
pub(super) mod select;
mod summary;
pub(super) mod text;
mod view;

use std::cell::RefCell;
use std::io::{self, BufWriter, IsTerminal};
use std::rc::Rc;
use std::sync::Arc;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use self::cost::Costs;
use self::report::{Form, Printed, Report};
use self::select::{Select, Wanted};
use self::view::App;
use super::script::{self, Script};
use super::streams::{self, err};
use super::{Failure, color, engine_from, script_argument, script_arguments, signals, switches};
use crate::diagnostic::ErrorKind;
use crate::interp::Runtime;
use crate::interp::host::{Host, Log, Opening, Process, Standard};
use crate::interp::machine::MAX_DEPTH;
use crate::jit::{Engine, Fuse, Switches};
use crate::objects::exceptions;
use crate::stream::{Channel, Memory};
use crate::trace::{self, Asides, Ending, Listing, Player, run};

/// Steps that are shown if nothing is said.
pub(super) const STEPS: u64 = 40;
/// Steps that are shown of a line or of iterations.
const STEPS_OF_A_PART: u64 = 1000;
/// Steps after which a run that nobody stops is stopped.
pub(super) const DEFAULT_LIMIT: u64 = 1_000_000_000;

pub fn command() -> Command {
    let number = |name: &'static str, value: &'static str| {
        Arg::new(name).long(name).value_name(value).value_parser(value_parser!(u64).range(1..))
    };
    Command::new("trace")
        .about("Watch a script's instructions one by one, with everything that they pay for, and count it")
        .arg(script_argument().required_unless_present("code"))
        .arg(script_arguments())
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
                .value_name("FORMAT")
                .value_parser(["text", "json", "chrome"])
                .help("Text; JSON; or trace events, which Perfetto and speedscope open"),
        )
        .arg(
            Arg::new("summary")
                .long("summary")
                .action(ArgAction::SetTrue)
                .conflicts_with_all(["steps", "iterations", "line", "from"])
                .help("Print exact counts for each loop and line, and what each overhead takes, and no steps"),
        )
        .arg(
            Arg::new("no-times")
                .long("no-times")
                .action(ArgAction::SetTrue)
                .requires("summary")
                .help("Print the counts alone: the script runs once"),
        )
        .arg(
            Arg::new("times")
                .long("times")
                .action(ArgAction::SetTrue)
                .conflicts_with_all(["summary", "steps", "iterations", "line", "from", "format", "python"])
                .help("In the view, what each overhead of a loop takes: the script runs before it opens"),
        )
        .arg(
            Arg::new("python").long("python").action(ArgAction::SetTrue).help(
                "Run the script under the python3 on the path as well, and put its bytecode and time beside ours",
            ),
        )
        .arg(Arg::new("input").long("input").value_name("FILE").help("What the script finds as its standard input"))
        .after_help(
            "Examples:
  toy trace script.toy                 the view, in which arrow keys step forward and back
  toy trace script.toy --line 7        the steps of line 7, as text
  toy trace script.toy --iterations 2  those of a loop's first two iterations
  toy trace script.toy --summary       counts for each loop and line, and nanoseconds of each overhead
  toy trace script.toy --python        the same in CPython's bytecode, both timed",
        )
}

pub fn main(matches: &ArgMatches) -> Result<(), Failure> {
    if matches.get_flag("python") {
        return python::main(matches);
    }
    let script = Script::read(matches)?;
    let listing = Arc::new(Listing::new(&script.program, &script.source));
    if is_interactive(matches) {
        return show(matches, &script, listing);
    }
    if matches.get_flag("times") {
        return Err(Failure::Usage(
            "--times is for the view, which needs a terminal; --summary has times as well".into(),
        ));
    }
    let form = form(matches);
    let select = Select::new(listing.clone(), &wanted(matches, form)).map_err(Failure::Usage)?;
    let mut engine = engine(matches)?;
    let asides = Asides::default();
    asides.watch(&mut engine);
    let printed = Rc::new(RefCell::new(Printed::default()));
    let log = Log::new(Box::new(Process::new(arguments(matches))), input(matches)?);
    let (prints, all) = (asides.clone(), printed.clone());
    let host = log.begin_run(Box::new(move |_, bytes| {
        prints.print(bytes);
        all.borrow_mut().push(bytes);
    }));
    signals::install().map_err(|error| Failure::Usage(format!("no handler for Ctrl-C: {error}")))?;
    let report = Report::begin(BufWriter::new(io::stdout().lock()), select, listing.clone(), form);
    let counted = listing.clone();
    let outcome = run(&script.program, listing, Runtime::new(Box::new(host), engine), asides, report);
    let (ending, interrupted) = match outcome.ending {
        Ending::Finished | Ending::Stopped => (None, false),
        Ending::Raised(raised) => {
            let interrupted = raised.kind() == ErrorKind::KeyboardInterrupt;
            (Some(exceptions::ending(raised)), interrupted)
        }
    };
    let mut report = outcome.sink;
    let timed = matches.get_flag("summary") && !matches.get_flag("no-times");
    let costs = if timed && !report.select.at_limit && !interrupted && report.failed.is_none() {
        cost::costs(&script.program, &counted, &outcome.totals, &log, matches)?
    } else {
        Vec::new()
    };
    report.end(&outcome.totals, &costs, &printed.borrow(), ending.as_ref(), &script);
    let failed = report.failed.map(streams::refused);
    if report.select.at_limit {
        err(&format!("The script was stopped after {} steps (--limit).\n", outcome.totals.steps));
    }
    let ended = ending.map(|ending| script::report_ending(&ending, interrupted, &script.source, color(matches)));
    match (ended, failed) {
        (None | Some(Failure::Exit(0)), Some(failed)) => Err(failed),
        (Some(ended), _) => Err(ended),
        (None, None) => Ok(()),
    }
}

/// Whether somebody sits there who wants to look for himself.
fn is_interactive(matches: &ArgMatches) -> bool {
    let asked = ["steps", "iterations", "line", "from", "limit"].iter().any(|name| matches.contains_id(name));
    let printed = asked || matches.contains_id("format") || matches.get_flag("summary");
    !printed && io::stdout().is_terminal()
}

/// The engine of a run that is watched.
fn engine(matches: &ArgMatches) -> Result<Engine, Failure> {
    engine_from(matches, shown())
}

/// Arrays are there at the end of the statement that makes them, to be seen.
fn shown() -> Switches {
    Switches { fuse: Fuse::Expression, ..Switches::default() }
}

/// The full-screen view.
fn show(matches: &ArgMatches, script: &Script, listing: Arc<Listing>) -> Result<(), Failure> {
    let switches = switches(matches, shown())?;
    // Both are made anew on the script's thread; here they are only tried.
    engine(matches)?;
    input(matches)?;
    let costs = if matches.get_flag("times") { measured(matches, script, listing.clone())? } else { Vec::new() };
    let reference = matches.get_one::<String>("engine").is_some_and(|engine| engine == "reference");
    let traced = trace::Script {
        name: script.source.name.clone(),
        text: script.source.text.clone(),
        arguments: arguments(matches),
        input: matches.get_one::<String>("input").cloned(),
        // Keys come from the terminal: the script cannot have it too.
        reads_input: !io::stdin().is_terminal(),
        max_depth: MAX_DEPTH,
        engine: Box::new(move || match reference {
            true => Engine::reference(switches),
            false => Engine::new(switches).unwrap_or_else(|_| Engine::reference(switches)),
        }),
    };
    let player = Player::start(traced, listing).map_err(|error| Failure::Usage(format!("no thread: {error}")))?;
    let coloured = match matches.get_one::<String>("color").map(String::as_str) {
        Some("always") => true,
        Some("never") => false,
        _ => std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
    };
    let mut app = App::new(player, coloured);
    app.costs = costs;
    view::run(&mut app).map_err(|error| Failure::Usage(format!("the terminal: {error}")))
}

/// Runs a script whose steps nobody sees, to count them, and measures its loops. Without a file it reads nothing.
fn measured(matches: &ArgMatches, script: &Script, listing: Arc<Listing>) -> Result<Costs, Failure> {
    let wanted = Wanted { steps: 0, from: 0, line: None, iterations: None, limit: DEFAULT_LIMIT };
    let select = Select::new(listing.clone(), &wanted).map_err(Failure::Usage)?;
    let input = if matches.contains_id("input") { input(matches)? } else { Box::new(Memory::default()) };
    let log = Log::new(Box::new(Process::new(arguments(matches))), input);
    let host = log.begin_run(Box::new(|_, _| {}));
    let runtime = Runtime::new(Box::new(host), engine(matches)?);
    let report = Report::begin(io::sink(), select, listing.clone(), Form::Summary);
    let outcome = run(&script.program, listing.clone(), runtime, Asides::default(), report);
    if matches!(outcome.ending, Ending::Stopped) {
        return Ok(Costs::new());
    }
    cost::costs(&script.program, &listing, &outcome.totals, &log, matches)
}

fn form(matches: &ArgMatches) -> Form {
    match matches.get_one::<String>("format").map(String::as_str) {
        Some("json") => Form::Json,
        Some("chrome") => Form::Chrome,
        _ if matches.get_flag("summary") => Form::Summary,
        _ => Form::Text,
    }
}

/// Which steps are to be shown.
fn wanted(matches: &ArgMatches, form: Form) -> Wanted {
    let number = |name| matches.get_one::<u64>(name).copied();
    let narrowed = number("line").is_some() || number("iterations").is_some();
    let default = match form {
        Form::Summary => 0,
        _ if matches.get_flag("summary") => 0,
        _ if narrowed => STEPS_OF_A_PART,
        _ => STEPS,
    };
    Wanted {
        steps: number("steps").unwrap_or(default),
        from: number("from").unwrap_or(0),
        line: number("line").map(|line| u32::try_from(line).unwrap_or(u32::MAX)),
        iterations: number("iterations"),
        limit: number("limit").unwrap_or(DEFAULT_LIMIT),
    }
}

/// `sys.argv`
fn arguments(matches: &ArgMatches) -> Vec<String> {
    let name = matches.get_one::<String>("file").cloned().unwrap_or_else(|| "-c".into());
    std::iter::once(name).chain(matches.get_many::<String>("arguments").into_iter().flatten().cloned()).collect()
}

/// What the script finds as its standard input: a file, or this process's.
fn input(matches: &ArgMatches) -> Result<Box<dyn Channel>, Failure> {
    let mut process = Process::new(Vec::new());
    let Some(path) = matches.get_one::<String>("input") else { return Ok(process.stream(Standard::In)) };
    let opened = process.open(path, Opening { read: true, ..Opening::default() });
    opened.map_err(|error| Failure::Usage(format!("can't open '{path}': {error}")))
}
