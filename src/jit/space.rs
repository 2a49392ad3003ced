//! The iteration space of a run: which elements lie side by side, and how each operand moves through them.

use crate::array::Array;
use crate::kernel::lower::{Operand, Task};
use crate::kernel::shape::broadcast_strides;

/// Rows at least this long are run one by one; shorter ones are gathered, several to a block. Chosen by
/// `benches/kernels.rs`.
pub const ROW_MIN: usize = 128;

/// Slices (the kept axes of a reduction, or rows), and the places inside each.
#[derive(Debug)]
pub struct Space {
    pub outer: Vec<usize>,
    pub inner: Vec<usize>,
    /// The kernel's operands, then the result of an elementwise kernel.
    pub paths: Vec<Path>,
}

/// How an operand moves, in bytes.
#[derive(Debug)]
pub struct Path {
    pub outer: Vec<isize>,
    pub inner: Vec<isize>,
    pub kind: Kind,
}

/// How an operand moves inside a slice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Not at all.
    Still,
    /// From one element to its neighbour in memory.
    Contiguous,
    Strided,
}

impl Space {
    /// The space of `task`, whose result goes to `out` if it is elementwise (`None` for a reduction).
    pub fn new(task: &Task, out: Option<&Array>) -> Space {
        let arrays: Vec<Option<&Array>> = task
            .operands
            .iter()
            .map(|operand| match operand {
                Operand::Array(array) => Some(array),
                Operand::Scalar(_) => None,
            })
            .chain(out.map(Some))
            .collect();
        let whole = |array: &Array| array.shape() == task.space && array.is_contiguous();
        let flat = out.is_some() || task.reduced.iter().all(|reduced| *reduced);
        if flat && arrays.iter().flatten().all(|array| whole(array) || array.size() == 1) {
            let len = task.space.iter().product();
            let paths = arrays.iter().map(|array| match array {
                Some(array) if whole(array) => {
                    let step = array.dtype().size() as isize;
                    Path { outer: Vec::new(), inner: vec![step], kind: Kind::Contiguous }
                }
                _ => Path { outer: Vec::new(), inner: vec![0], kind: Kind::Still },
            });
            return Space { outer: Vec::new(), inner: vec![len], paths: paths.collect() };
        }
        Space::general(task, &arrays, out.is_some())
    }

    fn general(task: &Task, arrays: &[Option<&Array>], elementwise: bool) -> Space {
        let strides: Vec<Vec<isize>> = arrays
            .iter()
            .map(|array| match array {
                Some(array) => {
                    let mut strides = Vec::new();
                    broadcast_strides(array, &task.space, &mut strides);
                    strides
                }
                None => vec![0; task.space.len()],
            })
            .collect();
        let axes = |reduced: bool| {
            let axes = (0..task.space.len()).filter(move |axis| elementwise || task.reduced[*axis] == reduced);
            coalesce(axes.map(|axis| (task.space[axis], strides.iter().map(|s| s[axis]).collect())))
        };
        let (mut outer, mut inner) = (if elementwise { Vec::new() } else { axes(false) }, axes(true));
        if inner.is_empty() {
            // One element: it lies beside itself.
            inner
                .push((1, arrays.iter().map(|array| array.map_or(0, |array| array.dtype().size() as isize)).collect()));
        }
        let kind = |inner: &[(usize, Vec<isize>)], index: usize| {
            arrays[index].map_or(Kind::Still, |array| kind(inner, index, array.dtype().size()))
        };
        if elementwise
            && inner.len() > 1
            && inner.last().is_some_and(|(n, _)| *n >= ROW_MIN)
            && (0..arrays.len()).any(|index| kind(&inner, index) == Kind::Strided)
        {
            outer = inner.drain(..inner.len() - 1).collect();
        }
        let path = |index: usize| Path {
            outer: outer.iter().map(|(_, strides)| strides[index]).collect(),
            inner: inner.iter().map(|(_, strides)| strides[index]).collect(),
            kind: kind(&inner, index),
        };
        let paths = (0..arrays.len()).map(path).collect();
        let lengths = |axes: &[(usize, Vec<isize>)]| axes.iter().map(|(n, _)| *n).collect();
        Space { outer: lengths(&outer), inner: lengths(&inner), paths }
    }

    /// Number of slices.
    pub fn slices(&self) -> usize {
        self.outer.iter().product()
    }

    /// Places in a slice.
    pub fn len(&self) -> usize {
        self.inner.iter().product()
    }
}

impl Path {
    /// Bytes from the operand's first element to the first of slice `slice`.
    pub fn slice_offset(&self, lengths: &[usize], slice: usize) -> isize {
        let mut rest = slice;
        let mut offset = 0;
        for (n, stride) in lengths.iter().zip(&self.outer).rev() {
            offset += (rest % n) as isize * stride;
            rest /= n;
        }
        offset
    }

    /// Calls `visit` with each piece of places `start..start + len` of a slice whose elements lie at one stride:
    /// (bytes from the slice's first element, stride, places before the piece, places in it).
    pub fn pieces(
        &self,
        lengths: &[usize],
        start: usize,
        len: usize,
        mut visit: impl FnMut(isize, isize, usize, usize),
    ) {
        let (Some((last, before)), Some((stride, strides))) = (lengths.split_last(), self.inner.split_last()) else {
            return;
        };
        let mut done = 0;
        while done < len {
            let place = start + done;
            let column = place % last;
            let mut rest = place / last;
            let mut offset = column as isize * stride;
            for (n, stride) in before.iter().zip(strides).rev() {
                offset += (rest % n) as isize * stride;
                rest /= n;
            }
            let piece = (last - column).min(len - done);
            visit(offset, *stride, done, piece);
            done += piece;
        }
    }
}

/// Leaves out axes of length 1 and joins neighbours that every operand walks in one stride.
fn coalesce(axes: impl Iterator<Item = (usize, Vec<isize>)>) -> Vec<(usize, Vec<isize>)> {
    let mut joined: Vec<(usize, Vec<isize>)> = Vec::new();
    for (n, strides) in axes.filter(|(n, _)| *n != 1) {
        match joined.last_mut() {
            Some((before, slow)) if slow.iter().zip(&strides).all(|(slow, fast)| *slow == n as isize * fast) => {
                *before *= n;
                *slow = strides;
            }
            _ => joined.push((n, strides)),
        }
    }
    joined
}

fn kind(inner: &[(usize, Vec<isize>)], index: usize, size: usize) -> Kind {
    if inner.iter().all(|(_, strides)| strides[index] == 0) {
        return Kind::Still;
    }
    let mut step = size as isize;
    for (n, strides) in inner.iter().rev() {
        if strides[index] != step {
            return Kind::Strided;
        }
        step *= *n as isize;
    }
    Kind::Contiguous
}
