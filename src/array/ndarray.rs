//! An n-dimensional view of a buffer: dtype, shape, strides, offset.

#![allow(unsafe_code)]

use std::sync::Arc;
use std::sync::atomic::{Ordering, fence};

use smallvec::{SmallVec, smallvec};

use super::budget::Reservation;
use super::element::{Element, with_element};
use super::shape::{MAX_DIMS, tuple_text};
use super::{ArrayError, Buffer, DType, Result, Scalar, budget, pool};
use crate::diagnostic::ErrorKind;

/// An n-dimensional array or view. Cloning shares the buffer.
///
/// Element `(i, j, …)` lies `offset + i*strides[0] + j*strides[1] + …` bytes into the buffer, and
/// every element of the shape lies inside it: constructors check that.
#[derive(Clone, Debug)]
pub struct Array {
    buffer: Arc<Buffer>,
    dtype: DType,
    /// Shared with the expressions that read the array.
    shape: Arc<[usize]>,
    strides: Strides,
    offset: usize,
}

#[cold]
fn no_memory(bytes: usize, dtype: DType, shape: &[usize]) -> ArrayError {
    ArrayError::new(
        ErrorKind::MemoryError,
        format!(
            "Unable to allocate {} for an array with shape {} and data type {dtype}",
            budget::size_text(bytes),
            tuple_text(shape)
        ),
    )
}

/// Bytes between neighbours along each axis; of few axes, without an allocation.
pub type Strides = SmallVec<[isize; 4]>;

impl Array {
    /// A zeroed C-contiguous array.
    ///
    /// # Errors
    /// `MemoryError` if it does not fit into memory, `ValueError` if its size overflows or it has too many dimensions.
    pub fn zeros(dtype: DType, shape: &[usize]) -> Result<Array> {
        Array::over(Buffer::zeroed, dtype, shape)
    }

    /// A C-contiguous array whose elements hold nothing yet: for results that are written whole.
    ///
    /// # Safety
    /// No element is read before it is written.
    ///
    /// # Errors
    /// As [`Array::zeros`].
    pub unsafe fn unwritten(dtype: DType, shape: impl Into<Arc<[usize]>>) -> Result<Array> {
        // SAFETY: the caller's promise.
        Array::over(|len| unsafe { Buffer::unwritten(len) }, dtype, shape)
    }

    fn over(
        buffer: impl FnOnce(usize) -> Option<Buffer>,
        dtype: DType,
        shape: impl Into<Arc<[usize]>>,
    ) -> Result<Array> {
        let shape = shape.into();
        let bytes = checked_bytes(dtype, &shape)?;
        let buffer = buffer(bytes).ok_or_else(|| no_memory(bytes, dtype, &shape))?;
        let strides = contiguous_strides(dtype, &shape);
        Ok(Array { buffer: Arc::new(buffer), dtype, strides, shape, offset: 0 })
    }

    /// A place in the memory budget for an array that is to be made later.
    ///
    /// # Errors
    /// As [`Array::zeros`].
    pub fn reserve(dtype: DType, shape: &[usize]) -> Result<Reservation> {
        let bytes = checked_bytes(dtype, shape)?;
        Reservation::new(bytes).ok_or_else(|| no_memory(bytes, dtype, shape))
    }

    /// This array's memory for a result, which is written over it; `None` if some other array shares it, or if the result
    /// would not be the same view of all of it. The caller sees to it that nobody reads this array after that.
    pub fn take_over(&self, dtype: DType, shape: &[usize]) -> Option<Array> {
        if Arc::strong_count(&self.buffer) > 1 || self.dtype != dtype || *self.shape != *shape {
            return None;
        }
        // A thread that held the buffer has read what it wanted.
        fence(Ordering::Acquire);
        let bytes = self.size() * dtype.size();
        if bytes == 0 || self.buffer.len() != bytes || self.strides != contiguous_strides(dtype, shape) {
            return None;
        }
        pool::note_takeover();
        Some(self.clone())
    }

    /// A 0-d array of one element.
    pub fn from_scalar(scalar: Scalar) -> Array {
        let array = Array::zeros(scalar.dtype(), &[]).expect("8 bytes");
        array.write(0, scalar);
        array
    }

    /// A view of the same buffer.
    ///
    /// # Panics
    /// If an element would lie outside the buffer.
    pub fn view(
        &self,
        dtype: DType,
        shape: impl Into<Arc<[usize]>>,
        strides: impl Into<Strides>,
        offset: usize,
    ) -> Array {
        let (shape, strides) = (shape.into(), strides.into());
        assert_eq!(shape.len(), strides.len());
        if shape.iter().all(|n| *n > 0) {
            let (mut low, mut high) = (offset as isize, offset as isize + dtype.size() as isize);
            for (n, stride) in shape.iter().zip(&strides) {
                let reach = (*n as isize - 1) * stride;
                if reach < 0 { low += reach } else { high += reach }
            }
            assert!(low >= 0 && high as usize <= self.buffer.len(), "a view stays inside its buffer");
        }
        Array { buffer: self.buffer.clone(), dtype, shape, strides, offset }
    }

    pub fn dtype(&self) -> DType {
        self.dtype
    }

    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The shape, shared.
    pub fn shared_shape(&self) -> &Arc<[usize]> {
        &self.shape
    }

