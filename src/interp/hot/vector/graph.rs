//! The graphs of a loop's array expressions, over any operands.

use crate::array::{DType, Scalar};
use crate::kernel::Expr;
use crate::kernel::op::{BinaryOp, ReduceOp, UnaryOp};
use crate::loops::ir::{Binary, Literal, Relation, Unary};
use crate::loops::vector::{Fold, Most, Node, NodeId, Sign, VectorLoop};

/// What the expressions are of.
pub struct Leaves {
    /// How many elements an operand has.
    pub count: usize,
    pub loads: Vec<Expr>,
    pub ramps: Vec<Expr>,
    pub scalars: Vec<Expr>,
}

/// Builds expressions; parts that several share are there once.
pub struct Graph<'a> {
    code: &'a VectorLoop,
    leaves: &'a Leaves,
    known: Vec<Option<Expr>>,
}

impl<'a> Graph<'a> {
    pub fn new(code: &'a VectorLoop, leaves: &'a Leaves) -> Graph<'a> {
        Graph { code, leaves, known: vec![None; code.nodes.len()] }
    }

    /// Whether all guards hold everywhere; `None` if one has no counterpart among array expressions.
    pub fn guard(&mut self) -> Option<Expr> {
        let mut all: Option<Expr> = None;
        for guard in &self.code.guards {
            let holds = self.expr(*guard)?;
            all = Some(match all {
                None => holds,
                Some(all) => Expr::binary(BinaryOp::And, &all, &holds).ok()?,
            });
        }
        whole(ReduceOp::All, &all?)
    }

    /// What a variable grows by in one iteration, summed up; or the extreme of what it is compared with.
    pub fn fold(&mut self, fold: &Fold) -> Option<Expr> {
        match fold {
            Fold::Sum { terms } => {
                let mut total: Option<Expr> = None;
                for (sign, term) in terms {
                    let term = self.expr(*term)?;
                    total = Some(match (total, sign) {
                        (None, Sign::Plus) => term,
                        (None, Sign::Minus) => Expr::unary(UnaryOp::Neg, &term).ok()?,
                        (Some(total), Sign::Plus) => Expr::binary(BinaryOp::Add, &total, &term).ok()?,
                        (Some(total), Sign::Minus) => Expr::binary(BinaryOp::Sub, &total, &term).ok()?,
                    });
                }
                whole(ReduceOp::Sum, &total?)
            }
            Fold::Extreme { most, of } => {
                let (op, none) = match most {
                    Most::Largest => (ReduceOp::Max, f64::NEG_INFINITY),
                    Most::Smallest => (ReduceOp::Min, f64::INFINITY),
                };
                let mut of = self.expr(*of)?;
                if of.dtype().is_float() {
                    // No NaN is larger than anything.
                    let is_number = Expr::binary(BinaryOp::Eq, &of, &of).ok()?;
                    let none = Expr::constant(Scalar::Float64(none).cast(of.dtype()));
                    of = Expr::select(&is_number, &of, &none).ok()?;
                }
                whole(op, &of)
            }
        }
    }

    /// The sum of sizes.
    pub fn magnitude(&mut self, node: NodeId) -> Option<Expr> {
        whole(ReduceOp::Sum, &self.expr(node)?)
    }

    pub fn expr(&mut self, node: NodeId) -> Option<Expr> {
        if let Some(expr) = &self.known[node.0] {
            return Some(expr.clone());
        }
        let expr = match self.code.nodes[node.0] {
            Node::Element(at) => self.leaves.loads[at].clone(),
            Node::Scalar(at) => self.leaves.scalars[at].clone(),
            Node::Literal(Literal::I8(bit)) => Expr::constant(Scalar::Bool(bit != 0)),
            Node::Literal(Literal::I64(i)) => Expr::constant(Scalar::Int64(i)),
            Node::Literal(Literal::F32(x)) => Expr::constant(Scalar::Float32(x)),
            Node::Literal(Literal::F64(x)) => Expr::constant(Scalar::Float64(x)),
            Node::Ramp(at) => self.leaves.ramps[at].clone(),
            Node::Unary(op, a) => unary(op, &self.expr(a)?)?,
            Node::Binary(op, a, b) => Expr::binary(binary(op)?, &self.expr(a)?, &self.expr(b)?).ok()?,
            Node::Compare(op, a, b) => Expr::binary(relation(op)?, &self.expr(a)?, &self.expr(b)?).ok()?,
            Node::Select(c, a, b) => Expr::select(&self.expr(c)?, &self.expr(a)?, &self.expr(b)?).ok()?,
            Node::Carried(_) => return None,
        };
        self.known[node.0] = Some(expr.clone());
        Some(expr)
    }
}

/// Over all iterations: `None` if there is but one number for all of them.
fn whole(op: ReduceOp, of: &Expr) -> Option<Expr> {
    if of.shape().is_empty() {
        return None;
    }
    Expr::reduce(op, of, None, false).ok()
}

fn unary(op: Unary, a: &Expr) -> Option<Expr> {
    let op = match op {
        Unary::Neg => UnaryOp::Neg,
        Unary::Abs => UnaryOp::Abs,
        Unary::Sqrt => UnaryOp::Sqrt,
        Unary::Floor => UnaryOp::Floor,
        Unary::Ceil => UnaryOp::Ceil,
        Unary::Trunc => UnaryOp::Trunc,
        Unary::Not => UnaryOp::Not,
        Unary::IntToFloat | Unary::SingleToFloat => return Some(a.cast(DType::Float64)),
        Unary::IntToSingle | Unary::FloatToSingle => return Some(a.cast(DType::Float32)),
        Unary::Widen => return Some(a.cast(DType::Int64)),
        Unary::FloatToInt => return None,
    };
    Expr::unary(op, a).ok()
}

fn binary(op: Binary) -> Option<BinaryOp> {
    Some(match op {
        Binary::Add => BinaryOp::Add,
        Binary::Sub => BinaryOp::Sub,
        Binary::Mul => BinaryOp::Mul,
        Binary::Div => BinaryOp::TrueDiv,
        Binary::And => BinaryOp::And,
        Binary::Or => BinaryOp::Or,
        Binary::Xor => BinaryOp::Xor,
        Binary::Rem | Binary::Shl | Binary::Shr | Binary::DivUnsigned => return None,
    })
}

fn relation(op: Relation) -> Option<BinaryOp> {
    Some(match op {
        Relation::Lt => BinaryOp::Lt,
        Relation::Le => BinaryOp::Le,
        Relation::Gt => BinaryOp::Gt,
        Relation::Ge => BinaryOp::Ge,
        Relation::Eq => BinaryOp::Eq,
        Relation::Ne => BinaryOp::Ne,
        Relation::Below => return None,
    })
}
