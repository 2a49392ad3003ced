//! Every operation on one element: the meaning that machine code must reproduce bit for bit (but for NaN payloads).

use super::op::{BinaryOp, ReduceOp, UnaryOp};
use crate::array::{DType, Scalar};

/// `op` of one element.
///
/// # Panics
/// If the IR verifier would refuse `op` for this dtype; so below.
pub fn unary(op: UnaryOp, x: Scalar) -> Scalar {
    macro_rules! float {
        ($variant:ident, $x:expr) => {
            Scalar::$variant(match op {
                UnaryOp::Neg => -$x,
                UnaryOp::Pos => $x,
                UnaryOp::Abs => $x.abs(),
                UnaryOp::Sqrt => $x.sqrt(),
                UnaryOp::Square => $x * $x,
                UnaryOp::Floor => $x.floor(),
                UnaryOp::Ceil => $x.ceil(),
                UnaryOp::Trunc => $x.trunc(),
                UnaryOp::Rint => $x.round_ties_even(),
                UnaryOp::Not | UnaryOp::Invert => refused(op.name()),
            })
        };
    }
    match x {
        Scalar::Float64(x) => float!(Float64, x),
        Scalar::Float32(x) => float!(Float32, x),
        Scalar::Int64(x) => Scalar::Int64(match op {
            UnaryOp::Neg => x.wrapping_neg(),
            UnaryOp::Pos => x,
            UnaryOp::Abs => x.wrapping_abs(),
            UnaryOp::Square => x.wrapping_mul(x),
            UnaryOp::Invert => !x,
            UnaryOp::Sqrt | UnaryOp::Floor | UnaryOp::Ceil | UnaryOp::Trunc | UnaryOp::Rint | UnaryOp::Not => {
                refused(op.name())
            }
        }),
        Scalar::Bool(x) => Scalar::Bool(match op {
            UnaryOp::Not | UnaryOp::Invert => !x,
            UnaryOp::Pos => x,
            UnaryOp::Neg
            | UnaryOp::Abs
            | UnaryOp::Sqrt
            | UnaryOp::Square
            | UnaryOp::Floor
            | UnaryOp::Ceil
            | UnaryOp::Trunc
            | UnaryOp::Rint => refused(op.name()),
        }),
    }
}

/// `op` of two elements of one dtype.
pub fn binary(op: BinaryOp, a: Scalar, b: Scalar) -> Scalar {
    use BinaryOp::*;
    macro_rules! compare {
        ($a:expr, $b:expr) => {
            match op {
                Lt => Some($a < $b),
                Le => Some($a <= $b),
                Gt => Some($a > $b),
                Ge => Some($a >= $b),
                Eq => Some($a == $b),
                Ne => Some($a != $b),
                Add | Sub | Mul | TrueDiv | FloorDiv | Mod | Minimum | Maximum | And | Or | Xor => None,
            }
        };
    }
    macro_rules! float {
        ($variant:ident, $a:expr, $b:expr, $zero:expr) => {
            match compare!($a, $b) {
                Some(answer) => Scalar::Bool(answer),
                None => Scalar::$variant(match op {
                    Add => $a + $b,
                    Sub => $a - $b,
                    Mul => $a * $b,
                    TrueDiv => $a / $b,
                    FloorDiv => {
                        if $b == 0.0 {
                            $a / $b
                        } else {
                            // Method: npy_divmod of NumPy's npy_math.
                            let rest = $a % $b;
                            let mut quotient = ($a - rest) / $b;
                            if rest != 0.0 && ($b < 0.0) != (rest < 0.0) {
                                quotient -= 1.0;
                            }
                            if quotient == 0.0 {
                                $zero.copysign($a / $b)
                            } else {
                                let floor = quotient.floor();
                                if quotient - floor > 0.5 { floor + 1.0 } else { floor }
                            }
                        }
                    }
                    Mod => {
                        let rest = $a % $b;
                        if $b == 0.0 {
                            rest
                        } else if rest == 0.0 {
                            $zero.copysign($b)
                        } else if ($b < 0.0) != (rest < 0.0) {
                            rest + $b
                        } else {
                            rest
                        }
                    }
                    Minimum => {
                        if $a < $b || $a.is_nan() {
                            $a
                        } else {
                            $b
                        }
                    }
                    Maximum => {
                        if $a > $b || $a.is_nan() {
                            $a
                        } else {
                            $b
                        }
                    }
                    And | Or | Xor | Lt | Le | Gt | Ge | Eq | Ne => refused(op.name()),
                }),
            }
        };
    }
    match (a, b) {
        (Scalar::Float64(a), Scalar::Float64(b)) => float!(Float64, a, b, 0f64),
        (Scalar::Float32(a), Scalar::Float32(b)) => float!(Float32, a, b, 0f32),
        (Scalar::Int64(a), Scalar::Int64(b)) => match compare!(a, b) {
            Some(answer) => Scalar::Bool(answer),
            None => Scalar::Int64(match op {
                Add => a.wrapping_add(b),
                Sub => a.wrapping_sub(b),
                Mul => a.wrapping_mul(b),
                FloorDiv if b == 0 => 0,
                FloorDiv => {
                    let quotient = a.wrapping_div(b);
                    if a.wrapping_rem(b) != 0 && (a < 0) != (b < 0) { quotient - 1 } else { quotient }
                }
                Mod if b == 0 => 0,
                Mod => {
                    let rest = a.wrapping_rem(b);
                    if rest != 0 && (rest < 0) != (b < 0) { rest + b } else { rest }
                }
                Minimum => a.min(b),
                Maximum => a.max(b),
                And => a & b,
                Or => a | b,
                Xor => a ^ b,
                TrueDiv | Lt | Le | Gt | Ge | Eq | Ne => refused(op.name()),
            }),
        },
        (Scalar::Bool(a), Scalar::Bool(b)) => Scalar::Bool(match op {
            And => a & b,
            Or => a | b,
            Xor => a ^ b,
            Add | Sub | Mul | TrueDiv | FloorDiv | Mod | Minimum | Maximum | Lt | Le | Gt | Ge | Eq | Ne => {
                refused(op.name())
            }
        }),
        (Scalar::Bool(_) | Scalar::Int64(_) | Scalar::Float32(_) | Scalar::Float64(_), _) => refused(op.name()),
    }
}

