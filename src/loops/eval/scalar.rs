//! What operations on single words mean. A word lies in the lowest bits of 64, and the others are zero.

use std::ops::{Add, Div, Mul, Sub};

use crate::loops::ir::{Binary, Checked, Literal, Relation, Unary, Word};

pub fn literal(value: Literal) -> u64 {
    match value {
        Literal::I8(bits) => bits as u64,
        Literal::I64(i) => i as u64,
        Literal::F32(x) => x.to_bits() as u64,
        Literal::F64(x) => x.to_bits(),
    }
}

/// The bits that a word of this kind has.
pub fn truncated(word: Word, bits: u64) -> u64 {
    match word {
        Word::I8 => bits as u8 as u64,
        Word::F32 => bits as u32 as u64,
        Word::I64 | Word::F64 => bits,
    }
}

/// `word` is that of the operands and of the result.
///
/// # Panics
/// For a division of integers by zero.
pub fn binary(op: Binary, word: Word, a: u64, b: u64) -> u64 {
    match word {
        Word::I8 | Word::I64 => truncated(word, of_integers(op, a as i64, b as i64) as u64),
        Word::F32 => of_floats(op, single(a), single(b)).to_bits() as u64,
        Word::F64 => of_floats(op, double(a), double(b)).to_bits(),
    }
}

fn of_integers(op: Binary, a: i64, b: i64) -> i64 {
    match op {
        Binary::Add => a.wrapping_add(b),
        Binary::Sub => a.wrapping_sub(b),
        Binary::Mul => a.wrapping_mul(b),
        Binary::Div => a.wrapping_div(b),
        Binary::Rem => a.wrapping_rem(b),
        Binary::And => a & b,
        Binary::Or => a | b,
        Binary::Xor => a ^ b,
        Binary::Shl => a.wrapping_shl(b as u32),
        Binary::Shr => a.wrapping_shr(b as u32),
        Binary::DivUnsigned => (a as u64 / b as u64) as i64,
    }
}

fn of_floats<T: Add<Output = T> + Sub<Output = T> + Mul<Output = T> + Div<Output = T>>(op: Binary, a: T, b: T) -> T {
    match op {
        Binary::Add => a + b,
        Binary::Sub => a - b,
        Binary::Mul => a * b,
        Binary::Div => a / b,
        Binary::Rem | Binary::And | Binary::Or | Binary::Xor | Binary::Shl | Binary::Shr | Binary::DivUnsigned => {
            unreachable!("{op:?} is of integers, the verifier says")
        }
    }
}

/// `word` is that of the operand.
pub fn unary(op: Unary, word: Word, a: u64) -> u64 {
    match op {
        Unary::Neg if word == Word::I64 => (a as i64).wrapping_neg() as u64,
        Unary::Neg => of_float(word, a, |x| -x, |x| -x),
        Unary::Abs => of_float(word, a, f32::abs, f64::abs),
        Unary::Sqrt => of_float(word, a, f32::sqrt, f64::sqrt),
        Unary::Floor => of_float(word, a, f32::floor, f64::floor),
        Unary::Ceil => of_float(word, a, f32::ceil, f64::ceil),
        Unary::Trunc => of_float(word, a, f32::trunc, f64::trunc),
        Unary::Not => a ^ 1,
        Unary::IntToFloat => (a as i64 as f64).to_bits(),
        Unary::IntToSingle => (a as i64 as f32).to_bits() as u64,
        Unary::FloatToInt => double(a) as i64 as u64,
        Unary::SingleToFloat => (single(a) as f64).to_bits(),
        Unary::FloatToSingle => (double(a) as f32).to_bits() as u64,
        Unary::Widen => a,
    }
}

fn of_float(word: Word, a: u64, of_single: fn(f32) -> f32, of_double: fn(f64) -> f64) -> u64 {
    match word {
        Word::F32 => of_single(single(a)).to_bits() as u64,
        Word::F64 => of_double(double(a)).to_bits(),
        Word::I8 | Word::I64 => unreachable!("an operation of floats, the verifier says"),
    }
}

/// `word` is that of the operands.
pub fn compare(op: Relation, word: Word, a: u64, b: u64) -> bool {
    match word {
        Word::I8 | Word::I64 if op == Relation::Below => a < b,
        Word::I8 | Word::I64 => holds(op, a as i64, b as i64),
        Word::F32 => holds(op, single(a), single(b)),
        Word::F64 => holds(op, double(a), double(b)),
    }
}

fn holds<T: PartialOrd>(op: Relation, a: T, b: T) -> bool {
    match op {
        Relation::Lt => a < b,
        Relation::Le => a <= b,
        Relation::Gt => a > b,
        Relation::Ge => a >= b,
        Relation::Eq => a == b,
        Relation::Ne => a != b,
        Relation::Below => unreachable!("of integers without sign, the verifier says"),
    }
}

/// None beyond 64 bits.
pub fn checked(op: Checked, a: u64, b: u64) -> Option<u64> {
    let (a, b) = (a as i64, b as i64);
    let result = match op {
        Checked::Add => a.checked_add(b),
        Checked::Sub => a.checked_sub(b),
        Checked::Mul => a.checked_mul(b),
    };
    result.map(|result| result as u64)
}

fn single(bits: u64) -> f32 {
    f32::from_bits(bits as u32)
}

fn double(bits: u64) -> f64 {
    f64::from_bits(bits)
}
