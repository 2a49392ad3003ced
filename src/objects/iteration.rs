//! What `for` walks: an iterator for every iterable, and its next item.

use std::cell::Cell;

use super::caller::Caller;
use super::sequence::check_items;
use crate::diagnostic::ErrorKind;
use crate::exception::{Raised, Result};
use crate::value::{
    Dict, DictPart, DictView, Iter, IterState, Kind, List, ListIter, Range, RangeIter, Set, Str, Tuple, Value,
};

/// Iterators nested deeper than this (`enumerate(zip(enumerate(…)))`) are not advanced.
const MAX_DEPTH: u32 = 200;

/// So many items are walked before somebody looks whether the user is still waiting.
const POLL: usize = 1 << 12;

/// `iter(value)`; an iterator is its own.
///
/// # Errors
/// `TypeError` if the value is not iterable.
pub fn get_iter(value: &Value) -> Result<Value> {
    Ok(match value.kind() {
        Kind::Range => {
            let range = value.get::<Range>().expect("the tag says so");
            Value::new(RangeIter { next: Cell::new(range.start), left: Cell::new(range.len()), step: range.step })
        }
        Kind::List => Value::new(ListIter { list: value.clone(), next: Cell::new(0) }),
        Kind::Tuple => Value::iter_items(value.get::<Tuple>().expect("the tag says so").0.to_vec()),
        Kind::Str => Value::iter_items(characters(value.get::<Str>().expect("the tag says so"))?),
        Kind::Dict => dict_iter(value, DictPart::Keys),
        Kind::Set | Kind::FrozenSet => {
            let len = value.as_set().map_or(0, Set::len);
            Value::iter(IterState::Set { set: value.clone(), next: 0, len })
        }
        Kind::DictView => {
            let view = value.get::<DictView>().expect("the tag says so");
            dict_iter(&view.dict, view.part)
        }
        Kind::Array => {
            if value.with_array(|array| array.ndim()) == 0 {
                return Err(Raised::type_error("iteration over a 0-d array"));
            }
            Value::iter(IterState::Array { array: value.clone(), next: 0 })
        }
        Kind::RangeIter | Kind::ListIter | Kind::Iter | Kind::Generator => value.clone(),
        Kind::File => super::files::enter(value)?,
        Kind::None
        | Kind::Ellipsis
        | Kind::Bool
        | Kind::Int
        | Kind::BigInt
        | Kind::Float
        | Kind::Slice
        | Kind::Function
        | Kind::Cell
        | Kind::Builtin
        | Kind::BoundMethod
        | Kind::Type
        | Kind::Module
        | Kind::Exception
        | Kind::Traceback
        | Kind::DType
        | Kind::Scalar => {
            return Err(Raised::type_error(format!("'{}' object is not iterable", value.type_name())));
        }
    })
}

/// An iterator over keys, values or items of a dict.
pub fn dict_iter(dict: &Value, part: DictPart) -> Value {
    let len = dict.get::<Dict>().map_or(0, Dict::len);
    Value::iter(IterState::Dict { dict: dict.clone(), part, next: 0, len })
}

fn characters(text: &Str) -> Result<Vec<Value>> {
    check_items(text.len())?;
    let mut buffer = [0; 4];
    Ok(text.as_str().chars().map(|c| Value::str(&*c.encode_utf8(&mut buffer))).collect())
}

/// The next item of an iterator, `None` at its end.
///
/// # Errors
/// `RuntimeError` if a dict changed its size meanwhile, `ValueError` if a strict `zip` meets an end too early,
/// `TypeError` if the value is not an iterator.
pub fn iter_next(cx: &mut dyn Caller, iterator: &Value) -> Result<Option<Value>> {
    next_at(cx, iterator, 0)
}

fn next_at(cx: &mut dyn Caller, iterator: &Value, depth: u32) -> Result<Option<Value>> {
    if let Some(range) = iterator.get::<RangeIter>() {
        return Ok(range.advance().map(Value::int));
    }
    if let Some(list) = iterator.get::<ListIter>() {
        return Ok(list.advance());
    }
    match iterator.kind() {
        Kind::Generator => return cx.resume(iterator),
        Kind::File => return super::files::next_line(iterator),
        _ => {}
    }
    let Some(Iter(state)) = iterator.get::<Iter>() else {
        return Err(Raised::type_error(format!("'{}' object is not an iterator", iterator.type_name())));
    };
    if depth > MAX_DEPTH {
        return Err(Raised::new(ErrorKind::RecursionError, "maximum recursion depth exceeded"));
    }
    let Ok(mut state) = state.try_borrow_mut() else { return Err(Raised::value_error("iterator already executing")) };
    let next = advance(cx, &mut state, depth);
    if matches!(next, Ok(None)) {
        let finished = std::mem::replace(&mut *state, IterState::Done);
        drop(state);
        drop(finished);
    }
    next
}

