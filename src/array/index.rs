//! Basic indexing: integers, slices, `None` and `...` give views; single elements have a fast path.

#![allow(unsafe_code)]

use super::{Array, ArrayError, Result, Scalar};

/// One entry between the brackets of `a[…]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Index {
    Int(i64),
    Slice { start: Option<i64>, stop: Option<i64>, step: Option<i64> },
    NewAxis,
    Ellipsis,
}

impl Index {
    /// `:`
    pub const ALL: Index = Index::Slice { start: None, stop: None, step: None };
}

/// What a slice selects from a sequence: the first position, the step, and how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SliceRange {
    pub start: usize,
    pub step: isize,
    pub len: usize,
}

/// Python's `slice(start, stop, step).indices(len)`, as a first position and a count.
///
/// # Errors
/// `ValueError` if `step` is 0.
pub fn slice_range(start: Option<i64>, stop: Option<i64>, step: Option<i64>, len: usize) -> Result<SliceRange> {
    let step = step.unwrap_or(1);
    if step == 0 {
        return Err(ArrayError::value("slice step cannot be zero"));
    }
    let step = step.max(-i64::MAX);
    let len = len as i64;
    let (lowest, highest) = if step > 0 { (0, len) } else { (-1, len - 1) };
    let clamp = |bound: Option<i64>, default: i64| match bound {
        None => default,
        Some(at) if at < 0 => at.saturating_add(len).max(lowest),
        Some(at) => at.min(highest),
    };
    let (first, past) = if step > 0 { (lowest, highest) } else { (highest, lowest) };
    let (start, stop) = (clamp(start, first), clamp(stop, past));
    let count = if step > 0 {
        if start < stop { (stop - start - 1) / step + 1 } else { 0 }
    } else if stop < start {
        (start - stop - 1) / -step + 1
    } else {
        0
    };
    Ok(SliceRange { start: start.max(0) as usize, step: step as isize, len: count as usize })
}

/// The position that a possibly negative `index` names.
#[inline]
pub(super) fn position(index: i64, axis: usize, n: usize) -> Result<usize> {
    let from_start = if index < 0 { index.wrapping_add(n as i64) } else { index };
    if (from_start as u64) < n as u64 { Ok(from_start as usize) } else { Err(out_of_bounds(index, axis, n)) }
}

#[cold]
fn out_of_bounds(index: i64, axis: usize, n: usize) -> ArrayError {
    ArrayError::index(format!("index {index} is out of bounds for axis {axis} with size {n}"))
}

#[cold]
pub(super) fn too_many(ndim: usize, indexed: usize) -> ArrayError {
    ArrayError::index(format!("too many indices for array: array is {ndim}-dimensional, but {indexed} were indexed"))
}

impl Array {
    /// The view `self[indices]`. A result of 0 dimensions from integers alone is what scripts see as a scalar.
    ///
    /// # Errors
    /// `IndexError` for a position outside its axis, more indices than dimensions or a second `...`;
    /// `ValueError` for a step of 0.
    pub fn index(&self, indices: &[Index]) -> Result<Array> {
        let used = indices.iter().filter(|index| matches!(index, Index::Int(_) | Index::Slice { .. })).count();
        if indices.iter().filter(|index| **index == Index::Ellipsis).count() > 1 {
            return Err(ArrayError::index("an index can only have a single ellipsis ('...')"));
        }
        let rest = self.ndim().checked_sub(used).ok_or_else(|| too_many(self.ndim(), used))?;
        let mut shape = Vec::with_capacity(self.ndim());
        let mut strides = Vec::with_capacity(self.ndim());
        let mut offset = self.offset() as isize;
        let mut axis = 0;
        let implied = (!indices.contains(&Index::Ellipsis)).then_some(&Index::Ellipsis);
        for index in indices.iter().chain(implied) {
            match *index {
                Index::Int(at) => {
                    offset += position(at, axis, self.shape()[axis])? as isize * self.strides()[axis];
                    axis += 1;
                }
                Index::Slice { start, stop, step } => {
                    let range = slice_range(start, stop, step, self.shape()[axis])?;
                    if range.len > 0 {
                        offset += range.start as isize * self.strides()[axis];
                    }
                    shape.push(range.len);
                    strides.push(self.strides()[axis].wrapping_mul(range.step));
                    axis += 1;
                }
                Index::NewAxis => {
                    shape.push(1);
                    strides.push(0);
                }
                Index::Ellipsis => {
                    shape.extend_from_slice(&self.shape()[axis..axis + rest]);
                    strides.extend_from_slice(&self.strides()[axis..axis + rest]);
                    axis += rest;
                }
            }
        }
        Ok(self.view(self.dtype(), shape, strides, offset as usize))
    }

