//! Loops of a few instructions each, which the measurements time. On x86-64 they are written as instructions, so that
//! no compiler, of whatever build, makes something else of them; elsewhere as plain Rust, as far as that can be trusted.

mod memory;
mod ring;

#[cfg(any(test, not(target_arch = "x86_64")))]
mod portable;
#[cfg(target_arch = "x86_64")]
mod x86_64;

pub use self::memory::{Block, Memory};
pub use self::ring::{Ring, whole_rounds};

#[cfg(not(target_arch = "x86_64"))]
use self::portable as native;
#[cfg(target_arch = "x86_64")]
use self::x86_64 as native;
use super::isa::{Precision, Width};

/// What this machine can run; what is none cannot be measured here.
pub struct Micro {
    /// Integer additions, each of which needs the one before: one clock cycle each.
    pub add_chain: Option<Counted>,
    /// Fused multiply-adds in f64, each of which needs the one before.
    pub fma_chain: Option<Counted>,
    /// Fused multiply-adds in chains enough that none waits for another; counts FLOP, two for each.
    pub fma: Vec<(Width, Precision, Counted)>,
    pub transfer: Transfer,
    /// A loop with a branch that is taken where the byte is zero.
    pub branches: Option<fn(&[u8])>,
}

/// A loop that goes round as often as asked, and what it does each time.
#[derive(Clone, Copy)]
pub struct Counted {
    pub run: fn(u64),
    pub work: u64,
}

/// Loops over memory, all of the same width.
#[derive(Clone, Copy)]
pub struct Transfer {
    /// In words, what loads and stores.
    pub by: &'static str,
    /// Reads all blocks, so many times.
    pub read: fn(&[Block], u64),
    pub write: fn(&mut [Block]),
    /// Copies as many blocks as both have.
    pub copy: fn(&[Block], &mut [Block]),
    /// The same with stores that pass the caches by.
    pub stream: Option<Stream>,
}

#[derive(Clone, Copy)]
pub struct Stream {
    pub write: fn(&mut [Block]),
    pub copy: fn(&[Block], &mut [Block]),
}

impl Micro {
    /// For the machine that runs this program.
    pub fn here() -> Micro {
        native::micro()
    }
}

#[cfg(test)]
mod tests;
