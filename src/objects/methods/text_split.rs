//! Methods of strings that take text apart and put it together.

use super::text::str_of;
use crate::exception::{Raised, Result};
use crate::objects::arguments::{self, Keywords, given};
use crate::objects::caller::Caller;
use crate::objects::iteration;
use crate::objects::number::to_index;
use crate::objects::operators;
use crate::objects::sequence::check_bytes;
use crate::unicode::{is_line_end, is_space};
use crate::value::{Str, Value};

pub fn split(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    let (separator, most) = split_arguments("split", args, keywords)?;
    let text = str_of(receiver);
    Ok(match (separator.as_ref().and_then(Value::as_str), receiver.get::<Str>()) {
        (Some(separator), _) => texts(text.splitn(most, separator).collect()),
        (None, Some(receiver)) if receiver.is_ascii() && most == usize::MAX => split_ascii(text),
        (None, _) => texts(split_spaces(text, most)),
    })
}

pub fn rsplit(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    let (separator, most) = split_arguments("rsplit", args, keywords)?;
    let text = str_of(receiver);
    let mut parts: Vec<&str> = match separator.as_ref().and_then(Value::as_str) {
        Some(separator) => text.rsplitn(most, separator).collect(),
        None => rsplit_spaces(text, most),
    };
    parts.reverse();
    Ok(texts(parts))
}

fn texts(parts: Vec<&str>) -> Value {
    Value::list(parts.into_iter().map(Value::str).collect())
}

/// The separator, and the number of parts at most.
fn split_arguments(name: &str, args: &[Value], keywords: Keywords) -> Result<(Option<Value>, usize)> {
    let [separator, most] = arguments::bind(name, ["sep", "maxsplit"], 0, args, keywords)?;
    let most = match most {
        None => usize::MAX,
        Some(most) => usize::try_from(to_index(&most)?).map_or(usize::MAX, |most| most.saturating_add(1)),
    };
    let separator = given(separator);
    match separator.as_ref().map(|separator| (separator, separator.as_str())) {
        Some((_, Some(""))) => Err(Raised::value_error("empty separator")),
        Some((other, None)) => Err(Raised::type_error(format!("must be str or None, not {}", other.type_name()))),
        Some((_, Some(_))) | None => Ok((separator, most)),
    }
}

/// All parts of ASCII text between runs of white space.
fn split_ascii(text: &str) -> Value {
    let space = |byte: &u8| matches!(byte, b'\t'..=b'\r' | b'\x1c'..=b' ');
    let bytes = text.as_bytes();
    let mut parts = Vec::new();
    let mut at = 0;
    while let Some(start) = bytes[at..].iter().position(|byte| !space(byte)).map(|skipped| at + skipped) {
        at = bytes[start..].iter().position(space).map_or(bytes.len(), |len| start + len);
        parts.push(Value::new(Str::ascii(&text[start..at])));
    }
    Value::list(parts)
}

/// At most `most` parts between runs of white space; the last one keeps the white space inside and behind it.
fn split_spaces(text: &str, most: usize) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text.trim_start_matches(is_space);
    while !rest.is_empty() {
        if parts.len() + 1 == most {
            parts.push(rest);
            break;
        }
        let (part, behind) = rest.split_at(rest.find(is_space).unwrap_or(rest.len()));
        parts.push(part);
        rest = behind.trim_start_matches(is_space);
    }
    parts
}

/// As [`split_spaces`], from the end.
fn rsplit_spaces(text: &str, most: usize) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text.trim_end_matches(is_space);
    while !rest.is_empty() {
        if parts.len() + 1 == most {
            parts.push(rest);
            break;
        }
        let start = rest.char_indices().rev().find(|(_, c)| is_space(*c)).map_or(0, |(at, c)| at + c.len_utf8());
        let (before, part) = rest.split_at(start);
        parts.push(part);
        rest = before.trim_end_matches(is_space);
    }
    parts
}

pub fn splitlines(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    let [keep] = arguments::bind("splitlines", ["keepends"], 0, args, keywords)?;
    let keep = keep.map_or(Ok(false), |keep| operators::truth(&keep))?;
    let mut lines = Vec::new();
    let mut rest = str_of(receiver);
    while !rest.is_empty() {
        let end = rest.find(is_line_end).unwrap_or(rest.len());
        let (line, behind) = rest.split_at(end);
        let terminator = match behind.chars().next() {
            Some('\r') if behind[1..].starts_with('\n') => 2,
            Some(c) => c.len_utf8(),
            None => 0,
        };
        lines.push(if keep { &rest[..end + terminator] } else { line });
        rest = &behind[terminator..];
    }
    Ok(texts(lines))
}

pub fn join(cx: &mut dyn Caller, receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    let iterable = arguments::one("str.join", args, keywords)?;
    if iteration::get_iter(iterable).is_err() {
        return Err(Raised::type_error("can only join an iterable"));
    }
    let items = iteration::collect(cx, iterable)?;
    let mut parts = Vec::with_capacity(items.len());
    for (at, item) in items.iter().enumerate() {
        parts.push(item.as_str().ok_or_else(|| {
            Raised::type_error(format!("sequence item {at}: expected str instance, {} found", item.type_name()))
        })?);
    }
    let separator = str_of(receiver);
    let separators = separator.len().saturating_mul(parts.len().saturating_sub(1));
    check_bytes(parts.iter().map(|part| part.len()).fold(separators, usize::saturating_add))?;
    Ok(Value::str(parts.join(separator)))
}

pub fn partition(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    let separator = separator("str.partition", args, keywords)?;
    let text = str_of(receiver);
    let (before, found, after) = match text.split_once(separator) {
        Some((before, after)) => (before, separator, after),
        None => (text, "", ""),
    };
    Ok(Value::tuple([before, found, after].map(Value::str).to_vec()))
}

pub fn rpartition(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    let separator = separator("str.rpartition", args, keywords)?;
    let text = str_of(receiver);
    let (before, found, after) = match text.rsplit_once(separator) {
        Some((before, after)) => (before, separator, after),
        None => ("", "", text),
    };
    Ok(Value::tuple([before, found, after].map(Value::str).to_vec()))
}

fn separator<'a>(name: &str, args: &'a [Value], keywords: Keywords) -> Result<&'a str> {
    let separator = arguments::one(name, args, keywords)?;
    match separator.as_str() {
        Some("") => Err(Raised::value_error("empty separator")),
        Some(text) => Ok(text),
        None => Err(Raised::type_error(format!("must be str, not {}", separator.type_name()))),
    }
}

pub fn expandtabs(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    let [size] = arguments::bind("expandtabs", ["tabsize"], 0, args, keywords)?;
    let size = size.map_or(Ok(8), |size| to_index(&size))?.max(0) as usize;
    let text = str_of(receiver);
    check_bytes(text.matches('\t').count().saturating_mul(size).saturating_add(text.len()))?;
    let mut out = String::with_capacity(text.len());
    let mut column = 0;
    for c in text.chars() {
        match c {
            '\t' => {
                let spaces = if size == 0 { 0 } else { size - column % size };
                out.extend(std::iter::repeat_n(' ', spaces));
                column += spaces;
            }
            '\n' | '\r' => {
                out.push(c);
                column = 0;
            }
            _ => {
                out.push(c);
                column += 1;
            }
        }
    }
    Ok(Value::str(out))
}
