//! `object[index]`: read, replaced and deleted, by position, slice or key.

use num_bigint::BigInt;
use num_traits::{Signed, Zero};

use super::caller::Caller;
use super::integer::Integer;
use super::number::{IndexValue, index_integer, index_value};
use super::sequence::check_items;
use super::{annotations, bigint, iteration, key_error};
use crate::exception::{Raised, Result};
use crate::value::{BigRange, Dict, Kind, List, Range, Slice, Str, Tuple, Value};

/// `object[index]`. Arrays are the caller's.
///
/// # Errors
/// `TypeError`, `IndexError`, `KeyError`, `ValueError` (a slice step of 0).
pub fn get_item(object: &Value, index: &Value) -> Result<Value> {
    match object.kind() {
        Kind::Dict => {
            let dict = object.get::<Dict>().expect("the tag says so");
            dict.get(index)?.ok_or_else(|| key_error(index))
        }
        Kind::Str | Kind::List | Kind::Tuple => match index.get::<Slice>() {
            Some(slice) => get_slice(object, bounds(slice)),
            None => get_position(object, index),
        },
        Kind::Range | Kind::BigRange => match index.get::<Slice>() {
            Some(slice) => slice_range(&BigRange::of(object).expect("a range"), slice),
            None => range_item(object, index),
        },
        Kind::Scalar if index.get::<Tuple>().is_some_and(|tuple| tuple.0.is_empty()) => Ok(object.clone()),
        Kind::Scalar => Err(Raised::index_error("invalid index to scalar variable.")),
        Kind::Type => annotations::subscript(*object.get().expect("the tag says so"), index),
        Kind::Alias | Kind::Union => {
            Err(Raised::type_error(format!("{} is not a generic class", super::text::repr(object)?)))
        }
        _ => Err(Raised::type_error(format!("'{}' object is not subscriptable", object.type_name()))),
    }
}

fn get_position(object: &Value, index: &Value) -> Result<Value> {
    let len = sequence_len(object);
    let what = if object.kind() == Kind::Str { "string" } else { object.type_name() };
    let at = position(object, index, len)?.ok_or_else(|| Raised::index_error(format!("{what} index out of range")))?;
    let item = match object.kind() {
        Kind::Str => object.get::<Str>().and_then(|text| text.get(at)).map(Value::char),
        Kind::List => object.get::<List>().and_then(|list| list.0.get(at)),
        _ => object.get::<Tuple>().map(|tuple| tuple.0[at].clone()),
    };
    Ok(item.expect("the position lies inside"))
}

fn range_item(range: &Value, index: &Value) -> Result<Value> {
    let outside = || Raised::index_error("range object index out of range");
    let Some(at) = index_integer(index) else {
        return Err(Raised::type_error(format!("range indices must be integers or slices, not {}", index.type_name())));
    };
    if let (Some(range), Integer::Small(at)) = (range.get::<Range>(), at) {
        let from_start = if at < 0 { at as i128 + range.len() as i128 } else { at as i128 };
        let item = u64::try_from(from_start).ok().and_then(|at| range.get(at));
        return item.map(Value::int).ok_or_else(outside);
    }
    let range = BigRange::of(range).expect("a range");
    let len = range.len();
    let from_start = if at.is_negative() { &*at.to_big() + &len } else { at.to_big().into_owned() };
    if from_start.is_negative() || from_start >= len {
        return Err(outside());
    }
    Ok(bigint::to_value(range.item(&from_start)))
}

/// The position that an index names, if it lies inside.
///
/// # Errors
/// `TypeError` if it is not an integer, `IndexError` if it fits no machine word.
fn position(object: &Value, index: &Value, len: usize) -> Result<Option<usize>> {
    match index_value(index) {
        Some(IndexValue::At(i)) => {
            let from_start = if i < 0 { i.wrapping_add(len as i64) } else { i };
            Ok(usize::try_from(from_start).ok().filter(|at| *at < len))
        }
        Some(IndexValue::Huge { .. }) => Err(Raised::index_error("cannot fit 'int' into an index-sized integer")),
        None if object.kind() == Kind::Str => {
            Err(Raised::type_error(format!("string indices must be integers, not '{}'", index.type_name())))
        }
        None => Err(Raised::type_error(format!(
            "{} indices must be integers or slices, not {}",
            object.type_name(),
            index.type_name()
        ))),
    }
}

