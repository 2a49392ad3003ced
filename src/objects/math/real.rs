//! Functions of real numbers.

use super::super::arguments::{self, Keywords};
use super::super::{iteration, number};
use super::{argument, float};
use crate::diagnostic::ErrorKind;
use crate::exception::{Raised, Result};
use crate::value::{Big, Value};

/// What an infinite result of a finite argument means.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Infinite {
    /// A pole: the argument is outside the function's domain.
    Domain,
    /// An overflow.
    Range,
}

// What std has no correctly linked function for comes from the same libm that it uses.
unsafe extern "C" {
    safe fn tgamma(x: f64) -> f64;
    #[link_name = "lgamma"]
    safe fn libm_lgamma(x: f64) -> f64;
    #[link_name = "remainder"]
    safe fn libm_remainder(x: f64, y: f64) -> f64;
    pub safe fn erf(x: f64) -> f64;
    pub safe fn erfc(x: f64) -> f64;
    pub safe fn asinh(x: f64) -> f64;
    pub safe fn acosh(x: f64) -> f64;
    pub safe fn atanh(x: f64) -> f64;
    pub safe fn nextafter(x: f64, y: f64) -> f64;
}

/// A libm result, after CPython's checks.
///
/// # Errors
/// `ValueError` outside the domain, `OverflowError` where the result is too large.
pub fn checked(x: f64, result: f64, infinite: Infinite) -> Result<f64> {
    if result.is_nan() && !x.is_nan() {
        return Err(domain_error());
    }
    if result.is_infinite() && x.is_finite() {
        return Err(if infinite == Infinite::Range { range_error() } else { domain_error() });
    }
    Ok(result)
}

#[cold]
fn domain_error() -> Raised {
    Raised::value_error("math domain error")
}

#[cold]
fn range_error() -> Raised {
    Raised::new(ErrorKind::OverflowError, "math range error")
}

fn two(name: &str, args: &[Value], keywords: Keywords) -> Result<(f64, f64)> {
    arguments::no_keywords(&format!("math.{name}"), keywords)?;
    arguments::count(name, args, 2, 2)?;
    Ok((float(&args[0])?, float(&args[1])?))
}

/// A function of two floats without a domain error.
pub fn binary(name: &str, args: &[Value], keywords: Keywords, function: fn(f64, f64) -> f64) -> Result<Value> {
    let (x, y) = two(name, args, keywords)?;
    Ok(Value::float(function(x, y)))
}

/// A logarithm of any positive number, big integers included: `log(m · 2^k) = log(m) + k·log(2)`.
fn logarithm(value: &Value, function: fn(f64) -> f64) -> Result<f64> {
    if let Some(big) = value.get::<Big>() {
        let bits = big.0.bits();
        if big.0.sign() == num_bigint::Sign::Minus {
            return Err(domain_error());
        }
        let shift = bits.saturating_sub(1000);
        let mantissa = super::super::bigint::to_f64(&(&big.0 >> shift))?;
        return Ok(function(mantissa) + shift as f64 * function(2.0));
    }
    let x = float(value)?;
    if x <= 0.0 {
        return Err(domain_error());
    }
    Ok(function(x))
}

pub fn log(args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::no_keywords("math.log", keywords)?;
    arguments::count("log", args, 1, 2)?;
    let numerator = logarithm(&args[0], f64::ln)?;
    let Some(base) = args.get(1) else { return Ok(Value::float(numerator)) };
    let denominator = logarithm(base, f64::ln)?;
    if denominator == 0.0 {
        return Err(Raised::new(ErrorKind::ZeroDivisionError, "division by zero"));
    }
    Ok(Value::float(numerator / denominator))
}

pub fn log2(args: &[Value], keywords: Keywords) -> Result<Value> {
    Ok(Value::float(logarithm(arguments::one("math.log2", args, keywords)?, f64::log2)?))
}

pub fn log10(args: &[Value], keywords: Keywords) -> Result<Value> {
    Ok(Value::float(logarithm(arguments::one("math.log10", args, keywords)?, f64::log10)?))
}

