//! `toy run FILE`: runs a script.

use clap::{Arg, ArgMatches, Command};

use super::emit::{self, Stages};
use super::script::{self, Script};
use super::streams::err;
use super::{Failure, color, engine, script_argument};
use crate::interp::host::Process;
use crate::interp::probe::Silent;
use crate::interp::{Machine, Runtime};

pub fn command() -> Command {
    Command::new("run")
        .about("Run a script")
        .arg(script_argument())
        .arg(
            Arg::new("arguments")
                .value_name("ARGS")
                .num_args(0..)
                .trailing_var_arg(true)
                .allow_hyphen_values(true)
                .help("What the script finds in sys.argv"),
        )
        .arg(emit::argument("Print these stages on standard error"))
}

pub fn main(matches: &ArgMatches) -> Result<(), Failure> {
    let script = Script::read(matches)?;
    let stages = Stages::of(matches);
    err(&stages.front(&script));
    let mut arguments = vec![script.source.name.clone()];
    arguments.extend(matches.get_many::<String>("arguments").into_iter().flatten().cloned());
    let mut engine = engine(matches)?;
    stages.watch(&mut engine, err);
    let mut machine = Machine::new(Runtime::new(Box::new(Process::new(arguments)), engine));
    let result = machine.run(&script.program, Silent);
    let flushed = machine.runtime.host.flush();
    if let Err(raised) = result {
        return Err(script::report(raised, &script.source, color(matches)));
    }
    flushed.map_err(|error| {
        // A reader that has gone away (`toy run … | head`) is no error of the script.
        if error.kind() != std::io::ErrorKind::BrokenPipe {
            err(&format!("error: standard output: {error}\n"));
        }
        Failure::Script
    })
}
