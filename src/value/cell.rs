//! A vector inside a shared object, which never lends out references to its items.
//!
//! A list can be changed through any of its references, also while somebody walks it. Every method here
//! finishes before other code can run, so no borrow flag is needed and none is paid.

#![allow(unsafe_code)]

use std::cell::UnsafeCell;

use super::{Heap, Value};

/// A growable sequence of values with interior mutability. Not `Sync`.
#[derive(Default)]
pub struct VecCell(UnsafeCell<Vec<Value>>);

impl VecCell {
    pub fn new(items: Vec<Value>) -> VecCell {
        VecCell(UnsafeCell::new(items))
    }

    #[inline(always)]
    pub fn len(&self) -> usize {
        self.with(|items| items.len())
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether there is memory for items: after [`VecCell::take`], only if somebody put some there.
    pub fn is_allocated(&self) -> bool {
        self.with(|items| items.capacity() > 0)
    }

    /// The item at `index`, retained.
    #[inline(always)]
    pub fn get(&self, index: usize) -> Option<Value> {
        self.with(|items| items.get(index).cloned())
    }

    /// Replaces the item at `index`, which must exist, and hands out the old one.
    #[inline(always)]
    pub fn replace(&self, index: usize, value: Value) -> Value {
        self.with(|items| std::mem::replace(&mut items[index], value))
    }

    pub fn push(&self, value: Value) {
        self.with(|items| items.push(value));
    }

    pub fn pop(&self) -> Option<Value> {
        self.with(|items| items.pop())
    }

    /// Inserts before `index`, which must be at most the length.
    pub fn insert(&self, index: usize, value: Value) {
        self.with(|items| items.insert(index, value));
    }

    /// Removes the item at `index`, which must exist.
    pub fn remove(&self, index: usize) -> Value {
        self.with(|items| items.remove(index))
    }

    pub fn extend(&self, values: Vec<Value>) {
        self.with(|items| items.extend(values));
    }

    pub fn reverse(&self) {
        self.with(|items| items.reverse());
    }

    /// Replaces the items of a range, which must exist, and hands out the old ones.
    pub fn splice(&self, range: std::ops::Range<usize>, values: Vec<Value>) -> Vec<Value> {
        self.with(|items| items.splice(range, values).collect())
    }

    /// The items of a range, which must exist, retained.
    pub fn copy(&self, range: std::ops::Range<usize>) -> Vec<Value> {
        self.with(|items| items[range].to_vec())
    }

    /// Looks at all items where they lie.
    ///
    /// `look` only reads values: it changes no list, runs no script code and drops nothing.
    #[inline(always)]
    pub fn look<R>(&self, look: impl FnOnce(&[Value]) -> R) -> R {
        // SAFETY: nothing is changed while it looks, on this thread, which is the only one that has the cell.
        look(unsafe { &*self.0.get() })
    }

    /// The same, the last one first.
    pub fn copy_reversed(&self, range: std::ops::Range<usize>) -> Vec<Value> {
        self.with(|items| items[range].iter().rev().cloned().collect())
    }

    /// Replaces as many items from `start` on, which must exist, by those of another cell. Hands out those of the old
    /// ones whose end may lead to something; what nothing follows from is released.
    pub fn overwrite(&self, start: usize, other: &VecCell) -> Vec<Value> {
        assert!(!std::ptr::eq(self, other), "the items of another cell");
        let heap = Heap::of_this_thread();
        let mut last = Vec::new();
        self.with(|items| {
            other.with(|others| {
                for (item, new) in items[start..start + others.len()].iter_mut().zip(others.iter()) {
                    last.extend(std::mem::replace(item, new.clone()).release_quickly(heap));
                }
            })
        });
        last
    }

    /// All items, retained.
    pub fn snapshot(&self) -> Vec<Value> {
        self.with(|items| items.clone())
    }

    /// All items, leaving none.
    pub fn take(&self) -> Vec<Value> {
        self.with(std::mem::take)
    }

    /// Replaces all items and hands out the old ones.
    pub fn swap(&self, values: Vec<Value>) -> Vec<Value> {
        self.with(|items| std::mem::replace(items, values))
    }

    /// Where its two parts lie that others read, in bytes from its start: the address of the first item, and how many there
    /// are. The standard library promises no layout: it is read off a vector whose parts all differ.
    pub fn layout() -> (usize, usize) {
        let sample: VecCell = VecCell::new(Vec::with_capacity(7));
        sample.push(Value::none());
        sample.push(Value::none());
        sample.push(Value::none());
        let (items, len) = sample.with(|items| (items.as_ptr().addr(), items.len()));
        const WORDS: usize = size_of::<VecCell>() / size_of::<usize>();
        // SAFETY: a vector is three words, and none of them is padding.
        let words = unsafe { &*sample.0.get().cast::<[usize; WORDS]>() };
        let place = |wanted: usize| words.iter().position(|word| *word == wanted).expect("a vector knows its parts");
        (place(items) * size_of::<usize>(), place(len) * size_of::<usize>())
    }

    /// `action` must neither run script code nor drop values: both could reach this cell again.
    #[inline(always)]
    fn with<R>(&self, action: impl FnOnce(&mut Vec<Value>) -> R) -> R {
        // SAFETY: this method is private; the actions above only move values and count references, so the
        // exclusive reference ends before anything else can reach the cell. `UnsafeCell` keeps it off other threads.
        action(unsafe { &mut *self.0.get() })
    }
}
