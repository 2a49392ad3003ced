//! Methods of strings: the table, and those that test, pad and strip.

use super::{Members, NOTHING, text_case, text_search, text_split, text_translate};
use crate::exception::{Raised, Result};
use crate::objects::arguments::{self, Keywords, given};
use crate::objects::format::{format_fields, format_map};
use crate::objects::number::to_index;
use crate::objects::sequence::check_bytes;
use crate::unicode;
use crate::value::{Kind, Str, Value};

pub(super) static STR: Members = Members {
    methods: &[
        ("capitalize", text_case::capitalize),
        ("casefold", text_case::casefold),
        ("center", |receiver, args, keywords| pad("center", Side::Both, receiver, args, keywords)),
        ("count", text_search::count),
        ("endswith", text_search::endswith),
        ("expandtabs", text_split::expandtabs),
        ("find", text_search::find),
        ("format", |receiver, args, keywords| format_fields(str_of(receiver), args, keywords).map(Value::str)),
        ("format_map", |receiver, args, keywords| {
            let mapping = arguments::one("str.format_map", args, keywords)?;
            format_map(str_of(receiver), mapping).map(Value::str)
        }),
        ("index", text_search::index),
        ("isalnum", |receiver, args, keywords| test("isalnum", receiver, args, keywords, unicode::is_alphanumeric)),
        ("isalpha", |receiver, args, keywords| test("isalpha", receiver, args, keywords, unicode::is_alpha)),
        ("isascii", |receiver, args, keywords| {
            arguments::none("str.isascii", args, keywords)?;
            Ok(Value::bool(string(receiver).is_ascii()))
        }),
        ("isdecimal", |receiver, args, keywords| {
            test("isdecimal", receiver, args, keywords, |c| unicode::decimal_digit(c).is_some())
        }),
        ("isdigit", |receiver, args, keywords| test("isdigit", receiver, args, keywords, unicode::is_digit)),
        ("isidentifier", isidentifier),
        ("islower", text_case::islower),
        ("isnumeric", |receiver, args, keywords| test("isnumeric", receiver, args, keywords, unicode::is_numeric)),
        ("isprintable", |receiver, args, keywords| {
            arguments::none("str.isprintable", args, keywords)?;
            Ok(Value::bool(str_of(receiver).chars().all(unicode::is_printable)))
        }),
        ("isspace", |receiver, args, keywords| test("isspace", receiver, args, keywords, unicode::is_space)),
        ("istitle", text_case::istitle),
        ("isupper", text_case::isupper),
        ("ljust", |receiver, args, keywords| pad("ljust", Side::Right, receiver, args, keywords)),
        ("lower", text_case::lower),
        ("lstrip", |receiver, args, keywords| strip("lstrip", Side::Left, receiver, args, keywords)),
        ("maketrans", text_translate::maketrans),
        ("partition", text_split::partition),
        ("removeprefix", text_search::removeprefix),
        ("removesuffix", text_search::removesuffix),
        ("replace", text_search::replace),
        ("rfind", text_search::rfind),
        ("rindex", text_search::rindex),
        ("rjust", |receiver, args, keywords| pad("rjust", Side::Left, receiver, args, keywords)),
        ("rpartition", text_split::rpartition),
        ("rsplit", text_split::rsplit),
        ("rstrip", |receiver, args, keywords| strip("rstrip", Side::Right, receiver, args, keywords)),
        ("split", text_split::split),
        ("splitlines", text_split::splitlines),
        ("startswith", text_search::startswith),
        ("strip", |receiver, args, keywords| strip("strip", Side::Both, receiver, args, keywords)),
        ("swapcase", text_case::swapcase),
        ("title", text_case::title),
        ("translate", text_translate::translate),
        ("upper", text_case::upper),
        ("zfill", zfill),
    ],
    calling: &[("join", text_split::join)],
    of_class: &["maketrans"],
    refused: &["encode"],
    ..NOTHING
};

pub(super) fn string(receiver: &Value) -> &Str {
    receiver.get::<Str>().expect("a method of strings")
}

pub(super) fn str_of(receiver: &Value) -> &str {
    string(receiver).as_str()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Right,
    Both,
}

/// Whether there are characters, and all are such.
fn test(
    name: &str,
    receiver: &Value,
    args: &[Value],
    keywords: Keywords,
    is_such: impl Fn(char) -> bool,
) -> Result<Value> {
    arguments::none(&format!("str.{name}"), args, keywords)?;
    let text = str_of(receiver);
    Ok(Value::bool(!text.is_empty() && text.chars().all(is_such)))
}

fn isidentifier(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::none("str.isidentifier", args, keywords)?;
    let mut characters = str_of(receiver).chars();
    let first = characters.next().is_some_and(unicode::begins_name);
    Ok(Value::bool(first && characters.all(unicode::continues_name)))
}

/// Pads on the named side (on both for `center`), up to a width in characters.
fn pad(name: &str, side: Side, receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::no_keywords(&format!("str.{name}"), keywords)?;
    arguments::count(name, args, 1, 2)?;
    let width = usize::try_from(to_index(&args[0])?).unwrap_or(0);
    let fill = match args.get(1).map(|fill| (fill, fill.get::<Str>())) {
        None => ' ',
        Some((_, Some(fill))) if fill.len() == 1 => fill.get(0).unwrap_or(' '),
        Some((_, Some(_))) => return Err(Raised::type_error("The fill character must be exactly one character long")),
        Some((other, None)) => {
            return Err(Raised::type_error(format!(
                "The fill character must be a unicode character, not {}",
                other.type_name()
            )));
        }
    };
    let text = string(receiver);
    let padding = width.saturating_sub(text.len());
    if padding == 0 {
        return Ok(receiver.clone());
    }
    let left = match side {
        Side::Left => padding,
        Side::Right => 0,
        // An odd one goes to the left if the width is odd.
        Side::Both => padding / 2 + (padding & width & 1),
    };
    check_bytes(padding.saturating_mul(fill.len_utf8()))?;
    let mut out = String::new();
    out.extend(std::iter::repeat_n(fill, left));
    out.push_str(text.as_str());
    out.extend(std::iter::repeat_n(fill, padding - left));
    Ok(Value::str(out))
}

fn zfill(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    let width = usize::try_from(to_index(arguments::one("str.zfill", args, keywords)?)?).unwrap_or(0);
    let text = string(receiver);
    let padding = width.saturating_sub(text.len());
    check_bytes(padding)?;
    let sign = text.as_str().starts_with(['+', '-']) as usize;
    let (sign, digits) = text.as_str().split_at(sign);
    Ok(Value::str(format!("{sign}{}{digits}", "0".repeat(padding))))
}

fn strip(name: &str, side: Side, receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::no_keywords(&format!("str.{name}"), keywords)?;
    arguments::count(name, args, 0, 1)?;
    let characters = given(args.first().cloned());
    if characters.as_ref().is_some_and(|value| value.kind() != Kind::Str) {
        return Err(Raised::type_error(format!("{name} arg must be None or str")));
    }
    let dropped = |c: char| match characters.as_ref().and_then(Value::as_str) {
        None => unicode::is_space(c),
        Some(set) => set.contains(c),
    };
    let mut text = str_of(receiver);
    if side != Side::Right {
        text = text.trim_start_matches(dropped);
    }
    if side != Side::Left {
        text = text.trim_end_matches(dropped);
    }
    Ok(Value::str(text))
}
