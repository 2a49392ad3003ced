//! What `for` walks: an iterator for every iterable, and its next item.

use std::cell::Cell;
use std::rc::Rc;

use num_traits::Zero;

use super::caller::Caller;
use super::sequence::check_items;
use super::{bigint, operators};
use crate::diagnostic::ErrorKind;
use crate::exception::{Raised, Result};
use crate::syntax::ast::BinaryOp;
use crate::value::{
    BigRange, Dict, DictPart, DictView, Iter, IterState, Kind, List, ListIter, Range, RangeIter, Record, Set, Tuple,
    Value,
};

/// Iterators nested deeper than this (`enumerate(zip(enumerate(…)))`) are not advanced.
const MAX_DEPTH: u32 = 20_000;
/// Stack that one of them may take.
const RED_ZONE: usize = 64 * 1024;
/// What the stack grows by when less than [`RED_ZONE`] is left.
const STACK_PIECE: usize = 1024 * 1024;

/// Loops of built-ins ask after so many items whether the user wants them to end.
pub const PATIENCE: u32 = 1024;

/// `iter(value)`; an iterator is its own.
///
/// # Errors
/// `TypeError` if the value is not iterable.
pub fn get_iter(value: &Value) -> Result<Value> {
    Ok(match value.kind() {
        Kind::Range => {
            let range = value.get::<Range>().expect("the tag says so");
            match fits_words(range.stop, range.step, range.len()) {
                true => range_iter(range.start, range.step, range.len()),
                false => big_range_iter(BigRange::of(value).expect("a range")),
            }
        }
        Kind::BigRange => big_range_iter(BigRange::of(value).expect("a range")),
        Kind::List => Value::new(ListIter { list: value.clone(), next: Cell::new(0) }),
        Kind::Tuple => Value::iter(IterState::Tuple { tuple: value.clone(), next: 0 }),
        Kind::Str => Value::iter(IterState::Str { text: value.clone(), next: 0 }),
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
            if value.array_shape().is_empty() {
                return Err(Raised::type_error("iteration over a 0-d array"));
            }
            Value::iter(IterState::Array { array: value.clone(), next: 0 })
        }
        Kind::RangeIter | Kind::ListIter | Kind::Iter | Kind::Generator => value.clone(),
        Kind::File => super::files::enter(value)?,
        Kind::Record => {
            let record = value.get::<Record>().expect("the tag says so");
            Value::iter(IterState::Tuple {
                tuple: Value::tuple(record.fields.iter().map(|(_, value)| value.clone()).collect()),
                next: 0,
            })
        }
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
        | Kind::UnboundMethod
        | Kind::Type
        | Kind::Alias
        | Kind::Union
        | Kind::Module
        | Kind::Exception
        | Kind::Traceback
        | Kind::DType
        | Kind::Scalar => {
            return Err(Raised::type_error(format!("'{}' object is not iterable", value.type_name())));
        }
    })
}

fn range_iter(start: i64, step: i64, len: u64) -> Value {
    Value::new(RangeIter { next: Cell::new(start), left: Cell::new(len), step })
}

fn big_range_iter(range: BigRange) -> Value {
    Value::iter(IterState::BigRange { left: range.len(), next: range.start, step: range.step })
}

/// Whether CPython walks a range by machine words: its length is one, and so is what follows its last item.
fn fits_words(stop: i64, step: i64, len: u64) -> bool {
    let end_fits = if step > 0 { stop <= i64::MAX - (step - 1) } else { stop >= i64::MIN + (-1 - step) };
    len <= i64::MAX as u64 && (len == 0 || end_fits)
}

/// `reversed(range)`
pub fn reversed_range(range: &Value) -> Value {
    if let Some(range) = range.get::<Range>()
        && let (Some(stop), Some(step)) = (range.start.checked_sub(range.step), range.step.checked_neg())
    {
        let len = range.len();
        let start = len.checked_sub(1).and_then(|at| range.get(at)).unwrap_or(stop);
        if len <= i64::MAX as u64 {
            return range_iter(start, step, len);
        }
    }
    big_range_iter(BigRange::of(range).expect("a range").reversed())
}

/// An iterator over keys, values or items of a dict.
pub fn dict_iter(dict: &Value, part: DictPart) -> Value {
    let len = dict.get::<Dict>().map_or(0, Dict::len);
    Value::iter(IterState::Dict { dict: dict.clone(), part, next: 0, len, left: len })
}

