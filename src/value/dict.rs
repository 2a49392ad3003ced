//! Dictionaries: a hash table of positions over entries in insertion order.

use std::cell::RefCell;

use hashbrown::HashTable;

use super::{DictPart, Value, equal, hash};

/// A dict's payload.
#[derive(Default)]
pub struct Dict(RefCell<Table>);

#[derive(Default)]
struct Table {
    positions: HashTable<usize>,
    /// Deleted entries are `None` until the next compaction.
    entries: Vec<Option<Entry>>,
}

struct Entry {
    hash: u64,
    key: Value,
    value: Value,
}

/// What `dict.keys()`, `values()` and `items()` give: a view that follows its dict.
pub struct DictView {
    pub dict: Value,
    pub part: DictPart,
}

/// The key has no hash; holds the value that lacks one.
#[derive(Debug)]
pub struct Unhashable(pub Value);

impl DictView {
    /// The items of the view as they are now.
    pub fn items(&self) -> Vec<Value> {
        let entries = self.dict.get::<Dict>().map(Dict::entries).unwrap_or_default();
        entries.into_iter().map(|(key, value)| self.part.of(key, value)).collect()
    }
}

impl Dict {
    pub fn len(&self) -> usize {
        self.0.borrow().positions.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn get(&self, key: &Value) -> Result<Option<Value>, Unhashable> {
        let hash = hash_of(key)?;
        let table = self.0.borrow();
        Ok(table.find(hash, key).and_then(|at| table.entries[at].as_ref()).map(|entry| entry.value.clone()))
    }

    /// Sets `key` to `value`; a key that is there keeps its place, and its first spelling.
    pub fn insert(&self, key: Value, value: Value) -> Result<(), Unhashable> {
        let hash = hash_of(&key)?;
        let replaced = self.0.borrow_mut().insert(Entry { hash, key, value });
        drop(replaced);
        Ok(())
    }

    pub fn remove(&self, key: &Value) -> Result<Option<Value>, Unhashable> {
        let hash = hash_of(key)?;
        let removed = self.0.borrow_mut().remove(hash, key);
        Ok(removed.map(|entry| entry.value))
    }

    /// Takes over all entries of another dict, or of itself.
    pub fn extend(&self, other: &Dict) -> Result<(), Unhashable> {
        other.entries().into_iter().try_for_each(|(key, value)| self.insert(key, value))
    }

    pub fn clear(&self) {
        drop(self.0.take());
    }

    /// Keys and values in order, retained.
    pub fn entries(&self) -> Vec<(Value, Value)> {
        self.0.borrow().entries.iter().flatten().map(|entry| (entry.key.clone(), entry.value.clone())).collect()
    }

    /// The first entry at or after `position`, and the position after it.
    pub fn entry_from(&self, position: usize) -> Option<(Value, Value, usize)> {
        let table = self.0.borrow();
        let rest = table.entries.get(position..)?;
        let (skipped, entry) = rest.iter().enumerate().find_map(|(at, entry)| Some((at, entry.as_ref()?)))?;
        Some((entry.key.clone(), entry.value.clone(), position + skipped + 1))
    }

    /// The last entry before `position`, and its own position.
    pub fn entry_before(&self, position: usize) -> Option<(Value, Value, usize)> {
        let table = self.0.borrow();
        let first = &table.entries[..position.min(table.entries.len())];
        let (at, entry) = first.iter().enumerate().rev().find_map(|(at, entry)| Some((at, entry.as_ref()?)))?;
        Some((entry.key.clone(), entry.value.clone(), at))
    }

    /// Removes the last entry.
    pub fn pop_last(&self) -> Option<(Value, Value)> {
        let mut table = self.0.borrow_mut();
        let key = table.entries.iter().rev().flatten().next()?.key.clone();
        let hash = hash_of(&key).ok()?;
        let entry = table.remove(hash, &key)?;
        Some((entry.key, entry.value))
    }
}

fn hash_of(key: &Value) -> Result<u64, Unhashable> {
    hash::hash(key).map_err(|part| Unhashable(part.clone()))
}

impl Table {
    fn find(&self, hash: u64, key: &Value) -> Option<usize> {
        self.positions.find(hash, |at| self.is_key(*at, hash, key)).copied()
    }

    fn is_key(&self, at: usize, hash: u64, key: &Value) -> bool {
        self.entries[at].as_ref().is_some_and(|entry| {
            // Keys are hashable, so their comparison neither meets an array nor runs script code.
            entry.hash == hash && (entry.key.is(key) || equal(&entry.key, key).unwrap_or(false))
        })
    }

    fn insert(&mut self, entry: Entry) -> Option<Value> {
        if let Some(at) = self.find(entry.hash, &entry.key) {
            let old = self.entries[at].as_mut().expect("positions lead to entries");
            return Some(std::mem::replace(&mut old.value, entry.value));
        }
        if self.entries.len() > 2 * self.positions.len() + 8 {
            self.compact();
        }
        let at = self.entries.len();
        let hash = entry.hash;
        self.entries.push(Some(entry));
        let Table { positions, entries } = self;
        positions.insert_unique(hash, at, |at| entries[*at].as_ref().map_or(0, |entry| entry.hash));
        None
    }

    fn remove(&mut self, hash: u64, key: &Value) -> Option<Entry> {
        let at = self.find(hash, key)?;
        if let Ok(slot) = self.positions.find_entry(hash, |position| *position == at) {
            slot.remove();
        }
        let removed = self.entries[at].take();
        while self.entries.last().is_some_and(Option::is_none) {
            self.entries.pop();
        }
        removed
    }

    fn compact(&mut self) {
        self.entries.retain(Option::is_some);
        let Table { positions, entries } = self;
        positions.clear();
        for (at, entry) in entries.iter().enumerate() {
            let hash = entry.as_ref().map_or(0, |entry| entry.hash);
            positions.insert_unique(hash, at, |at| entries[*at].as_ref().map_or(0, |entry| entry.hash));
        }
    }
}
