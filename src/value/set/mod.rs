//! Sets and frozensets: keys in the order of CPython's own table.

mod algebra;
mod like;
mod table;

use std::cell::{Cell, RefCell};

use super::compare::same_or_equal;
use super::{Key, Unordered, Value};
pub use like::SetLike;
use table::Table;

/// A set's payload.
#[derive(Default)]
pub struct Set(RefCell<Table>);

/// A frozenset's payload: a set that nobody changes any more.
pub struct FrozenSet {
    keys: Set,
    hash: Cell<Option<i64>>,
}

impl Value {
    /// A set of these values, inserted one by one.
    ///
    /// # Errors
    /// A value that has no hash, or is nested too deeply to be compared with another.
    pub fn set(items: impl IntoIterator<Item = Value>) -> Result<Value, Unordered> {
        Set::of(items).map(Value::new)
    }

    /// A frozenset of these values, inserted one by one.
    ///
    /// # Errors
    /// As [`Value::set`].
    pub fn frozenset(items: impl IntoIterator<Item = Value>) -> Result<Value, Unordered> {
        Set::of(items).map(|keys| Value::new(FrozenSet::new(keys)))
    }

    /// The keys of a set or a frozenset.
    pub fn as_set(&self) -> Option<&Set> {
        self.get::<Set>().or_else(|| self.get::<FrozenSet>().map(FrozenSet::keys))
    }
}

impl FrozenSet {
    pub fn new(keys: Set) -> FrozenSet {
        FrozenSet { keys, hash: Cell::new(None) }
    }

    /// What a display of constants becomes where it is only walked or searched: CPython's compiler freezes the
    /// constants, and freezes what that is walked as again when it merges equal constants.
    ///
    /// # Errors
    /// As [`Value::set`].
    pub fn constant(items: impl IntoIterator<Item = Value>) -> Result<FrozenSet, Unordered> {
        let frozen = Set::of(items)?;
        Ok(FrozenSet::new(Set::of(frozen.items())?))
    }

    pub fn keys(&self) -> &Set {
        &self.keys
    }

    pub fn hash(&self) -> i64 {
        let hash = self.hash.get().unwrap_or_else(|| self.keys.hash());
        self.hash.set(Some(hash));
        hash
    }
}

impl Set {
    fn of(items: impl IntoIterator<Item = Value>) -> Result<Set, Unordered> {
        let set = Set::default();
        items.into_iter().try_for_each(|item| set.insert(item).map(drop))?;
        Ok(set)
    }

    /// What a display of more than two constants builds: a copy of [`FrozenSet::constant`].
    ///
    /// # Errors
    /// As [`Value::set`].
    pub fn constant(items: impl IntoIterator<Item = Value>) -> Result<Set, Unordered> {
        Ok(FrozenSet::constant(items)?.keys.copy())
    }

    pub fn len(&self) -> usize {
        self.0.borrow().len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes that the table takes once it has outgrown the present one.
    pub fn next_bytes(&self) -> usize {
        self.0.borrow().next_bytes()
    }

    /// Inserts a value that equals none that is there; whether it did.
    ///
    /// # Errors
    /// As [`Value::set`].
    pub fn insert(&self, value: Value) -> Result<bool, Unordered> {
        self.insert_key(Key::new(value)?)
    }

    /// As [`Set::insert`], of a value whose hash is known.
    ///
    /// # Errors
    /// The value is nested too deeply to be compared with another.
    pub fn insert_key(&self, key: Key) -> Result<bool, Unordered> {
        let Key { hash, value } = key;
        let is_key = |candidate: &Value, value: &Value| same_or_equal(candidate, value, 0);
        self.0.borrow_mut().insert(hash, value, is_key)
    }

    /// Whether one of the keys equals this one.
    ///
    /// # Errors
    /// As [`Set::insert_key`].
    pub fn contains(&self, key: &Key) -> Result<bool, Unordered> {
        self.has(key.hash, &key.value, 0)
    }

    /// Removes the key that equals this one; whether there was one.
    ///
    /// # Errors
    /// As [`Set::insert_key`].
    pub fn remove(&self, key: &Key) -> Result<bool, Unordered> {
        let Some(at) = self.find(key.hash, &key.value, 0)? else { return Ok(false) };
        let removed = self.0.borrow_mut().take(at);
        Ok(removed.is_some())
    }

    /// Removes a key; which one, is CPython's choice.
    pub fn pop(&self) -> Option<Value> {
        self.0.borrow_mut().pop()
    }

    pub fn clear(&self) {
        self.replace(Set::default());
    }

    /// Puts another set's keys in place of these.
    pub fn replace(&self, other: Set) {
        let old = self.0.borrow_mut().replace(other.0.into_inner());
        drop(old);
    }

    /// All keys in order, retained.
    pub fn items(&self) -> Vec<Value> {
        self.0.borrow().entries(0).map(|(_, _, key)| key.clone()).collect()
    }

    /// All keys with their hashes in order, retained.
    fn keys(&self) -> Vec<Key> {
        self.0.borrow().entries(0).map(|(_, hash, key)| Key { hash, value: key.clone() }).collect()
    }

    /// The first key at or after a position in the table, and the position after it.
    pub fn item_from(&self, position: usize) -> Option<(Value, usize)> {
        let table = self.0.borrow();
        let (at, _, key) = table.entries(position).next()?;
        Some((key.clone(), at + 1))
    }

    /// The hash of a frozenset of these keys, whatever their order.
    pub fn hash(&self) -> i64 {
        let shuffled = |hash: i64| {
            let bits = hash as u64;
            (bits ^ 89_869_747 ^ bits << 16).wrapping_mul(3_644_798_167)
        };
        let table = self.0.borrow();
        let keys = table.entries(0).fold(0, |all, (_, hash, _)| all ^ shuffled(hash));
        let sized = keys ^ (table.len() as u64 + 1).wrapping_mul(1_927_868_237);
        let dispersed = sized ^ sized >> 11 ^ sized >> 25;
        match dispersed.wrapping_mul(69_069).wrapping_add(907_133_923) as i64 {
            -1 => 590_923_713,
            hash => hash,
        }
    }

    fn has(&self, hash: i64, value: &Value, depth: u32) -> Result<bool, Unordered> {
        Ok(self.find(hash, value, depth)?.is_some())
    }

    fn find(&self, hash: i64, value: &Value, depth: u32) -> Result<Option<usize>, Unordered> {
        self.0.borrow().find(hash, |candidate| same_or_equal(candidate, value, depth))
    }
}
