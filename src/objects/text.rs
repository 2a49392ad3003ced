//! `str`, `repr` and `ascii` of any value.

use crate::exception::Result;
use crate::value::{Kind, Str, Value};

/// `str(value)`
///
/// # Errors
/// `RecursionError` for nesting too deep, `ValueError` for an integer of more than 4300 digits.
pub fn str(value: &Value) -> Result<String> {
    Ok(crate::value::to_str(value)?)
}

/// `str(value)` as a value: a string is its own.
///
/// # Errors
/// As [`str()`].
pub fn str_value(value: &Value) -> Result<Value> {
    match (value.get::<i64>(), value.kind()) {
        (Some(i), _) => Ok(Value::new(Str::decimal(*i))),
        (None, Kind::Str) => Ok(value.clone()),
        (None, _) => str(value).map(Value::str),
    }
}

/// `repr(value)`
///
/// # Errors
/// As [`str()`].
pub fn repr(value: &Value) -> Result<String> {
    Ok(crate::value::repr(value)?)
}

/// `ascii(value)`: as `repr`, with everything beyond ASCII escaped.
///
/// # Errors
/// As [`str()`].
pub fn ascii(value: &Value) -> Result<String> {
    let mut out = String::new();
    for c in repr(value)?.chars() {
        match c as u32 {
            0..128 => out.push(c),
            code @ 128..0x100 => out.push_str(&format!("\\x{code:02x}")),
            code @ 0x100..0x10000 => out.push_str(&format!("\\u{code:04x}")),
            code => out.push_str(&format!("\\U{code:08x}")),
        }
    }
    Ok(out)
}
