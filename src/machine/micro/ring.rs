//! Lines of memory in an order that no prefetcher guesses, each with the address of the next.

#![allow(unsafe_code)]

use super::{Memory, native};
use crate::machine::random::Random;

/// A cycle through all lines of a piece of memory.
pub struct Ring {
    /// Never written again, nor moved: the addresses lead here.
    lines: Memory,
    at: *const u64,
}

impl Ring {
    /// Shuffles so that there is one cycle (Sattolo, *An algorithm to generate a random cyclic permutation*, 1986).
    pub fn new(mut lines: Memory) -> Ring {
        for (at, line) in lines.iter_mut().enumerate() {
            line.0[0] = at as u64;
        }
        let mut random = Random::new();
        for last in (1..lines.len()).rev() {
            let other = random.below(last as u64) as usize;
            let swapped = lines[last].0[0];
            lines[last].0[0] = lines[other].0[0];
            lines[other].0[0] = swapped;
        }
        let first = lines.as_mut_ptr().expose_provenance();
        for line in lines.iter_mut() {
            line.0[0] = (first + line.0[0] as usize * size_of_val(line)) as u64;
        }
        let at = lines[0].0.as_ptr();
        Ring { lines, at }
    }

    pub fn memory(&self) -> &Memory {
        &self.lines
    }

    /// Goes on from where the last walk ended, by `steps`, rounded up to [`whole_rounds`].
    pub fn walk(&mut self, steps: u64) {
        // SAFETY: `at` lies in `lines`, which are alive; `new` wrote the address of one of them into each.
        self.at = unsafe { native::walk(self.at, steps.div_ceil(native::STEPS)) };
    }
}

/// Steps of at least `steps` that a walk really makes.
pub fn whole_rounds(steps: u64) -> u64 {
    steps.next_multiple_of(native::STEPS)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::machine::micro::portable;

    #[test]
    fn it_leads_through_every_line() {
        let ring = Ring::new(Memory::new(4096).unwrap());
        let place = |at: u64| (at - ring.lines.as_ptr() as u64) as usize / size_of_val(&ring.lines[0]);
        let next = |at: &usize| Some(place(ring.lines[*at].0[0]));
        let way: Vec<usize> = std::iter::successors(Some(0), next).take(ring.lines.len() + 1).collect();
        assert_eq!(way.iter().collect::<BTreeSet<_>>().len(), ring.lines.len());
        assert_eq!(way.last(), Some(&0));
    }

    #[test]
    fn both_ways_of_walking_arrive_at_the_same_place() {
        for steps in [0, 1, 16, 17, 1000] {
            let mut ring = Ring::new(Memory::new(4096).unwrap());
            let start = ring.at;
            ring.walk(steps);
            // SAFETY: the ring lives, and every line of it leads to another.
            let other = unsafe { portable::walk(start, whole_rounds(steps) / portable::STEPS) };
            assert_eq!(ring.at, other, "{steps}");
        }
    }
}
