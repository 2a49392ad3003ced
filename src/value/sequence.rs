//! Lists, tuples and slices.

use super::Value;
use super::cell::VecCell;

/// A list's payload.
#[derive(Default)]
pub struct List(pub VecCell);

/// A tuple's payload.
pub struct Tuple(pub Box<[Value]>);

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

    pub fn pair(first: Value, second: Value) -> Value {
        Value::new(Tuple(Box::new([first, second])))
    }

    pub fn tuple(items: Vec<Value>) -> Value {
        Value::new(Tuple(items.into()))
    }
}