/// `a * b + c`, rounded once.
pub fn fma(a: Scalar, b: Scalar, c: Scalar) -> Scalar {
    match (a, b, c) {
        (Scalar::Float64(a), Scalar::Float64(b), Scalar::Float64(c)) => Scalar::Float64(a.mul_add(b, c)),
        (Scalar::Float32(a), Scalar::Float32(b), Scalar::Float32(c)) => Scalar::Float32(a.mul_add(b, c)),
        (Scalar::Bool(_) | Scalar::Int64(_) | Scalar::Float32(_) | Scalar::Float64(_), _, _) => refused("fma"),
    }
}

/// What every lane of a reduction begins with.
pub fn identity(op: ReduceOp, dtype: DType) -> Scalar {
    match (op, dtype) {
        (ReduceOp::Any, _) => Scalar::Bool(false),
        (ReduceOp::All, _) => Scalar::Bool(true),
        (ReduceOp::Sum | ReduceOp::Mean, dtype) => Scalar::Int64(0).cast(dtype),
        (ReduceOp::Prod, dtype) => Scalar::Int64(1).cast(dtype),
        (ReduceOp::Min, DType::Int64) => Scalar::Int64(i64::MAX),
        (ReduceOp::Max, DType::Int64) => Scalar::Int64(i64::MIN),
        (ReduceOp::Min, dtype) => Scalar::Float64(f64::INFINITY).cast(dtype),
        (ReduceOp::Max, dtype) => Scalar::Float64(f64::NEG_INFINITY).cast(dtype),
    }
}

/// The operation that combines two partial results.
pub fn combining(op: ReduceOp) -> BinaryOp {
    match op {
        ReduceOp::Sum | ReduceOp::Mean => BinaryOp::Add,
        ReduceOp::Prod => BinaryOp::Mul,
        ReduceOp::Min => BinaryOp::Minimum,
        ReduceOp::Max => BinaryOp::Maximum,
        ReduceOp::Any => BinaryOp::Or,
        ReduceOp::All => BinaryOp::And,
    }
}

/// What a combined slice of `len` elements becomes: a mean is divided by the length, in the dtype of the sum.
pub fn finish(op: ReduceOp, combined: Scalar, len: usize) -> Scalar {
    match op {
        ReduceOp::Mean => binary(BinaryOp::TrueDiv, combined, Scalar::Float64(len as f64).cast(combined.dtype())),
        ReduceOp::Sum | ReduceOp::Prod | ReduceOp::Min | ReduceOp::Max | ReduceOp::Any | ReduceOp::All => combined,
    }
}

fn refused(op: &str) -> ! {
    panic!("the IR verifier refuses {op} of these dtypes")
}
