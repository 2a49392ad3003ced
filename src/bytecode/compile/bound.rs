//! Which local variables are certainly bound at the point that the compiler has reached.
//!
//! Variables that are unbound somewhere are left out: they are checked wherever they are read. Nothing unbinds the
//! others, so that a loop's head knows what was known before the loop, whatever its body does:
//! one pass in the order of execution is exact.

#[derive(Clone, Debug)]
pub struct Bound {
    /// Whether this point can be reached at all; where it cannot, everything may be taken as bound.
    pub reachable: bool,
    words: Vec<u64>,
}

impl Bound {
    /// At a function's start: its parameters are bound.
    pub fn at_start(parameters: usize, locals: usize) -> Bound {
        let mut bound = Bound { reachable: true, words: vec![0; locals.div_ceil(64)] };
        (0..parameters).for_each(|local| bound.insert(local));
        bound
    }

    pub fn contains(&self, local: usize) -> bool {
        !self.reachable || self.words[local / 64] >> (local % 64) & 1 != 0
    }

    pub fn insert(&mut self, local: usize) {
        self.words[local / 64] |= 1 << (local % 64);
    }

    pub fn remove(&mut self, local: usize) {
        self.words[local / 64] &= !(1 << (local % 64));
    }

    pub fn unreachable(&self) -> Bound {
        Bound { reachable: false, words: self.words.clone() }
    }

    /// Where two ways meet: bound is what is bound on both.
    pub fn join(&mut self, other: &Bound) {
        if !other.reachable {
            return;
        }
        if !self.reachable {
            self.clone_from(other);
            return;
        }
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word &= other);
    }
}
