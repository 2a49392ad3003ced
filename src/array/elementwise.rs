//! Elementwise operators outside the kernels: `**`, `//`, `%`, bits. The slow way, one loop for each, with NumPy's
//! meaning and the flags behind its `RuntimeWarning`s.

use super::element::Element;
use super::map::{map_binary, map_unary};
use super::{Array, ArrayError, DType, Result};
use crate::diagnostic::ErrorKind;

/// What went wrong in some element, as NumPy's `RuntimeWarning`s tell it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FloatFlags {
    pub divide: bool,
    pub overflow: bool,
    pub invalid: bool,
}

impl FloatFlags {
    /// The warnings' texts in NumPy's order; `operator`: NumPy's name of it, such as `floor_divide`.
    pub fn warnings(self, operator: &str) -> Vec<String> {
        [(self.divide, "divide by zero"), (self.overflow, "overflow"), (self.invalid, "invalid value")]
            .into_iter()
            .filter(|(set, _)| *set)
            .map(|(_, what)| format!("{what} encountered in {operator}"))
            .collect()
    }
}

/// A result and the flags raised on the way.
#[derive(Clone, Debug)]
pub struct Flagged {
    pub array: Array,
    pub flags: FloatFlags,
}

/// `a ** b` in their common dtype. Integers wrap.
///
/// # Errors
/// `ValueError` for an integer to a negative integer power, or shapes that do not broadcast; `MemoryError`;
/// `NotImplementedError` for two arrays of bool (NumPy answers in int8).
pub fn power(a: &Array, b: &Array) -> Result<Flagged> {
    match a.dtype().promote(b.dtype()) {
        DType::Bool => Err(bool_result_is_int8("power")),
        DType::Int64 => {
            let mut negative = false;
            let array = map_binary(a, b, |x: i64, y: i64| {
                negative |= y < 0;
                integer_power(x, y)
            })?;
            if negative {
                return Err(ArrayError::value("Integers to negative integer powers are not allowed."));
            }
            Ok(Flagged { array, flags: FloatFlags::default() })
        }
        DType::Float32 => floats::<f32>(a, b, |x, y, flags| {
            let z = x.powf(y);
            power_flags(x as f64, y as f64, z as f64, flags);
            z
        }),
        DType::Float64 => floats::<f64>(a, b, |x, y, flags| {
            let z = if y == 2.0 { x * x } else { x.powf(y) };
            power_flags(x, y, z, flags);
            z
        }),
    }
}

/// `a // b` in their common dtype: the quotient rounded down. An integer divided by 0 is 0, and flagged.
///
/// # Errors
/// As [`power`].
pub fn floor_divide(a: &Array, b: &Array) -> Result<Flagged> {
    match a.dtype().promote(b.dtype()) {
        DType::Bool => Err(bool_result_is_int8("floor_divide")),
        DType::Int64 => integers(a, b, |x, y, flags| {
            flags.divide |= y == 0;
            flags.overflow |= x == i64::MIN && y == -1;
            if y == 0 { 0 } else { integer_floor_divide(x, y) }
        }),
        DType::Float32 => floats::<f32>(a, b, |x, y, flags| {
            let (quotient, _) = divmod_f32(x, y);
            floor_divide_flags(x as f64, y as f64, quotient as f64, flags);
            quotient
        }),
        DType::Float64 => floats::<f64>(a, b, |x, y, flags| {
            let (quotient, _) = divmod_f64(x, y);
            floor_divide_flags(x, y, quotient, flags);
            quotient
        }),
    }
}

/// `a % b` in their common dtype: it has the sign of `b`. An integer modulo 0 is 0, and flagged.
///
/// # Errors
/// As [`power`].
pub fn remainder(a: &Array, b: &Array) -> Result<Flagged> {
    let invalid = |x: f64, y: f64, rest: f64| rest.is_nan() && !x.is_nan() && !y.is_nan();
    match a.dtype().promote(b.dtype()) {
        DType::Bool => Err(bool_result_is_int8("remainder")),
        DType::Int64 => integers(a, b, |x, y, flags| {
            flags.divide |= y == 0;
            if y == 0 { 0 } else { x.wrapping_sub(integer_floor_divide(x, y).wrapping_mul(y)) }
        }),
        DType::Float32 => floats::<f32>(a, b, |x, y, flags| {
            let (_, rest) = divmod_f32(x, y);
            flags.invalid |= invalid(x as f64, y as f64, rest as f64);
            rest
        }),
        DType::Float64 => floats::<f64>(a, b, |x, y, flags| {
            let (_, rest) = divmod_f64(x, y);
            flags.invalid |= invalid(x, y, rest);
            rest
        }),
    }
}

/// `a * b` in their common dtype, without flags: what `np.dot` is for an operand of no dimensions.
pub(super) fn multiply(a: &Array, b: &Array) -> Result<Array> {
    match a.dtype().promote(b.dtype()) {
        DType::Bool => map_binary(a, b, |x: bool, y: bool| x & y),
        DType::Int64 => map_binary(a, b, |x: i64, y: i64| x.wrapping_mul(y)),
        DType::Float32 => map_binary(a, b, |x: f32, y: f32| x * y),
        DType::Float64 => map_binary(a, b, |x: f64, y: f64| x * y),
    }
}

/// The operators on the bits of integers, or on truth values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BitOp {
    And,
    Or,
    Xor,
    LeftShift,
    RightShift,
}

impl BitOp {
    /// NumPy's name of the operator.
    pub const fn name(self) -> &'static str {
        match self {
            BitOp::And => "bitwise_and",
            BitOp::Or => "bitwise_or",
            BitOp::Xor => "bitwise_xor",
            BitOp::LeftShift => "left_shift",
            BitOp::RightShift => "right_shift",
        }
    }
}

