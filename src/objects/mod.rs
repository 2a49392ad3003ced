//! What values do: operators, methods, conversions and formatting, the generic way.
//!
//! The interpreter's handlers try their fast paths first and fall back to the functions here. Nothing here knows
//! bytecode, a machine or kernels; arrays are only looked at where a generic operation meets one.

mod bigint;
mod float;
mod integer;
pub mod convert;
pub mod format;
pub mod iteration;
pub mod math;
pub mod methods;
pub mod suggest;
pub mod number;
pub mod operators;
mod scalar;
pub mod sequence;
pub mod subscript;

pub use number::IndexValue;

use crate::diagnostic::ErrorKind;
use crate::interp::error::Raised;
use crate::value::Value;

/// A `KeyError` shows the key as `repr` does.
#[cold]
fn key_error(key: &Value) -> Raised {
    match crate::value::repr(key) {
        Ok(text) => Raised::new(ErrorKind::KeyError, text),
        Err(too_deep) => too_deep.into(),
    }
}

/// An array in memory as a value.
fn array_value(array: crate::array::Array) -> Value {
    Value::new(crate::value::NdArray(std::cell::RefCell::new(crate::value::ArrayState::Ready(array))))
}
