//! `toy explain CODE`: why a loop is not compiled, or is left to the interpreter.

use clap::{Arg, ArgMatches, Command};

use super::Failure;
use super::streams::out;
use crate::loops::explain::{page, plain};
use crate::loops::why::Reason;

pub fn command() -> Command {
    Command::new("explain")
        .about("Say what a code of 'toy run --report' means, and what to do about it")
        .arg(Arg::new("code").value_name("CODE").help("T0001 and on; none: a list of all"))
        .after_help(
            "Examples:
  toy explain                          all codes
  toy explain T0012                    the page of one",
        )
}

pub fn main(matches: &ArgMatches) -> Result<(), Failure> {
    let Some(code) = matches.get_one::<String>("code") else {
        let line = |reason: &Reason| format!("{}  {}\n", reason.code(), reason.title());
        return out(&Reason::ALL.iter().map(line).collect::<String>());
    };
    let Some(reason) = Reason::ALL.iter().find(|reason| reason.code().eq_ignore_ascii_case(code)) else {
        let (first, last) = (Reason::ALL[0].code(), Reason::ALL[Reason::ALL.len() - 1].code());
        return Err(Failure::Usage(format!(
            "'{code}' is no code: there are {first} to {last}, 'toy explain' lists them"
        )));
    };
    out(&format!("{}: {}\n\n{}", reason.code(), reason.title(), plain(page(*reason))))
}
