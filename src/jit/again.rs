//! A kernel or a matrix product that ran, to be run again on the same arrays: for who measures it.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use super::call::Call;
use super::engine::Engine;
use super::run::PARALLEL_THRESHOLD;
use crate::array::matmul::{self, Method};
use crate::array::{Array, DType, Result};
use crate::kernel::eval;
use crate::kernel::graph::Expr;
use crate::kernel::ir::Arithmetic;
use crate::kernel::lower::{Operand, Task};
use crate::kernel::signature::LeafValue;

/// What ran, with its operands.
#[derive(Clone, Debug)]
pub struct Again(What);

#[derive(Clone, Debug)]
enum What {
    Kernel {
        task: Rc<Task>,
        /// Whether the reference evaluator ran it.
        is_reference: bool,
        /// Where the script wants the result; else it gets memory of its own.
        into: Option<Array>,
    },
    Product {
        kind: Product,
        operands: [Array; 2],
        method: Method,
    },
}

/// What a script calls a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Product {
    Matmul,
    Dot,
}

/// Something to be run again, with the way to it found.
pub struct Prepared {
    what: What,
    direct: Option<Direct>,
    /// What an operand held that is written over.
    saved: Option<(Array, Array)>,
}

/// A kernel that is called directly: over how many elements, and the shape of its result.
struct Direct {
    call: Rc<Call>,
    len: usize,
    shape: Arc<[usize]>,
}

/// What a run goes over in memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Footprint {
    /// Each element of an array once, however many views of it are read or written.
    pub bytes: u64,
    /// Of the cache lines that these are in.
    pub lines: u64,
}

/// Bytes of a cache line.
const LINE: u64 = 64;

impl Product {
    pub fn text(self) -> &'static str {
        match self {
            Product::Matmul => "in0 @ in1",
            Product::Dot => "dot(in0, in1)",
        }
    }
}

impl Again {
    pub(super) fn of_kernel(task: &Task, is_reference: bool, into: Option<&Array>) -> Again {
        Again(What::Kernel { task: Rc::new(task.clone()), is_reference, into: into.cloned() })
    }

    pub(super) fn of_product(kind: Product, a: &Array, b: &Array, method: Method) -> Again {
        Again(What::Product { kind, operands: [a.clone(), b.clone()], method })
    }

    /// Whether the other one is the same code over arrays of the same shapes and strides.
    pub fn is_like(&self, other: &Again) -> bool {
        let alike =
            |a: &Array, b: &Array| a.dtype() == b.dtype() && a.shape() == b.shape() && a.strides() == b.strides();
        let operands = |a: &Operand, b: &Operand| match (a.array(), b.array()) {
            (Some(a), Some(b)) => alike(a, b),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        };
        match (&self.0, &other.0) {
            (
                What::Kernel { task: a, is_reference, into },
                What::Kernel { task: b, is_reference: also_reference, into: other_into },
            ) => {
                is_reference == also_reference
                    && into.is_some() == other_into.is_some()
                    && a.kernel == b.kernel
                    && a.space == b.space
                    && a.reduced == b.reduced
                    && a.operands.iter().zip(&b.operands).all(|(a, b)| operands(a, b))
            }
            (What::Product { kind, operands: a, .. }, What::Product { kind: other, operands: b, .. }) => {
                kind == other && alike(&a[0], &b[0]) && alike(&a[1], &b[1])
            }
            (What::Kernel { .. }, What::Product { .. }) | (What::Product { .. }, What::Kernel { .. }) => false,
        }
    }

    /// What is computed for each of its elements.
    pub fn arithmetic(&self) -> Arithmetic {
        match &self.0 {
            What::Kernel { task, .. } => task.kernel.arithmetic(),
            What::Product { operands: [a, b], .. } => {
                let dtype = a.dtype().promote(b.dtype());
                let flops = if dtype.is_float() { 2 } else { 0 };
                let single = if dtype == DType::Float32 { flops } else { 0 };
                Arithmetic { operations: 2, flops, fused: flops / 2, slow: 0, single }
            }
        }
    }

    /// The dtypes of the arrays that are read, each once.
    pub fn dtypes(&self) -> Vec<DType> {
        let mut dtypes: Vec<DType> = Vec::new();
        for array in self.arrays() {
            if !dtypes.contains(&array.dtype()) {
                dtypes.push(array.dtype());
            }
        }
        dtypes
    }

    /// How many of `threads` threads may have a part in it.
    pub fn threads(&self, threads: usize) -> usize {
        match &self.0 {
            What::Kernel { is_reference: true, .. } | What::Product { method: Method::Plain, .. } => 1,
            What::Kernel { task, .. } if task.space.iter().product::<usize>() < PARALLEL_THRESHOLD => 1,
            What::Kernel { .. } | What::Product { .. } => threads,
        }
    }

    /// The array that is both read and written.
    fn written_operand(&self) -> Option<&Array> {
        let What::Kernel { task, into: Some(into), .. } = &self.0 else { return None };
        let same = |array: &Array| Arc::ptr_eq(array.buffer(), into.buffer());
        task.operands.iter().filter_map(Operand::array).any(same).then_some(into)
    }

    fn arrays(&self) -> Vec<&Array> {
        match &self.0 {
            What::Kernel { task, .. } => task.operands.iter().filter_map(Operand::array).collect(),
            What::Product { operands: [a, b], .. } => vec![a, b],
        }
    }

