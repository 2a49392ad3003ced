//! Numbers that are known before the program runs: `-1`, `2 * 3`. Only what is exact and cannot fail is folded, so
//! that nobody can tell, except in the listing.

use crate::bytecode::chunk::Constant;
use crate::syntax::ast::{Ast, BinaryOp, ExprId, ExprKind, UnaryOp};

/// The constants among a tree's expressions, by [`ExprId`].
pub struct Folded(Vec<Option<Constant>>);

impl Folded {
    /// One pass in order: children come before their parents in the arena.
    pub fn new(ast: &Ast) -> Folded {
        let mut folded = Folded(Vec::with_capacity(ast.exprs.len()));
        for expr in &ast.exprs {
            let constant = match &expr.kind {
                ExprKind::None => Some(Constant::None),
                ExprKind::Bool(value) => Some(Constant::Bool(*value)),
                ExprKind::Ellipsis => Some(Constant::Ellipsis),
                ExprKind::Int(digits) => Some(int(digits)),
                ExprKind::Float(value) => Some(Constant::Float(*value)),
                ExprKind::Str(text) => Some(Constant::Str(text.as_str().into())),
                ExprKind::Unary { op, operand } => folded.get(*operand).and_then(|value| unary(*op, value)),
                ExprKind::Binary { op, left, right } => {
                    folded.get(*left).zip(folded.get(*right)).and_then(|(left, right)| binary(*op, left, right))
                }
                _ => None,
            };
            folded.0.push(constant);
        }
        folded
    }

    pub fn get(&self, id: ExprId) -> Option<&Constant> {
        self.0.get(id.0 as usize).and_then(Option::as_ref)
    }
}

/// Whether a constant counts as true.
pub fn truth(constant: &Constant) -> bool {
    match constant {
        Constant::None => false,
        Constant::Bool(value) => *value,
        Constant::Ellipsis | Constant::BigInt(_) => true,
        Constant::Int(value) => *value != 0,
        Constant::Float(value) => *value != 0.0,
        Constant::Str(text) => !text.is_empty(),
        Constant::Tuple(items) => !items.is_empty(),
        Constant::Names(names) => !names.is_empty(),
    }
}

fn int(digits: &str) -> Constant {
    digits.parse().map_or_else(|_| Constant::BigInt(digits.to_owned()), Constant::Int)
}

fn unary(op: UnaryOp, value: &Constant) -> Option<Constant> {
    match (op, value) {
        (UnaryOp::Neg, Constant::Int(value)) => value.checked_neg().map(Constant::Int),
        (UnaryOp::Neg, Constant::BigInt(digits)) => format!("-{digits}").parse().ok().map(Constant::Int),
        (UnaryOp::Neg, Constant::Float(value)) => Some(Constant::Float(-value)),
        (UnaryOp::Pos, Constant::Int(_) | Constant::Float(_)) => Some(value.clone()),
        (UnaryOp::Invert, Constant::Int(value)) => Some(Constant::Int(!value)),
        (UnaryOp::Not, value) => Some(Constant::Bool(!truth(value))),
        _ => None,
    }
}

fn binary(op: BinaryOp, left: &Constant, right: &Constant) -> Option<Constant> {
    if let (Constant::Int(left), Constant::Int(right)) = (left, right) {
        return match op {
            BinaryOp::Add => left.checked_add(*right),
            BinaryOp::Sub => left.checked_sub(*right),
            BinaryOp::Mul => left.checked_mul(*right),
            _ => None,
        }
        .map(Constant::Int);
    }
    let (left, right) = (float(left)?, float(right)?);
    match op {
        BinaryOp::Add => Some(left + right),
        BinaryOp::Sub => Some(left - right),
        BinaryOp::Mul => Some(left * right),
        BinaryOp::TrueDiv if right != 0.0 => Some(left / right),
        _ => None,
    }
    .map(Constant::Float)
}

/// A number as an operand of float arithmetic; ints only where the conversion is exact.
fn float(constant: &Constant) -> Option<f64> {
    const EXACT: i64 = 1 << 53;
    match constant {
        Constant::Float(value) => Some(*value),
        Constant::Int(value) if (-EXACT..=EXACT).contains(value) => Some(*value as f64),
        _ => None,
    }
}
