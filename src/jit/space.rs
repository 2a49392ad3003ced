//! The iteration space of a run: which elements lie side by side, and how each operand moves through them.

use std::ops::Range;

use crate::array::Array;
use crate::array::buffer::ALIGNMENT;
use crate::kernel::lower::Task;
use crate::kernel::shape::broadcast_strides;

/// Rows at least this long are run one by one; shorter ones are gathered, several to a block. Chosen by
/// `benches/kernels.rs`.
pub const ROW_MIN: usize = 128;

/// Slices (rows, or the kept axes of a reduction), and the places inside each.
#[derive(Debug)]
pub struct Space {
    pub outer: Vec<usize>,
    pub inner: Vec<usize>,
    /// The kernel's operands, then the result of an elementwise kernel.
    pub paths: Vec<Path>,
    /// `Some(rows)`: a reduction of many columns at once. A slice is a row of columns, and that many slices, one after
    /// the other, are reduced to one row of the result.
    pub rows: Option<usize>,
}

/// How an operand moves, in bytes.
#[derive(Debug)]
pub struct Path {
    pub outer: Vec<isize>,
    /// Empty if the kind says all.
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

/// Axes with each operand's stride along them.
type Axes = Vec<(usize, Vec<isize>)>;

impl Space {
    /// The space of `task`, whose result goes to `out` if it is elementwise (`None` for a reduction).
    pub fn new(task: &Task, out: Option<&Array>) -> Space {
        let full = task.reduced.as_ref().is_none_or(|reduced| reduced.iter().all(|reduced| *reduced));
        if full && let Some(space) = Space::flat(task, out) { space } else { Space::general(task, out) }
    }

    /// Where every operand is either whole and contiguous or one element: one long row.
    fn flat(task: &Task, out: Option<&Array>) -> Option<Space> {
        let kind = |array: &Array| match array {
            array if array.shape() == &*task.space && array.is_contiguous() => Some(Kind::Contiguous),
            array if array.size() == 1 => Some(Kind::Still),
            _ => None,
        };
        let mut paths = Vec::with_capacity(task.operands.len() + 1);
        for operand in &task.operands {
            let kind = operand.array().map_or(Some(Kind::Still), kind)?;
            paths.push(Path { outer: Vec::new(), inner: Vec::new(), kind });
        }
        if let Some(out) = out {
            paths.push(Path { outer: Vec::new(), inner: Vec::new(), kind: kind(out)? });
        }
        Some(Space { outer: Vec::new(), inner: vec![task.space.iter().product()], paths, rows: None })
    }

    fn general(task: &Task, out: Option<&Array>) -> Space {
        let arrays: Vec<Option<&Array>> =
            task.operands.iter().map(|operand| operand.array()).chain(out.map(Some)).collect();
        let strides: Vec<Vec<isize>> = arrays
            .iter()
            .map(|array| match array {
                Some(array) => broadcast_strides(array, &task.space).collect(),
                None => vec![0; task.space.len()],
            })
            .collect();
        let axes = |wanted: &dyn Fn(usize) -> bool| {
            let axes = (0..task.space.len()).filter(|axis| wanted(*axis));
            coalesce(axes.map(|axis| (task.space[axis], strides.iter().map(|s| s[axis]).collect())))
        };
        let beside = || arrays.iter().map(|array| array.map_or(0, |array| array.dtype().size() as isize)).collect();
        let (mut outer, mut inner, mut rows) = (Vec::new(), Vec::new(), None);
        match &task.reduced {
            None => {
                inner = axes(&|_| true);
                let strided = |index: usize| kind(&inner, index, arrays[index]) == Kind::Strided;
                let long = inner.last().is_some_and(|(n, _)| *n >= ROW_MIN);
                if long && inner.len() > 1 && (0..arrays.len()).any(strided) {
                    outer = inner.drain(..inner.len() - 1).collect();
                }
            }
            Some(reduced) => {
                let last = (0..task.space.len()).rev().find(|axis| task.space[*axis] != 1);
                outer = axes(&|axis| !reduced[axis]);
                let within = axes(&|axis| reduced[axis]);
                if last.is_some_and(|axis| !reduced[axis]) {
                    rows = Some(within.iter().map(|(n, _)| *n).product());
                    inner.extend(outer.pop());
                    outer.extend(within);
                } else {
                    inner = within;
                }
            }
        }
        if inner.is_empty() {
            // One element: it lies beside itself.
            inner.push((1, beside()));
        }
        let path = |index: usize| Path {
            outer: outer.iter().map(|(_, strides)| strides[index]).collect(),
            inner: inner.iter().map(|(_, strides)| strides[index]).collect(),
            kind: kind(&inner, index, arrays[index]),
        };
        let paths = (0..arrays.len()).map(path).collect();
        let lengths = |axes: &Axes| axes.iter().map(|(n, _)| *n).collect();
        Space { outer: lengths(&outer), inner: lengths(&inner), paths, rows }
    }

    /// Which of the first `count` operands do not move inside a slice.
    pub fn stills(&self, count: usize) -> Vec<bool> {
        self.paths[..count].iter().map(|path| path.kind == Kind::Still).collect()
    }

    /// Whether the result `out` is one row whose elements lie side by side from a cache line's start on.
    pub fn is_one_row(&self, out: &Array) -> bool {
        let contiguous = self.paths.last().is_some_and(|path| path.kind == Kind::Contiguous);
        contiguous && self.outer.is_empty() && (out.as_ptr() as usize).is_multiple_of(ALIGNMENT)
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

    /// Calls `visit` with each piece of some places of a slice whose elements lie at one stride: bytes from the slice's
    /// first element, the stride, and which of the places they are (counted from 0). `size`: of an element, in bytes.
    pub fn pieces(
        &self,
        lengths: &[usize],
        places: Range<usize>,
        size: usize,
        mut visit: impl FnMut(isize, isize, Range<usize>),
    ) {
        let count = places.len();
        if self.kind == Kind::Contiguous {
            return visit((places.start * size) as isize, size as isize, 0..count);
        }
        let (Some((last, before)), Some((stride, strides))) = (lengths.split_last(), self.inner.split_last()) else {
            return;
        };
        let mut done = 0;
        while done < count {
            let place = places.start + done;
            let column = place % last;
            let mut rest = place / last;
            let mut offset = column as isize * stride;
            for (n, stride) in before.iter().zip(strides).rev() {
                offset += (rest % n) as isize * stride;
                rest /= n;
            }
            let piece = (last - column).min(count - done);
            visit(offset, *stride, done..done + piece);
            done += piece;
        }
    }
}

/// Leaves out axes of length 1 and joins neighbours that every operand walks in one stride.
fn coalesce(axes: impl Iterator<Item = (usize, Vec<isize>)>) -> Axes {
    let mut joined: Axes = Vec::new();
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

fn kind(inner: &Axes, index: usize, array: Option<&Array>) -> Kind {
    let Some(array) = array else { return Kind::Still };
    if inner.iter().all(|(_, strides)| strides[index] == 0) {
        return Kind::Still;
    }
    let mut step = array.dtype().size() as isize;
    for (n, strides) in inner.iter().rev() {
        if strides[index] != step {
            return Kind::Strided;
        }
        step *= *n as isize;
    }
    Kind::Contiguous
}
