//! Memory of arrays: dtypes, shapes, strides, buffers. Knows no script values and no kernels.

mod block;
pub mod budget;
pub mod buffer;
pub mod construct;
pub mod copy;
pub mod dtype;
pub mod element;
pub mod elementwise;
pub mod fancy;
pub mod format;
pub mod index;
pub mod loadtxt;
pub mod manipulate;
pub mod map;
pub mod matmul;
pub mod ndarray;
pub mod nested;
pub mod pool;
mod product;
pub mod shape;
mod system;

pub use buffer::Buffer;
pub use dtype::{DType, Promotable, Scalar};
pub use index::Index;
pub use ndarray::Array;
pub use nested::{Leaf, Nested};

use crate::diagnostic::ErrorKind;
use crate::interrupt::Interrupted;

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

    pub fn index(message: impl Into<String>) -> ArrayError {
        ArrayError::new(ErrorKind::IndexError, message)
    }

    /// An axis that an array of `ndim` dimensions lacks.
    pub fn axis(axis: i64, ndim: usize) -> ArrayError {
        ArrayError::new(ErrorKind::AxisError, format!("axis {axis} is out of bounds for array of dimension {ndim}"))
    }
}

impl From<Interrupted> for ArrayError {
    fn from(_: Interrupted) -> ArrayError {
        ArrayError::new(ErrorKind::KeyboardInterrupt, "")
    }
}

pub type Result<T> = std::result::Result<T, ArrayError>;
