//! Arithmetic of NumPy scalars, among themselves and with Python numbers (NEP 50).
//!
//! Results are NumPy scalars: `int64` wraps around, and a division by zero gives what IEEE 754 says, or 0.

use std::cmp::Ordering;

use num_traits::ToPrimitive;

use super::integer::{Integer, floor_divide, floor_modulo};
use super::number::{Number, number};
use super::{bigint, float};
use crate::array::{DType, Promotable, Scalar};
use crate::diagnostic::ErrorKind;
use crate::exception::{Raised, Result};
use crate::syntax::ast::{BinaryOp, UnaryOp};
use crate::value::Value;

/// One operand: its part in promotion, and its value.
#[derive(Clone, Copy)]
enum Operand<'a> {
    Strong(Scalar),
    WeakBool(bool),
    Weak(Number<'a>),
}

impl Operand<'_> {
    fn of(value: &Value) -> Option<Operand<'_>> {
        if let Some(scalar) = value.get::<Scalar>() {
            return Some(Operand::Strong(*scalar));
        }
        match value.get::<bool>() {
            Some(bit) => Some(Operand::WeakBool(*bit)),
            None => number(value).map(Operand::Weak),
        }
    }

    fn promotable(self) -> Promotable {
        match self {
            Operand::Strong(scalar) => Promotable::Strong(scalar.dtype()),
            Operand::WeakBool(_) => Promotable::WeakBool,
            Operand::Weak(Number::Int(_)) => Promotable::WeakInt,
            Operand::Weak(Number::Float(_)) => Promotable::WeakFloat,
        }
    }

    fn is_truth_value(self) -> bool {
        matches!(self, Operand::Strong(Scalar::Bool(_)))
    }

    fn is_huge(self) -> bool {
        matches!(self, Operand::Weak(Number::Int(Integer::Big(_))))
    }

    /// # Errors
    /// `OverflowError` for a Python integer that the dtype cannot hold.
    fn cast(self, dtype: DType) -> Result<Scalar> {
        let scalar = match self {
            Operand::Strong(scalar) => scalar,
            Operand::WeakBool(bit) => Scalar::Bool(bit),
            Operand::Weak(Number::Float(x)) => Scalar::Float64(x),
            Operand::Weak(Number::Int(Integer::Small(i))) => Scalar::Int64(i),
            Operand::Weak(Number::Int(Integer::Big(big))) if dtype.is_float() => Scalar::Float64(bigint::to_f64(big)?),
            Operand::Weak(Number::Int(Integer::Big(_))) => {
                return Err(too_large());
            }
        };
        Ok(scalar.cast(dtype))
    }
}

#[cold]
fn too_large() -> Raised {
    Raised::new(ErrorKind::OverflowError, "Python int too large to convert to C long")
}

/// `a op b` where at least one is a NumPy scalar; `None` if the other is not a number.
pub fn binary(op: BinaryOp, a: &Value, b: &Value) -> Result<Option<Value>> {
    let (Some(a), Some(b)) = (Operand::of(a), Operand::of(b)) else { return Ok(None) };
    if op == BinaryOp::MatMul {
        return Ok(None);
    }
    let mut dtype = a.promotable().promote(b.promotable());
    if op == BinaryOp::TrueDiv && dtype == DType::Int64 {
        // Division is floats' alone, which hold integers of any size nearly.
        dtype = DType::Float64;
    }
    let (a, b) = (a.cast(dtype)?, b.cast(dtype)?);
    let result = match (a, b) {
        (Scalar::Bool(a), Scalar::Bool(b)) => bools(op, a, b)?,
        (Scalar::Int64(a), Scalar::Int64(b)) => integers(op, a, b)?,
        (Scalar::Float32(a), Scalar::Float32(b)) => Scalar::Float32(floats32(op, a, b)?),
        (a, b) => Scalar::Float64(floats64(op, a.as_f64(), b.as_f64())?),
    };
    Ok(Some(Value::new(result)))
}

