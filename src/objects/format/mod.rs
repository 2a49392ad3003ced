//! `format(value, spec)` and the fields of f-strings: Python's format-spec mini language.

mod decimal;
mod fields;
mod layout;
mod percent;
mod spec;

pub use fields::{format_fields, format_map};
pub use percent::percent;

use num_bigint::BigInt;

use self::layout::{NumberText, lay_out};
use self::spec::{Align, Sign, Spec};
use super::integer::Integer;
use super::number::{Number, number};
use super::numpy_as_python;
use super::sequence::check_bytes;
use super::text;
use crate::diagnostic::ErrorKind;
use crate::exception::{Raised, Result};
use crate::value::{Kind, Str, Value};

/// One field of an f-string: `{value!conversion:spec}`. The conversion is `s`, `r` or `a`.
///
/// # Errors
/// `ValueError` or `TypeError` for a spec that the value's type does not know, `MemoryError` for absurd widths.
pub fn format_value(value: &Value, conversion: Option<char>, spec: &str) -> Result<String> {
    let converted = match conversion {
        None => return format(value, spec),
        Some('r') => text::repr(value)?,
        Some('a') => text::ascii(value)?,
        Some(_) => text::str(value)?,
    };
    if spec.is_empty() { Ok(converted) } else { format(&Value::str(converted), spec) }
}

/// `format(value, spec)` for the most common spec of all, `.3f`, which needs no parsing; `None` for everything else.
pub fn format_fixed(value: &Value, spec: &str) -> Option<Value> {
    let (Some(x), [b'.', precision @ b'0'..=b'9', b'f']) = (value.get::<f64>(), spec.as_bytes()) else { return None };
    let mut digits = decimal::short_fixed(x.abs(), (precision - b'0') as usize)?;
    if x.is_sign_negative() {
        digits.push_sign('-');
    }
    Some(Value::new(Str::ascii(digits.as_str())))
}

/// `format(value, spec)`.
///
/// # Errors
/// As [`format_value`].
pub fn format(value: &Value, spec: &str) -> Result<String> {
    if value.kind() == Kind::Scalar {
        // NumPy formats its scalars as the Python numbers that they are.
        return format(&numpy_as_python(value), spec);
    }
    if spec.is_empty() {
        return text::str(value);
    }
    match (number(value), value.get::<Str>()) {
        (Some(Number::Int(i)), _) => format_integer(i, &Spec::parse(spec, 'd', value.type_name())?, value.type_name()),
        (Some(Number::Float(x)), _) => format_float(x, &Spec::parse(spec, '\0', "float")?, "float"),
        (None, Some(text)) => format_text(text, &Spec::parse(spec, 's', "str")?),
        (None, None) => {
            Err(Raised::type_error(format!("unsupported format string passed to {}.__format__", value.type_name())))
        }
    }
}

#[cold]
fn unknown_code(code: char, type_name: &str) -> Raised {
    let code = match code as u32 {
        33..128 => code.to_string(),
        other => format!("\\x{other:x}"),
    };
    Raised::value_error(format!("Unknown format code '{code}' for object of type '{type_name}'"))
}

fn format_text(text: &Str, spec: &Spec) -> Result<String> {
    let refused = match spec {
        Spec { code, .. } if *code != 's' => return Err(unknown_code(*code, "str")),
        Spec { sign: Some(Sign::Space), .. } => "Space not allowed",
        Spec { sign: Some(_), .. } => "Sign not allowed",
        Spec { no_negative_zero: true, .. } => "Negative zero coercion (z) not allowed",
        Spec { alternate: true, .. } => "Alternate form (#) not allowed",
        Spec { align: Some(Align::AfterSign), .. } => {
            return Err(Raised::value_error("'=' alignment not allowed in string format specifier"));
        }
        _ => {
            let shown: String = match spec.precision {
                Some(precision) if precision < text.len() => text.as_str().chars().take(precision).collect(),
                _ => text.as_str().to_string(),
            };
            let padding = spec.width.unwrap_or(0).saturating_sub(shown.chars().count());
            let left = match spec.align {
                Some(Align::Right) => padding,
                Some(Align::Center) => padding / 2,
                Some(Align::Left | Align::AfterSign) | None => 0,
            };
            check_bytes(padding.saturating_mul(spec.fill.len_utf8()))?;
            let mut out = String::new();
            out.extend(std::iter::repeat_n(spec.fill, left));
            out.push_str(&shown);
            out.extend(std::iter::repeat_n(spec.fill, padding - left));
            return Ok(out);
        }
    };
    Err(Raised::value_error(format!("{refused} in string format specifier")))
}

