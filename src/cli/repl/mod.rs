//! `toy repl`: a session, in which each input runs as it is entered.

mod command;
mod complete;
mod editor;
mod highlight;
mod host;
mod session;
#[cfg(feature = "trace")]
mod trace;

use std::cell::RefCell;
use std::io::IsTerminal;
use std::rc::Rc;

use clap::{ArgMatches, Command};

use self::host::Tap;
use self::session::{Fed, Session};
use super::streams::{err, out};
use super::{Failure, VERSION, color, color_of_output, engine, signals};
use crate::diagnostic::ErrorKind;

/// Before an input, and before each further line of it.
const PROMPT: &str = ">>> ";
const PROMPT_FOR_MORE: &str = "... ";

pub fn command() -> Command {
    Command::new("repl")
        .about("Enter Python line by line, and see what each line gives")
        .long_about(
            "Enter Python line by line, and see what each line gives.\n\n\
             A session is CPython's: '_' is the last value, an empty line ends a block, Ctrl-C\n\
             interrupts, Ctrl-D ends. Tab completes names and attributes; the arrow keys go through\n\
             what was entered before, which is kept from one session to the next.\n\n\
             Lines that begin with a colon show what code becomes, and what it pays for: ':help'\n\
             lists them.\n\n\
             Standard input that is no terminal is entered line by line too, without prompts. A script\n\
             is for 'toy run -'.",
        )
        .after_help(
            "Examples:
  toy repl
  >>> import numpy as np
  >>> a = np.arange(1000.0)
  >>> :dis a[0] + 1                  its bytecode, and what each instruction pays
  >>> :trace a[0] + 1                every step of running it
  >>> :emit ir,asm np.mean(a * a)    its kernel, and its machine code",
        )
}

pub fn main(matches: &ArgMatches) -> Result<(), Failure> {
    let tap = Tap::default();
    let session = Session::new(engine(matches)?, tap.clone(), color(matches));
    signals::watch().map_err(|error| Failure::Usage(format!("no handler for Ctrl-C: {error}")))?;
    let session = Rc::new(RefCell::new(session));
    let at_terminal = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    let ended = if at_terminal {
        let colored = color_of_output(matches);
        out(&format!("toy {}\nType :help for what there is beside Python, Ctrl-D to leave.\n", *VERSION))?;
        editor::converse(&session, &tap, colored)
    } else {
        read(&mut session.borrow_mut())
    };
    let closed = session.borrow_mut().close();
    ended.and(closed)
}

/// Enters what comes from a pipe or a file.
fn read(session: &mut Session) -> Result<(), Failure> {
    let prompts = std::io::stdin().is_terminal();
    let mut entered = String::new();
    loop {
        if prompts {
            err(if entered.is_empty() { PROMPT } else { PROMPT_FOR_MORE });
        }
        let line = match session.read_line() {
            Ok(line) => line,
            Err(raised) if raised.kind() == ErrorKind::KeyboardInterrupt => {
                err("\nKeyboardInterrupt\n");
                entered.clear();
                continue;
            }
            Err(raised) => return Err(session.report(raised).unwrap_or(Failure::Script)),
        };
        let ended = line.is_empty();
        entered += &line;
        let fed = if ended { session.feed_last(&entered) } else { session.feed(&with_line_end(&entered)) };
        match fed {
            Fed::More { .. } => continue,
            Fed::Done => entered.clear(),
            Fed::Over(failure) => return Err(failure),
        }
        if ended {
            return Ok(());
        }
    }
}

/// The last line of a file may lack its end.
fn with_line_end(text: &str) -> String {
    let end = if text.ends_with('\n') { "" } else { "\n" };
    format!("{text}{end}")
}
