//! The memory of what boxes point to: text, items, tuples' contents, as CPython keeps it in its own pools.
//!
//! On a thread that runs scripts, small blocks that are given back wait in free lists for the next of their size, up to
//! a bound; everything else is the system's. Every block comes from the system by itself, so that it may be given back
//! there, and by any thread.

#![allow(unsafe_code)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::ptr::null_mut;

/// Sizes of small blocks are multiples of this many bytes, and so are their addresses.
const GRAIN: usize = 16;
/// Blocks of at most `CLASSES * GRAIN` bytes are small.
const CLASSES: usize = 16;
/// How many blocks of one size wait at most: those of a list of so many strings, all dropped at once.
const WAITING: usize = 4096;

struct Pools;

#[global_allocator]
static POOLS: Pools = Pools;

struct Pool {
    first: Cell<*mut Block>,
    /// How many blocks more may wait; none before [`keep_small_blocks`].
    room: Cell<usize>,
}

struct Block {
    next: *mut Block,
}

thread_local! {
    static THREAD: [Pool; CLASSES] = const {
        [const { Pool { first: Cell::new(null_mut()), room: Cell::new(0) } }; CLASSES]
    };
    static KEEPS: Cell<bool> = const { Cell::new(false) };
}

/// From now on small blocks that this thread gives back wait for it.
pub fn keep_small_blocks() {
    if !KEEPS.replace(true) {
        THREAD.with(|pools| pools.iter().for_each(|pool| pool.room.set(WAITING)));
    }
}

/// The free list for a layout, if it is small, and the layout of its blocks.
#[inline(always)]
fn class(layout: Layout) -> Option<(usize, Layout)> {
    let at = layout.size().wrapping_sub(1) / GRAIN;
    if at >= CLASSES || layout.align() > GRAIN {
        return None;
    }
    // SAFETY: the alignment is a power of two, and the size far from overflow.
    Some((at, unsafe { Layout::from_size_align_unchecked((at + 1) * GRAIN, GRAIN) }))
}

impl Pool {
    #[inline(always)]
    fn take(&self) -> Option<*mut u8> {
        let first = self.first.get();
        if first.is_null() {
            return None;
        }
        // SAFETY: blocks that wait are unused memory of ours that holds a `Block`.
        self.first.set(unsafe { (*first).next });
        self.room.set(self.room.get() + 1);
        Some(first.cast())
    }

    /// Whether there was room for a block.
    #[inline(always)]
    fn give(&self, block: *mut u8) -> bool {
        let room = self.room.get();
        if room == 0 {
            return false;
        }
        let block = block.cast::<Block>();
        // SAFETY: the block is unused, and large and aligned enough for a `Block`.
        unsafe { block.write(Block { next: self.first.get() }) };
        self.first.set(block);
        self.room.set(room - 1);
        true
    }
}

// SAFETY: small blocks are as large and as aligned as the layout of their class, which is at least what was asked for;
// the system's contract holds for the others. A thread's lists need neither a destructor nor memory.
unsafe impl GlobalAlloc for Pools {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let Some((at, block)) = class(layout) else {
            // SAFETY: the caller's promise.
            return unsafe { System.alloc(layout) };
        };
        match THREAD.with(|pools| pools[at].take()) {
            Some(waiting) => waiting,
            // SAFETY: a block's size is not zero.
            None => unsafe { System.alloc(block) },
        }
    }

    #[inline]
    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        let block = match class(layout) {
            Some((at, _)) if THREAD.with(|pools| pools[at].give(memory)) => return,
            Some((_, block)) => block,
            None => layout,
        };
        // SAFETY: it was allocated with this layout: see `alloc`.
        unsafe { System.dealloc(memory, block) };
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if class(layout).is_none() {
            // SAFETY: the caller's promise. The system knows which pages are zero.
            return unsafe { System.alloc_zeroed(layout) };
        }
        // SAFETY: as in `alloc`; the block is at least so large.
        unsafe {
            let memory = self.alloc(layout);
            if !memory.is_null() {
                memory.write_bytes(0, layout.size());
            }
            memory
        }
    }

    #[inline]
    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller's promise: the size does not overflow when rounded up to the alignment.
        let wanted = unsafe { Layout::from_size_align_unchecked(size, layout.align()) };
        match (class(layout), class(wanted)) {
            (Some((old, _)), Some((new, _))) if old == new => memory,
            // SAFETY: the caller's promise.
            (None, None) => unsafe { System.realloc(memory, layout, size) },
            // SAFETY: both blocks are as large as their layouts say, and do not overlap.
            _ => unsafe {
                let moved = self.alloc(wanted);
                if !moved.is_null() {
                    moved.copy_from_nonoverlapping(memory, layout.size().min(size));
                    self.dealloc(memory, layout);
                }
                moved
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_blocks_wait_for_the_next_of_their_size() {
        std::thread::spawn(|| {
            keep_small_blocks();
            let first = vec![1u8; 100].into_boxed_slice();
            let address = first.as_ptr().addr();
            drop(first);
            let second = vec![2u8; 97].into_boxed_slice();
            assert_eq!(second.as_ptr().addr(), address);
            assert!(second.iter().all(|byte| *byte == 2));
        })
        .join()
        .unwrap();
    }

    #[test]
    fn growth_and_shrinkage_keep_the_contents() {
        std::thread::spawn(|| {
            keep_small_blocks();
            let mut bytes = Vec::new();
            for i in 0..3000u32 {
                bytes.push(i as u8);
                bytes.shrink_to_fit();
            }
            for len in (0..3000).rev() {
                bytes.truncate(len);
                bytes.shrink_to_fit();
                assert!(bytes.iter().enumerate().all(|(at, byte)| *byte == at as u8));
            }
            let zeroed = vec![0u64; 20];
            assert!(zeroed.iter().all(|word| *word == 0));
        })
        .join()
        .unwrap();
    }

    #[test]
    fn blocks_may_be_given_back_by_another_thread() {
        let blocks: Vec<Box<[u8]>> = (0..100).map(|len| vec![7; len].into()).collect();
        std::thread::spawn(move || {
            keep_small_blocks();
            drop(blocks);
            let again: Vec<Box<[u8]>> = (0..100).map(|len| vec![8; len].into()).collect();
            again
        })
        .join()
        .unwrap()
        .into_iter()
        .for_each(drop);
    }
}
