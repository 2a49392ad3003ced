//! Whether two results are the same up to rounding.

use crate::array::Scalar;
use crate::value::{Kind, List, Tuple, Value};

/// All numbers of a result, in order, whatever holds them; `None` if it holds something else.
pub fn numbers(value: &Value) -> Option<Vec<f64>> {
    fn collect(value: &Value, out: &mut Vec<f64>) -> Option<()> {
        if let Some(list) = value.get::<List>() {
            return list.0.snapshot().iter().try_for_each(|item| collect(item, out));
        }
        if let Some(tuple) = value.get::<Tuple>() {
            return tuple.0.iter().try_for_each(|item| collect(item, out));
        }
        if value.kind() == Kind::Array {
            out.extend(value.to_array().ok()?.iter().map(Scalar::as_f64));
            return Some(());
        }
        out.push(value.as_f64()?);
        Some(())
    }
    let mut out = Vec::new();
    collect(value, &mut out)?;
    Some(out)
}

/// The largest difference between two results; infinite if they differ in length, or one is NaN where the other is not.
pub fn max_difference(a: &[f64], b: &[f64]) -> f64 {
    if a.len() != b.len() {
        return f64::INFINITY;
    }
    let difference = |(a, b): (&f64, &f64)| match (a.is_nan(), b.is_nan()) {
        (true, true) => 0.0,
        (false, false) if a == b => 0.0,
        (false, false) => (a - b).abs(),
        _ => f64::INFINITY,
    };
    a.iter().zip(b).map(difference).fold(0.0, f64::max)
}

/// How far two ways of adding up `n` rounded terms may lie apart: `n · ε` times the sum of their magnitudes (Higham,
/// *Accuracy and Stability of Numerical Algorithms*, section 4.2). Where nothing was added up, each element is a few
/// operations: 4 ε of the largest result.
pub fn bound(n: usize, epsilon: f64, magnitude: f64, results: &[f64]) -> f64 {
    let largest = results.iter().fold(0.0f64, |largest, x| largest.max(x.abs()));
    (n as f64 * epsilon * magnitude).max(4.0 * epsilon * largest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_in_lists_tuples_and_arrays() {
        let list = Value::list(vec![Value::int(1), Value::tuple(vec![Value::float(2.5), Value::bool(true)])]);
        assert_eq!(numbers(&list), Some(vec![1.0, 2.5, 1.0]));
        assert_eq!(numbers(&Value::str("x")), None);
    }

    #[test]
    fn differences_know_nan_and_length() {
        assert_eq!(max_difference(&[1.0, f64::NAN], &[1.5, f64::NAN]), 0.5);
        assert_eq!(max_difference(&[f64::INFINITY], &[f64::INFINITY]), 0.0);
        assert_eq!(max_difference(&[1.0], &[f64::NAN]), f64::INFINITY);
        assert_eq!(max_difference(&[1.0], &[]), f64::INFINITY);
    }

    #[test]
    fn the_bound_grows_with_length_and_magnitude() {
        assert_eq!(bound(10, 0.5, 2.0, &[1.0]), 10.0);
        assert_eq!(bound(10, 0.5, 0.0, &[-3.0]), 6.0);
    }
}
