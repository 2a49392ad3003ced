//! `sorted` and `list.sort`: by `<` alone, by a key function, either way round.

use super::super::arguments::{self, Keywords};
use super::super::caller::Caller;
use super::super::{operators, timsort};
use crate::exception::{Raised, Result};
use crate::interrupt;
use crate::syntax::ast::CompareOp;
use crate::value::{Str, Value};

/// `key=` and `reverse=` of `sorted` and `list.sort`.
pub struct Order {
    key: Option<Value>,
    reverse: bool,
}

impl Order {
    /// # Errors
    /// `TypeError` for other names.
    pub fn of(keywords: Keywords) -> Result<Order> {
        if keywords.len() > 2 {
            let given = keywords.len();
            return Err(Raised::type_error(format!("sort() takes at most 2 keyword arguments ({given} given)")));
        }
        let [key, reverse] = arguments::named("sort", ["key", "reverse"], keywords)?;
        let reverse = reverse.map_or(Ok(false), |reverse| operators::truth(&reverse))?;
        Ok(Order { key: arguments::given(key), reverse })
    }
}

/// Puts the items in order; equal items keep theirs. After an error they are as far as they came.
///
/// # Errors
/// `TypeError` if two items have no order, what the key function raises, `KeyboardInterrupt`.
pub fn sort(cx: &mut dyn Caller, items: &mut Vec<Value>, order: &Order) -> Result<()> {
    let mut keys = Vec::new();
    if let Some(key) = &order.key {
        for (at, item) in items.iter().enumerate() {
            interrupt::check_at(at)?;
            keys.push(cx.call(key, vec![item.clone()], Vec::new())?);
        }
    }
    let keys = if order.key.is_some() { &keys } else { &*items };
    let (positions, result) = sorted_positions(keys, order.reverse)?;
    let mut unsorted: Vec<Option<Value>> = std::mem::take(items).into_iter().map(Some).collect();
    *items = positions.into_iter().filter_map(|at| unsorted[at].take()).collect();
    result
}

/// The positions of keys in their order, as far as it was found.
fn sorted_positions(keys: &[Value], reverse: bool) -> Result<(Vec<usize>, Result<()>)> {
    if let Some(keys) = alike(keys, |key| key.get::<i64>().copied())? {
        return Ok(sort_entries(keys, reverse, |a, b| Ok(a < b)));
    }
    if let Some(keys) = alike(keys, |key| key.get::<f64>().copied())? {
        return Ok(sort_entries(keys, reverse, |a, b| Ok(a < b)));
    }
    if let Some(keys) = alike(keys, |key| key.get::<Str>().map(Str::as_str))? {
        return Ok(sort_entries(keys, reverse, |a, b| Ok(a < b)));
    }
    let less = |a: &&Value, b: &&Value| operators::truth(&operators::compare(CompareOp::Lt, a, b)?);
    Ok(sort_entries(keys.iter().collect(), reverse, less))
}

/// The payloads of keys that all have the same type.
fn alike<'a, K>(keys: &'a [Value], payload: impl Fn(&'a Value) -> Option<K>) -> Result<Option<Vec<K>>> {
    let mut payloads = Vec::new();
    for (at, key) in keys.iter().enumerate() {
        interrupt::check_at(at)?;
        match payload(key) {
            Some(payload) => payloads.push(payload),
            None => return Ok(None),
        }
    }
    Ok(Some(payloads))
}

fn sort_entries<K: Copy>(
    keys: Vec<K>,
    reverse: bool,
    less: impl Fn(&K, &K) -> Result<bool>,
) -> (Vec<usize>, Result<()>) {
    let mut entries: Vec<(K, usize)> = keys.into_iter().enumerate().map(|(at, key)| (key, at)).collect();
    // Turned around before and after, equal items keep their order.
    if reverse {
        entries.reverse();
    }
    let mut comparisons = 0;
    let result = timsort::sort(&mut entries, |(a, _), (b, _)| {
        comparisons += 1;
        interrupt::check_at(comparisons)?;
        less(a, b)
    });
    if reverse {
        entries.reverse();
    }
    (entries.into_iter().map(|(_, at)| at).collect(), result)
}
