//! Arithmetic of floats that is more than one machine instruction.

use crate::diagnostic::ErrorKind;
use crate::exception::{Raised, Result};
use crate::syntax::ast::BinaryOp;
use crate::value::Value;

#[cold]
fn zero_division(message: &str) -> Raised {
    Raised::new(ErrorKind::ZeroDivisionError, message)
}

/// `a op b`; `None` if floats do not know the operator.
pub fn binary(op: BinaryOp, a: f64, b: f64) -> Result<Option<f64>> {
    Ok(Some(match op {
        BinaryOp::Add => a + b,
        BinaryOp::Sub => a - b,
        BinaryOp::Mul => a * b,
        BinaryOp::TrueDiv if b == 0.0 => return Err(zero_division("float division by zero")),
        BinaryOp::TrueDiv => a / b,
        BinaryOp::FloorDiv if b == 0.0 => return Err(zero_division("float floor division by zero")),
        BinaryOp::FloorDiv => divmod(a, b).0,
        BinaryOp::Mod if b == 0.0 => return Err(zero_division("float modulo by zero")),
        BinaryOp::Mod => divmod(a, b).1,
        BinaryOp::Pow => pow(a, b)?,
        BinaryOp::MatMul | BinaryOp::BitAnd | BinaryOp::BitOr | BinaryOp::BitXor | BinaryOp::Shl | BinaryOp::Shr => {
            return Ok(None);
        }
    }))
}

/// Floor quotient and remainder with the divisor's sign, as CPython and NumPy compute them. `b` is not zero.
pub fn divmod(a: f64, b: f64) -> (f64, f64) {
    let mut remainder = a % b;
    let mut quotient = (a - remainder) / b;
    if remainder == 0.0 {
        remainder = 0f64.copysign(b);
    } else if (b < 0.0) != (remainder < 0.0) {
        remainder += b;
        quotient -= 1.0;
    }
    (rounded_quotient(quotient, a / b), remainder)
}

fn rounded_quotient(quotient: f64, ratio: f64) -> f64 {
    if quotient == 0.0 {
        return 0f64.copysign(ratio);
    }
    let floor = quotient.floor();
    if quotient - floor > 0.5 { floor + 1.0 } else { floor }
}

/// `a ** b` of Python floats.
///
/// # Errors
/// `ZeroDivisionError` for zero to a negative power, `OverflowError` beyond every float, `TypeError` for a complex result.
pub fn pow(a: f64, b: f64) -> Result<f64> {
    if a == 0.0 && b < 0.0 && b.is_finite() {
        return Err(zero_division("0.0 cannot be raised to a negative power"));
    }
    if a < 0.0 && a.is_finite() && b.is_finite() && b.fract() != 0.0 {
        return Err(Raised::type_error(
            "a negative number to a fractional power is complex, and toy does not support complex numbers",
        ));
    }
    let power = a.powf(b);
    if power.is_infinite() && a.is_finite() && b.is_finite() {
        const ERANGE: i64 = 34;
        let args = vec![Value::int(ERANGE), Value::str("Numerical result out of range")];
        return Err(Raised::with_args(ErrorKind::OverflowError, args));
    }
    Ok(power)
}