/// `a & b`, `a | b`, `a ^ b`, `a << b`, `a >> b`. A shift of 64 or more, or a negative one, leaves no bit but the sign.
///
/// # Errors
/// `TypeError` for floats; `NotImplementedError` for shifts of bool (NumPy answers in int8); as [`map_binary`].
pub fn bitwise(op: BitOp, a: &Array, b: &Array) -> Result<Array> {
    match (a.dtype().promote(b.dtype()), op) {
        (DType::Bool, BitOp::And) => map_binary(a, b, |x: bool, y: bool| x & y),
        (DType::Bool, BitOp::Or) => map_binary(a, b, |x: bool, y: bool| x | y),
        (DType::Bool, BitOp::Xor) => map_binary(a, b, |x: bool, y: bool| x ^ y),
        (DType::Bool, BitOp::LeftShift | BitOp::RightShift) => Err(bool_result_is_int8(op.name())),
        (DType::Int64, BitOp::And) => map_binary(a, b, |x: i64, y: i64| x & y),
        (DType::Int64, BitOp::Or) => map_binary(a, b, |x: i64, y: i64| x | y),
        (DType::Int64, BitOp::Xor) => map_binary(a, b, |x: i64, y: i64| x ^ y),
        (DType::Int64, BitOp::LeftShift) => {
            map_binary(a, b, |x: i64, y: i64| if (0..64).contains(&y) { x << y } else { 0 })
        }
        (DType::Int64, BitOp::RightShift) => {
            map_binary(a, b, |x: i64, y: i64| x >> if (0..64).contains(&y) { y } else { 63 })
        }
        (DType::Float32 | DType::Float64, _) => Err(no_bits(op.name())),
    }
}

/// `~a`.
///
/// # Errors
/// `TypeError` for floats; `MemoryError`.
pub fn invert(a: &Array) -> Result<Array> {
    match a.dtype() {
        DType::Bool => map_unary(a, |x: bool| !x),
        DType::Int64 => map_unary(a, |x: i64| !x),
        DType::Float32 | DType::Float64 => Err(no_bits("invert")),
    }
}

fn no_bits(operator: &str) -> ArrayError {
    ArrayError::type_error(format!(
        "ufunc '{operator}' not supported for the input types, and the inputs could not be safely coerced to any \
         supported types according to the casting rule ''safe''"
    ))
}

fn bool_result_is_int8(operator: &str) -> ArrayError {
    ArrayError::new(
        ErrorKind::NotImplementedError,
        format!("{operator} of two bool arrays gives int8 in NumPy, which is not supported: convert one to int64"),
    )
}

fn integers(a: &Array, b: &Array, mut f: impl FnMut(i64, i64, &mut FloatFlags) -> i64) -> Result<Flagged> {
    let mut flags = FloatFlags::default();
    let array = map_binary(a, b, |x, y| f(x, y, &mut flags))?;
    Ok(Flagged { array, flags })
}

fn floats<T: Element>(a: &Array, b: &Array, mut f: impl FnMut(T, T, &mut FloatFlags) -> T) -> Result<Flagged> {
    let mut flags = FloatFlags::default();
    let array = map_binary(a, b, |x, y| f(x, y, &mut flags))?;
    Ok(Flagged { array, flags })
}

/// `x ** y` by squaring, wrapping; 0 for a negative `y`, which the caller refuses.
fn integer_power(x: i64, y: i64) -> i64 {
    let (mut base, mut exponent, mut result) = (x, y.max(0), 1i64);
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = result.wrapping_mul(base);
        }
        base = base.wrapping_mul(base);
        exponent >>= 1;
    }
    result
}

/// `y` is not 0. `i64::MIN // -1` wraps.
fn integer_floor_divide(x: i64, y: i64) -> i64 {
    let quotient = x.wrapping_div(y);
    if x.wrapping_rem(y) != 0 && (x < 0) != (y < 0) { quotient - 1 } else { quotient }
}

/// The quotient rounded down and the remainder with the sign of `y` (the method of NumPy's `npy_divmod`).
macro_rules! divmod {
    ($name:ident, $float:ty) => {
        fn $name(x: $float, y: $float) -> ($float, $float) {
            let mut rest = x % y;
            if y == 0.0 {
                return (x / y, rest);
            }
            let mut quotient = (x - rest) / y;
            if rest == 0.0 {
                rest = <$float>::copysign(0.0, y);
            } else if (y < 0.0) != (rest < 0.0) {
                rest += y;
                quotient -= 1.0;
            }
            if quotient == 0.0 {
                return (<$float>::copysign(0.0, x / y), rest);
            }
            let floor = quotient.floor();
            (if quotient - floor > 0.5 { floor + 1.0 } else { floor }, rest)
        }
    };
}
divmod!(divmod_f32, f32);
divmod!(divmod_f64, f64);

fn power_flags(x: f64, y: f64, z: f64, flags: &mut FloatFlags) {
    flags.invalid |= z.is_nan() && !x.is_nan() && !y.is_nan();
    if z.is_infinite() && x.is_finite() && y.is_finite() {
        if x == 0.0 { flags.divide = true } else { flags.overflow = true }
    }
}

fn floor_divide_flags(x: f64, y: f64, quotient: f64, flags: &mut FloatFlags) {
    if x.is_nan() || y.is_nan() {
        return;
    }
    if y == 0.0 {
        flags.invalid |= x == 0.0;
        flags.divide |= x != 0.0 && x.is_finite();
    } else if x.is_infinite() {
        flags.invalid = true;
    } else if quotient.is_infinite() {
        flags.overflow = true;
        flags.invalid = true;
    }
}
