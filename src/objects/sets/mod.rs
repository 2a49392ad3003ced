//! Sets and anything iterable: what the methods of sets do with their arguments.
//!
//! CPython treats sets and dicts apart from other iterables, and the order of a result tells which way it took.

mod operators;
#[cfg(test)]
mod tests;

pub use operators::{binary, compare, is_disjoint_view, of_kind};

use super::caller::Caller;
use super::iteration;
use super::sequence::check_bytes;
use crate::exception::Result;
use crate::value::{Dict, Key, Set, Value};

/// `set(iterable)`.
///
/// # Errors
/// `TypeError` if it is not iterable or an item has no hash; `MemoryError`; whatever the iteration raises. The same
/// holds for all functions here.
pub fn from_items(cx: &mut dyn Caller, iterable: &Value) -> Result<Set> {
    let set = Set::default();
    update(cx, &set, iterable)?;
    Ok(set)
}

/// `set.update(iterable)`.
///
/// # Errors
/// As [`from_items`].
pub fn update(cx: &mut dyn Caller, set: &Set, iterable: &Value) -> Result<()> {
    if let Some(other) = iterable.as_set() {
        return Ok(set.merge(other)?);
    }
    if let Some(dict) = iterable.get::<Dict>() {
        return Ok(set.merge_dict(dict)?);
    }
    iteration::for_each(cx, iterable, |_, item| {
        if set.insert(item)? && set.len().is_power_of_two() {
            check_bytes(set.next_bytes())?;
        }
        Ok(())
    })
}

/// `set.intersection(iterable)`.
///
/// # Errors
/// As [`from_items`].
pub fn intersection(cx: &mut dyn Caller, set: &Set, iterable: &Value) -> Result<Set> {
    if let Some(other) = iterable.as_set() {
        return Ok(set.intersection(other)?);
    }
    let common = Set::default();
    any(cx, iterable, |item| {
        let key = Key::new(item)?;
        // When all keys were found, what follows is not even asked for its hash.
        Ok(set.contains(&key)? && common.insert_key(key)? && common.len() >= set.len())
    })?;
    Ok(common)
}

/// `set.difference(iterable)`.
///
/// # Errors
/// As [`from_items`].
pub fn difference(cx: &mut dyn Caller, set: &Set, iterable: &Value) -> Result<Set> {
    if let Some(other) = iterable.as_set() {
        return Ok(set.difference(other)?);
    }
    if let Some(dict) = iterable.get::<Dict>() {
        return Ok(set.difference_dict(dict)?);
    }
    let copy = set.copy();
    difference_update(cx, &copy, iterable)?;
    Ok(copy)
}

/// `set.difference_update(iterable)`.
///
/// # Errors
/// As [`from_items`].
pub fn difference_update(cx: &mut dyn Caller, set: &Set, iterable: &Value) -> Result<()> {
    if let Some(other) = iterable.as_set() {
        return Ok(set.remove_all(other)?);
    }
    iteration::for_each(cx, iterable, |_, item| Ok(set.remove(&Key::new(item)?).map(drop)?))?;
    set.purge();
    Ok(())
}

/// `set.symmetric_difference(iterable)`.
///
/// # Errors
/// As [`from_items`].
pub fn symmetric_difference(cx: &mut dyn Caller, set: &Set, iterable: &Value) -> Result<Set> {
    let result = from_items(cx, iterable)?;
    result.toggle_all(set)?;
    Ok(result)
}

/// `set.symmetric_difference_update(iterable)`.
///
/// # Errors
/// As [`from_items`].
pub fn symmetric_difference_update(cx: &mut dyn Caller, set: &Set, iterable: &Value) -> Result<()> {
    match (iterable.as_set(), iterable.get::<Dict>()) {
        (Some(other), _) => set.toggle_all(other)?,
        (_, Some(dict)) => set.toggle_each(dict.keys())?,
        _ => set.toggle_all(&from_items(cx, iterable)?)?,
    }
    Ok(())
}

/// `set.issubset(iterable)`.
///
/// # Errors
/// As [`from_items`].
pub fn is_subset(cx: &mut dyn Caller, set: &Set, iterable: &Value) -> Result<bool> {
    match iterable.as_set() {
        Some(other) => Ok(set.is_subset(other)?),
        None => Ok(intersection(cx, set, iterable)?.len() == set.len()),
    }
}

/// `set.issuperset(iterable)`.
///
/// # Errors
/// As [`from_items`].
pub fn is_superset(cx: &mut dyn Caller, set: &Set, iterable: &Value) -> Result<bool> {
    match iterable.as_set() {
        Some(other) => Ok(other.is_subset(set)?),
        None => Ok(!any(cx, iterable, |item| Ok(!set.contains(&Key::new(item)?)?))?),
    }
}

/// `set.isdisjoint(iterable)`.
///
/// # Errors
/// As [`from_items`].
pub fn is_disjoint(cx: &mut dyn Caller, set: &Set, iterable: &Value) -> Result<bool> {
    match iterable.as_set() {
        Some(other) => Ok(set.is_disjoint(other)?),
        None => Ok(!any(cx, iterable, |item| Ok(set.contains(&Key::new(item)?)?))?),
    }
}

/// Whether an item satisfies the condition; those after it are not looked at.
fn any(cx: &mut dyn Caller, iterable: &Value, mut condition: impl FnMut(Value) -> Result<bool>) -> Result<bool> {
    let iterator = iteration::get_iter(iterable)?;
    while let Some(item) = iteration::iter_next(cx, &iterator)? {
        cx.check_interrupt()?;
        if condition(item)? {
            return Ok(true);
        }
    }
    Ok(false)
}
