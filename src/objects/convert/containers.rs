//! Containers and iterators made out of iterables.

use std::cell::Cell;

use super::super::arguments::{self, Keywords};
use super::super::caller::Caller;
use super::super::number::{IndexValue, index_value, not_an_integer};
use super::super::{iteration, operators, sets};
use crate::diagnostic::ErrorKind;
use crate::exception::{Raised, Result};
use crate::value::{Dict, DictView, FrozenSet, IterState, Kind, Range, RangeIter, Set, Slice, Str, Tuple, Value};

pub fn len(args: &[Value], keywords: Keywords) -> Result<Value> {
    operators::length(arguments::one("len", args, keywords)?).map(Value::int)
}

pub fn iter(args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::no_keywords("iter", keywords)?;
    arguments::count("iter", args, 1, 2)?;
    match args {
        [iterable] => iteration::get_iter(iterable),
        _ => Err(Raised::new(ErrorKind::NotImplementedError, "toy does not have iter() with a sentinel")),
    }
}

fn optional_items(cx: &mut dyn Caller, name: &str, args: &[Value], keywords: Keywords) -> Result<Vec<Value>> {
    arguments::no_keywords(name, keywords)?;
    arguments::count(name, args, 0, 1)?;
    args.first().map_or(Ok(Vec::new()), |items| iteration::collect(cx, items))
}

pub fn list(cx: &mut dyn Caller, args: &[Value], keywords: Keywords) -> Result<Value> {
    optional_items(cx, "list", args, keywords).map(Value::list)
}

pub fn tuple(cx: &mut dyn Caller, args: &[Value], keywords: Keywords) -> Result<Value> {
    match args {
        [tuple] if tuple.kind() == Kind::Tuple && keywords.is_empty() => Ok(tuple.clone()),
        _ => optional_items(cx, "tuple", args, keywords).map(Value::tuple),
    }
}

pub fn set(cx: &mut dyn Caller, args: &[Value], keywords: Keywords) -> Result<Value> {
    optional_set(cx, "set", args, keywords).map(Value::new)
}

pub fn frozenset(cx: &mut dyn Caller, args: &[Value], keywords: Keywords) -> Result<Value> {
    match args {
        [frozen] if frozen.kind() == Kind::FrozenSet && keywords.is_empty() => Ok(frozen.clone()),
        _ => optional_set(cx, "frozenset", args, keywords).map(|keys| Value::new(FrozenSet::new(keys))),
    }
}

fn optional_set(cx: &mut dyn Caller, name: &str, args: &[Value], keywords: Keywords) -> Result<Set> {
    arguments::no_keywords(name, keywords)?;
    arguments::count(name, args, 0, 1)?;
    args.first().map_or_else(|| Ok(Set::default()), |iterable| sets::from_items(cx, iterable))
}

pub fn dict(cx: &mut dyn Caller, args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::count("dict", args, 0, 1)?;
    let dict = Dict::default();
    if let Some(source) = args.first() {
        update(cx, &dict, source)?;
    }
    for (key, value) in keywords {
        dict.insert(Value::str(&**key), value.clone())?;
    }
    Ok(Value::new(dict))
}

/// `dict.update(source)`: entries of a dict, or pairs out of an iterable.
///
/// # Errors
/// `TypeError` or `ValueError` if an item is not a pair.
pub fn update(cx: &mut dyn Caller, dict: &Dict, source: &Value) -> Result<()> {
    if let Some(other) = source.get::<Dict>() {
        return Ok(dict.extend(other)?);
    }
    let mut at = 0;
    iteration::for_each(cx, source, |cx, item| {
        let pair = match iteration::get_iter(&item) {
            Ok(_) => iteration::collect(cx, &item)?,
            Err(_) => {
                return Err(Raised::type_error(format!(
                    "cannot convert dictionary update sequence element #{at} to a sequence"
                )));
            }
        };
        let [key, value] = &pair[..] else {
            return Err(Raised::value_error(format!(
                "dictionary update sequence element #{at} has length {}; 2 is required",
                pair.len()
            )));
        };
        at += 1;
        Ok(dict.insert(key.clone(), value.clone())?)
    })
}

pub fn range(args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::no_keywords("range", keywords)?;
    arguments::count("range", args, 1, 3)?;
    if let Some(wrong) = args.iter().find(|part| index_value(part).is_none()) {
        return Err(not_an_integer(wrong));
    }
    let part = |value: &Value| match index_value(value) {
        Some(IndexValue::At(i)) => Ok(i),
        Some(IndexValue::Huge { .. }) => {
            Err(Raised::new(ErrorKind::OverflowError, "toy does not have ranges beyond 64-bit integers"))
        }
        None => Err(not_an_integer(value)),
    };
    let (start, stop, step) = match args {
        [stop] => (0, part(stop)?, 1),
        [start, stop] => (part(start)?, part(stop)?, 1),
        _ => (part(&args[0])?, part(&args[1])?, part(&args[2])?),
    };
    if step == 0 {
        return Err(Raised::value_error("range() arg 3 must not be zero"));
    }
    Ok(Value::new(Range { start, stop, step }))
}

