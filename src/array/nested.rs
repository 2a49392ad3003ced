//! Arrays out of nested sequences: what `np.array([[1, 2], [3, 4]])` discovers about shape and dtype.

use super::shape::{MAX_DIMS, tuple_text};
use super::{Array, ArrayError, DType, Promotable, Result, Scalar};
use crate::diagnostic::ErrorKind;

/// A number that goes into an array: a NumPy scalar with its dtype, or a Python number with a kind only.
#[derive(Clone, Copy, Debug)]
pub enum Leaf {
    Strong(Scalar),
    Bool(bool),
    Int(i64),
    Float(f64),
}

/// What `np.array` is given.
#[derive(Clone, Debug)]
pub enum Nested {
    Leaf(Leaf),
    Array(Array),
    List(Vec<Nested>),
}

impl Leaf {
    /// The dtype that it has in an array of its own.
    pub fn dtype(self) -> DType {
        match self {
            Leaf::Strong(scalar) => scalar.dtype(),
            Leaf::Bool(_) => DType::Bool,
            Leaf::Int(_) => DType::Int64,
            Leaf::Float(_) => DType::Float64,
        }
    }

    /// Its part in the promotion of operands.
    pub fn promotable(self) -> Promotable {
        match self {
            Leaf::Strong(scalar) => Promotable::Strong(scalar.dtype()),
            Leaf::Bool(_) => Promotable::WeakBool,
            Leaf::Int(_) => Promotable::WeakInt,
            Leaf::Float(_) => Promotable::WeakFloat,
        }
    }

    pub fn scalar(self) -> Scalar {
        match self {
            Leaf::Strong(scalar) => scalar,
            Leaf::Bool(x) => Scalar::Bool(x),
            Leaf::Int(x) => Scalar::Int64(x),
            Leaf::Float(x) => Scalar::Float64(x),
        }
    }

    pub fn as_f64(self) -> f64 {
        self.scalar().as_f64()
    }

    /// Its value if it is an integer or a truth value.
    pub fn as_int(self) -> Option<i64> {
        match self.scalar() {
            Scalar::Bool(x) => Some(x as i64),
            Scalar::Int64(x) => Some(x),
            Scalar::Float32(_) | Scalar::Float64(_) => None,
        }
    }

    /// The element that `a[i] = leaf` writes into an array of `dtype`: Python's `int(x)`, not a C cast, makes integers.
    ///
    /// # Errors
    /// `ValueError` for NaN, `OverflowError` for what no `int64` holds.
    pub fn store(self, dtype: DType) -> Result<Scalar> {
        let scalar = self.scalar();
        match (dtype, scalar) {
            (DType::Int64, Scalar::Float32(_) | Scalar::Float64(_)) => {
                let x = scalar.as_f64();
                if x.is_nan() {
                    Err(ArrayError::value("cannot convert float NaN to integer"))
                } else if x.is_infinite() {
                    Err(ArrayError::new(ErrorKind::OverflowError, "cannot convert float infinity to integer"))
                } else if !(-(2f64.powi(63))..2f64.powi(63)).contains(&x) {
                    Err(ArrayError::new(ErrorKind::OverflowError, "Python int too large to convert to C long"))
                } else {
                    Ok(scalar.cast(dtype))
                }
            }
            (DType::Bool | DType::Int64 | DType::Float32 | DType::Float64, _) => Ok(scalar.cast(dtype)),
        }
    }
}

/// `np.array(nested, dtype)`: always a new array.
///
/// # Errors
/// `ValueError` if rows differ in length or the nesting is too deep; as [`Leaf::store`]; `MemoryError`.
pub fn from_nested(nested: &Nested, dtype: Option<DType>) -> Result<Array> {
    let mut found = Discovery::default();
    found.visit(nested, 0);
    if let Some(ndim) = found.ragged {
        if ndim >= MAX_DIMS {
            return Err(ArrayError::value(format!(
                "setting an array element with a sequence. The requested array would exceed the maximum number of \
                 dimension of {MAX_DIMS}."
            )));
        }
        return Err(ArrayError::value(format!(
            "setting an array element with a sequence. The requested array has an inhomogeneous shape after {ndim} \
             dimensions. The detected shape was {} + inhomogeneous part.",
            tuple_text(&found.shape[..ndim])
        )));
    }
    let dtype = dtype.or(found.dtype).unwrap_or(DType::Float64);
    let array = Array::zeros(dtype, &found.shape)?;
    let mut next = 0;
    write(&array, nested, &mut next)?;
    Ok(array)
}

/// Shape and dtype, as far as seen.
#[derive(Default)]
struct Discovery {
    shape: Vec<usize>,
    /// The depth at which numbers were first found: the number of dimensions.
    leaf_depth: Option<usize>,
    /// The number of leading dimensions that agree, once some do not.
    ragged: Option<usize>,
    dtype: Option<DType>,
}

impl Discovery {
    fn visit(&mut self, nested: &Nested, depth: usize) {
        match nested {
            Nested::Leaf(leaf) => {
                self.see_dtype(leaf.dtype());
                self.see_leaf(depth);
            }
            Nested::Array(array) => {
                self.see_dtype(array.dtype());
                for (axis, n) in array.shape().iter().enumerate() {
                    if !self.see_length(depth + axis, *n) {
                        return;
                    }
                }
                self.see_leaf(depth + array.ndim());
            }
            Nested::List(items) => {
                if self.see_length(depth, items.len()) {
                    for item in items {
                        self.visit(item, depth + 1);
                    }
                }
            }
        }
    }

    fn see_dtype(&mut self, dtype: DType) {
        self.dtype = Some(self.dtype.map_or(dtype, |common| common.promote(dtype)));
    }

    fn see_leaf(&mut self, depth: usize) {
        if depth < self.shape.len() {
            self.disagree(depth);
        } else {
            self.leaf_depth = Some(depth);
        }
    }

    /// Whether a sequence of `n` at `depth` agrees with what was seen, so that its items count.
    fn see_length(&mut self, depth: usize, n: usize) -> bool {
        if depth >= MAX_DIMS || self.leaf_depth.is_some_and(|leaf| leaf <= depth) {
            self.disagree(depth);
            return false;
        }
        match self.shape.get(depth) {
            None => {
                self.shape.push(n);
                true
            }
            Some(have) if *have == n => true,
            Some(_) => {
                self.disagree(depth);
                false
            }
        }
    }

    fn disagree(&mut self, depth: usize) {
        self.ragged = Some(self.ragged.map_or(depth, |ragged| ragged.min(depth)));
    }
}

/// Writes the numbers in C order, from element `*next` on; the shape agrees.
fn write(array: &Array, nested: &Nested, next: &mut usize) -> Result<()> {
    match nested {
        Nested::Leaf(leaf) => {
            let scalar = leaf.store(array.dtype())?;
            write_element(array, *next, scalar);
            *next += 1;
        }
        Nested::Array(part) => {
            for scalar in part.to_contiguous()?.iter() {
                write_element(array, *next, scalar);
                *next += 1;
            }
        }
        Nested::List(items) => items.iter().try_for_each(|item| write(array, item, next))?,
    }
    Ok(())
}

/// Element `at` of a fresh, C-contiguous array.
fn write_element(array: &Array, at: usize, scalar: Scalar) {
    assert!(at < array.size());
    array.write((at * array.dtype().size()) as isize, scalar);
}
