//! How long one thing takes when the next has to wait for it: a load, an FMA, a branch that was guessed wrongly; and
//! the clock that they are counted in.

use std::fmt;
use std::io;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::caches::{Cache, Place, WARMING, beyond, working_set};
use super::micro::{Counted, Memory, Micro, Ring, whole_rounds};
use super::random::Random;
use super::trial::{Figure, Trial, Unit};

/// Rounds of a chain, and steps of a walk, that one repetition makes.
const ROUNDS: u64 = 1000;
/// Branches in a row: more than any predictor learns by heart.
const BRANCHES: usize = 1 << 20;
/// The share of random branches that is guessed wrongly.
const WRONG: f64 = 0.5;

pub const CLOCK: &str = "a chain of dependent integer additions, taken to be one cycle each; what is given in cycles \
                         is time by the best of this clock";
pub const LOADS: &str = "a walk through lines in random order, each of which holds the address of the next; as many \
                         as one thread's bandwidth is measured with";
pub const FMA: &str = "a chain of dependent scalar f64 multiply-adds";
pub const MISPREDICTION: &str = "a loop over 1,048,576 random bytes, 0 or 1, with a branch on each, against the same \
                                 bytes sorted; half of the random branches are taken to be guessed wrongly";

/// Latencies in nanoseconds; none where they cannot be measured.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Latencies {
    pub loads: Vec<Load>,
    /// From an FMA to the next that needs its result.
    pub fma: Option<Figure>,
    pub branches: Option<Branches>,
}

/// A load whose address came from the load before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Load {
    pub place: Place,
    /// Bytes that were walked over.
    pub working_set: u64,
    pub ns: Figure,
}

/// A loop with one branch on data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Branches {
    /// Nanoseconds of an iteration whose branch is as the one before.
    pub sorted: Figure,
    /// Nanoseconds of an iteration whose branch goes either way.
    pub random: Figure,
    /// Nanoseconds that a wrong guess costs.
    pub misprediction: Figure,
}

/// What is timed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waited {
    /// Gives GHz, not a latency.
    Clock,
    Load {
        place: Place,
        working_set: u64,
    },
    Fma,
    BranchesSorted,
    BranchesRandom,
}

/// The clock, loads from each level, an FMA, branches: by one thread.
///
/// # Errors
/// If the system has no memory for it.
pub fn trials(micro: &Micro, caches: &[Cache]) -> io::Result<Vec<Trial<'static, Waited>>> {
    let mut trials = Vec::new();
    if let Some(chain) = micro.add_chain {
        trials.push(chained(Waited::Clock, chain, Unit::PerNanosecond));
    }
    if let Some(chain) = micro.fma_chain {
        trials.push(chained(Waited::Fma, chain, Unit::Nanoseconds));
    }
    for (at, cache) in caches.iter().enumerate() {
        if let (Some(place), Some(bytes)) = (cache.place(), working_set(caches, at, 1)) {
            trials.push(loads(micro, place, bytes)?);
        }
    }
    trials.push(loads(micro, Place::Memory, beyond(caches, 1))?);
    if let Some(run) = micro.branches {
        let mut random = Random::new();
        let bytes: Vec<u8> = (0..BRANCHES).map(|_| random.below(2) as u8).collect();
        let mut sorted = bytes.clone();
        sorted.sort_unstable();
        trials.push(branches(Waited::BranchesSorted, run, sorted));
        trials.push(branches(Waited::BranchesRandom, run, bytes));
    }
    Ok(trials)
}

/// A loop of so many cycles of the clock, for whoever counts in them; none where there is none.
pub fn cycles() -> Option<(impl Fn(), u64)> {
    let chain = Micro::here().add_chain?;
    Some((move || (chain.run)(ROUNDS), chain.work * ROUNDS))
}

fn chained(subject: Waited, chain: Counted, unit: fn(f64) -> Unit) -> Trial<'static, Waited> {
    Trial {
        subject,
        unit: unit((chain.work * ROUNDS) as f64),
        run: Box::new(move |repeats| {
            (chain.run)(ROUNDS);
            let start = Instant::now();
            (chain.run)(ROUNDS * repeats);
            start.elapsed()
        }),
    }
}

fn loads(micro: &Micro, place: Place, working_set: u64) -> io::Result<Trial<'static, Waited>> {
    let read = micro.transfer.read;
    let memory = Memory::new(working_set)?;
    let working_set = size_of_val(&*memory) as u64;
    let mut ring = Ring::new(memory);
    let steps = whole_rounds(ROUNDS);
    Ok(Trial {
        subject: Waited::Load { place, working_set },
        unit: Unit::Nanoseconds(steps as f64),
        run: Box::new(move |repeats| {
            if place != Place::Memory {
                read(ring.memory().as_chunks().0, WARMING);
            }
            let start = Instant::now();
            ring.walk(steps * repeats);
            start.elapsed()
        }),
    })
}

fn branches(subject: Waited, run: fn(&[u8]), bytes: Vec<u8>) -> Trial<'static, Waited> {
    Trial {
        subject,
        unit: Unit::Nanoseconds(bytes.len() as f64),
        run: Box::new(move |repeats| {
            let start = Instant::now();
            (0..repeats).for_each(|_| run(&bytes));
            start.elapsed()
        }),
    }
}

impl Branches {
    /// None if the random branches were no slower: then there is nothing to guess.
    pub fn new(sorted: Figure, random: Figure) -> Option<Branches> {
        let cost = |sorted: f64, random: f64| (random - sorted) / WRONG;
        let misprediction = Figure::new(cost(sorted.best, random.best), cost(sorted.median, random.median))?;
        Some(Branches { sorted, random, misprediction })
    }
}

impl fmt::Display for Waited {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Waited::Clock => f.write_str("clock"),
            Waited::Load { place, .. } => write!(f, "latency of {place}"),
            Waited::Fma => f.write_str("latency of an FMA"),
            Waited::BranchesSorted => f.write_str("branches, sorted"),
            Waited::BranchesRandom => f.write_str("branches, random"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_the_random_branches_pay() {
        let figure = |best, median| Figure { best, median };
        let branches = Branches::new(figure(1.0, 1.5), figure(4.0, 5.0)).unwrap();
        assert_eq!(branches.misprediction, figure(6.0, 7.0));
        assert_eq!(Branches::new(figure(4.0, 4.0), figure(4.0, 5.0)), None);
    }
}
