//! Numbers of every type: who they are, and which arithmetic a pair of them gets.

use super::integer::Integer;
use super::{float, integer, scalar};
use crate::array::Scalar;
use crate::exception::{Raised, Result};
use crate::syntax::ast::{BinaryOp, UnaryOp};
use crate::value::{Big, Kind, Value};

/// A Python number (not a NumPy one), unboxed.
#[derive(Clone, Copy, Debug)]
pub enum Number<'a> {
    Int(Integer<'a>),
    Float(f64),
}

impl Number<'_> {
    /// # Errors
    /// `OverflowError` for an integer beyond every float.
    pub fn to_f64(self) -> Result<f64> {
        match self {
            Number::Int(i) => i.to_f64(),
            Number::Float(x) => Ok(x),
        }
    }
}

/// The Python number that `value` is; a truth value counts as an integer.
pub fn number(value: &Value) -> Option<Number<'_>> {
    match value.kind() {
        Kind::Float => value.get::<f64>().map(|x| Number::Float(*x)),
        _ => python_integer(value).map(Number::Int),
    }
}

fn python_integer(value: &Value) -> Option<Integer<'_>> {
    match value.kind() {
        Kind::Int => value.get::<i64>().map(|i| Integer::Small(*i)),
        Kind::Bool => value.get::<bool>().map(|bit| Integer::Small(*bit as i64)),
        Kind::BigInt => value.get::<Big>().map(|big| Integer::Big(&big.0)),
        _ => None,
    }
}

/// The integer that `operator.index` finds in a value: an `int`, a `bool`, a NumPy integer.
pub fn index_integer(value: &Value) -> Option<Integer<'_>> {
    match value.get::<Scalar>() {
        Some(Scalar::Int64(i)) => Some(Integer::Small(*i)),
        Some(Scalar::Bool(_) | Scalar::Float32(_) | Scalar::Float64(_)) => None,
        None => python_integer(value),
    }
}

/// An index, as far as a machine word tells: beyond it only the side is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndexValue {
    At(i64),
    Huge { negative: bool },
}

impl IndexValue {
    /// The nearest machine word.
    pub fn saturated(self) -> i64 {
        match self {
            IndexValue::At(i) => i,
            IndexValue::Huge { negative: true } => i64::MIN,
            IndexValue::Huge { negative: false } => i64::MAX,
        }
    }
}

/// The value as an index; `None` if it is not an integer.
pub fn index_value(value: &Value) -> Option<IndexValue> {
    index_integer(value).map(|integer| match integer {
        Integer::Small(i) => IndexValue::At(i),
        Integer::Big(_) => IndexValue::Huge { negative: integer.is_negative() },
    })
}

/// The value as an argument that must be an integer.
///
/// # Errors
/// `TypeError` if it is none, `OverflowError` if it fits no machine word.
pub fn to_index(value: &Value) -> Result<i64> {
    match index_value(value) {
        Some(IndexValue::At(i)) => Ok(i),
        Some(IndexValue::Huge { .. }) => Err(Raised::new(
            crate::diagnostic::ErrorKind::OverflowError,
            "Python int too large to convert to C ssize_t",
        )),
        None => Err(not_an_integer(value)),
    }
}

#[cold]
pub fn not_an_integer(value: &Value) -> Raised {
    if value.kind() == Kind::Array {
        return Raised::type_error("only integer scalar arrays can be converted to a scalar index");
    }
    Raised::type_error(format!("'{}' object cannot be interpreted as an integer", value.type_name()))
}