    /// What it goes over; `written`: bytes of the result.
    pub fn footprint(&self, written: u64) -> Footprint {
        let mut buffers: HashMap<usize, (u64, u64, isize, isize)> = HashMap::new();
        let into = match &self.0 {
            What::Kernel { into, .. } => into.as_ref(),
            What::Product { .. } => None,
        };
        let fresh = if into.is_none() { written } else { 0 };
        for array in self.arrays().into_iter().chain(into).filter(|array| array.size() > 0) {
            let (mut low, mut high) = (0, array.dtype().size() as isize);
            let (mut count, mut nearest) = (1u64, u64::MAX);
            for (len, stride) in array.shape().iter().zip(array.strides()).filter(|(_, stride)| **stride != 0) {
                let reach = (*len as isize - 1) * stride;
                if reach < 0 {
                    low += reach
                } else {
                    high += reach
                }
                if *len > 1 {
                    nearest = nearest.min(stride.unsigned_abs() as u64);
                }
                count *= *len as u64;
            }
            let size = array.dtype().size() as u64;
            // A line for each element where these lie farther apart than lines are long.
            let lines = count * nearest.clamp(size, LINE.max(size));
            let start = array.offset() as isize;
            let entry = buffers.entry(array.buffer().as_ptr().addr()).or_insert((0, 0, isize::MAX, isize::MIN));
            *entry = (entry.0 + count * size, entry.1 + lines, entry.2.min(start + low), entry.3.max(start + high));
        }
        let mut sum = Footprint { bytes: fresh, lines: fresh };
        for (bytes, lines, low, high) in buffers.into_values() {
            let extent = (high - low) as u64;
            sum.bytes += bytes.min(extent);
            sum.lines += lines.min(extent).max(bytes.min(extent));
        }
        sum
    }

    /// The same over no more than two elements along each axis: what is left of its time is what a call takes.
    fn smallest(&self) -> Again {
        let cut = |array: &Array| {
            let shape: Vec<usize> = array.shape().iter().map(|len| (*len).min(2)).collect();
            array.view(array.dtype(), shape, array.strides(), array.offset())
        };
        Again(match &self.0 {
            What::Kernel { task, is_reference, into } => {
                let mut task = Task::clone(task);
                for operand in &mut task.operands {
                    if let Some(array) = operand.array() {
                        *operand = Operand::Array(Expr::leaf(cut(array)));
                    }
                }
                let two = |shape: &[usize]| shape.iter().map(|len| (*len).min(2)).collect();
                (task.space, task.shape) = (two(&task.space), two(&task.shape));
                What::Kernel { task: Rc::new(task), is_reference: *is_reference, into: into.as_ref().map(cut) }
            }
            What::Product { kind, operands, method } => {
                What::Product { kind: *kind, operands: [cut(&operands[0]), cut(&operands[1])], method: *method }
            }
        })
    }
}

impl Engine {
    /// Finds the way on which this engine runs it when a script does.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn prepare_again(&mut self, again: &Again) -> Result<Prepared> {
        let direct = match &again.0 {
            What::Kernel { task, is_reference: false, into: None } => self.direct(task).map(|call| Direct {
                call,
                len: task.space.iter().product(),
                shape: task.shape.clone(),
            }),
            What::Kernel { .. } | What::Product { .. } => None,
        };
        let saved = again.written_operand().map(|into| into.copy().map(|saved| (into.clone(), saved))).transpose()?;
        Ok(Prepared { what: again.0.clone(), direct, saved })
    }

    /// The same for a run over next to nothing, on the same way.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn prepare_smallest(&mut self, again: &Again) -> Result<Prepared> {
        const LEAST: usize = 2;
        let mut whole = self.prepare_again(again)?;
        let Some(direct) = &mut whole.direct else { return self.prepare_again(&again.smallest()) };
        direct.len = LEAST;
        if !direct.call.reduces() {
            direct.shape = Arc::new([LEAST]);
        }
        Ok(whole)
    }

    /// Gives an operand that is written over what it held before, so that runs do not carry it to where numbers are
    /// slow.
    ///
    /// # Errors
    /// `KeyboardInterrupt`.
    pub fn restore(&mut self, prepared: &Prepared) -> Result<()> {
        match &prepared.saved {
            Some((into, saved)) => self.evaluate_into(&Expr::leaf(saved.clone()), into),
            None => Ok(()),
        }
    }

    /// Runs it once more.
    ///
    /// # Errors
    /// `MemoryError`, `KeyboardInterrupt`.
    pub fn run_again(&mut self, prepared: &Prepared) -> Result<()> {
        match (&prepared.what, &prepared.direct) {
            (What::Kernel { task, .. }, Some(Direct { call, len, shape })) => {
                let operand = |at: usize| match &task.operands[at] {
                    Operand::Scalar(_, scalar) => LeafValue::Scalar(*scalar),
                    Operand::Array(leaf) => LeafValue::Array(leaf.as_leaf().expect("operands are leaves")),
                };
                call.run(operand, *len, shape, None).map(drop)
            }
            (What::Kernel { task, is_reference: true, .. }, None) => eval::evaluate(task).map(drop),
            (What::Kernel { task, into: Some(into), .. }, None) => self.run(task, into, Some(into)),
            (What::Kernel { task, .. }, None) => self.compute(task, || None).map(drop),
            (What::Product { kind, operands: [a, b], .. }, _) => {
                let threads = self.switches().threads;
                match kind {
                    Product::Matmul => matmul::matmul(a, b, threads).map(drop),
                    Product::Dot => matmul::dot(a, b, threads).map(drop),
                }
            }
        }
    }
}
