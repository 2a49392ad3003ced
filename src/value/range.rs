//! Ranges, of machine words and of integers beyond them.

use num_bigint::BigInt;
use num_integer::Integer as _;
use num_traits::{One, Signed, ToPrimitive, Zero};

use super::Value;

/// A range's payload; `step` is not zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    pub start: i64,
    pub stop: i64,
    pub step: i64,
}

/// A range of which at least one part is beyond 64 bits; `step` is not zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BigRange {
    pub start: BigInt,
    pub stop: BigInt,
    pub step: BigInt,
}

impl Value {
    /// A range of whatever size.
    pub fn range(range: BigRange) -> Value {
        match (range.start.to_i64(), range.stop.to_i64(), range.step.to_i64()) {
            (Some(start), Some(stop), Some(step)) => Value::new(Range { start, stop, step }),
            _ => Value::new(range),
        }
    }
}

impl Range {
    pub fn len(&self) -> u64 {
        let (low, high) = if self.step > 0 { (self.start, self.stop) } else { (self.stop, self.start) };
        if low >= high { 0 } else { (high.wrapping_sub(low) as u64 - 1) / self.step.unsigned_abs() + 1 }
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

impl BigRange {
    /// The range that a value is, in either form.
    pub fn of(value: &Value) -> Option<BigRange> {
        let small = value.get::<Range>().map(|range| BigRange {
            start: range.start.into(),
            stop: range.stop.into(),
            step: range.step.into(),
        });
        small.or_else(|| value.get::<BigRange>().cloned())
    }

    pub fn len(&self) -> BigInt {
        let span = if self.step.is_positive() { &self.stop - &self.start } else { &self.start - &self.stop };
        if span.is_positive() { (span - 1) / self.step.abs() + 1 } else { BigInt::zero() }
    }

    pub fn is_empty(&self) -> bool {
        self.len().is_zero()
    }

    /// The item at an index, inside the range or not.
    pub fn item(&self, index: &BigInt) -> BigInt {
        &self.start + index * &self.step
    }

    /// The index of an item, if it is one.
    pub fn index_of(&self, item: &BigInt) -> Option<BigInt> {
        let (index, rest) = (item - &self.start).div_mod_floor(&self.step);
        (rest.is_zero() && !index.is_negative() && index < self.len()).then_some(index)
    }

    /// Whether both have the same items.
    pub fn equals(&self, other: &BigRange) -> bool {
        let len = self.len();
        len == other.len() && (len.is_zero() || self.start == other.start && (len.is_one() || self.step == other.step))
    }

    /// The same items, last one first.
    pub fn reversed(&self) -> BigRange {
        let start = self.item(&(self.len() - 1));
        BigRange { start, stop: &self.start - &self.step, step: -&self.step }
    }
}
