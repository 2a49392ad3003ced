//! The kernel IR: one expression over one iteration space, in SSA form, every node with its dtype.
//!
//! Arrays and scalars are both *inputs*: a scalar is one that does not move. So a changed constant needs no new code,
//! and the IR knows no shapes, strides or values.

use std::fmt;

use super::op::{BinaryOp, ReduceOp, UnaryOp};
use crate::array::DType;

/// A node of a kernel, by its place in [`Kernel::nodes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub u32);

/// An input of a kernel, by its place in [`Kernel::inputs`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct InputId(pub u32);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    /// The element of an input at the place of iteration.
    Load(InputId),
    /// Converted to the node's dtype.
    Cast(NodeId),
    Unary(UnaryOp, NodeId),
    Binary(BinaryOp, NodeId, NodeId),
    /// `a * b + c`, rounded once.
    Fma(NodeId, NodeId, NodeId),
    /// `(condition, a, b)`: `a` where the condition holds, else `b`.
    Select(NodeId, NodeId, NodeId),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Node {
    pub op: Op,
    pub dtype: DType,
}

/// What a reduction takes from each place of the iteration space.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Term {
    Value(NodeId),
    /// `accumulator = a * b + accumulator`, rounded once.
    Product(NodeId, NodeId),
}

/// What becomes of the values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Root {
    /// One element of the result at every place.
    Store(NodeId),
    /// One element of the result for each slice along the reduced axes.
    Reduce(ReduceOp, Term),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Kernel {
    /// Dtypes of the inputs as they lie in memory.
    pub inputs: Vec<DType>,
    /// Operands come before their users.
    pub nodes: Vec<Node>,
    pub root: Root,
}

impl NodeId {
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl InputId {
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl Op {
    /// Calls `visit` with each operand.
    pub fn operands(&self, mut visit: impl FnMut(NodeId)) {
        let mut op = *self;
        op.map_operands(|id| {
            visit(id);
            id
        });
    }

    /// Replaces each operand by what `map` gives for it.
    pub fn map_operands(&mut self, mut map: impl FnMut(NodeId) -> NodeId) {
        match self {
            Op::Load(_) => {}
            Op::Cast(x) | Op::Unary(_, x) => *x = map(*x),
            Op::Binary(_, a, b) => {
                *a = map(*a);
                *b = map(*b);
            }
            Op::Fma(a, b, c) | Op::Select(a, b, c) => {
                *a = map(*a);
                *b = map(*b);
                *c = map(*c);
            }
        }
    }
}

impl Root {
    pub fn map_operands(&mut self, mut map: impl FnMut(NodeId) -> NodeId) {
        match self {
            Root::Store(x) | Root::Reduce(_, Term::Value(x)) => *x = map(*x),
            Root::Reduce(_, Term::Product(a, b)) => {
                *a = map(*a);
                *b = map(*b);
            }
        }
    }

    pub fn operands(&self, mut visit: impl FnMut(NodeId)) {
        let mut root = *self;
        root.map_operands(|id| {
            visit(id);
            id
        });
    }
}

impl Kernel {
    pub fn node(&self, id: NodeId) -> Node {
        self.nodes[id.index()]
    }

    /// The nodes with their names, operands before users.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (NodeId, Node)> + '_ {
        self.nodes.iter().enumerate().map(|(index, node)| (NodeId(index as u32), *node))
    }

    /// The dtype of the result.
    pub fn dtype(&self) -> DType {
        match self.root {
            Root::Store(x) | Root::Reduce(_, Term::Value(x) | Term::Product(x, _)) => self.node(x).dtype,
        }
    }

    /// Arithmetic operations for each place of the iteration space; an FMA counts as two, a conversion as none.
    pub fn operations(&self) -> u64 {
        self.arithmetic().operations
    }

    /// What is computed for each place of the iteration space.
    pub fn arithmetic(&self) -> Arithmetic {
        let mut sum = Arithmetic::default();
        for node in &self.nodes {
            let is_choice = matches!(node.op, Op::Select(..));
            sum.count(node.op.operations(), node.dtype.is_float() && !is_choice, node.dtype);
            sum.slow += match node.op {
                Op::Binary(BinaryOp::TrueDiv | BinaryOp::FloorDiv | BinaryOp::Mod, ..)
                | Op::Unary(UnaryOp::Sqrt, _) => 1,
                Op::Load(_) | Op::Cast(_) | Op::Unary(..) | Op::Binary(..) | Op::Fma(..) | Op::Select(..) => 0,
            };
        }
        let dtype = self.dtype();
        match self.root {
            Root::Store(_) => {}
            Root::Reduce(_, Term::Value(_)) => sum.count(1, dtype.is_float(), dtype),
            Root::Reduce(_, Term::Product(..)) => sum.count(2, dtype.is_float(), dtype),
        }
        sum
    }
}

/// What a kernel computes for each place of its iteration space.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Arithmetic {
    /// Operations of any kind; an FMA is two, a conversion none.
    pub operations: u64,
    /// Those of them that have a float as their result; a choice between two is none.
    pub flops: u64,
    /// Pairs of these that are one instruction, an FMA.
    pub fused: u64,
    /// Divisions, remainders and square roots, of which a CPU does far fewer than of the others.
    pub slow: u64,
    /// Those in float32.
    pub single: u64,
}

impl Arithmetic {
    fn count(&mut self, operations: u64, is_flop: bool, dtype: DType) {
        self.operations += operations;
        if is_flop {
            self.flops += operations;
            self.fused += operations / 2;
            self.single += if dtype == DType::Float32 { operations } else { 0 };
        }
    }
}

impl Op {
    fn operations(&self) -> u64 {
        match self {
            Op::Load(_) | Op::Cast(_) => 0,
            Op::Unary(..) | Op::Binary(..) | Op::Select(..) => 1,
            Op::Fma(..) => 2,
        }
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v{}", self.0)
    }
}

impl fmt::Display for InputId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "in{}", self.0)
    }
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Op::Load(input) => write!(f, "load {input}"),
            Op::Cast(x) => write!(f, "cast {x}"),
            Op::Unary(op, x) => write!(f, "{op} {x}"),
            Op::Binary(op, a, b) => write!(f, "{op} {a}, {b}"),
            Op::Fma(a, b, c) => write!(f, "fma {a}, {b}, {c}"),
            Op::Select(c, a, b) => write!(f, "select {c}, {a}, {b}"),
        }
    }
}

impl fmt::Display for Root {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Root::Store(x) => write!(f, "store {x}"),
            Root::Reduce(op, Term::Value(x)) => write!(f, "reduce {op} {x}"),
            Root::Reduce(op, Term::Product(a, b)) => write!(f, "reduce {op} fma {a}, {b}, acc"),
        }
    }
}

impl fmt::Display for Kernel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inputs: Vec<String> =
            self.inputs.iter().enumerate().map(|(index, dtype)| format!("in{index}: {dtype}")).collect();
        writeln!(f, "kernel({}) -> {} {{", inputs.join(", "), self.dtype())?;
        for (id, node) in self.iter() {
            let line = format!("{id} = {}", node.op);
            writeln!(f, "  {line:<28} : {}", node.dtype)?;
        }
        writeln!(f, "  {}", self.root)?;
        writeln!(f, "}}")
    }
}
