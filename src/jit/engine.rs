//! Computes pending expressions: lowers, compiles, caches and runs.

use super::stats::Stats;
use super::switches::Switches;
use crate::array::{Array, ArrayError, Result};
use crate::kernel::Expr;
use crate::kernel::eval;
use crate::kernel::lower::{Options, lower};
use crate::kernel::shape::display;

/// Computes expressions under fixed switches.
pub struct Engine {
    switches: Switches,
    stats: Stats,
}

impl Engine {
    /// # Errors
    /// In words, if the machine cannot run kernels.
    pub fn new(switches: Switches) -> std::result::Result<Engine, String> {
        Ok(Engine { switches, stats: Stats::default() })
    }

    /// An engine that runs every kernel on the reference evaluator.
    pub fn reference(switches: Switches) -> Engine {
        Engine { switches, stats: Stats::default() }
    }

    /// The switches as they hold (FMA is off where the CPU lacks it).
    pub fn switches(&self) -> Switches {
        self.switches
    }

    /// The elements of `expr`, in a new array unless `expr` is one already; 0-d for a full reduction.
    ///
    /// # Errors
    /// `MemoryError`, `KeyboardInterrupt`.
    pub fn evaluate(&mut self, expr: &Expr) -> Result<Array> {
        if let Some(array) = expr.as_leaf() {
            return Ok(array.clone());
        }
        let options = Options { fma: self.switches.fma, fuse: self.switches.fuse };
        let task = lower(expr, options, &mut |inner| self.evaluate(inner))?;
        self.stats.runs += 1;
        eval::evaluate(&task)
    }

    /// Writes the elements of `expr` into `out`, broadcast and cast.
    ///
    /// # Errors
    /// `ValueError` if `expr` does not broadcast to the shape of `out`.
    pub fn evaluate_into(&mut self, expr: &Expr, out: &Array) -> Result<()> {
        let result = self.evaluate(expr)?;
        if result.shape() != out.shape() {
            return Err(ArrayError::value(format!(
                "non-broadcastable output operand with shape {} doesn't match the broadcast shape {}",
                display(out.shape()),
                display(result.shape())
            )));
        }
        for index in 0..out.size() {
            out.set(index, result.get(index));
        }
        Ok(())
    }

    pub fn stats(&self) -> &Stats {
        &self.stats
    }

    pub fn reset_stats(&mut self) {
        self.stats = Stats::default();
    }
}