pub fn slice(args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::no_keywords("slice", keywords)?;
    arguments::count("slice", args, 1, 3)?;
    let part = |at: usize| args.get(at).cloned().unwrap_or_else(Value::none);
    Ok(Value::new(match args.len() {
        1 => Slice { start: Value::none(), stop: part(0), step: Value::none() },
        _ => Slice { start: part(0), stop: part(1), step: part(2) },
    }))
}

pub fn enumerate(args: &[Value], keywords: Keywords) -> Result<Value> {
    let given = args.len() + keywords.len();
    if given > 2 {
        return Err(Raised::type_error(format!("enumerate() takes at most 2 arguments ({given} given)")));
    }
    let mut iterable = args.first().cloned();
    let mut start = args.get(1).cloned();
    for (key, value) in keywords {
        match &**key {
            "iterable" if iterable.is_none() => iterable = Some(value.clone()),
            "start" if start.is_none() => start = Some(value.clone()),
            other => {
                return Err(Raised::type_error(format!("'{other}' is an invalid keyword argument for enumerate()")));
            }
        }
    }
    let Some(iterable) = iterable else {
        return Err(Raised::type_error("enumerate() missing required argument 'iterable'"));
    };
    let count = match start.as_ref().map(|start| (index_value(start), start)) {
        None => 0,
        Some((Some(IndexValue::At(start)), _)) => start,
        Some((Some(IndexValue::Huge { .. }), _)) => {
            return Err(Raised::new(
                ErrorKind::OverflowError,
                "enumerate() counts beyond 64 bits, which toy does not support",
            ));
        }
        Some((None, start)) => return Err(not_an_integer(start)),
    };
    Ok(Value::iter(IterState::Enumerate { inner: iteration::get_iter(&iterable)?, count }))
}

pub fn zip(args: &[Value], keywords: Keywords) -> Result<Value> {
    let [strict] = arguments::named("zip", ["strict"], keywords)?;
    let strict = strict.map_or(Ok(false), |strict| operators::truth(&strict))?;
    let inner = args.iter().map(iteration::get_iter).collect::<Result<Vec<Value>>>()?;
    Ok(Value::iter(IterState::Zip { inner, strict }))
}

pub fn reversed(args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::no_keywords("reversed", keywords)?;
    arguments::count("reversed", args, 1, 1)?;
    let value = &args[0];
    let items = match value.kind() {
        Kind::List => {
            let left = operators::length(value)? as usize;
            return Ok(Value::iter(IterState::Reversed { list: value.clone(), left }));
        }
        Kind::Range => {
            let range = value.get::<Range>().expect("the tag says so");
            let len = range.len();
            let last = len.checked_sub(1).and_then(|at| range.get(at)).unwrap_or(range.start);
            return Ok(Value::new(RangeIter {
                next: Cell::new(last),
                left: Cell::new(len),
                step: range.step.wrapping_neg(),
            }));
        }
        Kind::DictView => value.get::<DictView>().expect("the tag says so").items(),
        Kind::Tuple => value.get::<Tuple>().expect("the tag says so").0.to_vec(),
        Kind::Dict => value.get::<Dict>().expect("the tag says so").entries().into_iter().map(|(key, _)| key).collect(),
        Kind::Str => {
            let text = value.get::<Str>().expect("the tag says so");
            text.as_str().chars().map(|c| Value::str(c.to_string())).collect()
        }
        Kind::Array => {
            let len = operators::length(value)?;
            (0..len)
                .map(|at| iteration::array_item(value, at as usize))
                .collect::<Result<Vec<Option<Value>>>>()?
                .into_iter()
                .flatten()
                .collect()
        }
        _ => return Err(Raised::type_error(format!("'{}' object is not reversible", value.type_name()))),
    };
    Ok(Value::iter_items(items.into_iter().rev().collect()))
}

pub fn sorted(cx: &mut dyn Caller, args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::count("sorted", args, 1, 1)?;
    let items = iteration::collect(cx, &args[0])?;
    super::sort(items, sort_keywords(keywords)?).map(Value::list)
}

/// `reverse=` of `sorted` and `list.sort`.
///
/// # Errors
/// `TypeError` for other names, `NotImplementedError` for a `key` function, which the machine has to call.
pub fn sort_keywords(keywords: Keywords) -> Result<bool> {
    let [key, reverse] = arguments::named("sort", ["key", "reverse"], keywords)?;
    if arguments::given(key).is_some() {
        return Err(no_key());
    }
    reverse.map_or(Ok(false), |reverse| operators::truth(&reverse))
}

#[cold]
pub fn no_key() -> Raised {
    Raised::new(ErrorKind::NotImplementedError, "toy does not have the argument 'key' yet")
}
