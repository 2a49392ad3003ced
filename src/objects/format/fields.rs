//! `str.format` and `str.format_map`: replacement fields by position and name, with attributes, subscripts and nested specs.

use super::format_value;
use crate::diagnostic::ErrorKind;
use crate::exception::{Raised, Result};
use crate::objects::arguments::Keywords;
use crate::objects::{key_error, methods, subscript};
use crate::value::{Kind, Value};

/// Specs may hold fields, those fields' specs may not.
const MAX_DEPTH: u32 = 2;

/// `text.format(*args, **keywords)`.
///
/// # Errors
/// `ValueError` for a wrong format, `IndexError` and `KeyError` for fields that are not there; what formatting raises.
pub fn format_fields(text: &str, args: &[Value], keywords: Keywords) -> Result<String> {
    Formatter { source: Source::Arguments(args, keywords), numbering: Numbering::Open }.expand(text, MAX_DEPTH)
}

/// `text.format_map(mapping)`.
///
/// # Errors
/// As [`format_fields`], and `ValueError` for fields without a name.
pub fn format_map(text: &str, mapping: &Value) -> Result<String> {
    Formatter { source: Source::Mapping(mapping), numbering: Numbering::Open }.expand(text, MAX_DEPTH)
}

/// Where fields get their values.
#[derive(Clone, Copy)]
enum Source<'a> {
    Arguments(&'a [Value], Keywords<'a>),
    Mapping(&'a Value),
}

/// How fields are numbered: not both ways in one text.
enum Numbering {
    Open,
    Automatic(usize),
    Manual,
}

struct Formatter<'a> {
    source: Source<'a>,
    numbering: Numbering,
}

/// A replacement field, taken apart.
struct Field<'a> {
    name: &'a str,
    conversion: Option<char>,
    spec: &'a str,
}

fn wrong(message: &str) -> Raised {
    Raised::value_error(message)
}

impl Formatter<'_> {
    fn expand(&mut self, text: &str, depth: u32) -> Result<String> {
        if depth == 0 {
            return Err(wrong("Max string recursion exceeded"));
        }
        let mut out = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            out.push_str(&rest[..at]);
            let brace = &rest[at..=at];
            rest = &rest[at + 1..];
            if let Some(behind) = rest.strip_prefix(brace) {
                out.push_str(brace);
                rest = behind;
            } else if brace == "}" {
                return Err(wrong("Single '}' encountered in format string"));
            } else if rest.is_empty() {
                return Err(wrong("Single '{' encountered in format string"));
            } else {
                let (field, behind) = take_field(rest)?;
                rest = behind;
                let value = self.value(field.name)?;
                if let Some(conversion) = field.conversion.filter(|c| !matches!(c, 'r' | 's' | 'a')) {
                    return Err(wrong(&format!("Unknown conversion specifier {conversion}")));
                }
                let spec = match field.spec.contains('{') {
                    true => self.expand(field.spec, depth - 1)?,
                    false => field.spec.to_string(),
                };
                out.push_str(&format_value(&value, field.conversion, &spec)?);
            }
        }
        out.push_str(rest);
        Ok(out)
    }

    /// The value that a field's name leads to.
    fn value(&mut self, name: &str) -> Result<Value> {
        let end = name.find(['.', '[']).unwrap_or(name.len());
        let (first, mut path) = name.split_at(end);
        let mut value = self.argument(first)?;
        while !path.is_empty() {
            let (step, rest) = take_step(path)?;
            path = rest;
            if value.kind() == Kind::Array {
                return Err(Raised::new(
                    ErrorKind::NotImplementedError,
                    "toy does not look into arrays from within a format string",
                ));
            }
            value = match step {
                Step::Attribute(name) => methods::attribute(&value, name)?,
                Step::Key(key) => match integer(key)? {
                    Some(index) => subscript::get_item(&value, &Value::int(index as i64))?,
                    None => subscript::get_item(&value, &Value::str(key))?,
                },
            };
        }
        Ok(value)
    }

    fn argument(&mut self, first: &str) -> Result<Value> {
        let manual = integer(first)?;
        if !first.is_empty() && manual.is_none() {
            return match self.source {
                Source::Arguments(_, keywords) => {
                    let found = keywords.iter().find(|(name, _)| **name == *first);
                    found.map(|(_, value)| value.clone()).ok_or_else(|| key_error(&Value::str(first)))
                }
                Source::Mapping(mapping) => subscript::get_item(mapping, &Value::str(first)),
            };
        }
        let index = match (manual, &mut self.numbering) {
            (Some(_), Numbering::Automatic(_)) => {
                return Err(wrong("cannot switch from automatic field numbering to manual field specification"));
            }
            (None, Numbering::Manual) => {
                return Err(wrong("cannot switch from manual field specification to automatic field numbering"));
            }
            (Some(index), numbering) => {
                *numbering = Numbering::Manual;
                index
            }
            (None, Numbering::Automatic(next)) => {
                *next += 1;
                *next - 1
            }
            (None, numbering) => {
                *numbering = Numbering::Automatic(1);
                0
            }
        };
        let Source::Arguments(args, _) = self.source else {
            return Err(wrong("Format string contains positional fields"));
        };
        args.get(index).cloned().ok_or_else(|| {
            Raised::index_error(format!("Replacement index {index} out of range for positional args tuple"))
        })
    }
}

