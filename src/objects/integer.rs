//! Arithmetic of integers of any size: machine words while results fit, big integers beyond.

use std::borrow::Cow;

use num_bigint::BigInt;
use num_integer::Integer as _;
use num_traits::{One, Signed, ToPrimitive, Zero};

use super::interruptible::{cost, run};
use super::{bigint, float};
use crate::diagnostic::ErrorKind;
use crate::exception::{Raised, Result};
use crate::syntax::ast::BinaryOp;
use crate::value::Value;

/// A Python integer, unboxed.
#[derive(Clone, Copy, Debug)]
pub enum Integer<'a> {
    Small(i64),
    /// Beyond a machine word.
    Big(&'a BigInt),
}

impl<'a> Integer<'a> {
    pub fn to_big(self) -> Cow<'a, BigInt> {
        match self {
            Integer::Small(i) => Cow::Owned(BigInt::from(i)),
            Integer::Big(big) => Cow::Borrowed(big),
        }
    }

    pub fn to_f64(self) -> Result<f64> {
        match self {
            Integer::Small(i) => Ok(i as f64),
            Integer::Big(big) => bigint::to_f64(big),
        }
    }

    pub fn is_negative(self) -> bool {
        match self {
            Integer::Small(i) => i < 0,
            Integer::Big(big) => big.is_negative(),
        }
    }

    /// Number of bits of the magnitude.
    pub fn bits(self) -> u64 {
        match self {
            Integer::Small(i) => 64 - i.unsigned_abs().leading_zeros() as u64,
            Integer::Big(big) => big.bits(),
        }
    }

    pub fn to_value(self) -> Value {
        match self {
            Integer::Small(i) => Value::int(i),
            Integer::Big(big) => bigint::to_value(big.clone()),
        }
    }
}

#[cold]
fn zero_division(message: &str) -> Raised {
    Raised::new(ErrorKind::ZeroDivisionError, message)
}

/// `a op b`; `None` if integers do not know the operator.
pub fn binary(op: BinaryOp, a: Integer, b: Integer) -> Result<Option<Value>> {
    if let (Integer::Small(x), Integer::Small(y)) = (a, b)
        && let Some(value) = small(op, x, y)
    {
        return Ok(Some(value));
    }
    big(op, a, b)
}

/// The result where machine words suffice; `None` where they do not, or an error is due.
fn small(op: BinaryOp, a: i64, b: i64) -> Option<Value> {
    Some(Value::int(match op {
        BinaryOp::Add => a.checked_add(b)?,
        BinaryOp::Sub => a.checked_sub(b)?,
        BinaryOp::Mul => a.checked_mul(b)?,
        BinaryOp::FloorDiv => floor_divide(a, b)?,
        BinaryOp::Mod => floor_modulo(a, b)?,
        BinaryOp::Pow => a.checked_pow(u32::try_from(b).ok()?)?,
        BinaryOp::BitAnd => a & b,
        BinaryOp::BitOr => a | b,
        BinaryOp::BitXor => a ^ b,
        BinaryOp::Shl => {
            let shift = u32::try_from(b).ok().filter(|shift| *shift < 64)?;
            let shifted = a << shift;
            (shifted >> shift == a).then_some(shifted)?
        }
        BinaryOp::Shr => a >> u32::try_from(b).ok()?.min(63),
        BinaryOp::TrueDiv => {
            const EXACT: u64 = 1 << 53;
            if b == 0 || a.unsigned_abs() > EXACT || b.unsigned_abs() > EXACT {
                return None;
            }
            return Some(Value::float(a as f64 / b as f64));
        }
        BinaryOp::MatMul => return None,
    }))
}

/// The quotient, rounded down; `None` for a divisor of 0, and for the one quotient that no machine word holds.
pub fn floor_divide(a: i64, b: i64) -> Option<i64> {
    let quotient = a.checked_div(b)?;
    Some(if a % b != 0 && (a < 0) != (b < 0) { quotient - 1 } else { quotient })
}

/// The remainder, with the divisor's sign; `None` for a divisor of 0.
pub fn floor_modulo(a: i64, b: i64) -> Option<i64> {
    if b == -1 {
        return Some(0);
    }
    let remainder = a.checked_rem(b)?;
    Some(if remainder != 0 && (remainder < 0) != (b < 0) { remainder + b } else { remainder })
}

