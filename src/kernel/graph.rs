//! A pending array expression: a graph of operations whose dtype, shape and errors are known as soon as it is built,
//! and whose elements are computed when somebody looks.

use std::cell::{Cell, OnceCell};
use std::rc::Rc;
use std::sync::Arc;

use super::op::{BinaryOp, ReduceOp, UnaryOp};
use super::typing;
use crate::array::dtype::Promotable;
use crate::array::shape::{broadcast_shapes, shape_text};
use crate::array::{Array, ArrayError, Buffer, DType, Result, Scalar};
use crate::diagnostic::ErrorKind;

/// A pending expression. Cloning shares it.
#[derive(Clone, Debug)]
pub struct Expr(Rc<Node>);

#[derive(Debug)]
pub struct Node {
    op: Op,
    dtype: DType,
    shape: Arc<[usize]>,
    depth: u32,
    /// Whether a source expression ends here.
    sealed: Cell<bool>,
    /// Whether a kernel of something else has computed it on the way.
    passed: Cell<bool>,
    /// The leaf that stands in its place since its elements are in memory.
    computed: OnceCell<Box<Op>>,
}

/// Computes pending expressions.
pub trait Evaluate {
    /// The elements of `expr`, in an array that may be that of a leaf.
    ///
    /// # Errors
    /// `MemoryError`, `KeyboardInterrupt`.
    fn evaluate(&self, expr: &Expr) -> Result<Array>;
}

/// What a node computes. Operands are already cast to the dtype that the operation computes in,
/// and bool arithmetic is already logic.
#[derive(Debug)]
pub(crate) enum Op {
    Leaf(Array),
    Constant(Scalar),
    /// A Python number, which takes the dtype of what it meets.
    Weak(Scalar),
    Cast(Expr),
    Unary(UnaryOp, Expr),
    Binary(BinaryOp, Expr, Expr),
    Select(Expr, Expr, Expr),
    /// `axes[i]` says whether axis `i` of the operand is reduced.
    Reduce {
        op: ReduceOp,
        of: Expr,
        axes: Rc<[bool]>,
    },
}

impl Expr {
    pub fn leaf(array: Array) -> Expr {
        let (dtype, shape) = (array.dtype(), array.shared_shape().clone());
        Expr::node(Op::Leaf(array), dtype, shape)
    }

    /// A NumPy scalar: its dtype counts in promotion.
    pub fn constant(scalar: Scalar) -> Expr {
        Expr::node(Op::Constant(scalar), scalar.dtype(), no_axes())
    }

    /// A Python `int`: it adapts to the dtype of the array that it meets (NEP 50).
    pub fn weak_int(value: i64) -> Expr {
        Expr::weak(Scalar::Int64(value))
    }

    /// A Python `float`.
    pub fn weak_float(value: f64) -> Expr {
        Expr::weak(Scalar::Float64(value))
    }

    /// A Python `bool`.
    pub fn weak_bool(value: bool) -> Expr {
        Expr::weak(Scalar::Bool(value))
    }

    fn weak(scalar: Scalar) -> Expr {
        Expr::node(Op::Weak(scalar), scalar.dtype(), no_axes())
    }

    /// `op` of every element.
    ///
    /// # Errors
    /// `TypeError` where NumPy has no such operation of this dtype.
    pub fn unary(op: UnaryOp, x: &Expr) -> Result<Expr> {
        let x = x.cast(typing::unary(op, x.dtype())?);
        let (dtype, shape) = (x.dtype(), x.0.shape.clone());
        match op {
            UnaryOp::Pos => Ok(x),
            UnaryOp::Floor | UnaryOp::Ceil | UnaryOp::Trunc | UnaryOp::Rint if !dtype.is_float() => Ok(x),
            UnaryOp::Abs if dtype == DType::Bool => Ok(x),
            UnaryOp::Square => Expr::binary(BinaryOp::Mul, &x, &x),
            UnaryOp::Invert if dtype == DType::Bool => Ok(Expr::node(Op::Unary(UnaryOp::Not, x), dtype, shape)),
            UnaryOp::Not => Ok(Expr::node(Op::Unary(op, x.cast(DType::Bool)), DType::Bool, shape)),
            UnaryOp::Neg
            | UnaryOp::Abs
            | UnaryOp::Sqrt
            | UnaryOp::Floor
            | UnaryOp::Ceil
            | UnaryOp::Trunc
            | UnaryOp::Rint
            | UnaryOp::Invert => Ok(Expr::node(Op::Unary(op, x), dtype, shape)),
        }
    }

