//! The part of a failing expression that failed, and whether a statement is but that expression.

use crate::source::{Source, Span};
use crate::syntax::{self, ast::*};

/// Longer failing expressions are not parsed again to find their operator.
const MAX_ANCHORED: usize = 10_000;

/// Where in a failing expression its operator, or the brackets of its call or subscript, are.
pub fn anchor(segment: &str) -> Option<(u32, u32)> {
    let (ast, root) = expression(segment)?;
    let end_of = |id: ExprId| ast.expr(id).span.end as usize - PREFIX.len();
    let start_of = |id: ExprId| ast.expr(id).span.start as usize - PREFIX.len();
    match ast.expr(root).kind {
        ExprKind::Binary { left, right, .. } => {
            let at = skip(segment, end_of(left), |c| c.is_whitespace() || c == ')')?;
            let rest = &segment[at..start_of(right).max(at)];
            let mut chars = rest.chars();
            let first = chars.next()?;
            let second = chars.next().filter(|c| !c.is_whitespace() && !"\\#(".contains(*c));
            Some((at as u32, (at + first.len_utf8() + second.map_or(0, char::len_utf8)) as u32))
        }
        ExprKind::Subscript { value, .. } => {
            let at = skip(segment, end_of(value), |c| c != '[')?;
            Some((at as u32, segment.trim_end().len() as u32))
        }
        ExprKind::Call { callee, .. } => {
            let at = skip(segment, end_of(callee), |c| c != '(')?;
            Some((at as u32, segment.trim_end().len() as u32))
        }
        _ => None,
    }
}

/// Wrapped like this, an expression may span lines.
const PREFIX: &str = "(\n";

/// The segment as an expression, if it is one; offsets are shifted by [`PREFIX`].
fn expression(segment: &str) -> Option<(Ast, ExprId)> {
    if segment.len() > MAX_ANCHORED {
        return None;
    }
    let ast = syntax::parse(&Source::new("", format!("{PREFIX}{segment}\n)"))).ok()?;
    match ast.body[..] {
        [only] => match ast.stmt(only).kind {
            StmtKind::Expr(root) if ast.expr(root).span.end as usize <= PREFIX.len() + segment.len() => {
                Some((ast, root))
            }
            _ => None,
        },
        _ => None,
    }
}

/// The first offset from `at` on whose character is not passed over; comments and continued lines are.
fn skip(text: &str, at: usize, passed: impl Fn(char) -> bool) -> Option<usize> {
    let mut comment = false;
    for (offset, c) in text.get(at..)?.char_indices() {
        comment = c != '\n' && (comment || c == '#' || c == '\\');
        if !comment && !passed(c) {
            return Some(at + offset);
        }
    }
    None
}

/// Whether a span is a call that a statement returns (of a name) or assigns to one name: what CPython does not mark.
pub fn is_statements_call(source: &Source, span: Span) -> bool {
    let start = source.line_start(span.start) as usize;
    let end = span.end as usize + source.text[span.end as usize..].find('\n').unwrap_or(source.text.len());
    let end = end.min(source.text.len());
    let statement = source.text[start..end].trim_start();
    let name = statement.len() - statement.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_').len();
    let (name, rest) = statement.split_at(name);
    let (value, returned) = match rest.trim_start().strip_prefix('=') {
        _ if name.is_empty() => return false,
        Some(value) if !value.starts_with('=') => (value, false),
        _ if name == "return" => (rest, true),
        _ => return false,
    };
    let at = end - value.len();
    let another = source.text[span.end as usize..end].find(';').map(|semicolon| span.end as usize + semicolon);
    [Some(end), another].into_iter().flatten().any(|end| {
        let Some((ast, root)) = source.text.get(at..end).and_then(expression) else { return false };
        let root = ast.expr(root);
        let place = Span::new(at + root.span.start as usize - PREFIX.len(), at + root.span.end as usize - PREFIX.len());
        match root.kind {
            ExprKind::Call { callee, .. } => {
                place == span && (!returned || matches!(ast.expr(callee).kind, ExprKind::Name(_)))
            }
            _ => false,
        }
    })
}
