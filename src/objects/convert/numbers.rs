//! `int`, `float`, `bool` and the functions on two numbers.

use std::borrow::Cow;

use num_bigint::BigInt;
use num_integer::Integer as _;
use num_traits::{FromPrimitive, Num, One, Signed, Zero};

use super::super::arguments::{self, Keywords};
use super::super::caller::Nobody;
use super::super::integer::Integer;
use super::super::interruptible::{cost, run};
use super::super::number::{self, Number, index_integer, not_an_integer};
use super::super::{bigint, numpy_as_python, operators};
use crate::array::{DType, Scalar};
use crate::diagnostic::ErrorKind;
use crate::exception::{Raised, Result};
use crate::syntax::ast::BinaryOp;
use crate::unicode::{decimal_digit, is_space};
use crate::value::{Kind, MAX_DECIMAL_DIGITS, Value, str_repr};

pub fn abs(args: &[Value], keywords: Keywords) -> Result<Value> {
    let value = arguments::one("abs", args, keywords)?;
    number::absolute(value)
        .ok_or_else(|| Raised::type_error(format!("bad operand type for abs(): '{}'", value.type_name())))
}

pub fn bool(args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::no_keywords("bool", keywords)?;
    arguments::count("bool", args, 0, 1)?;
    args.first().map_or(Ok(false), operators::truth).map(Value::bool)
}

pub fn int(args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::at_most_of_type("int", 2, args, keywords)?;
    let [base] = arguments::named("int", ["base"], keywords)?;
    let base = base.or_else(|| args.get(1).cloned());
    let Some(value) = args.first() else {
        return match base {
            Some(_) => Err(Raised::type_error("int() missing string argument")),
            None => Ok(Value::int(0)),
        };
    };
    let Some(base) = base else { return to_int(value) };
    let Integer::Small(base @ (0 | 2..=36)) = index_integer(&base).ok_or_else(|| not_an_integer(&base))? else {
        return Err(Raised::value_error("int() base must be >= 2 and <= 36, or 0"));
    };
    match value.as_str() {
        Some(text) => parse_int(text, base as u32),
        None => Err(Raised::type_error("int() can't convert non-string with explicit base")),
    }
}

/// `int(value)`.
fn to_int(value: &Value) -> Result<Value> {
    if let Some(text) = value.as_str() {
        return parse_int(text, 10);
    }
    let value = &single_element(value)?;
    match number::number(&numpy_as_python(value)) {
        Some(Number::Int(i)) => Ok(i.to_value()),
        Some(Number::Float(x)) => float_to_int(x),
        None => Err(Raised::type_error(format!(
            "int() argument must be a string, a bytes-like object or a real number, not '{}'",
            value.type_name()
        ))),
    }
}

/// An array of one element and no dimensions as that element; every other value as it is.
fn single_element(value: &Value) -> Result<Value> {
    if value.kind() != Kind::Array {
        return Ok(value.clone());
    }
    let array = value.to_array()?;
    match array.ndim() {
        0 => Ok(Value::new(array.get(0))),
        _ => Err(Raised::type_error("only 0-dimensional arrays can be converted to Python scalars")),
    }
}

/// The integer part of a float.
///
/// # Errors
/// `ValueError` for NaN, `OverflowError` for an infinity.
pub fn float_to_int(x: f64) -> Result<Value> {
    if x.is_nan() {
        return Err(Raised::value_error("cannot convert float NaN to integer"));
    }
    match BigInt::from_f64(x.trunc()) {
        Some(big) => Ok(bigint::to_value(big)),
        None => Err(Raised::new(ErrorKind::OverflowError, "cannot convert float infinity to integer")),
    }
}

/// The integer that a text spells in a base of 2 to 36, or in the one that its prefix names for base 0.
///
/// # Errors
/// `ValueError` if it spells none, or one of more than 4300 decimal digits.
pub fn parse_int(text: &str, base: u32) -> Result<Value> {
    let invalid = || {
        let shown: String = str_repr(text).chars().take(200).collect();
        Raised::value_error(format!("invalid literal for int() with base {base}: {shown}"))
    };
    let plain = to_ascii(text);
    let trimmed = plain.trim_matches(is_space);
    let (negative, digits) = match trimmed.strip_prefix(['+', '-']) {
        Some(rest) => (trimmed.starts_with('-'), rest),
        None => (false, trimmed),
    };
    let prefixed = digits.get(..2).and_then(|prefix| match prefix {
        "0x" | "0X" => Some(16),
        "0o" | "0O" => Some(8),
        "0b" | "0B" => Some(2),
        _ => None,
    });
    let (radix, digits) = match (base, prefixed) {
        (0, Some(radix)) => (radix, digits[2..].strip_prefix('_').unwrap_or(&digits[2..])),
        (0, None) => (10, digits),
        (base, Some(radix)) if base == radix => (base, digits[2..].strip_prefix('_').unwrap_or(&digits[2..])),
        (base, _) => (base, digits),
    };
    let digits = without_underscores(digits).ok_or_else(invalid)?;
    if !digits.chars().all(|c| c.is_digit(radix)) {
        return Err(invalid());
    }
    if base == 0 && prefixed.is_none() && digits.starts_with('0') && digits.bytes().any(|byte| byte != b'0') {
        return Err(invalid());
    }
    if !radix.is_power_of_two() && digits.len() > MAX_DECIMAL_DIGITS {
        return Err(Raised::value_error(format!(
            "Exceeds the limit ({} digits) for integer string conversion: value has {} digits; \
             use sys.set_int_max_str_digits() to increase the limit",
            MAX_DECIMAL_DIGITS,
            digits.len()
        )));
    }
    let magnitude = BigInt::from_str_radix(&digits, radix).map_err(|_| invalid())?;
    Ok(bigint::to_value(if negative { -magnitude } else { magnitude }))
}

