//! Equality and order of values, exact across number types, as Python defines them.

use std::cmp::Ordering;

use num_bigint::BigInt;
use num_traits::{FromPrimitive, Signed, ToPrimitive};

use super::{
    Big, BigRange, BoundMethod, Builtin, Dict, GenericAlias, Kind, List, Module, Range, SetLike, Slice, Str, Tuple,
    Type, UnboundMethod, Union, Value,
};
use crate::array::{DType, Scalar};
use crate::interrupt::{self, Interrupted};

/// Why two values have no order, or no equality, or a value cannot be looked up among others.
#[derive(Debug)]
pub enum Unordered {
    /// `<` is not defined between these two.
    NotSupported(Value, Value),
    /// An array stands where one truth value is needed.
    AmbiguousTruth,
    /// Nested too deeply to compare.
    TooDeep,
    /// What has no hash was looked up, as sets do to compare themselves.
    Unhashable(Value),
    /// The user did not want to wait for the answer.
    Interrupted,
}

impl From<Interrupted> for Unordered {
    fn from(_: Interrupted) -> Unordered {
        Unordered::Interrupted
    }
}

impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} at {:#x}", self.kind(), self.address())
    }
}

/// Containers nested deeper than this are not compared (`RecursionError` in Python as well).
const MAX_DEPTH: u32 = 500;

/// A number of any type, for exact comparison.
pub(super) enum Number<'a> {
    Int(i64),
    Big(&'a BigInt),
    Float(f64),
}

pub(super) fn number(value: &Value) -> Option<Number<'_>> {
    Some(match value.kind() {
        Kind::Int => Number::Int(*value.get::<i64>()?),
        Kind::Float => Number::Float(*value.get::<f64>()?),
        Kind::Bool => Number::Int(*value.get::<bool>()? as i64),
        Kind::BigInt => Number::Big(&value.get::<Big>()?.0),
        Kind::Scalar => match *value.get::<Scalar>()? {
            Scalar::Bool(bit) => Number::Int(bit as i64),
            Scalar::Int64(i) => Number::Int(i),
            Scalar::Float32(x) => Number::Float(x as f64),
            Scalar::Float64(x) => Number::Float(x),
        },
        _ => return None,
    })
}

/// The order of two numbers; `None` if one is NaN.
fn compare_numbers(a: &Number, b: &Number) -> Option<Ordering> {
    use Number::*;
    Some(match (a, b) {
        (Int(a), Int(b)) => a.cmp(b),
        (Float(a), Float(b)) => return a.partial_cmp(b),
        (Big(a), Big(b)) => a.cmp(b),
        // A big integer lies beyond every machine word.
        (Big(a), Int(_)) => {
            if a.is_negative() {
                Ordering::Less
            } else {
                Ordering::Greater
            }
        }
        (Int(_), Big(b)) => {
            if b.is_negative() {
                Ordering::Greater
            } else {
                Ordering::Less
            }
        }
        (Int(a), Float(b)) => return compare_int_float(*a, *b),
        (Float(a), Int(b)) => return compare_int_float(*b, *a).map(Ordering::reverse),
        (Big(a), Float(b)) => return compare_big_float(a, *b),
        (Float(a), Big(b)) => return compare_big_float(b, *a).map(Ordering::reverse),
    })
}

fn compare_int_float(a: i64, b: f64) -> Option<Ordering> {
    if b.is_nan() {
        return None;
    }
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if b >= LIMIT {
        return Some(Ordering::Less);
    }
    if b < -LIMIT {
        return Some(Ordering::Greater);
    }
    let whole = b.trunc();
    Some(a.cmp(&(whole as i64)).then_with(|| 0.0.partial_cmp(&(b - whole)).expect("not NaN")))
}

fn compare_big_float(a: &BigInt, b: f64) -> Option<Ordering> {
    if b.is_nan() {
        None
    } else if b.is_infinite() {
        Some(if b > 0.0 { Ordering::Less } else { Ordering::Greater })
    } else {
        let whole = b.trunc();
        let order = a.cmp(&BigInt::from_f64(whole).expect("finite"));
        Some(order.then_with(|| 0.0.partial_cmp(&(b - whole)).expect("not NaN")))
    }
}