/// The next item of an iterator, `None` at its end.
///
/// # Errors
/// `RuntimeError` if a dict changed its size meanwhile, `ValueError` if a strict `zip` meets an end too early,
/// `TypeError` if the value is not an iterator; what functions of `map` and its like raise.
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
    let Some(iter) = iterator.get::<Iter>() else {
        return Err(Raised::type_error(format!("'{}' object is not an iterator", iterator.type_name())));
    };
    if let Some(next) = next_pair(&mut iter.state.borrow_mut()) {
        return Ok(next);
    }
    let step = step(&mut iter.state.borrow_mut())?;
    match step {
        Step::Item(item) => Ok(Some(item)),
        Step::End => {
            // What it walked goes once nobody borrows the state: it may be the last to hold other iterators.
            let finished = iter.state.replace(IterState::Done);
            drop(finished);
            Ok(None)
        }
        Step::Combine(combined) => {
            if depth > MAX_DEPTH {
                return Err(Raised::new(ErrorKind::RecursionError, "maximum recursion depth exceeded"));
            }
            stacker::maybe_grow(RED_ZONE, STACK_PIECE, || combined.next(cx, iter, depth + 1))
        }
    }
}

/// The next pair of an `enumerate`, or of a `zip` of two, over ranges and lists: they ask nobody else, and the state may
/// be borrowed meanwhile. `None` for everything else.
#[inline]
fn next_pair(state: &mut IterState) -> Option<Option<Value>> {
    if let IterState::Zip { inner, strict: false } = state
        && let [first, second] = &**inner
        && is_flat(first)
        && is_flat(second)
    {
        let Some(first) = next_flat(first) else { return Some(None) };
        return Some(next_flat(second).map(|second| Value::pair(first, second)));
    }
    if let IterState::Enumerate { inner, count } = state
        && is_flat(inner)
    {
        let next = Value::int(count.get::<i64>()?.checked_add(1)?);
        return Some(next_flat(inner).map(|item| Value::pair(std::mem::replace(count, next), item)));
    }
    None
}

fn is_flat(iterator: &Value) -> bool {
    matches!(iterator.kind(), Kind::RangeIter | Kind::ListIter)
}

#[inline]
fn next_flat(iterator: &Value) -> Option<Value> {
    match iterator.get::<ListIter>() {
        Some(list) => list.advance(),
        None => iterator.get::<RangeIter>().and_then(RangeIter::advance).map(Value::int),
    }
}

/// What an iterator does for its next item.
enum Step {
    Item(Value),
    End,
    /// Asks other iterators and functions, which may come back to this one: its state is not borrowed meanwhile.
    Combine(Combined),
}

enum Combined {
    Enumerate { inner: Value },
    Zip { inner: Rc<[Value]>, strict: bool },
    Map { function: Value, inner: Rc<[Value]> },
    Filter { function: Option<Value>, inner: Value },
    Calls { function: Value, sentinel: Value },
}

fn step(state: &mut IterState) -> Result<Step> {
    let item = match state {
        IterState::Tuple { tuple, next } => {
            let item = tuple.get::<Tuple>().and_then(|tuple| tuple.0.get(*next).cloned());
            *next += 1;
            item
        }
        IterState::Str { text, next } => {
            let c = text.as_str().and_then(|text| text[*next..].chars().next());
            *next += c.map_or(0, char::len_utf8);
            c.map(Value::char)
        }
        IterState::StrReversed { text, left } => {
            let c = text.as_str().and_then(|text| text[..*left].chars().next_back());
            *left -= c.map_or(0, char::len_utf8);
            c.map(Value::char)
        }
        IterState::Dict { dict, part, next, len, left } => {
            let dict = unchanged(dict, len)?;
            let found = dict.entry_from(*next);
            if found.is_some() && *left == 0 {
                return Err(Raised::new(ErrorKind::RuntimeError, "dictionary keys changed during iteration"));
            }
            found.map(|(key, value, after)| {
                (*next, *left) = (after, *left - 1);
                part.of(key, value)
            })
        }
        IterState::DictReversed { dict, part, next, len } => {
            let dict = unchanged(dict, len)?;
            dict.entry_before(*next).map(|(key, value, at)| {
                *next = at;
                part.of(key, value)
            })
        }
        IterState::Set { set, next, len } => next_key(set, next, len)?,
        IterState::BigRange { next, left, step } => (!left.is_zero()).then(|| {
            let item = bigint::to_value(next.clone());
            *next += &*step;
            *left -= 1;
            item
        }),
        IterState::Array { array, next } => {
            *next += 1;
            array_item(array, *next - 1)?
        }
        IterState::ListReversed { list, left } => {
            let at = left.checked_sub(1);
            *left = at.unwrap_or(0);
            at.and_then(|at| list.get::<List>().and_then(|list| list.0.get(at)))
        }
        IterState::Reversed { sequence, left } => match left.checked_sub(1) {
            None => None,
            Some(at) => {
                *left = at;
                match sequence.get::<Tuple>() {
                    Some(tuple) => tuple.0.get(at).cloned(),
                    None => array_item(sequence, at)?,
                }
            }
        },
        IterState::Enumerate { inner, .. } => return Ok(Step::Combine(Combined::Enumerate { inner: inner.clone() })),
        IterState::Zip { inner, strict } => {
            return Ok(Step::Combine(Combined::Zip { inner: inner.clone(), strict: *strict }));
        }
        IterState::Map { function, inner } => {
            return Ok(Step::Combine(Combined::Map { function: function.clone(), inner: inner.clone() }));
        }
        IterState::Filter { function, inner } => {
            return Ok(Step::Combine(Combined::Filter { function: function.clone(), inner: inner.clone() }));
        }
        IterState::Calls { function, sentinel } => {
            return Ok(Step::Combine(Combined::Calls { function: function.clone(), sentinel: sentinel.clone() }));
        }
        IterState::Done => None,
    };
    Ok(item.map_or(Step::End, Step::Item))
}

