//! What an engine tells whoever watches it: everything about each kernel that ran.

use std::rc::Rc;

use super::again::Again;
use super::listing::Listing;
use super::stats::Work;
use crate::array::Array;
use crate::array::matmul::Method;
use crate::kernel::lower::Task;
use crate::kernel::text;

/// Gets every kernel and every matrix product, after it ran.
pub type Watch = Box<dyn FnMut(&KernelRun)>;

/// One run of a kernel, or one matrix product.
#[derive(Clone, Debug)]
pub struct KernelRun {
    pub runner: Runner,
    /// What it computed, as Python would write it: `mean((in0 - in1) * in2)`.
    pub expression: String,
    /// What the expression's names stand for: `in0: float64[8]`, `in1: float64 = 0.5`.
    pub operands: Vec<String>,
    /// Dtype and shape of the result: `float64[8]`.
    pub result: String,
    /// IR, CLIF and machine code. The reference evaluator has the IR alone, which it takes as lowering gave it; a
    /// matrix product has nothing.
    pub listing: Rc<Listing>,
    /// Whether it was compiled for this run.
    pub fresh: bool,
    pub work: Work,
    /// How many threads had a part in it; `None` where a library keeps that to itself.
    pub threads: Option<usize>,
    /// For who wants to run it once more. It holds the arrays.
    pub again: Again,
}

/// What ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runner {
    MachineCode,
    /// The reference evaluator: for single elements, for what has no machine code, or because it was asked for.
    Reference,
    Product(Method),
}

impl KernelRun {
    /// A run of `task` on one thread, by a kernel that was there before.
    pub(super) fn of_kernel(task: &Task, runner: Runner, listing: Rc<Listing>, into: Option<&Array>) -> KernelRun {
        KernelRun {
            runner,
            expression: text::expression(task),
            operands: text::operands(task),
            result: text::array(task.kernel.dtype(), &task.shape),
            listing,
            fresh: false,
            work: Work::of_kernel(task),
            threads: Some(1),
            again: Again::of_kernel(task, runner == Runner::Reference, into),
        }
    }
}
