//! Integers beyond a machine word: back to a word when they fit, to the nearest float, and never too large.

use num_bigint::{BigInt, BigUint, Sign};
use num_traits::ToPrimitive;

use super::interruptible::{cost, run};
use crate::array::budget;
use crate::diagnostic::ErrorKind;
use crate::exception::{Raised, Result};
use crate::value::{Big, Value};

/// The value of an integer: a machine word when it fits.
pub fn to_value(big: BigInt) -> Value {
    match big.to_i64() {
        Some(small) => Value::int(small),
        None => Value::new(Big(big)),
    }
}

/// Makes sure that an integer of `bits` bits may be built.
///
/// # Errors
/// `MemoryError` if it would not fit into memory.
pub fn check_bits(bits: u64) -> Result<()> {
    // Half of a product's time is spent with temporaries of the same size.
    let bytes = usize::try_from(bits / 8).unwrap_or(usize::MAX).saturating_mul(3);
    if budget::allows(bytes) { Ok(()) } else { Err(Raised::memory_error()) }
}

/// The nearest float, ties to even.
///
/// # Errors
/// `OverflowError` if it is beyond every float.
pub fn to_f64(big: &BigInt) -> Result<f64> {
    run(cost::linear(big.bits()) * 4.0, [big], |[big]| ratio(big.magnitude(), &BigUint::from(1u8)))?
        .map(|magnitude| with_sign(magnitude, big.sign() == Sign::Minus))
        .ok_or_else(|| Raised::new(ErrorKind::OverflowError, "int too large to convert to float"))
}

/// `a / b` as the nearest float, ties to even.
///
/// # Errors
/// `ZeroDivisionError`; `OverflowError` if the quotient is beyond every float.
pub fn true_divide(a: &BigInt, b: &BigInt) -> Result<f64> {
    if b.sign() == Sign::NoSign {
        return Err(Raised::new(ErrorKind::ZeroDivisionError, "division by zero"));
    }
    run(cost::linear(a.bits().max(b.bits())) * 4.0, [a, b], |[a, b]| ratio(a.magnitude(), b.magnitude()))?
        .map(|magnitude| with_sign(magnitude, (a.sign() == Sign::Minus) != (b.sign() == Sign::Minus)))
        .ok_or_else(|| Raised::new(ErrorKind::OverflowError, "integer division result too large for a float"))
}

fn with_sign(magnitude: f64, negative: bool) -> f64 {
    if negative { -magnitude } else { magnitude }
}

/// The float nearest to `a / b`; `None` if it is beyond every float. `b` is not zero.
fn ratio(a: &BigUint, b: &BigUint) -> Option<f64> {
    /// Bits of the quotient that are computed: a float's 53, and enough behind them to round.
    const QUOTIENT: i64 = 66;
    if a.bits() == 0 {
        return Some(0.0);
    }
    let shift = QUOTIENT + b.bits() as i64 - a.bits() as i64;
    if shift > 1200 + QUOTIENT {
        return Some(0.0);
    }
    if shift < -1200 {
        return None;
    }
    let (a, b) = if shift >= 0 { (a << shift as u64, b.clone()) } else { (a.clone(), b << shift.unsigned_abs()) };
    let quotient = &a / &b;
    let exact = &quotient * &b == a;
    let quotient = quotient.to_u128().expect("67 bits at most");
    round_scaled(quotient, !exact, -shift)
}

/// The float nearest to `(mantissa + ε) * 2^exponent`, where ε in (0, 1) is there if `sticky`.
pub(super) fn round_scaled(mantissa: u128, sticky: bool, exponent: i64) -> Option<f64> {
    let bits = 128 - mantissa.leading_zeros() as i64;
    // The last bit of the result stands for 2^-1074 or more.
    let dropped = (bits - 53).max(-1074 - exponent).max(0);
    if dropped > 127 {
        return Some(0.0);
    }
    let kept = (mantissa >> dropped) as u64;
    let rest = mantissa & ((1 << dropped) - 1);
    let half = if dropped == 0 { 0 } else { 1 << (dropped - 1) };
    let above = rest > half || rest == half && sticky;
    let up = dropped > 0 && (above || rest == half && kept & 1 == 1);
    let result = scale(kept as f64 + up as u64 as f64, exponent + dropped);
    result.is_finite().then_some(result)
}

/// `x * 2^exponent`, exact unless it overflows; the caller has rounded already.
fn scale(mut x: f64, mut exponent: i64) -> f64 {
    const STEP: i64 = 1000;
    while exponent > STEP {
        x *= power_of_two(STEP);
        exponent -= STEP;
        if x.is_infinite() {
            return x;
        }
    }
    while exponent < -STEP {
        x *= power_of_two(-STEP);
        exponent += STEP;
    }
    x * power_of_two(exponent)
}

/// `2^exponent` for a normal float's exponent.
fn power_of_two(exponent: i64) -> f64 {
    f64::from_bits(((exponent + 1023) as u64) << 52)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn int(text: &str) -> BigInt {
        text.parse().unwrap()
    }

    #[test]
    fn quotients_are_rounded_once() {
        let cases: [(&str, &str, f64); 6] = [
            ("1", "3", 1.0 / 3.0),
            ("9007199254740993", "1", 9007199254740992.0),
            ("9007199254740995", "1", 9007199254740996.0),
            ("-9223372036854775807", "9223372036854775806", -1.0),
            ("123456789012345678901234567890", "987654321", 1.249999988734375e20),
            ("0", "-5", -0.0),
        ];
        for (a, b, quotient) in cases {
            assert_eq!(true_divide(&int(a), &int(b)).unwrap().to_bits(), f64::to_bits(quotient), "{a} / {b}");
        }
        let tiny = BigInt::from(1) << 1074;
        assert_eq!(true_divide(&int("1"), &tiny).unwrap(), 5e-324);
        assert_eq!(true_divide(&int("1"), &(&tiny << 1)).unwrap(), 0.0);
        assert_eq!(true_divide(&int("3"), &(&tiny << 1)).unwrap(), 1e-323);
        assert!(true_divide(&(BigInt::from(1) << 1024), &int("1")).is_err());
        assert_eq!(to_f64(&((BigInt::from(1) << 1024) - 1 - (BigInt::from(1) << 970))).unwrap(), f64::MAX);
    }
}
