//! `toy man [COMMAND]`: the manual page.

use std::io;

use clap::{Arg, ArgMatches, Command};
use clap_mangen::Man;

use super::Failure;
use super::streams::{err, out};

pub fn command() -> Command {
    Command::new("man")
        .about("Print the manual page of toy, or of one command, for man")
        .arg(Arg::new("command").value_name("COMMAND").help("The command; without one, toy itself"))
        .after_help(
            "Examples:
  toy man | man -l -
  toy man > ~/.local/share/man/man1/toy.1
  toy man run > ~/.local/share/man/man1/toy-run.1",
        )
}

pub fn main(matches: &ArgMatches) -> Result<(), Failure> {
    // Pages are read on other machines, too: of this one they say nothing.
    let mut all = super::command().version(env!("CARGO_PKG_VERSION")).disable_help_subcommand(true);
    all.build();
    let page = match matches.get_one::<String>("command") {
        None => all,
        Some(name) => {
            let found = all.find_subcommand(name).cloned();
            let found = found.ok_or_else(|| Failure::Usage(format!("toy has no command '{name}'")))?;
            found.version(env!("CARGO_PKG_VERSION"))
        }
    };
    let examples = page.get_after_help().map(|text| text.to_string()).unwrap_or_default();
    match render(&Man::new(page.after_help("")).source(concat!("toy ", env!("CARGO_PKG_VERSION"))), &examples) {
        Ok(text) => out(&String::from_utf8_lossy(&text)),
        Err(error) => {
            err(&format!("error: the page: {error}\n"));
            Err(Failure::Script)
        }
    }
}

/// The page, its examples line by line as they are.
fn render(page: &Man, examples: &str) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    page.render(&mut text)?;
    let lines = examples.strip_prefix("Examples:\n").unwrap_or(examples);
    if !lines.is_empty() {
        let escaped = lines.replace('\\', "\\e").replace('-', "\\-").replace('\'', "\\(aq");
        text.extend_from_slice(format!(".SH EXAMPLES\n.nf\n{escaped}\n.fi\n").as_bytes());
    }
    Ok(text)
}