fn bools(op: BinaryOp, a: bool, b: bool) -> Result<Scalar> {
    Ok(Scalar::Bool(match op {
        BinaryOp::Add | BinaryOp::BitOr => a | b,
        BinaryOp::Mul | BinaryOp::BitAnd => a & b,
        BinaryOp::BitXor => a ^ b,
        BinaryOp::TrueDiv => return Ok(Scalar::Float64(a as u8 as f64 / b as u8 as f64)),
        BinaryOp::Sub => {
            return Err(Raised::type_error(
                "numpy boolean subtract, the `-` operator, is not supported, use the bitwise_xor, the `^` operator, \
                 or the logical_xor function instead.",
            ));
        }
        BinaryOp::FloorDiv | BinaryOp::Mod | BinaryOp::Pow | BinaryOp::Shl | BinaryOp::Shr | BinaryOp::MatMul => {
            return Err(Raised::type_error(format!(
                "'{}' of two numpy.bool is an int8, which toy does not have",
                super::operators::symbol(op)
            )));
        }
    }))
}

fn integers(op: BinaryOp, a: i64, b: i64) -> Result<Scalar> {
    Ok(Scalar::Int64(match op {
        BinaryOp::Add => a.wrapping_add(b),
        BinaryOp::Sub => a.wrapping_sub(b),
        BinaryOp::Mul => a.wrapping_mul(b),
        BinaryOp::TrueDiv => return Ok(Scalar::Float64(a as f64 / b as f64)),
        BinaryOp::FloorDiv if b == 0 => 0,
        // The one quotient that does not fit wraps around.
        BinaryOp::FloorDiv => floor_divide(a, b).unwrap_or(i64::MIN),
        BinaryOp::Mod => floor_modulo(a, b).unwrap_or(0),
        BinaryOp::Pow => wrapping_power(a, b)?,
        BinaryOp::BitAnd => a & b,
        BinaryOp::BitOr => a | b,
        BinaryOp::BitXor => a ^ b,
        BinaryOp::Shl => {
            if (0..64).contains(&b) {
                a << b
            } else {
                0
            }
        }
        BinaryOp::Shr => {
            if (0..64).contains(&b) {
                a >> b
            } else {
                a >> 63
            }
        }
        BinaryOp::MatMul => unreachable!("refused by the caller"),
    }))
}

fn wrapping_power(base: i64, exponent: i64) -> Result<i64> {
    if exponent < 0 {
        return Err(Raised::value_error("Integers to negative integer powers are not allowed."));
    }
    let (mut result, mut square, mut left) = (1i64, base, exponent);
    while left > 0 {
        if left & 1 == 1 {
            result = result.wrapping_mul(square);
        }
        square = square.wrapping_mul(square);
        left >>= 1;
    }
    Ok(result)
}

fn floats64(op: BinaryOp, a: f64, b: f64) -> Result<f64> {
    Ok(match op {
        BinaryOp::Add => a + b,
        BinaryOp::Sub => a - b,
        BinaryOp::Mul => a * b,
        BinaryOp::TrueDiv => a / b,
        BinaryOp::FloorDiv if b == 0.0 => a / b,
        BinaryOp::FloorDiv => float::divmod(a, b).0,
        BinaryOp::Mod if b == 0.0 => a % b,
        BinaryOp::Mod => float::divmod(a, b).1,
        BinaryOp::Pow => a.powf(b),
        BinaryOp::BitAnd | BinaryOp::BitOr | BinaryOp::BitXor | BinaryOp::Shl | BinaryOp::Shr | BinaryOp::MatMul => {
            return Err(no_loop(match op {
                BinaryOp::BitAnd => "bitwise_and",
                BinaryOp::BitOr => "bitwise_or",
                BinaryOp::BitXor => "bitwise_xor",
                BinaryOp::Shl => "left_shift",
                _ => "right_shift",
            }));
        }
    })
}

/// As [`floats64`], every step rounded to single precision.
fn floats32(op: BinaryOp, a: f32, b: f32) -> Result<f32> {
    Ok(match op {
        BinaryOp::FloorDiv if b != 0.0 => {
            let remainder = a % b;
            let mut quotient = (a - remainder) / b;
            if remainder != 0.0 && (b < 0.0) != (remainder < 0.0) {
                quotient -= 1.0;
            }
            let floor = quotient.floor();
            if quotient == 0.0 {
                0f32.copysign(a / b)
            } else if quotient - floor > 0.5 {
                floor + 1.0
            } else {
                floor
            }
        }
        BinaryOp::Mod if b != 0.0 => {
            let remainder = a % b;
            if remainder == 0.0 {
                0f32.copysign(b)
            } else if (b < 0.0) != (remainder < 0.0) {
                remainder + b
            } else {
                remainder
            }
        }
        BinaryOp::Pow => a.powf(b),
        // Rounding the double-precision result once more gives the single-precision one (Figueroa, 1995).
        _ => floats64(op, a as f64, b as f64)? as f32,
    })
}

