//! Raw memory of arrays: 64-byte aligned, zeroed, shared by views and with worker threads.

use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::ptr::NonNull;

use super::budget;

/// Alignment of every buffer in bytes: one cache line, one AVX-512 register.
pub const ALIGNMENT: usize = 64;

/// A block of bytes. Its address never changes, and views share it through `Arc<Buffer>`.
#[derive(Debug)]
pub struct Buffer {
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
        let layout = Buffer::layout(len)?;
        if !budget::reserve(len) {
            return None;
        }
        // SAFETY: `layout` has a size above zero.
        match NonNull::new(unsafe { alloc_zeroed(layout) }) {
            Some(data) => Some(Buffer { data, len }),
            None => {
                budget::release(len);
                None
            }
        }
    }

    fn layout(len: usize) -> Option<Layout> {
        Layout::from_size_align(len.max(1), ALIGNMENT).ok()
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
        // SAFETY: allocated in `zeroed` with the same layout.
        unsafe { dealloc(self.data.as_ptr(), layout) }
        budget::release(self.len);
    }
}
