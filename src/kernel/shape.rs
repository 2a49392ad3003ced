//! Broadcasting: the common shape of several operands, and their strides in it.

use crate::array::{Array, ArrayError, Result};

/// The common shape of `shapes`.
///
/// # Errors
/// `ValueError` in NumPy's words if an axis has two different lengths, neither of them 1.
pub fn broadcast(shapes: &[&[usize]]) -> Result<Vec<usize>> {
    let ndim = shapes.iter().map(|shape| shape.len()).max().unwrap_or(0);
    let mut common = vec![1; ndim];
    for shape in shapes {
        for (axis, n) in shape.iter().rev().enumerate() {
            let at = &mut common[ndim - 1 - axis];
            if *at == 1 {
                *at = *n;
            } else if *n != 1 && *n != *at {
                let shown: String = shapes.iter().map(|shape| format!("{} ", display(shape))).collect();
                return Err(ArrayError::value(format!("operands could not be broadcast together with shapes {shown}")));
            }
        }
    }
    Ok(common)
}

/// The strides in bytes of `array` when it is broadcast to `shape`: 0 along every axis that it lacks or repeats.
pub fn broadcast_strides(array: &Array, shape: &[usize], strides: &mut Vec<isize>) {
    strides.clear();
    let missing = shape.len() - array.ndim();
    strides.extend(std::iter::repeat_n(0, missing));
    for ((n, stride), to) in array.shape().iter().zip(array.strides()).zip(&shape[missing..]) {
        strides.push(if *n == 1 && *to != 1 { 0 } else { *stride });
    }
}

/// A shape as Python prints the tuple, without spaces: `(3,)`, `(2,3)`, `()`.
pub fn display(shape: &[usize]) -> String {
    match shape {
        [n] => format!("({n},)"),
        _ => format!("({})", shape.iter().map(usize::to_string).collect::<Vec<_>>().join(",")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_broadcast_from_the_right() {
        assert_eq!(broadcast(&[&[3, 1], &[4]]).unwrap(), [3, 4]);
        assert_eq!(broadcast(&[&[], &[0, 2]]).unwrap(), [0, 2]);
        assert_eq!(broadcast(&[&[1], &[0]]).unwrap(), [0]);
        assert_eq!(
            broadcast(&[&[2, 3], &[4]]).unwrap_err().message,
            "operands could not be broadcast together with shapes (2,3) (4,) "
        );
    }
}
