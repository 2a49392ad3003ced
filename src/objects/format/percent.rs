//! `text % values`: the older way to format, after C's `printf`.

use super::layout::{NumberText, lay_out};
use super::spec::{Align, Sign, Spec};
use super::{decimal, format_text, integer_digits};
use crate::diagnostic::ErrorKind;
use crate::exception::{Raised, Result};
use crate::objects::convert::float_to_int;
use crate::objects::integer::Integer;
use crate::objects::math::to_real;
use crate::objects::number::{Number, index_integer, number};
use crate::objects::sequence::check_bytes;
use crate::objects::{numpy_as_python, subscript, text};
use crate::value::{Kind, Str, Tuple, Value};

/// `format % values`: a tuple's items, a mapping's by key, or the one value.
///
/// # Errors
/// `TypeError` for too few, too many or wrong values, `ValueError` for a wrong format, `KeyError`, `MemoryError`.
pub fn percent(format: &str, values: &Value) -> Result<String> {
    let mut arguments = Arguments::of(values);
    let characters: Vec<char> = format.chars().collect();
    let mut scanner = Scanner { characters: &characters, at: 0 };
    let mut out = String::new();
    while let Some(c) = scanner.next() {
        if c != '%' {
            out.push(c);
        } else if scanner.take('%') {
            out.push('%');
        } else {
            out.push_str(&field(&mut scanner, &mut arguments)?);
        }
    }
    if arguments.are_left() {
        return Err(Raised::type_error("not all arguments converted during string formatting"));
    }
    Ok(out)
}

struct Arguments<'a> {
    items: Vec<Value>,
    used: usize,
    mapping: Option<&'a Value>,
    /// Once a field was found by key, only what its key leads to is handed out, once.
    keyed: Option<Option<Value>>,
}

impl<'a> Arguments<'a> {
    fn of(values: &'a Value) -> Arguments<'a> {
        let items = match values.get::<Tuple>() {
            Some(tuple) => tuple.0.to_vec(),
            None => vec![values.clone()],
        };
        // Whatever has subscripts, strings and tuples apart.
        let is_mapping = matches!(
            values.kind(),
            Kind::Dict | Kind::List | Kind::Range | Kind::BigRange | Kind::Array | Kind::Scalar | Kind::Alias
        );
        Arguments { items, used: 0, mapping: is_mapping.then_some(values), keyed: None }
    }

    fn next(&mut self) -> Result<Value> {
        let item = match &mut self.keyed {
            Some(value) => value.take(),
            None => self.items.get(self.used).cloned(),
        };
        self.used += 1;
        item.ok_or_else(|| Raised::type_error("not enough arguments for format string"))
    }

    fn by_key(&mut self, scanner: &mut Scanner) -> Result<()> {
        let Some(mapping) = self.mapping else { return Err(Raised::type_error("format requires a mapping")) };
        self.keyed = Some(Some(subscript::get_item(mapping, &Value::str(key(scanner)?))?));
        Ok(())
    }

    fn are_left(&self) -> bool {
        self.mapping.is_none() && self.used < self.items.len()
    }
}

struct Scanner<'a> {
    characters: &'a [char],
    at: usize,
}

impl Scanner<'_> {
    fn next(&mut self) -> Option<char> {
        let c = self.characters.get(self.at).copied();
        self.at += c.is_some() as usize;
        c
    }

    fn take(&mut self, wanted: char) -> bool {
        let found = self.characters.get(self.at) == Some(&wanted);
        self.at += found as usize;
        found
    }

    /// A number, if one stands here.
    fn integer(&mut self, what: &str) -> Result<Option<usize>> {
        let start = self.at;
        while self.characters.get(self.at).is_some_and(char::is_ascii_digit) {
            self.at += 1;
        }
        let digits: String = self.characters[start..self.at].iter().collect();
        if digits.is_empty() {
            return Ok(None);
        }
        let number = digits.parse::<i64>().ok().filter(|number| what == "width" || *number <= i32::MAX as i64);
        number.map(|number| Some(number as usize)).ok_or_else(|| Raised::value_error(format!("{what} too big")))
    }
}

