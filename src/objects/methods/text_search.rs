//! Methods of strings that look for other strings.

use super::text::{str_of, string};
use crate::exception::{Raised, Result};
use crate::objects::arguments::{self, Keywords};
use crate::objects::number::{IndexValue, index_value, to_index};
use crate::objects::sequence::check_bytes;
use crate::value::{Kind, Str, Tuple, Value};

/// A part of a string, between two positions in code points.
struct Window<'a> {
    text: &'a str,
    /// Code points before it.
    before: usize,
}

/// The part of the receiver that `args[1]` and `args[2]` name; `None` if it begins behind the end.
fn window<'a>(receiver: &'a Value, args: &[Value]) -> Result<Option<Window<'a>>> {
    let string = string(receiver);
    let len = string.len() as i64;
    let bound = |at: usize, default: i64| match args.get(at).filter(|value| value.kind() != Kind::None) {
        None => Ok(default),
        Some(value) => match index_value(value).map(IndexValue::saturated) {
            Some(i) if i < 0 => Ok(i.saturating_add(len).max(0)),
            Some(i) => Ok(i),
            None => Err(Raised::type_error("slice indices must be integers or None or have an __index__ method")),
        },
    };
    let (start, stop) = (bound(1, 0)?, bound(2, len)?.min(len));
    if start > stop {
        return Ok(None);
    }
    let text = string.as_str();
    let bytes = if string.is_ascii() {
        start as usize..stop as usize
    } else {
        byte_offset(text, start as usize)..byte_offset(text, stop as usize)
    };
    Ok(Some(Window { text: &text[bytes], before: start as usize }))
}

fn byte_offset(text: &str, at: usize) -> usize {
    text.char_indices().nth(at).map_or(text.len(), |(offset, _)| offset)
}

impl Window<'_> {
    /// The position in the whole string of a byte offset of this part.
    fn position(&self, offset: usize) -> i64 {
        (self.before + self.text[..offset].chars().count()) as i64
    }
}

fn part<'a>(name: &str, args: &'a [Value], keywords: Keywords) -> Result<&'a str> {
    arguments::no_keywords(&format!("str.{name}"), keywords)?;
    arguments::count(name, args, 1, 3)?;
    args[0].as_str().ok_or_else(|| arguments::not_a_str(name, 1, &args[0]))
}

fn search(name: &str, last: bool, receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Option<i64>> {
    let part = part(name, args, keywords)?;
    let Some(window) = window(receiver, args)? else { return Ok(None) };
    let offset = if last { window.text.rfind(part) } else { window.text.find(part) };
    Ok(offset.map(|offset| window.position(offset)))
}

pub fn find(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    Ok(Value::int(search("find", false, receiver, args, keywords)?.unwrap_or(-1)))
}

pub fn rfind(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    Ok(Value::int(search("rfind", true, receiver, args, keywords)?.unwrap_or(-1)))
}

pub fn index(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    found(search("index", false, receiver, args, keywords)?)
}

pub fn rindex(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    found(search("rindex", true, receiver, args, keywords)?)
}

fn found(position: Option<i64>) -> Result<Value> {
    position.map(Value::int).ok_or_else(|| Raised::value_error("substring not found"))
}

pub fn count(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    let part = part("count", args, keywords)?;
    Ok(Value::int(match window(receiver, args)? {
        None => 0,
        Some(window) if part.is_empty() => window.text.chars().count() as i64 + 1,
        Some(window) => window.text.matches(part).count() as i64,
    }))
}

pub fn startswith(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    affix("startswith", receiver, args, keywords, |text, part| text.starts_with(part))
}

pub fn endswith(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    affix("endswith", receiver, args, keywords, |text, part| text.ends_with(part))
}

fn affix(
    name: &str,
    receiver: &Value,
    args: &[Value],
    keywords: Keywords,
    test: impl Fn(&str, &str) -> bool,
) -> Result<Value> {
    arguments::no_keywords(&format!("str.{name}"), keywords)?;
    arguments::count(name, args, 1, 3)?;
    let window = window(receiver, args)?;
    let holds = |part: &str| window.as_ref().is_some_and(|window| test(window.text, part));
    if let Some(parts) = args[0].get::<Tuple>() {
        for part in &parts.0 {
            let Some(part) = part.as_str() else {
                return Err(Raised::type_error(format!(
                    "tuple for {name} must only contain str, not {}",
                    part.type_name()
                )));
            };
            if holds(part) {
                return Ok(Value::bool(true));
            }
        }
        return Ok(Value::bool(false));
    }
    match args[0].as_str() {
        Some(part) => Ok(Value::bool(holds(part))),
        None => Err(Raised::type_error(format!(
            "{name} first arg must be str or a tuple of str, not {}",
            args[0].type_name()
        ))),
    }
}

pub fn removeprefix(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    let part = one_text("removeprefix", args, keywords)?;
    Ok(str_of(receiver).strip_prefix(part).map_or_else(|| receiver.clone(), Value::str))
}

pub fn removesuffix(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    let part = one_text("removesuffix", args, keywords)?;
    Ok(str_of(receiver).strip_suffix(part).map_or_else(|| receiver.clone(), Value::str))
}

fn one_text<'a>(name: &str, args: &'a [Value], keywords: Keywords) -> Result<&'a str> {
    let part = arguments::one(&format!("str.{name}"), args, keywords)?;
    part.as_str().ok_or_else(|| {
        Raised::type_error(format!("{name}() argument must be str, not {}", arguments::shown_type(part)))
    })
}

pub fn replace(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    if args.len() < 2 {
        return Err(Raised::type_error(format!(
            "replace() takes at least 2 positional arguments ({} given)",
            args.len()
        )));
    }
    let [old, new, count] = arguments::bind("replace", ["", "", "count"], 2, args, keywords)?;
    let text_argument = |at: usize, value: &Option<Value>| match value.as_ref().map(|value| (value, value.as_str())) {
        Some((_, Some(text))) => Ok(text.to_string()),
        Some((value, None)) => Err(arguments::not_a_str("replace", at, value)),
        None => unreachable!("both are required"),
    };
    let (old, new) = (text_argument(1, &old)?, text_argument(2, &new)?);
    let most = match count {
        None => usize::MAX,
        Some(count) => usize::try_from(to_index(&count)?).unwrap_or(usize::MAX),
    };
    let text = str_of(receiver);
    let places = if old.is_empty() { string(receiver).len() + 1 } else { text.matches(&*old).count() };
    check_bytes(places.min(most).saturating_mul(new.len()).saturating_add(text.len()))?;
    Ok(Value::new(Str::new(text.replacen(&*old, &new, most))))
}
