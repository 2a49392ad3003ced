//! Memory to be measured: whole pages of the operating system, in huge ones where it has them.

#![allow(unsafe_code)]

use std::io;
use std::ops::{Deref, DerefMut};
use std::ptr::{self, NonNull};

use rustix::mm::{MapFlags, ProtFlags, mmap_anonymous, munmap};

use crate::array::budget;

/// What all caches of today move at once.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
pub struct Line(pub [u64; 8]);

/// What one step of a loop over memory moves.
pub type Block = [Line; 8];

/// Where a huge page may begin.
const ALIGNMENT: usize = 2 << 20;

/// Lines that were zero at first. Pages come when they are first written.
pub struct Memory {
    map: NonNull<u8>,
    mapped: usize,
    lines: NonNull<Line>,
    count: usize,
}

impl Memory {
    /// At least `bytes`, in whole blocks, and one block at least.
    ///
    /// # Errors
    /// If there is not so much, or what the system says.
    pub fn new(bytes: u64) -> io::Result<Memory> {
        let blocks = usize::try_from(bytes).unwrap_or(usize::MAX).div_ceil(size_of::<Block>()).max(1);
        let bytes = blocks.checked_mul(size_of::<Block>());
        let mapped = bytes.and_then(|bytes| bytes.checked_add(ALIGNMENT)).filter(|bytes| *bytes <= isize::MAX as usize);
        let (Some(bytes), Some(mapped)) = (bytes, mapped.filter(|bytes| budget::allows(*bytes))) else {
            return Err(io::ErrorKind::OutOfMemory.into());
        };
        // SAFETY: a fresh mapping anywhere touches no memory that is in use.
        let map =
            unsafe { mmap_anonymous(ptr::null_mut(), mapped, ProtFlags::READ | ProtFlags::WRITE, MapFlags::PRIVATE)? };
        let map = NonNull::new(map.cast::<u8>()).ok_or(io::ErrorKind::OutOfMemory)?;
        let skipped = map.align_offset(ALIGNMENT);
        // SAFETY: less than `ALIGNMENT` is skipped, which was mapped beyond `bytes`.
        let lines = unsafe { map.add(skipped) };
        #[cfg(target_os = "linux")]
        // SAFETY: these pages are ours; the advice changes nothing that can be read. A system without huge pages
        // refuses it.
        let _ = unsafe { rustix::mm::madvise(lines.as_ptr().cast(), bytes, rustix::mm::Advice::LinuxHugepage) };
        Ok(Memory { map, mapped, lines: lines.cast(), count: bytes / size_of::<Line>() })
    }

    pub fn blocks_mut(&mut self) -> &mut [Block] {
        self.as_chunks_mut().0
    }
}

impl Deref for Memory {
    type Target = [Line];

    fn deref(&self) -> &[Line] {
        // SAFETY: the mapping holds `count` aligned lines from here on, of zeros or of what was written, and lives as
        // long as `self`.
        unsafe { std::slice::from_raw_parts(self.lines.as_ptr(), self.count) }
    }
}

impl DerefMut for Memory {
    fn deref_mut(&mut self) -> &mut [Line] {
        // SAFETY: as above, and `self` is borrowed by nobody else.
        unsafe { std::slice::from_raw_parts_mut(self.lines.as_ptr(), self.count) }
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        // SAFETY: the mapping is ours, and nothing borrows from it any more. If it stays, nobody is harmed.
        let _ = unsafe { munmap(self.map.as_ptr().cast(), self.mapped) };
    }
}

// SAFETY: it owns its mapping, as a `Vec` owns its allocation.
unsafe impl Send for Memory {}
// SAFETY: shared, it can only be read.
unsafe impl Sync for Memory {}
