//! Methods of lists.

use super::{Members, NOTHING};
use crate::exception::{Raised, Result};
use crate::objects::arguments::{self, Keywords};
use crate::objects::caller::Caller;
use crate::objects::number::{IndexValue, index_value, to_index};
use crate::objects::{convert, operators, sequence, text};
use crate::value::{List, Value};

pub(super) static LIST: Members = Members {
    methods: &[
        ("append", append),
        ("clear", clear),
        ("copy", copy),
        ("count", count),
        ("index", index),
        ("insert", insert),
        ("pop", pop),
        ("remove", remove),
        ("reverse", reverse),
    ],
    calling: &[("extend", extend), ("sort", sort)],
    ..NOTHING
};

fn list(receiver: &Value) -> &List {
    receiver.get::<List>().expect("a method of lists")
}

fn append(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    let item = arguments::one("list.append", args, keywords)?;
    list(receiver).0.push(item.clone());
    Ok(Value::none())
}

fn clear(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::none("list.clear", args, keywords)?;
    drop(list(receiver).0.take());
    Ok(Value::none())
}

fn copy(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::none("list.copy", args, keywords)?;
    Ok(Value::list(list(receiver).0.snapshot()))
}

fn count(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    let item = arguments::one("list.count", args, keywords)?;
    count_equal(&list(receiver).0.snapshot(), item)
}

/// How many of the items are, or equal, `item`.
pub(super) fn count_equal(items: &[Value], item: &Value) -> Result<Value> {
    let mut count = 0;
    for candidate in items {
        if candidate.is(item) || operators::equal(candidate, item)? {
            count += 1;
        }
    }
    Ok(Value::int(count))
}

fn extend(cx: &mut dyn Caller, receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    sequence::extend(cx, list(receiver), arguments::one("list.extend", args, keywords)?)?;
    Ok(Value::none())
}

fn index(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::no_keywords("list.index", keywords)?;
    arguments::count("index", args, 1, 3)?;
    let items = list(receiver).0.snapshot();
    match position_of(&items, args)? {
        Some(at) => Ok(Value::int(at as i64)),
        None => Err(Raised::value_error(format!("{} is not in list", text::repr(&args[0])?))),
    }
}

/// The first position of `args[0]` between those that `args[1]` and `args[2]` name.
pub(super) fn position_of(items: &[Value], args: &[Value]) -> Result<Option<usize>> {
    let bound = |at: usize, default: usize| match args.get(at) {
        None => Ok(default),
        Some(bound) => match index_value(bound).map(IndexValue::saturated) {
            Some(i) if i < 0 => Ok(i.saturating_add(items.len() as i64).max(0) as usize),
            Some(i) => Ok((i as usize).min(items.len())),
            None => Err(Raised::type_error("slice indices must be integers or have an __index__ method")),
        },
    };
    let (start, stop) = (bound(1, 0)?, bound(2, items.len())?);
    for (at, candidate) in items.iter().enumerate().take(stop).skip(start) {
        if candidate.is(&args[0]) || operators::equal(candidate, &args[0])? {
            return Ok(Some(at));
        }
    }
    Ok(None)
}

fn insert(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::no_keywords("list.insert", keywords)?;
    arguments::count("insert", args, 2, 2)?;
    let at = to_index(&args[0])?;
    let list = list(receiver);
    let len = list.0.len() as i64;
    let at = if at < 0 { at.saturating_add(len).max(0) } else { at.min(len) };
    list.0.insert(at as usize, args[1].clone());
    Ok(Value::none())
}

fn pop(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::no_keywords("list.pop", keywords)?;
    arguments::count("pop", args, 0, 1)?;
    let list = list(receiver);
    let Some(at) = args.first() else {
        return list.0.pop().ok_or_else(|| Raised::index_error("pop from empty list"));
    };
    let at = to_index(at)?;
    let len = list.0.len();
    if len == 0 {
        return Err(Raised::index_error("pop from empty list"));
    }
    let from_start = if at < 0 { at.wrapping_add(len as i64) } else { at };
    match usize::try_from(from_start).ok().filter(|at| *at < len) {
        Some(at) => Ok(list.0.remove(at)),
        None => Err(Raised::index_error("pop index out of range")),
    }
}

fn remove(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    let item = arguments::one("list.remove", args, keywords)?;
    let list = list(receiver);
    match position_of(&list.0.snapshot(), std::slice::from_ref(item))? {
        Some(at) => {
            drop(list.0.remove(at));
            Ok(Value::none())
        }
        None => Err(Raised::value_error("list.remove(x): x not in list")),
    }
}

fn reverse(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::none("list.reverse", args, keywords)?;
    list(receiver).0.reverse();
    Ok(Value::none())
}

fn sort(cx: &mut dyn Caller, receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    let given = args.len() + keywords.len();
    if given > 2 {
        return Err(Raised::type_error(format!("sort() takes at most 2 arguments ({given} given)")));
    }
    if !args.is_empty() {
        return Err(Raised::type_error("sort() takes no positional arguments"));
    }
    let order = convert::Order::of(keywords)?;
    let list = list(receiver);
    // While it is sorted the list is empty; what a key function puts there is lost.
    let mut items = list.0.take();
    let result = convert::sort(cx, &mut items, &order);
    let touched = list.0.is_allocated();
    drop(list.0.swap(items));
    match result {
        Ok(()) if touched => Err(Raised::value_error("list modified during sort")),
        result => result.map(|()| Value::none()),
    }
}