/// The length of a string, list, tuple or dict.
fn sequence_len(object: &Value) -> usize {
    match object.kind() {
        Kind::Str => object.get::<Str>().map_or(0, Str::len),
        Kind::List => object.get::<List>().map_or(0, |list| list.0.len()),
        Kind::Tuple => object.get::<Tuple>().map_or(0, |tuple| tuple.0.len()),
        _ => object.get::<Dict>().map_or(0, Dict::len),
    }
}

/// What a slice selects: `slice.indices(len)`, and how many items that are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Selection {
    pub start: i64,
    pub stop: i64,
    pub step: i64,
    pub count: usize,
}

/// # Errors
/// `TypeError` if a part is neither `None` nor an integer, `ValueError` for a step of 0.
pub fn select(slice: &Slice, len: u64) -> Result<Selection> {
    select_between(bounds(slice), len)
}

fn bounds(slice: &Slice) -> [&Value; 3] {
    [&slice.start, &slice.stop, &slice.step]
}

fn select_between([start, stop, step]: [&Value; 3], len: u64) -> Result<Selection> {
    let step = slice_part(step)?.unwrap_or(1).max(-i64::MAX);
    if step == 0 {
        return Err(Raised::value_error("slice step cannot be zero"));
    }
    let len = i64::try_from(len).unwrap_or(i64::MAX);
    let (low, high) = if step < 0 { (-1, len - 1) } else { (0, len) };
    let clip = |index: i64| if index < 0 { index.saturating_add(len).max(low) } else { index.min(high) };
    let start = slice_part(start)?.map_or(if step < 0 { high } else { low }, clip);
    let stop = slice_part(stop)?.map_or(if step < 0 { low } else { high }, clip);
    let count = match step {
        1 => stop.saturating_sub(start).max(0) as usize,
        -1 => start.saturating_sub(stop).max(0) as usize,
        _ => Range { start, stop, step }.len() as usize,
    };
    Ok(Selection { start, stop, step, count })
}

#[inline]
fn slice_part(part: &Value) -> Result<Option<i64>> {
    match (part.kind(), part.get::<i64>()) {
        (Kind::None, _) => Ok(None),
        (_, Some(index)) => Ok(Some(*index)),
        (_, None) => other_slice_part(part),
    }
}

fn other_slice_part(part: &Value) -> Result<Option<i64>> {
    index_value(part).map(|index| Some(index.saturated())).ok_or_else(not_a_slice_index)
}

#[cold]
fn not_a_slice_index() -> Raised {
    Raised::type_error("slice indices must be integers or None or have an __index__ method")
}

impl Selection {
    /// The selected positions, in order.
    pub fn positions(self) -> impl Iterator<Item = usize> {
        (0..self.count).map(move |k| (self.start + k as i64 * self.step) as usize)
    }

    /// The selected run of neighbours, if the step is 1.
    fn run(self) -> Option<std::ops::Range<usize>> {
        (self.step == 1).then(|| self.start as usize..self.start as usize + self.count)
    }

    /// The same, from its end on, if the step is -1.
    fn reversed_run(self) -> Option<std::ops::Range<usize>> {
        let end = (self.start + 1) as usize;
        (self.step == -1).then(|| end - self.count..end)
    }
}

