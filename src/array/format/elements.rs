//! The common format of an array's elements: column width, number of digits, plain or scientific notation
//! (NumPy's `FloatingFormat`, `IntegerFormat`, `BoolFormat`).

use super::digits::Digits;
use super::layout::PrintOptions;
use crate::array::Scalar;

/// How the elements of one array are written, all of them alike.
pub(super) enum ElementFormat {
    Bool { padded: bool },
    Int { width: usize },
    Float(FloatFormat),
}

/// Column widths of floats.
pub(super) struct FloatFormat {
    /// Characters before the decimal point, sign included.
    left: usize,
    /// Characters behind it: digits, and in scientific notation the exponent too.
    right: usize,
    notation: Notation,
}

#[derive(Clone, Copy)]
enum Notation {
    /// At most `precision` digits behind the point; shorter ones are padded with blanks.
    Plain { precision: usize },
    /// Exactly `fraction` digits behind the point, exponents of at least `exponent` digits.
    Scientific { fraction: usize, exponent: usize },
}

impl ElementFormat {
    /// `elements`: those that will be written. `zero_dim`: they stand alone, without columns.
    pub fn new(elements: &[Scalar], zero_dim: bool, options: &PrintOptions) -> ElementFormat {
        match elements.first() {
            None | Some(Scalar::Bool(_)) => ElementFormat::Bool { padded: !zero_dim },
            Some(Scalar::Int64(_)) => {
                let width = elements.iter().map(|x| super::scalar_str(*x).len()).max().unwrap_or(0);
                ElementFormat::Int { width }
            }
            Some(Scalar::Float32(_)) => {
                let values: Vec<f32> = elements.iter().map(|x| x.as_f64() as f32).collect();
                // The limits are Python floats: they take the array's dtype before they are compared.
                let scientific = needs_exponent(
                    &values,
                    options,
                    1e6,
                    |a, b| (a as f32) < b as f32,
                    |a, b| (a as f32 / b as f32) as f64,
                );
                ElementFormat::Float(FloatFormat::new(&values, scientific, options))
            }
            Some(Scalar::Float64(_)) => {
                let values: Vec<f64> = elements.iter().map(|x| x.as_f64()).collect();
                let scientific = needs_exponent(&values, options, 1e8, |a, b| a < b, |a, b| a / b);
                ElementFormat::Float(FloatFormat::new(&values, scientific, options))
            }
        }
    }

    pub fn write(&self, element: Scalar) -> String {
        match (self, element) {
            (ElementFormat::Bool { padded: true }, Scalar::Bool(true)) => " True".to_string(),
            (ElementFormat::Float(format), Scalar::Float32(x)) => format.write(x),
            (ElementFormat::Float(format), Scalar::Float64(x)) => format.write(x),
            (ElementFormat::Int { width }, _) => format!("{:>width$}", super::scalar_str(element)),
            (ElementFormat::Bool { .. } | ElementFormat::Float(_), _) => super::scalar_str(element),
        }
    }
}

/// NumPy's rule for scientific notation: a magnitude of `large` or more, one below 1e-4, or a ratio above 1000.
fn needs_exponent<F: Digits>(
    values: &[F],
    options: &PrintOptions,
    large: f64,
    less: impl Fn(f64, f64) -> bool,
    ratio: impl Fn(f64, f64) -> f64,
) -> bool {
    let magnitudes = values.iter().map(|x| x.wide().abs()).filter(|x| x.is_finite() && *x != 0.0);
    let (mut low, mut high) = (f64::INFINITY, 0.0f64);
    for x in magnitudes {
        low = low.min(x);
        high = high.max(x);
    }
    high != 0.0 && (high >= large || (!options.suppress && (less(low, 0.0001) || ratio(high, low) > 1000.0)))
}

impl FloatFormat {
    fn new<F: Digits>(values: &[F], scientific: bool, options: &PrintOptions) -> FloatFormat {
        let precision = options.precision;
        let finite = || values.iter().copied().filter(|x| x.wide().is_finite());
        let sign = |x: F| usize::from(x.wide().is_sign_negative());
        let mut format = if scientific {
            let parts: Vec<_> = finite().map(|x| (sign(x), x.scientific(precision))).collect();
            let fraction = parts.iter().map(|(_, (_, others, _))| others.len()).max().unwrap_or(0);
            let exponent =
                parts.iter().map(|(_, (_, _, exponent))| exponent.abs().to_string().len().max(2)).max().unwrap_or(2);
            let left = parts.iter().map(|(sign, _)| sign + 1).max().unwrap_or(0);
            let notation = Notation::Scientific { fraction, exponent };
            FloatFormat { left, right: fraction + exponent + 2, notation }
        } else {
            let parts: Vec<_> = finite().map(|x| (sign(x), x.positional(precision))).collect();
            let left = parts.iter().map(|(sign, (whole, _))| sign + whole.len()).max().unwrap_or(0);
            let right = parts.iter().map(|(_, (_, fraction))| fraction.len()).max().unwrap_or(0);
            FloatFormat { left, right, notation: Notation::Plain { precision } }
        };
        if values.iter().any(|x| !x.wide().is_finite()) {
            let negative_infinity = values.iter().any(|x| x.wide() == f64::NEG_INFINITY);
            let behind = format.right + 1;
            let longest = "inf".len() + usize::from(negative_infinity);
            format.left = format.left.max(longest.saturating_sub(behind)).max("nan".len().saturating_sub(behind));
        }
        format
    }

    fn write<F: Digits>(&self, x: F) -> String {
        let wide = x.wide();
        let sign = if wide.is_sign_negative() { "-" } else { "" };
        if !wide.is_finite() {
            let text = if wide.is_nan() { "nan".to_string() } else { format!("{sign}inf") };
            return format!("{text:>width$}", width = self.left + self.right + 1);
        }
        match self.notation {
            Notation::Plain { precision } => {
                let (whole, fraction) = x.positional(precision);
                format!("{:>left$}.{fraction:<right$}", format!("{sign}{whole}"), left = self.left, right = self.right)
            }
            Notation::Scientific { fraction, exponent } => {
                let (first, others, power) = x.scientific_to(fraction);
                let power_sign = if power < 0 { '-' } else { '+' };
                format!(
                    "{:>left$}.{others}e{power_sign}{:0>exponent$}",
                    format!("{sign}{first}"),
                    power.abs(),
                    left = self.left
                )
            }
        }
    }
}
