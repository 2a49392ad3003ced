//! The same elements in another shape or order: views where strides allow it, copies otherwise.

use super::ndarray::Strides;
use super::shape::normalize_axis;
use super::{Array, ArrayError, Result};

impl Array {
    /// The elements, in C order, in another shape; one dimension may be negative (it is worked out).
    /// A view where strides allow it, else a copy.
    ///
    /// # Errors
    /// `ValueError` if the sizes differ or two dimensions are negative.
    pub fn reshape(&self, shape: &[i64]) -> Result<Array> {
        let shape = self.resolve_shape(shape)?;
        match self.view_as(&shape) {
            Some(view) => Ok(view),
            None => {
                let copy = self.copy()?;
                Ok(copy.view_as(&shape).expect("a contiguous array takes any shape of its size"))
            }
        }
    }

    fn resolve_shape(&self, shape: &[i64]) -> Result<Vec<usize>> {
        let unknown = shape.iter().filter(|n| **n < 0).count();
        if unknown > 1 {
            return Err(ArrayError::value("can only specify one unknown dimension"));
        }
        let mismatch = || {
            // As NumPy writes it: leading unknown dimensions are left out.
            let dims: Vec<String> = shape
                .iter()
                .skip_while(|n| **n < 0)
                .map(|n| if *n < 0 { "newaxis".to_string() } else { n.to_string() })
                .collect();
            let comma = if shape.len() == 1 && unknown == 0 { "," } else { "" };
            ArrayError::value(format!(
                "cannot reshape array of size {} into shape ({}{comma})",
                self.size(),
                dims.join(",")
            ))
        };
        let known = shape
            .iter()
            .filter(|n| **n >= 0)
            .try_fold(1usize, |product, n| product.checked_mul(*n as usize))
            .ok_or_else(mismatch)?;
        let missing = match known {
            0 if unknown == 1 => return Err(mismatch()),
            0 => 0,
            _ => self.size() / known,
        };
        let resolved: Vec<usize> = shape.iter().map(|n| if *n < 0 { missing } else { *n as usize }).collect();
        if resolved.iter().product::<usize>() != self.size() {
            return Err(mismatch());
        }
        super::ndarray::checked_bytes(self.dtype(), &resolved)?;
        Ok(resolved)
    }

    /// A view in another shape of the same size, if strides can express it.
    fn view_as(&self, shape: &[usize]) -> Option<Array> {
        let strides = if self.is_contiguous() {
            super::ndarray::contiguous_strides(self.dtype(), shape)
        } else {
            regrouped_strides(self.shape(), self.strides(), shape)?.into()
        };
        Some(self.view(self.dtype(), shape, strides, self.offset()))
    }

    /// The view with its axes reversed: `.T`.
    pub fn t(&self) -> Array {
        let reversed: Vec<usize> = (0..self.ndim()).rev().collect();
        self.with_axes(&reversed)
    }

    /// The view whose axis `k` is this array's axis `axes[k]`.
    ///
    /// # Errors
    /// `AxisError` for an axis that does not exist; `ValueError` if `axes` is not a permutation.
    pub fn transpose(&self, axes: &[i64]) -> Result<Array> {
        if axes.len() != self.ndim() {
            return Err(ArrayError::value("axes don't match array"));
        }
        let mut order = Vec::with_capacity(axes.len());
        for axis in axes {
            let axis = normalize_axis(*axis, self.ndim())?;
            if order.contains(&axis) {
                return Err(ArrayError::value("repeated axis in transpose"));
            }
            order.push(axis);
        }
        Ok(self.with_axes(&order))
    }

    fn with_axes(&self, order: &[usize]) -> Array {
        let shape: Vec<usize> = order.iter().map(|axis| self.shape()[*axis]).collect();
        let strides: Strides = order.iter().map(|axis| self.strides()[*axis]).collect();
        self.view(self.dtype(), shape, strides, self.offset())
    }

    /// One dimension, C order; a view where possible.
    pub fn ravel(&self) -> Result<Array> {
        self.reshape(&[-1])
    }

    /// One dimension, C order; always a copy.
    pub fn flatten(&self) -> Result<Array> {
        let copy = self.copy()?;
        copy.ravel()
    }

    /// The view without its axes of length 1.
    pub fn squeeze(&self) -> Array {
        let keep: Vec<usize> = (0..self.ndim()).filter(|axis| self.shape()[*axis] != 1).collect();
        self.with_axes(&keep)
    }

