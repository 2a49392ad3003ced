//! From the times of all copies to the parts of the loop's own time.

use super::plan::{Copy, Plan, Unit};
use crate::bytecode::overhead::Overhead;

/// Time in one round: each part's, and what they leave of the loop's own.
pub struct Solved {
    pub total: f64,
    /// By [`Overhead::ALL`].
    pub parts: Vec<Option<f64>>,
    pub remainder: f64,
}

/// `bare` is the time of the loop as it is, `times` that of each copy of the plan; results are in the same unit.
pub fn solve(plan: &Plan, bare: f64, times: &[f64]) -> Solved {
    let time =
        |wanted: Unit| plan.copies.iter().position(|copy| copy.unit == wanted).map(|at| (&plan.copies[at], times[at]));
    let nothing = time(Unit::Dispatch).map_or(bare, |(_, time)| time);
    let per = |time: f64, count: u64| if count == 0 { 0.0 } else { time / count as f64 };
    let dereference = time(Unit::Dereference).map_or(0.0, |(copy, time)| per(time - nothing, copy.repeats));
    let of_one = |copy: &Copy, time: f64| match copy.unit {
        Unit::Dispatch => per(nothing - bare, copy.repeats),
        Unit::Dereference => dereference,
        Unit::BoundsCheck
        | Unit::TypeCheck
        | Unit::Load
        | Unit::Store
        | Unit::Box
        | Unit::Reference
        | Unit::Arithmetic
        | Unit::LoopCounter
        | Unit::Branch => per(time - nothing - copy.dereferences as f64 * dereference, copy.repeats),
        Unit::Other => 0.0,
    };
    let unit = |wanted: Unit| time(wanted).map(|(copy, time)| of_one(copy, time));
    let mut parts = vec![None; Overhead::ALL.len()];
    for copy in &plan.copies {
        let part = match copy.unit {
            // An instruction that is repeated stands where one did nothing, and pays for more than what is sought.
            Unit::Other => time(Unit::Other).map(|(copy, time)| {
                let known = |of: &Unit| unit(*of).unwrap_or(0.0) * of.count(&copy.whole) as f64;
                let rest = Unit::ALL.iter().filter(|of| !matches!(of, Unit::Dispatch | Unit::Other));
                time - nothing - rest.map(known).sum::<f64>()
            }),
            of => unit(of).map(|one| one * of.count(&plan.tally) as f64),
        };
        let sum: &mut Option<f64> = &mut parts[copy.unit.overhead() as usize];
        if let Some(part) = part {
            *sum = Some(sum.unwrap_or(0.0) + part);
        }
    }
    let remainder = bare - parts.iter().flatten().sum::<f64>();
    Solved { total: bare, parts, remainder }
}
