//! One matrix product: floats through the `gemm` library, matrix times vector in a fixed order, integers in plain loops.

#![allow(unsafe_code)]

use std::ops::{Add, Mul};

use gemm::Parallelism;
use rayon::prelude::*;

use super::element::Element;
use super::{Array, DType, Result};
use crate::interrupt;

/// Partial sums of one dot product: term `k` goes to sum `k % LANES`, and these are added in a fixed tree, so that the
/// bits depend on the length alone.
const LANES: usize = 16;

/// Rows that a matrix in column order is taken in.
const ROW_BLOCK: usize = 16;

/// Elements below which a matrix times a vector is not split over threads.
const PARALLEL: usize = 1 << 17;

/// Products of two numbers, at least, that take as long as a user waits for an answer to Ctrl-C.
const LONG: usize = 1 << 26;

/// A float that the products are generic over.
trait Float: Element + Add<Output = Self> + Mul<Output = Self> + Default + Send + Sync {
    const ZERO: Self;
    const ONE: Self;
}

impl Float for f32 {
    const ZERO: f32 = 0.0;
    const ONE: f32 = 1.0;
}

impl Float for f64 {
    const ZERO: f64 = 0.0;
    const ONE: f64 = 1.0;
}

/// How a product is computed: a matter of its dtype and shape alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Matrix times matrix, by the library `gemm`.
    Gemm,
    /// Matrix times vector: a dot product for each row.
    Dots,
    /// Integers and bools, in plain loops on one thread.
    Plain,
}

impl Method {
    /// How n × k times k × m is computed, with n `rows` and m `columns`.
    pub fn of(dtype: DType, rows: usize, columns: usize) -> Method {
        match dtype {
            DType::Bool | DType::Int64 => Method::Plain,
            DType::Float32 | DType::Float64 if rows == 1 || columns == 1 => Method::Dots,
            DType::Float32 | DType::Float64 => Method::Gemm,
        }
    }
}

/// Writes the product of `left` (n × k) and `right` (k × m) into `to` (n × m, C-contiguous, zeroed); all of one dtype.
///
/// # Errors
/// `MemoryError`, `KeyboardInterrupt`.
///
/// # Panics
/// If shapes or dtypes differ from that.
pub(super) fn multiply(to: &Array, left: &Array, right: &Array, threads: usize) -> Result<()> {
    assert!(left.dtype() == to.dtype() && right.dtype() == to.dtype());
    assert!(to.ndim() == 2 && left.ndim() == 2 && right.ndim() == 2);
    assert!(to.shape() == [left.shape()[0], right.shape()[1]] && left.shape()[1] == right.shape()[0]);
    if to.size() == 0 || left.size() == 0 {
        return Ok(());
    }
    if to.size().saturating_mul(left.shape()[1]) < LONG {
        return multiply_here(to, left, right, threads);
    }
    let (to, left, right) = (to.clone(), left.clone(), right.clone());
    interrupt::apart(move || multiply_here(&to, &left, &right, threads))?
}

fn multiply_here(to: &Array, left: &Array, right: &Array, threads: usize) -> Result<()> {
    match to.dtype() {
        DType::Bool => small(to, left, right, |sum: bool, a, b| sum | (a & b)),
        DType::Int64 => small(to, left, right, |sum: i64, a, b| sum.wrapping_add(a.wrapping_mul(b))),
        DType::Float32 => floats::<f32>(to, left, right, threads)?,
        DType::Float64 => floats::<f64>(to, left, right, threads)?,
    }
    Ok(())
}

/// Rows of `left` times rows of `right`, each product added to a row of the result.
fn small<T: Element>(to: &Array, left: &Array, right: &Array, add: impl Fn(T, T, T) -> T) {
    let (a, b): (Vec<T>, Vec<T>) = (left.to_vec(), right.to_vec());
    let (inner, columns) = (right.shape()[0], right.shape()[1]);
    let mut sums = vec![T::from_scalar(super::Scalar::Bool(false)); columns];
    for (row, a) in a.chunks_exact(inner).enumerate() {
        sums.fill(T::from_scalar(super::Scalar::Bool(false)));
        for (a, b) in a.iter().zip(b.chunks_exact(columns)) {
            for (sum, b) in sums.iter_mut().zip(b) {
                *sum = add(*sum, *a, *b);
            }
        }
        store_from(to, row * columns, &sums);
    }
}

fn floats<T: Float>(to: &Array, left: &Array, right: &Array, threads: usize) -> Result<()> {
    let (rows, columns) = (left.shape()[0], right.shape()[1]);
    match Method::of(T::DTYPE, rows, columns) {
        Method::Dots if columns == 1 => matrix_vector::<T>(to, left, &right.to_vec(), threads),
        Method::Dots => matrix_vector::<T>(to, &right.t(), &left.to_vec(), threads),
        Method::Gemm | Method::Plain => {
            matrix_matrix::<T>(to, &dense(left)?, &dense(right)?, threads);
            Ok(())
        }
    }
}

/// The matrix, or a copy if neither its rows nor its columns are runs of memory.
fn dense(matrix: &Array) -> Result<Array> {
    let size = matrix.dtype().size() as isize;
    let run = |n: usize, stride: isize, others: isize| n == 1 || stride == size && others >= n as isize * size;
    let (shape, strides) = (matrix.shape(), matrix.strides());
    let row_order = run(shape[1], strides[1], strides[0]) && strides[0] > 0;
    let column_order = run(shape[0], strides[0], strides[1]) && strides[1] > 0;
    let aligned = (matrix.as_ptr() as usize).is_multiple_of(matrix.dtype().size());
    if aligned && (row_order || column_order) { Ok(matrix.clone()) } else { matrix.copy() }
}

