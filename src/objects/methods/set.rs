//! Methods of sets and frozensets.

use super::{Members, NOTHING};
use crate::diagnostic::ErrorKind;
use crate::exception::{Raised, Result};
use crate::objects::arguments::{self, Keywords};
use crate::objects::caller::Caller;
use crate::objects::{key_error, sets};
use crate::value::{Key, Kind, Set, Value};

pub(super) static SET: Members = Members {
    methods: &[("add", add), ("clear", clear), ("copy", copy), ("discard", discard), ("pop", pop), ("remove", remove)],
    calling: &[
        ("difference", difference),
        ("difference_update", difference_update),
        ("intersection", intersection),
        ("intersection_update", intersection_update),
        ("isdisjoint", isdisjoint),
        ("issubset", issubset),
        ("issuperset", issuperset),
        ("symmetric_difference", symmetric_difference),
        ("symmetric_difference_update", symmetric_difference_update),
        ("union", union),
        ("update", update),
    ],
    ..NOTHING
};

pub(super) static FROZENSET: Members = Members {
    methods: &[("copy", copy)],
    calling: &[
        ("difference", difference),
        ("intersection", intersection),
        ("isdisjoint", isdisjoint),
        ("issubset", issubset),
        ("issuperset", issuperset),
        ("symmetric_difference", symmetric_difference),
        ("union", union),
    ],
    ..NOTHING
};

fn set(receiver: &Value) -> &Set {
    receiver.as_set().expect("a method of sets")
}

fn qualified(receiver: &Value, name: &str) -> String {
    format!("{}.{name}", receiver.type_name())
}

fn one<'a>(receiver: &Value, name: &str, args: &'a [Value], keywords: Keywords) -> Result<&'a Value> {
    match (args, keywords) {
        ([arg], []) => Ok(arg),
        _ => arguments::one(&qualified(receiver, name), args, keywords),
    }
}

fn none(receiver: &Value, name: &str, args: &[Value], keywords: Keywords) -> Result<()> {
    match (args, keywords) {
        ([], []) => Ok(()),
        _ => arguments::none(&qualified(receiver, name), args, keywords),
    }
}

fn any_number(receiver: &Value, name: &str, keywords: Keywords) -> Result<()> {
    match keywords {
        [] => Ok(()),
        _ => arguments::no_keywords(&qualified(receiver, name), keywords),
    }
}

/// A new set, or frozenset, as the receiver is one.
fn alike(receiver: &Value, keys: Set) -> Result<Value> {
    Ok(sets::of_kind(receiver.kind(), keys))
}

fn add(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    set(receiver).insert(one(receiver, "add", args, keywords)?.clone())?;
    Ok(Value::none())
}

fn remove(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    let item = one(receiver, "remove", args, keywords)?;
    if set(receiver).remove(&Key::wanted(item)?)? { Ok(Value::none()) } else { Err(key_error(item)) }
}

fn discard(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    set(receiver).remove(&Key::wanted(one(receiver, "discard", args, keywords)?)?)?;
    Ok(Value::none())
}

fn pop(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    none(receiver, "pop", args, keywords)?;
    set(receiver).pop().ok_or_else(|| Raised::new(ErrorKind::KeyError, "pop from an empty set"))
}

fn clear(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    none(receiver, "clear", args, keywords)?;
    set(receiver).clear();
    Ok(Value::none())
}

fn copy(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    none(receiver, "copy", args, keywords)?;
    if receiver.kind() == Kind::FrozenSet { Ok(receiver.clone()) } else { alike(receiver, set(receiver).copy()) }
}

fn update(cx: &mut dyn Caller, receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    any_number(receiver, "update", keywords)?;
    args.iter().try_for_each(|other| sets::update(cx, set(receiver), other))?;
    Ok(Value::none())
}

fn union(cx: &mut dyn Caller, receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    any_number(receiver, "union", keywords)?;
    let union = set(receiver).copy();
    args.iter().filter(|other| !other.is(receiver)).try_for_each(|other| sets::update(cx, &union, other))?;
    alike(receiver, union)
}

fn intersection(cx: &mut dyn Caller, receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    any_number(receiver, "intersection", keywords)?;
    alike(receiver, intersection_of(cx, set(receiver), args)?)
}

fn intersection_update(cx: &mut dyn Caller, receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    any_number(receiver, "intersection_update", keywords)?;
    let set = set(receiver);
    set.replace(intersection_of(cx, set, args)?);
    Ok(Value::none())
}

fn intersection_of(cx: &mut dyn Caller, set: &Set, others: &[Value]) -> Result<Set> {
    let Some((first, rest)) = others.split_first() else { return Ok(set.copy()) };
    rest.iter().try_fold(sets::intersection(cx, set, first)?, |common, other| sets::intersection(cx, &common, other))
}

fn difference(cx: &mut dyn Caller, receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    any_number(receiver, "difference", keywords)?;
    let Some((first, rest)) = args.split_first() else { return alike(receiver, set(receiver).copy()) };
    let difference = sets::difference(cx, set(receiver), first)?;
    rest.iter().try_for_each(|other| sets::difference_update(cx, &difference, other))?;
    alike(receiver, difference)
}

fn difference_update(cx: &mut dyn Caller, receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    any_number(receiver, "difference_update", keywords)?;
    args.iter().try_for_each(|other| sets::difference_update(cx, set(receiver), other))?;
    Ok(Value::none())
}

fn symmetric_difference(cx: &mut dyn Caller, receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    let other = one(receiver, "symmetric_difference", args, keywords)?;
    alike(receiver, sets::symmetric_difference(cx, set(receiver), other)?)
}

fn symmetric_difference_update(
    cx: &mut dyn Caller,
    receiver: &Value,
    args: &[Value],
    keywords: Keywords,
) -> Result<Value> {
    let other = one(receiver, "symmetric_difference_update", args, keywords)?;
    sets::symmetric_difference_update(cx, set(receiver), other)?;
    Ok(Value::none())
}

fn isdisjoint(cx: &mut dyn Caller, receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    let other = one(receiver, "isdisjoint", args, keywords)?;
    sets::is_disjoint(cx, set(receiver), other).map(Value::bool)
}

fn issubset(cx: &mut dyn Caller, receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    let other = one(receiver, "issubset", args, keywords)?;
    sets::is_subset(cx, set(receiver), other).map(Value::bool)
}

fn issuperset(cx: &mut dyn Caller, receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    let other = one(receiver, "issuperset", args, keywords)?;
    sets::is_superset(cx, set(receiver), other).map(Value::bool)
}
