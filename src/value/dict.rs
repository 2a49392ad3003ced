//! Dictionaries: a hash table of positions over entries in insertion order.

use std::cell::RefCell;

use super::compare::same_or_equal;
use super::positions::Positions;
use super::{DictPart, Key, Str, Unordered, Value, hash};

/// A dict's payload.
#[derive(Default)]
pub struct Dict(RefCell<Table>);

#[derive(Default)]
struct Table {
    positions: Positions,
    /// Deleted entries are `None` until the next compaction.
    entries: Vec<Option<Entry>>,
}

struct Entry {
    key: Key,
    value: Value,
}

/// What `dict.keys()`, `values()` and `items()` give: a view that follows its dict.
pub struct DictView {
    pub dict: Value,
    pub part: DictPart,
}

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

    /// The value of a key.
    ///
    /// # Errors
    /// The key has no hash, or is nested too deeply to be compared with another.
    pub fn get(&self, key: &Value) -> Result<Option<Value>, Unordered> {
        let hash = hash::hash(key)?;
        let table = self.0.borrow();
        let at = table.find(hash, key)?;
        Ok(at.and_then(|at| table.entries[at].as_ref()).map(|entry| entry.value.clone()))
    }

    /// Whether there is a key that equals a value.
    ///
    /// # Errors
    /// As [`Dict::get`].
    pub fn has(&self, key: &Value) -> Result<bool, Unordered> {
        let hash = hash::hash(key)?;
        Ok(self.0.borrow().find(hash, key)?.is_some())
    }

    /// Whether there is a key that equals this one.
    ///
    /// # Errors
    /// As [`Dict::get`].
    pub fn contains(&self, key: &Key) -> Result<bool, Unordered> {
        Ok(self.0.borrow().find(key.hash, &key.value)?.is_some())
    }

    /// Sets `key` to `value`; a key that is there keeps its place, and its first spelling.
    ///
    /// # Errors
    /// As [`Dict::get`].
    pub fn insert(&self, key: Value, value: Value) -> Result<(), Unordered> {
        self.set(&key, value)
    }

    /// As [`Dict::insert`]; a key that is there already is not retained.
    ///
    /// # Errors
    /// As [`Dict::get`].
    pub fn set(&self, key: &Value, value: Value) -> Result<(), Unordered> {
        let hash = hash::hash(key)?;
        let mut table = self.0.borrow_mut();
        if let Some(at) = table.find(hash, key)? {
            let entry = table.entries[at].as_mut().expect("positions lead to entries");
            let replaced = std::mem::replace(&mut entry.value, value);
            drop(table);
            replaced.release();
        } else {
            table.push(Entry { key: Key { hash, value: key.clone() }, value });
        }
        Ok(())
    }

    /// Removes a key and hands out its value.
    ///
    /// # Errors
    /// As [`Dict::get`].
    pub fn remove(&self, key: &Value) -> Result<Option<Value>, Unordered> {
        let hash = hash::hash(key)?;
        let mut table = self.0.borrow_mut();
        let Some(at) = table.find(hash, key)? else { return Ok(None) };
        let removed = table.remove(at);
        drop(table);
        Ok(removed.map(|entry| entry.value))
    }

    /// Takes over all entries of another dict, or of itself.
    ///
    /// # Errors
    /// As [`Dict::get`].
    pub fn extend(&self, other: &Dict) -> Result<(), Unordered> {
        other.entries().into_iter().try_for_each(|(key, value)| self.insert(key, value))
    }

    pub fn clear(&self) {
        drop(self.0.take());
    }

    /// Keys and values in order, retained.
    pub fn entries(&self) -> Vec<(Value, Value)> {
        let entry = |entry: &Entry| (entry.key.value.clone(), entry.value.clone());
        self.0.borrow().entries.iter().flatten().map(entry).collect()
    }

    /// Keys with their hashes in order, retained.
    pub fn keys(&self) -> Vec<Key> {
        self.0.borrow().entries.iter().flatten().map(|entry| entry.key.clone()).collect()
    }

    /// The first entry at or after `position`, and the position after it.
    pub fn entry_from(&self, position: usize) -> Option<(Value, Value, usize)> {
        let table = self.0.borrow();
        let rest = table.entries.get(position..)?;
        let (skipped, entry) = rest.iter().enumerate().find_map(|(at, entry)| Some((at, entry.as_ref()?)))?;
        Some((entry.key.value.clone(), entry.value.clone(), position + skipped + 1))
    }

    /// The last entry before `position`, and its own position.
    pub fn entry_before(&self, position: usize) -> Option<(Value, Value, usize)> {
        let table = self.0.borrow();
        let first = &table.entries[..position.min(table.entries.len())];
        let (at, entry) = first.iter().enumerate().rev().find_map(|(at, entry)| Some((at, entry.as_ref()?)))?;
        Some((entry.key.value.clone(), entry.value.clone(), at))
    }

    /// Removes the last entry.
    pub fn pop_last(&self) -> Option<(Value, Value)> {
        let mut table = self.0.borrow_mut();
        let last = table.entries.iter().rposition(Option::is_some)?;
        let Entry { key, value } = table.remove(last)?;
        Some((key.value, value))
    }
}

