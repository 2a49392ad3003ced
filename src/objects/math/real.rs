//! Functions of real numbers, and when their results are errors.

use crate::diagnostic::ErrorKind;
use crate::exception::{Raised, Result};
use crate::objects::arguments::{self, Keywords};
use crate::objects::caller::Nobody;
use crate::objects::integer::Integer;
use crate::objects::number::{self, Number};
use crate::objects::numpy_as_python;
use crate::syntax::ast::BinaryOp;
use crate::value::{Kind, Value};

/// What an infinite result of a finite argument means.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Infinite {
    /// A pole.
    Domain,
    /// Beyond every float.
    Range,
    /// A pole at the whole numbers up to zero, elsewhere beyond every float.
    AtPole,
}

#[cold]
pub fn domain_error() -> Raised {
    Raised::value_error("math domain error")
}

#[cold]
pub fn range_error() -> Raised {
    Raised::new(ErrorKind::OverflowError, "math range error")
}

/// An argument that must be a real number.
///
/// # Errors
/// `TypeError` if it is none, `OverflowError` for an integer beyond every float.
pub fn to_real(value: &Value) -> Result<f64> {
    if value.kind() == Kind::Array {
        let array = value.to_array()?;
        return match array.ndim() {
            0 => Ok(array.get(0).as_f64()),
            _ => Err(Raised::type_error("only 0-dimensional arrays can be converted to Python scalars")),
        };
    }
    match number::number(&numpy_as_python(value)) {
        Some(number) => number.to_f64(),
        None => Err(Raised::type_error(format!("must be real number, not {}", value.type_name()))),
    }
}

pub fn single<'a>(name: &str, args: &'a [Value], keywords: Keywords) -> Result<&'a Value> {
    match (args, keywords) {
        ([value], []) => Ok(value),
        _ => arguments::one(&format!("math.{name}"), args, keywords),
    }
}

pub fn one(
    name: &str,
    function: impl Fn(f64) -> f64,
    infinite: Infinite,
    args: &[Value],
    keywords: Keywords,
) -> Result<Value> {
    let x = to_real(single(name, args, keywords)?)?;
    let result = function(x);
    if result.is_nan() && !x.is_nan() {
        return Err(domain_error());
    }
    if result.is_infinite() && x.is_finite() {
        let pole = x <= 0.0 && x.fract() == 0.0;
        return Err(match infinite {
            Infinite::Domain => domain_error(),
            Infinite::AtPole if pole => domain_error(),
            Infinite::AtPole | Infinite::Range => range_error(),
        });
    }
    Ok(Value::float(result))
}

/// A function that has no errors of its own.
pub fn plain(name: &str, function: impl Fn(f64) -> f64, args: &[Value], keywords: Keywords) -> Result<Value> {
    Ok(Value::float(function(to_real(single(name, args, keywords)?)?)))
}

pub fn test(name: &str, function: impl Fn(f64) -> bool, args: &[Value], keywords: Keywords) -> Result<Value> {
    Ok(Value::bool(function(to_real(single(name, args, keywords)?)?)))
}

fn pair(name: &str, args: &[Value], keywords: Keywords) -> Result<(f64, f64)> {
    arguments::no_keywords(&format!("math.{name}"), keywords)?;
    arguments::count(name, args, 2, 2)?;
    Ok((to_real(&args[0])?, to_real(&args[1])?))
}

pub fn two(name: &str, function: impl Fn(f64, f64) -> f64, args: &[Value], keywords: Keywords) -> Result<Value> {
    let (x, y) = pair(name, args, keywords)?;
    let result = function(x, y);
    if result.is_nan() && !x.is_nan() && !y.is_nan() {
        return Err(domain_error());
    }
    if result.is_infinite() && x.is_finite() && y.is_finite() {
        return Err(range_error());
    }
    Ok(Value::float(result))
}