/// `object[start:stop:step]` for a string, a list or a tuple.
///
/// # Errors
/// `TypeError` if a bound is neither `None` nor an integer, `ValueError` for a step of 0, `MemoryError`.
pub fn get_slice(object: &Value, bounds: [&Value; 3]) -> Result<Value> {
    Ok(match object.kind() {
        Kind::Str => {
            let text = object.get::<Str>().expect("the tag says so");
            Value::str(slice_text(text, select_between(bounds, text.len() as u64)?))
        }
        Kind::List => {
            let list = object.get::<List>().expect("the tag says so");
            let selected = select_between(bounds, list.0.len() as u64)?;
            check_items(selected.count)?;
            Value::list(match (selected.run(), selected.reversed_run()) {
                (Some(run), _) => list.0.copy(run),
                (None, Some(run)) => list.0.copy_reversed(run),
                (None, None) => {
                    let mut items = Vec::with_capacity(selected.count);
                    items.extend(selected.positions().map_while(|at| list.0.get(at)));
                    items
                }
            })
        }
        Kind::Tuple => {
            let items = &object.get::<Tuple>().expect("the tag says so").0;
            let selected = select_between(bounds, items.len() as u64)?;
            Value::tuple(selected.positions().map(|at| items[at].clone()).collect())
        }
        _ => return Err(Raised::type_error(format!("'{}' object is not subscriptable", object.type_name()))),
    })
}

fn slice_text(text: &Str, selected: Selection) -> String {
    let all = text.as_str();
    if text.is_ascii() {
        return match selected.run() {
            Some(run) => all[run].to_string(),
            None => selected.positions().map(|at| all.as_bytes()[at] as char).collect(),
        };
    }
    if let Some(run) = selected.run() {
        return all.chars().skip(run.start).take(run.len()).collect();
    }
    let characters: Vec<char> = all.chars().collect();
    selected.positions().map(|at| characters[at]).collect()
}

fn slice_range(range: &BigRange, slice: &Slice) -> Result<Value> {
    let [start, stop, step] = indices(slice, &range.len())?;
    Ok(Value::range(BigRange { start: range.item(&start), stop: range.item(&stop), step: step * &range.step }))
}

/// `slice.indices(len)`, of whatever size.
///
/// # Errors
/// As [`select`].
pub fn indices(slice: &Slice, len: &BigInt) -> Result<[BigInt; 3]> {
    let part = |part: &Value| match (part.kind(), index_integer(part)) {
        (Kind::None, _) => Ok(None),
        (_, Some(integer)) => Ok(Some(integer.to_big().into_owned())),
        (_, None) => Err(not_a_slice_index()),
    };
    let step = part(&slice.step)?.unwrap_or_else(|| BigInt::from(1));
    if step.is_zero() {
        return Err(Raised::value_error("slice step cannot be zero"));
    }
    let (low, high) = if step.is_negative() { (BigInt::from(-1), len - 1) } else { (BigInt::ZERO, len.clone()) };
    let clip = |index: BigInt| {
        if index.is_negative() { (index + len).max(low.clone()) } else { index.min(high.clone()) }
    };
    let (first, last) = if step.is_negative() { (&high, &low) } else { (&low, &high) };
    let start = part(&slice.start)?.map_or_else(|| first.clone(), clip);
    let stop = part(&slice.stop)?.map_or_else(|| last.clone(), clip);
    Ok([start, stop, step])
}

/// `object[index] = value`. Arrays are the caller's.
///
/// # Errors
/// `TypeError`, `IndexError`, `ValueError` (a slice of another size).
pub fn set_item(cx: &mut dyn Caller, object: &Value, index: &Value, value: &Value) -> Result<()> {
    if let Some(dict) = object.get::<Dict>() {
        return Ok(dict.set(index, value.clone())?);
    }
    let Some(list) = object.get::<List>() else {
        return Err(no_change(object, index, "does not support item assignment"));
    };
    if let Some(slice) = index.get::<Slice>() {
        return set_slice(cx, list, bounds(slice), value);
    }
    let at = position(object, index, list.0.len())?
        .ok_or_else(|| Raised::index_error("list assignment index out of range"))?;
    drop(list.0.replace(at, value.clone()));
    Ok(())
}

