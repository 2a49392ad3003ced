//! Iterators over everything that `for` accepts.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use num_bigint::BigInt;

use super::{List, Str, Type, Value};

/// An iterator over a range: the induction variable of a counted loop.
pub struct RangeIter {
    pub next: Cell<i64>,
    pub left: Cell<u64>,
    pub step: i64,
}

/// An iterator over a list, which may change while it is walked.
pub struct ListIter {
    pub list: Value,
    /// [`ListIter::ENDED`] once it has met the end.
    pub next: Cell<usize>,
}

/// Every other iterator.
pub struct Iter {
    /// Its type, also when it has ended.
    pub class: Type,
    pub state: RefCell<IterState>,
}

pub enum IterState {
    Tuple {
        tuple: Value,
        next: usize,
    },
    /// Characters of a string, by offset in bytes.
    Str {
        text: Value,
        next: usize,
    },
    /// Keys, values or items of a dict, by position; its length when the iteration began, and how many are left.
    Dict {
        dict: Value,
        part: DictPart,
        next: usize,
        len: usize,
        left: usize,
    },
    /// The same from the last entry on; `next` is the position behind the next one.
    DictReversed {
        dict: Value,
        part: DictPart,
        next: usize,
        len: usize,
    },
    /// A range with a part beyond 64 bits.
    BigRange {
        next: BigInt,
        left: BigInt,
        step: BigInt,
    },
    /// Keys of a set, by position in its table; its length when the iteration began.
    Set {
        set: Value,
        next: usize,
        len: usize,
    },
    Enumerate {
        inner: Value,
        count: Value,
    },
    Zip {
        inner: Rc<[Value]>,
        strict: bool,
    },
    Map {
        function: Value,
        inner: Rc<[Value]>,
    },
    /// Items whose truth, or that of the function of them, is `True`.
    Filter {
        function: Option<Value>,
        inner: Value,
    },
    /// Results of a function until one equals the sentinel.
    Calls {
        function: Value,
        sentinel: Value,
    },
    /// First-axis elements of an array.
    Array {
        array: Value,
        next: usize,
    },
    ListReversed {
        list: Value,
        left: usize,
    },
    /// A tuple or an array from its end.
    Reversed {
        sequence: Value,
        left: usize,
    },
    /// A string from its end, by offset in bytes.
    StrReversed {
        text: Value,
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
            DictPart::Items => Value::pair(key, value),
        }
    }
}

impl RangeIter {
    /// What [`RangeIter::advance`] will hand out.
    #[inline(always)]
    pub fn peek(&self) -> Option<i64> {
        (self.left.get() != 0).then(|| self.next.get())
    }

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
    /// Behind the end of every list: an iterator that has ended stays so, though its list grows.
    pub const ENDED: usize = usize::MAX;

    /// Advances to the next item of the list as it is now.
    #[inline(always)]
    pub fn advance(&self) -> Option<Value> {
        let list = self.list.get::<List>()?;
        let at = self.next.get();
        let item = list.0.get(at);
        self.next.set(if item.is_some() { at + 1 } else { ListIter::ENDED });
        item
    }
}

impl IterState {
    /// The type of an iterator that begins so.
    fn class(&self) -> Type {
        match self {
            IterState::Tuple { .. } => Type::TupleIterator,
            IterState::Str { text, .. } if text.get::<Str>().is_some_and(Str::is_ascii) => Type::StrAsciiIterator,
            IterState::Str { .. } => Type::StrIterator,
            IterState::Dict { part: DictPart::Keys, .. } => Type::DictKeyIterator,
            IterState::Dict { part: DictPart::Values, .. } => Type::DictValueIterator,
            IterState::Dict { part: DictPart::Items, .. } => Type::DictItemIterator,
            IterState::DictReversed { part: DictPart::Keys, .. } => Type::DictReverseKeyIterator,
            IterState::DictReversed { part: DictPart::Values, .. } => Type::DictReverseValueIterator,
            IterState::DictReversed { part: DictPart::Items, .. } => Type::DictReverseItemIterator,
            IterState::Set { .. } => Type::SetIterator,
            IterState::BigRange { .. } => Type::LongRangeIterator,
            IterState::Enumerate { .. } => Type::Enumerate,
            IterState::Zip { .. } => Type::Zip,
            IterState::Map { .. } => Type::Map,
            IterState::Filter { .. } => Type::Filter,
            IterState::Calls { .. } => Type::CallableIterator,
            IterState::Array { .. } | IterState::Done => Type::Iterator,
            IterState::ListReversed { .. } => Type::ListReverseIterator,
            IterState::Reversed { .. } | IterState::StrReversed { .. } => Type::Reversed,
        }
    }
}

impl Value {
    pub fn iter(state: IterState) -> Value {
        Value::new(Iter { class: state.class(), state: RefCell::new(state) })
    }
}
