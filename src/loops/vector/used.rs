//! Takes out of a loop's expressions what nothing is computed from.

use super::scan::Found;
use super::{Fold, Node, NodeId, VectorLoop};

/// Keeps the loads, ramps and nodes that stores, folds and guards need.
pub fn keep_used(found: &mut Found) {
    let code = &found.code;
    let mut used = vec![false; code.nodes.len()];
    let mut pending = roots(code);
    while let Some(node) = pending.pop() {
        if !std::mem::replace(&mut used[node.0], true) {
            pending.extend(code.nodes[node.0].operands());
        }
    }
    let is_used = |wanted: Node| code.nodes.iter().zip(&used).any(|(node, used)| *used && *node == wanted);
    let loads: Vec<bool> = (0..code.loads.len()).map(|at| is_used(Node::Element(at))).collect();
    let ramps: Vec<bool> = (0..code.ramps).map(|at| is_used(Node::Ramp(at))).collect();
    let place = |kept: &[bool], at: usize| kept[..at].iter().filter(|kept| **kept).count();
    let code = &mut found.code;
    let moved = |node: NodeId| NodeId(place(&used, node.0));
    code.nodes = kept(&code.nodes, &used)
        .map(|node| match *node {
            Node::Element(at) => Node::Element(place(&loads, at)),
            Node::Ramp(at) => Node::Ramp(place(&ramps, at)),
            Node::Unary(op, a) => Node::Unary(op, moved(a)),
            Node::Binary(op, a, b) => Node::Binary(op, moved(a), moved(b)),
            Node::Compare(op, a, b) => Node::Compare(op, moved(a), moved(b)),
            Node::Select(c, a, b) => Node::Select(moved(c), moved(a), moved(b)),
            node @ (Node::Scalar(_) | Node::Literal(_) | Node::Carried(_)) => node,
        })
        .collect();
    code.loads = kept(&code.loads, &loads).copied().collect();
    found.loads = kept(&found.loads, &loads).copied().collect();
    found.ramps = kept(&found.ramps, &ramps).copied().collect();
    code.ramps = found.ramps.len();
    code.guards.iter_mut().chain(&mut code.magnitudes).for_each(|node| *node = moved(*node));
    code.stores.iter_mut().for_each(|(_, node)| *node = moved(*node));
    for fold in &mut code.folds {
        match fold {
            Fold::Sum { terms } => terms.iter_mut().for_each(|(_, node)| *node = moved(*node)),
            Fold::Extreme { of, .. } => *of = moved(*of),
        }
    }
}

fn kept<'a, T>(all: &'a [T], used: &'a [bool]) -> impl Iterator<Item = &'a T> {
    all.iter().zip(used).filter(|(_, used)| **used).map(|(part, _)| part)
}

fn roots(code: &VectorLoop) -> Vec<NodeId> {
    let mut roots: Vec<NodeId> = code.guards.iter().chain(&code.magnitudes).copied().collect();
    roots.extend(code.stores.iter().map(|(_, node)| *node));
    for fold in &code.folds {
        match fold {
            Fold::Sum { terms } => roots.extend(terms.iter().map(|(_, node)| *node)),
            Fold::Extreme { of, .. } => roots.push(*of),
        }
    }
    roots
}
