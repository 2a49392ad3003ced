//! Sorting: stable, by `<` alone, in the order of comparisons that CPython begins with.

use std::cmp::Ordering;

use super::super::operators;
use crate::exception::Result;
use crate::interrupt;
use crate::syntax::ast::CompareOp;
use crate::value::{Str, Value};

/// Runs of this length are sorted by insertion, longer lists are merged from them.
const MIN_RUN: usize = 32;
/// Runs of this length the standard library sorts in a few milliseconds.
const MAX_RUN: usize = 1 << 15;

/// The items in ascending order, or in descending order if `reverse`; equal items keep their order.
///
/// # Errors
/// `TypeError` if two items have no order; `KeyboardInterrupt`.
pub fn sort(mut items: Vec<Value>, reverse: bool) -> Result<Vec<Value>> {
    if reverse {
        items.reverse();
    }
    let mut items = if items.iter().all(|item| item.get::<i64>().is_some()) {
        sort_alike(items, |a, b| a.get::<i64>().cmp(&b.get::<i64>()))?
    } else if items.iter().all(|item| item.get::<f64>().is_some_and(|x| !x.is_nan())) {
        // `-0.0 == 0.0`, so `total_cmp` would not be stable here.
        sort_alike(items, |a, b| a.get::<f64>().partial_cmp(&b.get::<f64>()).expect("no NaN"))?
    } else if items.iter().all(|item| item.get::<Str>().is_some()) {
        sort_alike(items, |a, b| a.as_str().cmp(&b.as_str()))?
    } else {
        let width = if items.len() < 2 * MIN_RUN { items.len() } else { MIN_RUN };
        merge_sort(items, width, insertion_sort, less)?
    };
    if reverse {
        items.reverse();
    }
    Ok(items)
}

/// Sorts items of one type that has a total order.
fn sort_alike(items: Vec<Value>, order: impl Fn(&Value, &Value) -> Ordering) -> Result<Vec<Value>> {
    let sort_run = |run: &mut [Value]| {
        run.sort_by(&order);
        Ok(())
    };
    merge_sort(items, MAX_RUN, sort_run, |a, b| Ok(order(a, b).is_lt()))
}

/// Sorts runs of `width` items, then merges neighbours until one is left.
fn merge_sort(
    items: Vec<Value>,
    width: usize,
    sort_run: impl Fn(&mut [Value]) -> Result<()>,
    less: impl Fn(&Value, &Value) -> Result<bool>,
) -> Result<Vec<Value>> {
    let mut runs = Vec::with_capacity(items.len() / width.max(1) + 1);
    let mut items = items.into_iter();
    while items.len() > 0 {
        interrupt::check()?;
        let mut run: Vec<Value> = items.by_ref().take(width).collect();
        sort_run(&mut run)?;
        runs.push(run);
    }
    while runs.len() > 1 {
        let mut merged = Vec::with_capacity(runs.len().div_ceil(2));
        let mut rest = runs.into_iter();
        while let Some(left) = rest.next() {
            merged.push(match rest.next() {
                Some(right) => merge(left, right, &less)?,
                None => left,
            });
        }
        runs = merged;
    }
    Ok(runs.pop().unwrap_or_default())
}

fn merge(
    mut left: Vec<Value>,
    mut right: Vec<Value>,
    less: impl Fn(&Value, &Value) -> Result<bool>,
) -> Result<Vec<Value>> {
    if let (Some(last), Some(first)) = (left.last(), right.first())
        && !less(first, last)?
    {
        left.append(&mut right);
        return Ok(left);
    }
    let mut merged = Vec::with_capacity(left.len() + right.len());
    let (mut left, mut right) = (left.into_iter(), right.into_iter());
    while let ([a, ..], [b, ..]) = (left.as_slice(), right.as_slice()) {
        interrupt::check_at(merged.len())?;
        let smaller = if less(b, a)? { &mut right } else { &mut left };
        merged.extend(smaller.next());
    }
    merged.extend(left);
    merged.extend(right);
    Ok(merged)
}

fn less(a: &Value, b: &Value) -> Result<bool> {
    operators::truth(&operators::compare(CompareOp::Lt, a, b)?)
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