pub fn pow(args: &[Value], keywords: Keywords) -> Result<Value> {
    let (x, y) = two("pow", args, keywords)?;
    let result = x.powf(y);
    if x.is_finite() && y.is_finite() {
        if result.is_nan() || (result.is_infinite() && x == 0.0) {
            return Err(domain_error());
        }
        if result.is_infinite() {
            return Err(range_error());
        }
    }
    Ok(Value::float(result))
}

pub fn fmod(args: &[Value], keywords: Keywords) -> Result<Value> {
    let (x, y) = two("fmod", args, keywords)?;
    let result = x % y;
    if result.is_nan() && !x.is_nan() && !y.is_nan() { Err(domain_error()) } else { Ok(Value::float(result)) }
}

pub fn remainder(args: &[Value], keywords: Keywords) -> Result<Value> {
    let (x, y) = two("remainder", args, keywords)?;
    let result = libm_remainder(x, y);
    if result.is_nan() && !x.is_nan() && !y.is_nan() { Err(domain_error()) } else { Ok(Value::float(result)) }
}

pub fn gamma(args: &[Value], keywords: Keywords) -> Result<Value> {
    let x = argument("math.gamma", args, keywords)?;
    // The poles: zero, the negative integers, and negative infinity.
    if x == f64::NEG_INFINITY || (x <= 0.0 && x == x.floor()) {
        return Err(domain_error());
    }
    checked(x, tgamma(x), Infinite::Range).map(Value::float)
}

pub fn lgamma(args: &[Value], keywords: Keywords) -> Result<Value> {
    let x = argument("math.lgamma", args, keywords)?;
    if x.is_finite() && x <= 0.0 && x == x.floor() {
        return Err(domain_error());
    }
    checked(x, libm_lgamma(x), Infinite::Range).map(Value::float)
}

/// The Euclidean norm of any number of coordinates, scaled so that no square overflows.
fn norm(coordinates: &[f64]) -> f64 {
    match coordinates {
        [x] => x.abs(),
        [x, y] => x.hypot(*y),
        _ if coordinates.iter().any(|x| x.is_infinite()) => f64::INFINITY,
        _ if coordinates.iter().any(|x| x.is_nan()) => f64::NAN,
        _ => {
            let largest = coordinates.iter().fold(0.0f64, |largest, x| largest.max(x.abs()));
            if largest == 0.0 {
                return 0.0;
            }
            largest * exact_sum(coordinates.iter().map(|x| (x / largest) * (x / largest))).sqrt()
        }
    }
}

pub fn hypot(args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::no_keywords("math.hypot", keywords)?;
    let coordinates = args.iter().map(float).collect::<Result<Vec<_>>>()?;
    Ok(Value::float(norm(&coordinates)))
}

pub fn dist(args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::no_keywords("math.dist", keywords)?;
    arguments::count("dist", args, 2, 2)?;
    let (p, q) = (iteration::collect(&args[0])?, iteration::collect(&args[1])?);
    if p.len() != q.len() {
        return Err(Raised::value_error("both points must have the same number of dimensions"));
    }
    let differences = p.iter().zip(&q).map(|(p, q)| Ok(float(p)? - float(q)?)).collect::<Result<Vec<_>>>()?;
    Ok(Value::float(norm(&differences)))
}

pub fn fsum(args: &[Value], keywords: Keywords) -> Result<Value> {
    let items = iteration::collect(arguments::one("math.fsum", args, keywords)?)?;
    let terms = items.iter().map(float).collect::<Result<Vec<_>>>()?;
    if terms.iter().any(|x| !x.is_finite()) {
        let sum: f64 = terms.iter().filter(|x| !x.is_finite()).sum();
        if sum.is_nan() && !terms.iter().any(|x| x.is_nan()) {
            return Err(Raised::value_error("-inf + inf in fsum"));
        }
        return Ok(Value::float(sum));
    }
    let sum = exact_sum(terms.into_iter());
    if sum.is_finite() {
        Ok(Value::float(sum))
    } else {
        Err(Raised::new(ErrorKind::OverflowError, "intermediate overflow in fsum"))
    }
}