/// Stack that the comparison of two items takes, those inside them aside.
const RED_ZONE: usize = 64 * 1024;
/// What the stack grows by when less than [`RED_ZONE`] is left.
const STACK_PIECE: usize = 1024 * 1024;

/// `a == b`.
pub fn equal(a: &Value, b: &Value) -> Result<bool, Unordered> {
    equal_at(a, b, 0)
}

/// `a is b or a == b`, as containers compare their items.
#[inline]
pub(super) fn same_or_equal(a: &Value, b: &Value, depth: u32) -> Result<bool, Unordered> {
    if a.is(b) {
        return Ok(true);
    }
    // What has no items needs no more stack.
    match (a.get::<Str>(), b.get::<Str>()) {
        (Some(a), Some(b)) if depth <= MAX_DEPTH => Ok(a.as_str() == b.as_str()),
        _ => nested_equal(a, b, depth),
    }
}

#[inline(never)]
fn nested_equal(a: &Value, b: &Value, depth: u32) -> Result<bool, Unordered> {
    match (a.get::<i64>(), b.get::<i64>()) {
        (Some(a), Some(b)) if depth <= MAX_DEPTH => Ok(a == b),
        _ => Ok(stacker::maybe_grow(RED_ZONE, STACK_PIECE, || equal_at(a, b, depth))?),
    }
}

fn equal_at(a: &Value, b: &Value, depth: u32) -> Result<bool, Unordered> {
    if depth > MAX_DEPTH {
        return Err(Unordered::TooDeep);
    }
    if let (Some(a), Some(b)) = (a.get::<Str>(), b.get::<Str>()) {
        return Ok(a.as_str() == b.as_str());
    }
    if let (Some(a), Some(b)) = (number(a), number(b)) {
        return Ok(compare_numbers(&a, &b) == Some(Ordering::Equal));
    }
    if let (Some(a), Some(b)) = (a.get::<Tuple>(), b.get::<Tuple>()) {
        return items_equal(&a.0, &b.0, depth);
    }
    if let (Some(a), Some(b)) = (a.get::<List>(), b.get::<List>()) {
        return items_equal(&a.0.snapshot(), &b.0.snapshot(), depth);
    }
    if let (Some(a), Some(b)) = (a.get::<Dict>(), b.get::<Dict>()) {
        if a.len() != b.len() {
            return Ok(false);
        }
        for (key, value) in a.entries() {
            interrupt::check()?;
            match b.get(&key)? {
                Some(other) if same_or_equal(&value, &other, depth + 1)? => {}
                _ => return Ok(false),
            }
        }
        return Ok(true);
    }
    if let (Some(a), Some(b)) = (SetLike::of(a), SetLike::of(b)) {
        return SetLike::equal(a, b, depth + 1);
    }
    if let (Some(a), Some(b)) = (a.get::<Slice>(), b.get::<Slice>()) {
        return Ok(same_or_equal(&a.start, &b.start, depth + 1)?
            && same_or_equal(&a.stop, &b.stop, depth + 1)?
            && same_or_equal(&a.step, &b.step, depth + 1)?);
    }
    if let (Some(a), Some(b)) = (a.get::<GenericAlias>(), b.get::<GenericAlias>()) {
        return Ok(a.origin == b.origin && items_equal(&a.args, &b.args, depth)?);
    }
    if let (Some(a), Some(b)) = (a.get::<Union>(), b.get::<Union>()) {
        return members_equal(&a.0, &b.0, depth);
    }
    if a.kind() == Kind::Array || b.kind() == Kind::Array {
        return Err(Unordered::AmbiguousTruth);
    }
    Ok(a.is(b) || flat_equal(a, b))
}

