//! From a file's name to code that runs, and what is said when one of the steps fails.

use std::io::Read;

use clap::ArgMatches;

use super::streams::err;
use super::{Failure, color, usage};
use crate::bytecode::{self, Verified};
use crate::diagnostic::{Diagnostic, ErrorKind};
use crate::exception::Raised;
use crate::objects::exceptions::{self, Ending};
use crate::source::Source;
use crate::syntax::{self, ast::Ast};

/// A script, read and compiled.
pub struct Script {
    pub source: Source,
    pub ast: Ast,
    pub program: Verified,
}

impl Script {
    /// Reads and compiles the script that the command line names; what is wrong with it goes to standard error.
    pub fn read(matches: &ArgMatches) -> Result<Script, Failure> {
        let color = color(matches);
        let name = matches.get_one::<String>("file").map_or("-", String::as_str);
        // Only some commands have the argument.
        let code = matches.try_get_one::<String>("code").ok().flatten();
        let source = match (code, name) {
            (Some(code), _) => Source::from_bytes("<string>", code.clone().into_bytes()),
            (None, "-") => {
                let mut bytes = Vec::new();
                let read = std::io::stdin().read_to_end(&mut bytes);
                read.map_err(|error| Failure::Usage(format!("standard input: {error}")))?;
                Source::from_bytes("<stdin>", bytes)
            }
            (None, path) => Source::read(path),
        };
        let source = source.map_err(|diagnostic| match diagnostic.kind.is_a(ErrorKind::OSError) {
            true => {
                let near = usage::nearest_script(name).filter(|_| diagnostic.kind == ErrorKind::FileNotFoundError);
                let near = near.map_or(String::new(), |near| format!("; did you mean '{near}'?"));
                Failure::Usage(format!("can't open the script: {}{near}", diagnostic.message))
            }
            false => say(&[diagnostic], &Source::new(name, ""), color),
        })?;
        Script::new(source, color)
    }

    /// Compiles a text; what is wrong with it goes to standard error.
    pub fn new(source: Source, color: bool) -> Result<Script, Failure> {
        let compiled = compile(&source).map_err(|diagnostics| say(&diagnostics, &source, color));
        compiled.map(|(ast, program)| Script { source, ast, program })
    }
}

/// Compiles a text.
///
/// # Errors
/// What is wrong with it.
pub fn compile(source: &Source) -> Result<(Ast, Verified), Vec<Diagnostic>> {
    let ast = syntax::parse(source)?;
    let program = bytecode::compile(&ast, source)?;
    Ok((ast, program))
}

/// Renders diagnostics on standard error.
pub fn say(diagnostics: &[Diagnostic], source: &Source, color: bool) -> Failure {
    for diagnostic in diagnostics {
        err(&diagnostic.render(source, color));
    }
    Failure::Script
}

/// Renders an exception that the script did not handle; `SystemExit` ends it without a traceback.
pub fn report(raised: Raised, source: &Source, color: bool) -> Failure {
    let interrupted = raised.kind() == ErrorKind::KeyboardInterrupt;
    report_ending(&exceptions::ending(raised), interrupted, source, color)
}

/// The same of an ending that was looked at already; `interrupted` if it is a `KeyboardInterrupt`.
pub fn report_ending(ending: &Ending, interrupted: bool, source: &Source, color: bool) -> Failure {
    match ending {
        Ending::Exit(status) => return Failure::Exit(*status),
        Ending::Message(message) => err(&format!("{message}\n")),
        Ending::Error(chain) => err(&chain.render(source, color)),
    }
    if interrupted { Failure::Interrupted } else { Failure::Script }
}
