//! Raw memory of arrays: 64-byte aligned, shared by views and with worker threads, kept for the next array when it dies.

#![allow(unsafe_code)]

use std::mem::ManuallyDrop;

use super::block::Block;
use super::pool;

pub use super::block::ALIGNMENT;

/// A block of bytes. Its address never changes, and views share it through `Arc<Buffer>`.
#[derive(Debug)]
pub struct Buffer {
    /// `len` bytes of it or more.
    block: ManuallyDrop<Block>,
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
        Some(Buffer { block: ManuallyDrop::new(pool::take_zeroed(len)?), len })
    }

    /// A buffer of `len` bytes that hold nothing yet; `None` if the memory is not to be had.
    ///
    /// # Safety
    /// No byte is read before it is written.
    pub unsafe fn unwritten(len: usize) -> Option<Buffer> {
        Some(Buffer { block: ManuallyDrop::new(pool::take(len)?), len })
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
        self.block.as_ptr()
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        // SAFETY: taken once, here, and the buffer is gone then.
        pool::give(unsafe { ManuallyDrop::take(&mut self.block) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a buffer holds.
    fn bytes(buffer: &Buffer) -> &[u8] {
        // SAFETY: the tests read buffers whose bytes were written.
        unsafe { std::slice::from_raw_parts(buffer.as_ptr(), buffer.len()) }
    }

    #[test]
    fn buffers_are_aligned_and_zeroed_whatever_memory_they_get() {
        for len in [0, 1, 63, 64, 65, 4096, 1 << 20, (4 << 20) + 1, 9 << 20] {
            for _ in 0..3 {
                let buffer = Buffer::zeroed(len).unwrap();
                assert_eq!((buffer.as_ptr() as usize % ALIGNMENT, buffer.len()), (0, len));
                assert!(bytes(&buffer).iter().all(|byte| *byte == 0));
                // SAFETY: `len` bytes of the buffer. The next one of this size gets the same memory.
                unsafe { buffer.as_ptr().write_bytes(0xff, len) };
            }
        }
        assert!(Buffer::zeroed(usize::MAX).is_none());
        assert!(Buffer::zeroed(1 << 60).is_none());
    }
}
