//! New arrays: filled ones, sequences of numbers, identity matrices, with NumPy's arithmetic to the bit.

#![allow(unsafe_code)]

use super::nested::Leaf;
use super::shape::MAX_DIMS;
use super::{Array, ArrayError, DType, Result, Scalar};
use crate::diagnostic::ErrorKind;

/// The dimensions of a new array, as a script gives them.
///
/// # Errors
/// `ValueError` for a negative dimension or too many of them.
pub fn checked_shape(shape: &[i64]) -> Result<Vec<usize>> {
    if shape.len() > MAX_DIMS {
        return Err(ArrayError::value(format!(
            "maximum supported dimension for an ndarray is currently {MAX_DIMS}, found {}",
            shape.len()
        )));
    }
    shape
        .iter()
        .map(|n| usize::try_from(*n).map_err(|_| ArrayError::value("negative dimensions are not allowed")))
        .collect()
}

/// `np.full`, and with it `np.ones`.
pub fn full(dtype: DType, shape: &[usize], value: Scalar) -> Result<Array> {
    if is_zero(value.cast(dtype)) {
        return Array::zeros(dtype, shape);
    }
    // SAFETY: `fill` writes every element.
    let array = unsafe { Array::unwritten(dtype, shape)? };
    array.fill(value);
    Ok(array)
}

/// Whether a number is zero in every bit, as fresh memory is.
fn is_zero(value: Scalar) -> bool {
    match value {
        Scalar::Bool(bit) => !bit,
        Scalar::Int64(i) => i == 0,
        Scalar::Float32(x) => x.to_bits() == 0,
        Scalar::Float64(x) => x.to_bits() == 0,
    }
}

/// `np.ones`.
pub fn ones(dtype: DType, shape: &[usize]) -> Result<Array> {
    full(dtype, shape, Scalar::Int64(1))
}

/// `np.empty`: the values are zeros here, which is one of the things that "arbitrary" may mean.
pub fn empty(dtype: DType, shape: &[usize]) -> Result<Array> {
    Array::zeros(dtype, shape)
}

/// `np.eye(rows, columns, k)`: ones on diagonal `k` (above the main one if positive).
///
/// # Errors
/// `ValueError` for a negative size; `MemoryError`.
pub fn eye(rows: i64, columns: i64, k: i64, dtype: DType) -> Result<Array> {
    let shape = checked_shape(&[rows, columns])?;
    let array = Array::zeros(dtype, &shape)?;
    for row in 0..rows {
        if let Some(column) = row.checked_add(k).filter(|column| (0..columns).contains(column)) {
            array.set_at(&[row, column], Scalar::Int64(1))?;
        }
    }
    Ok(array)
}

/// `np.arange(start, stop, step)`; the dtype is the operands' if none is given.
///
/// NumPy's rules: `ceil((stop - start) / step)` elements; the first two are `start` and `start + step`,
/// converted, and element `i` is `first + i * (second - first)` in the dtype's own arithmetic.
///
/// # Errors
/// `ZeroDivisionError` for a step of 0; `ValueError` if the length is no number or too large; `MemoryError`.
pub fn arange(start: Leaf, stop: Leaf, step: Leaf, dtype: Option<DType>) -> Result<Array> {
    // Never narrower than int64: float32 operands give float64.
    let dtype =
        dtype.unwrap_or_else(|| DType::Int64.promote(start.dtype()).promote(stop.dtype()).promote(step.dtype()));
    let length = arange_length(start, stop, step)?;
    if dtype == DType::Bool && length > 2 {
        return Err(ArrayError::type_error(
            "arange() is only supported for booleans when the result has at most length 2.",
        ));
    }
    // SAFETY: each arm below writes every element.
    let array = unsafe { Array::unwritten(dtype, [length])? };
    if length == 0 {
        return Ok(array);
    }
    let first = start.store(dtype)?;
    let second = if length > 1 { sum(start, step).store(dtype)? } else { first };
    match (first, second) {
        (Scalar::Bool(_), Scalar::Bool(_)) => {
            array.set(0, first);
            if length == 2 {
                array.set(1, second);
            }
        }
        (Scalar::Int64(first), Scalar::Int64(second)) => {
            let delta = second.wrapping_sub(first);
            write_all(&array, |i| first.wrapping_add((i as i64).wrapping_mul(delta)));
        }
        (Scalar::Float32(first), Scalar::Float32(second)) => {
            let delta = second - first;
            write_all(&array, |i| match i {
                0 => first,
                1 => second,
                _ => first + i as f32 * delta,
            });
        }
        (Scalar::Float64(first), Scalar::Float64(second)) => {
            let delta = second - first;
            write_all(&array, |i| match i {
                0 => first,
                1 => second,
                _ => first + i as f64 * delta,
            });
        }
        (Scalar::Bool(_) | Scalar::Int64(_) | Scalar::Float32(_) | Scalar::Float64(_), _) => {
            unreachable!("both have the array's dtype")
        }
    }
    Ok(array)
}

/// `a + b` in the arithmetic that the script's own `+` has.
fn sum(a: Leaf, b: Leaf) -> Leaf {
    match (a.as_int(), b.as_int()) {
        (Some(a), Some(b)) => a.checked_add(b).map_or(Leaf::Float(a as f64 + b as f64), Leaf::Int),
        _ => float_arithmetic(a, b, |a, b| a + b, |a, b| a + b),
    }
}

