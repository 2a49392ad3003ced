//! Containers made out of iterables.

use num_bigint::BigInt;
use num_traits::Zero;

use super::super::arguments::{self, Keywords};
use super::super::caller::Caller;
use super::super::number::{index_integer, not_an_integer};
use super::super::{iteration, operators, sets};
use super::sort::Order;
use crate::exception::{Raised, Result};
use crate::value::{BigRange, Dict, FrozenSet, Kind, Set, Slice, Value};

pub fn len(args: &[Value], keywords: Keywords) -> Result<Value> {
    operators::length(arguments::one("len", args, keywords)?).map(Value::int)
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
    let part = |value: &Value| match index_integer(value) {
        Some(integer) => Ok(integer.to_big().into_owned()),
        None => Err(not_an_integer(value)),
    };
    let (start, stop, step) = match args {
        [stop] => (BigInt::ZERO, part(stop)?, BigInt::from(1)),
        [start, stop] => (part(start)?, part(stop)?, BigInt::from(1)),
        _ => (part(&args[0])?, part(&args[1])?, part(&args[2])?),
    };
    if step.is_zero() {
        return Err(Raised::value_error("range() arg 3 must not be zero"));
    }
    Ok(Value::range(BigRange { start, stop, step }))
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

pub fn sorted(cx: &mut dyn Caller, args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::count("sorted", args, 1, 1)?;
    let mut items = iteration::collect(cx, &args[0])?;
    super::sort(cx, &mut items, &Order::of(keywords)?)?;
    Ok(Value::list(items))
}
