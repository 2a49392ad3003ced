//! Methods of strings that look at case.

use super::text::str_of;
use crate::exception::Result;
use crate::objects::arguments::{self, Keywords};
use crate::unicode::{case, is_cased, is_lower, is_title, is_upper};
use crate::value::Value;

pub fn lower(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::none("str.lower", args, keywords)?;
    let text = str_of(receiver);
    Ok(Value::str(if text.is_ascii() { text.to_ascii_lowercase() } else { case::lower_text(text) }))
}

pub fn upper(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::none("str.upper", args, keywords)?;
    let text = str_of(receiver);
    Ok(Value::str(if text.is_ascii() { text.to_ascii_uppercase() } else { each(text, case::upper) }))
}

pub fn casefold(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::none("str.casefold", args, keywords)?;
    let text = str_of(receiver);
    Ok(Value::str(if text.is_ascii() { text.to_ascii_lowercase() } else { each(text, case::fold) }))
}

/// The text with every character mapped by itself.
fn each(text: &str, mapping: impl Fn(char, &mut String)) -> String {
    let mut out = String::with_capacity(text.len());
    text.chars().for_each(|c| mapping(c, &mut out));
    out
}

pub fn capitalize(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::none("str.capitalize", args, keywords)?;
    let text = str_of(receiver);
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        match at {
            0 => case::title(c, &mut out),
            _ => case::lower_at(text, at, c, &mut out),
        }
    }
    Ok(Value::str(out))
}

pub fn title(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::none("str.title", args, keywords)?;
    let text = str_of(receiver);
    let mut out = String::with_capacity(text.len());
    let mut inside = false;
    for (at, c) in text.char_indices() {
        match inside {
            true => case::lower_at(text, at, c, &mut out),
            false => case::title(c, &mut out),
        }
        inside = is_cased(c);
    }
    Ok(Value::str(out))
}

pub fn swapcase(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::none("str.swapcase", args, keywords)?;
    let text = str_of(receiver);
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        if is_upper(c) {
            case::lower_at(text, at, c, &mut out);
        } else if is_lower(c) {
            case::upper(c, &mut out);
        } else {
            out.push(c);
        }
    }
    Ok(Value::str(out))
}

pub fn islower(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::none("str.islower", args, keywords)?;
    let text = str_of(receiver);
    let other = text.chars().any(|c| is_upper(c) || is_title(c));
    Ok(Value::bool(!other && text.chars().any(is_lower)))
}

pub fn isupper(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::none("str.isupper", args, keywords)?;
    let text = str_of(receiver);
    let other = text.chars().any(|c| is_lower(c) || is_title(c));
    Ok(Value::bool(!other && text.chars().any(is_upper)))
}

pub fn istitle(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::none("str.istitle", args, keywords)?;
    let (mut inside, mut words) = (false, false);
    for c in str_of(receiver).chars() {
        let opens = is_upper(c) || is_title(c);
        if opens && inside || is_lower(c) && !inside {
            return Ok(Value::bool(false));
        }
        inside = opens || is_lower(c);
        words |= inside;
    }
    Ok(Value::bool(words))
}
