//! What slots hold in an iteration, in terms of the loop's item and of what the loop does not change; and between which
//! bounds that is, if these are [`SMALL`].

use std::collections::BTreeSet;

use super::ir::{Binary, Literal, Relation, Slot, Unary, Word};

/// Offsets from the item that are looked at: far from where 64 bits end.
pub const MAX_OFFSET: i64 = 1 << 20;

/// Integers that a loop begins with are taken to be less than this, of either sign, where overflow is excluded by that:
/// the product of two sums of two is inside of 64 bits.
pub const SMALL: i64 = 1 << 30;

/// A value that is the same wherever it is computed, but for the item of the iteration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Expr(usize);

/// The item itself.
pub const ITEM: Expr = Expr(0);

#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// The loop's item of this iteration.
    Item,
    /// A slot that the loop does not write.
    Slot(Slot),
    Literal(Literal),
    Binary(Binary, Expr, Expr),
    Unary(Unary, Expr),
    Compare(Relation, Expr, Expr),
    Select(Expr, Expr, Expr),
    Load(Word, Expr, i32),
}

/// The least and the largest value of an integer; `None` where nothing is known.
type Range = Option<(i64, i64)>;

/// All values of one loop.
#[derive(Debug)]
pub struct Exprs {
    nodes: Vec<Node>,
    ranges: Vec<Range>,
}

impl Exprs {
    pub fn new() -> Exprs {
        Exprs { nodes: vec![Node::Item], ranges: vec![Some((0, SMALL - 1))] }
    }

    pub fn of(&self, expr: Expr) -> &Node {
        &self.nodes[expr.0]
    }

    /// The value of a node, whose leaves hold words of such a kind.
    pub fn node(&mut self, node: Node, word: Word) -> Expr {
        if let Some(at) = self.nodes.iter().position(|known| *known == node) {
            return Expr(at);
        }
        self.ranges.push(self.range_of(&node, word));
        self.nodes.push(node);
        Expr(self.nodes.len() - 1)
    }

    pub fn int(&mut self, value: i64) -> Expr {
        self.node(Node::Literal(Literal::I64(value)), Word::I64)
    }

    fn range_of(&self, node: &Node, word: Word) -> Range {
        let range = |expr: &Expr| self.ranges[expr.0];
        match node {
            Node::Item => Some((0, SMALL - 1)),
            Node::Slot(_) | Node::Load(..) => (word == Word::I64).then_some((1 - SMALL, SMALL - 1)),
            Node::Literal(Literal::I64(i)) => Some((*i, *i)),
            Node::Literal(_) | Node::Compare(..) => None,
            Node::Binary(op, a, b) => combined(*op, range(a)?, range(b)?),
            Node::Unary(Unary::Widen, _) => Some((0, u8::MAX.into())),
            Node::Unary(..) => None,
            Node::Select(_, a, b) => {
                let (a, b) = (range(a)?, range(b)?);
                Some((a.0.min(b.0), a.1.max(b.1)))
            }
        }
    }

    /// Whether an operation on small values stays inside of 64 bits.
    pub fn fits(&self, op: Binary, a: Expr, b: Expr) -> bool {
        let ranges = self.ranges[a.0].zip(self.ranges[b.0]);
        ranges.is_some_and(|(a, b)| combined(op, a, b).is_some())
    }

    /// The integers that a value is made of, which are not computed in the loop.
    pub fn leaves(&self, expr: Expr) -> BTreeSet<Expr> {
        let (mut leaves, mut seen, mut pending) = (BTreeSet::new(), BTreeSet::new(), vec![expr]);
        while let Some(expr) = pending.pop() {
            if !seen.insert(expr) {
                continue;
            }
            match self.of(expr) {
                Node::Item | Node::Slot(_) | Node::Load(..) => drop(leaves.insert(expr)),
                // Each has a range of its own.
                Node::Literal(_) | Node::Compare(..) | Node::Unary(..) => {}
                Node::Binary(_, a, b) | Node::Select(_, a, b) => pending.extend([*a, *b]),
            }
        }
        leaves
    }

    pub fn literal_of(&self, expr: Expr) -> Option<i64> {
        match self.of(expr) {
            Node::Literal(Literal::I64(i)) => Some(*i),
            _ => None,
        }
    }

