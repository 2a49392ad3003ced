//! Memory of arrays that died, kept for those that come: a fresh result costs its page faults, many times the
//! arithmetic, where one that takes over the memory of the last costs nothing.
//!
//! Blocks that are not mapped belong to the thread that dropped them, in lists by class of size; larger ones are few,
//! and whoever needs one takes the smallest that fits. What is kept is bounded, counts against the budget as if it were
//! in use, and is given up before an allocation is refused.

use std::cell::{Cell, RefCell};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::block::{ALIGNMENT, Block, GRANULE, MAPPED_ABOVE};
use super::budget;

/// What a thread keeps of blocks up to [`MAPPED_ABOVE`], in bytes.
const KEPT_BY_THREAD: usize = 32 << 20;

/// What is kept of larger blocks, in bytes, is no more than this: two arrays of 10^8 `float64` and some, what a loop over
/// as many elements turns over. A machine with little memory keeps no more than its [`KEPT_SHARE`]th part.
const KEPT: usize = 2 << 30;
const KEPT_SHARE: usize = 8;

/// A block is taken for what needs at least this part of it, in percent.
const FITS: usize = 80;

/// What the arrays of a thread took, since it began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Blocks from the system.
    pub fresh: u64,
    /// Blocks of arrays that had died.
    pub reused: u64,
    /// Arrays that died as an operand, and whose memory became the result's.
    pub taken_over: u64,
}

thread_local! {
    static COUNTS: Cell<Counts> = const { Cell::new(Counts { fresh: 0, reused: 0, taken_over: 0 }) };
    static SMALL: RefCell<Classes> = const { RefCell::new(Classes::new()) };
}

static LARGE: Mutex<Large> = Mutex::new(Large { blocks: Vec::new(), bytes: 0 });

/// What this thread's arrays took so far.
pub fn counts() -> Counts {
    COUNTS.get()
}

/// Notes that a result took over an operand's memory.
pub(super) fn note_takeover() {
    COUNTS.set(Counts { taken_over: COUNTS.get().taken_over + 1, ..COUNTS.get() });
}

/// A block of `len` bytes or more, whatever they hold; `None` if the memory is not to be had.
#[inline]
pub(super) fn take(len: usize) -> Option<Block> {
    match kept(len) {
        Some(block) => Some(block),
        None => fresh(len),
    }
}

/// As [`take`], the first `len` bytes zeroed: what the system zeroed it did already, and zeroing the rest takes a part of
/// the time that pages of zeros take to fault.
pub(super) fn take_zeroed(len: usize) -> Option<Block> {
    if let Some(mut block) = kept(len) {
        block.fill(0, len);
        return Some(block);
    }
    let mut block = fresh(len)?;
    if !Block::is_zeroed(block.capacity()) {
        block.fill(0, len);
    }
    Some(block)
}

/// Keeps a block that nobody uses any more, or gives it back to the system.
#[inline]
pub(super) fn give(mut block: Block) {
    if cfg!(debug_assertions) {
        // What is read without being written shows.
        let len = block.capacity().min(GRANULE);
        block.fill(0xa5, len);
    }
    if block.capacity() > MAPPED_ABOVE {
        // What has no room any more is given back when the lock is open again.
        let bound = KEPT.min(budget::total() / KEPT_SHARE);
        let evicted = large().give(block, bound);
        drop(evicted);
        return;
    }
    // A thread that ends keeps nothing.
    let mut block = Some(block);
    let _ = SMALL.try_with(|small| {
        if let (Ok(mut small), Some(block)) = (small.try_borrow_mut(), block.take()) {
            small.give(block);
        }
    });
}

/// Gives what this thread and all together keep back to the system; whether there was something.
pub(super) fn give_back() -> bool {
    let large = std::mem::take(&mut *large());
    let small = SMALL.try_with(|small| small.try_borrow_mut().ok().map(|mut small| small.clear()));
    large.bytes > 0 || small.ok().flatten().is_some_and(|bytes| bytes > 0)
}

#[inline]
fn kept(len: usize) -> Option<Block> {
    let block = match class(len) {
        Some(class) => SMALL.try_with(|small| small.try_borrow_mut().ok()?.take(class)).ok().flatten(),
        None => large().take(len),
    };
    if block.is_some() {
        COUNTS.set(Counts { reused: COUNTS.get().reused + 1, ..COUNTS.get() });
    }
    block
}

