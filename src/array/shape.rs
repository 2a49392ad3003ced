//! Arithmetic of shapes: broadcasting, axes, the merging of dimensions, and how shapes are written.

use super::{Array, ArrayError, Result};

/// NumPy's limit on the number of dimensions.
pub const MAX_DIMS: usize = 64;

/// The shape that arrays of these shapes have together.
///
/// # Errors
/// `ValueError` if two lengths along one axis differ and neither is 1.
pub fn broadcast_shapes(shapes: &[&[usize]]) -> Result<Vec<usize>> {
    try_broadcast(shapes).ok_or_else(|| {
        let list: String = shapes.iter().map(|shape| shape_text(shape) + " ").collect();
        ArrayError::value(format!("operands could not be broadcast together with shapes {list}"))
    })
}

/// As [`broadcast_shapes`], for callers who word the error themselves.
pub fn try_broadcast(shapes: &[&[usize]]) -> Option<Vec<usize>> {
    let ndim = shapes.iter().map(|shape| shape.len()).max().unwrap_or(0);
    let mut result = vec![1; ndim];
    for shape in shapes {
        for (have, want) in result[ndim - shape.len()..].iter_mut().zip(*shape) {
            match (*have, *want) {
                (_, 1) => {}
                (1, n) => *have = n,
                (a, b) if a == b => {}
                _ => return None,
            }
        }
    }
    Some(result)
}

/// An axis counted from the start.
///
/// # Errors
/// `AxisError` if `axis` is not in `-ndim..ndim`.
pub fn normalize_axis(axis: i64, ndim: usize) -> Result<usize> {
    let from_start = if axis < 0 { axis.checked_add(ndim as i64) } else { Some(axis) };
    from_start
        .and_then(|axis| usize::try_from(axis).ok())
        .filter(|axis| *axis < ndim)
        .ok_or_else(|| ArrayError::axis(axis, ndim))
}

/// A shape as NumPy's broadcasting errors write it: `(3,)`, `(2,3)`.
pub fn shape_text(shape: &[usize]) -> String {
    joined(shape, ",")
}

/// A shape as Python writes the tuple: `(3,)`, `(2, 3)`.
pub fn tuple_text(shape: &[usize]) -> String {
    joined(shape, ", ")
}

fn joined(shape: &[usize], separator: &str) -> String {
    match shape {
        [n] => format!("({n},)"),
        _ => format!("({})", shape.iter().map(usize::to_string).collect::<Vec<_>>().join(separator)),
    }
}

/// Dimensions of arrays that are walked together, the neighbours merged that are one run in every array.
///
/// `strides[k]` belongs to operand `k`. The order of elements stays C order. At least one dimension
/// is left, so that the last one is always a run to loop over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Walk<const N: usize> {
    pub shape: Vec<usize>,
    pub strides: [Vec<isize>; N],
}

impl<const N: usize> Walk<N> {
    /// Merges the dimensions of `shape`; `strides[k]` are operand `k`'s bytes between neighbours, one for each dimension.
    pub fn new(shape: &[usize], strides: [&[isize]; N]) -> Walk<N> {
        let mut walk = Walk { shape: Vec::with_capacity(shape.len()), strides: [const { Vec::new() }; N] };
        for (axis, n) in shape.iter().enumerate().filter(|(_, n)| **n != 1) {
            let merges = walk.shape.last().is_some()
                && (0..N).all(|k| walk.strides[k].last() == Some(&strides[k][axis].wrapping_mul(*n as isize)));
            if let (true, Some(last)) = (merges, walk.shape.last_mut()) {
                *last *= n;
                for (merged, strides) in walk.strides.iter_mut().zip(strides) {
                    merged.pop();
                    merged.push(strides[axis]);
                }
            } else {
                walk.shape.push(*n);
                for (merged, strides) in walk.strides.iter_mut().zip(strides) {
                    merged.push(strides[axis]);
                }
            }
        }
        if walk.shape.is_empty() {
            walk.shape.push(1);
            walk.strides.iter_mut().for_each(|strides| strides.push(0));
        }
        walk
    }

