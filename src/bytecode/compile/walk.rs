//! The children of a tree's node, for the analyses that walk a tree without recursion; and how deep a tree is.

use crate::diagnostic::{Diagnostic, ErrorKind};
use crate::syntax::ast::{Arg, Ast, ExprId, ExprKind, FStringPart, StmtId, StmtKind};

/// How deeply expressions may be nested. The compiler recurses for each level, and this keeps it well within the
/// stack of a thread (2 MiB, in a build without optimizations; `tests/bytecode_limits.rs` runs it in 1 MiB).
pub const MAX_DEPTH: u32 = 1000;

/// How deeply statements may be nested. The layout of the text stops a little earlier.
const MAX_NESTED_STATEMENTS: u32 = 110;

/// Calls `visit` for each child, in no particular order. Bodies of lambdas and comprehensions are children as well.
pub fn for_each_child(kind: &ExprKind, visit: &mut dyn FnMut(ExprId)) {
    match kind {
        ExprKind::None
        | ExprKind::Bool(_)
        | ExprKind::Ellipsis
        | ExprKind::Int(_)
        | ExprKind::Float(_)
        | ExprKind::Str(_)
        | ExprKind::Name(_) => {}
        ExprKind::FString(parts) => {
            let mut pending: Vec<&FStringPart> = parts.iter().collect();
            while let Some(part) = pending.pop() {
                if let FStringPart::Field { value, spec, .. } = part {
                    visit(*value);
                    pending.extend(spec);
                }
            }
        }
        ExprKind::List(items) | ExprKind::Tuple(items) | ExprKind::Set(items) => items.iter().copied().for_each(visit),
        ExprKind::Dict(items) => {
            for (key, value) in items {
                key.iter().copied().for_each(&mut *visit);
                visit(*value);
            }
        }
        ExprKind::Starred(value)
        | ExprKind::Unary { operand: value, .. }
        | ExprKind::Attribute { value, .. }
        | ExprKind::Walrus { value, .. } => visit(*value),
        ExprKind::Binary { left, right, .. } | ExprKind::Bool2 { left, right, .. } => {
            visit(*left);
            visit(*right);
        }
        ExprKind::Compare { first, rest } => {
            visit(*first);
            rest.iter().for_each(|(_, operand)| visit(*operand));
        }
        ExprKind::IfElse { test, then, otherwise } => [*test, *then, *otherwise].into_iter().for_each(visit),
        ExprKind::Call { callee, args } => {
            visit(*callee);
            for arg in args {
                match arg {
                    Arg::Positional(value) | Arg::Keyword(_, value) | Arg::Star(value) | Arg::DoubleStar(value) => {
                        visit(*value)
                    }
                }
            }
        }
        ExprKind::Subscript { value, index } => {
            visit(*value);
            visit(*index);
        }
        ExprKind::Slice { start, stop, step } => [start, stop, step].into_iter().flatten().copied().for_each(visit),
        ExprKind::Lambda { params, body } => {
            params
                .positional
                .iter()
                .chain(&params.keyword_only)
                .filter_map(|param| param.default)
                .for_each(&mut *visit);
            visit(*body);
        }
        ExprKind::Comprehension { element, value, clauses, .. } => {
            visit(*element);
            value.iter().copied().for_each(&mut *visit);
            for clause in clauses {
                visit(clause.target);
                visit(clause.iterable);
                clause.conditions.iter().copied().for_each(&mut *visit);
            }
        }
    }
}

/// The child that the compiler reaches by a loop instead of recursion: such chains may be of any length.
pub fn spine(ast: &Ast, id: ExprId) -> Option<ExprId> {
    match &ast.expr(id).kind {
        ExprKind::Binary { left, .. } => Some(*left),
        ExprKind::Bool2 { op, left, .. } => match &ast.expr(*left).kind {
            ExprKind::Bool2 { op: inner, .. } if inner == op => Some(*left),
            _ => None,
        },
        ExprKind::IfElse { otherwise, .. } => Some(*otherwise),
        _ => None,
    }
}

/// Statements nested in a statement.
pub fn bodies(kind: &StmtKind) -> Vec<&[StmtId]> {
    match kind {
        StmtKind::If { then, otherwise, .. } => vec![then, otherwise],
        StmtKind::While { body, otherwise, .. } | StmtKind::For { body, otherwise, .. } => vec![body, otherwise],
        StmtKind::Def { body, .. } | StmtKind::With { body, .. } => vec![body],
        StmtKind::Try { body, handlers, otherwise, finally } => {
            let handlers = handlers.iter().map(|handler| handler.body.as_slice());
            [body.as_slice()].into_iter().chain(handlers).chain([otherwise.as_slice(), finally.as_slice()]).collect()
        }
        StmtKind::Expr(_)
        | StmtKind::Assign { .. }
        | StmtKind::AugAssign { .. }
        | StmtKind::AnnAssign { .. }
        | StmtKind::Break
        | StmtKind::Continue
        | StmtKind::Pass
        | StmtKind::Return(_)
        | StmtKind::Global(_)
        | StmtKind::Nonlocal(_)
        | StmtKind::Assert { .. }
        | StmtKind::Del(_)
        | StmtKind::Import(_)
        | StmtKind::FromImport { .. }
        | StmtKind::Raise { .. } => vec![],
    }
}

/// `elif`: an `else` that holds an `if` and nothing else.
pub fn elif(ast: &Ast, otherwise: &[StmtId]) -> Option<StmtId> {
    match otherwise {
        [only] if matches!(ast.stmt(*only).kind, StmtKind::If { .. }) => Some(*only),
        _ => None,
    }
}

/// An error if something is nested more deeply than [`MAX_DEPTH`]. Children come before their parents in the arena,
/// so that one pass in order finds all depths.
pub fn check_depth(ast: &Ast) -> Result<(), Diagnostic> {
    let too_deep = |span| {
        Err(Diagnostic::new(ErrorKind::RecursionError, span, "maximum recursion depth exceeded during compilation"))
    };
    let mut depths = vec![0; ast.exprs.len()];
    for (at, expr) in ast.exprs.iter().enumerate() {
        let spine = spine(ast, ExprId(at as u32));
        let mut depth = 1;
        for_each_child(&expr.kind, &mut |child| {
            let level = if Some(child) == spine { 0 } else { 1 };
            depth = depth.max(depths[child.0 as usize] + level);
        });
        if depth > MAX_DEPTH {
            return too_deep(expr.span);
        }
        depths[at] = depth;
    }
    let mut depths = vec![0; ast.stmts.len()];
    for (at, stmt) in ast.stmts.iter().enumerate() {
        let mut depth = 1;
        for body in bodies(&stmt.kind) {
            let level = if elif(ast, body).is_some() { 0 } else { 1 };
            for child in body {
                depth = depth.max(depths[child.0 as usize] + level);
            }
        }
        if depth > MAX_NESTED_STATEMENTS {
            return too_deep(stmt.span);
        }
        depths[at] = depth;
    }
    Ok(())
}