pub fn pow(args: &[Value], keywords: Keywords) -> Result<Value> {
    let (x, y) = pair("pow", args, keywords)?;
    let result = x.powf(y);
    if !result.is_finite() && x.is_finite() && y.is_finite() {
        return Err(if result.is_nan() || x == 0.0 { domain_error() } else { range_error() });
    }
    Ok(Value::float(result))
}

/// A logarithm, of integers of any size too.
pub fn logarithm(name: &str, function: fn(f64) -> f64, args: &[Value], keywords: Keywords) -> Result<Value> {
    logarithm_of(single(name, args, keywords)?, function).map(Value::float)
}

pub fn log(args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::no_keywords("math.log", keywords)?;
    arguments::count("log", args, 1, 2)?;
    let result = logarithm_of(&args[0], f64::ln)?;
    let Some(base) = args.get(1) else { return Ok(Value::float(result)) };
    let base = Value::float(logarithm_of(base, f64::ln)?);
    crate::objects::operators::binary(&mut Nobody, BinaryOp::TrueDiv, &Value::float(result), &base)
}

fn logarithm_of(value: &Value, function: fn(f64) -> f64) -> Result<f64> {
    if let Some(Number::Int(integer)) = number::number(value) {
        if integer.is_negative() {
            return Err(domain_error());
        }
        if let Integer::Big(big) = integer
            && big.bits() > 1024
        {
            // The logarithm of a fraction in [0.5, 1), and of the power of two that is missing.
            let exponent = big.bits();
            let top = Integer::Big(&(big >> (exponent - 1000))).to_f64()? / 2f64.powi(1000);
            return Ok(function(top) + function(2.0) * exponent as f64);
        }
    }
    let x = match to_real(value) {
        // Just below 2^1024, rounded up.
        Err(raised) if raised.kind() == ErrorKind::OverflowError => {
            return Ok(function(0.5) + function(2.0) * 1025.0);
        }
        other => other?,
    };
    if x.is_nan() || x == f64::INFINITY {
        return Ok(x);
    }
    if x > 0.0 { Ok(function(x)) } else { Err(domain_error()) }
}

pub fn fma(args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::no_keywords("math.fma", keywords)?;
    arguments::count("fma", args, 3, 3)?;
    let (x, y, z) = (to_real(&args[0])?, to_real(&args[1])?, to_real(&args[2])?);
    let result = x.mul_add(y, z);
    if result.is_nan() && !x.is_nan() && !y.is_nan() && !z.is_nan() {
        return Err(Raised::value_error("invalid operation in fma"));
    }
    if result.is_infinite() && x.is_finite() && y.is_finite() && z.is_finite() {
        return Err(Raised::new(ErrorKind::OverflowError, "overflow in fma"));
    }
    Ok(Value::float(result))
}

pub fn isclose(args: &[Value], keywords: Keywords) -> Result<Value> {
    if args.len() > 2 {
        return Err(Raised::type_error(format!(
            "isclose() takes exactly 2 positional arguments ({} given)",
            args.len()
        )));
    }
    let [a, b, relative, absolute] = arguments::bind("isclose", ["a", "b", "rel_tol", "abs_tol"], 2, args, keywords)?;
    let real = |value: Option<Value>, default: f64| value.map_or(Ok(default), |value| to_real(&value));
    let (a, b) = (real(a, 0.0)?, real(b, 0.0)?);
    let (relative, absolute) = (real(relative, 1e-9)?, real(absolute, 0.0)?);
    if relative < 0.0 || absolute < 0.0 {
        return Err(Raised::value_error("tolerances must be non-negative"));
    }
    if a == b {
        return Ok(Value::bool(true));
    }
    if a.is_infinite() || b.is_infinite() {
        return Ok(Value::bool(false));
    }
    let difference = (b - a).abs();
    let close = difference <= (relative * b).abs() || difference <= (relative * a).abs() || difference <= absolute;
    Ok(Value::bool(close))
}