    /// The view without `axis`, which has length 1.
    ///
    /// # Errors
    /// `AxisError` if the axis does not exist, `ValueError` if it is longer.
    pub fn squeeze_axis(&self, axis: i64) -> Result<Array> {
        let axis = normalize_axis(axis, self.ndim())?;
        if self.shape()[axis] != 1 {
            return Err(ArrayError::value("cannot select an axis to squeeze out which has size not equal to one"));
        }
        let keep: Vec<usize> = (0..self.ndim()).filter(|other| *other != axis).collect();
        Ok(self.with_axes(&keep))
    }

    /// The view with a new axis of length 1 at `axis`.
    ///
    /// # Errors
    /// `AxisError` if `axis` is not in `-(ndim + 1)..=ndim`.
    pub fn expand_dims(&self, axis: i64) -> Result<Array> {
        let axis = normalize_axis(axis, self.ndim() + 1)?;
        let (mut shape, mut strides) = (self.shape().to_vec(), self.strides().to_vec());
        shape.insert(axis, 1);
        strides.insert(axis, 0);
        Ok(self.view(self.dtype(), shape, strides, self.offset()))
    }
}

/// The strides of `new` over the memory of `old`, if every new axis lies within one run of old ones.
/// (The method of NumPy's `_attempt_nocopy_reshape`.)
fn regrouped_strides(old: &[usize], old_strides: &[isize], new: &[usize]) -> Option<Vec<isize>> {
    if old.contains(&0) {
        return Some(vec![0; new.len()]);
    }
    let (old, old_strides): (Vec<usize>, Vec<isize>) =
        old.iter().zip(old_strides).filter(|(n, _)| **n != 1).map(|(n, stride)| (*n, *stride)).unzip();
    let mut strides = vec![0; new.len()];
    let (mut old_axis, mut new_axis) = (0, 0);
    while old_axis < old.len() {
        let (old_start, new_start) = (old_axis, new_axis);
        let (mut old_size, mut new_size) = (old[old_axis], *new.get(new_axis)?);
        old_axis += 1;
        new_axis += 1;
        while old_size != new_size {
            if new_size < old_size {
                new_size *= new.get(new_axis)?;
                new_axis += 1;
            } else {
                old_size *= old.get(old_axis)?;
                old_axis += 1;
            }
        }
        let one_run = (old_start + 1..old_axis)
            .all(|axis| old_strides[axis - 1] == old_strides[axis].wrapping_mul(old[axis] as isize));
        if !one_run {
            return None;
        }
        let mut stride = old_strides[old_axis - 1];
        for axis in (new_start..new_axis).rev() {
            strides[axis] = stride;
            stride = stride.wrapping_mul(new[axis] as isize);
        }
    }
    // What is left of the new shape has length 1.
    Some(strides)
}

/// `np.concatenate`: the arrays one behind the other along `axis`.
///
/// # Errors
/// `ValueError` if there is none, one is 0-d, or other dimensions differ; `AxisError` for an absent axis.
pub fn concatenate(arrays: &[Array], axis: i64) -> Result<Array> {
    let first = arrays.first().ok_or_else(|| ArrayError::value("need at least one array to concatenate"))?;
    if arrays.iter().any(|array| array.ndim() == 0) {
        return Err(ArrayError::value("zero-dimensional arrays cannot be concatenated"));
    }
    let axis = normalize_axis(axis, first.ndim())?;
    let mut shape = first.shape().to_vec();
    let mut dtype = first.dtype();
    for (at, array) in arrays.iter().enumerate().skip(1) {
        if array.ndim() != first.ndim() {
            return Err(ArrayError::value(format!(
                "all the input arrays must have same number of dimensions, but the array at index 0 has {} \
                 dimension(s) and the array at index {at} has {} dimension(s)",
                first.ndim(),
                array.ndim()
            )));
        }
        if let Some(other) = (0..first.ndim()).find(|k| *k != axis && array.shape()[*k] != first.shape()[*k]) {
            return Err(ArrayError::value(format!(
                "all the input array dimensions except for the concatenation axis must match exactly, but along \
                 dimension {other}, the array at index 0 has size {} and the array at index {at} has size {}",
                first.shape()[other],
                array.shape()[other]
            )));
        }
        shape[axis] += array.shape()[axis];
        dtype = dtype.promote(array.dtype());
    }
    let result = Array::zeros(dtype, &shape)?;
    let mut start = 0;
    for array in arrays {
        let stop = start + array.shape()[axis] as i64;
        let mut indices = vec![super::Index::ALL; axis];
        indices.push(super::Index::Slice { start: Some(start), stop: Some(stop), step: None });
        result.index(&indices)?.assign(array)?;
        start = stop;
    }
    Ok(result)
}
