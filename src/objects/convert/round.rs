//! `round`: half to even, correctly rounded in decimal for Python's numbers, NumPy's way for NumPy's.

use num_bigint::BigInt;
use num_integer::Integer as _;

use super::super::arguments::{self, Keywords};
use super::super::bigint;
use super::super::integer::Integer;
use super::super::interruptible::{cost, run};
use super::super::number::{self, IndexValue, Number, index_value, not_an_integer};
use super::numbers::float_to_int;
use crate::array::Scalar;
use crate::diagnostic::ErrorKind;
use crate::exception::{Raised, Result};
use crate::value::Value;

pub fn round(args: &[Value], keywords: Keywords) -> Result<Value> {
    let [value, digits] = arguments::bind("round", ["number", "ndigits"], 1, args, keywords)?;
    let Some(value) = value else { unreachable!("the number is required") };
    if value.kind() != crate::value::Kind::Scalar && number::number(&value).is_none() {
        return Err(no_round(value.type_name()));
    }
    let digits = match arguments::given(digits) {
        None => None,
        Some(digits) => Some(index_value(&digits).ok_or_else(|| not_an_integer(&digits))?),
    };
    if let Some(scalar) = value.get::<Scalar>() {
        return round_scalar(*scalar, digits.map(IndexValue::saturated));
    }
    match (number::number(&value), digits.map(IndexValue::saturated)) {
        (Some(Number::Int(i)), None) => Ok(i.to_value()),
        (Some(Number::Int(i)), Some(digits)) => round_integer(i, digits),
        (Some(Number::Float(x)), None) => float_to_int(x.round_ties_even()),
        (Some(Number::Float(x)), Some(digits)) => round_float(x, digits).map(Value::float),
        (None, _) => Err(no_round(value.type_name())),
    }
}

#[cold]
fn no_round(type_name: &str) -> Raised {
    Raised::type_error(format!("type {type_name} doesn't define __round__ method"))
}

fn round_integer(i: Integer, digits: i64) -> Result<Value> {
    // 2^3 < 10: an integer has at most a third as many decimal digits as bits, and one.
    let longest = i.bits() as i64 / 3 + 2;
    if digits >= 0 {
        return Ok(i.to_value());
    }
    if digits < -longest {
        return Ok(Value::int(0));
    }
    let nanoseconds = cost::power(i.bits()) + cost::quotient(i.bits(), i.bits() / 2);
    let rounded = run(nanoseconds, [&*i.to_big()], move |[i]| {
        let unit = BigInt::from(10).pow(digits.unsigned_abs() as u32);
        let (quotient, rest) = i.div_mod_floor(&unit);
        let twice: BigInt = &rest * 2;
        let up = twice > unit || twice == unit && quotient.is_odd();
        (quotient + up as u8) * unit
    });
    Ok(bigint::to_value(rounded?))
}

/// The float nearest to `x` rounded to `digits` decimal places.
fn round_float(x: f64, digits: i64) -> Result<f64> {
    /// Beyond this many places every float is whole multiples of the last one.
    const MOST: i64 = 323;
    /// Below, every float is less than half a unit.
    const LEAST: i64 = -308;
    if !x.is_finite() || digits > MOST || x == 0.0 {
        return Ok(x);
    }
    if digits < LEAST {
        return Ok(0f64.copysign(x));
    }
    let text = if digits >= 0 { format!("{x:.*}", digits as usize) } else { round_whole(x, -digits as i32) };
    let rounded: f64 = text.parse().expect("digits are a number");
    if rounded.is_infinite() {
        return Err(Raised::new(ErrorKind::OverflowError, "rounded value too large to represent"));
    }
    Ok(rounded)
}

/// The digits of `x` rounded to a multiple of `10^zeros`.
fn round_whole(x: f64, zeros: i32) -> String {
    let sign = if x < 0.0 { "-" } else { "" };
    let exponent: i32 = format!("{x:e}").split_once('e').expect("scientific notation").1.parse().expect("a number");
    match exponent + 1 - zeros {
        kept @ 1.. => format!("{x:.*e}", kept as usize - 1),
        0 => {
            // Half a unit: five, and zeros.
            let half: f64 = format!("5e{}", zeros - 1).parse().expect("digits are a number");
            if x.abs() > half { format!("{sign}1e{zeros}") } else { format!("{sign}0.0") }
        }
        _ => format!("{sign}0.0"),
    }
}

fn round_scalar(scalar: Scalar, digits: Option<i64>) -> Result<Value> {
    let Some(digits) = digits else {
        return match scalar {
            Scalar::Bool(_) => Err(no_round("numpy.bool")),
            Scalar::Int64(i) => Ok(Value::int(i)),
            Scalar::Float32(_) | Scalar::Float64(_) => float_to_int(scalar.as_f64().round_ties_even()),
        };
    };
    let places = digits.clamp(-400, 400) as i32;
    let scaled = |x: f64| {
        let unit = 10f64.powi(places.abs());
        if places >= 0 { (x * unit).round_ties_even() / unit } else { (x / unit).round_ties_even() * unit }
    };
    Ok(Value::new(match scalar {
        Scalar::Bool(_) => return Err(no_round("numpy.bool")),
        Scalar::Int64(i) if places < 0 => Scalar::Float64(scaled(i as f64)).cast(scalar.dtype()),
        Scalar::Int64(_) => scalar,
        Scalar::Float32(x) => {
            let unit = 10f32.powi(places.abs());
            let rounded =
                if places >= 0 { (x * unit).round_ties_even() / unit } else { (x / unit).round_ties_even() * unit };
            Scalar::Float32(rounded)
        }
        Scalar::Float64(x) => Scalar::Float64(scaled(x)),
    }))
}