/// Equality of what holds no values to compare. Outside [`equal_at`], whose stack frame it would enlarge.
#[inline(never)]
fn flat_equal(a: &Value, b: &Value) -> bool {
    if let (Some(a), Some(b)) = (a.get::<Range>(), b.get::<Range>()) {
        let len = a.len();
        return len == b.len() && (len == 0 || a.start == b.start && (len == 1 || a.step == b.step));
    }
    if a.kind() == Kind::BigRange || b.kind() == Kind::BigRange {
        return BigRange::of(a).zip(BigRange::of(b)).is_some_and(|(a, b)| a.equals(&b));
    }
    if let (Some(a), Some(b)) = (a.get::<Type>(), b.get::<Type>()) {
        return a == b;
    }
    // A dtype equals whatever stands for it.
    if let Some(dtype) = a.get::<DType>().or_else(|| b.get::<DType>()) {
        let other = if a.kind() == Kind::DType { b } else { a };
        let named = || other.as_str().is_some_and(|name| name == dtype.name());
        let class = || other.get::<Type>().and_then(|class| class.dtype()) == Some(*dtype);
        return other.get::<DType>() == Some(dtype) || class() || named();
    }
    if let (Some(a), Some(b)) = (a.get::<Builtin>(), b.get::<Builtin>()) {
        return a.id == b.id;
    }
    if let (Some(a), Some(b)) = (a.get::<UnboundMethod>(), b.get::<UnboundMethod>()) {
        return a == b;
    }
    if let (Some(a), Some(b)) = (a.get::<Module>(), b.get::<Module>()) {
        return a.0 == b.0;
    }
    if let (Some(a), Some(b)) = (a.get::<BoundMethod>(), b.get::<BoundMethod>()) {
        return a.name == b.name && a.receiver.is(&b.receiver);
    }
    false
}

/// Whether two unions have the same members, in whatever order.
fn members_equal(a: &[Value], b: &[Value], depth: u32) -> Result<bool, Unordered> {
    for member in a {
        let mut found = false;
        for other in b {
            found = found || same_or_equal(member, other, depth + 1)?;
        }
        if !found {
            return Ok(false);
        }
    }
    Ok(a.len() == b.len())
}

fn items_equal(a: &[Value], b: &[Value], depth: u32) -> Result<bool, Unordered> {
    if a.len() != b.len() {
        return Ok(false);
    }
    for (a, b) in a.iter().zip(b) {
        interrupt::check()?;
        if !same_or_equal(a, b, depth + 1)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The order of two values that have one; `None` where a NaN makes every comparison false.
pub fn order(a: &Value, b: &Value) -> Result<Option<Ordering>, Unordered> {
    order_at(a, b, 0)
}

fn order_at(a: &Value, b: &Value, depth: u32) -> Result<Option<Ordering>, Unordered> {
    if depth > MAX_DEPTH {
        return Err(Unordered::TooDeep);
    }
    if let (Some(a), Some(b)) = (number(a), number(b)) {
        return Ok(compare_numbers(&a, &b));
    }
    if let (Some(a), Some(b)) = (a.get::<Str>(), b.get::<Str>()) {
        return Ok(Some(a.as_str().cmp(b.as_str())));
    }
    if let (Some(a), Some(b)) = (a.get::<Tuple>(), b.get::<Tuple>()) {
        return items_order(&a.0, &b.0, depth);
    }
    if let (Some(a), Some(b)) = (a.get::<List>(), b.get::<List>()) {
        return items_order(&a.0.snapshot(), &b.0.snapshot(), depth);
    }
    if let (Some(a), Some(b)) = (SetLike::of(a), SetLike::of(b)) {
        return SetLike::order(a, b, depth + 1);
    }
    if a.kind() == Kind::Array || b.kind() == Kind::Array {
        return Err(Unordered::AmbiguousTruth);
    }
    Err(Unordered::NotSupported(a.clone(), b.clone()))
}

/// Sequences are ordered by the first items that differ, then by length.
fn items_order(a: &[Value], b: &[Value], depth: u32) -> Result<Option<Ordering>, Unordered> {
    for (x, y) in a.iter().zip(b) {
        interrupt::check()?;
        if !same_or_equal(x, y, depth + 1)? {
            return stacker::maybe_grow(RED_ZONE, STACK_PIECE, || order_at(x, y, depth + 1));
        }
    }
    Ok(Some(a.len().cmp(&b.len())))
}

impl Value {
    /// The value as a float, for numbers; `None` for everything else, and infinite for integers out of range.
    pub fn as_f64(&self) -> Option<f64> {
        Some(match number(self)? {
            Number::Int(i) => i as f64,
            Number::Big(big) => big.to_f64().unwrap_or(f64::INFINITY),
            Number::Float(x) => x,
        })
    }
}
