//! `sorted` and `list.sort`: by `<` alone, by a key function, either way round.

use super::super::arguments::{self, Keywords};
use super::super::caller::Caller;
use super::super::{operators, timsort};
use crate::exception::{Raised, Result};
use crate::syntax::ast::CompareOp;
use crate::value::{Str, Value};

/// After so many comparisons somebody asks whether the user wants them to end.
const PATIENCE: u32 = 4096;

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
        for item in &*items {
            keys.push(cx.call(key, vec![item.clone()], Vec::new())?);
        }
    }
    let (positions, result) = sorted_positions(cx, if order.key.is_some() { &keys } else { items }, order.reverse);
    let mut unsorted: Vec<Option<Value>> = std::mem::take(items).into_iter().map(Some).collect();
    *items = positions.into_iter().filter_map(|at| unsorted[at].take()).collect();
    result
}

/// The positions of keys in their order.
fn sorted_positions(cx: &mut dyn Caller, keys: &[Value], reverse: bool) -> (Vec<usize>, Result<()>) {
    if let Some(keys) = alike(keys, |key| key.get::<i64>().copied()) {
        return sort_entries(cx, keys, reverse, |a, b| Ok(a < b));
    }
    if let Some(keys) = alike(keys, |key| key.get::<f64>().copied()) {
        return sort_entries(cx, keys, reverse, |a, b| Ok(a < b));
    }
    if let Some(keys) = alike(keys, |key| key.get::<Str>().map(Str::as_str)) {
        return sort_entries(cx, keys, reverse, |a, b| Ok(a < b));
    }
    let less = |a: &&Value, b: &&Value| operators::truth(&operators::compare(CompareOp::Lt, a, b)?);
    sort_entries(cx, keys.iter().collect(), reverse, less)
}

/// The payloads of keys that all have the same type.
fn alike<'a, K>(keys: &'a [Value], payload: impl Fn(&'a Value) -> Option<K>) -> Option<Vec<K>> {
    keys.iter().map(payload).collect()
}

fn sort_entries<K: Copy>(
    cx: &mut dyn Caller,
    keys: Vec<K>,
    reverse: bool,
    less: impl Fn(&K, &K) -> Result<bool>,
) -> (Vec<usize>, Result<()>) {
    let mut entries: Vec<(K, usize)> = keys.into_iter().enumerate().map(|(at, key)| (key, at)).collect();
    // Turned around before and after, equal items keep their order.
    if reverse {
        entries.reverse();
    }
    let mut comparisons = 0u32;
    let result = timsort::sort(&mut entries, |(a, _), (b, _)| {
        comparisons = comparisons.wrapping_add(1);
        if comparisons.is_multiple_of(PATIENCE) {
            cx.check_interrupt()?;
        }
        less(a, b)
    });
    if reverse {
        entries.reverse();
    }
    (entries.into_iter().map(|(_, at)| at).collect(), result)
}
