//! A kernel of an array expression that ran during a step.

use serde::Serialize;

/// One dispatch for many elements.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KernelStep {
    /// What it computes, as text: `mean((in0 - in1) * in2)`.
    pub expression: String,
    /// Its operands and result: `in0: float64[8]`.
    pub operands: Vec<String>,
    /// The kernel's IR as it was compiled.
    pub ir: String,
    /// Machine code, one text for each stage; none where the reference evaluator ran.
    pub machine_code: Vec<String>,
    pub elements: u64,
    pub operations: u64,
    pub bytes_read: u64,
    pub bytes_written: u64,
    /// Threads that worked on it.
    pub threads: usize,
    /// Whether it was compiled for this run.
    pub compiled: bool,
}
