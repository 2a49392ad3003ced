//! Kernels of a loop that was computed before: from its operands to machine code, without a graph.

#![allow(unsafe_code)]

use std::rc::Rc;
use std::sync::Arc;

use smallvec::SmallVec;

use super::constant::constant_terms;
use super::graph::{Graph, Leaves};
use super::operands::{Elements, Operands, ramp};
use crate::array::{Array, DType, Result, Scalar};
use crate::jit::{Answer, Call, Engine};
use crate::kernel::Expr;
use crate::kernel::signature::{Leaf, LeafValue, Signature};
use crate::loops::vector::{Fold, VectorLoop};

/// Loads that a word has a bit for.
const MAX_LOADS: usize = 64;

/// All kernels of a loop, for operands that move or stand still as these did.
pub struct Direct {
    engine: u64,
    /// A bit for each load that is the same element in each iteration.
    still: u64,
    guard: Option<Kernel>,
    magnitudes: Vec<Kernel>,
    folds: Vec<Option<Kernel>>,
    stores: Vec<Kernel>,
}

struct Kernel {
    call: Rc<Call>,
    /// What it reads, in its order.
    operands: Vec<Operand>,
}

enum Operand {
    Load(usize),
    Ramp(usize),
    Scalar(usize),
    Literal(Scalar),
}

/// Memory of the operands, one behind the other.
pub struct Feeds {
    loads: SmallVec<[Array; 4]>,
    ramps: SmallVec<[Array; 2]>,
}

fn still(operands: &Operands<'_>) -> u64 {
    let bits = operands.loads.iter().enumerate().map(|(at, load)| ((load.step == 0) as u64) << at);
    bits.fold(0, |all, bit| all | bit)
}

