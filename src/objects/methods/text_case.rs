//! Methods of strings that look at case.

use super::text::str_of;
use crate::diagnostic::ErrorKind;
use crate::exception::{Raised, Result};
use crate::objects::arguments::{self, Keywords};
use crate::objects::unicode::{is_cased, is_titlecase, title_case};
use crate::value::Value;

pub fn lower(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::none("str.lower", args, keywords)?;
    Ok(Value::str(str_of(receiver).to_lowercase()))
}

pub fn upper(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::none("str.upper", args, keywords)?;
    Ok(Value::str(str_of(receiver).to_uppercase()))
}

pub fn casefold(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::none("str.casefold", args, keywords)?;
    let text = str_of(receiver);
    if !text.is_ascii() {
        return Err(Raised::new(ErrorKind::NotImplementedError, "toy folds the case of ASCII text only"));
    }
    Ok(Value::str(text.to_ascii_lowercase()))
}

pub fn capitalize(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::none("str.capitalize", args, keywords)?;
    let text = str_of(receiver);
    let mut out = String::with_capacity(text.len());
    if let Some(first) = text.chars().next() {
        title_case(first, &mut out);
        // Lowered with the first character before them, which decides about a final sigma.
        let lowered = text.to_lowercase();
        out.push_str(&lowered[first.to_lowercase().map(char::len_utf8).sum()..]);
    }
    Ok(Value::str(out))
}

pub fn title(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::none("str.title", args, keywords)?;
    let text = str_of(receiver);
    let mut out = String::with_capacity(text.len());
    let mut inside = false;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let (_, behind) = rest.split_at(c.len_utf8());
        match (inside, c) {
            (true, 'Σ') => out.push(lower_sigma(true, behind)),
            (true, _) => out.extend(c.to_lowercase()),
            (false, _) => title_case(c, &mut out),
        }
        inside = is_cased(c);
        rest = behind;
    }
    Ok(Value::str(out))
}

pub fn swapcase(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::none("str.swapcase", args, keywords)?;
    let text = str_of(receiver);
    let mut out = String::with_capacity(text.len());
    let mut inside = false;
    for (at, c) in text.char_indices() {
        if c == 'Σ' {
            out.push(lower_sigma(inside, &text[at + c.len_utf8()..]));
        } else if c.is_uppercase() {
            out.extend(c.to_lowercase());
        } else if c.is_lowercase() {
            out.extend(c.to_uppercase());
        } else {
            out.push(c);
        }
        inside = is_cased(c);
    }
    Ok(Value::str(out))
}

/// The small form of a capital sigma, which is another one at the end of a word.
fn lower_sigma(inside: bool, behind: &str) -> char {
    if inside && !behind.chars().next().is_some_and(is_cased) { 'ς' } else { 'σ' }
}

pub fn islower(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::none("str.islower", args, keywords)?;
    let text = str_of(receiver);
    let other = text.chars().any(|c| c.is_uppercase() || is_titlecase(c));
    Ok(Value::bool(!other && text.chars().any(char::is_lowercase)))
}

pub fn isupper(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::none("str.isupper", args, keywords)?;
    let text = str_of(receiver);
    let other = text.chars().any(|c| c.is_lowercase() || is_titlecase(c));
    Ok(Value::bool(!other && text.chars().any(char::is_uppercase)))
}

pub fn istitle(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::none("str.istitle", args, keywords)?;
    let (mut inside, mut words) = (false, false);
    for c in str_of(receiver).chars() {
        let opens = c.is_uppercase() || is_titlecase(c);
        if opens && inside || c.is_lowercase() && !inside {
            return Ok(Value::bool(false));
        }
        inside = opens || c.is_lowercase();
        words |= inside;
    }
    Ok(Value::bool(words))
}
