//! `sorted` and `list.sort`: by `<` alone, by a key function, either way round.

use std::cmp::Ordering;

use super::super::arguments::{self, Keywords};
use super::super::caller::Caller;
use super::super::{operators, timsort};
use crate::exception::{Raised, Result};
use crate::interrupt;
use crate::syntax::ast::CompareOp;
use crate::value::{Str, Value};

/// So many keys are sorted at once, within 50 ms: whoever interrupts it waits no longer than that.
const PIECE: usize = 1 << 18;

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
    let keys = order.key.as_ref().map(|key| cx.call_each(key, items)).transpose()?;
    let (positions, result) = sorted_positions(keys.as_ref().unwrap_or(items), order.reverse)?;
    let mut unsorted: Vec<Option<Value>> = std::mem::take(items).into_iter().map(Some).collect();
    *items = positions.into_iter().filter_map(|at| unsorted[at].take()).collect();
    result
}

/// The positions of keys in their order, as far as it was found.
fn sorted_positions(keys: &[Value], reverse: bool) -> Result<(Vec<usize>, Result<()>)> {
    if let Some(keys) = alike(keys, |key| key.get::<i64>().copied())? {
        return Ok(sort_ordered(keys, reverse, |a, b| a.cmp(b)));
    }
    if let Some(keys) = alike(keys, |key| key.get::<f64>().copied())? {
        if keys.iter().any(|key| key.is_nan()) {
            return Ok(sort_entries(keys, reverse, |a, b| Ok(a < b)));
        }
        return Ok(sort_ordered(keys, reverse, |a, b| a.partial_cmp(b).unwrap_or(Ordering::Equal)));
    }
    if let Some(keys) = alike(keys, |key| key.get::<Str>().map(Str::as_str))? {
        return Ok(sort_ordered(keys, reverse, |a, b| a.cmp(b)));
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

/// Keys that have an order, so that every stable sort leaves them alike: pieces by the standard library's, which guesses
/// no branch of a comparison, and whose work nobody can interrupt; then the pieces, as runs of one sort.
fn sort_ordered<K: Copy>(
    keys: Vec<K>,
    reverse: bool,
    compare: impl Fn(&K, &K) -> Ordering,
) -> (Vec<usize>, Result<()>) {
    let mut entries = entries(keys, reverse);
    for piece in entries.chunks_mut(PIECE) {
        if let Err(interrupted) = interrupt::check() {
            return (positions(entries, reverse), Err(interrupted.into()));
        }
        piece.sort_by(|(a, _), (b, _)| compare(a, b));
    }
    let result = if entries.len() > PIECE { merge(&mut entries, |a, b| Ok(compare(a, b).is_lt())) } else { Ok(()) };
    (positions(entries, reverse), result)
}

fn sort_entries<K: Copy>(
    keys: Vec<K>,
    reverse: bool,
    less: impl Fn(&K, &K) -> Result<bool>,
) -> (Vec<usize>, Result<()>) {
    let mut entries = entries(keys, reverse);
    let result = merge(&mut entries, less);
    (positions(entries, reverse), result)
}

/// Keys with where they stood. Turned around before and after, equal ones keep their order.
fn entries<K>(keys: Vec<K>, reverse: bool) -> Vec<(K, usize)> {
    let mut entries: Vec<(K, usize)> = keys.into_iter().enumerate().map(|(at, key)| (key, at)).collect();
    if reverse {
        entries.reverse();
    }
    entries
}

fn positions<K>(mut entries: Vec<(K, usize)>, reverse: bool) -> Vec<usize> {
    if reverse {
        entries.reverse();
    }
    entries.into_iter().map(|(_, at)| at).collect()
}

fn merge<K: Copy>(entries: &mut [(K, usize)], less: impl Fn(&K, &K) -> Result<bool>) -> Result<()> {
    let mut comparisons = 0;
    timsort::sort(entries, |(a, _), (b, _)| {
        comparisons += 1;
        interrupt::check_at(comparisons)?;
        less(a, b)
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::caller::Nobody;
    use super::*;

    fn sorted(items: Vec<Value>, reverse: bool) -> Vec<Value> {
        let mut items = items;
        sort(&mut Nobody, &mut items, &Order { key: None, reverse }).unwrap();
        items
    }

    #[test]
    fn more_than_a_piece_is_sorted_stably() {
        // Few keys, each many times; boxes that differ tell equal ones apart.
        let items: Vec<Value> = (0..PIECE + 5000).map(|at| Value::int(1000 + (at * 7919 % 101) as i64)).collect();
        for reverse in [false, true] {
            let mut expected: Vec<&Value> = items.iter().collect();
            expected.sort_by_key(|item| item.get::<i64>().map(|i| if reverse { -i } else { *i }));
            let found = sorted(items.clone(), reverse);
            assert!(found.iter().zip(expected).all(|(a, b)| a.is(b)), "reverse={reverse}");
        }
    }

    #[test]
    fn signed_zeros_keep_their_order_and_nans_are_compared_as_cpython_does() {
        let bits = |items: Vec<f64>, reverse| -> Vec<u64> {
            let sorted = sorted(items.into_iter().map(Value::float).collect(), reverse);
            sorted.iter().map(|item| item.get::<f64>().unwrap().to_bits()).collect()
        };
        let expected = |items: Vec<f64>| -> Vec<u64> { items.into_iter().map(f64::to_bits).collect() };
        assert_eq!(bits(vec![0.0, -0.0, -1.0, 0.0], false), expected(vec![-1.0, 0.0, -0.0, 0.0]));
        assert_eq!(bits(vec![0.0, -0.0, -1.0, 0.0], true), expected(vec![0.0, -0.0, 0.0, -1.0]));
        // As `sorted` of CPython 3.13 leaves them.
        let (unsorted, sorted) = (vec![3.0, 1.0, f64::NAN, 2.0, 0.5], vec![0.5, 1.0, f64::NAN, 2.0, 3.0]);
        assert_eq!(bits(unsorted, false), expected(sorted));
    }
}
