//! What no code can pass on this machine: its memory's bandwidth and its rate of fused multiply-adds, as measured.

use serde::Serialize;

use crate::cli::rig::work::Work;
use crate::machine::{Machine, Place, Precision};

/// The least time that the work of an iteration takes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Limit {
    pub ns_per_iteration: f64,
    /// What sets it.
    pub by: By,
    /// Where the elements fit that the loop touches.
    pub place: Option<Place>,
    pub gb_per_s: Option<f64>,
    pub gflop_per_s: Option<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    Bandwidth,
    Arithmetic,
}

impl Limit {
    /// Each element is moved once, from or to the nearest cache that holds all of them, by all threads; arithmetic is
    /// done at the peak of all threads. None if nothing was moved or computed, or the machine's figures are not known.
    pub fn of(work: &Work, machine: &Machine, precision: Precision) -> Option<Limit> {
        let iterations = work.iterations.max(1) as f64;
        let threads = machine.cpu.usable_threads;
        let place = machine.place_of(work.bytes_touched, threads);
        let gb_per_s = machine.gb_per_s(place, false, threads);
        let gflop_per_s = machine.gflop_per_s(precision, None, threads);
        let time = |amount: u64, rate: Option<f64>| match amount {
            0 => Some(0.0),
            amount => rate.map(|rate| amount as f64 / iterations / rate),
        };
        let moving = time(work.bytes_touched, gb_per_s)?;
        let computing = time(work.operations, gflop_per_s)?;
        let (ns_per_iteration, by) =
            if moving >= computing { (moving, By::Bandwidth) } else { (computing, By::Arithmetic) };
        (ns_per_iteration > 0.0).then_some(Limit { ns_per_iteration, by, place: Some(place), gb_per_s, gflop_per_s })
    }

    pub fn words(&self) -> String {
        match (self.by, self.place, self.gb_per_s, self.gflop_per_s) {
            (By::Bandwidth, Some(place), Some(rate), _) => format!("{place}: {rate:.0} GB/s"),
            (By::Arithmetic, _, _, Some(rate)) => format!("FMA: {rate:.0} GFLOP/s"),
            (By::Bandwidth | By::Arithmetic, ..) => String::new(),
        }
    }
}