/// A binary operator in `float32` if that is the operands' common dtype, otherwise in `float64`.
fn float_arithmetic(a: Leaf, b: Leaf, narrow: impl Fn(f32, f32) -> f32, wide: impl Fn(f64, f64) -> f64) -> Leaf {
    match a.promotable().promote(b.promotable()) {
        DType::Float32 => Leaf::Strong(Scalar::Float32(narrow(a.as_f64() as f32, b.as_f64() as f32))),
        DType::Bool | DType::Int64 | DType::Float64 => {
            let result = wide(a.as_f64(), b.as_f64());
            if is_strong(a) || is_strong(b) { Leaf::Strong(Scalar::Float64(result)) } else { Leaf::Float(result) }
        }
    }
}

fn is_strong(leaf: Leaf) -> bool {
    matches!(leaf, Leaf::Strong(_))
}

fn arange_length(start: Leaf, stop: Leaf, step: Leaf) -> Result<usize> {
    let integers = start.as_int().zip(stop.as_int()).zip(step.as_int());
    let (delta, quotient) = match integers {
        // A NumPy scalar gives an infinite quotient where Python's numbers raise.
        Some((_, 0)) if ![start, stop, step].into_iter().any(is_strong) => {
            return Err(ArrayError::new(ErrorKind::ZeroDivisionError, "division by zero"));
        }
        Some(((start, stop), step)) => {
            let delta = stop as i128 - start as i128;
            (delta as f64, true_divide(delta, step))
        }
        None => {
            let delta = float_arithmetic(stop, start, |a, b| a - b, |a, b| a - b);
            if step.as_f64() == 0.0 && !is_strong(delta) && !is_strong(step) {
                return Err(ArrayError::new(ErrorKind::ZeroDivisionError, "float division by zero"));
            }
            (delta.as_f64(), float_arithmetic(delta, step, |a, b| a / b, |a, b| a / b).as_f64())
        }
    };
    if quotient == 0.0 && delta != 0.0 {
        // The quotient underflowed: its sign alone says whether there is an element.
        return Ok(if quotient.is_sign_negative() { 0 } else { 1 });
    }
    let length = quotient.ceil();
    if length.is_nan() {
        return Err(ArrayError::value("arange: cannot compute length"));
    }
    if length >= i64::MAX as f64 {
        return Err(ArrayError::value("Maximum allowed size exceeded"));
    }
    Ok(length.max(0.0) as usize)
}

/// The quotient of two integers, correctly rounded as Python's `/` is where the operands fit a double exactly.
fn true_divide(numerator: i128, denominator: i64) -> f64 {
    if denominator == 0 {
        return numerator as f64 / 0.0;
    }
    let exact = numerator / denominator as i128;
    if exact * denominator as i128 == numerator { exact as f64 } else { numerator as f64 / denominator as f64 }
}

/// `np.linspace(start, stop, num, endpoint)`, for numbers.
///
/// # Errors
/// `ValueError` for a negative count; `MemoryError`.
pub fn linspace(start: Leaf, stop: Leaf, num: i64, endpoint: bool, dtype: Option<DType>) -> Result<Array> {
    if num < 0 {
        return Err(ArrayError::value(format!("Number of samples, {num}, must be non-negative.")));
    }
    let operands = start.promotable().promote(stop.promotable());
    let compute = if operands == DType::Float32 { DType::Float32 } else { DType::Float64 };
    let dtype = dtype.unwrap_or(compute);
    // SAFETY: `write_all` writes every element, here and for the floors.
    let array = unsafe { Array::unwritten(compute, [num as usize])? };
    if compute == DType::Float32 {
        linspace_f32(&array, start.as_f64() as f32, stop.as_f64() as f32, endpoint);
    } else {
        linspace_f64(&array, start.as_f64(), stop.as_f64(), endpoint);
    }
    if dtype == DType::Int64 {
        // SAFETY: as above.
        let floors = unsafe { Array::unwritten(DType::Int64, [num as usize])? };
        write_all(&floors, |i| match Scalar::Float64(array.get(i).as_f64().floor()).cast(DType::Int64) {
            Scalar::Int64(x) => x,
            Scalar::Bool(_) | Scalar::Float32(_) | Scalar::Float64(_) => unreachable!("cast to int64"),
        });
        return Ok(floors);
    }
    if dtype == compute { Ok(array) } else { array.astype(dtype) }
}

macro_rules! linspace_in {
    ($name:ident, $float:ty) => {
        fn $name(array: &Array, start: $float, stop: $float, endpoint: bool) {
            let num = array.size();
            let div = if endpoint { num.saturating_sub(1) } else { num };
            let delta = stop - start;
            let step = delta / div as $float;
            write_all(array, |i| {
                let i_float = i as $float;
                if endpoint && num > 1 && i == num - 1 {
                    stop
                } else if div == 0 {
                    i_float * delta + start
                } else if step == 0.0 {
                    // For subnormal steps, as NumPy has it.
                    i_float / div as $float * delta + start
                } else {
                    i_float * step + start
                }
            });
        }
    };
}
linspace_in!(linspace_f32, f32);
linspace_in!(linspace_f64, f64);

/// Fills a fresh 1-d array of `T`'s dtype.
fn write_all<T: super::element::Element>(array: &Array, value: impl Fn(usize) -> T) {
    assert!(array.dtype() == T::DTYPE && array.is_contiguous());
    let base = array.as_ptr();
    for i in 0..array.size() {
        // SAFETY: a C-contiguous array of `T`'s dtype, checked above, with `size()` elements.
        unsafe { value(i).store(base.add(i * T::DTYPE.size())) }
    }
}
