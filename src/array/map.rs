//! A function of each element, or of each pair: the loops under every elementwise operator that is no kernel.

#![allow(unsafe_code)]

use super::element::{Element, with_element};
use super::shape::{Walk, broadcast_shapes};
use super::{Array, Result};

/// `f` of each element, converted to `T` first.
pub fn map_unary<T: Element, R: Element>(array: &Array, mut f: impl FnMut(T) -> R) -> Result<Array> {
    // SAFETY: the runs cover every element, and each is written.
    let result = unsafe { Array::unwritten(R::DTYPE, array.shape())? };
    let (to, from) = (result.as_ptr(), array.as_ptr());
    with_element!(array.dtype(), S => {
        Walk::new(array.shape(), [result.strides(), array.strides()]).for_each_run(|at, steps, n| {
            for i in 0..n as isize {
                // SAFETY: `at + i * step` is an element of each array, and those lie inside their live buffers.
                unsafe {
                    let x = T::from_scalar(S::load(from.wrapping_offset(at[1] + i * steps[1])).to_scalar());
                    f(x).store(to.wrapping_offset(at[0] + i * steps[0]));
                }
            }
        });
    });
    Ok(result)
}

/// `f` of each pair of elements, the shapes broadcast, both converted to `T` first.
///
/// # Errors
/// `ValueError` if the shapes do not broadcast; `MemoryError`.
pub fn map_binary<T: Element, R: Element>(a: &Array, b: &Array, mut f: impl FnMut(T, T) -> R) -> Result<Array> {
    let shape = broadcast_shapes(&[a.shape(), b.shape()])?;
    let as_t = |array: &Array| if array.dtype() == T::DTYPE { Ok(array.clone()) } else { array.astype(T::DTYPE) };
    // SAFETY: the runs cover every element, and each is written.
    let result = unsafe { Array::unwritten(R::DTYPE, &*shape)? };
    let (a, b) = (as_t(a)?.broadcast_to(&shape)?, as_t(b)?.broadcast_to(&shape)?);
    let (to, left, right) = (result.as_ptr(), a.as_ptr(), b.as_ptr());
    Walk::new(&shape, [result.strides(), a.strides(), b.strides()]).for_each_run(|at, steps, n| {
        for i in 0..n as isize {
            // SAFETY: `at + i * step` is an element of each array, and those lie inside their live buffers.
            unsafe {
                let x = T::load(left.wrapping_offset(at[1] + i * steps[1]));
                let y = T::load(right.wrapping_offset(at[2] + i * steps[2]));
                f(x, y).store(to.wrapping_offset(at[0] + i * steps[0]));
            }
        }
    });
    Ok(result)
}
