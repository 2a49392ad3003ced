//! A kernel of an array expression that ran during a step.

use serde::Serialize;

use super::recorder::Asides;
use crate::array::matmul::Method;
use crate::jit::{Engine, KernelRun, Runner};

/// One dispatch for many elements.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KernelStep {
    /// What ran, in words: `machine code`, `reference evaluator`, `matrix product by gemm` …
    pub runner: &'static str,
    /// What it computed, as Python would write it: `mean((in0 - in1) * in2)`.
    pub expression: String,
    /// What the expression's names stand for: `in0: float64[8]`.
    pub operands: Vec<String>,
    /// Dtype and shape of the result.
    pub result: String,
    /// The kernel's IR as it was compiled; empty for a library's product.
    pub ir: String,
    /// Machine code by stages; none where no kernel of ours ran.
    pub machine_code: Vec<MachineCode>,
    /// Bytes of machine code, constants included.
    pub code_bytes: usize,
    /// Places of the iteration space.
    pub elements: u64,
    /// Arithmetic operations; an FMA is two.
    pub operations: u64,
    pub bytes_read: u64,
    pub bytes_written: u64,
    /// Threads that had a part in it, where that is known.
    pub threads: Option<usize>,
    /// Whether it was compiled for this run.
    pub compiled: bool,
}

/// The machine code of one stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MachineCode {
    /// One for each instruction, offsets in front.
    pub lines: Vec<String>,
    /// Indices of the lines of its main loop, where that is known.
    pub main_loop: Vec<usize>,
}

impl KernelStep {
    fn of(run: &KernelRun) -> KernelStep {
        let listing = &run.listing;
        let stages = listing.stages.iter().map(|stage| MachineCode {
            lines: stage.asm.lines().map(str::to_owned).collect(),
            main_loop: stage.main_loop.clone(),
        });
        KernelStep {
            runner: match run.runner {
                Runner::MachineCode => "machine code",
                Runner::Reference => "reference evaluator",
                Runner::Product(Method::Gemm) => "matrix product by gemm",
                Runner::Product(Method::Dots) => "matrix product, as dot products",
                Runner::Product(Method::Plain) => "matrix product, by three loops",
            },
            expression: run.expression.clone(),
            operands: run.operands.clone(),
            result: run.result.clone(),
            ir: listing.passes.last().map(|(_, text)| text.clone()).unwrap_or_default(),
            machine_code: stages.collect(),
            code_bytes: listing.code_bytes,
            elements: run.work.elements,
            operations: run.work.operations,
            bytes_read: run.work.bytes_read,
            bytes_written: run.work.bytes_written,
            threads: run.threads,
            compiled: run.fresh,
        }
    }
}

impl Asides {
    /// Hears of every kernel that the engine runs from now on.
    pub fn watch(&self, engine: &mut Engine) {
        let asides = self.clone();
        engine.set_watch(Box::new(move |run| asides.kernel(KernelStep::of(run))));
    }
}
