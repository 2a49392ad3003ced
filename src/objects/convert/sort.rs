//! Sorting: stable, by `<` alone, in the order of comparisons that CPython begins with.

use super::super::operators;
use crate::exception::Result;
use crate::syntax::ast::CompareOp;
use crate::value::{Str, Value};

/// Runs of at least this length are merged; shorter ones are made so by insertion.
const MIN_RUN: usize = 32;

/// The items in ascending order, or in descending order if `reverse`; equal items keep their order.
///
/// # Errors
/// `TypeError` if two items have no order.
pub fn sort(mut items: Vec<Value>, reverse: bool) -> Result<Vec<Value>> {
    if reverse {
        items.reverse();
    }
    if !sort_alike(&mut items) {
        items = merge_sort(items)?;
    }
    if reverse {
        items.reverse();
    }
    Ok(items)
}

/// Sorts items of one type with a total order by the standard library; `false` if they are not such.
fn sort_alike(items: &mut [Value]) -> bool {
    if items.iter().all(|item| item.get::<i64>().is_some()) {
        items.sort_by_key(|item| item.get::<i64>().copied());
    } else if items.iter().all(|item| item.get::<f64>().is_some_and(|x| !x.is_nan())) {
        // `-0.0 == 0.0`, so `total_cmp` would not be stable here.
        items.sort_by(|a, b| a.get::<f64>().partial_cmp(&b.get::<f64>()).expect("no NaN"));
    } else if items.iter().all(|item| item.get::<Str>().is_some()) {
        items.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
    } else {
        return false;
    }
    true
}

fn less(a: &Value, b: &Value) -> Result<bool> {
    operators::truth(&operators::compare(CompareOp::Lt, a, b)?)
}

fn merge_sort(mut items: Vec<Value>) -> Result<Vec<Value>> {
    let mut width = if items.len() < 2 * MIN_RUN { items.len().max(1) } else { MIN_RUN };
    for run in items.chunks_mut(width) {
        insertion_sort(run)?;
    }
    while width < items.len() {
        let mut merged = Vec::with_capacity(items.len());
        for pair in items.chunks(2 * width) {
            let (left, right) = pair.split_at(width.min(pair.len()));
            merge(left, right, &mut merged)?;
        }
        items = merged;
        width *= 2;
    }
    Ok(items)
}

/// Extends the run that the items begin with by binary insertion, as CPython does for short lists.
fn insertion_sort(items: &mut [Value]) -> Result<()> {
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
fn leading_run(items: &mut [Value]) -> Result<usize> {
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
fn extend_run(items: &[Value], mut end: usize) -> Result<usize> {
    while end < items.len() && !less(&items[end], &items[end - 1])? {
        end += 1;
    }
    Ok(end.min(items.len()))
}

fn merge(left: &[Value], right: &[Value], merged: &mut Vec<Value>) -> Result<()> {
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
