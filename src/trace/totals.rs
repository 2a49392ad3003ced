//! Exact counts of a whole run, by instruction and by loop.

use std::collections::BTreeMap;

use serde::Serialize;

use super::code::{ChunkId, Listing, LoopId};
use super::tally::Tally;

/// What a run cost.
#[derive(Clone, Debug, Default)]
pub struct Totals {
    /// Instructions that ran.
    pub steps: u64,
    /// By function, then by word of its code.
    pub sites: Vec<Vec<SiteTotals>>,
    /// By loop of the listing.
    pub loops: Vec<LoopTotals>,
}

/// What one instruction cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SiteTotals {
    /// How often it ran.
    pub executed: u64,
    pub tally: Tally,
    /// The part of it that tests cost which ended their loop.
    pub ending: Tally,
}

/// What a loop cost, with all inner loops and calls that it made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LoopTotals {
    /// How often it was entered.
    pub entries: u64,
    pub iterations: u64,
    /// Events of iterations: from one test that is passed up to the next test.
    pub in_iterations: Tally,
    /// Events of the tests that ended the loop.
    pub outside: Tally,
    /// Events of the cheapest and of the most expensive iteration.
    pub least: u64,
    pub most: u64,
}

/// What a line cost in one innermost loop, or outside of loops; calls that it makes are counted where their code stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineTotals {
    pub chunk: ChunkId,
    pub innermost: Option<LoopId>,
    /// From 1.
    pub line: u32,
    pub tally: Tally,
    /// The part of it that tests cost which ended the loop: what belongs to no iteration.
    pub ending: Tally,
}

impl LoopTotals {
    pub fn add_iteration(&mut self, cost: &Tally) {
        let total = cost.total();
        self.least = if self.in_iterations.is_zero() { total } else { self.least.min(total) };
        self.most = self.most.max(total);
        self.in_iterations += *cost;
    }
}

impl Totals {
    pub fn new(listing: &Listing) -> Totals {
        let sites = listing.chunks.iter().map(|chunk| vec![SiteTotals::default(); chunk.code.len()]);
        Totals { steps: 0, sites: sites.collect(), loops: vec![LoopTotals::default(); listing.loops.len()] }
    }

    /// All events.
    pub fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        self.sites.iter().flatten().for_each(|site| tally += site.tally);
        tally
    }

    /// The lines that ran, by function, loop and line.
    pub fn lines(&self, listing: &Listing) -> Vec<LineTotals> {
        let mut lines: BTreeMap<(u32, Option<LoopId>, u32), (Tally, Tally)> = BTreeMap::new();
        for (chunk, sites) in self.sites.iter().enumerate() {
            for (instruction, site) in listing.chunks[chunk].code.iter().zip(sites) {
                if site.executed > 0 {
                    let key = (chunk as u32, instruction.innermost, instruction.start.0);
                    let (tally, ending) = lines.entry(key).or_default();
                    *tally += site.tally;
                    *ending += site.ending;
                }
            }
        }
        let lines = lines.into_iter().map(|((chunk, innermost, line), (tally, ending))| LineTotals {
            chunk: ChunkId(chunk),
            innermost,
            line,
            tally,
            ending,
        });
        lines.collect()
    }
}
