//! The hash table of a set: slots, probes and growth as CPython 3.13 has them, because a set's order is theirs.

use crate::value::Value;

/// The smallest table. The number of slots is a power of two.
const MIN_SLOTS: usize = 8;

/// After the slot that a hash leads to, this many neighbours are tried before the next jump.
const LINEAR_PROBES: usize = 9;

/// Every jump uses this many more bits of the hash.
const PERTURB_SHIFT: u32 = 5;

/// Sets beyond this many keys grow to the double, others to the fourfold.
const LARGE: usize = 50_000;

pub struct Table {
    slots: Box<[Slot]>,
    /// Keys.
    used: usize,
    /// Keys and dummies.
    fill: usize,
    /// Where `pop` looks first.
    finger: usize,
}

/// A key with its hash; or a slot that never held one, or no longer does.
struct Slot {
    hash: i64,
    key: Option<Value>,
}

/// The hash of a dummy: a slot whose key was removed. No key has it.
const DUMMY: i64 = -1;

impl Slot {
    const EMPTY: Slot = Slot { hash: 0, key: None };

    fn is_empty(&self) -> bool {
        self.key.is_none() && self.hash != DUMMY
    }
}

/// The slots that a hash leads to, one after another, without end.
struct Probe {
    mask: usize,
    perturb: u64,
    /// Where the last jump went.
    base: usize,
    offset: usize,
}

impl Probe {
    fn new(hash: i64, slots: usize) -> Probe {
        let mask = slots - 1;
        Probe { mask, perturb: hash as u64, base: hash as usize & mask, offset: 0 }
    }

    fn next(&mut self) -> usize {
        let slot = self.base + self.offset;
        // Neighbours are tried only where all of them are inside the table.
        if self.offset < LINEAR_PROBES && self.base + LINEAR_PROBES <= self.mask {
            self.offset += 1;
        } else {
            self.perturb >>= PERTURB_SHIFT;
            let jump = self.base.wrapping_mul(5).wrapping_add(1).wrapping_add(self.perturb as usize);
            (self.base, self.offset) = (jump & self.mask, 0);
        }
        slot
    }
}

impl Default for Table {
    fn default() -> Table {
        Table { slots: empty(MIN_SLOTS), used: 0, fill: 0, finger: 0 }
    }
}

fn empty(slots: usize) -> Box<[Slot]> {
    (0..slots).map(|_| Slot::EMPTY).collect()
}

impl Table {
    pub fn len(&self) -> usize {
        self.used
    }

    /// The bytes that the table takes once it has outgrown the present one.
    pub fn next_bytes(&self) -> usize {
        self.slots.len().saturating_mul(4 * size_of::<Slot>())
    }

    /// The position of a key that `is_key` recognises among those of its hash.
    pub fn find<E>(&self, hash: i64, is_key: impl Fn(&Value) -> Result<bool, E>) -> Result<Option<usize>, E> {
        let mut probe = Probe::new(hash, self.slots.len());
        loop {
            let at = probe.next();
            match &self.slots[at] {
                Slot { hash: own, key: Some(key) } if *own == hash && is_key(key)? => return Ok(Some(at)),
                slot if slot.is_empty() => return Ok(None),
                _ => {}
            }
        }
    }

    /// Inserts a key unless `is_key` recognises it among those of its hash; whether it is new.
    pub fn insert<E>(
        &mut self,
        hash: i64,
        new: Value,
        is_key: impl Fn(&Value, &Value) -> Result<bool, E>,
    ) -> Result<bool, E> {
        let mut probe = Probe::new(hash, self.slots.len());
        let mut dummy = None;
        let at = loop {
            let at = probe.next();
            match &self.slots[at] {
                Slot { hash: own, key: Some(key) } if *own == hash && is_key(key, &new)? => return Ok(false),
                Slot { hash: DUMMY, key: None } => dummy = Some(at),
                slot if slot.is_empty() => break at,
                _ => {}
            }
        };
        self.used += 1;
        // The last dummy on the way is taken again.
        self.slots[dummy.unwrap_or(at)] = Slot { hash, key: Some(new) };
        if dummy.is_none() {
            self.fill += 1;
            if self.is_crowded(self.fill) {
                self.resize(self.roomy());
            }
        }
        Ok(true)
    }

