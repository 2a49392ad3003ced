//! A ladder as data: what every form of it shows.

use serde::Serialize;

use super::claims::Verdict;
use super::interval::{Factor, Interval};
use super::limit::Limit;
use super::rungs::Order;
use crate::cli::figures::grouped;
use crate::cli::rig::answers::Answer;
use crate::cli::rig::missing::Missing;
use crate::cli::rig::work::Work;

/// One loop at one size.
#[derive(Clone, Debug, Serialize)]
pub struct Ladder {
    pub script: String,
    /// `<module>` outside of functions.
    pub function: String,
    /// Lines of the statement that is timed, and of the loop in it whose iterations are counted.
    pub line: usize,
    pub hot_line: usize,
    /// Iterations in one run of the script, and how often the statement was begun.
    pub iterations: u64,
    pub entered: u64,
    /// The name and value that `--sizes` sets.
    pub size: Option<(String, u64)>,
    /// The CPU's own name, its threads, and its clock as measured.
    pub cpu: String,
    pub threads: usize,
    pub clock_ghz: Option<f64>,
    pub rungs: Vec<Row>,
    pub limit: Option<Limit>,
    pub work: Option<Work>,
    pub claims: Vec<Judged>,
    /// Set if it is not the usual one: how much each step bought there, and in this order.
    pub order: Option<Reordered>,
    pub notes: Vec<String>,
}

/// One rung.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    pub key: String,
    pub name: String,
    pub gone: String,
    /// How `toy run` runs the loop so.
    pub command: String,
    #[serde(flatten)]
    pub outcome: Outcome,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Measured(Box<Measured>),
    Missing(Missing),
}

#[derive(Clone, Debug, Serialize)]
pub struct Measured {
    pub ns_per_iteration: Interval,
    /// The same without entering machine code, where types are looked at and lists copied.
    pub ns_inside: Interval,
    /// Times as fast as the last rung before that was measured, and as the first.
    pub to_before: Option<Factor>,
    pub to_first: Option<Factor>,
    pub cycles_per_iteration: Option<f64>,
    pub gb_per_s: Option<f64>,
    pub gflop_per_s: Option<f64>,
    pub answer: Answer,
    /// Which part of the iterations ran so, and why not all did.
    pub covered: f64,
    pub uncovered: Option<Missing>,
    pub compile_ms: f64,
}

/// A claim of the text beside the measurement.
#[derive(Clone, Debug, Serialize)]
pub struct Judged {
    pub about: String,
    pub section: u8,
    pub says: String,
    pub range: (f64, f64),
    /// Names of the rungs between which it was measured; none if one of them is missing.
    pub between: Option<(String, String)>,
    pub factor: Option<Factor>,
    pub verdict: Option<Verdict>,
}

/// What another order changed.
#[derive(Clone, Debug, Serialize)]
pub struct Reordered {
    pub order: Order,
    pub steps: Vec<Step>,
}

/// A step: how many times as fast it made the loop.
#[derive(Clone, Debug, Serialize)]
pub struct Step {
    pub name: String,
    pub usually: Option<f64>,
    pub here: Option<f64>,
}

impl Measured {
    /// Nanoseconds for an iteration that were spent on entering machine code, if that is worth naming.
    pub fn entering(&self) -> Option<f64> {
        let entering = self.ns_per_iteration.median - self.ns_inside.median;
        (entering > self.ns_per_iteration.median * 0.01).then_some(entering)
    }
}

impl Row {
    pub fn measured(&self) -> Option<&Measured> {
        match &self.outcome {
            Outcome::Measured(measured) => Some(measured),
            Outcome::Missing(_) => None,
        }
    }
}

impl Ladder {
    /// What it is about, in a line.
    pub fn title(&self) -> String {
        let place = match &*self.function {
            "<module>" => String::new(),
            function => format!(" in {function}()"),
        };
        let size = self.size.as_ref().map_or(String::new(), |(name, value)| format!(", {name} = {value}"));
        let inner = match self.hot_line == self.line {
            true => String::new(),
            false => format!("; iterations are those of line {}", self.hot_line),
        };
        format!(
            "{}: the loop at line {}{place}{size}: {} iterations{inner}",
            self.script,
            self.line,
            grouped(self.iterations)
        )
    }

    /// The machine, in a line.
    pub fn machine(&self) -> String {
        let clock = self.clock_ghz.map_or(String::new(), |ghz| format!(", {ghz:.2} GHz when measured"));
        let cpu = if self.cpu.is_empty() { "an unnamed CPU" } else { &self.cpu };
        format!("{cpu}, {} thread{}{clock}", self.threads, if self.threads == 1 { "" } else { "s" })
    }
}