    /// How far a value is from the item, if it is that.
    pub fn offset(&self, expr: Expr) -> Option<i64> {
        match *self.of(expr) {
            Node::Item => Some(0),
            Node::Binary(Binary::Add, ITEM, offset) => {
                self.literal_of(offset).filter(|offset| offset.abs() <= MAX_OFFSET)
            }
            _ => None,
        }
    }

    pub fn is_same_always(&self, expr: Expr) -> bool {
        match *self.of(expr) {
            Node::Item => false,
            Node::Slot(_) | Node::Literal(_) => true,
            Node::Binary(_, a, b) | Node::Compare(_, a, b) => self.is_same_always(a) && self.is_same_always(b),
            Node::Unary(_, a) | Node::Load(_, a, _) => self.is_same_always(a),
            Node::Select(c, a, b) => self.is_same_always(c) && self.is_same_always(a) && self.is_same_always(b),
        }
    }

    /// `a op b`, simplified where an index is between 0 and a length.
    pub fn binary(&mut self, op: Binary, a: Expr, b: Expr) -> Expr {
        let (a, b) = if op == Binary::Add && self.literal_of(a).is_some() { (b, a) } else { (a, b) };
        match (op, self.offset(a), self.literal_of(b)) {
            (Binary::Add, Some(offset), Some(more)) if (offset + more).abs() <= MAX_OFFSET => {
                self.item_and(offset + more)
            }
            (Binary::Sub, Some(offset), Some(less)) if less.abs() <= MAX_OFFSET => self.item_and(offset - less),
            (Binary::Add, _, Some(0)) => a,
            (Binary::And, ..) if self.literal_of(a) == Some(0) => a,
            _ => self.node(Node::Binary(op, a, b), Word::I64),
        }
    }

    pub fn item_and(&mut self, offset: i64) -> Expr {
        if offset == 0 {
            return ITEM;
        }
        let offset = self.int(offset);
        self.node(Node::Binary(Binary::Add, ITEM, offset), Word::I64)
    }
}

/// The range of `a op b`, if it is inside of 64 bits.
fn combined(op: Binary, a: (i64, i64), b: (i64, i64)) -> Range {
    let of = |op: fn(i64, i64) -> Option<i64>| {
        let ends = [op(a.0, b.0)?, op(a.0, b.1)?, op(a.1, b.0)?, op(a.1, b.1)?];
        Some((*ends.iter().min()?, *ends.iter().max()?))
    };
    match op {
        Binary::Add => of(i64::checked_add),
        Binary::Sub => of(i64::checked_sub),
        Binary::Mul => of(i64::checked_mul),
        // Neither operand is ever larger.
        Binary::And if a.0 >= 0 && b.0 >= 0 => Some((0, a.1.min(b.1))),
        Binary::Shr if b.0 == b.1 && (0..64).contains(&b.0) => Some((a.0 >> b.0, a.1 >> b.0)),
        Binary::And | Binary::Shr | Binary::Or | Binary::Xor | Binary::Shl => None,
        Binary::Div | Binary::Rem | Binary::DivUnsigned => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_of_sums_of_small_integers_fit() {
        let mut exprs = Exprs::new();
        let (i, one) = (exprs.node(Node::Slot(Slot(1)), Word::I64), exprs.int(1));
        let sum = exprs.node(Node::Binary(Binary::Add, ITEM, i), Word::I64);
        let more = exprs.binary(Binary::Add, sum, one);
        assert!(exprs.fits(Binary::Mul, sum, more));
        let product = exprs.binary(Binary::Mul, sum, more);
        assert!(!exprs.fits(Binary::Mul, product, sum));
        assert_eq!(exprs.leaves(product), BTreeSet::from([ITEM, i]));
    }

    #[test]
    fn nothing_is_known_of_what_wraps_around() {
        let mut exprs = Exprs::new();
        let most = exprs.int(i64::MAX);
        let wrapped = exprs.node(Node::Binary(Binary::Add, ITEM, most), Word::I64);
        assert!(!exprs.fits(Binary::Sub, wrapped, ITEM));
    }
}
