//! Compiled kernels, kept by what they were compiled for.

use std::rc::Rc;

use hashbrown::{Equivalent, HashMap};

use super::emit::Direction;
use super::listing::Listing;
use super::program::Program;
use crate::kernel::ir::Kernel;

#[derive(Default)]
pub struct Cache {
    kernels: HashMap<Key, Entry>,
}

struct Entry {
    program: Rc<Program>,
    /// Made when a watcher first asks for it.
    listing: Option<Rc<Listing>>,
}

/// What a kernel was compiled for.
#[derive(PartialEq, Eq, Hash)]
struct Key {
    kernel: Kernel,
    still: Vec<bool>,
    direction: Direction,
}

/// A key that is looked up before it is owned.
#[derive(Clone, Copy, Hash)]
pub struct KeyRef<'a> {
    pub kernel: &'a Kernel,
    /// Which operands are one element along a slice.
    pub still: &'a [bool],
    pub direction: Direction,
}

impl Equivalent<Key> for KeyRef<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        *self.kernel == key.kernel && *self.still == key.still && self.direction == key.direction
    }
}

impl Cache {
    pub fn get(&self, key: KeyRef<'_>) -> Option<Rc<Program>> {
        self.kernels.get(&key).map(|entry| entry.program.clone())
    }

    pub fn insert(&mut self, key: KeyRef<'_>, program: Rc<Program>) {
        let KeyRef { kernel, still, direction } = key;
        let key = Key { kernel: kernel.clone(), still: still.to_vec(), direction };
        self.kernels.insert(key, Entry { program, listing: None });
    }

    /// The listing of a kernel, which `make` gives the first time.
    ///
    /// # Errors
    /// Those of `make`.
    pub fn listing(
        &mut self,
        key: KeyRef<'_>,
        make: impl FnOnce() -> Result<Listing, String>,
    ) -> Result<Rc<Listing>, String> {
        match self.kernels.get_mut(&key) {
            Some(Entry { listing: Some(listing), .. }) => Ok(listing.clone()),
            Some(Entry { listing, .. }) => Ok(listing.insert(Rc::new(make()?)).clone()),
            None => make().map(Rc::new),
        }
    }

    pub fn clear(&mut self) {
        self.kernels.clear();
    }

    /// How many kernels are kept with their listing.
    #[cfg(test)]
    pub fn listings(&self) -> usize {
        self.kernels.values().filter(|entry| entry.listing.is_some()).count()
    }
}
