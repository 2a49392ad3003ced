//! Decimal digits of a float: the shortest that read back as the same number, or as many as asked for.

/// A finite number as decimal digits: `0.d₁d₂d₃… × 10^point`. Zero is the digit 0 with point 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decimal {
    pub negative: bool,
    /// ASCII digits, the first and the last not 0 (but for zero itself).
    pub digits: String,
    /// The position of the decimal point, counted from the first digit.
    pub point: i32,
}

impl Decimal {
    /// The shortest digits that read back as the same `f64` (the method of Adams, *Ryū*, PLDI 2018).
    pub fn shortest_f64(x: f64) -> Decimal {
        Decimal::parse(ryu::Buffer::new().format_finite(x))
    }

    /// The shortest digits that read back as the same `f32`.
    pub fn shortest_f32(x: f32) -> Decimal {
        Decimal::parse(ryu::Buffer::new().format_finite(x))
    }

    /// Digits out of plain or scientific notation.
    fn parse(text: &str) -> Decimal {
        let (negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = format!("{whole}{fraction}");
        let leading = all.len() - all.trim_start_matches('0').len();
        let digits = all.trim_matches('0');
        if digits.is_empty() {
            return Decimal { negative, digits: "0".to_string(), point: 1 };
        }
        let exponent: i32 = exponent.parse().expect("an exponent is a number");
        Decimal { negative, digits: digits.to_string(), point: whole.len() as i32 - leading as i32 + exponent }
    }

    /// Number of digits behind the decimal point in plain notation.
    pub fn fraction_len(&self) -> usize {
        (self.digits.len() as i32 - self.point).max(0) as usize
    }

    /// Plain notation without sign: the part before the point (at least `0`) and the part behind it (may be empty).
    pub fn positional(&self) -> (String, String) {
        let point = self.point;
        if point <= 0 {
            let fraction = format!("{}{}", "0".repeat(-point as usize), self.digits);
            return ("0".to_string(), if self.digits == "0" { String::new() } else { fraction });
        }
        let point = point as usize;
        if self.digits.len() <= point {
            (format!("{}{}", self.digits, "0".repeat(point - self.digits.len())), String::new())
        } else {
            (self.digits[..point].to_string(), self.digits[point..].to_string())
        }
    }

    /// Scientific notation without sign: the first digit, the others, and the exponent.
    pub fn scientific(&self) -> (&str, &str, i32) {
        (&self.digits[..1], &self.digits[1..], self.point - 1)
    }
}

/// A float type that has shortest digits of its own.
pub trait Digits: Copy {
    fn shortest(self) -> Decimal;
    /// The exact value, which every narrower float has as an `f64` too.
    fn wide(self) -> f64;

    /// Shortest digits, but no more than `precision` behind the decimal point: the exact value is rounded there.
    fn positional(self, precision: usize) -> (String, String) {
        let shortest = self.shortest();
        if shortest.fraction_len() <= precision {
            return shortest.positional();
        }
        let text = format!("{:.precision$}", self.wide().abs());
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        (whole.to_string(), fraction.trim_end_matches('0').to_string())
    }

    /// Shortest digits, but no more than `precision` behind the first: first digit, others, exponent.
    fn scientific(self, precision: usize) -> (String, String, i32) {
        let shortest = self.shortest();
        if shortest.digits.len() <= precision + 1 {
            let (first, others, exponent) = shortest.scientific();
            return (first.to_string(), others.to_string(), exponent);
        }
        let (first, others, exponent) = rounded(self.wide(), precision);
        (first, others.trim_end_matches('0').to_string(), exponent)
    }

    /// Exactly `fraction` digits behind the first: the shortest ones if there are as many, otherwise those of the
    /// exact value, which need not be zeros behind the shortest.
    fn scientific_to(self, fraction: usize) -> (String, String, i32) {
        let shortest = self.shortest();
        if shortest.digits.len() == fraction + 1 {
            let (first, others, exponent) = shortest.scientific();
            return (first.to_string(), others.to_string(), exponent);
        }
        rounded(self.wide(), fraction)
    }
}

/// The exact value's first digit, `fraction` more, rounded half to even, and the exponent.
fn rounded(x: f64, fraction: usize) -> (String, String, i32) {
    let text = format!("{:.fraction$e}", x.abs());
    let (mantissa, exponent) = text.split_once('e').expect("scientific notation has an exponent");
    let (first, others) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    (first.to_string(), others.to_string(), exponent.parse().expect("an exponent is a number"))
}

impl Digits for f64 {
    fn shortest(self) -> Decimal {
        Decimal::shortest_f64(self)
    }

    fn wide(self) -> f64 {
        self
    }
}

impl Digits for f32 {
    fn shortest(self) -> Decimal {
        Decimal::shortest_f32(self)
    }

    fn wide(self) -> f64 {
        self as f64
    }
}
