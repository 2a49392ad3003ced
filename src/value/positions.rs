//! The index of a dict: where its entries lie, by their hashes.

/// Open addressing: a power of two of slots, at most two thirds of them in use, looked through one after the other.
#[derive(Default)]
pub struct Positions {
    slots: Box<[usize]>,
    /// Slots that hold a position.
    len: usize,
    /// Slots that ever held one since the slots were made.
    used: usize,
}

/// A slot that no search goes past.
const EMPTY: usize = usize::MAX;
/// A slot whose position was taken away.
const GONE: usize = usize::MAX - 1;
/// Slots of an index that holds anything.
const LEAST: usize = 8;

impl Positions {
    pub fn len(&self) -> usize {
        self.len
    }

    /// The first position of a hash that is the wanted one.
    #[inline(always)]
    pub fn find(&self, hash: u64, is_wanted: impl FnMut(usize) -> bool) -> Option<usize> {
        self.slot(hash, is_wanted).map(|slot| self.slots[slot])
    }

    #[inline(always)]
    fn slot(&self, hash: u64, mut is_wanted: impl FnMut(usize) -> bool) -> Option<usize> {
        let mask = self.slots.len().wrapping_sub(1);
        let mut slot = hash as usize & mask;
        loop {
            // There are no slots, or one that is empty.
            match *self.slots.get(slot)? {
                EMPTY => return None,
                GONE => {}
                position if is_wanted(position) => return Some(slot),
                _ => {}
            }
            slot = (slot + 1) & mask;
        }
    }

    /// Takes a position that is not there. `hash_of` has the hashes of those that are.
    pub fn insert(&mut self, hash: u64, position: usize, hash_of: impl Fn(usize) -> u64) {
        if 3 * (self.used + 1) > 2 * self.slots.len() {
            self.rebuild(hash_of);
        }
        self.put(hash, position);
    }

    /// Forgets a position.
    pub fn remove(&mut self, hash: u64, position: usize) {
        if let Some(slot) = self.slot(hash, |candidate| candidate == position) {
            self.slots[slot] = GONE;
            self.len -= 1;
        }
    }

    pub fn clear(&mut self) {
        self.slots.fill(EMPTY);
        (self.len, self.used) = (0, 0);
    }

    /// Makes room for as many more as there are, without slots that are gone.
    fn rebuild(&mut self, hash_of: impl Fn(usize) -> u64) {
        let slots = (3 * (self.len + 1)).next_power_of_two().max(LEAST);
        let old = std::mem::replace(&mut self.slots, vec![EMPTY; slots].into());
        (self.len, self.used) = (0, 0);
        for position in old.into_iter().filter(|position| *position < GONE) {
            self.put(hash_of(position), position);
        }
    }

    fn put(&mut self, hash: u64, position: usize) {
        let mask = self.slots.len() - 1;
        let mut slot = hash as usize & mask;
        while self.slots[slot] != EMPTY {
            slot = (slot + 1) & mask;
        }
        self.slots[slot] = position;
        self.len += 1;
        self.used += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_found_until_they_are_removed() {
        // Few hashes, so that they meet.
        let hash = |position: usize| (position % 7) as u64 * 3;
        let mut positions = Positions::default();
        let mut expected = Vec::new();
        assert_eq!(positions.find(0, |_| true), None);
        for step in 0..2000 {
            if step % 3 == 2 {
                let removed = expected.swap_remove(step * 31 % expected.len());
                positions.remove(hash(removed), removed);
                assert_eq!(positions.find(hash(removed), |candidate| candidate == removed), None);
            } else {
                expected.push(step);
                positions.insert(hash(step), step, hash);
            }
            assert_eq!(positions.len(), expected.len());
        }
        for position in expected {
            assert_eq!(positions.find(hash(position), |candidate| candidate == position), Some(position));
        }
        positions.clear();
        assert_eq!((positions.len(), positions.find(0, |_| true)), (0, None));
    }
}
