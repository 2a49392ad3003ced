//! From a graph to one kernel: contraction into FMA, sharing of common subexpressions, and the cut at what must be
//! computed before.
//!
//! Contraction looks at the graph alone and comes first, so that bits never depend on what is fused: an addition or
//! subtraction takes a pending float product of its own dtype as `fma`, the left one if both are products;
//! a sum takes its product into the accumulator.

use std::rc::Rc;
use std::sync::Arc;

use super::graph::{self, Expr};
use super::ir::{InputId, Kernel, Node, NodeId, Op, Root, Term};
use super::op::{BinaryOp, ReduceOp, UnaryOp};
use crate::array::{Array, DType, Result, Scalar};

/// A kernel with what it reads, where it iterates, and the shape of its result.
#[derive(Clone, Debug)]
pub struct Task {
    pub kernel: Kernel,
    /// One for each of the kernel's inputs.
    pub operands: Vec<Operand>,
    /// The iteration space.
    pub space: Arc<[usize]>,
    /// For each axis of the space, whether it is reduced; `None` for an elementwise kernel.
    pub reduced: Option<Rc<[bool]>>,
    /// Shape of the result.
    pub shape: Arc<[usize]>,
}

#[derive(Clone, Debug)]
pub enum Operand {
    /// A leaf, broadcast to the iteration space.
    Array(Expr),
    /// A number, and where the expression has it.
    Scalar(Expr, Scalar),
}

impl Operand {
    pub fn array(&self) -> Option<&Array> {
        match self {
            Operand::Array(leaf) => leaf.as_leaf(),
            Operand::Scalar(..) => None,
        }
    }
}

/// What lowering is asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Options {
    /// Contract products and sums.
    pub fma: bool,
    /// Take the whole expression; else every operation becomes a kernel of its own.
    pub fuse: bool,
}

/// Lowers `expr` to one kernel. `force` computes what must be known before: reductions inside, operations that have
/// no machine code, and without fusion every operand that is pending.
///
/// # Errors
/// Those of `force`.
pub fn lower(expr: &Expr, options: Options, force: &mut dyn FnMut(&Expr) -> Result<Array>) -> Result<Task> {
    let space = match expr.op() {
        graph::Op::Reduce { of, .. } => of,
        _ => expr,
    };
    let mut lowering = Lowering {
        options,
        force,
        space: space.shape(),
        passed: Vec::new(),
        kernel: Kernel { inputs: Vec::with_capacity(8), nodes: Vec::with_capacity(16), root: Root::Store(NodeId(0)) },
        operands: Vec::with_capacity(8),
        seen: Vec::with_capacity(16),
    };
    let (root, reduced) = match expr.op() {
        graph::Op::Reduce { op, of, axes } => (Root::Reduce(*op, lowering.term(*op, of)?), Some(axes.clone())),
        _ => (Root::Store(lowering.operation(expr)?), None),
    };
    lowering.kernel.root = root;
    lowering.passed.iter().for_each(Expr::pass);
    Ok(Task {
        kernel: lowering.kernel,
        operands: lowering.operands,
        space: space.shared_shape().clone(),
        reduced,
        shape: expr.shared_shape().clone(),
    })
}

struct Lowering<'a> {
    options: Options,
    force: &'a mut dyn FnMut(&Expr) -> Result<Array>,
    space: &'a [usize],
    /// Values of variables that the kernel computes on its way.
    passed: Vec<Expr>,
    kernel: Kernel,
    operands: Vec<Operand>,
    /// Nodes of the graph that have their value already.
    seen: Vec<(*const graph::Node, NodeId)>,
}

