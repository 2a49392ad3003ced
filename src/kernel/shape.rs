//! Operands of different shapes in one iteration space.

use crate::array::Array;

/// The strides in bytes of `array` when it is broadcast to `shape`: 0 along every axis that it lacks or repeats.
pub fn broadcast_strides<'a>(array: &'a Array, shape: &'a [usize]) -> impl Iterator<Item = isize> + 'a {
    let missing = shape.len() - array.ndim();
    let present = array.shape().iter().zip(array.strides()).zip(&shape[missing..]);
    let present = present.map(|((n, stride), to)| if *n == 1 && *to != 1 { 0 } else { *stride });
    std::iter::repeat_n(0, missing).chain(present)
}