#[cold]
fn no_loop(ufunc: &str) -> Raised {
    Raised::type_error(format!(
        "ufunc '{ufunc}' not supported for the input types, and the inputs could not be safely coerced to any \
         supported types according to the casting rule ''safe''"
    ))
}

/// `op a`; `None` for `not`, which every value knows.
pub fn unary(op: UnaryOp, a: Scalar) -> Result<Option<Scalar>> {
    Ok(Some(match (op, a) {
        (UnaryOp::Not, _) => return Ok(None),
        (UnaryOp::Neg, Scalar::Bool(_)) => {
            return Err(Raised::type_error(
                "The numpy boolean negative, the `-` operator, is not supported, use the `~` operator or the \
                 logical_not function instead.",
            ));
        }
        (UnaryOp::Pos, Scalar::Bool(_)) => {
            return Err(Raised::type_error(
                "ufunc 'positive' did not contain a loop with signature matching types \
                 <class 'numpy.dtypes.BoolDType'> -> None",
            ));
        }
        (UnaryOp::Neg, Scalar::Int64(i)) => Scalar::Int64(i.wrapping_neg()),
        (UnaryOp::Neg, Scalar::Float32(x)) => Scalar::Float32(-x),
        (UnaryOp::Neg, Scalar::Float64(x)) => Scalar::Float64(-x),
        (UnaryOp::Pos, _) => a,
        (UnaryOp::Invert, Scalar::Bool(bit)) => Scalar::Bool(!bit),
        (UnaryOp::Invert, Scalar::Int64(i)) => Scalar::Int64(!i),
        (UnaryOp::Invert, Scalar::Float32(_) | Scalar::Float64(_)) => return Err(no_loop("invert")),
    }))
}

pub fn absolute(a: Scalar) -> Scalar {
    match a {
        Scalar::Bool(_) => a,
        Scalar::Int64(i) => Scalar::Int64(i.wrapping_abs()),
        Scalar::Float32(x) => Scalar::Float32(x.abs()),
        Scalar::Float64(x) => Scalar::Float64(x.abs()),
    }
}

/// The order of two numbers of which at least one is a NumPy scalar, in their common dtype: `Some(None)` if one is
/// NaN, `None` if one is not a number.
///
/// # Errors
/// `OverflowError` for a Python integer beyond every float.
pub fn order(a: &Value, b: &Value) -> Result<Option<Option<Ordering>>> {
    let (Some(a), Some(b)) = (Operand::of(a), Operand::of(b)) else { return Ok(None) };
    let dtype = a.promotable().promote(b.promotable());
    if a.is_truth_value() && b.is_huge() || a.is_huge() && b.is_truth_value() {
        return Err(too_large());
    }
    if !dtype.is_float() {
        return Ok(Some(Some(exact_integer(a).cmp(&exact_integer(b)))));
    }
    Ok(Some(a.cast(dtype)?.as_f64().partial_cmp(&b.cast(dtype)?.as_f64())))
}

/// An integer operand; what fits no machine word counts as one of its side's extremes, beyond every `int64`.
fn exact_integer(operand: Operand) -> i128 {
    match operand {
        Operand::Strong(Scalar::Bool(bit)) | Operand::WeakBool(bit) => bit as i128,
        Operand::Strong(Scalar::Int64(i)) | Operand::Weak(Number::Int(Integer::Small(i))) => i as i128,
        Operand::Weak(Number::Int(Integer::Big(big))) => {
            big.to_i128().unwrap_or(if big.sign() == num_bigint::Sign::Minus { i128::MIN } else { i128::MAX })
        }
        Operand::Strong(Scalar::Float32(_) | Scalar::Float64(_)) | Operand::Weak(Number::Float(_)) => {
            unreachable!("a float makes the common dtype a float")
        }
    }
}
