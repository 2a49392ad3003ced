//! Floats taken apart and put together: mantissa and exponent, whole and fraction, neighbours.

use super::real::{range_error, single, to_real};
use crate::exception::{Raised, Result};
use crate::objects::arguments::{self, Keywords};
use crate::objects::number::{IndexValue, index_value, not_an_integer};
use crate::value::{Kind, Value};

/// The fraction in `[0.5, 1)` and the power of two that make up a finite float.
pub fn split(x: f64) -> (f64, i32) {
    if x == 0.0 || !x.is_finite() {
        return (x, 0);
    }
    // A subnormal number is made normal first.
    let (scaled, shift) = if x.abs() < f64::MIN_POSITIVE { (x * 2f64.powi(64), 64) } else { (x, 0) };
    let bits = scaled.to_bits();
    let exponent = (bits >> 52 & 0x7ff) as i32 - 1022;
    (f64::from_bits(bits & !(0x7ff << 52) | 1022 << 52), exponent - shift)
}

/// `x * 2^exponent`, rounded once.
pub fn scale(x: f64, exponent: i64) -> f64 {
    let (fraction, own) = split(x);
    if x == 0.0 || !x.is_finite() {
        return x;
    }
    let exponent = exponent.clamp(-10_000, 10_000) as i32 + own;
    if exponent > 1024 {
        f64::INFINITY.copysign(x)
    } else if exponent > -1021 {
        fraction * 2.0 * 2f64.powi(exponent - 1)
    } else if exponent < -1080 {
        0f64.copysign(x)
    } else {
        // The last factor is the only one that rounds.
        fraction * 2f64.powi(-1000) * 2f64.powi(exponent + 1000)
    }
}

pub fn frexp(args: &[Value], keywords: Keywords) -> Result<Value> {
    let (fraction, exponent) = split(to_real(single("frexp", args, keywords)?)?);
    Ok(Value::tuple(vec![Value::float(fraction), Value::int(exponent as i64)]))
}

pub fn ldexp(args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::no_keywords("math.ldexp", keywords)?;
    arguments::count("ldexp", args, 2, 2)?;
    let x = to_real(&args[0])?;
    if !matches!(args[1].kind(), Kind::Int | Kind::BigInt | Kind::Bool) {
        return Err(Raised::type_error("Expected an int as second argument to ldexp."));
    }
    let exponent = index_value(&args[1]).map_or(0, IndexValue::saturated);
    let result = scale(x, exponent);
    if result.is_infinite() && x.is_finite() {
        return Err(range_error());
    }
    Ok(Value::float(result))
}

pub fn modf(args: &[Value], keywords: Keywords) -> Result<Value> {
    let x = to_real(single("modf", args, keywords)?)?;
    let fraction = if x.is_infinite() { 0f64.copysign(x) } else { x.fract().copysign(x) };
    let parts = if x.is_nan() { [x, x] } else { [fraction, x.trunc()] };
    Ok(Value::tuple(parts.map(Value::float).to_vec()))
}

pub fn ulp(args: &[Value], keywords: Keywords) -> Result<Value> {
    let x = to_real(single("ulp", args, keywords)?)?.abs();
    Ok(Value::float(if !x.is_finite() {
        x
    } else if x == f64::MAX {
        x - x.next_down()
    } else {
        x.next_up() - x
    }))
}

pub fn nextafter(args: &[Value], keywords: Keywords) -> Result<Value> {
    if args.len() > 3 {
        return Err(Raised::type_error(format!("nextafter() takes at most 3 arguments ({} given)", args.len())));
    }
    if args.len() != 2 {
        return Err(Raised::type_error(format!(
            "nextafter() takes exactly 2 positional arguments ({} given)",
            args.len()
        )));
    }
    let [steps] = arguments::named("nextafter", ["steps"], keywords)?;
    let (x, y) = (to_real(&args[0])?, to_real(&args[1])?);
    let steps = arguments::given(steps);
    let counted = steps.is_some();
    let steps = match steps {
        None => 1,
        Some(steps) => match index_value(&steps).map(IndexValue::saturated) {
            Some(steps) => {
                u64::try_from(steps).map_err(|_| Raised::value_error("steps must be a non-negative integer"))?
            }
            None => return Err(not_an_integer(&steps)),
        },
    };
    if steps == 0 {
        return Ok(Value::float(x));
    }
    if x.is_nan() || y.is_nan() {
        return Ok(Value::float(x + y));
    }
    // Floats in order, as integers in order.
    let ordered = |x: f64| if x.is_sign_negative() { -((x.to_bits() << 1 >> 1) as i128) } else { x.to_bits() as i128 };
    let (from, to) = (ordered(x), ordered(y));
    if from == to {
        return Ok(Value::float(y));
    }
    let at = if from < to { (from + steps as i128).min(to) } else { (from - steps as i128).max(to) };
    let magnitude = f64::from_bits(at.unsigned_abs() as u64);
    if at == to && counted {
        return Ok(Value::float(y));
    }
    // A single step keeps the sign of the side that a zero is reached from.
    let negative = at < 0 || at == 0 && from < 0;
    Ok(Value::float(if negative { -magnitude } else { magnitude }))
}
