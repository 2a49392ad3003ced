//! Compiled kernels, kept by what they were compiled for.

use std::rc::Rc;

use hashbrown::{Equivalent, HashMap};

use super::emit::Direction;
use super::listing::Listing;
use super::program::Program;
use crate::kernel::ir::Kernel;

/// Kernels that are kept: a script that makes more, one after the other, loses those that it used least lately.
pub const MAX_KERNELS: usize = 1024;

#[derive(Default)]
pub struct Cache {
    kernels: HashMap<Key, Entry>,
    /// Counts uses.
    clock: u64,
}

struct Entry {
    program: Rc<Program>,
    used: u64,
    /// Made when a watcher first asks for it.
    listing: Option<Rc<Listing>>,
}

/// What a kernel was compiled for.
#[derive(PartialEq, Eq, Hash)]
struct Key {
    kernel: Kernel,
    still: Vec<bool>,
    direction: Direction,
    stream: bool,
}

/// A key that is looked up before it is owned.
#[derive(Clone, Copy, Hash)]
pub struct KeyRef<'a> {
    pub kernel: &'a Kernel,
    /// Which operands are one element along a slice.
    pub still: &'a [bool],
    pub direction: Direction,
    /// Whether the result goes past the caches.
    pub stream: bool,
}

impl Equivalent<Key> for KeyRef<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        *self.kernel == key.kernel
            && *self.still == key.still
            && (self.direction, self.stream) == (key.direction, key.stream)
    }
}

impl Cache {
    pub fn get(&mut self, key: KeyRef<'_>) -> Option<Rc<Program>> {
        self.clock += 1;
        let entry = self.kernels.get_mut(&key)?;
        entry.used = self.clock;
        Some(entry.program.clone())
    }

    /// Keeps a kernel. Tells whether others were given up for it: half of them, if there were too many.
    pub fn insert(&mut self, key: KeyRef<'_>, program: Rc<Program>) -> bool {
        let full = self.kernels.len() >= MAX_KERNELS;
        if full {
            let mut uses: Vec<u64> = self.kernels.values().map(|entry| entry.used).collect();
            let median = *uses.select_nth_unstable(MAX_KERNELS / 2).1;
            self.kernels.retain(|_, entry| entry.used > median);
        }
        let KeyRef { kernel, still, direction, stream } = key;
        let key = Key { kernel: kernel.clone(), still: still.to_vec(), direction, stream };
        self.kernels.insert(key, Entry { program, used: self.clock, listing: None });
        full
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

    pub fn len(&self) -> usize {
        self.kernels.len()
    }

    /// How many kernels are kept with their listing.
    #[cfg(test)]
    pub fn listings(&self) -> usize {
        self.kernels.values().filter(|entry| entry.listing.is_some()).count()
    }
}
