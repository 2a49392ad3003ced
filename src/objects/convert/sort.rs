//! Sorting: stable, by `<` alone, in the order of comparisons that CPython begins with.

use super::super::arguments::{self, Keywords};
use super::super::caller::Caller;
use super::super::operators;
use crate::exception::{Raised, Result};
use crate::syntax::ast::CompareOp;
use crate::value::{Str, Value};

/// Runs of at least this length are merged; shorter ones are made so by insertion.
const MIN_RUN: usize = 32;

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
    let Some(key) = &order.key else { return sort_by_keys(cx, items, order.reverse) };
    let mut keyed = Vec::with_capacity(items.len());
    for item in &*items {
        keyed.push((cx.call(key, vec![item.clone()], Vec::new())?, item.clone()));
    }
    let result = sort_by_keys(cx, &mut keyed, order.reverse);
    *items = keyed.into_iter().map(|(_, item)| item).collect();
    result
}

/// What is sorted: values by themselves, or by keys beside them.
trait Keyed: Clone {
    fn key(&self) -> &Value;
}

impl Keyed for Value {
    fn key(&self) -> &Value {
        self
    }
}

impl Keyed for (Value, Value) {
    fn key(&self) -> &Value {
        &self.0
    }
}

fn sort_by_keys<T: Keyed>(cx: &mut dyn Caller, items: &mut Vec<T>, reverse: bool) -> Result<()> {
    if reverse {
        items.reverse();
    }
    let result = match sort_alike(items) {
        true => Ok(()),
        false => merge_sort(cx, items),
    };
    if reverse {
        items.reverse();
    }
    result
}

/// Sorts items of one type with a total order by the standard library; `false` if they are not such.
fn sort_alike<T: Keyed>(items: &mut [T]) -> bool {
    if items.iter().all(|item| item.key().get::<i64>().is_some()) {
        items.sort_by_key(|item| item.key().get::<i64>().copied());
    } else if items.iter().all(|item| item.key().get::<f64>().is_some_and(|x| !x.is_nan())) {
        // `-0.0 == 0.0`, so `total_cmp` would not be stable here.
        items.sort_by(|a, b| a.key().get::<f64>().partial_cmp(&b.key().get::<f64>()).expect("no NaN"));
    } else if items.iter().all(|item| item.key().get::<Str>().is_some()) {
        items.sort_by(|a, b| a.key().as_str().cmp(&b.key().as_str()));
    } else {
        return false;
    }
    true
}

fn less<T: Keyed>(a: &T, b: &T) -> Result<bool> {
    operators::truth(&operators::compare(CompareOp::Lt, a.key(), b.key())?)
}

fn merge_sort<T: Keyed>(cx: &mut dyn Caller, items: &mut Vec<T>) -> Result<()> {
    let mut width = if items.len() < 2 * MIN_RUN { items.len().max(1) } else { MIN_RUN };
    for run in items.chunks_mut(width) {
        insertion_sort(run)?;
    }
    while width < items.len() {
        let mut merged = Vec::with_capacity(items.len());
        for pair in items.chunks(2 * width) {
            let (left, right) = pair.split_at(width.min(pair.len()));
            merge(left, right, &mut merged)?;
            cx.check_interrupt()?;
        }
        *items = merged;
        width *= 2;
    }
    Ok(())
}

/// Extends the run that the items begin with by binary insertion, as CPython does for short lists.
fn insertion_sort<T: Keyed>(items: &mut [T]) -> Result<()> {
    let sorted = leading_run(items)?;
    for at in sorted..items.len() {
        let (mut low, mut high) = (0, at);
        while low < high {
            let middle = low + (high - low) / 2;
            if less(&items[at], &items[middle])? {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        items[low..=at].rotate_right(1);
    }
    Ok(())
}

/// The length of the ascending run at the start; a descending one is turned around first, its equal items kept in
/// order. With NaN among the items no order is right: these are the comparisons that decide CPython's.
fn leading_run<T: Keyed>(items: &mut [T]) -> Result<usize> {
    let ascending = extend_run(items, 1)?;
    if ascending >= items.len() || ascending > 1 && less(&items[0], &items[ascending - 1])? {
        return Ok(ascending);
    }
    // So far all are equal, and a smaller one follows. Each run of equals is turned around twice.
    items[..ascending].reverse();
    let mut end = ascending + 1;
    let mut equals = end - 1;
    while end < items.len() {
        if less(&items[end], &items[end - 1])? {
            items[equals..end].reverse();
            equals = end;
        } else if less(&items[end - 1], &items[end])? {
            break;
        }
        end += 1;
    }
    items[equals..end].reverse();
    items[..end].reverse();
    extend_run(items, end)
}

/// The end of the run that the first `end` items begin.
fn extend_run<T: Keyed>(items: &[T], mut end: usize) -> Result<usize> {
    while end < items.len() && !less(&items[end], &items[end - 1])? {
        end += 1;
    }
    Ok(end.min(items.len()))
}

fn merge<T: Keyed>(left: &[T], right: &[T], merged: &mut Vec<T>) -> Result<()> {
    let (mut left, mut right) = (left, right);
    while let ([a, ..], [b, ..]) = (left, right) {
        if less(b, a)? {
            merged.push(b.clone());
            right = &right[1..];
        } else {
            merged.push(a.clone());
            left = &left[1..];
        }
    }
    merged.extend_from_slice(left);
    merged.extend_from_slice(right);
    Ok(())
}