fn advance(cx: &mut dyn Caller, state: &mut IterState, depth: u32) -> Result<Option<Value>> {
    match state {
        IterState::Items(items) => Ok(items.next()),
        IterState::Dict { dict, part, next, len } => next_entry(dict, *part, next, *len),
        IterState::Set { set, next, len } => next_key(set, next, len),
        IterState::Enumerate { inner, count } => {
            let Some(item) = next_at(cx, inner, depth + 1)? else { return Ok(None) };
            let index = Value::int(*count);
            *count = count.checked_add(1).ok_or_else(|| {
                Raised::new(ErrorKind::OverflowError, "enumerate() counts beyond 64 bits, which toy does not support")
            })?;
            Ok(Some(Value::tuple(vec![index, item])))
        }
        IterState::Zip { inner, strict } => next_zipped(cx, inner, *strict, depth),
        IterState::Array { array, next } => {
            let at = *next;
            *next += 1;
            array_item(array, at)
        }
        IterState::Reversed { list, left } => {
            let Some(at) = left.checked_sub(1) else { return Ok(None) };
            *left = at;
            Ok(list.get::<List>().and_then(|list| list.0.get(at)))
        }
        IterState::Done => Ok(None),
    }
}

fn next_entry(dict: &Value, part: DictPart, next: &mut usize, len: usize) -> Result<Option<Value>> {
    let Some(dict) = dict.get::<Dict>() else { return Ok(None) };
    if dict.len() != len {
        return Err(Raised::new(ErrorKind::RuntimeError, "dictionary changed size during iteration"));
    }
    let Some((key, value, after)) = dict.entry_from(*next) else { return Ok(None) };
    *next = after;
    Ok(Some(part.of(key, value)))
}

fn next_key(set: &Value, next: &mut usize, len: &mut usize) -> Result<Option<Value>> {
    let Some(set) = set.as_set() else { return Ok(None) };
    if set.len() != *len {
        // Once it has failed, the iterator does not recover.
        *len = usize::MAX;
        return Err(Raised::new(ErrorKind::RuntimeError, "Set changed size during iteration"));
    }
    let Some((key, after)) = set.item_from(*next) else { return Ok(None) };
    *next = after;
    Ok(Some(key))
}

fn next_zipped(cx: &mut dyn Caller, inner: &[Value], strict: bool, depth: u32) -> Result<Option<Value>> {
    let mut items = Vec::with_capacity(inner.len());
    for iterator in inner {
        match next_at(cx, iterator, depth + 1)? {
            Some(item) => items.push(item),
            None if strict && !items.is_empty() => return Err(zip_length(items.len(), "shorter")),
            None if strict => {
                for (at, other) in inner.iter().enumerate().skip(1) {
                    if next_at(cx, other, depth + 1)?.is_some() {
                        return Err(zip_length(at, "longer"));
                    }
                }
                return Ok(None);
            }
            None => return Ok(None),
        }
    }
    Ok(if items.is_empty() { None } else { Some(Value::tuple(items)) })
}

/// The argument at position `at` (counted from 0) is shorter or longer than those before it.
#[cold]
fn zip_length(at: usize, how: &str) -> Raised {
    let others = if at == 1 { "argument 1".to_string() } else { format!("arguments 1-{at}") };
    Raised::value_error(format!("zip() argument {} is {how} than {others}", at + 1))
}

/// The first-axis item at `at` of an evaluated array: a NumPy scalar, or a view.
pub fn array_item(array: &Value, at: usize) -> Result<Option<Value>> {
    array.with_array(|array| {
        if at >= array.shape()[0] {
            return Ok(None);
        }
        Ok(Some(if array.ndim() == 1 {
            Value::new(array.get1(at as i64)?)
        } else {
            Value::array(array.index(&[crate::array::Index::Int(at as i64)])?)
        }))
    })
}

/// All items of an iterable.
///
/// # Errors
/// `TypeError` if it is not iterable; `MemoryError` if there are too many; whatever the iteration raises.
pub fn collect(cx: &mut dyn Caller, iterable: &Value) -> Result<Vec<Value>> {
    if let Some(list) = iterable.get::<List>() {
        check_items(list.0.len())?;
        return Ok(list.0.snapshot());
    }
    if let Some(tuple) = iterable.get::<Tuple>() {
        return Ok(tuple.0.to_vec());
    }
    if let Some(set) = iterable.as_set() {
        check_items(set.len())?;
        return Ok(set.items());
    }
    let mut items = Vec::new();
    if let Some(range) = iterable.get::<Range>() {
        // An item is a box of its own, beside the reference.
        check_items(usize::try_from(range.len()).ok().and_then(|len| len.checked_mul(4)).unwrap_or(usize::MAX))?;
        items.reserve_exact(range.len() as usize);
    }
    for_each(cx, iterable, |_, item| {
        if items.len() == items.capacity() {
            check_items(items.len().saturating_mul(8))?;
        }
        items.push(item);
        Ok(())
    })?;
    Ok(items)
}

/// Calls `action` with each item of an iterable.
///
/// # Errors
/// As [`get_iter`] and [`iter_next`], and what `action` raises; `KeyboardInterrupt`.
pub fn for_each(
    cx: &mut dyn Caller,
    iterable: &Value,
    mut action: impl FnMut(&mut dyn Caller, Value) -> Result<()>,
) -> Result<()> {
    let iterator = get_iter(iterable)?;
    let mut items = 0usize;
    while let Some(item) = iter_next(cx, &iterator)? {
        action(cx, item)?;
        items += 1;
        if items % POLL == 0 {
            cx.check_interrupt()?;
        }
    }
    Ok(())
}