    /// `self[indices] = value`, broadcast and cast.
    ///
    /// # Errors
    /// As [`Array::index`] and [`Array::assign`]; `ValueError` if a single element is given an array.
    pub fn assign_index(&self, indices: &[Index], value: &Array) -> Result<()> {
        let target = self.index(indices)?;
        if target.ndim() == 0 && value.ndim() > 0 && !indices.contains(&Index::Ellipsis) {
            return Err(ArrayError::value("setting an array element with a sequence."));
        }
        target.assign(value)
    }

    /// The element `self[i]` of a 1-d array, without making a view.
    ///
    /// # Errors
    /// `IndexError` if `i` is outside, or this array is 0-d.
    ///
    /// # Panics
    /// If there are two dimensions or more: `self[i]` is an array then.
    #[inline]
    pub fn get1(&self, i: i64) -> Result<Scalar> {
        let at = self.place1(i)?;
        // SAFETY: `place1` gives the place of an element of the shape.
        Ok(unsafe { self.read_unchecked(at) })
    }

    /// `self[i] = scalar` for a 1-d array, cast to its dtype.
    ///
    /// # Errors
    /// As [`Array::get1`]; `ValueError` if the array came from broadcasting.
    #[inline]
    pub fn set1(&self, i: i64, scalar: Scalar) -> Result<()> {
        let at = self.place1(i)?;
        if self.strides()[0] == 0 {
            self.check_writable()?;
        }
        // SAFETY: `place1` gives the place of an element of the shape.
        unsafe { self.write_unchecked(at, scalar) };
        Ok(())
    }

    /// The element at as many indices as there are dimensions.
    ///
    /// # Errors
    /// `IndexError` if an index is outside its axis, or there are more indices than dimensions.
    ///
    /// # Panics
    /// If there are fewer indices than dimensions.
    #[inline]
    pub fn get_at(&self, indices: &[i64]) -> Result<Scalar> {
        let at = self.place(indices)?;
        // SAFETY: `place` gives the place of an element of the shape.
        Ok(unsafe { self.read_unchecked(at) })
    }

    /// Replaces the element at as many indices as there are dimensions.
    ///
    /// # Errors
    /// As [`Array::get_at`]; `ValueError` if the array came from broadcasting.
    #[inline]
    pub fn set_at(&self, indices: &[i64], scalar: Scalar) -> Result<()> {
        let at = self.place(indices)?;
        self.check_writable()?;
        // SAFETY: `place` gives the place of an element of the shape.
        unsafe { self.write_unchecked(at, scalar) };
        Ok(())
    }

    /// Broadcast views are read-only, as in NumPy.
    pub fn is_read_only(&self) -> bool {
        self.repeats_elements()
    }

    /// Row `at` of two axes, a view; `None` if there is none.
    pub fn row(&self, at: usize) -> Option<Array> {
        let at = i64::try_from(at).ok()?;
        self.index(&[Index::Int(at)]).ok()
    }

    fn check_writable(&self) -> Result<()> {
        if self.is_read_only() {
            return Err(ArrayError::value("assignment destination is read-only"));
        }
        Ok(())
    }

    #[inline]
    fn place1(&self, i: i64) -> Result<isize> {
        match (self.shape(), self.strides()) {
            ([n], [stride]) => Ok(position(i, 0, *n)? as isize * stride),
            ([], _) => Err(too_many(0, 1)),
            _ => panic!("one index names an element of a 1-d array"),
        }
    }

    #[inline]
    fn place(&self, indices: &[i64]) -> Result<isize> {
        if indices.len() > self.ndim() {
            return Err(too_many(self.ndim(), indices.len()));
        }
        assert_eq!(indices.len(), self.ndim(), "an index for each dimension names an element");
        let mut at = 0;
        for (axis, i) in indices.iter().enumerate() {
            at += position(*i, axis, self.shape()[axis])? as isize * self.strides()[axis];
        }
        Ok(at)
    }
}
