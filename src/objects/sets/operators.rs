//! `| & - ^` and `< <= > >=` of sets, frozensets, and views of a dict's keys and items.

use super::{any, from_items};
use crate::exception::Result;
use crate::objects::caller::Caller;
use crate::objects::iteration;
use crate::objects::operators::{contains, equal};
use crate::syntax::ast::{BinaryOp, CompareOp};
use crate::value::{Dict, DictPart, DictView, FrozenSet, Kind, Set, SetLike, Value};

/// `a op b`, or `a op= b`, if that is an operation of sets.
///
/// # Errors
/// Beside a view, any iterable is an operand: `TypeError` for what is none, or has items without a hash.
pub fn binary(cx: &mut dyn Caller, op: BinaryOp, a: &Value, b: &Value, in_place: bool) -> Result<Option<Value>> {
    if !matches!(op, BinaryOp::BitOr | BinaryOp::BitAnd | BinaryOp::Sub | BinaryOp::BitXor) {
        return Ok(None);
    }
    if let (Some(x), Some(y)) = (a.as_set(), b.as_set()) {
        if in_place && a.kind() == Kind::Set {
            binary_in_place(op, x, y)?;
            return Ok(Some(a.clone()));
        }
        return Ok(Some(of_kind(a.kind(), binary_sets(op, x, y)?)));
    }
    let is_view = |value: &Value| SetLike::of(value).is_some_and(SetLike::is_view);
    if is_view(a) || is_view(b) {
        return binary_views(cx, op, a, b).map(Some);
    }
    Ok(None)
}

/// A set or a frozenset, as its left operand or its receiver is.
pub fn of_kind(kind: Kind, keys: Set) -> Value {
    if kind == Kind::FrozenSet { Value::new(FrozenSet::new(keys)) } else { Value::new(keys) }
}

fn binary_sets(op: BinaryOp, a: &Set, b: &Set) -> Result<Set> {
    Ok(match op {
        BinaryOp::BitAnd => a.intersection(b)?,
        BinaryOp::Sub => a.difference(b)?,
        BinaryOp::BitOr => {
            let union = a.copy();
            if !std::ptr::eq(a, b) {
                union.merge(b)?;
            }
            union
        }
        _ => {
            let result = b.copy();
            result.toggle_all(a)?;
            result
        }
    })
}

fn binary_in_place(op: BinaryOp, a: &Set, b: &Set) -> Result<()> {
    match op {
        BinaryOp::BitAnd => a.replace(a.intersection(b)?),
        BinaryOp::Sub => a.remove_all(b)?,
        BinaryOp::BitOr => a.merge(b)?,
        _ => a.toggle_all(b)?,
    }
    Ok(())
}

/// At least one operand is a view of keys or items; the other is any iterable.
fn binary_views(cx: &mut dyn Caller, op: BinaryOp, a: &Value, b: &Value) -> Result<Value> {
    if op == BinaryOp::BitAnd {
        return intersection(cx, a, b);
    }
    if let (BinaryOp::BitXor, Some(SetLike::Items(x)), Some(SetLike::Items(y))) = (op, SetLike::of(a), SetLike::of(b)) {
        return items_in_one(x, y);
    }
    let set = match SetLike::of(a) {
        // As from the dict itself, whose size is known.
        Some(SetLike::Keys(dict)) => {
            let set = Set::default();
            set.merge_dict(dict)?;
            set
        }
        _ => from_items(cx, a)?,
    };
    match op {
        BinaryOp::BitOr => super::update(cx, &set, b)?,
        BinaryOp::Sub => super::difference_update(cx, &set, b)?,
        _ => super::symmetric_difference_update(cx, &set, b)?,
    }
    Ok(Value::new(set))
}

/// `a & b`: the shorter one is walked where both lengths are known, else what is no view.
fn intersection(cx: &mut dyn Caller, a: &Value, b: &Value) -> Result<Value> {
    let view = |value| SetLike::of(value).filter(|set| set.is_view());
    let (mut searched, mut walked) = if view(a).is_some() { (a, b) } else { (b, a) };
    let len = |value| SetLike::of(value).map_or(0, SetLike::len);
    if let Some(set) = walked.get::<Set>()
        && len(searched) <= set.len()
    {
        return Ok(Value::new(super::intersection(cx, set, searched)?));
    }
    if view(walked).is_some() && len(walked) > len(searched) {
        (searched, walked) = (walked, searched);
    }
    let common = Set::default();
    iteration::for_each(cx, walked, |cx, item| {
        if contains(cx, searched, &item)? {
            common.insert(item)?;
        }
        Ok(())
    })?;
    Ok(Value::new(common))
}

/// `a.items() ^ b.items()`: the pairs that are not the same in both.
fn items_in_one(a: &Dict, b: &Dict) -> Result<Value> {
    let (result, rest) = (Set::default(), Dict::default());
    for (key, value) in a.entries() {
        rest.insert(key, value)?;
    }
    for (key, value) in b.entries() {
        match rest.get(&key)? {
            Some(other) if other.is(&value) || equal(&other, &value)? => drop(rest.remove(&key)?),
            _ => drop(result.insert(DictPart::Items.of(key, value))?),
        }
    }
    for (key, value) in rest.entries() {
        result.insert(DictPart::Items.of(key, value))?;
    }
    Ok(Value::new(result))
}

/// `view.isdisjoint(other)`; `None` for a view of values, which has no such method.
///
/// # Errors
/// `TypeError` if the other is not iterable, or has an item without a hash.
pub fn is_disjoint_view(cx: &mut dyn Caller, view: &Value, other: &Value) -> Result<Option<bool>> {
    let Some(mut searched) = view.get::<DictView>().and_then(SetLike::of_view) else { return Ok(None) };
    let mut walked = other;
    if view.is(other) {
        return Ok(Some(searched.is_empty()));
    }
    if let Some(set) = SetLike::of(other)
        && set.len() > searched.len()
    {
        (searched, walked) = (set, view);
    }
    Ok(Some(!any(cx, walked, |item| Ok(searched.contains(&item)?))?))
}

/// `a op b` for an order, if both are sets or views: whether one holds the other.
///
/// # Errors
/// `TypeError` if an item has no hash.
pub fn compare(op: CompareOp, a: &Value, b: &Value) -> Result<Option<bool>> {
    let (Some(a), Some(b)) = (SetLike::of(a), SetLike::of(b)) else { return Ok(None) };
    let (part, whole, proper) = match op {
        CompareOp::Lt => (a, b, true),
        CompareOp::Le => (a, b, false),
        CompareOp::Gt => (b, a, true),
        CompareOp::Ge => (b, a, false),
        CompareOp::Eq | CompareOp::Ne | CompareOp::Is | CompareOp::IsNot | CompareOp::In | CompareOp::NotIn => {
            return Ok(None);
        }
    };
    let fits = if proper { part.len() < whole.len() } else { part.len() <= whole.len() };
    Ok(Some(fits && part.is_within(whole)?))
}
