//! Blocks of memory as the system gives them: from the allocator, or, where they are large, mapped in huge pages.
//!
//! A fresh block costs a page fault for every page that is touched: of 4 KiB usually, of 2 MiB where the system agrees.

#![allow(unsafe_code)]

use std::alloc::{Layout, alloc, dealloc};
use std::ptr::NonNull;

use super::budget;

/// Alignment of every block in bytes: one cache line, one AVX-512 register.
pub const ALIGNMENT: usize = 64;

/// Blocks of more bytes than this are mapped. Two huge pages fit into the next one, wherever it lies.
pub const MAPPED_ABOVE: usize = 4 << 20;

/// Sizes of mapped blocks are multiples of this, as all page sizes divide it.
pub const GRANULE: usize = 64 << 10;

/// Memory that is ours until it is dropped; its capacity counts against the budget.
#[derive(Debug)]
pub struct Block {
    data: NonNull<u8>,
    capacity: usize,
}

// SAFETY: a block is plain memory that one owner has.
unsafe impl Send for Block {}

impl Block {
    /// A block of `capacity` bytes, above zero and a multiple of [`ALIGNMENT`] ([`GRANULE`] above [`MAPPED_ABOVE`]).
    /// `None` if the memory is not to be had.
    pub fn fresh(capacity: usize) -> Option<Block> {
        if !budget::reserve(capacity) {
            return None;
        }
        let data = if capacity > MAPPED_ABOVE { mapping::map(capacity) } else { allocate(capacity) };
        if data.is_none() {
            budget::release(capacity);
        }
        Some(Block { data: data?, capacity })
    }

    /// Whether fresh blocks of this capacity hold zeros.
    pub fn is_zeroed(capacity: usize) -> bool {
        capacity > MAPPED_ABOVE
    }

    /// Size in bytes.
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// Address of the first byte, a multiple of [`ALIGNMENT`].
    pub fn as_ptr(&self) -> *mut u8 {
        self.data.as_ptr()
    }

    /// Overwrites the first `len` bytes.
    ///
    /// # Panics
    /// If there are not so many.
    pub fn fill(&mut self, byte: u8, len: usize) {
        assert!(len <= self.capacity);
        // SAFETY: the block has so many bytes, and `&mut self` keeps others away.
        unsafe { self.data.as_ptr().write_bytes(byte, len) }
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        if self.capacity > MAPPED_ABOVE {
            // SAFETY: mapped in `fresh` with this capacity.
            unsafe { mapping::unmap(self.data, self.capacity) }
        } else if let Some(layout) = layout(self.capacity) {
            // SAFETY: allocated in `fresh` with the same layout.
            unsafe { dealloc(self.data.as_ptr(), layout) }
        }
        budget::release(self.capacity);
    }
}

fn allocate(capacity: usize) -> Option<NonNull<u8>> {
    // SAFETY: the capacity is above zero.
    NonNull::new(unsafe { alloc(layout(capacity)?) })
}

fn layout(capacity: usize) -> Option<Layout> {
    Layout::from_size_align(capacity, ALIGNMENT).ok()
}

#[cfg(target_os = "linux")]
mod mapping {
    //! Zeroed memory in pages of 2 MiB where the kernel has some, else in the usual ones.

    use std::ffi::c_void;
    use std::ptr::{NonNull, null_mut};

    use rustix::mm::{Advice, MapFlags, ProtFlags, madvise, mmap_anonymous, munmap};

    const HUGE_PAGE: usize = 2 << 20;

    pub fn map(capacity: usize) -> Option<NonNull<u8>> {
        let reserved = capacity.checked_add(HUGE_PAGE)?;
        let (access, flags) = (ProtFlags::READ | ProtFlags::WRITE, MapFlags::PRIVATE);
        // SAFETY: a mapping at an address that the kernel chooses touches nobody's memory.
        let start = unsafe { mmap_anonymous(null_mut(), reserved, access, flags) }.ok()?.cast::<u8>();
        let before = start.align_offset(HUGE_PAGE);
        let data = start.wrapping_add(before);
        let behind = data.wrapping_add(capacity);
        // SAFETY: parts of the mapping that was just made, before and behind the block, which nobody knows of.
        unsafe {
            give_back(start, before);
            give_back(behind, HUGE_PAGE - before);
        }
        // SAFETY: advice for pages of our own. A kernel without huge pages refuses, and nothing is lost.
        let _ = unsafe { madvise(data.cast::<c_void>(), capacity, Advice::LinuxHugepage) };
        NonNull::new(data)
    }

    /// # Safety
    /// `map` gave this address for this capacity, and nobody uses it any more.
    pub unsafe fn unmap(data: NonNull<u8>, capacity: usize) {
        // SAFETY: the caller's promise.
        unsafe { give_back(data.as_ptr(), capacity) }
    }

    /// # Safety
    /// `len` bytes of mapped memory that nobody uses.
    unsafe fn give_back(at: *mut u8, len: usize) {
        if len > 0 {
            // SAFETY: the caller's promise. If the kernel cannot split a mapping, it stays: memory is lost, nothing else.
            let _ = unsafe { munmap(at.cast::<c_void>(), len) };
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod mapping {
    //! Zeroed memory from the allocator.

    use std::alloc::{alloc_zeroed, dealloc};
    use std::ptr::NonNull;

    use super::layout;

    pub fn map(capacity: usize) -> Option<NonNull<u8>> {
        // SAFETY: the capacity is above zero.
        NonNull::new(unsafe { alloc_zeroed(layout(capacity)?) })
    }

    /// # Safety
    /// `map` gave this address for this capacity, and nobody uses it any more.
    pub unsafe fn unmap(data: NonNull<u8>, capacity: usize) {
        if let Some(layout) = layout(capacity) {
            // SAFETY: allocated in `map` with the same layout.
            unsafe { dealloc(data.as_ptr(), layout) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_blocks_begin_at_huge_pages_and_hold_zeros() {
        for capacity in [MAPPED_ABOVE + GRANULE, 8 << 20, (8 << 20) + GRANULE] {
            let block = Block::fresh(capacity).unwrap();
            assert!(Block::is_zeroed(capacity));
            assert_eq!((block.as_ptr() as usize % ALIGNMENT, block.capacity()), (0, capacity));
            if cfg!(target_os = "linux") {
                assert_eq!(block.as_ptr() as usize % (2 << 20), 0);
            }
            // SAFETY: the block holds so many zeroed bytes.
            let bytes = unsafe { std::slice::from_raw_parts(block.as_ptr(), capacity) };
            assert!(bytes.iter().all(|byte| *byte == 0));
        }
    }

    #[test]
    fn small_blocks_are_aligned() {
        for capacity in [64, 128, 4096, MAPPED_ABOVE] {
            let mut block = Block::fresh(capacity).unwrap();
            block.fill(0xff, capacity);
            assert_eq!((block.as_ptr() as usize % ALIGNMENT, block.capacity()), (0, capacity));
            assert!(!Block::is_zeroed(capacity));
        }
    }

    #[test]
    fn absurd_sizes_are_refused() {
        assert!(Block::fresh(1 << 60).is_none());
        assert!(Block::fresh(usize::MAX / GRANULE * GRANULE).is_none());
    }
}
