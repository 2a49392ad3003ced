//! How numbers and arrays are written: Python's floats, NumPy's scalars, NumPy's arrays.

mod digits;
mod elements;
mod layout;
mod scalar;

pub use digits::Decimal;
pub use layout::{PrintOptions, array_repr, array_str, array_str_with};
pub use scalar::{float_repr, scalar_repr, scalar_str};

#[cfg(test)]
mod tests;
