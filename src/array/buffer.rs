//! Raw memory of arrays: 64-byte aligned, shared by views and with worker threads, counted against the budget.

#![allow(unsafe_code)]

use std::alloc::{Layout, alloc, alloc_zeroed, dealloc};
use std::ptr::NonNull;

use super::budget;

/// Alignment of every buffer in bytes: one cache line, one AVX-512 register.
pub const ALIGNMENT: usize = 64;

/// What is asked of the allocator: up to here it zeroes by `calloc`, which leaves fresh pages untouched; above it
/// would write every byte.
const ALLOCATOR_ALIGNMENT: usize = 16;

/// A block of bytes. Its address never changes, and views share it through `Arc<Buffer>`.
#[derive(Debug)]
pub struct Buffer {
    /// What the allocator gave, `layout(len)` bytes.
    block: NonNull<u8>,
    /// The first aligned byte of the block.
    data: NonNull<u8>,
    len: usize,
}

// SAFETY: a buffer is plain memory. The interpreter is single-threaded and is the only writer between kernels;
// while a kernel runs, the interpreter waits for it, and the kernel's blocks write disjoint ranges.
unsafe impl Send for Buffer {}
// SAFETY: as above.
unsafe impl Sync for Buffer {}

impl Buffer {
    /// A zeroed buffer of `len` bytes; `None` if the memory is not to be had.
    pub fn zeroed(len: usize) -> Option<Buffer> {
        Buffer::allocate(len, alloc_zeroed)
    }

    /// A buffer of `len` bytes that hold nothing yet; `None` if the memory is not to be had.
    ///
    /// # Safety
    /// No byte is read before it is written.
    pub unsafe fn unwritten(len: usize) -> Option<Buffer> {
        Buffer::allocate(len, alloc)
    }

    /// `allocator`: `alloc` or `alloc_zeroed`.
    fn allocate(len: usize, allocator: unsafe fn(Layout) -> *mut u8) -> Option<Buffer> {
        let layout = Buffer::layout(len)?;
        if !budget::reserve(len) {
            return None;
        }
        // SAFETY: `layout` has a size above zero.
        let Some(block) = NonNull::new(unsafe { allocator(layout) }) else {
            budget::release(len);
            return None;
        };
        let padding = block.as_ptr().align_offset(ALIGNMENT);
        // SAFETY: the layout holds `len` bytes behind the longest padding.
        let data = unsafe { block.add(padding) };
        Some(Buffer { block, data, len })
    }

    fn layout(len: usize) -> Option<Layout> {
        Layout::from_size_align(len.checked_add(ALIGNMENT)?, ALLOCATOR_ALIGNMENT).ok()
    }

    /// Size in bytes.
    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Address of the first byte; valid for `len` bytes while the buffer lives.
    pub fn as_ptr(&self) -> *mut u8 {
        self.data.as_ptr()
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        let layout = Buffer::layout(self.len).expect("it was allocated with this layout");
        // SAFETY: allocated in `allocate` with the same layout.
        unsafe { dealloc(self.block.as_ptr(), layout) }
        budget::release(self.len);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffers_are_aligned_and_zeroed() {
        for len in [0, 1, 63, 64, 65, 4096, 1 << 20] {
            let buffer = Buffer::zeroed(len).unwrap();
            assert_eq!((buffer.as_ptr() as usize % ALIGNMENT, buffer.len()), (0, len));
            // SAFETY: the buffer holds `len` zeroed bytes.
            let bytes = unsafe { std::slice::from_raw_parts(buffer.as_ptr(), len) };
            assert!(bytes.iter().all(|byte| *byte == 0));
        }
        assert!(Buffer::zeroed(usize::MAX).is_none());
    }
}
