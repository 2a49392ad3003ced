//! `+` and `*` on strings, lists and tuples.

use super::caller::Caller;
use super::number::{IndexValue, index_value};
use crate::array::budget;
use crate::diagnostic::ErrorKind;
use crate::exception::{Raised, Result};
use crate::interrupt;
use crate::value::{Kind, List, Str, Tuple, Value};

/// `a + b` if `a` is a sequence.
///
/// # Errors
/// `TypeError` if `b` is not of the same type, `MemoryError`.
pub fn concatenate(a: &Value, b: &Value) -> Result<Option<Value>> {
    if let (Some(x), Some(y)) = (a.get::<Str>(), b.get::<Str>()) {
        check_bytes(x.as_str().len() + y.as_str().len())?;
        let joined = Str::joined([x, y].into_iter()).map_err(|_| Raised::memory_error())?;
        return Ok(Some(Value::new(joined)));
    }
    if let (Some(x), Some(y)) = (a.get::<List>(), b.get::<List>()) {
        check_items(x.0.len() + y.0.len())?;
        let mut items = x.0.snapshot();
        items.extend(y.0.snapshot());
        return Ok(Some(Value::list(items)));
    }
    if let (Some(x), Some(y)) = (a.get::<Tuple>(), b.get::<Tuple>()) {
        check_items(x.0.len() + y.0.len())?;
        return Ok(Some(Value::tuple([&*x.0, &*y.0].concat())));
    }
    if !is_sequence(a) {
        return Ok(None);
    }
    let name = a.type_name();
    Err(Raised::type_error(format!("can only concatenate {name} (not \"{}\") to {name}", b.type_name())))
}

/// `a + b` for two strings, into `a` if nobody else holds it. Whether that was so; if not, nothing was done.
///
/// # Errors
/// `MemoryError`; then `a` is what it was.
#[inline]
pub fn append(a: &mut Value, b: &Value) -> Result<bool> {
    let (Some(a), Some(b)) = (a.get_mut::<Str>(), b.get::<Str>()) else { return Ok(false) };
    check_bytes(a.as_str().len() + b.as_str().len())?;
    a.push(b).map_err(|_| Raised::memory_error())?;
    Ok(true)
}

/// `sequence * count`, either way round, if one of them is a sequence.
///
/// # Errors
/// `TypeError` if the other is not an integer; `OverflowError`, `MemoryError`.
pub fn repeat(a: &Value, b: &Value) -> Result<Option<Value>> {
    let (sequence, count) = if is_sequence(a) {
        (a, b)
    } else if is_sequence(b) {
        (b, a)
    } else {
        return Ok(None);
    };
    let count = repetitions(count)?;
    Ok(Some(match sequence.kind() {
        Kind::Str => {
            let text = sequence.as_str().expect("the tag says so");
            check_text(text.len(), count)?;
            Value::str(text.repeat(count))
        }
        Kind::List => Value::list(repeated(&sequence.get::<List>().expect("the tag says so").0.snapshot(), count)?),
        _ => Value::tuple(repeated(&sequence.get::<Tuple>().expect("the tag says so").0, count)?),
    }))
}

/// `list += values`: the list itself grows.
///
/// # Errors
/// `TypeError` if `values` is not iterable; whatever its iteration raises.
pub fn extend(cx: &mut dyn Caller, list: &List, values: &Value) -> Result<()> {
    let items = super::iteration::collect(cx, values)?;
    check_items(list.0.len() + items.len())?;
    list.0.extend(items);
    Ok(())
}

/// `list *= count`: the list itself grows.
///
/// # Errors
/// As [`repeat`].
pub fn repeat_in_place(list: &List, count: &Value) -> Result<()> {
    let items = repeated(&list.0.snapshot(), repetitions(count)?)?;
    drop(list.0.swap(items));
    Ok(())
}

pub fn is_sequence(value: &Value) -> bool {
    matches!(value.kind(), Kind::Str | Kind::List | Kind::Tuple)
}

fn repetitions(count: &Value) -> Result<usize> {
    match index_value(count) {
        Some(IndexValue::At(n)) => Ok(n.max(0) as usize),
        Some(IndexValue::Huge { .. }) => {
            Err(Raised::new(ErrorKind::OverflowError, "cannot fit 'int' into an index-sized integer"))
        }
        None => Err(Raised::type_error(format!("can't multiply sequence by non-int of type '{}'", count.type_name()))),
    }
}

fn repeated(items: &[Value], count: usize) -> Result<Vec<Value>> {
    check_items(items.len().checked_mul(count).ok_or_else(Raised::memory_error)?)?;
    let mut all = Vec::with_capacity(items.len() * count);
    if items.is_empty() {
        return Ok(all);
    }
    for at in 0..count {
        interrupt::check_at(at * items.len().next_power_of_two())?;
        all.extend_from_slice(items);
    }
    Ok(all)
}

fn check_text(len: usize, count: usize) -> Result<()> {
    match len.checked_mul(count) {
        Some(bytes) if bytes <= isize::MAX as usize => check_bytes(bytes),
        _ => Err(Raised::new(ErrorKind::OverflowError, "repeated string is too long")),
    }
}

/// Makes sure that a list or tuple of `len` items may be built.
///
/// # Errors
/// `MemoryError`.
pub fn check_items(len: usize) -> Result<()> {
    check_bytes(len.checked_mul(size_of::<Value>()).ok_or_else(Raised::memory_error)?)
}

/// Makes sure that something of `bytes` bytes may be built.
///
/// # Errors
/// `MemoryError`.
#[inline]
pub fn check_bytes(bytes: usize) -> Result<()> {
    if bytes <= isize::MAX as usize && budget::allows(bytes) { Ok(()) } else { Err(Raised::memory_error()) }
}
