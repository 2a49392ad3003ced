//! The digits of a float in every presentation, correctly rounded.

use crate::array::format::float_repr;
use crate::value::Digits;

/// Digits behind the point beyond which every float has only zeros.
const EXACT_FRACTION: usize = 1100;

/// The text of a float without its sign. `x` is not negative; the code is a format spec's letter, NUL for none.
pub fn text(x: f64, code: char, precision: Option<usize>, alternate: bool) -> String {
    let upper = matches!(code, 'E' | 'F' | 'G');
    let mut text = if !x.is_finite() {
        if x.is_nan() { "nan".to_string() } else { "inf".to_string() }
    } else {
        match (code, precision) {
            ('\0', None) => shortest(x, alternate),
            ('\0', Some(precision)) => general(x, precision, alternate, true),
            ('e' | 'E', precision) => exponential(x, precision.unwrap_or(6), alternate),
            ('f' | 'F' | '%', precision) => fixed(x, precision.unwrap_or(6), alternate),
            (_, precision) => general(x, precision.unwrap_or(6), alternate, false),
        }
    };
    if upper {
        text.make_ascii_uppercase();
    }
    text
}

/// `repr`'s digits; the alternate form always has a point.
fn shortest(x: f64, alternate: bool) -> String {
    let text = float_repr(x);
    match text.split_once('e') {
        Some((mantissa, exponent)) if alternate && !mantissa.contains('.') => format!("{mantissa}.e{exponent}"),
        _ => text,
    }
}

/// Powers of ten that a float below 2^63 can be multiplied by in 128 bits.
const POWERS: [u64; 16] = {
    let mut powers = [1; 16];
    let mut at = 1;
    while at < powers.len() {
        powers[at] = powers[at - 1] * 10;
        at += 1;
    }
    powers
};

/// The digits of a float with so many behind the point, if it is below 2^63 and they are few: it is multiplied by a
/// power of ten and rounded half to even in whole numbers, which is exact. Not negative.
pub fn short_fixed(x: f64, precision: usize) -> Option<Digits> {
    const MANTISSA_BITS: u32 = f64::MANTISSA_DIGITS - 1;
    let power = *POWERS.get(precision)?;
    if !(0.0..9_223_372_036_854_775_808.0).contains(&x) {
        return None;
    }
    let (exponent, fraction) =
        ((x.to_bits() >> MANTISSA_BITS & 0x7ff) as i32, x.to_bits() & ((1 << MANTISSA_BITS) - 1));
    // x = mantissa * 2^shift
    let (mantissa, shift) = match exponent {
        0 => (fraction, -1074),
        _ => (fraction | 1 << MANTISSA_BITS, exponent - 1075),
    };
    let product = mantissa as u128 * power as u128;
    let scaled = match shift.unsigned_abs() {
        up if shift >= 0 => product << up,
        // Below 2^103, the product is less than half of what is cut off.
        down if down > 120 => 0,
        down => {
            let (whole, rest, half) = (product >> down, product & ((1 << down) - 1), 1 << (down - 1));
            whole + (rest > half || rest == half && whole & 1 == 1) as u128
        }
    };
    let (whole, fraction) = match u64::try_from(scaled) {
        Ok(scaled) => (scaled / power, scaled % power),
        Err(_) => ((scaled / power as u128) as u64, (scaled % power as u128) as u64),
    };
    let mut digits = Digits::new();
    if precision > 0 {
        digits.push_front(fraction, precision);
        digits.push_sign('.');
    }
    digits.push_front(whole, 1);
    Some(digits)
}

fn fixed(x: f64, precision: usize, alternate: bool) -> String {
    if let Some(digits) = short_fixed(x, precision).filter(|_| !alternate) {
        return digits.as_str().to_string();
    }
    let mut text = format!("{:.*}", precision.min(EXACT_FRACTION), x);
    text.extend(std::iter::repeat_n('0', precision.saturating_sub(EXACT_FRACTION)));
    if alternate && precision == 0 {
        text.push('.');
    }
    text
}

fn exponential(x: f64, precision: usize, alternate: bool) -> String {
    let (mut mantissa, exponent) = significant(x, precision);
    if alternate && precision == 0 {
        mantissa.push('.');
    }
    with_exponent(&mantissa, exponent)
}

/// One digit, a point, `precision` more; and the decimal exponent.
fn significant(x: f64, precision: usize) -> (String, i32) {
    let text = format!("{:.*e}", precision.min(EXACT_FRACTION), x);
    let (mantissa, exponent) = text.split_once('e').expect("scientific notation has an exponent");
    let mut mantissa = mantissa.to_string();
    mantissa.extend(std::iter::repeat_n('0', precision.saturating_sub(EXACT_FRACTION)));
    (mantissa, exponent.parse().expect("an exponent is a number"))
}

fn with_exponent(mantissa: &str, exponent: i32) -> String {
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.abs())
}

/// `precision` significant digits, in plain notation while the exponent is small. `like_repr`: a plain number
/// always has a fraction, as `str(float)` has.
fn general(x: f64, precision: usize, alternate: bool, like_repr: bool) -> String {
    let precision = precision.max(1);
    let (mantissa, exponent) = significant(x, precision - 1);
    let mut digits = mantissa.replace('.', "");
    if !alternate {
        digits.truncate(digits.trim_end_matches('0').len().max(1));
    }
    let point = exponent as i64 + 1;
    let last_plain = precision as i64 - like_repr as i64;
    if point <= -4 || point > last_plain {
        let (first, others) = digits.split_at(1);
        let dot = if others.is_empty() && !alternate { "" } else { "." };
        return with_exponent(&format!("{first}{dot}{others}"), exponent);
    }
    if point <= 0 {
        return format!("0.{}{digits}", "0".repeat(-point as usize));
    }
    let point = point as usize;
    if digits.len() < point {
        digits.extend(std::iter::repeat_n('0', point - digits.len()));
    }
    let (whole, fraction) = digits.split_at(point);
    match (fraction.is_empty(), like_repr, alternate) {
        (true, true, _) => format!("{whole}.0"),
        (true, false, true) => format!("{whole}."),
        (true, false, false) => whole.to_string(),
        (false, _, _) => format!("{whole}.{fraction}"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::short_fixed;

    fn check(x: f64, precision: usize) {
        let digits = short_fixed(x, precision);
        let expected = format!("{x:.precision$}");
        assert_eq!(digits.as_ref().map(|digits| digits.as_str()), Some(&*expected), "{x:e} with {precision} digits");
    }

    #[test]
    fn ties_and_edges_are_rounded_as_the_library_rounds_them() {
        let edges =
            [0.0, 0.5, 1.5, 2.5, 0.125, 0.375, 1e-320, f64::MIN_POSITIVE, 0.05, 9.995, 999.9995, 4503599627370497.5];
        for x in edges.into_iter().chain([9007199254740993.0, 9.2e18, 9_223_372_036_854_774_784.0]) {
            (0..16).for_each(|precision| check(x, precision));
        }
        for (x, precision) in [(9.3e18, 1), (f64::INFINITY, 1), (f64::NAN, 1), (-1.0, 1), (1.0, 16)] {
            assert!(short_fixed(x, precision).is_none());
        }
    }

    proptest! {
        #[test]
        fn exact_digits_are_the_librarys(bits in 0..9e18f64.to_bits(), precision in 0..16usize) {
            check(f64::from_bits(bits), precision);
        }

        #[test]
        fn quarters_and_eighths_too(eighths in 0..1u64 << 53, precision in 0..16usize) {
            check(eighths as f64 / 8.0, precision);
        }
    }
}