fn is_positional(object: &Value) -> bool {
    matches!(object.kind(), Kind::Str | Kind::Tuple | Kind::Range | Kind::BigRange | Kind::DictView)
}

/// The object cannot be changed; CPython looks at the index first, if there are positions at all.
#[cold]
fn no_change(object: &Value, index: &Value, why: &str) -> Raised {
    match index_value(index) {
        Some(IndexValue::Huge { .. }) if is_positional(object) => {
            Raised::index_error("cannot fit 'int' into an index-sized integer")
        }
        _ => Raised::type_error(format!("'{}' object {why}", object.type_name())),
    }
}

/// `list[a:b] = other`, another list of as many items: whether it was so.
fn replace_run(list: &List, bounds: [&Value; 3], value: &Value) -> Result<bool> {
    let Some(other) = value.get::<List>().filter(|other| !std::ptr::eq(*other, list)) else { return Ok(false) };
    let selected = select_between(bounds, list.0.len() as u64)?;
    let Some(run) = selected.run().filter(|_| selected.count == other.0.len()) else { return Ok(false) };
    drop(list.0.overwrite(run.start, &other.0));
    Ok(true)
}

/// `list[start:stop:step] = value`
///
/// # Errors
/// As [`set_item`].
pub fn set_slice(cx: &mut dyn Caller, list: &List, bounds: [&Value; 3], value: &Value) -> Result<()> {
    if replace_run(list, bounds, value)? {
        return Ok(());
    }
    // The slice's parts are checked first, the values collected next, the length looked at last, as CPython does.
    select_between(bounds, list.0.len() as u64)?;
    if iteration::get_iter(value).is_err() {
        return Err(Raised::type_error("must assign iterable to extended slice"));
    }
    let values = iteration::collect(cx, value)?;
    let selected = select_between(bounds, list.0.len() as u64)?;
    check_items(list.0.len() + values.len())?;
    if let Some(run) = selected.run() {
        drop(list.0.splice(run, values));
        return Ok(());
    }
    if values.len() != selected.count {
        return Err(Raised::value_error(format!(
            "attempt to assign sequence of size {} to extended slice of size {}",
            values.len(),
            selected.count
        )));
    }
    for (at, value) in selected.positions().zip(values) {
        drop(list.0.replace(at, value));
    }
    Ok(())
}

/// `del object[index]`.
///
/// # Errors
/// `TypeError`, `IndexError`, `KeyError`, `ValueError` (a slice step of 0).
pub fn delete_item(object: &Value, index: &Value) -> Result<()> {
    if let Some(dict) = object.get::<Dict>() {
        return match dict.remove(index)? {
            Some(_) => Ok(()),
            None => Err(key_error(index)),
        };
    }
    let Some(list) = object.get::<List>() else {
        // CPython's words depend on whether the type has any of a sequence's functions.
        let sequence = is_positional(object) || matches!(object.kind(), Kind::Set | Kind::FrozenSet | Kind::DictView);
        let position = index_value(index).is_some() && sequence;
        let verb = if position { "doesn't" } else { "does not" };
        return Err(no_change(object, index, &format!("{verb} support item deletion")));
    };
    if let Some(slice) = index.get::<Slice>() {
        let selected = select(slice, list.0.len() as u64)?;
        if let Some(run) = selected.run() {
            drop(list.0.splice(run, Vec::new()));
            return Ok(());
        }
        let mut dropped = vec![false; list.0.len()];
        selected.positions().for_each(|at| dropped[at] = true);
        let kept = list.0.snapshot().into_iter().zip(dropped).filter(|(_, dropped)| !dropped).map(|(item, _)| item);
        drop(list.0.swap(kept.collect()));
        return Ok(());
    }
    let at = position(object, index, list.0.len())?
        .ok_or_else(|| Raised::index_error("list assignment index out of range"))?;
    drop(list.0.remove(at));
    Ok(())
}
