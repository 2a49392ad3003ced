//! `toy dis FILE`: what a script becomes, stage by stage, without its own output.

use clap::{Arg, ArgAction, ArgMatches, Command};

use super::emit::{self, Stages};
use super::script::{self, Script};
use super::streams::out;
use super::{Failure, color, engine, script_argument};
use crate::bytecode;
use crate::interp::host::Captured;
use crate::interp::probe::Silent;
use crate::interp::{Machine, Runtime};

pub fn command() -> Command {
    Command::new("dis")
        .about("Print what a script becomes: its bytecode, or another stage")
        .arg(script_argument().required_unless_present("table"))
        .arg(emit::argument("Print these stages; those of kernels run the script, silently").default_value("bytecode"))
        .arg(
            Arg::new("table")
                .long("table")
                .action(ArgAction::SetTrue)
                .help("Print the table of all bytecodes, with what each pays"),
        )
        .after_help(
            "Examples:
  toy dis script.toy                   bytecode, and what each instruction pays
  toy dis script.toy --emit tokens,ast
  toy dis script.toy --emit ir,asm --simd avx --unroll 2
                                       kernels, as these switches make them
  toy dis --table                      every bytecode there is",
        )
}

pub fn main(matches: &ArgMatches) -> Result<(), Failure> {
    if matches.get_flag("table") {
        return out(&bytecode::overhead_table());
    }
    let script = Script::read(matches)?;
    let stages = Stages::of(matches);
    out(&stages.front(&script))?;
    if !stages.of_kernels() {
        return Ok(());
    }
    let mut engine = engine(matches)?;
    stages.watch(&mut engine, |text| {
        let _ = out(text);
    });
    let mut machine = Machine::new(Runtime::new(Box::new(Captured::default()), engine));
    machine.run(&script.program, Silent).map_err(|raised| script::report(raised, &script.source, color(matches)))
}