#[cold]
fn fresh(len: usize) -> Option<Block> {
    let capacity = match class(len) {
        Some(class) => capacity(class),
        None => len.checked_next_multiple_of(GRANULE)?,
    };
    let block = Block::fresh(capacity).or_else(|| if give_back() { Block::fresh(capacity) } else { None })?;
    COUNTS.set(Counts { fresh: COUNTS.get().fresh + 1, ..COUNTS.get() });
    Some(block)
}

fn large() -> MutexGuard<'static, Large> {
    LARGE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Classes of sizes: four to a doubling, from [`ALIGNMENT`] to [`MAPPED_ABOVE`].
const CLASSES: usize = class_below(MAPPED_ABOVE) + 1;

/// The sizes up to here are a class each, [`ALIGNMENT`] apart.
const LINEAR: usize = 4 * ALIGNMENT;

/// The class that serves `len` bytes; `None` if that is more than [`MAPPED_ABOVE`].
#[inline]
fn class(len: usize) -> Option<usize> {
    (len <= MAPPED_ABOVE).then(|| class_below(len))
}

const fn class_below(len: usize) -> usize {
    // The largest index of a byte says which class it is.
    let last = len.saturating_sub(1);
    if last < LINEAR {
        return last / ALIGNMENT;
    }
    let doubling = last.ilog2() - 2;
    // Two bits behind the leading one: which quarter of the doubling.
    4 + 4 * (doubling - (LINEAR.ilog2() - 2)) as usize + (last >> doubling & 3)
}

/// The largest size that a class serves, which its blocks have.
const fn capacity(class: usize) -> usize {
    match class.checked_sub(4) {
        None => (class + 1) * ALIGNMENT,
        Some(class) => ((class % 4 + 5) * LINEAR / 4) << (class / 4),
    }
}

/// A thread's blocks up to [`MAPPED_ABOVE`].
struct Classes {
    /// Blocks of each class, the one that was used last at the end.
    lists: [Vec<Block>; CLASSES],
    bytes: usize,
}

impl Classes {
    const fn new() -> Classes {
        Classes { lists: [const { Vec::new() }; CLASSES], bytes: 0 }
    }

    #[inline]
    fn take(&mut self, class: usize) -> Option<Block> {
        let block = self.lists[class].pop()?;
        self.bytes -= block.capacity();
        Some(block)
    }

    #[inline]
    fn give(&mut self, block: Block) {
        if self.bytes + block.capacity() > KEPT_BY_THREAD {
            // The program has gone on to other sizes, or drops much at once.
            self.clear();
        }
        self.bytes += block.capacity();
        self.lists[class_below(block.capacity())].push(block);
    }

    /// Gives everything back; how many bytes it was.
    #[cold]
    fn clear(&mut self) -> usize {
        self.lists.iter_mut().for_each(Vec::clear);
        std::mem::take(&mut self.bytes)
    }
}

/// Blocks above [`MAPPED_ABOVE`], the one that was used last at the end.
#[derive(Default)]
struct Large {
    blocks: Vec<Block>,
    bytes: usize,
}

impl Large {
    /// The smallest block of `len` bytes or more of which not too much would lie idle; of equals, the one used last.
    fn take(&mut self, len: usize) -> Option<Block> {
        let fits = |block: &Block| block.capacity() >= len && block.capacity() / 100 * FITS <= len;
        let found = self.blocks.iter().enumerate().rev().filter(|(_, block)| fits(block));
        let (at, _) = found.min_by_key(|(_, block)| block.capacity())?;
        let block = self.blocks.remove(at);
        self.bytes -= block.capacity();
        Some(block)
    }

