//! The `math` module: the platform's libm, with CPython's checks around it.

mod real;
mod whole;

use super::arguments::{self, BuiltinFn, Keywords};
use super::convert;
use super::number;
use crate::array::Scalar;
use crate::exception::{Raised, Result};
use crate::value::{Kind, Value};

pub const CONSTANTS: &[(&str, f64)] = &[
    ("pi", std::f64::consts::PI),
    ("e", std::f64::consts::E),
    ("tau", std::f64::consts::TAU),
    ("inf", f64::INFINITY),
    ("nan", f64::NAN),
];

/// A function of one float.
macro_rules! unary {
    ($name:literal, $check:ident, $function:expr) => {
        ($name, |args, keywords| {
            let x = argument(concat!("math.", $name), args, keywords)?;
            real::checked(x, ($function)(x), real::Infinite::$check).map(Value::float)
        })
    };
}

pub const FUNCTIONS: &[(&str, BuiltinFn)] = &[
    unary!("sqrt", Domain, f64::sqrt),
    unary!("cbrt", Domain, f64::cbrt),
    unary!("exp", Range, f64::exp),
    unary!("exp2", Range, f64::exp2),
    unary!("expm1", Range, f64::exp_m1),
    unary!("log1p", Domain, f64::ln_1p),
    unary!("sin", Domain, f64::sin),
    unary!("cos", Domain, f64::cos),
    unary!("tan", Domain, f64::tan),
    unary!("asin", Domain, f64::asin),
    unary!("acos", Domain, f64::acos),
    unary!("atan", Domain, f64::atan),
    unary!("sinh", Range, f64::sinh),
    unary!("cosh", Range, f64::cosh),
    unary!("tanh", Domain, f64::tanh),
    unary!("asinh", Domain, real::asinh),
    unary!("acosh", Domain, real::acosh),
    unary!("atanh", Domain, real::atanh),
    unary!("erf", Domain, real::erf),
    unary!("erfc", Domain, real::erfc),
    unary!("fabs", Domain, f64::abs),
    unary!("degrees", Domain, |x: f64| x * (180.0 / std::f64::consts::PI)),
    unary!("radians", Domain, |x: f64| x * (std::f64::consts::PI / 180.0)),
    ("gamma", real::gamma),
    ("lgamma", real::lgamma),
    ("log", real::log),
    ("log2", real::log2),
    ("log10", real::log10),
    ("pow", real::pow),
    ("fmod", real::fmod),
    ("remainder", real::remainder),
    ("atan2", |args, keywords| real::binary("atan2", args, keywords, f64::atan2)),
    ("copysign", |args, keywords| real::binary("copysign", args, keywords, f64::copysign)),
    ("nextafter", |args, keywords| real::binary("nextafter", args, keywords, |x, y| real::nextafter(x, y))),
    ("hypot", real::hypot),
    ("dist", real::dist),
    ("fsum", real::fsum),
    ("modf", real::modf),
    ("frexp", real::frexp),
    ("ldexp", real::ldexp),
    ("isclose", real::isclose),
    ("isnan", |args, keywords| Ok(Value::bool(argument("math.isnan", args, keywords)?.is_nan()))),
    ("isinf", |args, keywords| Ok(Value::bool(argument("math.isinf", args, keywords)?.is_infinite()))),
    ("isfinite", |args, keywords| Ok(Value::bool(argument("math.isfinite", args, keywords)?.is_finite()))),
    ("floor", |args, keywords| whole::rounded("math.floor", args, keywords, f64::floor)),
    ("ceil", |args, keywords| whole::rounded("math.ceil", args, keywords, f64::ceil)),
    ("trunc", |args, keywords| whole::rounded("math.trunc", args, keywords, f64::trunc)),
    ("gcd", whole::gcd),
    ("lcm", whole::lcm),
    ("factorial", whole::factorial),
    ("comb", whole::comb),
    ("perm", whole::perm),
    ("isqrt", whole::isqrt),
    ("prod", prod),
];

/// The one argument of a function, as a float.
fn argument(name: &str, args: &[Value], keywords: Keywords) -> Result<f64> {
    float(arguments::one(name, args, keywords)?)
}

/// A number as a float.
///
/// # Errors
/// `TypeError` for anything else, `OverflowError` for an integer beyond every float.
fn float(value: &Value) -> Result<f64> {
    if let Some(scalar) = value.get::<Scalar>() {
        return Ok(scalar.as_f64());
    }
    match number::number(value) {
        Some(number) => number.to_f64(),
        None if value.kind() == Kind::Array => {
            Err(Raised::type_error("only 0-dimensional arrays can be converted to Python scalars"))
        }
        None => Err(Raised::type_error(format!("must be real number, not {}", value.type_name()))),
    }
}

/// `math.prod(iterable, *, start=1)`
fn prod(args: &[Value], keywords: Keywords) -> Result<Value> {
    let (items, mut product) = match (args, keywords) {
        ([items], []) => (items, Value::int(1)),
        ([items], [(name, start)]) if &**name == "start" => (items, start.clone()),
        _ => {
            return Err(Raised::type_error(format!(
                "prod() takes exactly 1 positional argument ({} given)",
                args.len()
            )));
        }
    };
    super::iteration::for_each(items, |item| {
        product = super::operators::binary(crate::syntax::ast::BinaryOp::Mul, &product, &item, false)?;
        Ok(())
    })?;
    Ok(product)
}

/// An integer that a float stands for.
fn whole(x: f64) -> Result<Value> {
    convert::float_to_int(x)
}

#[cfg(test)]
mod tests;
