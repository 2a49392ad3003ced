//! `toy dis FILE`: what a script becomes, stage by stage, without its own output.

use std::rc::Rc;

use clap::{Arg, ArgAction, ArgMatches, Command};

use super::emit::{self, Stages};
use super::script::{self, Script};
use super::streams::out;
use super::{Failure, color, engine, script_argument};
use crate::bytecode;
use crate::bytecode::chunk::{Chunk, Pc};
use crate::interp::host::Captured;
use crate::interp::probe::Silent;
use crate::interp::{Machine, Runtime};

pub fn command() -> Command {
    Command::new("dis")
        .about("Print what a script becomes: its bytecode, or another stage")
        .arg(script_argument().required_unless_present("table"))
        .arg(emit::argument("Print these stages; those of kernels run the script, silently").default_value("bytecode"))
        .arg(
            Arg::new("after-run")
                .long("after-run")
                .action(ArgAction::SetTrue)
                .conflicts_with_all(["table", "emit"])
                .help("Run the script first, silently, and print beside its bytecode what that has learned"),
        )
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
  toy dis script.toy --after-run       bytecode, with the methods and kernels that the run has found
  toy dis --table                      every bytecode there is",
        )
}

pub fn main(matches: &ArgMatches) -> Result<(), Failure> {
    if matches.get_flag("table") {
        return out(&bytecode::overhead_table());
    }
    let script = Script::read(matches)?;
    if matches.get_flag("after-run") {
        return after_run(matches, &script);
    }
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

/// Runs the script and prints its bytecode, with what single instructions have learned.
fn after_run(matches: &ArgMatches, script: &Script) -> Result<(), Failure> {
    let mut machine = Machine::new(Runtime::new(Box::new(Captured::default()), engine(matches)?));
    let result = machine.run(&script.program, Silent);
    let learned = machine.runtime.learned();
    let note = |chunk: &Rc<Chunk>, pc: Pc| {
        let found = learned.iter().find(|learned| Rc::ptr_eq(&learned.chunk, chunk) && learned.pc == pc);
        found.map(|learned| learned.what.clone())
    };
    out(&bytecode::disassemble_noted(&script.program, &script.source, &note))?;
    result.map_err(|raised| script::report(raised, &script.source, color(matches)))
}
