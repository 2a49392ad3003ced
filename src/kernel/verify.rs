//! The rules of the IR, checked between passes: operands are defined before their use and have the right dtypes.

use super::ir::{Kernel, Node, NodeId, Op, Root, Term};
use super::op::{BinaryOp, ReduceOp, UnaryOp};
use crate::array::DType;

/// # Errors
/// The first rule that is broken, with the node that breaks it.
pub fn verify(kernel: &Kernel) -> Result<(), String> {
    for (id, node) in kernel.iter() {
        let mut undefined = None;
        node.op.operands(|operand| undefined = undefined.or((operand >= id).then_some(operand)));
        if let Some(operand) = undefined {
            return Err(format!("{id} uses {operand} before it is defined"));
        }
        check_node(kernel, node).map_err(|why| format!("{id} = {}: {why}", node.op))?;
    }
    let mut undefined = None;
    kernel.root.operands(|id| undefined = undefined.or((id.index() >= kernel.nodes.len()).then_some(id)));
    if let Some(operand) = undefined {
        return Err(format!("the root uses {operand}, which is not defined"));
    }
    check_root(kernel).map_err(|why| format!("{}: {why}", kernel.root))
}

fn check_node(kernel: &Kernel, node: Node) -> Result<(), String> {
    let expect = |id: NodeId, dtype: DType| match kernel.node(id).dtype {
        found if found == dtype => Ok(()),
        found => Err(format!("{id} is {found}, not {dtype}")),
    };
    let require = |condition: bool, why: &str| if condition { Ok(()) } else { Err(why.to_string()) };
    match node.op {
        Op::Load(input) => match kernel.inputs.get(input.index()) {
            Some(dtype) if *dtype == node.dtype => Ok(()),
            Some(dtype) => Err(format!("{input} is {dtype}, not {}", node.dtype)),
            None => Err(format!("there is no {input}")),
        },
        Op::Cast(_) => Ok(()),
        Op::Unary(op, x) => {
            expect(x, node.dtype)?;
            match op {
                UnaryOp::Neg | UnaryOp::Abs | UnaryOp::Square => require(node.dtype != DType::Bool, "not for bool"),
                UnaryOp::Sqrt | UnaryOp::Floor | UnaryOp::Ceil | UnaryOp::Trunc | UnaryOp::Rint => {
                    require(node.dtype.is_float(), "only for floats")
                }
                UnaryOp::Not => require(node.dtype == DType::Bool, "only for bool"),
                UnaryOp::Invert => require(node.dtype == DType::Int64, "only for integers"),
                UnaryOp::Pos => Ok(()),
            }
        }
        Op::Binary(op, a, b) => {
            let operand = kernel.node(a).dtype;
            expect(b, operand)?;
            match op {
                BinaryOp::And | BinaryOp::Or | BinaryOp::Xor => require(!operand.is_float(), "not for floats")?,
                BinaryOp::TrueDiv => require(operand.is_float(), "only for floats")?,
                BinaryOp::Add
                | BinaryOp::Sub
                | BinaryOp::Mul
                | BinaryOp::FloorDiv
                | BinaryOp::Mod
                | BinaryOp::Minimum
                | BinaryOp::Maximum
                | BinaryOp::Lt
                | BinaryOp::Le
                | BinaryOp::Gt
                | BinaryOp::Ge
                | BinaryOp::Eq
                | BinaryOp::Ne => require(operand != DType::Bool, "not for bool")?,
            }
            let result = if op.is_comparison() { DType::Bool } else { operand };
            require(node.dtype == result, "the wrong result dtype")
        }
        Op::Fma(a, b, c) => {
            [a, b, c].into_iter().try_for_each(|id| expect(id, node.dtype))?;
            require(node.dtype.is_float(), "only for floats")
        }
        Op::Select(c, a, b) => {
            expect(c, DType::Bool)?;
            expect(a, node.dtype)?;
            expect(b, node.dtype)
        }
    }
}

fn check_root(kernel: &Kernel) -> Result<(), String> {
    let (op, dtype) = match kernel.root {
        Root::Store(_) => return Ok(()),
        Root::Reduce(op, Term::Value(x)) => (op, kernel.node(x).dtype),
        Root::Reduce(op, Term::Product(a, b)) => {
            let dtype = kernel.node(a).dtype;
            if kernel.node(b).dtype != dtype || !dtype.is_float() {
                return Err("a product is of two floats of one dtype".into());
            }
            if !matches!(op, ReduceOp::Sum | ReduceOp::Mean) {
                return Err("only a sum takes a product".into());
            }
            (op, dtype)
        }
    };
    let fits = match op {
        ReduceOp::Sum | ReduceOp::Prod | ReduceOp::Min | ReduceOp::Max => dtype != DType::Bool,
        ReduceOp::Mean => dtype.is_float(),
        ReduceOp::Any | ReduceOp::All => dtype == DType::Bool,
    };
    if fits { Ok(()) } else { Err(format!("not for {dtype}")) }
}
