//! What single operations mean, by example: limits of integers, zeros, infinities and NaN.

use super::scalar::{binary, checked, compare, truncated, unary};
use crate::loops::ir::{Binary, Checked, Relation, Unary, Word};

const MIN: u64 = i64::MIN as u64;
const MAX: u64 = i64::MAX as u64;

#[test]
fn integers_wrap_around() {
    assert_eq!(binary(Binary::Add, Word::I64, MAX, 1), MIN);
    assert_eq!(binary(Binary::Mul, Word::I64, MIN, -1i64 as u64), MIN);
    assert_eq!(unary(Unary::Neg, Word::I64, MIN), MIN);
    assert_eq!(checked(Checked::Add, MAX, 1), None);
    assert_eq!(checked(Checked::Sub, MIN, 1), None);
    assert_eq!(checked(Checked::Mul, MIN, -1i64 as u64), None);
    assert_eq!(checked(Checked::Sub, 0, MAX), Some(MIN + 1));
}

#[test]
fn division_is_towards_zero() {
    let (minus_seven, minus_three, minus_one) = (-7i64 as u64, -3i64 as u64, -1i64 as u64);
    assert_eq!(binary(Binary::Div, Word::I64, minus_seven, 2), minus_three);
    assert_eq!(binary(Binary::Rem, Word::I64, minus_seven, 2), minus_one);
    assert_eq!(binary(Binary::DivUnsigned, Word::I64, minus_one, 2), MAX);
    assert_eq!(binary(Binary::Shr, Word::I64, minus_seven, 63), minus_one);
}

#[test]
fn integers_with_and_without_sign_compare_differently() {
    assert!(compare(Relation::Lt, Word::I64, MIN, 0));
    assert!(!compare(Relation::Below, Word::I64, MIN, 0));
}

#[test]
fn a_nan_is_in_no_relation_but_one() {
    let nan = f64::NAN.to_bits();
    for op in [Relation::Lt, Relation::Le, Relation::Gt, Relation::Ge, Relation::Eq] {
        assert!(!compare(op, Word::F64, nan, nan), "{op:?}");
    }
    assert!(compare(Relation::Ne, Word::F64, nan, nan));
    assert!(compare(Relation::Eq, Word::F64, 0f64.to_bits(), (-0f64).to_bits()));
}

#[test]
fn conversions_round_to_nearest_and_to_zero() {
    assert_eq!(unary(Unary::IntToFloat, Word::I64, (1 << 53) + 1), (2f64.powi(53)).to_bits());
    assert_eq!(unary(Unary::IntToSingle, Word::I64, (1 << 24) + 1), 2f32.powi(24).to_bits() as u64);
    assert_eq!(unary(Unary::FloatToInt, Word::F64, (-2.9f64).to_bits()), -2i64 as u64);
    assert_eq!(unary(Unary::FloatToSingle, Word::F64, 1e300f64.to_bits()), f32::INFINITY.to_bits() as u64);
    assert_eq!(unary(Unary::Neg, Word::F64, 0f64.to_bits()), (-0f64).to_bits());
}

#[test]
fn a_word_has_no_bits_beyond_its_own() {
    assert_eq!(truncated(Word::I8, 0xabcd), 0xcd);
    assert_eq!(binary(Binary::Xor, Word::I8, 1, 1), 0);
    assert_eq!(unary(Unary::Neg, Word::F32, 1f32.to_bits() as u64), (-1f32).to_bits() as u64);
}
