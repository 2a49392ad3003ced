//! Iterators over everything that `for` accepts.

use std::cell::{Cell, RefCell};

use super::{List, Value};

/// An iterator over a range: the induction variable of a counted loop.
pub struct RangeIter {
    pub next: Cell<i64>,
    pub left: Cell<u64>,
    pub step: i64,
}

/// An iterator over a list, which may change while it is walked.
pub struct ListIter {
    pub list: Value,
    pub next: Cell<usize>,
}

/// Every other iterator.
pub struct Iter(pub RefCell<IterState>);

pub enum IterState {
    /// Items that were all known when the iteration began: of a tuple, a string.
    Items(std::vec::IntoIter<Value>),
    /// Keys, values or items of a dict, by position; its length when the iteration began.
    Dict {
        dict: Value,
        part: DictPart,
        next: usize,
        len: usize,
    },
    /// Keys of a set, by position in its table; its length when the iteration began.
    Set {
        set: Value,
        next: usize,
        len: usize,
    },
    Enumerate {
        inner: Value,
        count: i64,
    },
    Zip {
        inner: Vec<Value>,
        strict: bool,
    },
    /// First-axis elements of an array.
    Array {
        array: Value,
        next: usize,
    },
    Reversed {
        list: Value,
        left: usize,
    },
    Done,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DictPart {
    Keys,
    Values,
    Items,
}

impl DictPart {
    /// The part of one entry.
    pub fn of(self, key: Value, value: Value) -> Value {
        match self {
            DictPart::Keys => key,
            DictPart::Values => value,
            DictPart::Items => Value::tuple(vec![key, value]),
        }
    }
}

impl RangeIter {
    /// Advances the induction variable.
    #[inline(always)]
    pub fn advance(&self) -> Option<i64> {
        let left = self.left.get();
        if left == 0 {
            return None;
        }
        let item = self.next.get();
        self.left.set(left - 1);
        self.next.set(item.wrapping_add(self.step));
        Some(item)
    }
}

impl ListIter {
    /// Advances to the next item of the list as it is now.
    #[inline(always)]
    pub fn advance(&self) -> Option<Value> {
        let list = self.list.get::<List>()?;
        let at = self.next.get();
        let item = list.0.get(at)?;
        self.next.set(at + 1);
        Some(item)
    }
}

impl Value {
    pub fn iter(state: IterState) -> Value {
        Value::new(Iter(RefCell::new(state)))
    }

    /// An iterator over values that are all known.
    pub fn iter_items(items: Vec<Value>) -> Value {
        Value::iter(IterState::Items(items.into_iter()))
    }
}
