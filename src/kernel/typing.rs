//! NumPy's dtype rules of each operation, and its words where there is no rule.

use super::op::{BinaryOp, UnaryOp};
use crate::array::dtype::Promotable;
use crate::array::{ArrayError, DType, Result};

/// What a binary operation computes in, and what it gives.
pub struct Signature {
    pub operands: DType,
    pub result: DType,
}

/// The dtype that the operand of `op` is cast to; the result has it too, except that `Not` gives bool.
pub fn unary(op: UnaryOp, dtype: DType) -> Result<DType> {
    use UnaryOp::*;
    match (op, dtype) {
        (Neg, DType::Bool) => Err(ArrayError::type_error(
            "The numpy boolean negative, the `-` operator, is not supported, use the `~` operator or the logical_not \
             function instead.",
        )),
        (Pos, DType::Bool) => Err(ArrayError::type_error(
            "ufunc 'positive' did not contain a loop with signature matching types \
             <class 'numpy.dtypes.BoolDType'> -> None",
        )),
        (Sqrt | Rint, DType::Bool) => Err(unsupported(op.ufunc(), "float16")),
        (Square, DType::Bool) => Err(unsupported(op.ufunc(), "int8")),
        (Sqrt | Rint, DType::Int64) => Ok(DType::Float64),
        (Invert, DType::Float32 | DType::Float64) => Err(not_coercible(op.ufunc())),
        (
            Neg | Pos | Abs | Sqrt | Square | Floor | Ceil | Trunc | Rint | Not | Invert,
            DType::Bool | DType::Int64 | DType::Float32 | DType::Float64,
        ) => Ok(dtype),
    }
}

pub fn binary(op: BinaryOp, a: Promotable, b: Promotable) -> Result<Signature> {
    use BinaryOp::*;
    let common = a.promote(b);
    let same = Ok(Signature { operands: common, result: common });
    match op {
        Lt | Le | Gt | Ge | Eq | Ne => Ok(Signature { operands: common, result: DType::Bool }),
        Sub if common == DType::Bool => Err(ArrayError::type_error(
            "numpy boolean subtract, the `-` operator, is not supported, use the bitwise_xor, the `^` operator, or \
             the logical_xor function instead.",
        )),
        FloorDiv | Mod if common == DType::Bool => Err(unsupported(op.ufunc(), "int8")),
        TrueDiv if !common.is_float() => Ok(Signature { operands: DType::Float64, result: DType::Float64 }),
        And | Or | Xor if common.is_float() => Err(not_coercible(op.ufunc())),
        Add | Sub | Mul | TrueDiv | FloorDiv | Mod | Minimum | Maximum | And | Or | Xor => same,
    }
}

fn not_coercible(ufunc: &str) -> ArrayError {
    ArrayError::type_error(format!(
        "ufunc '{ufunc}' not supported for the input types, and the inputs could not be safely coerced to any \
         supported types according to the casting rule ''safe''"
    ))
}

fn unsupported(ufunc: &str, dtype: &str) -> ArrayError {
    ArrayError::type_error(format!("ufunc '{ufunc}' of bool gives {dtype}, a dtype that toy does not have"))
}
