//! Sums of an integer that is the same in each iteration: a product.

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

/// What the variable grows by; `None` if it is no integer of 62 bits.
pub fn times(code: &VectorLoop, terms: &[(Sign, NodeId)], operands: &Operands<'_>) -> Option<Scalar> {
    let mut each = 0i128;
    for (sign, node) in terms {
        let term = match code.nodes[node.0] {
            Node::Scalar(at) => operands.scalars[at],
            Node::Literal(Literal::I64(i)) => Scalar::Int64(i),
            _ => return None,
        };
        let Scalar::Int64(i) = term else { return None };
        match sign {
            Sign::Plus => each += i128::from(i),
            Sign::Minus => each -= i128::from(i),
        }
    }
    let sum = i64::try_from(each * operands.count as i128).ok()?;
    (sum.unsigned_abs() < 1 << 62).then_some(Scalar::Int64(sum))
}
