//! What compares as a set: sets, frozensets, and the views of a dict's keys and items.

use super::Set;
use crate::interrupt;
use crate::value::compare::same_or_equal;
use crate::value::{Dict, DictPart, DictView, Tuple, Unordered, Value, hash};
use std::cmp::Ordering;

#[derive(Clone, Copy)]
pub enum SetLike<'a> {
    Set(&'a Set),
    Keys(&'a Dict),
    Items(&'a Dict),
}

impl<'a> SetLike<'a> {
    /// The value as a set, if it compares as one.
    pub fn of(value: &'a Value) -> Option<SetLike<'a>> {
        match value.get::<DictView>() {
            Some(view) => SetLike::of_view(view),
            None => value.as_set().map(SetLike::Set),
        }
    }

    /// The view as a set; a view of values is none.
    pub fn of_view(view: &'a DictView) -> Option<SetLike<'a>> {
        let dict = view.dict.get::<Dict>()?;
        match view.part {
            DictPart::Keys => Some(SetLike::Keys(dict)),
            DictPart::Items => Some(SetLike::Items(dict)),
            DictPart::Values => None,
        }
    }

    pub fn is_view(self) -> bool {
        !matches!(self, SetLike::Set(_))
    }

    pub fn len(self) -> usize {
        match self {
            SetLike::Set(set) => set.len(),
            SetLike::Keys(dict) | SetLike::Items(dict) => dict.len(),
        }
    }

    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// `item in self`. In a set, a set is looked up as the frozenset of its keys.
    ///
    /// # Errors
    /// The item has no hash, or is nested too deeply to be compared.
    pub fn contains(self, item: &Value) -> Result<bool, Unordered> {
        self.contains_at(item, 0)
    }

    fn contains_at(self, item: &Value, depth: u32) -> Result<bool, Unordered> {
        match self {
            SetLike::Set(set) => set.has(hash::of_wanted(item)?, item, depth),
            SetLike::Keys(dict) => Ok(dict.get(item)?.is_some()),
            SetLike::Items(dict) => match item.get::<Tuple>().map(|pair| &*pair.0) {
                Some([key, value]) => match dict.get(key)? {
                    Some(found) => same_or_equal(&found, value, depth),
                    None => Ok(false),
                },
                _ => Ok(false),
            },
        }
    }

    fn items(self) -> Vec<Value> {
        let entries = |dict: &Dict, part: DictPart| -> Vec<Value> {
            dict.entries().into_iter().map(|(key, value)| part.of(key, value)).collect()
        };
        match self {
            SetLike::Set(set) => set.items(),
            SetLike::Keys(dict) => entries(dict, DictPart::Keys),
            SetLike::Items(dict) => entries(dict, DictPart::Items),
        }
    }

    /// Whether all items of this one are items of the other; the caller has compared the lengths.
    ///
    /// # Errors
    /// As [`SetLike::contains`].
    pub fn is_within(self, other: SetLike) -> Result<bool, Unordered> {
        self.is_within_at(other, 0)
    }

    fn is_within_at(self, other: SetLike, depth: u32) -> Result<bool, Unordered> {
        if let (SetLike::Set(a), SetLike::Set(b)) = (self, other) {
            return a.is_subset_at(b, depth);
        }
        for item in self.items() {
            interrupt::check()?;
            if !other.contains_at(&item, depth)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// `a == b`, at a depth of nesting.
    pub(in crate::value) fn equal(a: SetLike, b: SetLike, depth: u32) -> Result<bool, Unordered> {
        // A view is asked before a set, on whichever side it stands.
        let (walked, searched) = if b.is_view() && !a.is_view() { (b, a) } else { (a, b) };
        Ok(a.len() == b.len() && walked.is_within_at(searched, depth)?)
    }

    /// How two sets lie in one another; `None` if neither holds the other.
    pub(in crate::value) fn order(a: SetLike, b: SetLike, depth: u32) -> Result<Option<Ordering>, Unordered> {
        let order = a.len().cmp(&b.len());
        let within = if order == Ordering::Greater { b.is_within_at(a, depth)? } else { a.is_within_at(b, depth)? };
        Ok(within.then_some(order))
    }
}