/// The dict that an iterator walks, if it has the size that it had. Once it has not, the iterator does not recover.
fn unchanged<'a>(dict: &'a Value, len: &mut usize) -> Result<&'a Dict> {
    let dict = dict.get::<Dict>().expect("an iterator over a dict");
    if dict.len() == *len {
        return Ok(dict);
    }
    *len = usize::MAX;
    Err(Raised::new(ErrorKind::RuntimeError, "dictionary changed size during iteration"))
}

impl Combined {
    fn next(self, cx: &mut dyn Caller, iter: &Iter, depth: u32) -> Result<Option<Value>> {
        match self {
            Combined::Enumerate { inner } => {
                let Some(item) = next_at(cx, &inner, depth)? else { return Ok(None) };
                let IterState::Enumerate { count, .. } = &mut *iter.state.borrow_mut() else { return Ok(None) };
                let next = operators::binary(cx, BinaryOp::Add, count, &Value::int(1))?;
                Ok(Some(Value::tuple(vec![std::mem::replace(count, next), item])))
            }
            Combined::Zip { inner, strict } => next_zipped(cx, &inner, strict, depth),
            Combined::Map { function, inner } => {
                let mut items = Vec::with_capacity(inner.len());
                for iterator in &*inner {
                    let Some(item) = next_at(cx, iterator, depth)? else { return Ok(None) };
                    items.push(item);
                }
                until_stop(cx.call(&function, items, Vec::new()))
            }
            Combined::Filter { function, inner } => {
                let mut seen = 0u32;
                while let Some(item) = next_at(cx, &inner, depth)? {
                    seen += 1;
                    if seen.is_multiple_of(PATIENCE) {
                        cx.check_interrupt()?;
                    }
                    let verdict = match &function {
                        None => item.clone(),
                        Some(function) => match until_stop(cx.call(function, vec![item.clone()], Vec::new()))? {
                            Some(verdict) => verdict,
                            None => return Ok(None),
                        },
                    };
                    if operators::truth(&verdict)? {
                        return Ok(Some(item));
                    }
                }
                Ok(None)
            }
            Combined::Calls { function, sentinel } => {
                let result = until_stop(cx.call(&function, Vec::new(), Vec::new()))?;
                match result {
                    Some(result) if !(result.is(&sentinel) || operators::equal(&sentinel, &result)?) => {
                        Ok(Some(result))
                    }
                    _ => {
                        drop(iter.state.replace(IterState::Done));
                        Ok(None)
                    }
                }
            }
        }
    }
}

/// A function that raises `StopIteration` ends the iterator that called it.
fn until_stop(result: Result<Value>) -> Result<Option<Value>> {
    match result {
        Err(raised) if raised.kind() == ErrorKind::StopIteration => Ok(None),
        other => other.map(Some),
    }
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
        match next_at(cx, iterator, depth)? {
            Some(item) => items.push(item),
            None if strict && !items.is_empty() => return Err(zip_length(items.len(), "shorter")),
            None if strict => {
                for (at, other) in inner.iter().enumerate().skip(1) {
                    if next_at(cx, other, depth)?.is_some() {
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

/// The first-axis item at `at` of an array: a NumPy scalar, or a view.
pub fn array_item(array: &Value, at: usize) -> Result<Option<Value>> {
    let array = array.to_array()?;
    if at >= array.shape()[0] {
        return Ok(None);
    }
    Ok(Some(if array.ndim() == 1 {
        Value::new(array.get1(at as i64)?)
    } else {
        Value::array(array.index(&[crate::array::Index::Int(at as i64)])?)
    }))
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
    let mut items = Items::of(iterable)?;
    while let Some(item) = items.next(cx)? {
        action(cx, item)?;
    }
    Ok(())
}

/// The items of an iterable, one after the other, for loops that may be long.
pub struct Items {
    iterator: Value,
    seen: u32,
}

impl Items {
    /// # Errors
    /// As [`get_iter`].
    pub fn of(iterable: &Value) -> Result<Items> {
        Ok(Items { iterator: get_iter(iterable)?, seen: 0 })
    }

    /// # Errors
    /// As [`iter_next`]; `KeyboardInterrupt`.
    pub fn next(&mut self, cx: &mut dyn Caller) -> Result<Option<Value>> {
        self.seen = self.seen.wrapping_add(1);
        if self.seen.is_multiple_of(PATIENCE) {
            cx.check_interrupt()?;
        }
        iter_next(cx, &self.iterator)
    }
}