impl Lowering<'_> {
    /// The value of an operand: computed here if it may be fused, else before.
    fn value(&mut self, expr: &Expr) -> Result<NodeId> {
        if let Some((_, id)) = self.seen.iter().find(|(node, _)| *node == expr.id()) {
            return Ok(*id);
        }
        let id = match expr.op() {
            graph::Op::Leaf(array) => self.array(array, || expr.clone()),
            graph::Op::Constant(scalar) | graph::Op::Weak(scalar) => self.scalar(expr, *scalar),
            graph::Op::Cast(_) if !expr.is_sealed() => self.operation(expr)?,
            graph::Op::Cast(_)
            | graph::Op::Unary(..)
            | graph::Op::Binary(..)
            | graph::Op::Select(..)
            | graph::Op::Reduce { .. } => {
                if self.options.fuse && !comes_before(expr, self.space) {
                    if expr.is_sealed() {
                        self.passed.push(expr.clone());
                    }
                    self.operation(expr)?
                } else {
                    let array = (self.force)(expr)?;
                    self.array(&array, || Expr::leaf(array.clone()))
                }
            }
        };
        self.seen.push((expr.id(), id));
        Ok(id)
    }

    /// The value of an operation, computed here.
    fn operation(&mut self, expr: &Expr) -> Result<NodeId> {
        let op = match expr.op() {
            graph::Op::Leaf(_) | graph::Op::Constant(_) | graph::Op::Weak(_) | graph::Op::Reduce { .. } => {
                return self.value(expr);
            }
            graph::Op::Cast(x) => Op::Cast(self.value(x)?),
            graph::Op::Unary(op, x) => Op::Unary(*op, self.value(x)?),
            graph::Op::Select(c, a, b) => Op::Select(self.value(c)?, self.value(a)?, self.value(b)?),
            graph::Op::Binary(op, a, b) => match self.contract(*op, a, b)? {
                Some(fma) => fma,
                None => Op::Binary(*op, self.value(a)?, self.value(b)?),
            },
        };
        Ok(self.push(op, expr.dtype()))
    }

    /// `a*b + c`, `c + a*b`, `a*b - c` and `c - a*b` as one FMA.
    fn contract(&mut self, op: BinaryOp, left: &Expr, right: &Expr) -> Result<Option<Op>> {
        let dtype = left.dtype();
        if !self.options.fma || !dtype.is_float() || !matches!(op, BinaryOp::Add | BinaryOp::Sub) {
            return Ok(None);
        }
        let subtract = op == BinaryOp::Sub;
        if let Some((a, b)) = product(left) {
            let (a, b, mut c) = (self.value(a)?, self.value(b)?, self.value(right)?);
            if subtract {
                c = self.push(Op::Unary(UnaryOp::Neg, c), dtype);
            }
            return Ok(Some(Op::Fma(a, b, c)));
        }
        if let Some((a, b)) = product(right) {
            let (c, mut a, b) = (self.value(left)?, self.value(a)?, self.value(b)?);
            if subtract {
                a = self.push(Op::Unary(UnaryOp::Neg, a), dtype);
            }
            return Ok(Some(Op::Fma(a, b, c)));
        }
        Ok(None)
    }

    fn term(&mut self, op: ReduceOp, of: &Expr) -> Result<Term> {
        if self.options.fma
            && of.dtype().is_float()
            && matches!(op, ReduceOp::Sum | ReduceOp::Mean)
            && let Some((a, b)) = product(of)
        {
            return Ok(Term::Product(self.value(a)?, self.value(b)?));
        }
        Ok(Term::Value(self.value(of)?))
    }

    /// Reading the same view twice is one load.
    fn array(&mut self, array: &Array, leaf: impl FnOnce() -> Expr) -> NodeId {
        let known = |operand: &Operand| operand.array().is_some_and(|other| same_view(array, other));
        match self.operands.iter().position(known) {
            Some(index) => self.push(Op::Load(InputId(index as u32)), array.dtype()),
            None => self.input(Operand::Array(leaf()), array.dtype()),
        }
    }

    /// Scalars are never merged by value: another value must not need another kernel.
    fn scalar(&mut self, expr: &Expr, scalar: Scalar) -> NodeId {
        self.input(Operand::Scalar(expr.clone(), scalar), scalar.dtype())
    }

    fn input(&mut self, operand: Operand, dtype: DType) -> NodeId {
        let id = InputId(self.operands.len() as u32);
        self.operands.push(operand);
        self.kernel.inputs.push(dtype);
        self.push(Op::Load(id), dtype)
    }

    fn push(&mut self, op: Op, dtype: DType) -> NodeId {
        let node = Node { op, dtype };
        let nodes = &mut self.kernel.nodes;
        let index = nodes.iter().position(|known| *known == node).unwrap_or_else(|| {
            nodes.push(node);
            nodes.len() - 1
        });
        NodeId(index as u32)
    }
}

/// The factors, if `expr` is a pending product of the same source expression.
fn product(expr: &Expr) -> Option<(&Expr, &Expr)> {
    match expr.op() {
        graph::Op::Binary(BinaryOp::Mul, a, b) if !expr.is_sealed() => Some((a, b)),
        _ => None,
    }
}

/// Whether an operation is not to be part of the kernel of another, over `space`: a reduction, whose value every element
/// needs; the remainder of floats, for which no instruction exists; and the value of a variable that a kernel has
/// computed before, or would compute more than once for each of its elements.
pub(super) fn comes_before(expr: &Expr, space: &[usize]) -> bool {
    if expr.is_sealed() && (expr.was_passed() || expr.shape() != space) {
        return true;
    }
    match expr.op() {
        graph::Op::Reduce { .. } => true,
        graph::Op::Binary(BinaryOp::FloorDiv | BinaryOp::Mod, a, _) => a.dtype().is_float(),
        _ => false,
    }
}

/// Whether two arrays are the same elements in the same order.
pub fn same_view(a: &Array, b: &Array) -> bool {
    a.as_ptr() == b.as_ptr() && a.dtype() == b.dtype() && a.shape() == b.shape() && a.strides() == b.strides()
}