    /// `op` of every pair of elements, broadcast.
    ///
    /// # Errors
    /// `TypeError` where NumPy has no such operation of these dtypes, `ValueError` if the shapes do not broadcast.
    pub fn binary(op: BinaryOp, a: &Expr, b: &Expr) -> Result<Expr> {
        let signature = typing::binary(op, a.promotable(), b.promotable())?;
        let shape = common_shape(&[a, b])?;
        let (a, b) = (a.cast(signature.operands), b.cast(signature.operands));
        if signature.operands == DType::Bool {
            return Ok(logic(op, a, b, shape));
        }
        Ok(Expr::node(Op::Binary(op, a, b), signature.result, shape))
    }

    /// `np.where(condition, a, b)`.
    ///
    /// # Errors
    /// `ValueError` if the shapes do not broadcast.
    pub fn select(condition: &Expr, a: &Expr, b: &Expr) -> Result<Expr> {
        let dtype = a.promotable().promote(b.promotable());
        let shape = common_shape(&[condition, a, b])?;
        let op = Op::Select(condition.cast(DType::Bool), a.cast(dtype), b.cast(dtype));
        Ok(Expr::node(op, dtype, shape))
    }

    /// The same numbers in another dtype, as `astype` converts them.
    pub fn cast(&self, dtype: DType) -> Expr {
        match self.op() {
            Op::Weak(scalar) | Op::Constant(scalar) => Expr::constant(scalar.cast(dtype)),
            _ if self.dtype() == dtype => self.clone(),
            Op::Leaf(_) | Op::Cast(_) | Op::Unary(..) | Op::Binary(..) | Op::Select(..) | Op::Reduce { .. } => {
                Expr::node(Op::Cast(self.clone()), dtype, self.0.shape.clone())
            }
        }
    }

    /// `op` over `axes` (all of them if `None`); with `keepdims` they stay, of length 1.
    ///
    /// # Errors
    /// `AxisError` if an axis is out of bounds, `ValueError` if one is named twice, or if `Min` or `Max` has nothing to look at.
    pub fn reduce(op: ReduceOp, x: &Expr, axes: Option<Vec<usize>>, keepdims: bool) -> Result<Expr> {
        let ndim = x.shape().len();
        let Some(axes) = axes else {
            let shape = if keepdims { vec![1; ndim].into() } else { no_axes() };
            return Expr::reduced(op, x, all_axes(ndim), shape);
        };
        let mut reduced = vec![false; ndim];
        for axis in axes {
            let slot = reduced.get_mut(axis).ok_or_else(|| ArrayError::axis(axis as i64, ndim))?;
            if std::mem::replace(slot, true) {
                return Err(ArrayError::value("duplicate value in 'axis'"));
            }
        }
        let shape = x.shape().iter().zip(&reduced).filter(|(_, r)| keepdims || !**r);
        let shape = shape.map(|(n, r)| if *r { 1 } else { *n }).collect();
        Expr::reduced(op, x, reduced.into(), shape)
    }

    fn reduced(op: ReduceOp, x: &Expr, axes: Rc<[bool]>, shape: Arc<[usize]>) -> Result<Expr> {
        let count = |wanted: bool| x.shape().iter().zip(&*axes).filter(move |(_, r)| **r == wanted).map(|(n, _)| *n);
        if matches!(op, ReduceOp::Min | ReduceOp::Max) && count(true).any(|n| n == 0) && !count(false).any(|n| n == 0) {
            let ufunc = op.ufunc();
            let message = format!("zero-size array to reduction operation {ufunc} which has no identity");
            return Err(ArrayError::value(message));
        }
        let (op, operand) = match (op, x.dtype()) {
            (ReduceOp::Sum | ReduceOp::Prod, DType::Bool) => (op, DType::Int64),
            (ReduceOp::Mean, DType::Bool | DType::Int64) => (op, DType::Float64),
            (ReduceOp::Min, DType::Bool) => (ReduceOp::All, DType::Bool),
            (ReduceOp::Max, DType::Bool) => (ReduceOp::Any, DType::Bool),
            (ReduceOp::Any | ReduceOp::All, _) => (op, DType::Bool),
            (ReduceOp::Sum | ReduceOp::Prod | ReduceOp::Mean | ReduceOp::Min | ReduceOp::Max, dtype) => (op, dtype),
        };
        Ok(Expr::node(Op::Reduce { op, of: x.cast(operand), axes }, operand, shape))
    }

