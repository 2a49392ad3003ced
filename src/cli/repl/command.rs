//! Commands of a session: lines that begin with a colon, which no Python does.

use std::rc::Rc;

use super::session::{Fed, Session};
use crate::bytecode::chunk::Program;
use crate::bytecode::{self, Use};
use crate::cli::emit::{self, Stages};
use crate::cli::script::Script;
use crate::cli::streams::{err, out};
use crate::interp::probe::Silent;
use crate::objects::suggest::suggest;
use crate::source::Source;
use crate::syntax::Input;
use crate::syntax::ast::{Ast, ExprKind, StmtKind};
use crate::value::Function;

/// A command: what it does with what stands behind its name.
type Run = fn(&mut Session, &str) -> Fed;

/// Name, argument, meaning.
const COMMANDS: &[(&str, &str, &str, Run)] = &[
    ("dis", "CODE", "the bytecode of an expression or of statements; of a function by its name", dis),
    ("emit", "STAGE CODE", "what it becomes at a stage, or several: tokens,ast,bytecode,ir,clif,asm", emit),
    #[cfg(feature = "trace")]
    ("trace", "CODE", "the first steps of running it, with all that each pays for", super::trace::trace),
    ("help", "", "this list", help),
];

/// The names of all commands.
pub fn names() -> Vec<&'static str> {
    COMMANDS.iter().map(|(name, ..)| *name).collect()
}

/// Runs a line without its colon.
pub fn run(session: &mut Session, line: &str) -> Fed {
    let line = line.trim_start();
    let (name, argument) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    match COMMANDS.iter().find(|(known, ..)| *known == name) {
        Some((.., run)) => run(session, argument),
        None => {
            let near = suggest(name, names()).map(|near| format!("; did you mean ':{near}'?"));
            refuse(&format!("there is no command ':{name}'{}", near.unwrap_or_default()))
        }
    }
}

pub fn refuse(why: &str) -> Fed {
    err(&format!("error: {why} (:help lists the commands)\n"));
    Fed::Done
}

fn help(_: &mut Session, _: &str) -> Fed {
    let left = |(name, argument, ..): &(&str, &str, &str, Run)| format!(":{name} {argument}");
    let width = COMMANDS.iter().map(|command| left(command).len()).max().unwrap_or(0);
    let mut text = String::from("Whatever Python's prompt takes; and, with the names of this session:\n");
    for command in COMMANDS {
        text += &format!("  {:width$}  {}\n", left(command), command.2);
    }
    text += "Tab completes, the arrow keys go through what was entered, Ctrl-C interrupts, Ctrl-D or exit() ends.\n";
    print(&text)
}

/// Writes to standard output; the session ends where nobody reads it.
pub fn print(text: &str) -> Fed {
    out(text).map_or_else(Fed::Over, |()| Fed::Done)
}

/// The code behind a command's name, parsed.
pub fn code(session: &mut Session, name: &str, argument: &str) -> Result<(Ast, Source), Fed> {
    if argument.trim().is_empty() {
        return Err(refuse(&format!("':{name}' wants code behind it")));
    }
    // Without the blank that stands before it, which would be an indentation.
    match session.parse(argument.trim_start()) {
        Some((piece, Input::Whole(ast))) => Ok((ast, piece)),
        Some((_, Input::Unfinished { in_block })) => Err(Fed::More { in_block }),
        Some((piece, Input::Wrong(diagnostics))) => Err(session.refuse(&diagnostics, &piece)),
        None => Err(Fed::Done),
    }
}

fn dis(session: &mut Session, argument: &str) -> Fed {
    let (ast, piece) = match code(session, "dis", argument) {
        Ok(code) => code,
        Err(fed) => return fed,
    };
    if let Some(text) = function_named(session, &ast) {
        return print(&text);
    }
    front(session, ast, piece, &Stages::of_bytecode())
}

/// The listing of a function, if the code is no more than its name.
fn function_named(session: &Session, ast: &Ast) -> Option<String> {
    let [only] = ast.body[..] else { return None };
    let StmtKind::Expr(value) = &ast.stmt(only).kind else { return None };
    let ExprKind::Name(name) = &ast.expr(*value).kind else { return None };
    let value = session.lookup(name)?;
    let chunk = value.get::<Function>()?.code.chunk.clone();
    let globals: Vec<Rc<str>> = session.machine.runtime.names().to_vec();
    Some(bytecode::disassemble(&Program { main: chunk, globals }, &session.source))
}

fn emit(session: &mut Session, argument: &str) -> Fed {
    let (stages, argument) = argument.trim_start().split_once(char::is_whitespace).unwrap_or((argument.trim(), ""));
    if stages.is_empty() {
        return refuse(&format!("':emit' wants a stage and code behind it; stages: {}", emit::names().join(", ")));
    }
    let stages = match Stages::parse(stages) {
        Ok(stages) => stages,
        Err(why) => return refuse(&why),
    };
    let (ast, piece) = match code(session, "emit", argument) {
        Ok(code) => code,
        Err(fed) => return fed,
    };
    let program = stages.of_kernels().then(|| session.compile(&ast, &piece, Use::Returned));
    match (front(session, ast, piece, &stages), program) {
        (Fed::Done, Some(Ok(program))) => {
            stages.watch_all(&mut session.machine.runtime.engine.borrow_mut(), |text| {
                let _ = out(text);
            });
            let result = session.machine.run_next(&program, Silent);
            session.machine.runtime.engine.borrow_mut().unwatch();
            session.keep(program);
            session.finish(result.map(drop))
        }
        (fed, _) => fed,
    }
}

/// The stages that are known before the code runs.
fn front(session: &mut Session, ast: Ast, source: Source, stages: &Stages) -> Fed {
    match bytecode::compile_input(&ast, &source, &session.known(Use::Returned)) {
        Ok(program) => print(&stages.front(&Script { source, ast, program })),
        Err(diagnostics) => session.refuse(&diagnostics, &source),
    }
}
