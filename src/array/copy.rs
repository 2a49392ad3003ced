//! Elements from one array into another: casts, copies, broadcasting assignment, overlapping views.

#![allow(unsafe_code)]

use std::sync::Arc;

use super::element::{Element, with_element};
use super::shape::{Walk, shape_text};
use super::{Array, ArrayError, DType, Result, Scalar};

impl Array {
    /// Writes `value`, broadcast and cast, into every element of this view. Overlap is as if `value` were copied first.
    ///
    /// # Errors
    /// `ValueError` if `value` does not broadcast to this shape, or this view repeats elements (it came from
    /// broadcasting and cannot be written); `MemoryError` if an overlapping value cannot be copied.
    pub fn assign(&self, value: &Array) -> Result<()> {
        if self.repeats_elements() {
            return Err(ArrayError::value("assignment destination is read-only"));
        }
        let leading = value.ndim().saturating_sub(self.ndim());
        let fits = value.shape()[..leading].iter().all(|n| *n == 1);
        let trimmed = value.view(
            value.dtype(),
            value.shape()[leading..].to_vec(),
            value.strides()[leading..].to_vec(),
            value.offset(),
        );
        let source = fits.then(|| trimmed.try_broadcast_to(self.shape())).flatten().ok_or_else(|| {
            ArrayError::value(format!(
                "could not broadcast input array from shape {} into shape {}",
                shape_text(value.shape()),
                shape_text(self.shape())
            ))
        })?;
        let same =
            source.dtype() == self.dtype() && source.offset() == self.offset() && source.strides() == self.strides();
        if self.may_overlap(&source) && !same {
            let copied = trimmed.copy()?.try_broadcast_to(self.shape());
            copy_elements(self, &copied.unwrap_or(source));
        } else {
            copy_elements(self, &source);
        }
        Ok(())
    }

    /// Writes `scalar`, cast to this dtype, into every element.
    pub fn fill(&self, scalar: Scalar) {
        with_element!(self.dtype(), T => {
            let value = T::from_scalar(scalar);
            let base = self.as_ptr();
            Walk::new(self.shape(), [self.strides()]).for_each_run(|[at], [step], n| {
                for i in 0..n as isize {
                    // SAFETY: `at + i * step` is an element of this array, and those lie inside its buffer.
                    unsafe { value.store(base.wrapping_offset(at + i * step)) }
                }
            });
        })
    }

    /// A C-contiguous copy.
    pub fn copy(&self) -> Result<Array> {
        self.astype(self.dtype())
    }

    /// A C-contiguous copy in another dtype, each element converted as [`Scalar::cast`] does.
    pub fn astype(&self, dtype: DType) -> Result<Array> {
        // SAFETY: `copy_elements` writes every element.
        let result = unsafe { Array::unwritten(dtype, self.shape())? };
        copy_elements(&result, self);
        Ok(result)
    }

    /// This array if it is C-contiguous, otherwise a copy that is.
    pub fn to_contiguous(&self) -> Result<Array> {
        if self.is_contiguous() { Ok(self.clone()) } else { self.copy() }
    }

    /// The elements in C order, converted to `T`.
    pub fn to_vec<T: Element>(&self) -> Vec<T> {
        let mut elements = Vec::with_capacity(self.size());
        with_element!(self.dtype(), S => {
            let base = self.as_ptr();
            Walk::new(self.shape(), [self.strides()]).for_each_run(|[at], [step], n| {
                for i in 0..n as isize {
                    // SAFETY: `at + i * step` is an element of this array, and those lie inside its buffer.
                    let element = unsafe { S::load(base.wrapping_offset(at + i * step)) };
                    elements.push(T::from_scalar(element.to_scalar()));
                }
            });
        });
        elements
    }

    /// A new array of the elements, given in C order.
    ///
    /// # Panics
    /// If their number is not the shape's product.
    pub fn from_slice<T: Element>(elements: &[T], shape: &[usize]) -> Result<Array> {
        assert_eq!(elements.len(), shape.iter().product::<usize>(), "one element for each place");
        // SAFETY: the loop writes every element.
        let array = unsafe { Array::unwritten(T::DTYPE, shape)? };
        for (at, element) in elements.iter().enumerate() {
            // SAFETY: a fresh C-contiguous array of as many elements.
            unsafe { element.store(array.as_ptr().add(at * T::DTYPE.size())) }
        }
        Ok(array)
    }

    /// Whether some element is reached by more than one index, as broadcasting makes it.
    pub fn repeats_elements(&self) -> bool {
        self.size() > 0 && self.shape().iter().zip(self.strides()).any(|(n, stride)| *n > 1 && *stride == 0)
    }

    /// Whether the two share memory, by the byte ranges that they span: never wrongly `false`.
    pub fn may_overlap(&self, other: &Array) -> bool {
        if !Arc::ptr_eq(self.buffer(), other.buffer()) {
            return false;
        }
        let (a, b) = (self.byte_range(), other.byte_range());
        a.start < b.end && b.start < a.end
    }

    /// The bytes of the buffer between the first and the last element that the view can reach.
    fn byte_range(&self) -> std::ops::Range<isize> {
        let start = self.offset() as isize;
        if self.size() == 0 {
            return start..start;
        }
        let (mut low, mut high) = (start, start + self.dtype().size() as isize);
        for (n, stride) in self.shape().iter().zip(self.strides()) {
            let reach = (*n as isize - 1) * stride;
            if reach < 0 { low += reach } else { high += reach }
        }
        low..high
    }
}

/// Casts the elements of `source` into those of `target`.
///
/// # Panics
/// If the shapes differ.
fn copy_elements(target: &Array, source: &Array) {
    assert_eq!(target.shape(), source.shape());
    with_element!(target.dtype(), T => with_element!(source.dtype(), S => copy_typed::<T, S>(target, source)))
}

fn copy_typed<T: Element, S: Element>(target: &Array, source: &Array) {
    let (to, from) = (target.as_ptr(), source.as_ptr());
    let size = T::DTYPE.size() as isize;
    Walk::new(target.shape(), [target.strides(), source.strides()]).for_each_run(|at, steps, n| {
        let (to, from) = (to.wrapping_offset(at[0]), from.wrapping_offset(at[1]));
        if T::DTYPE == S::DTYPE && steps == [size, size] {
            // SAFETY: both runs are dense and lie inside live buffers; `copy` allows overlap.
            unsafe { std::ptr::copy(from, to, n * T::DTYPE.size()) }
            return;
        }
        for i in 0..n as isize {
            // SAFETY: `i * step` stays in the run, whose elements lie inside the buffers.
            unsafe {
                let element = S::load(from.wrapping_offset(i * steps[1]));
                T::from_scalar(element.to_scalar()).store(to.wrapping_offset(i * steps[0]));
            }
        }
    });
}
