//! Sums of what is the same in each iteration: a product.

use super::operands::Operands;
use crate::array::Scalar;
use crate::loops::ir::Literal;
use crate::loops::vector::{Fold, Node, NodeId, Sign, VectorLoop};

/// The terms of a sum that is of no elements.
pub fn constant_terms<'a>(code: &VectorLoop, fold: &'a Fold) -> Option<&'a [(Sign, NodeId)]> {
    let Fold::Sum { terms } = fold else { return None };
    let is_constant = |node: NodeId| matches!(code.nodes[node.0], Node::Scalar(_) | Node::Literal(_));
    terms.iter().all(|(_, term)| is_constant(*term)).then_some(terms)
}

/// What the variable grows by.
pub fn times(code: &VectorLoop, terms: &[(Sign, NodeId)], operands: &Operands<'_>) -> Option<Scalar> {
    let mut total = None;
    for (sign, node) in terms {
        let term = match code.nodes[node.0] {
            Node::Scalar(at) => operands.scalars[at],
            Node::Literal(Literal::F64(x)) => Scalar::Float64(x),
            Node::Literal(Literal::F32(x)) => Scalar::Float32(x),
            Node::Literal(Literal::I64(i)) => Scalar::Int64(i),
            _ => return None,
        };
        let count = operands.count;
        total = Some(match (total, term) {
            (None, Scalar::Float64(x)) => Scalar::Float64(sign.of(x) * count as f64),
            (None, Scalar::Float32(x)) => Scalar::Float32(sign.of(x) * count as f32),
            (None, Scalar::Int64(i)) => Scalar::Int64(int(sign.of(i128::from(i)) * count as i128)?),
            (Some(Scalar::Float64(sum)), Scalar::Float64(x)) => Scalar::Float64(sum + sign.of(x) * count as f64),
            (Some(Scalar::Float32(sum)), Scalar::Float32(x)) => Scalar::Float32(sum + sign.of(x) * count as f32),
            (Some(Scalar::Int64(sum)), Scalar::Int64(i)) => {
                Scalar::Int64(int(i128::from(sum) + sign.of(i128::from(i)) * count as i128)?)
            }
            _ => return None,
        });
    }
    total
}

/// A sum that can be added to another of its kind.
fn int(sum: i128) -> Option<i64> {
    i64::try_from(sum).ok().filter(|sum| sum.unsigned_abs() < 1 << 62)
}

impl Sign {
    fn of<T: std::ops::Neg<Output = T>>(self, term: T) -> T {
        match self {
            Sign::Plus => term,
            Sign::Minus => -term,
        }
    }
}
