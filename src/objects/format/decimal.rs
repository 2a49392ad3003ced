//! The digits of a float in every presentation, correctly rounded.

use crate::array::format::float_repr;

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

fn fixed(x: f64, precision: usize, alternate: bool) -> String {
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