/// `a op b` if both are numbers that know the operator.
///
/// # Errors
/// `ZeroDivisionError`, `OverflowError`, `MemoryError`, `ValueError` (a negative shift), as Python raises them.
pub fn binary(op: BinaryOp, a: &Value, b: &Value) -> Result<Option<Value>> {
    if a.kind() == Kind::Scalar || b.kind() == Kind::Scalar {
        return scalar::binary(op, a, b);
    }
    if let (Some(x), Some(y), BinaryOp::BitAnd | BinaryOp::BitOr | BinaryOp::BitXor) =
        (a.get::<bool>(), b.get::<bool>(), op)
    {
        return Ok(Some(Value::bool(match op {
            BinaryOp::BitAnd => x & y,
            BinaryOp::BitOr => x | y,
            _ => x ^ y,
        })));
    }
    let (Some(x), Some(y)) = (number(a), number(b)) else { return Ok(None) };
    match (x, y) {
        (Number::Int(x), Number::Int(y)) => integer::binary(op, x, y),
        _ if is_bitwise(op) => Ok(None),
        _ => Ok(float::binary(op, x.to_f64()?, y.to_f64()?)?.map(Value::float)),
    }
}

/// Whether only integers know the operator.
pub fn is_bitwise(op: BinaryOp) -> bool {
    match op {
        BinaryOp::BitAnd | BinaryOp::BitOr | BinaryOp::BitXor | BinaryOp::Shl | BinaryOp::Shr => true,
        BinaryOp::Add
        | BinaryOp::Sub
        | BinaryOp::Mul
        | BinaryOp::TrueDiv
        | BinaryOp::FloorDiv
        | BinaryOp::Mod
        | BinaryOp::Pow
        | BinaryOp::MatMul => false,
    }
}

/// `op a` if it is a number that knows the operator; `not` is every value's, and not here.
///
/// # Errors
/// `TypeError` for NumPy's truth values and floats, in NumPy's words.
pub fn unary(op: UnaryOp, a: &Value) -> Result<Option<Value>> {
    if let Some(scalar) = a.get::<Scalar>() {
        return scalar::unary(op, *scalar).map(|scalar| scalar.map(Value::new));
    }
    Ok(match (number(a), op) {
        (Some(Number::Int(i)), UnaryOp::Neg) => Some(integer::negate(i)),
        (Some(Number::Int(i)), UnaryOp::Pos) => Some(i.to_value()),
        (Some(Number::Int(i)), UnaryOp::Invert) => Some(integer::invert(i)),
        (Some(Number::Float(x)), UnaryOp::Neg) => Some(Value::float(-x)),
        (Some(Number::Float(_)), UnaryOp::Pos) => Some(a.clone()),
        (Some(Number::Float(_)), UnaryOp::Invert) | (_, UnaryOp::Not) | (None, _) => None,
    })
}

/// `abs(a)` if it is a number.
pub fn absolute(a: &Value) -> Option<Value> {
    if let Some(scalar) = a.get::<Scalar>() {
        return Some(Value::new(scalar::absolute(*scalar)));
    }
    Some(match number(a)? {
        Number::Int(i) => integer::absolute(i),
        Number::Float(x) => Value::float(x.abs()),
    })
}

/// `divmod(a, b)` if both are numbers.
///
/// # Errors
/// `ZeroDivisionError`.
pub fn divmod(a: &Value, b: &Value) -> Result<Option<(Value, Value)>> {
    if a.kind() == Kind::Scalar || b.kind() == Kind::Scalar {
        let quotient = scalar::binary(BinaryOp::FloorDiv, a, b)?;
        let remainder = scalar::binary(BinaryOp::Mod, a, b)?;
        return Ok(quotient.zip(remainder));
    }
    let (Some(x), Some(y)) = (number(a), number(b)) else { return Ok(None) };
    if let (Number::Int(x), Number::Int(y)) = (x, y) {
        return integer::divmod(x, y).map(Some);
    }
    let (x, y) = (x.to_f64()?, y.to_f64()?);
    if y == 0.0 {
        return Err(Raised::new(crate::diagnostic::ErrorKind::ZeroDivisionError, "float divmod()"));
    }
    let (quotient, remainder) = float::divmod(x, y);
    Ok(Some((Value::float(quotient), Value::float(remainder))))
}
