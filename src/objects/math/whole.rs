//! Functions of integers.

use num_bigint::BigInt;
use num_integer::Integer as _;
use num_traits::{One, Signed, Zero};

use super::super::arguments::{self, Keywords};
use super::super::{bigint, number};
use crate::exception::{Raised, Result};
use crate::value::{Kind, Value};

/// A float rounded to an integer; an integer is one already.
pub fn rounded(name: &str, args: &[Value], keywords: Keywords, round: fn(f64) -> f64) -> Result<Value> {
    let value = arguments::one(name, args, keywords)?;
    match value.kind() {
        Kind::Int | Kind::BigInt => Ok(value.clone()),
        Kind::Bool => Ok(Value::int((value.get() == Some(&true)) as i64)),
        _ => super::whole(round(super::float(value)?)),
    }
}

fn big(value: &Value) -> Result<BigInt> {
    match number::index_integer(value) {
        Some(integer) => Ok(integer.to_big().into_owned()),
        None => Err(number::not_an_integer(value)),
    }
}

pub fn gcd(args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::no_keywords("math.gcd", keywords)?;
    let mut result = BigInt::zero();
    for value in args {
        result = result.gcd(&big(value)?);
    }
    Ok(bigint::to_value(result))
}

pub fn lcm(args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::no_keywords("math.lcm", keywords)?;
    let mut result = BigInt::one();
    for value in args {
        result = result.lcm(&big(value)?);
        bigint::check_bits(result.bits())?;
    }
    Ok(bigint::to_value(result.abs()))
}

pub fn isqrt(args: &[Value], keywords: Keywords) -> Result<Value> {
    let n = big(arguments::one("math.isqrt", args, keywords)?)?;
    if n.is_negative() {
        return Err(Raised::value_error("isqrt() argument must be nonnegative"));
    }
    Ok(bigint::to_value(n.sqrt()))
}

pub fn factorial(args: &[Value], keywords: Keywords) -> Result<Value> {
    let value = arguments::one("math.factorial", args, keywords)?;
    let n = big(value)?;
    if n.is_negative() {
        return Err(Raised::value_error("factorial() not defined for negative values"));
    }
    let n = number::to_index(value).map_err(|_| {
        let message = "factorial() argument should not exceed 9223372036854775807";
        Raised::new(crate::diagnostic::ErrorKind::OverflowError, message)
    })? as u64;
    product(1, n)
}

/// `low · (low + 1) · … · high`, halves first, so that factors stay of like size.
fn product(low: u64, high: u64) -> Result<Value> {
    fn range(low: u64, high: u64) -> BigInt {
        match high.saturating_sub(low) {
            _ if low > high => BigInt::one(),
            0..=8 => (low..=high).fold(BigInt::one(), |product, factor| product * factor),
            span => {
                let middle = low + span / 2;
                range(low, middle) * range(middle + 1, high)
            }
        }
    }
    let count = high.saturating_sub(low).saturating_add(1);
    bigint::check_bits(count.saturating_mul(64 - high.leading_zeros() as u64))?;
    Ok(bigint::to_value(range(low, high)))
}

fn n_and_k(name: &str, args: &[Value]) -> Result<(u64, u64)> {
    let part = |value: &Value, which: &str| {
        let i = big(value)?;
        if i.is_negative() {
            return Err(Raised::value_error(format!("{which} must be a non-negative integer")));
        }
        u64::try_from(i).map_err(|_| {
            let message = format!("toy computes {name}() of 64-bit integers only");
            Raised::new(crate::diagnostic::ErrorKind::OverflowError, message)
        })
    };
    Ok((part(&args[0], "n")?, part(&args[1], "k")?))
}

pub fn comb(args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::no_keywords("math.comb", keywords)?;
    arguments::count("comb", args, 2, 2)?;
    let (n, k) = n_and_k("comb", args)?;
    if k > n {
        return Ok(Value::int(0));
    }
    let k = k.min(n - k);
    bigint::check_bits(k.saturating_mul(64 - n.leading_zeros() as u64))?;
    let mut result = BigInt::one();
    for i in 0..k {
        // Exact: the product of i + 1 neighbours is divisible by (i + 1)!.
        result = result * (n - i) / (i + 1);
    }
    Ok(bigint::to_value(result))
}

pub fn perm(args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::no_keywords("math.perm", keywords)?;
    arguments::count("perm", args, 1, 2)?;
    if args.len() == 1 || args[1].kind() == Kind::None {
        return factorial(&args[..1], &[]);
    }
    let (n, k) = n_and_k("perm", args)?;
    if k > n { Ok(Value::int(0)) } else { product(n - k + 1, n) }
}