impl Direct {
    /// `None` if one of the expressions is more than one kernel that could be called so.
    pub fn new(code: &VectorLoop, operands: &Operands<'_>, engine: &mut Engine) -> Option<Direct> {
        if operands.loads.len() > MAX_LOADS {
            return None;
        }
        let still = still(operands);
        let sample = |dtype, is_still: bool| Array::zeros(dtype, &[if is_still { 1 } else { 2 }]).ok().map(Expr::leaf);
        let load = |(at, load): (usize, &Elements<'_>)| sample(load.dtype, still >> at & 1 == 1);
        let scalar = |scalar: &Scalar| Array::zeros(scalar.dtype(), &[]).ok().map(Expr::leaf);
        let leaves = Leaves {
            count: 2,
            loads: operands.loads.iter().enumerate().map(load).collect::<Option<_>>()?,
            ramps: operands.ramps.iter().map(|_| sample(DType::Int64, false)).collect::<Option<_>>()?,
            // A constant would be computed with now.
            scalars: operands.scalars.iter().map(scalar).collect::<Option<_>>()?,
        };
        let mut graph = Graph::new(code, &leaves);
        let mut kernel = |expr: Option<Expr>| Kernel::new(&expr?, &leaves, engine);
        let guard = match code.guards.is_empty() {
            true => None,
            false => Some(kernel(graph.guard())?),
        };
        let magnitudes = code.magnitudes.iter().map(|node| kernel(graph.magnitude(*node))).collect::<Option<_>>()?;
        let fold = |fold: &Fold| match constant_terms(code, fold) {
            Some(_) => Some(None),
            None => kernel(graph.fold(fold)).map(Some),
        };
        let folds = code.folds.iter().map(fold).collect::<Option<_>>()?;
        let stores = code.stores.iter().map(|(word, value)| {
            let value = graph.expr(*value)?;
            kernel(Some(value.cast(Elements::dtype_of(*word))))
        });
        let stores = stores.collect::<Option<_>>()?;
        Some(Direct { engine: engine.id()?, still, guard, magnitudes, folds, stores })
    }

    /// Whether it is for such operands, in this engine as it is now.
    pub fn fits(&self, operands: &Operands<'_>, engine: &Engine) -> bool {
        self.still == still(operands) && engine.id() == Some(self.engine)
    }

    /// Whether all guards hold, and in one iteration more.
    ///
    /// # Errors
    /// `KeyboardInterrupt`.
    pub fn holds(&self, operands: &Operands<'_>, feeds: &Feeds, engine: &mut Engine) -> Result<bool> {
        let Some(guard) = &self.guard else { return Ok(true) };
        let all = guard.run(operands, feeds, operands.count + 1, engine, None)?;
        Ok(matches!(all, Answer::Scalar(Scalar::Bool(true))))
    }

    /// What a fold leaves.
    ///
    /// # Errors
    /// `KeyboardInterrupt`.
    pub fn fold(
        &self,
        at: usize,
        operands: &Operands<'_>,
        feeds: &Feeds,
        engine: &mut Engine,
    ) -> Result<Option<Scalar>> {
        let Some(kernel) = &self.folds[at] else { return Ok(None) };
        kernel.run(operands, feeds, operands.count, engine, None).map(|answer| Some(answer.into_array().get(0)))
    }

    /// The sum of sizes.
    ///
    /// # Errors
    /// `KeyboardInterrupt`.
    pub fn magnitude(&self, at: usize, operands: &Operands<'_>, feeds: &Feeds, engine: &mut Engine) -> Result<Scalar> {
        let sum = self.magnitudes[at].run(operands, feeds, operands.count, engine, None)?;
        Ok(sum.into_array().get(0))
    }

    /// Writes elements.
    ///
    /// # Errors
    /// `KeyboardInterrupt`, `MemoryError`.
    pub fn store(&self, at: usize, operands: &Operands<'_>, feeds: &Feeds, engine: &mut Engine) -> Result<()> {
        let place = &operands.stores[at];
        let shape: Arc<[usize]> = Arc::new([operands.count]);
        if place.are_contiguous() {
            self.stores[at].run(operands, feeds, operands.count, engine, Some(place.view(&shape)))?;
            return Ok(());
        }
        // SAFETY: the kernel writes all elements, or nobody looks at them.
        let result = unsafe { Array::unwritten(place.dtype, shape) }?;
        let answer = self.stores[at].run(operands, feeds, operands.count, engine, Some(result))?;
        place.scatter(&answer.into_array());
        Ok(())
    }
}

impl Kernel {
    fn new(expr: &Expr, leaves: &Leaves, engine: &mut Engine) -> Option<Kernel> {
        let signature = Signature::read(expr)?;
        if signature.len != leaves.count {
            return None;
        }
        let place = |all: &[Expr], expr: &Expr| all.iter().position(|known| known.id() == expr.id());
        let operand = |leaf: &Leaf<'_>| {
            let load = place(&leaves.loads, leaf.expr).map(Operand::Load);
            let ramp = || place(&leaves.ramps, leaf.expr).map(Operand::Ramp);
            let scalar = || place(&leaves.scalars, leaf.expr).map(Operand::Scalar);
            load.or_else(ramp).or_else(scalar).or(match leaf.value {
                LeafValue::Scalar(scalar) => Some(Operand::Literal(scalar)),
                LeafValue::Array(_) => None,
            })
        };
        let operands = signature.leaves.iter().map(operand).collect::<Option<_>>()?;
        let call = engine.prepare(expr, &signature)?;
        Some(Kernel { call, operands })
    }

    fn run(
        &self,
        operands: &Operands<'_>,
        feeds: &Feeds,
        len: usize,
        engine: &mut Engine,
        out: Option<Array>,
    ) -> Result<Answer> {
        let operand = |at: usize| match self.operands[at] {
            Operand::Load(at) => LeafValue::Array(&feeds.loads[at]),
            Operand::Ramp(at) => LeafValue::Array(&feeds.ramps[at]),
            Operand::Scalar(at) => LeafValue::Scalar(operands.scalars[at]),
            Operand::Literal(scalar) => LeafValue::Scalar(scalar),
        };
        engine.call_into(&self.call, operand, len, out)
    }
}

impl Feeds {
    /// Views where elements are contiguous, else copies.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn new(operands: &Operands<'_>) -> Result<Feeds> {
        // One more, for the guards.
        let count = operands.count + 1;
        let shape: Arc<[usize]> = Arc::new([count]);
        let mut feeds = Feeds { loads: SmallVec::new(), ramps: SmallVec::new() };
        for load in &operands.loads {
            feeds.loads.push(match load.step {
                0 => load.view(&Arc::from([1])),
                _ if load.are_contiguous() => load.view(&shape),
                _ => load.gathered(count)?,
            });
        }
        for steps in &operands.ramps {
            feeds.ramps.push(ramp(*steps, count)?);
        }
        Ok(feeds)
    }
}