impl Table {
    #[inline]
    fn find(&self, hash: i64, key: &Value) -> Result<Option<usize>, Unordered> {
        Ok(match (key.get::<Str>(), key.get::<i64>()) {
            (Some(text), _) => {
                self.find_flat(hash, key, |other| other.get::<Str>().map(|other| other.has_text_of(text)))
            }
            (None, Some(i)) => self.find_flat(hash, key, |other| other.get::<i64>().map(|other| other == i)),
            (None, None) => return self.find_any(hash, key),
        })
    }

    /// A string or an int never fails to compare, and is compared at once with its like, where `alike` has an answer.
    #[inline(always)]
    fn find_flat(&self, hash: i64, key: &Value, alike: impl Fn(&Value) -> Option<bool>) -> Option<usize> {
        self.positions.find(spread(hash), |at| {
            let Some(Entry { key: candidate, .. }) = &self.entries[at] else { return false };
            candidate.hash == hash
                && (candidate.value.is(key)
                    || alike(&candidate.value).unwrap_or_else(|| flat_equals(&candidate.value, key)))
        })
    }

    fn find_any(&self, hash: i64, key: &Value) -> Result<Option<usize>, Unordered> {
        let mut failed = None;
        let found = self.positions.find(spread(hash), |at| {
            let Some(entry) = &self.entries[at] else { return false };
            entry.key.hash == hash
                && same_or_equal(&entry.key.value, key, 0).unwrap_or_else(|error| {
                    failed = Some(error);
                    // Ends the search.
                    true
                })
        });
        failed.map_or(Ok(found), Err)
    }

    /// Takes an entry whose key is not there.
    fn push(&mut self, new: Entry) {
        if self.entries.len() > 2 * self.positions.len() + 8 {
            self.compact();
        }
        let at = self.entries.len();
        let hash = spread(new.key.hash);
        self.entries.push(Some(new));
        let Table { positions, entries } = self;
        positions.insert(hash, at, |at| spread_at(entries, at));
    }

    fn remove(&mut self, at: usize) -> Option<Entry> {
        self.positions.remove(spread_at(&self.entries, at), at);
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
        for at in 0..entries.len() {
            positions.insert(spread_at(entries, at), at, |at| spread_at(entries, at));
        }
    }
}

/// A string or an int, and what is of another type.
#[inline(never)]
fn flat_equals(other: &Value, key: &Value) -> bool {
    same_or_equal(other, key, 0).unwrap_or(false)
}

/// Multiplies and folds: neighbouring integers, whose hashes are themselves, get to differ in the high bits that
/// the table looks at, and multiples of a power of two in the low ones.
fn spread(hash: i64) -> u64 {
    let product = (hash as u64 as u128 ^ 0x51ED_270B) * 0x9E37_79B9_7F4A_7C15;
    (product >> 64) as u64 ^ product as u64
}

fn spread_at(entries: &[Option<Entry>], at: usize) -> u64 {
    entries[at].as_ref().map_or(0, |entry| spread(entry.key.hash))
}
