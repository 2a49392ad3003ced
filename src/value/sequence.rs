//! Lists, tuples, ranges and slices.

use super::Value;
use super::cell::VecCell;

/// A list's payload.
#[derive(Default)]
pub struct List(pub VecCell);

/// A tuple's payload.
pub struct Tuple(pub Box<[Value]>);

/// A range's payload; `step` is not zero, and its length fits a machine word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    pub start: i64,
    pub stop: i64,
    pub step: i64,
}

/// A slice object: each part is `None` or an integer.
pub struct Slice {
    pub start: Value,
    pub stop: Value,
    pub step: Value,
}

impl Value {
    pub fn list(items: Vec<Value>) -> Value {
        Value::new(List(VecCell::new(items)))
    }

    pub fn tuple(items: Vec<Value>) -> Value {
        Value::new(Tuple(items.into()))
    }
}

impl Range {
    pub fn len(&self) -> u64 {
        let (low, high) = if self.step > 0 { (self.start, self.stop) } else { (self.stop, self.start) };
        if low >= high { 0 } else { ((high as i128 - low as i128 - 1) / (self.step as i128).abs() + 1) as u64 }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The item at `index`, if it is below `len()`.
    pub fn get(&self, index: u64) -> Option<i64> {
        (index < self.len()).then(|| (self.start as i128 + index as i128 * self.step as i128) as i64)
    }

    pub fn contains(&self, x: i64) -> bool {
        let inside = if self.step > 0 { self.start <= x && x < self.stop } else { self.stop < x && x <= self.start };
        inside && (x as i128 - self.start as i128) % self.step as i128 == 0
    }
}
