//! The ways through an iteration: when a block is reached, and what is known there.

use std::collections::{BTreeSet, HashMap};

use super::NodeId;
use super::scan::Value;
use crate::loops::ir::Slot;

/// Conditions that hold together, with the value that each has; none: always.
pub type When = Vec<(NodeId, bool)>;

/// A way into a block.
#[derive(Clone)]
pub struct Way {
    pub when: When,
    /// The share of all iterations, if each branch went both ways as often: one that adds up to [`ALL`] is reached in
    /// each.
    pub share: u64,
    pub values: HashMap<Slot, Value>,
}

/// All iterations.
pub const ALL: u64 = 1 << 60;

/// When one of the ways is taken, as far as that can be said without `or`: two that differ in their last condition are
/// what they have in common.
pub fn joined(ways: &[Way]) -> Vec<When> {
    if ways.iter().map(|way| way.share).sum::<u64>() == ALL {
        return vec![When::new()];
    }
    let mut all: Vec<When> = ways.iter().map(|way| way.when.clone()).collect();
    loop {
        let pairs = (0..all.len()).flat_map(|a| (a + 1..all.len()).map(move |b| (a, b)));
        let Some((a, b)) = pairs.into_iter().find(|(a, b)| are_complements(&all[*a], &all[*b])) else { return all };
        all.swap_remove(b);
        all[a].pop();
    }
}

fn are_complements(a: &When, b: &When) -> bool {
    match (a.split_last(), b.split_last()) {
        (Some(((x, yes), a)), Some(((y, no), b))) => a == b && x == y && yes != no,
        _ => false,
    }
}

/// How many conditions all ways have in common.
pub fn common(ways: &[Way]) -> usize {
    let first = &ways[0].when;
    let agree = |at: &usize| ways.iter().all(|way| way.when.get(*at) == first.get(*at));
    (0..first.len()).take_while(agree).count()
}

/// Slots that one of the ways has written.
pub fn written(ways: &[Way]) -> BTreeSet<Slot> {
    ways.iter().flat_map(|way| way.values.keys().copied()).collect()
}