/// One `%…` behind its percent sign.
fn field(scanner: &mut Scanner, arguments: &mut Arguments) -> Result<String> {
    if scanner.take('(') {
        arguments.by_key(scanner)?;
    }
    let (mut left, mut zero, mut alternate) = (false, false, false);
    let mut sign = None;
    loop {
        if scanner.take('-') {
            left = true;
        } else if scanner.take('+') {
            sign = Some(Sign::Plus);
        } else if scanner.take(' ') {
            sign = sign.or(Some(Sign::Space));
        } else if scanner.take('#') {
            alternate = true;
        } else if scanner.take('0') {
            zero = true;
        } else {
            break;
        }
    }
    let mut width = if scanner.take('*') {
        let width = star(arguments, i64::MAX, "ssize_t")?;
        left |= width < 0;
        Some(width.unsigned_abs() as usize)
    } else {
        scanner.integer("width")?
    };
    let mut precision = None;
    if scanner.take('.') {
        precision = Some(match scanner.take('*') {
            true => star(arguments, i32::MAX as i64, "int")?.max(0) as usize,
            false => scanner.integer("precision")?.unwrap_or(0),
        });
    }
    let _ = scanner.take('h') || scanner.take('l') || scanner.take('L');
    let index = scanner.at;
    let Some(code) = scanner.next() else { return Err(Raised::value_error("incomplete format")) };
    let value = arguments.next()?;
    width = width.filter(|width| *width > 0);
    let numeric = matches!(code, 'd' | 'i' | 'u' | 'o' | 'x' | 'X' | 'e' | 'E' | 'f' | 'F' | 'g' | 'G');
    let zero = zero && numeric && !left;
    let align = match (left, zero) {
        (true, _) => Align::Left,
        (false, true) => Align::AfterSign,
        (false, false) => Align::Right,
    };
    let spec = Spec {
        fill: if zero { '0' } else { ' ' },
        align: Some(align),
        sign: if numeric { sign } else { None },
        no_negative_zero: false,
        alternate,
        width,
        grouping: None,
        precision,
        code,
    };
    convert(&value, spec, index)
}

fn key(scanner: &mut Scanner) -> Result<String> {
    let mut depth = 1;
    let mut key = String::new();
    loop {
        let Some(c) = scanner.next() else { return Err(Raised::value_error("incomplete format key")) };
        depth += (c == '(') as i32 - (c == ')') as i32;
        if depth == 0 {
            return Ok(key);
        }
        key.push(c);
    }
}

/// A width or a precision that is an argument; it must fit C's type of that name.
fn star(arguments: &mut Arguments, most: i64, name: &str) -> Result<i64> {
    match number(&arguments.next()?) {
        Some(Number::Int(Integer::Small(i))) if i.unsigned_abs() <= most as u64 => Ok(i),
        Some(Number::Int(_)) => {
            Err(Raised::new(ErrorKind::OverflowError, format!("Python int too large to convert to C {name}")))
        }
        Some(Number::Float(_)) | None => Err(Raised::type_error("* wants int")),
    }
}

/// `index`: where the type's letter stands.
fn convert(value: &Value, spec: Spec, index: usize) -> Result<String> {
    match spec.code {
        's' => text_field(&text::str(value)?, spec),
        'r' => text_field(&text::repr(value)?, spec),
        'a' => text_field(&text::ascii(value)?, spec),
        'c' => text_field(&character(value)?, Spec { precision: None, ..spec }),
        'd' | 'i' | 'u' | 'o' | 'x' | 'X' => integer_field(value, spec),
        'e' | 'E' | 'f' | 'F' | 'g' | 'G' => {
            let x = to_real(value)?;
            check_bytes(spec.precision.unwrap_or(0))?;
            let text = decimal::text(x.abs(), spec.code, Some(spec.precision.unwrap_or(6)), spec.alternate);
            let end = text.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
            let (digits, rest) = text.split_at(end);
            lay_out(NumberText { negative: x.is_sign_negative() && !x.is_nan(), prefix: "", digits, rest }, &spec)
        }
        code => Err(Raised::value_error(format!(
            "unsupported format character '{}' ({:#x}) at index {index}",
            if (' '..='~').contains(&code) { code } else { '?' },
            code as u32
        ))),
    }
}

fn text_field(text: &str, spec: Spec) -> Result<String> {
    format_text(&Str::new(text), &Spec { code: 's', alternate: false, ..spec })
}

fn character(value: &Value) -> Result<String> {
    if let Some(text) = value.get::<Str>().filter(|text| text.len() == 1) {
        return Ok(text.as_str().to_string());
    }
    match index_integer(value) {
        Some(Integer::Big(_)) => Err(Raised::new(ErrorKind::OverflowError, "%c arg not in range(0x110000)")),
        Some(i) => super::character(i),
        None => Err(Raised::type_error("%c requires int or char")),
    }
}

fn integer_field(value: &Value, spec: Spec) -> Result<String> {
    let decimal = matches!(spec.code, 'd' | 'i' | 'u');
    let python = numpy_as_python(value);
    // NumPy's truth values are numbers, but no integers.
    let found = if decimal { number(&python) } else { index_integer(value).map(Number::Int) };
    let whole = match found {
        Some(Number::Float(x)) if decimal => float_to_int(x)?,
        Some(Number::Int(i)) => i.to_value(),
        Some(Number::Float(_)) | None => {
            let needed = if decimal { "a real number" } else { "an integer" };
            return Err(Raised::type_error(format!(
                "%{} format: {needed} is required, not {}",
                spec.code,
                value.type_name()
            )));
        }
    };
    let Some(Number::Int(integer)) = number(&whole) else { unreachable!("just made an integer") };
    let code = if decimal { 'd' } else { spec.code };
    let (prefix, digits) = integer_digits(integer, code)?;
    let zeros = spec.precision.unwrap_or(0).saturating_sub(digits.len());
    check_bytes(zeros)?;
    let digits = format!("{}{digits}", "0".repeat(zeros));
    let prefix = if spec.alternate { prefix } else { "" };
    lay_out(NumberText { negative: integer.is_negative(), prefix, digits: &digits, rest: "" }, &spec)
}
