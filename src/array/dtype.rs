//! Element types and NumPy 2's promotion between them.

use std::fmt;

/// The type of an array's elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DType {
    Bool,
    Int64,
    Float32,
    Float64,
}

/// One element, or a NumPy scalar.
#[derive(Clone, Copy, Debug)]
pub enum Scalar {
    Bool(bool),
    Int64(i64),
    Float32(f32),
    Float64(f64),
}

/// An operand's part in promotion: an array or NumPy scalar has a dtype, a Python number only a kind (NEP 50).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Promotable {
    Strong(DType),
    WeakBool,
    WeakInt,
    WeakFloat,
}

impl DType {
    pub const ALL: [DType; 4] = [DType::Bool, DType::Int64, DType::Float32, DType::Float64];

    /// Size of one element in bytes.
    pub const fn size(self) -> usize {
        match self {
            DType::Bool => 1,
            DType::Float32 => 4,
            DType::Int64 | DType::Float64 => 8,
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            DType::Bool => "bool",
            DType::Int64 => "int64",
            DType::Float32 => "float32",
            DType::Float64 => "float64",
        }
    }

    pub const fn is_float(self) -> bool {
        matches!(self, DType::Float32 | DType::Float64)
    }

    /// The dtype of a result whose operands are `self` and `other`.
    pub fn promote(self, other: DType) -> DType {
        match (self, other) {
            (a, b) if a == b => a,
            (DType::Bool, other) | (other, DType::Bool) => other,
            (DType::Float64, _) | (_, DType::Float64) => DType::Float64,
            // int64 with float32: no float32 holds every int64.
            (DType::Int64, DType::Float32) | (DType::Float32, DType::Int64) => DType::Float64,
            (DType::Int64, DType::Int64) | (DType::Float32, DType::Float32) => self,
        }
    }
}

impl Promotable {
    /// The common dtype of two operands (NEP 50: a Python number adapts to the array's kind where it can).
    pub fn promote(self, other: Promotable) -> DType {
        use Promotable::*;
        match (self, other) {
            (Strong(a), Strong(b)) => a.promote(b),
            (Strong(a), WeakBool) | (WeakBool, Strong(a)) => a,
            (Strong(DType::Bool), WeakInt) | (WeakInt, Strong(DType::Bool)) => DType::Int64,
            (Strong(a), WeakInt) | (WeakInt, Strong(a)) => a,
            (Strong(a), WeakFloat) | (WeakFloat, Strong(a)) if a.is_float() => a,
            (Strong(_), WeakFloat) | (WeakFloat, Strong(_)) => DType::Float64,
            (WeakFloat, _) | (_, WeakFloat) => DType::Float64,
            (WeakInt, _) | (_, WeakInt) => DType::Int64,
            (WeakBool, WeakBool) => DType::Bool,
        }
    }
}

impl Scalar {
    pub fn dtype(self) -> DType {
        match self {
            Scalar::Bool(_) => DType::Bool,
            Scalar::Int64(_) => DType::Int64,
            Scalar::Float32(_) => DType::Float32,
            Scalar::Float64(_) => DType::Float64,
        }
    }

    /// The same number in another dtype, as a C cast converts it; an integer out of range becomes `i64::MIN`, as on x86.
    pub fn cast(self, dtype: DType) -> Scalar {
        match dtype {
            DType::Bool => Scalar::Bool(match self {
                Scalar::Bool(x) => x,
                Scalar::Int64(x) => x != 0,
                Scalar::Float32(x) => x != 0.0,
                Scalar::Float64(x) => x != 0.0,
            }),
            DType::Int64 => Scalar::Int64(match self {
                Scalar::Bool(x) => x as i64,
                Scalar::Int64(x) => x,
                Scalar::Float32(x) => float_to_int(x as f64),
                Scalar::Float64(x) => float_to_int(x),
            }),
            DType::Float32 => Scalar::Float32(match self {
                Scalar::Bool(x) => x as u8 as f32,
                Scalar::Int64(x) => x as f32,
                Scalar::Float32(x) => x,
                Scalar::Float64(x) => x as f32,
            }),
            DType::Float64 => Scalar::Float64(self.as_f64()),
        }
    }

    pub fn as_f64(self) -> f64 {
        match self {
            Scalar::Bool(x) => x as u8 as f64,
            Scalar::Int64(x) => x as f64,
            Scalar::Float32(x) => x as f64,
            Scalar::Float64(x) => x,
        }
    }
}

fn float_to_int(x: f64) -> i64 {
    if x >= -(2f64.powi(63)) && x < 2f64.powi(63) { x as i64 } else { i64::MIN }
}

impl fmt::Display for DType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