/// The sum of finite floats, rounded once (Shewchuk, *Adaptive Precision Floating-Point Arithmetic*, 1997).
fn exact_sum(terms: impl Iterator<Item = f64>) -> f64 {
    // Partial sums that do not overlap, the smallest first: together they are the exact sum.
    let mut partials: Vec<f64> = Vec::new();
    for mut x in terms {
        let mut kept = 0;
        for at in 0..partials.len() {
            let mut y = partials[at];
            if x.abs() < y.abs() {
                std::mem::swap(&mut x, &mut y);
            }
            let high = x + y;
            let low = y - (high - x);
            if low != 0.0 {
                partials[kept] = low;
                kept += 1;
            }
            x = high;
        }
        partials.truncate(kept);
        partials.push(x);
    }
    let Some(mut high) = partials.pop() else { return 0.0 };
    let mut low = 0.0;
    while let Some(y) = partials.pop() {
        let x = high;
        high = x + y;
        low = y - (high - x);
        if low != 0.0 {
            break;
        }
    }
    // Half-way cases: what is left decides to which side they are rounded.
    if let Some(next) = partials.last()
        && (low < 0.0 && *next < 0.0 || low > 0.0 && *next > 0.0)
    {
        let y = low * 2.0;
        let x = high + y;
        if y == x - high {
            high = x;
        }
    }
    high
}

pub fn modf(args: &[Value], keywords: Keywords) -> Result<Value> {
    let x = argument("math.modf", args, keywords)?;
    let fraction = if x.is_infinite() { 0.0f64.copysign(x) } else { (x - x.trunc()).copysign(x) };
    Ok(Value::tuple(vec![Value::float(fraction), Value::float(x.trunc())]))
}

pub fn frexp(args: &[Value], keywords: Keywords) -> Result<Value> {
    let x = argument("math.frexp", args, keywords)?;
    if x == 0.0 || !x.is_finite() {
        return Ok(Value::tuple(vec![Value::float(x), Value::int(0)]));
    }
    // Subnormals are scaled into the normal range first.
    let (scaled, shift) = if x.abs() < f64::MIN_POSITIVE { (x * 2f64.powi(54), 54) } else { (x, 0) };
    let exponent = ((scaled.to_bits() >> 52) & 0x7ff) as i64 - 1022;
    let mantissa = f64::from_bits(scaled.to_bits() & !(0x7ff << 52) | 1022 << 52);
    Ok(Value::tuple(vec![Value::float(mantissa), Value::int(exponent - shift)]))
}

pub fn ldexp(args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::no_keywords("math.ldexp", keywords)?;
    arguments::count("ldexp", args, 2, 2)?;
    let x = float(&args[0])?;
    let exponent = number::index_value(&args[1])
        .ok_or_else(|| Raised::type_error("Expected an int as second argument to ldexp."))?
        .saturated()
        .clamp(-5000, 5000) as i32;
    // Two steps above, one below: only the last multiplication may round.
    let mut result = x;
    let mut left = exponent;
    while left > 1000 {
        result *= 2f64.powi(1000);
        left -= 1000;
    }
    while left < -1000 && result != 0.0 {
        // Below the normal range one multiplication must do it all.
        if result.abs() < 2f64.powi(-20) {
            result *= 2f64.powi(-1000);
            result *= 2f64.powi((left + 1000).max(-1000));
            left = 0;
            break;
        }
        result *= 2f64.powi(-1000);
        left += 1000;
    }
    result *= 2f64.powi(left);
    if result.is_infinite() && x.is_finite() { Err(range_error()) } else { Ok(Value::float(result)) }
}

/// `math.isclose(a, b, *, rel_tol=1e-09, abs_tol=0.0)`
pub fn isclose(args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::count("isclose", args, 2, 2)?;
    let (a, b) = (float(&args[0])?, float(&args[1])?);
    let (mut relative, mut absolute) = (1e-9, 0.0);
    for (name, value) in keywords {
        match &**name {
            "rel_tol" => relative = float(value)?,
            "abs_tol" => absolute = float(value)?,
            _ => return Err(Raised::type_error(format!("isclose() got an unexpected keyword argument '{name}'"))),
        }
    }
    if relative < 0.0 || absolute < 0.0 {
        return Err(Raised::value_error("tolerances must be non-negative"));
    }
    let difference = (a - b).abs();
    let close = a == b
        || (a.is_finite() && b.is_finite())
            && (difference <= (relative * b).abs() || difference <= (relative * a).abs() || difference <= absolute);
    Ok(Value::bool(close))
}
