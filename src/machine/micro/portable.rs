//! The loops for architectures that have none of their own: what the compiler makes of plain Rust. Where it might
//! leave something out or put something else in its place, nothing is measured.

#![allow(unsafe_code)]

use std::hint::black_box;

use super::memory::Line;
use super::{Block, Micro, Transfer};

/// Steps of one round of [`walk`].
pub const STEPS: u64 = 16;

pub fn micro() -> Micro {
    Micro {
        add_chain: None,
        fma_chain: None,
        fma: Vec::new(),
        transfer: Transfer { by: "the compiler's own", read, write, copy, stream: None },
        branches: None,
    }
}

/// Goes from each word to the one whose address it is, [`STEPS`] times a round.
///
/// # Safety
/// Every word on the way can be read, and is the address of another.
pub unsafe fn walk(mut at: *const u64, rounds: u64) -> *const u64 {
    for _ in 0..rounds * STEPS {
        // SAFETY: the caller's promise.
        at = std::ptr::with_exposed_provenance(unsafe { *at } as usize);
    }
    black_box(at)
}

/// Sums up in eight chains.
fn read(blocks: &[Block], passes: u64) {
    for _ in 0..passes {
        let mut sums = [0u64; 8];
        for Line(words) in black_box(blocks).as_flattened() {
            for (sum, word) in sums.iter_mut().zip(words) {
                *sum = sum.wrapping_add(*word);
            }
        }
        black_box(sums);
    }
}

fn write(blocks: &mut [Block]) {
    blocks.as_flattened_mut().fill(Line([black_box(1); 8]));
    black_box(blocks);
}

fn copy(from: &[Block], to: &mut [Block]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = *from;
    }
    black_box(to);
}
