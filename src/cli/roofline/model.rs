//! A roofline as data: what every form of it shows.

use serde::Serialize;

use super::bound::{Amount, Bound, Roof};
use crate::cli::figures::grouped;
use crate::machine::{Figure, Place};

/// A script's kernels and loops below this machine's roofs.
#[derive(Clone, Debug, Serialize)]
pub struct Roofline {
    pub script: String,
    /// The CPU's own name.
    pub cpu: String,
    /// Threads that kernels may use.
    pub threads: usize,
    /// Seconds since the beginning of 1970 when the roofs were measured, and whether that was an earlier run.
    pub measured_at: u64,
    pub was_kept: bool,
    /// How array expressions were compiled and run.
    pub switches: String,
    /// What the machine reaches with one thread, and with all that any point used.
    pub roofs: Vec<Roofs>,
    pub points: Vec<Point>,
    pub left_out: Vec<LeftOut>,
    pub notes: Vec<String>,
}

/// The roofs for a number of threads.
#[derive(Clone, Debug, Serialize)]
pub struct Roofs {
    pub threads: usize,
    pub bandwidths: Vec<Bandwidth>,
    /// From the highest on.
    pub ceilings: Vec<Ceiling>,
}

#[derive(Clone, Copy, Debug, Serialize)]
pub struct Bandwidth {
    pub place: Place,
    pub gb_per_s: f64,
}

#[derive(Clone, Debug, Serialize)]
pub struct Ceiling {
    pub name: String,
    pub gflop_per_s: f64,
}

/// A kernel, or a loop in one of two ways.
#[derive(Clone, Debug, Serialize)]
pub struct Point {
    /// Its letter in charts.
    pub mark: char,
    pub kind: Kind,
    pub line: usize,
    /// `<module>` outside of functions.
    pub function: String,
    /// As the source has it.
    pub text: String,
    /// What a kernel computes, in Python, and what its names stand for; none of a loop.
    pub kernel: Option<String>,
    pub operands: Vec<String>,
    /// Elements of a kernel's run, iterations of a loop in a run of the script.
    pub n: u64,
    /// How often the script ran the kernel, or began the loop.
    pub runs: u64,
    pub dtype: String,
    pub threads: usize,
    /// For a run of the kernel, or an iteration of the loop, like the time.
    pub amount: Amount,
    pub ns: Figure,
    /// Of a call over two elements at most.
    pub call_ns: Option<f64>,
    pub unit: Unit,
    /// Units for each byte that is read or written; none if there are no bytes.
    pub intensity: Option<f64>,
    /// 10⁹ units in a second, and the same at the roof.
    pub rate: f64,
    pub roof_rate: Option<f64>,
    pub gb_per_s: f64,
    /// Where all that it reads and writes fits.
    pub place: Place,
    pub roof: Option<Roof>,
    /// Part of the roof that is reached.
    pub share: Option<f64>,
    pub bound: Bound,
    pub why: String,
}

/// What a point is, and how it ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Kernel,
    /// A kernel, or what has no machine code, on the reference evaluator.
    Reference,
    /// A matrix product by the library.
    Product,
    InterpretedLoop,
    TypedLoop,
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    Flop,
    /// Where there are no floats: integers, comparisons, choices.
    Operation,
    /// Where nothing is computed.
    Byte,
}

/// A kernel or loop that has no place.
#[derive(Clone, Debug, Serialize)]
pub struct LeftOut {
    pub line: usize,
    pub text: String,
    pub why: String,
}

impl Kind {
    pub fn words(self) -> &'static str {
        match self {
            Kind::Kernel => "kernel",
            Kind::Reference => "evaluator",
            Kind::Product => "library",
            Kind::InterpretedLoop => "interpreted",
            Kind::TypedLoop => "typed code",
        }
    }

    pub fn is_loop(self) -> bool {
        matches!(self, Kind::InterpretedLoop | Kind::TypedLoop)
    }
}

impl Unit {
    pub fn symbol(self) -> &'static str {
        match self {
            Unit::Flop => "FLOP",
            Unit::Operation => "OP",
            Unit::Byte => "B",
        }
    }
}

impl Point {
    /// What it is, in a few words: a kernel's expression, a loop's head.
    pub fn label(&self) -> String {
        format!("line {}: {}", self.line, self.text)
    }

    /// Whether it has a place in a chart.
    pub fn is_placed(&self) -> bool {
        self.unit != Unit::Byte && self.rate > 0.0
    }
}

impl Roofline {
    /// What it is about, in a line.
    pub fn title(&self) -> String {
        let kernels = self.points.iter().filter(|point| !point.kind.is_loop()).count();
        let loops = self.points.iter().filter(|point| point.kind == Kind::InterpretedLoop).count();
        let of =
            |count: usize, what: &str| format!("{} {what}{}", grouped(count as u64), if count == 1 { "" } else { "s" });
        format!("{}: {} and {}", self.script, of(kernels, "kernel"), of(loops, "loop"))
    }

    /// The machine, in a line.
    pub fn machine(&self) -> String {
        let cpu = if self.cpu.is_empty() { "an unnamed CPU" } else { &self.cpu };
        format!("{cpu}, {}", threads(self.threads))
    }

    /// The roofs that charts show: those of the most threads that a point used.
    pub fn drawn(&self) -> Option<&Roofs> {
        self.roofs.last()
    }

    /// The points of a chart.
    pub fn placed(&self) -> impl Iterator<Item = &Point> {
        self.points.iter().filter(|point| point.is_placed())
    }
}

/// `1 thread`, `2 threads`
pub fn threads(count: usize) -> String {
    format!("{count} thread{}", if count == 1 { "" } else { "s" })
}
