//! Memory of arrays: dtypes, shapes, strides, buffers. Knows no script values and no kernels.

pub mod buffer;
pub mod dtype;
pub mod ndarray;

pub use buffer::Buffer;
pub use dtype::{DType, Scalar};
pub use ndarray::Array;

use crate::diagnostic::ErrorKind;

/// Why an array operation could not be done: Python's class and NumPy's wording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArrayError {
    pub kind: ErrorKind,
    pub message: String,
}

impl ArrayError {
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> ArrayError {
        ArrayError { kind, message: message.into() }
    }

    pub fn value(message: impl Into<String>) -> ArrayError {
        ArrayError::new(ErrorKind::ValueError, message)
    }

    pub fn type_error(message: impl Into<String>) -> ArrayError {
        ArrayError::new(ErrorKind::TypeError, message)
    }
}

pub type Result<T> = std::result::Result<T, ArrayError>;