fn format_integer(i: Integer, spec: &Spec, type_name: &str) -> Result<String> {
    match spec.code {
        'b' | 'c' | 'd' | 'o' | 'x' | 'X' | 'n' => {}
        'e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%' => return format_float(i.to_f64()?, spec, type_name),
        code => return Err(unknown_code(code, type_name)),
    }
    if spec.precision.is_some() {
        return Err(Raised::value_error("Precision not allowed in integer format specifier"));
    }
    if spec.no_negative_zero {
        return Err(Raised::value_error("Negative zero coercion (z) not allowed in integer format specifier"));
    }
    if spec.code == 'c' {
        return format_character(i, spec);
    }
    let (prefix, digits) = integer_digits(i, spec.code)?;
    let prefix = if spec.alternate { prefix } else { "" };
    lay_out(NumberText { negative: i.is_negative(), prefix, digits: &digits, rest: "" }, spec)
}

/// The prefix and the digits of an integer's magnitude in the base that a format's letter names.
fn integer_digits(i: Integer, code: char) -> Result<(&'static str, String)> {
    let (radix, prefix) = match code {
        'b' => (2, "0b"),
        'o' => (8, "0o"),
        'x' => (16, "0x"),
        'X' => (16, "0X"),
        _ => (10, ""),
    };
    let mut digits = match (i, radix) {
        (Integer::Small(i), 10) => i.unsigned_abs().to_string(),
        (Integer::Big(big), 10) => crate::value::decimal(big)?.trim_start_matches('-').to_string(),
        (i, radix) => BigInt::from(i.to_big().magnitude().clone()).to_str_radix(radix),
    };
    if code == 'X' {
        digits.make_ascii_uppercase();
    }
    Ok((prefix, digits))
}

fn format_character(i: Integer, spec: &Spec) -> Result<String> {
    if spec.sign.is_some() {
        return Err(Raised::value_error("Sign not allowed with integer format specifier 'c'"));
    }
    if spec.alternate {
        return Err(Raised::value_error("Alternate form (#) not allowed with integer format specifier 'c'"));
    }
    let character = character(i)?;
    lay_out(NumberText { negative: false, prefix: "", digits: "", rest: &character }, spec)
}

/// The character of a code point.
fn character(i: Integer) -> Result<String> {
    let Integer::Small(i) = i else {
        return Err(Raised::new(ErrorKind::OverflowError, "Python int too large to convert to C long"));
    };
    let code = u32::try_from(i).ok().filter(|code| *code < 0x110000);
    let code = code.ok_or_else(|| Raised::new(ErrorKind::OverflowError, "%c arg not in range(0x110000)"))?;
    char::from_u32(code)
        .map(String::from)
        .ok_or_else(|| Raised::value_error("toy has no surrogate code points, which stand for no character"))
}

fn format_float(x: f64, spec: &Spec, type_name: &str) -> Result<String> {
    if !matches!(spec.code, '\0' | 'e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'n' | '%') {
        return Err(unknown_code(spec.code, type_name));
    }
    if spec.precision.is_some_and(|precision| precision > i32::MAX as usize) {
        return Err(Raised::value_error("precision too big"));
    }
    check_bytes(spec.precision.unwrap_or(0))?;
    let percent = spec.code == '%';
    let value = if percent { x * 100.0 } else { x };
    let mut text = decimal::text(value.abs(), spec.code, spec.precision, spec.alternate);
    if percent {
        text.push('%');
    }
    let zero = !text.bytes().any(|byte| (b'1'..=b'9').contains(&byte));
    let negative = value.is_sign_negative() && !value.is_nan() && !(spec.no_negative_zero && zero && value.is_finite());
    let end = text.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    lay_out(NumberText { negative, prefix: "", digits, rest }, spec)
}

#[cfg(test)]
mod tests;