/// The text with the decimal digits of every script as ASCII's.
fn to_ascii(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let plain = |c| decimal_digit(c).and_then(|digit| char::from_digit(digit, 10)).unwrap_or(c);
    Cow::Owned(text.chars().map(plain).collect())
}

/// The text without underscores, if each stands between two digits or letters; `None` for no text as well.
fn without_underscores(text: &str) -> Option<String> {
    let fits = !text.is_empty() && !text.starts_with('_') && !text.ends_with('_') && !text.contains("__");
    fits.then(|| text.replace('_', ""))
}

pub fn float(args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::no_keywords("float", keywords)?;
    arguments::count("float", args, 0, 1)?;
    args.first().map_or(Ok(Value::float(0.0)), |value| to_float(value).map(Value::float))
}

fn to_float(value: &Value) -> Result<f64> {
    if let Some(text) = value.as_str() {
        return parse_float(text).ok_or_else(|| {
            let shown: String = str_repr(text).chars().take(200).collect();
            Raised::value_error(format!("could not convert string to float: {shown}"))
        });
    }
    let value = &single_element(value)?;
    match number::number(&numpy_as_python(value)) {
        Some(number) => number.to_f64(),
        None => Err(Raised::type_error(format!(
            "float() argument must be a string or a real number, not '{}'",
            value.type_name()
        ))),
    }
}

/// The nearest float to what a text spells, as `float(text)` reads it.
pub fn parse_float(text: &str) -> Option<f64> {
    let plain = to_ascii(text);
    let text = plain.trim_matches(is_space);
    if !text.contains('_') {
        return text.parse().ok();
    }
    let bytes = text.as_bytes();
    let is_digit = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
    let between = |at: usize| is_digit(at.checked_sub(1)) && is_digit(Some(at + 1));
    let well_placed = bytes.iter().enumerate().all(|(at, byte)| *byte != b'_' || between(at));
    if well_placed { text.replace('_', "").parse().ok() } else { None }
}

/// `np.float64(value)` and its like.
pub fn numpy_scalar(dtype: DType, args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::no_keywords(dtype.name(), keywords)?;
    arguments::count(dtype.name(), args, 0, 1)?;
    let Some(value) = args.first() else { return Ok(Value::new(Scalar::Bool(false).cast(dtype))) };
    if let Some(scalar) = single_element(value)?.get::<Scalar>() {
        return Ok(Value::new(scalar.cast(dtype)));
    }
    let scalar = match dtype {
        DType::Bool => Scalar::Bool(operators::truth(value)?),
        DType::Int64 => match to_int(value)?.get::<i64>() {
            Some(i) => Scalar::Int64(*i),
            None => return Err(Raised::new(ErrorKind::OverflowError, "Python int too large to convert to C long")),
        },
        DType::Float32 | DType::Float64 => Scalar::Float64(to_float(value)?),
    };
    Ok(Value::new(scalar.cast(dtype)))
}

pub fn divmod(args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::no_keywords("divmod", keywords)?;
    arguments::count("divmod", args, 2, 2)?;
    match number::divmod(&args[0], &args[1])? {
        Some((quotient, remainder)) => Ok(Value::tuple(vec![quotient, remainder])),
        None => Err(operators::unsupported_operands("divmod()", &args[0], &args[1])),
    }
}

pub fn pow(args: &[Value], keywords: Keywords) -> Result<Value> {
    let [base, exponent, modulus] = arguments::bind("pow", ["base", "exp", "mod"], 2, args, keywords)?;
    let (Some(base), Some(exponent)) = (base, exponent) else { unreachable!("both are required") };
    match arguments::given(modulus) {
        None => operators::binary(&mut Nobody, BinaryOp::Pow, &base, &exponent),
        Some(modulus) => modular_power(&base, &exponent, &modulus),
    }
}

fn modular_power(base: &Value, exponent: &Value, modulus: &Value) -> Result<Value> {
    let (Some(Number::Int(base)), Some(Number::Int(exponent)), Some(Number::Int(modulus))) =
        (number::number(base), number::number(exponent), number::number(modulus))
    else {
        let several = [base, exponent, modulus];
        if several.iter().any(|value| value.kind() == Kind::Float) {
            return Err(Raised::type_error("pow() 3rd argument not allowed unless all arguments are integers"));
        }
        let names = several.map(|value| format!("'{}'", value.type_name())).join(", ");
        return Err(Raised::type_error(format!("unsupported operand type(s) for ** or pow(): {names}")));
    };
    let (mut base, mut exponent) = (base.to_big().into_owned(), exponent.to_big().into_owned());
    let modulus = modulus.to_big();
    if modulus.is_zero() {
        return Err(Raised::value_error("pow() 3rd argument cannot be 0"));
    }
    if exponent.is_negative() {
        let nanoseconds = cost::quotient(base.bits(), modulus.bits()) + cost::gcd(modulus.bits(), modulus.bits());
        let extended =
            run(nanoseconds, [&base, &modulus], |[base, modulus]| base.mod_floor(modulus).extended_gcd(modulus))?;
        if !extended.gcd.abs().is_one() {
            return Err(Raised::value_error("base is not invertible for the given modulus"));
        }
        base = extended.x * extended.gcd;
        exponent = -exponent;
    }
    let nanoseconds =
        cost::quotient(base.bits(), modulus.bits()) + cost::modular_power(exponent.bits(), modulus.bits());
    let power =
        run(nanoseconds, [&base, &exponent, &modulus], |[base, exponent, modulus]| base.modpow(exponent, modulus));
    Ok(bigint::to_value(power?))
}
