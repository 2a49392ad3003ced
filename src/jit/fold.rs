//! The tail of a reduction, in the order of [`order`]: the blocks of a slice to one value.

use super::form::Form;
use crate::kernel::op::ReduceOp;
use crate::kernel::order;

/// Hands the operation of a reduction, as a closure, to an expression; one copy of it for each operation, so that each
/// becomes vector code.
macro_rules! float_operation {
    ($op:expr, |$combine:ident| $body:expr) => {
        match $op {
            ReduceOp::Sum | ReduceOp::Mean => {
                let $combine = |a, b| a + b;
                $body
            }
            ReduceOp::Prod => {
                let $combine = |a, b| a * b;
                $body
            }
            ReduceOp::Min => {
                let $combine = |a, b| if a < b || a != a { a } else { b };
                $body
            }
            ReduceOp::Max | ReduceOp::Any | ReduceOp::All => {
                let $combine = |a, b| if a > b || a != a { a } else { b };
                $body
            }
        }
    };
}

macro_rules! int_operation {
    ($op:expr, |$combine:ident| $body:expr) => {
        match $op {
            ReduceOp::Sum | ReduceOp::Mean => {
                let $combine = |a: i64, b: i64| a.wrapping_add(b);
                $body
            }
            ReduceOp::Prod => {
                let $combine = |a: i64, b: i64| a.wrapping_mul(b);
                $body
            }
            ReduceOp::Min => {
                let $combine = |a: i64, b: i64| a.min(b);
                $body
            }
            ReduceOp::Max | ReduceOp::Any | ReduceOp::All => {
                let $combine = |a: i64, b: i64| a.max(b);
                $body
            }
        }
    };
}

macro_rules! bit_operation {
    ($op:expr, |$combine:ident| $body:expr) => {
        match $op {
            ReduceOp::All | ReduceOp::Min | ReduceOp::Prod => {
                let $combine = |a, b| a & b;
                $body
            }
            ReduceOp::Any | ReduceOp::Max | ReduceOp::Sum | ReduceOp::Mean => {
                let $combine = |a, b| a | b;
                $body
            }
        }
    };
}

/// Combines the bits of all blocks of a slice; `None` if it has none. Overwrites them.
pub fn combine_blocks(op: ReduceOp, form: Form, blocks: &mut [u64]) -> Option<u64> {
    match form {
        Form::F64 => float_operation!(op, |combine| order::fold_blocks(blocks, |a, b| {
            combine(f64::from_bits(a), f64::from_bits(b)).to_bits()
        })),
        Form::F32 => float_operation!(op, |combine| order::fold_blocks(blocks, |a, b| {
            combine(f32::from_bits(a as u32), f32::from_bits(b as u32)).to_bits() as u64
        })),
        Form::I64 => {
            int_operation!(op, |combine| order::fold_blocks(blocks, |a, b| combine(a as i64, b as i64) as u64))
        }
        Form::Mask32 | Form::Mask64 | Form::Byte => {
            bit_operation!(op, |combine| order::fold_blocks(blocks, combine))
        }
    }
}

/// Row `into` of a table becomes the combination of rows `a` and `b`, element by element: `[into, a, b]`, `into <= a`,
/// `a < b`. Rows are `row_words` long.
pub fn combine_row(op: ReduceOp, form: Form, table: &mut [u64], row_words: usize, [into, a, b]: [usize; 3]) {
    if into != a {
        table.copy_within(a * row_words..(a + 1) * row_words, into * row_words);
    }
    let (low, high) = table.split_at_mut(b * row_words);
    let (left, right) = (&mut low[into * row_words..(into + 1) * row_words], &high[..row_words]);
    let pairs = left.iter_mut().zip(right);
    match form {
        Form::F64 => float_operation!(op, |combine| {
            pairs.for_each(|(a, b)| *a = combine(f64::from_bits(*a), f64::from_bits(*b)).to_bits())
        }),
        Form::F32 => float_operation!(op, |combine| {
            let half = |a: u64, b: u64| combine(f32::from_bits(a as u32), f32::from_bits(b as u32)).to_bits() as u64;
            pairs.for_each(|(a, b)| *a = half(*a, *b) | half(*a >> 32, *b >> 32) << 32)
        }),
        Form::I64 => {
            int_operation!(op, |combine| pairs.for_each(|(a, b)| *a = combine(*a as i64, *b as i64) as u64))
        }
        Form::Mask32 | Form::Mask64 | Form::Byte => {
            bit_operation!(op, |combine| pairs.for_each(|(a, b): (&mut u64, &u64)| *a = combine(*a, *b)))
        }
    }
}

/// Sums become means: packed floats divided by their number, in their own precision.
pub fn divide(form: Form, row: &mut [u64], len: usize) {
    match form {
        Form::F64 => row.iter_mut().for_each(|bits| *bits = (f64::from_bits(*bits) / len as f64).to_bits()),
        Form::F32 => {
            let half = |bits: u64| (f32::from_bits(bits as u32) / len as f32).to_bits() as u64;
            row.iter_mut().for_each(|bits| *bits = half(*bits) | half(*bits >> 32) << 32);
        }
        // A mean is one of floats: lowering casts first.
        Form::I64 | Form::Mask32 | Form::Mask64 | Form::Byte => {}
    }
}
