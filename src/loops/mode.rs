//! How loops are run: as the command line says, or a comment in the script.

use std::fmt;
use std::str::FromStr;

use crate::diagnostic::{Diagnostic, ErrorKind};
use crate::source::{Source, Span};
use crate::syntax::ast::{Ast, StmtKind};

/// How loops are run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Bytecode by bytecode.
    #[default]
    Interpret,
    /// As call-threaded code: the bytecodes' handlers without dispatch.
    Calls,
    /// As machine code for the types that its variables have; what that leaves out is interpreted.
    Typed,
    /// The same, with inner loops that are maps and sums as array expressions.
    Vector,
    /// As typed, by the reference evaluator instead of machine code: for tests.
    Evaluate,
}

impl Mode {
    /// The names of those that are shown, between bars.
    pub const NAMES: &'static str = "interpret|calls|typed|vector";
    pub const ALL: [Mode; 5] = [Mode::Interpret, Mode::Calls, Mode::Typed, Mode::Vector, Mode::Evaluate];

    pub const fn name(self) -> &'static str {
        match self {
            Mode::Interpret => "interpret",
            Mode::Calls => "calls",
            Mode::Typed => "typed",
            Mode::Vector => "vector",
            Mode::Evaluate => "evaluate",
        }
    }

    /// Whether it is for tests alone.
    pub fn is_hidden(self) -> bool {
        self == Mode::Evaluate
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Mode {
    type Err = ();
    fn from_str(text: &str) -> Result<Mode, ()> {
        Mode::ALL.into_iter().find(|mode| mode.name() == text).ok_or(())
    }
}

/// How the loops at a place are to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wish {
    pub place: Span,
    pub mode: Mode,
}

/// What comments of the form `# toy: loops=typed` say: each of the function behind it, or of the loops on the line behind
/// it.
///
/// # Errors
/// For a comment that begins so and goes on otherwise.
pub fn wishes(source: &Source, ast: &Ast) -> Result<Vec<Wish>, Diagnostic> {
    let mut wishes = Vec::new();
    let lines = source.text.lines().count();
    for number in 1..=lines {
        let text = source.line_text(number);
        let Some(said) = text.trim_start().strip_prefix('#').and_then(|text| text.trim_start().strip_prefix("toy:"))
        else {
            continue;
        };
        let indent = text.len() - text.trim_start().len();
        let start = source.start_of_line(number) as usize;
        if is_inside_text(ast, start + indent) {
            continue;
        }
        let mode = said.trim().strip_prefix("loops=").and_then(|mode| mode.parse().ok()).ok_or_else(|| {
            let span = Span::new(start + indent, start + text.len());
            let message = format!("after 'toy:', a comment says loops={}", Mode::NAMES.replace('|', " or loops="));
            Diagnostic::new(ErrorKind::SyntaxError, span, message)
        })?;
        let is_code = |line: &usize| {
            let text = source.line_text(*line).trim_start();
            !text.is_empty() && !text.starts_with('#')
        };
        let Some(behind) = (number + 1..=lines).find(is_code) else { continue };
        let line = Span::new(source.start_of_line(behind) as usize, source.start_of_line(behind + 1) as usize);
        let function = ast
            .stmts()
            .find(|stmt| matches!(stmt.kind, StmtKind::Def { .. }) && source.line(stmt.span.start) == behind);
        wishes.push(Wish { place: function.map_or(line, |stmt| stmt.span), mode });
    }
    Ok(wishes)
}

/// Whether a place lies in a string of several lines.
fn is_inside_text(ast: &Ast, at: usize) -> bool {
    ast.strings().any(|span| (span.start as usize) < at && at < span.end as usize)
}
