//! A format spec, taken apart: `[[fill]align][sign][z][#][0][width][grouping][.precision][type]`.

use crate::exception::{Raised, Result};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    Left,
    Right,
    Center,
    /// Padding goes between the sign and the digits.
    AfterSign,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    Plus,
    Minus,
    Space,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grouping {
    Comma,
    Underscore,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spec {
    pub fill: char,
    /// `None`: as the type likes it, strings left and numbers right.
    pub align: Option<Align>,
    pub sign: Option<Sign>,
    pub no_negative_zero: bool,
    pub alternate: bool,
    pub width: Option<usize>,
    pub grouping: Option<Grouping>,
    pub precision: Option<usize>,
    /// The type's letter, or the default one.
    pub code: char,
}

impl Spec {
    /// Takes a spec apart. `default_code` is `s` for strings, `d` for integers, NUL for floats.
    ///
    /// # Errors
    /// `ValueError` for what is no spec, or asks for impossible combinations.
    pub fn parse(spec: &str, default_code: char, type_name: &str) -> Result<Spec> {
        let mut scanner = Scanner { rest: spec };
        let (mut fill, mut align) = (None, None);
        let mut ahead = spec.chars();
        let (first, second) = (ahead.next(), ahead.next());
        if let Some(found) = second.and_then(alignment) {
            fill = first;
            align = Some(found);
            scanner.rest = ahead.as_str();
        } else if let Some(found) = first.and_then(alignment) {
            align = Some(found);
            scanner.rest = &spec[1..];
        }
        let sign = if scanner.take('+') {
            Some(Sign::Plus)
        } else if scanner.take('-') {
            Some(Sign::Minus)
        } else if scanner.take(' ') {
            Some(Sign::Space)
        } else {
            None
        };
        let no_negative_zero = scanner.take('z');
        let alternate = scanner.take('#');
        if fill.is_none() && scanner.take('0') {
            fill = Some('0');
            if align.is_none() && default_code != 's' {
                align = Some(Align::AfterSign);
            }
        }
        let width = scanner.integer()?;
        let mut grouping = scanner.take(',').then_some(Grouping::Comma);
        let both = || Raised::value_error("Cannot specify both ',' and '_'.");
        if scanner.take('_') {
            if grouping.is_some() {
                return Err(both());
            }
            grouping = Some(Grouping::Underscore);
        }
        if scanner.rest.starts_with(',') && grouping == Some(Grouping::Underscore) {
            return Err(both());
        }
        let mut precision = None;
        if scanner.take('.') {
            precision = scanner.integer()?;
            if precision.is_none() {
                return Err(Raised::value_error("Format specifier missing precision"));
            }
        }
        let mut letters = scanner.rest.chars();
        let code = letters.next().unwrap_or(default_code);
        if letters.next().is_some() {
            return Err(Raised::value_error(format!(
                "Invalid format specifier '{spec}' for object of type '{type_name}'"
            )));
        }
        if let Some(grouping) = grouping {
            check_grouping(grouping, code)?;
        }
        Ok(Spec {
            fill: fill.unwrap_or(' '),
            align,
            sign,
            no_negative_zero,
            alternate,
            width,
            grouping,
            precision,
            code,
        })
    }
}

fn check_grouping(grouping: Grouping, code: char) -> Result<()> {
    match code {
        'd' | 'e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%' | '\0' => Ok(()),
        'b' | 'o' | 'x' | 'X' if grouping == Grouping::Underscore => Ok(()),
        _ => {
            let separator = grouping.separator();
            let code = match code as u32 {
                33..128 => code.to_string(),
                other => format!("\\x{other:x}"),
            };
            Err(Raised::value_error(format!("Cannot specify '{separator}' with '{code}'.")))
        }
    }
}

impl Grouping {
    pub const fn separator(self) -> char {
        match self {
            Grouping::Comma => ',',
            Grouping::Underscore => '_',
        }
    }
}

fn alignment(c: char) -> Option<Align> {
    match c {
        '<' => Some(Align::Left),
        '>' => Some(Align::Right),
        '^' => Some(Align::Center),
        '=' => Some(Align::AfterSign),
        _ => None,
    }
}

struct Scanner<'a> {
    rest: &'a str,
}

impl Scanner<'_> {
    fn take(&mut self, c: char) -> bool {
        match self.rest.strip_prefix(c) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// A decimal number, if one stands here.
    fn integer(&mut self) -> Result<Option<usize>> {
        let end = self.rest.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(self.rest.len());
        let (digits, rest) = self.rest.split_at(end);
        self.rest = rest;
        if digits.is_empty() {
            return Ok(None);
        }
        let number = digits.parse::<i64>().ok().and_then(|number| usize::try_from(number).ok());
        number.map(Some).ok_or_else(|| Raised::value_error("Too many decimal digits in format string"))
    }
}
