//! Functions that take or give integers.

use num_bigint::BigInt;
use num_integer::Integer as _;
use num_traits::{One, Signed, ToPrimitive, Zero};

use super::real::{single, to_real};
use crate::array::Scalar;
use crate::diagnostic::ErrorKind;
use crate::exception::{Raised, Result};
use crate::objects::arguments::{self, Keywords};
use crate::objects::bigint;
use crate::objects::convert::float_to_int;
use crate::objects::integer::Integer;
use crate::objects::interruptible::{cost, run};
use crate::objects::number::{self, Number, index_integer, not_an_integer};
use crate::value::Value;

fn rounded(value: &Value, round: fn(f64) -> f64) -> Result<Value> {
    match number::number(value) {
        Some(Number::Int(integer)) => Ok(integer.to_value()),
        _ => float_to_int(round(to_real(value)?)),
    }
}

pub fn floor(args: &[Value], keywords: Keywords) -> Result<Value> {
    rounded(single("floor", args, keywords)?, f64::floor)
}

pub fn ceil(args: &[Value], keywords: Keywords) -> Result<Value> {
    rounded(single("ceil", args, keywords)?, f64::ceil)
}

pub fn trunc(args: &[Value], keywords: Keywords) -> Result<Value> {
    let value = single("trunc", args, keywords)?;
    let float64 = matches!(value.get::<Scalar>(), Some(Scalar::Float64(_)));
    if !float64 && number::number(value).is_none() {
        return Err(Raised::type_error(format!("type {} doesn't define __trunc__ method", value.type_name())));
    }
    rounded(value, f64::trunc)
}

fn integer(value: &Value) -> Result<Integer<'_>> {
    index_integer(value).ok_or_else(|| not_an_integer(value))
}

/// `first * (first + 1) * … * last`, by halves, so that the factors of each product are of one size.
fn product(first: &BigInt, count: u64) -> BigInt {
    if count <= 8 {
        return (0..count).fold(BigInt::one(), |product, at| product * (first + at));
    }
    let half = count / 2;
    product(first, half) * product(&(first + half), count - half)
}

/// The most bits that a product of `count` factors of `bits` bits has, if it may be built.
fn check_product(count: u64, bits: u64) -> Result<u64> {
    let bits = count.saturating_mul(bits);
    bigint::check_bits(bits)?;
    Ok(bits)
}

pub fn factorial(args: &[Value], keywords: Keywords) -> Result<Value> {
    factorial_of(integer(single("factorial", args, keywords)?)?)
}

fn factorial_of(n: Integer) -> Result<Value> {
    if n.is_negative() {
        return Err(Raised::value_error("factorial() not defined for negative values"));
    }
    let Integer::Small(n) = n else {
        return Err(Raised::new(
            ErrorKind::OverflowError,
            format!("factorial() argument should not exceed {}", i64::MAX),
        ));
    };
    let bits = check_product(n as u64, 64 - n.leading_zeros() as u64)?;
    let factorial = run(cost::power(bits), [], move |[]| product(&BigInt::one(), n as u64));
    Ok(bigint::to_value(factorial?))
}

/// Two arguments that must not be negative.
fn two_counts<'a>(n: &'a Value, k: &'a Value) -> Result<(Integer<'a>, Integer<'a>)> {
    let (n, k) = (integer(n)?, integer(k)?);
    for (name, value) in [("n", n), ("k", k)] {
        if value.is_negative() {
            return Err(Raised::value_error(format!("{name} must be a non-negative integer")));
        }
    }
    Ok((n, k))
}

pub fn comb(args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::no_keywords("math.comb", keywords)?;
    arguments::count("comb", args, 2, 2)?;
    let (n, k) = two_counts(&args[0], &args[1])?;
    let (n, k) = (n.to_big(), k.to_big());
    if k > n {
        return Ok(Value::int(0));
    }
    let k = (&*n - &*k).min(k.into_owned());
    let Some(k) = k.to_u64().filter(|k| *k <= i64::MAX as u64) else {
        return Err(Raised::new(ErrorKind::OverflowError, format!("min(n - k, k) must not exceed {}", i64::MAX)));
    };
    let bits = check_product(k, n.bits())?;
    let nanoseconds = 2.0 * cost::power(bits) + cost::quotient(bits, bits / 2);
    let combinations = run(nanoseconds, [&*n], move |[n]| product(&(n - k + 1u8), k) / product(&BigInt::one(), k));
    Ok(bigint::to_value(combinations?))
}

pub fn perm(args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::no_keywords("math.perm", keywords)?;
    arguments::count("perm", args, 1, 2)?;
    let Some(k) = arguments::given(args.get(1).cloned()) else {
        return factorial_of(integer(&args[0])?);
    };
    let (n, k) = two_counts(&args[0], &k)?;
    let (n, k) = (n.to_big(), k.to_big());
    if k > n {
        return Ok(Value::int(0));
    }
    let Some(k) = k.to_u64().filter(|k| *k <= i64::MAX as u64) else {
        return Err(Raised::new(ErrorKind::OverflowError, format!("k must not exceed {}", i64::MAX)));
    };
    let bits = check_product(k, n.bits())?;
    Ok(bigint::to_value(run(cost::power(bits), [&*n], move |[n]| product(&(n - k + 1u8), k))?))
}

pub fn gcd(args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::no_keywords("math.gcd", keywords)?;
    let mut result = BigInt::zero();
    for value in args {
        let value = integer(value)?;
        let nanoseconds = cost::gcd(result.bits(), value.bits());
        result = run(nanoseconds, [&result, &*value.to_big()], |[a, b]| a.gcd(b))?;
    }
    Ok(bigint::to_value(result))
}

pub fn lcm(args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::no_keywords("math.lcm", keywords)?;
    let mut result = BigInt::one();
    for value in args {
        let value = integer(value)?;
        bigint::check_bits(result.bits().saturating_add(value.bits()))?;
        let nanoseconds = cost::gcd(result.bits(), value.bits()) + cost::product(result.bits(), value.bits());
        result = run(nanoseconds, [&result, &*value.to_big()], |[a, b]| a.lcm(b).abs())?;
    }
    Ok(bigint::to_value(result))
}

pub fn isqrt(args: &[Value], keywords: Keywords) -> Result<Value> {
    let n = integer(single("isqrt", args, keywords)?)?;
    if n.is_negative() {
        return Err(Raised::value_error("isqrt() argument must be nonnegative"));
    }
    Ok(bigint::to_value(run(cost::root(n.bits()), [&*n.to_big()], |[n]| n.sqrt())?))
}