    /// Bytes between neighbours along each axis.
    pub fn strides(&self) -> &[isize] {
        &self.strides
    }

    /// Bytes from the start of the buffer to element `(0, 0, …)`.
    pub fn offset(&self) -> usize {
        self.offset
    }

    pub fn buffer(&self) -> &Arc<Buffer> {
        &self.buffer
    }

    pub fn ndim(&self) -> usize {
        self.shape.len()
    }

    /// Number of elements.
    pub fn size(&self) -> usize {
        self.shape.iter().product()
    }

    /// Address of element `(0, 0, …)`.
    pub fn as_ptr(&self) -> *mut u8 {
        self.buffer.as_ptr().wrapping_add(self.offset)
    }

    pub fn is_contiguous(&self) -> bool {
        let mut step = self.dtype.size() as isize;
        let mut follows = |(n, stride): (&usize, &isize)| {
            let follows = *n == 1 || *stride == step;
            step *= *n as isize;
            follows
        };
        self.shape.iter().zip(&self.strides).rev().all(&mut follows) || self.size() <= 1
    }

    /// The byte offset, from element `(0, 0, …)`, of the element at `index` in C order.
    pub fn byte_offset(&self, index: usize) -> isize {
        let mut rest = index;
        let mut at = 0;
        for (n, stride) in self.shape.iter().zip(&self.strides).rev() {
            at += (rest % n) as isize * stride;
            rest /= n;
        }
        at
    }

    /// The element at `index` in C order.
    ///
    /// # Panics
    /// If `index` is not below `size()`.
    pub fn get(&self, index: usize) -> Scalar {
        assert!(index < self.size());
        self.read(self.byte_offset(index))
    }

    /// Replaces the element at `index` in C order, cast to this dtype.
    ///
    /// # Panics
    /// If `index` is not below `size()`.
    pub fn set(&self, index: usize, scalar: Scalar) {
        assert!(index < self.size());
        self.write(self.byte_offset(index), scalar);
    }

    /// The elements in C order.
    pub fn iter(&self) -> impl Iterator<Item = Scalar> + '_ {
        (0..self.size()).map(|index| self.get(index))
    }

    /// `at`: the byte offset of an element from element `(0, 0, …)`, as [`Array::byte_offset`] gives it.
    #[inline]
    pub(super) fn read(&self, at: isize) -> Scalar {
        self.check_place(at);
        // SAFETY: just checked.
        unsafe { self.read_unchecked(at) }
    }

    #[inline]
    pub(super) fn write(&self, at: isize, scalar: Scalar) {
        self.check_place(at);
        // SAFETY: just checked.
        unsafe { self.write_unchecked(at, scalar) }
    }

    /// # Safety
    /// `at` is the byte offset of an element of the shape: those lie inside the buffer, as constructors check.
    #[inline]
    pub(super) unsafe fn read_unchecked(&self, at: isize) -> Scalar {
        let pointer = self.as_ptr().wrapping_offset(at);
        with_element!(self.dtype, T => {
            // SAFETY: the caller's promise, and the buffer lives as long as `self`.
            unsafe { T::load(pointer) }.to_scalar()
        })
    }

    /// # Safety
    /// As [`Array::read_unchecked`].
    #[inline]
    pub(super) unsafe fn write_unchecked(&self, at: isize, scalar: Scalar) {
        let pointer = self.as_ptr().wrapping_offset(at);
        with_element!(self.dtype, T => {
            // SAFETY: the caller's promise, and the buffer lives as long as `self`.
            unsafe { T::from_scalar(scalar).store(pointer) }
        })
    }

    #[inline]
    fn check_place(&self, at: isize) {
        let at = self.offset as isize + at;
        assert!(at >= 0 && at as usize + self.dtype.size() <= self.buffer.len(), "an element lies inside its buffer");
    }
}

/// Strides in bytes of a C-contiguous array.
pub fn contiguous_strides(dtype: DType, shape: &[usize]) -> Strides {
    let mut strides: Strides = smallvec![0; shape.len()];
    if shape.contains(&0) {
        return strides;
    }
    let mut step = dtype.size() as isize;
    for (stride, n) in strides.iter_mut().zip(shape).rev() {
        *stride = step;
        step *= *n as isize;
    }
    strides
}

/// Size in bytes of an array, its empty dimensions counted as 1 for the check, as NumPy does.
///
/// # Errors
/// `ValueError` if there are more than [`MAX_DIMS`] dimensions, or the size overflows.
pub fn checked_bytes(dtype: DType, shape: &[usize]) -> Result<usize> {
    if shape.len() > MAX_DIMS {
        return Err(ArrayError::value(format!(
            "maximum supported dimension for an ndarray is currently {MAX_DIMS}, found {}",
            shape.len()
        )));
    }
    let bytes = shape
        .iter()
        .filter(|n| **n > 0)
        .try_fold(dtype.size(), |bytes, n| bytes.checked_mul(*n))
        .filter(|bytes| *bytes <= isize::MAX as usize)
        .ok_or_else(|| {
            ArrayError::value(
                "array is too big; `arr.size * arr.dtype.itemsize` is larger than the maximum possible size.",
            )
        })?;
    Ok(if shape.contains(&0) { 0 } else { bytes })
}