/// The number that a text of digits spells; `None` for any other text.
fn integer(text: &str) -> Result<Option<usize>> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(None);
    }
    let number = text.parse::<i64>().ok();
    number.map(|number| Some(number as usize)).ok_or_else(|| wrong("Too many decimal digits in format string"))
}

/// The field behind its opening brace, and what follows it.
fn take_field(text: &str) -> Result<(Field<'_>, &str)> {
    let mut in_brackets = false;
    let end = text.find(|c| {
        in_brackets = match c {
            '[' => true,
            ']' => false,
            _ => in_brackets,
        };
        c == '{' || !in_brackets && matches!(c, '}' | ':' | '!')
    });
    let Some(end) = end else { return Err(wrong("expected '}' before end of string")) };
    let (name, behind) = text.split_at(end);
    let mut rest = &behind[1..];
    match &behind[..1] {
        "{" => return Err(wrong("unexpected '{' in field name")),
        "}" => return Ok((Field { name, conversion: None, spec: "" }, rest)),
        _ => {}
    }
    let mut conversion = None;
    if behind.starts_with('!') {
        let mut characters = rest.chars();
        conversion = characters.next();
        if conversion.is_none() {
            return Err(wrong("end of string while looking for conversion specifier"));
        }
        rest = characters.as_str();
        if let Some(behind) = rest.strip_prefix('}') {
            return Ok((Field { name, conversion, spec: "" }, behind));
        }
        match rest.strip_prefix(':') {
            Some(behind) => rest = behind,
            None if rest.is_empty() => return Err(wrong("unmatched '{' in format spec")),
            None => return Err(wrong("expected ':' after conversion specifier")),
        }
    }
    let mut depth = 1;
    let end = rest.find(|c| {
        depth += (c == '{') as i32 - (c == '}') as i32;
        depth == 0
    });
    match end {
        Some(end) => Ok((Field { name, conversion, spec: &rest[..end] }, &rest[end + 1..])),
        None => Err(wrong("unmatched '{' in format spec")),
    }
}

enum Step<'a> {
    Attribute(&'a str),
    Key(&'a str),
}

/// The first `.name` or `[key]` of a field's path, and what follows it.
fn take_step(path: &str) -> Result<(Step<'_>, &str)> {
    let empty = || wrong("Empty attribute in format string");
    if let Some(rest) = path.strip_prefix('.') {
        let (name, rest) = rest.split_at(rest.find(['.', '[']).unwrap_or(rest.len()));
        return if name.is_empty() { Err(empty()) } else { Ok((Step::Attribute(name), rest)) };
    }
    let Some(rest) = path.strip_prefix('[') else {
        return Err(wrong("Only '.' or '[' may follow ']' in format field specifier"));
    };
    let Some((key, rest)) = rest.split_once(']') else { return Err(wrong("Missing ']' in format string")) };
    if key.is_empty() { Err(empty()) } else { Ok((Step::Key(key), rest)) }
}
