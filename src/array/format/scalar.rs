//! `str` and `repr` of single numbers: Python's floats and NumPy's scalars.

use super::digits::Digits;
use crate::array::Scalar;

/// Python's `repr(float)`, which is its `str` too.
pub fn float_repr(x: f64) -> String {
    shortest_text(x, 1e16)
}

/// `str` of a NumPy scalar.
pub fn scalar_str(scalar: Scalar) -> String {
    match scalar {
        Scalar::Bool(x) => if x { "True" } else { "False" }.to_string(),
        Scalar::Int64(x) => x.to_string(),
        Scalar::Float32(x) => shortest_text(x, 1e6),
        Scalar::Float64(x) => shortest_text(x, 1e16),
    }
}

/// `repr` of a NumPy scalar: `np.float64(0.1)`, `np.True_`.
pub fn scalar_repr(scalar: Scalar) -> String {
    let text = scalar_str(scalar);
    match scalar {
        Scalar::Bool(_) => format!("np.{text}_"),
        Scalar::Int64(_) | Scalar::Float32(_) | Scalar::Float64(_) => format!("np.{}({text})", scalar.dtype()),
    }
}

/// Shortest digits; plain notation from 1e-4 to below `large`, scientific outside.
fn shortest_text<F: Digits>(x: F, large: f64) -> String {
    let wide = x.wide();
    if wide.is_nan() {
        return "nan".to_string();
    }
    let sign = if wide.is_sign_negative() { "-" } else { "" };
    if wide.is_infinite() {
        return format!("{sign}inf");
    }
    let decimal = x.shortest();
    if wide == 0.0 || (1e-4..large).contains(&wide.abs()) {
        let (whole, fraction) = decimal.positional();
        let fraction = if fraction.is_empty() { "0" } else { &fraction };
        return format!("{sign}{whole}.{fraction}");
    }
    let (first, others, exponent) = decimal.scientific();
    let point = if others.is_empty() { "" } else { "." };
    let exponent_sign = if exponent < 0 { '-' } else { '+' };
    format!("{sign}{first}{point}{others}e{exponent_sign}{:02}", exponent.abs())
}
