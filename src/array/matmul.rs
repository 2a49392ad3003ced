//! Matrix products as NumPy shapes them: `@` with broadcast batches, and `np.dot`.

pub use super::product::Method;
use super::product::multiply;
use super::shape::{shape_text, try_broadcast};
use super::{Array, ArrayError, DType, Result};

/// `a @ b`. The last two axes are matrices, an operand of one dimension is a row (left) or a column (right), the
/// axes before broadcast. `threads`: how many may work; the bits do not depend on it.
///
/// # Errors
/// `ValueError` for an operand of no dimensions or shapes that do not fit; `MemoryError`.
pub fn matmul(a: &Array, b: &Array, threads: usize) -> Result<Array> {
    for (at, operand) in [a, b].into_iter().enumerate() {
        if operand.ndim() == 0 {
            return Err(ArrayError::value(format!(
                "matmul: Input operand {at} does not have enough dimensions (has 0, gufunc core with signature \
                 (n?,k),(k,m?)->(n?,m?) requires 1)"
            )));
        }
    }
    let (row, column) = (a.ndim() == 1, b.ndim() == 1);
    let left = if row { a.expand_dims(0)? } else { a.clone() };
    let right = if column { b.expand_dims(1)? } else { b.clone() };
    let (left_batch, [rows, inner]) = split_shape(&left);
    let (right_batch, [have, columns]) = split_shape(&right);
    if inner != have {
        return Err(ArrayError::value(format!(
            "matmul: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature \
             (n?,k),(k,m?)->(n?,m?) (size {have} is different from {inner})"
        )));
    }
    let batch = try_broadcast(&[left_batch, right_batch]).ok_or_else(|| {
        ArrayError::value(format!(
            "operands could not be broadcast together with remapped shapes [original->remapped]: {} {}  and requested \
             shape ({rows},{columns})",
            remapped(a, left_batch),
            remapped(b, right_batch)
        ))
    })?;
    let dtype = a.dtype().promote(b.dtype());
    let (left, right) = (in_dtype(&left, dtype)?, in_dtype(&right, dtype)?);
    let left = left.broadcast_to(&[&batch[..], &[rows, inner]].concat())?;
    let right = right.broadcast_to(&[&batch[..], &[inner, columns]].concat())?;
    let result = Array::zeros(dtype, &[&batch[..], &[rows, columns]].concat())?;
    for_each_matrix(&batch, [&result, &left, &right], |[to, left, right]| multiply(to, left, right, threads))?;
    drop_axes(&result, row, column)
}

/// `np.dot(a, b)`: the last axis of `a` with the last but one of `b` (or its only one), all other axes kept.
///
/// An operand of no dimensions multiplies each element of the other.
///
/// # Errors
/// `ValueError` for shapes that do not fit; `MemoryError`.
pub fn dot(a: &Array, b: &Array, threads: usize) -> Result<Array> {
    if a.ndim() == 0 || b.ndim() == 0 {
        return super::elementwise::multiply(a, b);
    }
    let inner_axis = b.ndim().saturating_sub(2);
    let (inner, have) = (a.shape()[a.ndim() - 1], b.shape()[inner_axis]);
    if inner != have {
        return Err(ArrayError::value(format!(
            "shapes {} and {} not aligned: {inner} (dim {}) != {have} (dim {inner_axis})",
            shape_text(a.shape()),
            shape_text(b.shape()),
            a.ndim() - 1
        )));
    }
    if a.ndim() <= 2 && b.ndim() <= 2 {
        return matmul(a, b, threads);
    }
    let kept: Vec<usize> = (0..b.ndim()).filter(|axis| *axis != inner_axis).collect();
    let order: Vec<i64> = std::iter::once(&inner_axis).chain(&kept).map(|axis| *axis as i64).collect();
    let shape: Vec<usize> =
        a.shape()[..a.ndim() - 1].iter().copied().chain(kept.iter().map(|axis| b.shape()[*axis])).collect();
    let rows = a.shape()[..a.ndim() - 1].iter().product::<usize>();
    let columns = kept.iter().map(|axis| b.shape()[*axis]).product::<usize>();
    let left = a.reshape(&[rows as i64, inner as i64])?;
    let right = b.transpose(&order)?.reshape(&[inner as i64, columns as i64])?;
    let shape: Vec<i64> = shape.iter().map(|n| *n as i64).collect();
    matmul(&left, &right, threads)?.reshape(&shape)
}

/// The axes before the last two, and those.
fn split_shape(array: &Array) -> (&[usize], [usize; 2]) {
    let (batch, core) = array.shape().split_at(array.ndim() - 2);
    (batch, [core[0], core[1]])
}

/// An operand as the error of batches that do not broadcast writes it: `(5,2,3)->(5,newaxis,newaxis)`.
fn remapped(array: &Array, batch: &[usize]) -> String {
    let batch: String = batch.iter().map(|n| format!("{n},")).collect();
    format!("{}->({batch}newaxis,newaxis)", shape_text(array.shape()))
}

fn in_dtype(array: &Array, dtype: DType) -> Result<Array> {
    if array.dtype() == dtype { Ok(array.clone()) } else { array.astype(dtype) }
}

/// Calls `work` with each triple of matrices; all three have the axes `batch` before their last two.
fn for_each_matrix(
    batch: &[usize],
    arrays: [&Array; 3],
    mut work: impl FnMut([&Array; 3]) -> Result<()>,
) -> Result<()> {
    let matrix = |array: &Array, index: usize| {
        let mut offset = array.offset() as isize;
        let mut rest = index;
        for (n, stride) in batch.iter().zip(array.strides()).rev() {
            offset += (rest % n) as isize * stride;
            rest /= n;
        }
        let core = batch.len();
        let (shape, strides) = (array.shape()[core..].to_vec(), array.strides()[core..].to_vec());
        array.view(array.dtype(), shape, strides, offset as usize)
    };
    for index in 0..batch.iter().product::<usize>() {
        let [to, left, right] = arrays.map(|array| matrix(array, index));
        work([&to, &left, &right])?;
    }
    Ok(())
}

/// The product without the axes that operands of one dimension do not have.
fn drop_axes(product: &Array, row: bool, column: bool) -> Result<Array> {
    let product = if column { product.squeeze_axis(-1)? } else { product.clone() };
    match (row, column) {
        (false, _) => Ok(product),
        (true, true) => product.squeeze_axis(-1),
        (true, false) => product.squeeze_axis(-2),
    }
}
