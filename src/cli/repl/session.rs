//! A session: one runtime, in which every input finds the names that earlier ones have bound.

use std::rc::Rc;

use super::command;
use super::host::{SessionHost, Tap};
use crate::bytecode::{self, Session as Known, Use, Verified};
use crate::cli::Failure;
use crate::cli::script;
use crate::cli::streams::err;
use crate::diagnostic::Diagnostic;
use crate::exception::{Raised, Result};
use crate::interp::probe::Silent;
use crate::interp::{Machine, Runtime};
use crate::interrupt;
use crate::jit::Engine;
use crate::objects::exceptions::{self, Ending};
use crate::source::Source;
use crate::stream::StreamError;
use crate::syntax::ast::Ast;
use crate::syntax::{self, Input};
use crate::value::{Kind, Value};

/// What places in a session's code are said to be in, as CPython says it.
pub const NAME: &str = "<stdin>";
/// The name that stands for the last value; it is there from the start.
const LAST: &str = "_";

pub struct Session {
    pub machine: Machine,
    /// All inputs, one after the other: what tracebacks quote.
    pub source: Source,
    /// What is under way between the script and its streams.
    pub tap: Tap,
    /// Inputs that defined functions, which later ones may call.
    pub programs: Vec<Verified>,
    postponed_annotations: bool,
    color: bool,
}

/// What became of an input.
pub enum Fed {
    /// It goes on; with a block, unless a bracket, a string or a line is open.
    More {
        in_block: bool,
    },
    Done,
    /// The session is to end.
    Over(Failure),
}

impl Session {
    /// A session without any input so far; errors are coloured if `color`.
    pub fn new(engine: Engine, tap: Tap, color: bool) -> Session {
        let runtime = Runtime::new(Box::new(SessionHost::new(tap.clone())), engine);
        let machine = Machine::new(runtime);
        let source = Source::new(NAME, "");
        Session { machine, source, tap, programs: Vec::new(), postponed_annotations: false, color }
    }

    /// Takes the lines that were entered so far, and runs them if they are whole.
    pub fn feed(&mut self, text: &str) -> Fed {
        if let Some(line) = text.trim_start().strip_prefix(':') {
            return command::run(self, line);
        }
        match self.parse(text) {
            Some((piece, Input::Whole(ast))) => self.run(&ast, &piece),
            Some((_, Input::Unfinished { in_block })) => Fed::More { in_block },
            Some((piece, Input::Wrong(diagnostics))) => self.refuse(&diagnostics, &piece),
            None => Fed::Done,
        }
    }

    /// The same where no further line comes.
    pub fn feed_last(&mut self, text: &str) -> Fed {
        match self.feed(&format!("{text}\n")) {
            Fed::More { .. } => {
                let piece = Source::new(NAME, text);
                let errors = syntax::parse(&piece).err().unwrap_or_default();
                self.refuse(&errors, &piece)
            }
            fed => fed,
        }
    }

    /// A text with what it is; if it cannot even be read, that is said.
    pub fn parse(&mut self, text: &str) -> Option<(Source, Input)> {
        match Source::from_bytes(NAME, text.into()) {
            Ok(piece) => {
                let input = syntax::input(&piece);
                Some((piece, input))
            }
            Err(diagnostic) => {
                self.refuse(&[diagnostic], &Source::new(NAME, ""));
                None
            }
        }
    }

    fn run(&mut self, ast: &Ast, piece: &Source) -> Fed {
        let program = match self.compile(ast, piece, Use::Shown) {
            Ok(program) => program,
            Err(diagnostics) => return self.refuse(&diagnostics, piece),
        };
        self.postponed_annotations |= bytecode::postpones_annotations(ast);
        let result = self.machine.run_next(&program, Silent);
        self.keep(program);
        self.finish(result.map(drop))
    }

    /// Code that goes on with what the session knows. The text becomes part of the session's.
    pub fn compile(&mut self, ast: &Ast, piece: &Source, used: Use) -> std::result::Result<Verified, Vec<Diagnostic>> {
        let offset = self.source.append(piece).map_err(|error| vec![error])?;
        let known = Known { offset, ..self.known(used) };
        bytecode::compile_input(ast, piece, &known)
    }

    /// What the session has made known, to code whose places count from its own beginning.
    pub fn known(&self, used: Use) -> Known {
        let runtime = &self.machine.runtime;
        let mut globals = runtime.names().to_vec();
        if globals.is_empty() {
            globals.push(LAST.into());
        }
        let is_module = |name: &Rc<str>| runtime.lookup(name).is_some_and(|value| value.kind() == Kind::Module);
        let modules = globals.iter().filter(|name| is_module(name)).cloned().collect();
        Known { globals, modules, offset: 0, used, timed: None, postponed_annotations: self.postponed_annotations }
    }

    /// Remembers code that may be called later.
    pub fn keep(&mut self, program: Verified) {
        if !program.main.functions.is_empty() {
            self.programs.push(program);
        }
    }

    /// What is to be done behind each run: what was printed is written, and an error is said.
    pub fn finish(&mut self, result: Result<()>) -> Fed {
        let flushed = self.machine.runtime.flush();
        if let Err(raised) = result
            && let Some(failure) = self.report(raised)
        {
            return Fed::Over(failure);
        }
        // Ctrl-C may come when there is nothing to interrupt any more.
        if interrupt::check().is_err() {
            err("KeyboardInterrupt\n");
        }
        match flushed {
            Ok(()) => Fed::Done,
            Err(raised) => Fed::Over(self.report(raised).unwrap_or(Failure::Script)),
        }
    }

    /// Says what was raised; why the session is to end, if that was asked for.
    pub fn report(&mut self, raised: Raised) -> Option<Failure> {
        match exceptions::ending(raised) {
            Ending::Exit(status) => Some(Failure::Exit(status)),
            Ending::Message(message) => {
                err(&format!("{message}\n"));
                Some(Failure::Script)
            }
            Ending::Error(chain) => {
                err(&chain.render(&self.source, self.color));
                self.tap.take_in_line();
                None
            }
        }
    }

    pub fn refuse(&mut self, diagnostics: &[Diagnostic], piece: &Source) -> Fed {
        script::say(diagnostics, piece, self.color);
        Fed::Done
    }

    /// The next line of standard input.
    pub fn read_line(&mut self) -> Result<String> {
        self.machine.runtime.read_line()
    }

    /// What a name means now.
    pub fn lookup(&self, name: &str) -> Option<Value> {
        self.machine.runtime.lookup(name)
    }

    /// Closes the files that the session left open, and its output.
    pub fn close(&mut self) -> std::result::Result<(), Failure> {
        match self.machine.runtime.close_files() {
            Ok(()) => Ok(()),
            // A reader that has gone away is no error of the session.
            Err(StreamError::System(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => Err(Failure::Script),
            Err(error) => Err(self.report(Raised::from(error)).unwrap_or(Failure::Script)),
        }
    }
}
