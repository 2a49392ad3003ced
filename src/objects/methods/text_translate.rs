//! Methods of strings that replace characters by a table.

use super::text::str_of;
use crate::diagnostic::ErrorKind;
use crate::exception::{Raised, Result};
use crate::objects::arguments::{self, Keywords};
use crate::objects::integer::Integer;
use crate::objects::number::index_integer;
use crate::objects::subscript;
use crate::value::{Dict, Kind, Str, Value};

/// `str.maketrans(table)`, `str.maketrans(from, to, deleted)`: belongs to the class, the receiver does not count.
pub fn maketrans(_: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::no_keywords("str.maketrans", keywords)?;
    arguments::count("maketrans", args, 1, 3)?;
    let table = Dict::default();
    let Some(to) = args.get(1) else {
        let Some(source) = args[0].get::<Dict>() else {
            return Err(Raised::type_error("if you give only one argument to maketrans it must be a dict"));
        };
        for (key, value) in source.entries() {
            table.insert(table_key(key)?, value)?;
        }
        return Ok(Value::new(table));
    };
    let Some(to) = to.get::<Str>() else { return Err(arguments::not_a_str("maketrans", 2, to)) };
    let deleted = match args.get(2) {
        None => "",
        Some(deleted) => deleted.as_str().ok_or_else(|| arguments::not_a_str("maketrans", 3, deleted))?,
    };
    let Some(from) = args[0].get::<Str>() else {
        return Err(Raised::type_error("first maketrans argument must be a string if there is a second argument"));
    };
    if from.len() != to.len() {
        return Err(Raised::value_error("the first two maketrans arguments must have equal length"));
    }
    for (from, to) in from.as_str().chars().zip(to.as_str().chars()) {
        table.insert(Value::int(from as i64), Value::int(to as i64))?;
    }
    for c in deleted.chars() {
        table.insert(Value::int(c as i64), Value::none())?;
    }
    Ok(Value::new(table))
}

fn table_key(key: Value) -> Result<Value> {
    if let Some(text) = key.get::<Str>() {
        return match (text.len(), text.get(0)) {
            (1, Some(c)) => Ok(Value::int(c as i64)),
            _ => Err(Raised::value_error("string keys in translate table must be of length 1")),
        };
    }
    match key.kind() {
        Kind::Int | Kind::Bool | Kind::BigInt => Ok(key),
        _ => Err(Raised::type_error("keys in translate table must be strings or integers")),
    }
}

/// `text.translate(table)`: the table is asked for the code of each character.
pub fn translate(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    let table = arguments::one("str.translate", args, keywords)?;
    let text = str_of(receiver);
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match subscript::get_item(table, &Value::int(c as i64)) {
            Ok(replacement) => translated(&replacement, &mut out)?,
            Err(raised) if raised.kind().is_a(ErrorKind::LookupError) => out.push(c),
            Err(raised) => return Err(raised),
        }
    }
    Ok(Value::str(out))
}

fn translated(replacement: &Value, out: &mut String) -> Result<()> {
    if let Some(text) = replacement.as_str() {
        out.push_str(text);
        return Ok(());
    }
    if replacement.kind() == Kind::None {
        return Ok(());
    }
    let code = match index_integer(replacement).filter(|_| replacement.kind() != Kind::Scalar) {
        None => return Err(Raised::type_error("character mapping must return integer, None or str")),
        Some(Integer::Small(code)) => u32::try_from(code).ok().filter(|code| *code < 0x110000),
        Some(Integer::Big(_)) => None,
    };
    let code = code.ok_or_else(|| Raised::value_error("character mapping must be in range(0x110000)"))?;
    out.push(char::from_u32(code).ok_or_else(crate::objects::convert::no_surrogates)?);
    Ok(())
}
