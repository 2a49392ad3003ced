//! Which loop is measured: the one that most instructions run in, or the one that the user names.

use std::rc::Rc;

use crate::bytecode::bodies;
use crate::cli::rig::Chosen;
use crate::diagnostic::{Diagnostic, ErrorKind};
use crate::interp::hot::report::LoopReport;
use crate::source::{Source, Span};
use crate::syntax::ast::{Ast, StmtId, StmtKind};

/// What the user says of the loop.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    pub line: Option<usize>,
    pub function: Option<String>,
}

/// A `for` statement, and the loops of the same function in it.
struct Candidate<'a> {
    span: Span,
    function: Rc<str>,
    loops: Vec<&'a LoopReport>,
}

/// Chooses among the loops of a run that counted their iterations.
///
/// # Errors
/// If there is no such loop, or it was never gone through.
pub fn choose(ast: &Ast, source: &Source, reports: &[LoopReport], wanted: &Wanted) -> Result<Chosen, Diagnostic> {
    let mut spans = Vec::new();
    match wanted.line {
        Some(line) => spans.push(at_line(ast, source, line)?),
        None => outermost(ast, &ast.body, &mut spans),
    }
    let mut candidates: Vec<Candidate<'_>> =
        spans.into_iter().filter_map(|span| Candidate::of(span, reports)).collect();
    if let Some(function) = &wanted.function {
        candidates.retain(|candidate| *candidate.function == **function);
        if candidates.is_empty() {
            let message = format!("there is no 'for' statement in a function '{function}'");
            return Err(Diagnostic::without_span(ErrorKind::ValueError, message));
        }
    }
    let Some(hottest) = candidates.iter().rev().max_by_key(|candidate| candidate.instructions()) else {
        let message = "there is no 'for' statement to measure";
        let help = "array expressions, comprehensions and 'while' loops have no ladder; toy compare measures functions";
        return Err(Diagnostic::without_span(ErrorKind::ValueError, message).help(help));
    };
    let hot = hottest.loops.iter().rev().max_by_key(|report| report.counted_instructions());
    let hot = hot.filter(|report| report.counted() > 0).ok_or_else(|| {
        let head = head(hottest.span, source);
        Diagnostic::new(ErrorKind::ValueError, head, "this loop was never gone through")
    })?;
    Ok(Chosen { span: hottest.span, function: hottest.function.clone(), hot: hot.span, iterations: hot.counted() })
}

impl<'a> Candidate<'a> {
    fn of(span: Span, reports: &'a [LoopReport]) -> Option<Candidate<'a>> {
        let function = reports.iter().find(|report| report.span == span)?.function.clone();
        let inside = |report: &&LoopReport| {
            report.function == function && span.start <= report.span.start && report.span.end <= span.end
        };
        Some(Candidate { span, loops: reports.iter().filter(inside).collect(), function })
    }

    fn instructions(&self) -> u64 {
        self.loops.iter().map(|report| report.counted_instructions()).sum()
    }
}

/// The `for` statements of each function that are in no other of it.
fn outermost(ast: &Ast, body: &[StmtId], found: &mut Vec<Span>) {
    let mut pending: Vec<(StmtId, bool)> = body.iter().rev().map(|id| (*id, false)).collect();
    while let Some((id, inside)) = pending.pop() {
        let stmt = ast.stmt(id);
        let is_for = matches!(stmt.kind, StmtKind::For { .. });
        if is_for && !inside {
            found.push(stmt.span);
        }
        let is_function = matches!(stmt.kind, StmtKind::Def { .. });
        let below = !is_function && (inside || is_for);
        for part in bodies(&stmt.kind).into_iter().rev() {
            pending.extend(part.iter().rev().map(|id| (*id, below)));
        }
    }
}

/// The innermost `for` statement around a line.
fn at_line(ast: &Ast, source: &Source, line: usize) -> Result<Span, Diagnostic> {
    let lines = source.text.lines().count();
    if line == 0 || line > lines {
        let message = format!("there is no line {line}: the script has {lines}");
        return Err(Diagnostic::without_span(ErrorKind::ValueError, message));
    }
    let start = source.start_of_line(line);
    let text = source.line_text(line);
    let span = Span::new(start as usize, start as usize + text.trim_end().len());
    let first = start + (text.len() - text.trim_start().len()) as u32;
    let around = ast
        .stmts()
        .filter(|stmt| matches!(stmt.kind, StmtKind::For { .. }) && stmt.span.start <= first && first < stmt.span.end);
    around
        .map(|stmt| stmt.span)
        .min_by_key(|span| span.end - span.start)
        .ok_or_else(|| Diagnostic::new(ErrorKind::ValueError, span, "this line is in no 'for' statement"))
}

/// The first line of a statement.
pub fn head(span: Span, source: &Source) -> Span {
    let len = source.slice(span).find('\n').unwrap_or_else(|| source.slice(span).len());
    Span::new(span.start as usize, span.start as usize + len)
}