    /// Keeps a block; gives out those that have lain here longest if all together are more than `bound` bytes.
    #[must_use]
    fn give(&mut self, block: Block, bound: usize) -> Vec<Block> {
        self.bytes += block.capacity();
        self.blocks.push(block);
        let mut evicted = 0;
        while self.bytes > bound {
            self.bytes -= self.blocks[evicted].capacity();
            evicted += 1;
        }
        self.blocks.drain(..evicted).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: usize = 1 << 20;

    #[test]
    fn a_class_serves_the_sizes_between_its_neighbour_and_its_capacity() {
        assert_eq!((capacity(0), capacity(CLASSES - 1)), (ALIGNMENT, MAPPED_ABOVE));
        for class in 0..CLASSES {
            let smallest = class.checked_sub(1).map_or(0, |below| capacity(below) + 1);
            assert!(capacity(class).is_multiple_of(ALIGNMENT));
            assert_eq!((class_below(smallest), class_below(capacity(class))), (class, class));
            // No more than a fifth lies idle, beyond what alignment asks for.
            assert!((capacity(class) - smallest) * 5 <= capacity(class).max(LINEAR + ALIGNMENT));
        }
        assert_eq!((class(MAPPED_ABOVE), class(MAPPED_ABOVE + 1)), (Some(CLASSES - 1), None));
    }

    #[test]
    fn the_block_that_was_used_last_comes_first() {
        let mut classes = Classes::new();
        let blocks = [(); 2].map(|()| Block::fresh(128).unwrap());
        let [first, second] = [&blocks[0], &blocks[1]].map(Block::as_ptr);
        blocks.into_iter().for_each(|block| classes.give(block));
        assert_eq!(classes.bytes, 256);
        assert!(classes.take(class_below(64)).is_none());
        assert_eq!(classes.take(class_below(65)).map(|block| block.as_ptr()), Some(second));
        assert_eq!(classes.take(class_below(128)).map(|block| block.as_ptr()), Some(first));
        assert!(classes.take(class_below(128)).is_none());
        assert_eq!(classes.bytes, 0);
    }

    #[test]
    fn a_thread_keeps_no_more_than_its_bound() {
        let mut classes = Classes::new();
        for count in 1..=KEPT_BY_THREAD / MIB {
            classes.give(Block::fresh(MIB).unwrap());
            assert_eq!(classes.bytes, count * MIB);
        }
        classes.give(Block::fresh(64).unwrap());
        assert_eq!(classes.bytes, 64);
        assert_eq!(classes.clear(), 64);
    }

    #[test]
    fn large_blocks_serve_what_needs_most_of_them() {
        let mut large = Large::default();
        let capacities = |large: &Large| large.blocks.iter().map(|block| block.capacity() / MIB).collect::<Vec<_>>();
        for mib in [10, 20, 8, 10] {
            assert!(large.give(Block::fresh(mib * MIB).unwrap(), 100 * MIB).is_empty());
        }
        let last = large.blocks[3].as_ptr();
        assert!(large.take(21 * MIB).is_none() && large.take(15 * MIB).is_none() && large.take(6 * MIB).is_none());
        assert_eq!(large.take(9 * MIB).map(|block| block.as_ptr()), Some(last));
        assert_eq!((capacities(&large), large.bytes), (vec![10, 20, 8], 38 * MIB));
        assert_eq!(large.take(16 * MIB).map(|block| block.capacity()), Some(20 * MIB));
        assert_eq!(large.take(7 * MIB).map(|block| block.capacity()), Some(8 * MIB));
        assert_eq!((capacities(&large), large.bytes), (vec![10], 10 * MIB));
    }

    #[test]
    fn what_lay_longest_goes_when_the_bound_is_passed() {
        let mut large = Large::default();
        let mut give = |mib: usize| -> Vec<usize> {
            let evicted = large.give(Block::fresh(mib * MIB).unwrap(), 30 * MIB);
            evicted.iter().map(|block| block.capacity() / MIB).collect()
        };
        assert!(give(10).is_empty() && give(20).is_empty());
        assert_eq!(give(5), [10]);
        assert_eq!(give(30), [20, 5]);
        assert_eq!(give(31), [30, 31]);
        assert_eq!((large.bytes, large.blocks.len()), (0, 0));
    }

    #[test]
    fn memory_is_counted_as_it_comes() {
        let before = counts();
        let since = || {
            let now = counts();
            (now.fresh - before.fresh, now.reused - before.reused)
        };
        // A size of this test's own; the thread is, too.
        let block = take(100_000).unwrap();
        assert_eq!(since(), (1, 0));
        give(block);
        give(take_zeroed(99_000).unwrap());
        assert_eq!(since(), (1, 1));
        let (one, two) = (take(100_000).unwrap(), take(100_000).unwrap());
        assert_eq!(since(), (2, 2));
        give(one);
        give(two);
        assert!(give_back());
        drop(take(100_000).unwrap());
        assert_eq!(since(), (3, 2));
    }
}
