//! Between values and their text.

use super::super::arguments::{self, Keywords};
use super::super::integer::Integer;
use super::super::number::{index_integer, not_an_integer};
use super::super::{format as spec, text};
use crate::diagnostic::ErrorKind;
use crate::exception::{Raised, Result};
use crate::value::{Kind, Str, Value};

pub fn str(args: &[Value], keywords: Keywords) -> Result<Value> {
    if let ([value], []) = (args, keywords) {
        return text::str_value(value);
    }
    arguments::at_most_of_type("str", 3, args, keywords)?;
    let [object, encoding, errors] = arguments::bind("str", ["object", "encoding", "errors"], 0, args, keywords)?;
    for (name, value) in [("encoding", &encoding), ("errors", &errors)] {
        if let Some(value) = value.as_ref().filter(|value| value.kind() != Kind::Str) {
            return Err(Raised::type_error(format!("str() argument '{name}' must be str, not {}", value.type_name())));
        }
    }
    match object {
        None => Ok(Value::str("")),
        Some(value) if encoding.is_some() || errors.is_some() => Err(undecodable(&value)),
        Some(value) => text::str_value(&value),
    }
}

/// There are no bytes that could be decoded.
#[cold]
fn undecodable(value: &Value) -> Raised {
    Raised::type_error(match value.kind() {
        Kind::Str => "decoding str is not supported".into(),
        _ => format!("decoding to str: need a bytes-like object, {} found", value.type_name()),
    })
}

pub fn repr(args: &[Value], keywords: Keywords) -> Result<Value> {
    text::repr(arguments::one("repr", args, keywords)?).map(Value::str)
}

pub fn ascii(args: &[Value], keywords: Keywords) -> Result<Value> {
    text::ascii(arguments::one("ascii", args, keywords)?).map(Value::str)
}

pub fn format(args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::no_keywords("format", keywords)?;
    arguments::count("format", args, 1, 2)?;
    let Some(spec) = args.get(1) else { return spec::format(&args[0], "").map(Value::str) };
    match spec.as_str() {
        Some(text) => spec::format(&args[0], text).map(Value::str),
        None => Err(arguments::not_a_str("format", 2, spec)),
    }
}

pub fn chr(args: &[Value], keywords: Keywords) -> Result<Value> {
    let value = arguments::one("chr", args, keywords)?;
    let code = match index_integer(value).ok_or_else(|| not_an_integer(value))? {
        Integer::Small(i) => u32::try_from(i).ok().filter(|code| *code < 0x110000),
        Integer::Big(_) => None,
    };
    let code = code.ok_or_else(|| Raised::value_error("chr() arg not in range(0x110000)"))?;
    char::from_u32(code).map(|c| Value::str(c.to_string())).ok_or_else(no_surrogates)
}

#[cold]
pub fn no_surrogates() -> Raised {
    let message = "toy has no surrogate code points, which stand for no character";
    Raised::new(ErrorKind::NotImplementedError, message)
}

pub fn ord(args: &[Value], keywords: Keywords) -> Result<Value> {
    let value = arguments::one("ord", args, keywords)?;
    let Some(text) = value.get::<Str>() else {
        return Err(Raised::type_error(format!("ord() expected string of length 1, but {} found", value.type_name())));
    };
    match (text.get(0), text.len()) {
        (Some(c), 1) => Ok(Value::int(c as i64)),
        (_, len) => Err(Raised::type_error(format!("ord() expected a character, but string of length {len} found"))),
    }
}

pub fn hex(args: &[Value], keywords: Keywords) -> Result<Value> {
    in_radix("hex", args, keywords, 16, "0x")
}

pub fn oct(args: &[Value], keywords: Keywords) -> Result<Value> {
    in_radix("oct", args, keywords, 8, "0o")
}

pub fn bin(args: &[Value], keywords: Keywords) -> Result<Value> {
    in_radix("bin", args, keywords, 2, "0b")
}

fn in_radix(name: &str, args: &[Value], keywords: Keywords, radix: u32, prefix: &str) -> Result<Value> {
    let value = arguments::one(name, args, keywords)?;
    let integer = index_integer(value).ok_or_else(|| not_an_integer(value))?;
    let sign = if integer.is_negative() { "-" } else { "" };
    Ok(Value::str(format!("{sign}{prefix}{}", integer.to_big().magnitude().to_str_radix(radix))))
}