    /// `np.dot` of two 1-d arrays, or of anything with a 0-d one.
    ///
    /// # Errors
    /// `ValueError` if the lengths differ; `NotImplementedError` for two dimensions and more (a matrix product).
    pub fn dot(a: &Expr, b: &Expr) -> Result<Expr> {
        match (a.shape(), b.shape()) {
            ([], _) | (_, []) => Expr::binary(BinaryOp::Mul, a, b),
            ([n], [m]) if n == m => {
                let product = Expr::binary(BinaryOp::Mul, a, b)?;
                let op = if product.dtype() == DType::Bool { ReduceOp::Any } else { ReduceOp::Sum };
                Expr::reduce(op, &product, None, false)
            }
            ([n], [m]) => {
                let (left, right) = (shape_text(a.shape()), shape_text(b.shape()));
                let message = format!("shapes {left} and {right} not aligned: {n} (dim 0) != {m} (dim 0)");
                Err(ArrayError::value(message))
            }
            _ => Err(ArrayError::new(ErrorKind::NotImplementedError, "a matrix product is no elementwise kernel")),
        }
    }

    pub fn dtype(&self) -> DType {
        self.0.dtype
    }

    pub fn shape(&self) -> &[usize] {
        &self.0.shape
    }

    /// The longest way from here to a leaf. Who builds expressions in a loop evaluates them before this grows beyond
    /// some hundred: lowering and dropping recurse.
    pub fn depth(&self) -> usize {
        self.0.depth as usize
    }

    /// Says that a source expression ends here. Kernels go on across the end; contraction into FMA does not, so that bits
    /// do not depend on how far they go.
    pub fn seal(&self) {
        self.0.sealed.set(true);
    }

    pub fn is_sealed(&self) -> bool {
        self.0.sealed.get()
    }

    /// Whether a kernel of something else has computed it on the way: the work was done, but its elements are not kept.
    pub fn was_passed(&self) -> bool {
        self.0.passed.get()
    }

    /// Whether a script asked for it, and no kernel has computed it yet.
    pub fn is_work(&self) -> bool {
        self.is_sealed() && !self.was_passed() && self.is_pending()
    }

    /// Notes that a kernel computed it on the way. The next one reads it from memory, so that no work is done thrice.
    pub(crate) fn pass(&self) {
        self.0.passed.set(true);
    }

    /// Keeps the elements that a sealed expression was found to have: it is a leaf from now on, and in memory once,
    /// whoever reads it.
    pub fn keep(&self, array: Array) {
        // Whoever came first has the same elements.
        let _ = self.0.computed.set(Box::new(Op::Leaf(array)));
    }

    /// Its part in NumPy's promotion.
    pub fn promotable(&self) -> Promotable {
        match self.op() {
            Op::Weak(Scalar::Bool(_)) => Promotable::WeakBool,
            Op::Weak(Scalar::Int64(_)) => Promotable::WeakInt,
            Op::Weak(Scalar::Float32(_) | Scalar::Float64(_)) => Promotable::WeakFloat,
            Op::Leaf(_)
            | Op::Constant(_)
            | Op::Cast(_)
            | Op::Unary(..)
            | Op::Binary(..)
            | Op::Select(..)
            | Op::Reduce { .. } => Promotable::Strong(self.dtype()),
        }
    }

    /// The array, if there is nothing to compute.
    pub fn as_leaf(&self) -> Option<&Array> {
        match self.op() {
            Op::Leaf(array) => Some(array),
            _ => None,
        }
    }

    /// Whether there is something to compute.
    pub fn is_pending(&self) -> bool {
        !matches!(self.op(), Op::Leaf(_) | Op::Constant(_) | Op::Weak(_))
    }

    /// How many hold it: operations, values of the script, and the caller.
    pub(crate) fn holders(&self) -> usize {
        Rc::strong_count(&self.0)
    }

    /// Whether somebody else holds it.
    pub(crate) fn is_shared(&self) -> bool {
        self.holders() > 1
    }

    /// The number, if it is one: a NumPy scalar or a Python number.
    pub fn as_scalar(&self) -> Option<Scalar> {
        match self.op() {
            Op::Constant(scalar) | Op::Weak(scalar) => Some(*scalar),
            Op::Leaf(_) | Op::Cast(_) | Op::Unary(..) | Op::Binary(..) | Op::Select(..) | Op::Reduce { .. } => None,
        }
    }

    /// Whether evaluating it would read `buffer`.
    pub fn reads(&self, buffer: &Buffer) -> bool {
        let mut found = false;
        self.leaves(&mut |array| found |= std::ptr::eq(&**array.buffer(), buffer));
        found
    }

