//! `toy completions SHELL`: what a shell needs to complete the command line.

use clap::{Arg, ArgMatches, Command, value_parser};
use clap_complete::Shell;

use super::Failure;
use super::streams::out;

pub fn command() -> Command {
    Command::new("completions")
        .about("Print what a shell needs to complete toy's commands and options with Tab")
        .arg(Arg::new("shell").value_name("SHELL").required(true).value_parser(value_parser!(Shell)).help("The shell"))
        .after_help(
            "Examples:
  toy completions bash > ~/.local/share/bash-completion/completions/toy
  toy completions zsh > ~/.zfunc/_toy          with ~/.zfunc in fpath
  toy completions fish > ~/.config/fish/completions/toy.fish",
        )
}

pub fn main(matches: &ArgMatches) -> Result<(), Failure> {
    let Some(shell) = matches.get_one::<Shell>("shell") else {
        return Err(Failure::Usage("completions for which shell?".into()));
    };
    let mut script = Vec::new();
    clap_complete::generate(*shell, &mut super::command(), "toy", &mut script);
    out(&String::from_utf8_lossy(&script))
}
