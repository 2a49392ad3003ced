//! What values do: operators, methods, conversions and formatting, the generic way.
//!
//! The interpreter's handlers try their fast paths first and fall back to the functions here. Nothing here knows
//! bytecode, a machine or kernels; arrays are only looked at where a generic operation meets one.

pub mod annotations;
pub mod arguments;
pub mod attributes;
pub mod bigint;
pub mod caller;
pub mod convert;
pub mod exceptions;
pub mod files;
pub mod float;
pub mod format;
mod integer;
mod interruptible;
pub mod iteration;
pub mod math;
pub mod methods;
pub mod number;
#[cfg(test)]
mod operator_tests;
pub mod operators;
#[cfg(test)]
mod property_tests;
mod scalar;
pub mod sequence;
pub mod sets;
pub mod subscript;
pub mod suggest;
#[cfg(test)]
mod testing;
pub mod text;
mod timsort;

pub use number::IndexValue;

use crate::diagnostic::ErrorKind;
use crate::exception::Raised;
use crate::value::Value;

#[cold]
fn key_error(key: &Value) -> Raised {
    Raised::with_args(ErrorKind::KeyError, vec![key.clone()])
}

/// The Python number that a NumPy scalar holds; every other value as it is.
fn numpy_as_python(value: &Value) -> Value {
    value.get::<crate::array::Scalar>().map_or_else(|| value.clone(), |scalar| Value::python_number(*scalar))
}
