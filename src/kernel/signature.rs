//! What the kernel of an expression depends on, as a list of words: the same words, the same kernel.
//!
//! Reading an expression is cheaper than lowering it, so that a kernel that was built before is found quickly. It is
//! done for what small arrays mostly are: contiguous operands of one shape, and numbers.

use smallvec::SmallVec;

use super::graph::{Expr, Op};
use super::lower::{comes_before, same_view};
use crate::array::{Array, DType, Scalar};

/// An expression with more nodes has no signature.
const MAX_NODES: usize = 64;

/// An expression, read.
pub struct Signature<'a> {
    pub words: SmallVec<[u64; 16]>,
    /// Arrays and numbers in the order of reading.
    pub leaves: SmallVec<[Leaf<'a>; 6]>,
    /// Places of the iteration space, which is one row.
    pub len: usize,
    root: &'a Expr,
    space: &'a Expr,
    reduces: bool,
    /// Values of variables that the kernel computes on its way.
    passed: SmallVec<[&'a Expr; 4]>,
}

/// What an expression reads.
#[derive(Clone, Copy)]
pub struct Leaf<'a> {
    pub expr: &'a Expr,
    pub value: LeafValue<'a>,
    /// Whether it is one element for all places.
    pub still: bool,
    /// How many operations that nobody else holds read it.
    uses: usize,
}

#[derive(Clone, Copy)]
pub enum LeafValue<'a> {
    Array(&'a Array),
    Scalar(Scalar),
}

/// What a word stands for, in its highest byte.
#[derive(Clone, Copy)]
enum Tag {
    Moving,
    Still,
    Scalar,
    /// A leaf that was there before; which one.
    Again,
    Cast,
    Unary,
    Binary,
    Select,
    Reduce,
    /// A source expression ends here.
    Sealed,
}

fn word(tag: Tag, operation: u64, dtype: DType) -> u64 {
    (tag as u64) << 56 | operation << 8 | dtype as u64
}

impl<'a> Signature<'a> {
    /// `None`: the expression has to be lowered to know its kernel, or is more than one kernel, or has no elements.
    pub fn read(expr: &'a Expr) -> Option<Signature<'a>> {
        let (space, reduced) = match expr.op() {
            Op::Reduce { op, of, axes } if axes.iter().all(|reduced| *reduced) => (of, Some(*op)),
            Op::Reduce { .. } => return None,
            _ => (expr, None),
        };
        let len = space.shape().iter().product();
        let (words, leaves, reduces) = (SmallVec::new(), SmallVec::new(), reduced.is_some());
        let mut signature = Signature { words, leaves, len, root: expr, space, reduces, passed: SmallVec::new() };
        if let Some(op) = reduced {
            signature.words.push(word(Tag::Reduce, op as u64, expr.dtype()));
        }
        signature.node(space, true)?;
        (len > 0).then_some(signature)
    }

    /// The memory of an array that this expression alone holds, for its result of `dtype`: its places are read before
    /// they are written, and then never again.
    pub fn dying_array(&self, dtype: DType) -> Option<Array> {
        if self.reduces || self.len == 1 {
            return None;
        }
        self.leaves.iter().find_map(|leaf| match leaf.value {
            LeafValue::Array(array) if leaf.uses == leaf.expr.holders() => array.take_over(dtype, self.space.shape()),
            LeafValue::Array(_) | LeafValue::Scalar(_) => None,
        })
    }

    /// Notes what the kernel of this expression computes on its way.
    pub fn pass(&self) {
        self.passed.iter().for_each(|expr| expr.pass());
    }

    /// `sole`: whether nobody else holds the operations on the way here.
    fn node(&mut self, expr: &'a Expr, sole: bool) -> Option<()> {
        if self.words.len() >= MAX_NODES {
            return None;
        }
        let dtype = expr.dtype();
        let uses = sole as usize;
        let sole = sole && !expr.is_shared();
        if expr.is_sealed() && expr.is_pending() && expr.id() != self.root.id() {
            if comes_before(expr, self.space.shape()) {
                return None;
            }
            self.words.push(word(Tag::Sealed, 0, dtype));
            self.passed.push(expr);
        }
        match expr.op() {
            Op::Leaf(array) => self.array(expr, array, uses),
            Op::Constant(scalar) | Op::Weak(scalar) => {
                let known = self.leaves.iter().position(|leaf| std::ptr::eq(leaf.expr.id(), expr.id()));
                self.leaf(
                    Tag::Scalar,
                    known,
                    dtype,
                    Leaf { expr, value: LeafValue::Scalar(*scalar), still: true, uses },
                );
                Some(())
            }
            Op::Cast(x) => {
                self.words.push(word(Tag::Cast, 0, dtype));
                self.node(x, sole)
            }
            Op::Unary(op, x) => {
                self.words.push(word(Tag::Unary, *op as u64, dtype));
                self.node(x, sole)
            }
            Op::Binary(..) if comes_before(expr, self.space.shape()) => None,
            Op::Binary(op, a, b) => {
                self.words.push(word(Tag::Binary, *op as u64, dtype));
                self.node(a, sole)?;
                self.node(b, sole)
            }
            Op::Select(c, a, b) => {
                self.words.push(word(Tag::Select, 0, dtype));
                self.node(c, sole)?;
                self.node(a, sole)?;
                self.node(b, sole)
            }
            Op::Reduce { .. } => None,
        }
    }

    fn array(&mut self, expr: &'a Expr, array: &'a Array, uses: usize) -> Option<()> {
        let moves = array.shape() == self.space.shape() && array.is_contiguous();
        if !moves && array.size() != 1 {
            return None;
        }
        let known = self.leaves.iter().position(|leaf| match leaf.value {
            LeafValue::Array(other) => same_view(array, other),
            LeafValue::Scalar(_) => false,
        });
        let tag = if moves { Tag::Moving } else { Tag::Still };
        self.leaf(tag, known, array.dtype(), Leaf { expr, value: LeafValue::Array(array), still: !moves, uses });
        Some(())
    }

    fn leaf(&mut self, tag: Tag, known: Option<usize>, dtype: DType, leaf: Leaf<'a>) {
        match known {
            Some(index) => {
                self.words.push(word(Tag::Again, index as u64, dtype));
                let first = &mut self.leaves[index];
                if first.expr.id() == leaf.expr.id() {
                    first.uses += leaf.uses;
                }
            }
            None => {
                self.words.push(word(tag, 0, dtype));
                self.leaves.push(leaf);
            }
        }
    }
}