    /// Inserts a key that is new, into a table without dummies that has room for it.
    fn insert_new(&mut self, hash: i64, key: Value) {
        let mut probe = Probe::new(hash, self.slots.len());
        loop {
            let slot = &mut self.slots[probe.next()];
            if slot.key.is_none() {
                *slot = Slot { hash, key: Some(key) };
                return;
            }
        }
    }

    /// Removes and hands out the key at a position that `find` gave.
    pub fn take(&mut self, at: usize) -> Option<Value> {
        let removed = std::mem::replace(&mut self.slots[at], Slot { hash: DUMMY, key: None });
        self.used -= 1;
        removed.key
    }

    /// Removes the key that the finger points to, or the next one.
    pub fn pop(&mut self) -> Option<Value> {
        if self.used == 0 {
            return None;
        }
        let mut at = self.finger & (self.slots.len() - 1);
        while self.slots[at].key.is_none() {
            at = (at + 1) % self.slots.len();
        }
        self.finger = at + 1;
        self.take(at)
    }

    /// Puts another table's contents in place of these and hands these out. The finger stays where it was.
    pub fn replace(&mut self, other: Table) -> Table {
        let finger = self.finger;
        std::mem::replace(self, Table { finger, ..other })
    }

    /// Hashes and keys in order, from a position on.
    pub fn entries(&self, from: usize) -> impl Iterator<Item = (usize, i64, &Value)> {
        let slots = self.slots.iter().enumerate().skip(from);
        slots.filter_map(|(at, slot)| Some((at, slot.hash, slot.key.as_ref()?)))
    }

    /// Makes room for `more` keys that are likely new, all at once.
    pub fn reserve(&mut self, more: usize) {
        if self.is_crowded(self.fill + more) {
            self.resize((self.used + more) * 2);
        }
    }

    /// Takes over the keys of another table, if there are neither keys nor dummies here; whether it did.
    pub fn copy_from(&mut self, other: &Table) -> bool {
        if self.fill != 0 {
            return false;
        }
        (self.fill, self.used) = (other.used, other.used);
        if self.slots.len() == other.slots.len() && other.fill == other.used {
            let copies = other.slots.iter().map(|slot| Slot { hash: slot.hash, key: slot.key.clone() });
            self.slots = copies.collect();
        } else {
            other.entries(0).for_each(|(_, hash, key)| self.insert_new(hash, key.clone()));
        }
        true
    }

    /// Builds the table anew if more than a quarter of it are dummies.
    pub fn purge(&mut self) {
        if self.fill - self.used > (self.slots.len() - 1) / 4 {
            self.resize(self.roomy());
        }
    }

    fn is_crowded(&self, fill: usize) -> bool {
        fill * 5 >= (self.slots.len() - 1) * 3
    }

    fn roomy(&self) -> usize {
        if self.used > LARGE { self.used * 2 } else { self.used * 4 }
    }

    /// Moves all keys to a new table of the least size above `above`, which may be smaller.
    fn resize(&mut self, above: usize) {
        let mut size = MIN_SLOTS;
        while size <= above {
            size *= 2;
        }
        // A smallest table is built anew only to be rid of its dummies.
        if size == MIN_SLOTS && self.slots.len() == MIN_SLOTS && self.fill == self.used {
            return;
        }
        let old = std::mem::replace(&mut self.slots, empty(size));
        self.fill = self.used;
        for Slot { hash, key } in old {
            if let Some(key) = key {
                self.insert_new(hash, key);
            }
        }
    }
}
