//! Where a number's sign, prefix, digits, separators and padding go.

use super::super::sequence::check_bytes;
use super::spec::{Align, Grouping, Sign, Spec};
use crate::exception::Result;

/// A number's text before it is laid out.
pub struct NumberText<'a> {
    pub negative: bool,
    /// `0x` and the like.
    pub prefix: &'a str,
    /// The digits that are grouped: those before the decimal point.
    pub digits: &'a str,
    /// What follows them: point, fraction, exponent, `%`; or all of a text without digits.
    pub rest: &'a str,
}

/// The number in its field.
///
/// # Errors
/// `MemoryError` for an absurd width.
pub fn lay_out(text: NumberText, spec: &Spec) -> Result<String> {
    let sign = match (text.negative, spec.sign) {
        (true, _) => "-",
        (false, Some(Sign::Plus)) => "+",
        (false, Some(Sign::Space)) => " ",
        (false, Some(Sign::Minus) | None) => "",
    };
    let width = spec.width.unwrap_or(0);
    check_bytes(width.saturating_mul(spec.fill.len_utf8()))?;
    let others = sign.len() + text.prefix.len() + text.rest.chars().count();
    let align = spec.align.unwrap_or(Align::Right);
    let zero_filled = spec.fill == '0' && align == Align::AfterSign;
    let min_width = if zero_filled { width.saturating_sub(others) } else { 0 };
    let digits = if text.digits.is_empty() { String::new() } else { grouped(text.digits, min_width, spec) };
    let padding = width.saturating_sub(others + digits.len());
    let (left, inner, right) = match align {
        Align::Left => (0, 0, padding),
        Align::Right => (padding, 0, 0),
        Align::Center => (padding / 2, 0, padding - padding / 2),
        Align::AfterSign => (0, padding, 0),
    };
    let fill = |count| std::iter::repeat_n(spec.fill, count);
    let mut out = String::with_capacity(width.max(others + digits.len()));
    out.extend(fill(left));
    out.push_str(sign);
    out.push_str(text.prefix);
    out.extend(fill(inner));
    out.push_str(&digits);
    out.push_str(text.rest);
    out.extend(fill(right));
    Ok(out)
}

/// The digits with separators, zeros in front up to `min_width`; a separator never comes first.
fn grouped(digits: &str, min_width: usize, spec: &Spec) -> String {
    let Some(grouping) = spec.grouping else {
        let zeros = min_width.saturating_sub(digits.len());
        return format!("{}{digits}", "0".repeat(zeros));
    };
    let size = match (grouping, spec.code) {
        (Grouping::Underscore, 'b' | 'o' | 'x' | 'X') => 4,
        (Grouping::Underscore | Grouping::Comma, _) => 3,
    };
    let mut reversed = String::new();
    let mut left = digits.bytes().rev().map(char::from).peekable();
    let mut in_group = 0;
    while left.peek().is_some() || reversed.len() < min_width {
        if in_group == size {
            reversed.push(grouping.separator());
            in_group = 0;
        }
        reversed.push(left.next().unwrap_or('0'));
        in_group += 1;
    }
    reversed.chars().rev().collect()
}