fn matrix_matrix<T: Float>(to: &Array, left: &Array, right: &Array, threads: usize) {
    let size = T::DTYPE.size() as isize;
    let steps = |matrix: &Array| (matrix.strides()[0] / size, matrix.strides()[1] / size);
    let ((to_rs, to_cs), (left_rs, left_cs), (right_rs, right_cs)) = (steps(to), steps(left), steps(right));
    let parallelism = if threads > 1 { Parallelism::Rayon(threads) } else { Parallelism::None };
    // SAFETY: pointers, sizes and strides are those of three matrices whose shapes `multiply` checked; every element
    // lies inside its live buffer, `T` is their dtype, and `to` is fresh, so it overlaps neither operand.
    unsafe {
        gemm::gemm(
            to.shape()[0],
            to.shape()[1],
            left.shape()[1],
            to.as_ptr().cast::<T>(),
            to_cs,
            to_rs,
            false,
            left.as_ptr().cast::<T>(),
            left_cs,
            left_rs,
            right.as_ptr().cast::<T>(),
            right_cs,
            right_rs,
            T::ZERO,
            T::ONE,
            false,
            false,
            false,
            parallelism,
        );
    }
}

/// One dot product for each row. Rows are split over threads; each is summed in the same order in either layout.
fn matrix_vector<T: Float>(to: &Array, matrix: &Array, vector: &[T], threads: usize) -> Result<()> {
    let matrix = dense(matrix)?;
    let rows = matrix.shape()[0];
    let pieces = if matrix.size() < PARALLEL { 1 } else { threads.clamp(1, rows) };
    let mut sums = vec![T::ZERO; rows];
    let per_piece = rows.div_ceil(pieces).next_multiple_of(ROW_BLOCK);
    let work = |(piece, sums): (usize, &mut [T])| dot_rows(&matrix, piece * per_piece, vector, sums);
    if pieces == 1 {
        work((0, &mut sums));
    } else {
        sums.par_chunks_mut(per_piece).enumerate().for_each(work);
    }
    store_from(to, 0, &sums);
    Ok(())
}

/// The dot products of the rows from `first` on, as many as there are `sums`.
fn dot_rows<T: Float>(matrix: &Array, first: usize, vector: &[T], sums: &mut [T]) {
    let (row_step, column_step) = (matrix.strides()[0], matrix.strides()[1]);
    let columns = matrix.shape()[1];
    assert!(first + sums.len() <= matrix.shape()[0] && vector.len() == columns);
    let size = T::DTYPE.size() as isize;
    let start = matrix.as_ptr().wrapping_offset(first as isize * row_step);
    if column_step == size || columns == 1 {
        for (row, sum) in sums.iter_mut().enumerate() {
            // SAFETY: a row's elements are a run inside the live buffer, of `T`'s dtype and aligned to it; nothing
            // writes there during the product.
            let row = unsafe {
                std::slice::from_raw_parts(start.wrapping_offset(row as isize * row_step).cast::<T>(), columns)
            };
            *sum = dot_lanes(row, vector);
        }
        return;
    }
    for (block, sums) in sums.chunks_mut(ROW_BLOCK).enumerate() {
        let start = start.wrapping_offset((block * ROW_BLOCK) as isize * row_step);
        let mut lanes = [[T::ZERO; ROW_BLOCK]; LANES];
        for (k, x) in vector.iter().enumerate() {
            let column = start.wrapping_offset(k as isize * column_step).cast::<T>();
            // SAFETY: as above, for the part of a column that these rows are.
            let column = unsafe { std::slice::from_raw_parts(column, sums.len()) };
            for (lane, a) in lanes[k % LANES].iter_mut().zip(column) {
                *lane = *lane + *a * *x;
            }
        }
        for (row, sum) in sums.iter_mut().enumerate() {
            *sum = tree(lanes.map(|lane| lane[row]));
        }
    }
}

fn dot_lanes<T: Float>(a: &[T], b: &[T]) -> T {
    let mut lanes = [T::ZERO; LANES];
    let (a_blocks, a_rest) = a.as_chunks::<LANES>();
    let (b_blocks, b_rest) = b.as_chunks::<LANES>();
    for (a, b) in a_blocks.iter().zip(b_blocks) {
        for lane in 0..LANES {
            lanes[lane] = lanes[lane] + a[lane] * b[lane];
        }
    }
    for (lane, (a, b)) in lanes.iter_mut().zip(a_rest.iter().zip(b_rest)) {
        *lane = *lane + *a * *b;
    }
    tree(lanes)
}

/// The sum of the lanes, halves added to halves.
fn tree<T: Float>(mut lanes: [T; LANES]) -> T {
    let mut half = LANES / 2;
    while half > 0 {
        for lane in 0..half {
            lanes[lane] = lanes[lane] + lanes[lane + half];
        }
        half /= 2;
    }
    lanes[0]
}

/// Writes elements into a C-contiguous array, from element `first` on.
fn store_from<T: Element>(to: &Array, first: usize, elements: &[T]) {
    assert!(to.dtype() == T::DTYPE && to.is_contiguous() && first + elements.len() <= to.size());
    for (at, element) in elements.iter().enumerate() {
        // SAFETY: the place was checked to lie in the array.
        unsafe { element.store(to.as_ptr().add((first + at) * T::DTYPE.size())) }
    }
}
