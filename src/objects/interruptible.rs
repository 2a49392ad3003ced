//! Work on big integers, done so that Ctrl-C ends it where it may take long.

use num_bigint::BigInt;

use crate::exception::Result;
use crate::interrupt;

/// Estimated nanoseconds of work that are not worth a thread.
const AT_ONCE: f64 = 5e6;

/// `work(operands)`, which takes about `nanoseconds`.
///
/// # Errors
/// `KeyboardInterrupt`.
pub fn run<const N: usize, T: Send + 'static>(
    nanoseconds: f64,
    operands: [&BigInt; N],
    work: impl FnOnce([&BigInt; N]) -> T + Send + 'static,
) -> Result<T> {
    if nanoseconds < AT_ONCE {
        return Ok(work(operands));
    }
    let operands = operands.map(BigInt::clone);
    Ok(interrupt::apart(move || work(operands.each_ref()))?)
}

/// What operations cost, in nanoseconds by the sizes of their operands in bits: powers and factors were fitted to
/// measured times of num-bigint on operands of 10² to 10⁵ machine words.
pub mod cost {
    fn words(bits: u64) -> f64 {
        bits as f64 / 64.0 + 1.0
    }

    /// Of what reads each word once: sums, shifts, bitwise operators.
    pub fn linear(bits: u64) -> f64 {
        4.0 * words(bits)
    }

    pub fn product(a: u64, b: u64) -> f64 {
        let (a, b) = (words(a), words(b));
        // Powers take longer than products of few words.
        if a * b < 1000.0 { 8.0 * a * b } else { 8.0 * a.max(b) * a.min(b).powf(0.6) }
    }

    /// Of a quotient and a remainder.
    pub fn quotient(a: u64, b: u64) -> f64 {
        linear(a) + 3.0 * product(a.saturating_sub(b), b)
    }

    /// Of a product of many factors that has so many bits in the end, built by halves or by squaring.
    pub fn power(bits: u64) -> f64 {
        3.0 * product(bits / 2, bits / 2)
    }

    pub fn modular_power(exponent: u64, modulus: u64) -> f64 {
        6.0 * exponent as f64 * words(modulus).powi(2)
    }

    pub fn gcd(a: u64, b: u64) -> f64 {
        40.0 * words(a) * words(b)
    }

    pub fn root(bits: u64) -> f64 {
        50.0 * words(bits).powf(1.6)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Above [`AT_ONCE`].
    const LONG: f64 = 1e9;

    #[test]
    fn short_and_long_work_give_the_same() {
        let (a, b) = (BigInt::from(6), BigInt::from(7));
        for nanoseconds in [0.0, LONG] {
            assert_eq!(run(nanoseconds, [&a, &b], |[a, b]| a * b).unwrap(), BigInt::from(42));
        }
    }
}
