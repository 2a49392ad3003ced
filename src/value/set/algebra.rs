//! Sets out of sets. Which of two is walked, and when room is made, decides the order of the result: as CPython does.

use super::Set;
use crate::interrupt;
use crate::value::{Dict, Key, Unordered, Value};

type Result<T> = std::result::Result<T, Unordered>;

/// Does something with each key, until the user does not want to wait any longer.
fn each(keys: impl IntoIterator<Item = Key>, mut action: impl FnMut(Key) -> Result<bool>) -> Result<()> {
    for key in keys {
        interrupt::check()?;
        action(key)?;
    }
    Ok(())
}

impl Set {
    /// A set of the same keys. Its order may be another one: it has no dummies, and its own size.
    pub fn copy(&self) -> Set {
        let copy = Set::default();
        if !self.is_empty() {
            let (keys, mut table) = (self.0.borrow(), copy.0.borrow_mut());
            table.reserve(keys.len());
            table.copy_from(&keys);
        }
        copy
    }

    /// Inserts all keys of another set.
    ///
    /// # Errors
    /// A key is nested too deeply to be compared with another, here as in all of these operations.
    pub fn merge(&self, other: &Set) -> Result<()> {
        if std::ptr::eq(self, other) || other.is_empty() {
            return Ok(());
        }
        self.0.borrow_mut().reserve(other.len());
        if self.0.borrow_mut().copy_from(&other.0.borrow()) {
            return Ok(());
        }
        each(other.keys(), |key| self.insert_key(key))
    }

    /// Inserts all keys of a dict.
    ///
    /// # Errors
    /// As [`Set::merge`].
    pub fn merge_dict(&self, dict: &Dict) -> Result<()> {
        self.0.borrow_mut().reserve(dict.len());
        each(dict.keys(), |key| self.insert_key(key))
    }

    /// The keys that another set has as well.
    ///
    /// # Errors
    /// As [`Set::merge`].
    pub fn intersection(&self, other: &Set) -> Result<Set> {
        if std::ptr::eq(self, other) {
            return Ok(self.copy());
        }
        let (walked, searched) = if other.len() > self.len() { (self, other) } else { (other, self) };
        walked.filtered(|key| searched.contains(key))
    }

    /// The keys that another set lacks.
    ///
    /// # Errors
    /// As [`Set::merge`].
    pub fn difference(&self, other: &Set) -> Result<Set> {
        if self.outnumbers(other.len()) {
            let copy = self.copy();
            copy.remove_all(other)?;
            return Ok(copy);
        }
        self.filtered(|key| Ok(!other.contains(key)?))
    }

    /// The keys that a dict lacks.
    ///
    /// # Errors
    /// As [`Set::merge`].
    pub fn difference_dict(&self, dict: &Dict) -> Result<Set> {
        if self.outnumbers(dict.len()) {
            let copy = self.copy();
            copy.remove_each(dict.keys())?;
            return Ok(copy);
        }
        self.filtered(|key| Ok(!dict.contains(key)?))
    }

    /// Whether it is cheaper to remove this many keys from a copy than to ask for each key of this set.
    fn outnumbers(&self, others: usize) -> bool {
        self.len() / 4 > others
    }

    fn filtered(&self, keep: impl Fn(&Key) -> Result<bool>) -> Result<Set> {
        let kept = Set::default();
        each(self.keys(), |key| Ok(keep(&key)? && kept.insert_key(key)?))?;
        Ok(kept)
    }

    /// Removes all keys of another set.
    ///
    /// # Errors
    /// As [`Set::merge`].
    pub fn remove_all(&self, other: &Set) -> Result<()> {
        if std::ptr::eq(self, other) {
            self.clear();
            return Ok(());
        }
        // Where the other is far larger, its keys are not worth walking; the slots that fall empty are the same.
        let walked = if other.len() / 8 > self.len() { self.intersection(other)?.keys() } else { other.keys() };
        self.remove_each(walked)
    }

    /// Removes the keys that are there, and then the dummies if they have become many.
    ///
    /// # Errors
    /// As [`Set::merge`].
    pub fn remove_each(&self, keys: impl IntoIterator<Item = Key>) -> Result<()> {
        each(keys, |key| self.remove(&key))?;
        self.purge();
        Ok(())
    }

    /// Builds the table anew if removed keys have left too many dummies in it; after keys were removed in bulk.
    pub fn purge(&self) {
        self.0.borrow_mut().purge();
    }

    /// Removes the keys of these that are there, and inserts those that are not.
    ///
    /// # Errors
    /// As [`Set::merge`].
    pub fn toggle_each(&self, keys: impl IntoIterator<Item = Key>) -> Result<()> {
        each(keys, |key| Ok(self.remove(&key)? || self.insert_key(key)?))
    }

    /// Removes the keys that another set has, and inserts those that only it has.
    ///
    /// # Errors
    /// As [`Set::merge`].
    pub fn toggle_all(&self, other: &Set) -> Result<()> {
        if std::ptr::eq(self, other) {
            self.clear();
            return Ok(());
        }
        self.toggle_each(other.keys())
    }

    /// Whether another set has all keys.
    ///
    /// # Errors
    /// As [`Set::merge`].
    pub fn is_subset(&self, other: &Set) -> Result<bool> {
        self.is_subset_at(other, 0)
    }

    pub(super) fn is_subset_at(&self, other: &Set, depth: u32) -> Result<bool> {
        Ok(self.len() <= other.len() && self.all(|hash, key| other.has(hash, key, depth))?)
    }

    /// Whether another set has no key of these.
    ///
    /// # Errors
    /// As [`Set::merge`].
    pub fn is_disjoint(&self, other: &Set) -> Result<bool> {
        let (walked, searched) = if other.len() > self.len() { (self, other) } else { (other, self) };
        walked.all(|hash, key| Ok(!searched.has(hash, key, 0)?))
    }

    fn all(&self, holds: impl Fn(i64, &Value) -> Result<bool>) -> Result<bool> {
        for (_, hash, key) in self.0.borrow().entries(0) {
            interrupt::check()?;
            if !holds(hash, key)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
