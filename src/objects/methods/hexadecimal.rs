//! Floats in hexadecimal notation.

use num_bigint::{BigInt, BigUint};
use num_traits::{Num, Zero};

use crate::diagnostic::ErrorKind;
use crate::exception::{Raised, Result};
use crate::objects::arguments::{self, Keywords};
use crate::objects::bigint;
use crate::value::Value;

/// `float.hex`: the mantissa's bits in base 16, the exponent in base 2.
pub fn write(x: f64) -> String {
    if !x.is_finite() {
        return crate::array::format::float_repr(x);
    }
    let sign = if x.is_sign_negative() { "-" } else { "" };
    let bits = x.to_bits();
    let (exponent, mantissa) = (bits >> 52 & 0x7ff, bits & ((1 << 52) - 1));
    match (exponent, mantissa) {
        (0, 0) => format!("{sign}0x0.0p+0"),
        (0, _) => format!("{sign}0x0.{mantissa:013x}p-1022"),
        _ => format!("{sign}0x1.{mantissa:013x}p{:+}", exponent as i64 - 1023),
    }
}

/// `float.fromhex(text)`: belongs to the class, the receiver does not count.
pub fn fromhex(_: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    let text = arguments::one("float.fromhex", args, keywords)?;
    let Some(text) = text.as_str() else { return Err(Raised::type_error("bad argument type for built-in operation")) };
    read(text).map(Value::float)
}

fn read(text: &str) -> Result<f64> {
    let invalid = || Raised::value_error("invalid hexadecimal floating-point string");
    let text = text.trim_matches(|c| matches!(c, '\t'..='\r' | ' '));
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let magnitude = match unsigned.to_ascii_lowercase().as_str() {
        "inf" | "infinity" => f64::INFINITY,
        "nan" => f64::NAN,
        digits => {
            let digits = digits.strip_prefix("0x").unwrap_or(digits);
            let (digits, exponent) = match digits.split_once('p') {
                Some((digits, exponent)) => (digits, read_exponent(exponent).ok_or_else(invalid)?),
                None => (digits, 0),
            };
            let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
            let digits = format!("{whole}{fraction}");
            if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                return Err(invalid());
            }
            let mantissa = BigUint::from_str_radix(&digits, 16).map_err(|_| invalid())?;
            scaled(mantissa, exponent.saturating_sub(4 * fraction.len() as i64))?
        }
    };
    Ok(if text.starts_with('-') { -magnitude } else { magnitude })
}

/// An exponent with its sign; far beyond every float's it does not matter how far.
fn read_exponent(text: &str) -> Option<i64> {
    const FAR: i64 = i64::MAX / 2;
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let exponent = digits.parse::<i64>().map_or(FAR, |exponent| exponent.min(FAR));
    Some(if text.starts_with('-') { -exponent } else { exponent })
}

/// The float nearest to `mantissa * 2^exponent`.
fn scaled(mantissa: BigUint, exponent: i64) -> Result<f64> {
    let too_large = || Raised::new(ErrorKind::OverflowError, "hexadecimal value too large to represent as a float");
    let magnitude = exponent.saturating_add(mantissa.bits() as i64);
    if mantissa.is_zero() || magnitude < f64::MIN_EXP as i64 - f64::MANTISSA_DIGITS as i64 {
        return Ok(0.0);
    }
    if magnitude > f64::MAX_EXP as i64 {
        return Err(too_large());
    }
    let mantissa = BigInt::from(mantissa);
    let nearest = match exponent {
        0.. => bigint::to_f64(&(mantissa << exponent as u64)),
        _ => bigint::true_divide(&mantissa, &(BigInt::from(1) << exponent.unsigned_abs())),
    };
    nearest.map_err(|_| too_large())
}
