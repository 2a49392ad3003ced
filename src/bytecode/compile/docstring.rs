//! Docstrings: the string that a module or a function begins with, its indentation taken away as CPython 3.13 does.

use crate::syntax::ast::{Ast, ExprKind, StmtId, StmtKind};

/// The docstring of a body, if it begins with one.
pub fn of(ast: &Ast, body: &[StmtId]) -> Option<String> {
    let StmtKind::Expr(value) = &ast.stmt(*body.first()?).kind else { return None };
    match &ast.expr(*value).kind {
        ExprKind::Str(text) => Some(clean(text)),
        _ => None,
    }
}

/// Without the blanks before the first line, nor those that all further lines begin with.
fn clean(text: &str) -> String {
    let expanded = expand_tabs(text);
    let blanks = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let mut lines = expanded.split('\n');
    let first = lines.next().unwrap_or_default();
    let rest: Vec<&str> = lines.collect();
    let margin = rest.iter().filter(|line| blanks(line) < line.len()).map(|line| blanks(line)).min().unwrap_or(0);
    let rest = rest.iter().map(|line| &line[margin.min(blanks(line))..]);
    std::iter::once(first.trim_start_matches(' ')).chain(rest).collect::<Vec<_>>().join("\n")
}

/// Tab stops are eight columns apart.
fn expand_tabs(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut column = 0;
    for c in text.chars() {
        match c {
            '\t' => {
                let width = 8 - column % 8;
                out.extend(std::iter::repeat_n(' ', width));
                column += width;
            }
            _ => {
                out.push(c);
                column = if matches!(c, '\n' | '\r') { 0 } else { column + 1 };
            }
        }
    }
    out
}
