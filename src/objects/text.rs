//! `str`, `repr` and `ascii` of any value, with Python's limit on long integers.

use super::bigint;
use crate::exception::Result;
use crate::value::{Big, Value};

/// `str(value)`. A pending array must have been evaluated before.
///
/// # Errors
/// `RecursionError` for nesting too deep, `ValueError` for an integer of more than 4300 digits.
pub fn str(value: &Value) -> Result<String> {
    match value.get::<Big>() {
        Some(big) => bigint::to_decimal(&big.0),
        None => Ok(crate::value::to_str(value)?),
    }
}

/// `repr(value)`. A pending array must have been evaluated before.
///
/// # Errors
/// As [`str()`].
pub fn repr(value: &Value) -> Result<String> {
    match value.get::<Big>() {
        Some(big) => bigint::to_decimal(&big.0),
        None => Ok(crate::value::repr(value)?),
    }
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
