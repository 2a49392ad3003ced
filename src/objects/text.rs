//! `str`, `repr` and `ascii` of any value.

use crate::exception::Result;
use crate::value::Value;

/// `str(value)`
///
/// # Errors
/// `RecursionError` for nesting too deep, `ValueError` for an integer of more than 4300 digits.
pub fn str(value: &Value) -> Result<String> {
    Ok(crate::value::to_str(value)?)
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
