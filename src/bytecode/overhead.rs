//! The eight things that one iteration of an interpreted loop pays for, and how often.

use std::fmt;
use std::ops::{Add, AddAssign, Index, IndexMut};

macro_rules! overheads {
    ($($name:ident $text:literal $meaning:literal,)*) => {
        /// What an interpreted loop pays for, in the order and spelling used everywhere.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Overhead { $(#[doc = $meaning] $name,)* }

        impl Overhead {
            pub const ALL: [Overhead; [$($text),*].len()] = [$(Overhead::$name),*];

            pub const fn name(self) -> &'static str {
                match self { $(Overhead::$name => $text,)* }
            }

            pub const fn meaning(self) -> &'static str {
                match self { $(Overhead::$name => $meaning,)* }
            }
        }
    };
}

overheads! {
    Dispatch      "dispatch"      "fetch, decode and jump to the handler of a bytecode",
    BoundsCheck   "bounds check"  "an index compared with a length",
    Dereference   "dereference"   "a pointer followed to a boxed object",
    TypeCheck     "type check"    "a dynamic type tag tested",
    MemoryAccess  "memory access" "the load or store of a payload, the allocation or release of a box, its reference count",
    Arithmetic    "arithmetic"    "the operation that the program asked for",
    LoopCounter   "loop counter"  "the induction variable advanced",
    Branch        "branch"        "the jump back to the start of the loop, or out of it",
    Other         "other"         "what none of the eight covers: name lookup, call frames, generic routines",
}

impl fmt::Display for Overhead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How often each overhead was paid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts([u32; Overhead::ALL.len()]);

impl Counts {
    pub const ZERO: Counts = Counts([0; Overhead::ALL.len()]);

    /// A table row's counts, for use in constants.
    pub const fn declared(pairs: &[(Overhead, u32)]) -> Counts {
        let mut counts = Counts::ZERO;
        let mut at = 0;
        while at < pairs.len() {
            counts.0[pairs[at].0 as usize] += pairs[at].1;
            at += 1;
        }
        counts
    }

    /// The overheads that occur, with their counts.
    pub fn iter(&self) -> impl Iterator<Item = (Overhead, u32)> + '_ {
        Overhead::ALL.into_iter().map(|overhead| (overhead, self[overhead])).filter(|(_, count)| *count > 0)
    }

    pub fn total(&self) -> u32 {
        self.0.iter().sum()
    }
}

impl Index<Overhead> for Counts {
    type Output = u32;
    fn index(&self, overhead: Overhead) -> &u32 {
        &self.0[overhead as usize]
    }
}

impl IndexMut<Overhead> for Counts {
    fn index_mut(&mut self, overhead: Overhead) -> &mut u32 {
        &mut self.0[overhead as usize]
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Counts) {
        for (count, more) in self.0.iter_mut().zip(other.0) {
            *count += more;
        }
    }
}

impl Add for Counts {
    type Output = Counts;
    fn add(mut self, other: Counts) -> Counts {
        self += other;
        self
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for (overhead, count) in self.iter() {
            write!(f, "{separator}{count} {overhead}")?;
            separator = ", ";
        }
        Ok(())
    }
}