    /// Calls `run` for each run along the last dimension: the byte offset of its first element in each
    /// operand, the bytes between neighbours in each, and the number of elements.
    pub fn for_each_run(&self, mut run: impl FnMut([isize; N], [isize; N], usize)) {
        if self.shape.contains(&0) {
            return;
        }
        let (outer, last) = self.shape.split_at(self.shape.len() - 1);
        let steps: [isize; N] = std::array::from_fn(|k| self.strides[k][outer.len()]);
        let mut index = vec![0; outer.len()];
        let mut at = [0isize; N];
        loop {
            run(at, steps, last[0]);
            let mut axis = outer.len();
            loop {
                let Some(next) = axis.checked_sub(1) else { return };
                axis = next;
                index[axis] += 1;
                for (at, strides) in at.iter_mut().zip(&self.strides) {
                    *at += strides[axis];
                }
                if index[axis] < outer[axis] {
                    break;
                }
                for (at, strides) in at.iter_mut().zip(&self.strides) {
                    *at -= strides[axis] * outer[axis] as isize;
                }
                index[axis] = 0;
            }
        }
    }
}

impl Array {
    /// A view of `shape` that repeats this array along new axes and axes of length 1 (their stride becomes 0).
    ///
    /// # Errors
    /// `ValueError` if the shapes do not fit.
    pub fn broadcast_to(&self, shape: &[usize]) -> Result<Array> {
        if let Some(view) = self.try_broadcast_to(shape) {
            super::ndarray::checked_bytes(self.dtype(), shape)?;
            return Ok(view);
        }
        Err(ArrayError::value(if shape.is_empty() {
            "cannot broadcast a non-scalar to a scalar array".to_string()
        } else if self.ndim() > shape.len() {
            "input operand has more dimensions than allowed by the axis remapping".to_string()
        } else {
            format!(
                "operands could not be broadcast together with remapped shapes [original->remapped]: {}  and requested shape {}",
                shape_text(self.shape()),
                shape_text(shape)
            )
        }))
    }

    /// As [`Array::broadcast_to`], for callers who word the error themselves.
    pub fn try_broadcast_to(&self, shape: &[usize]) -> Option<Array> {
        let new = shape.len().checked_sub(self.ndim())?;
        let mut strides = vec![0; shape.len()];
        for (axis, (n, stride)) in self.shape().iter().zip(self.strides()).enumerate() {
            match (*n, shape[new + axis]) {
                (a, b) if a == b => strides[new + axis] = *stride,
                (1, _) => {}
                _ => return None,
            }
        }
        Some(self.view(self.dtype(), shape.to_vec(), strides, self.offset()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_broadcast_as_numpy_does() {
        let cases: [(&[&[usize]], &[usize]); 6] = [
            (&[&[3], &[2, 3]], &[2, 3]),
            (&[&[2, 1], &[1, 3]], &[2, 3]),
            (&[&[], &[4]], &[4]),
            (&[&[1], &[0]], &[0]),
            (&[&[5, 1, 3], &[4, 1], &[1]], &[5, 4, 3]),
            (&[], &[]),
        ];
        for (shapes, result) in cases {
            assert_eq!(broadcast_shapes(shapes).unwrap(), result);
        }
        let error = broadcast_shapes(&[&[2, 3], &[4]]).unwrap_err();
        assert_eq!(error.message, "operands could not be broadcast together with shapes (2,3) (4,) ");
    }

    #[test]
    fn axes_count_from_either_end() {
        assert_eq!(normalize_axis(-1, 2).unwrap(), 1);
        assert_eq!(normalize_axis(0, 2).unwrap(), 0);
        for (axis, message) in [
            (2, "axis 2 is out of bounds for array of dimension 2"),
            (-3, "axis -3 is out of bounds for array of dimension 2"),
            (i64::MIN, "axis -9223372036854775808 is out of bounds for array of dimension 2"),
        ] {
            assert_eq!(normalize_axis(axis, 2).unwrap_err().message, message);
        }
    }

    #[test]
    fn neighbours_merge_where_they_are_one_run() {
        let walk = Walk::new(&[2, 3, 1, 4], [&[96, 32, 7, 8], &[96, 32, 0, 8]]);
        assert_eq!((walk.shape, walk.strides[0].clone()), (vec![24], vec![8]));
        let walk = Walk::new(&[2, 3], [&[24, 8], &[0, 8]]);
        assert_eq!(walk.shape, [2, 3]);
        let mut runs = Vec::new();
        Walk::new(&[2, 3], [&[8, 16]]).for_each_run(|at, step, n| runs.push((at[0], step[0], n)));
        assert_eq!(runs, [(0, 16, 3), (8, 16, 3)]);
    }
}