    /// Calls `visit` with the array of every leaf.
    pub fn leaves(&self, visit: &mut dyn FnMut(&Array)) {
        let mut seen = Vec::new();
        let mut pending = vec![self];
        while let Some(expr) = pending.pop() {
            if seen.contains(&expr.id()) {
                continue;
            }
            seen.push(expr.id());
            match expr.op() {
                Op::Leaf(array) => visit(array),
                Op::Constant(_) | Op::Weak(_) => {}
                Op::Cast(x) | Op::Unary(_, x) | Op::Reduce { of: x, .. } => pending.push(x),
                Op::Binary(_, a, b) => pending.extend([a, b]),
                Op::Select(c, a, b) => pending.extend([c, a, b]),
            }
        }
    }

    /// The shape, shared.
    pub(crate) fn shared_shape(&self) -> &Arc<[usize]> {
        &self.0.shape
    }

    pub(crate) fn op(&self) -> &Op {
        self.0.computed.get().map_or(&self.0.op, |leaf| leaf)
    }

    /// Tells nodes apart while they live.
    pub(crate) fn id(&self) -> *const Node {
        Rc::as_ptr(&self.0)
    }

    fn node(op: Op, dtype: DType, shape: Arc<[usize]>) -> Expr {
        let depth = match &op {
            Op::Leaf(_) | Op::Constant(_) | Op::Weak(_) => 0,
            Op::Cast(x) | Op::Unary(_, x) | Op::Reduce { of: x, .. } => x.0.depth + 1,
            Op::Binary(_, a, b) => a.0.depth.max(b.0.depth) + 1,
            Op::Select(c, a, b) => c.0.depth.max(a.0.depth).max(b.0.depth) + 1,
        };
        let (sealed, passed, computed) = (Cell::new(false), Cell::new(false), OnceCell::new());
        Expr(Rc::new(Node { op, dtype, shape, depth, sealed, passed, computed }))
    }
}

/// The shape of a number, made once for each thread.
fn no_axes() -> Arc<[usize]> {
    thread_local! {
        static SHAPE: Arc<[usize]> = Arc::new([]);
    }
    SHAPE.with(Arc::clone)
}

/// All of `ndim` axes, made once for each thread where there are few.
fn all_axes(ndim: usize) -> Rc<[bool]> {
    thread_local! {
        static AXES: [Rc<[bool]>; 4] = std::array::from_fn(|ndim| vec![true; ndim].into());
    }
    AXES.with(|known| known.get(ndim).cloned()).unwrap_or_else(|| vec![true; ndim].into())
}

/// The common shape, shared with an operand that has it already.
fn common_shape(operands: &[&Expr]) -> Result<Arc<[usize]>> {
    let widest = operands.iter().max_by_key(|x| x.shape().len()).expect("operands");
    if operands.iter().all(|x| x.shape() == widest.shape() || x.shape().is_empty()) {
        return Ok(widest.0.shape.clone());
    }
    let shapes: Vec<&[usize]> = operands.iter().map(|x| x.shape()).collect();
    Ok(broadcast_shapes(&shapes)?.into())
}

/// Arithmetic and comparison of bools as logic, so that the IR needs neither.
fn logic(op: BinaryOp, a: Expr, b: Expr, shape: Arc<[usize]>) -> Expr {
    let not = |x: &Expr| Expr::node(Op::Unary(UnaryOp::Not, x.clone()), DType::Bool, x.0.shape.clone());
    let make = |op, a, b| Expr::node(Op::Binary(op, a, b), DType::Bool, shape.clone());
    match op {
        BinaryOp::Add | BinaryOp::Or | BinaryOp::Maximum => make(BinaryOp::Or, a, b),
        BinaryOp::Mul | BinaryOp::And | BinaryOp::Minimum => make(BinaryOp::And, a, b),
        BinaryOp::Xor | BinaryOp::Ne => make(BinaryOp::Xor, a, b),
        BinaryOp::Eq => not(&make(BinaryOp::Xor, a, b)),
        BinaryOp::Lt => make(BinaryOp::And, not(&a), b),
        BinaryOp::Le => make(BinaryOp::Or, not(&a), b),
        BinaryOp::Gt => make(BinaryOp::And, a, not(&b)),
        BinaryOp::Ge => make(BinaryOp::Or, a, not(&b)),
        BinaryOp::Sub | BinaryOp::TrueDiv | BinaryOp::FloorDiv | BinaryOp::Mod => {
            unreachable!("typing refuses these of bools")
        }
    }
}