fn big(op: BinaryOp, a: Integer, b: Integer) -> Result<Option<Value>> {
    let (x, y) = (a.to_big(), b.to_big());
    let operands = [&*x, &*y];
    let linear = cost::linear(a.bits().max(b.bits()));
    Ok(Some(bigint::to_value(match op {
        BinaryOp::Add => run(linear, operands, |[x, y]| x + y)?,
        BinaryOp::Sub => run(linear, operands, |[x, y]| x - y)?,
        BinaryOp::Mul => {
            bigint::check_bits(a.bits() + b.bits())?;
            run(cost::product(a.bits(), b.bits()), operands, |[x, y]| x * y)?
        }
        BinaryOp::TrueDiv => return Ok(Some(Value::float(bigint::true_divide(&x, &y)?))),
        BinaryOp::FloorDiv if y.is_zero() => return Err(zero_division("integer division or modulo by zero")),
        BinaryOp::FloorDiv => run(cost::quotient(a.bits(), b.bits()), operands, |[x, y]| x.div_floor(y))?,
        BinaryOp::Mod if y.is_zero() => return Err(zero_division("integer modulo by zero")),
        BinaryOp::Mod => run(cost::quotient(a.bits(), b.bits()), operands, |[x, y]| x.mod_floor(y))?,
        BinaryOp::Pow => return power(a, b).map(Some),
        BinaryOp::BitAnd => run(linear, operands, |[x, y]| x & y)?,
        BinaryOp::BitOr => run(linear, operands, |[x, y]| x | y)?,
        BinaryOp::BitXor => run(linear, operands, |[x, y]| x ^ y)?,
        BinaryOp::Shl => return shift_left(a, b).map(Some),
        BinaryOp::Shr => return shift_right(a, b).map(Some),
        BinaryOp::MatMul => return Ok(None),
    })))
}

/// `a ** b`: a float if `b` is negative.
fn power(a: Integer, b: Integer) -> Result<Value> {
    if b.is_negative() {
        return Ok(Value::float(float::pow(a.to_f64()?, b.to_f64()?)?));
    }
    let odd = match b {
        Integer::Small(i) => i % 2 != 0,
        Integer::Big(big) => big.bit(0),
    };
    match (a, b) {
        (_, Integer::Small(0)) => return Ok(Value::int(1)),
        (Integer::Small(base @ (0 | 1)), _) => return Ok(Value::int(base)),
        (Integer::Small(-1), _) => return Ok(Value::int(if odd { -1 } else { 1 })),
        _ => {}
    }
    let Integer::Small(exponent) = b else { return Err(Raised::memory_error()) };
    let bits = (a.bits() - 1).saturating_mul(exponent as u64);
    bigint::check_bits(bits)?;
    let result = run(cost::power(bits), [&*a.to_big()], move |[base]| {
        let mut result = BigInt::one();
        for bit in (0..64 - exponent.leading_zeros()).rev() {
            result = &result * &result;
            if exponent >> bit & 1 == 1 {
                result *= base;
            }
        }
        result
    });
    Ok(bigint::to_value(result?))
}

fn shift_left(a: Integer, b: Integer) -> Result<Value> {
    let shift = shift_count(b)?;
    if let Integer::Small(0) = a {
        return Ok(Value::int(0));
    }
    let Some(shift) = shift else {
        return Err(Raised::new(ErrorKind::OverflowError, "too many digits in integer"));
    };
    let bits = a.bits().saturating_add(shift);
    bigint::check_bits(bits)?;
    Ok(bigint::to_value(run(cost::linear(bits), [&*a.to_big()], move |[a]| a << shift)?))
}

fn shift_right(a: Integer, b: Integer) -> Result<Value> {
    match shift_count(b)? {
        Some(shift) if shift < a.bits() => {
            Ok(bigint::to_value(run(cost::linear(a.bits()), [&*a.to_big()], move |[a]| a >> shift)?))
        }
        _ => Ok(Value::int(if a.is_negative() { -1 } else { 0 })),
    }
}

/// The number of bits to shift; `None` if it fits no machine word.
fn shift_count(b: Integer) -> Result<Option<u64>> {
    if b.is_negative() {
        return Err(Raised::value_error("negative shift count"));
    }
    Ok(match b {
        Integer::Small(i) => Some(i as u64),
        Integer::Big(big) => big.to_u64(),
    })
}

/// Floor quotient and remainder.
///
/// # Errors
/// `ZeroDivisionError`.
pub fn divmod(a: Integer, b: Integer) -> Result<(Value, Value)> {
    if let (Integer::Small(x), Integer::Small(y)) = (a, b)
        && let (Some(quotient), Some(remainder)) = (floor_divide(x, y), floor_modulo(x, y))
    {
        return Ok((Value::int(quotient), Value::int(remainder)));
    }
    let (x, y) = (a.to_big(), b.to_big());
    if y.is_zero() {
        return Err(zero_division("integer division or modulo by zero"));
    }
    let (quotient, remainder) = run(cost::quotient(a.bits(), b.bits()), [&*x, &*y], |[x, y]| x.div_mod_floor(y))?;
    Ok((bigint::to_value(quotient), bigint::to_value(remainder)))
}

pub fn negate(a: Integer) -> Value {
    match a {
        Integer::Small(i) => i.checked_neg().map_or_else(|| bigint::to_value(-BigInt::from(i)), Value::int),
        Integer::Big(big) => bigint::to_value(-big),
    }
}

pub fn invert(a: Integer) -> Value {
    match a {
        Integer::Small(i) => Value::int(!i),
        Integer::Big(big) => bigint::to_value(!big),
    }
}

pub fn absolute(a: Integer) -> Value {
    if a.is_negative() { negate(a) } else { a.to_value() }
}
