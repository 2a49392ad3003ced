//! Calls of kernels that were called before: from an expression to its machine code without lowering it again.
//!
//! The expression's signature leads to the code, if the kernel is one stage that reads and writes in place. All else
//! goes the long way, which is slower by a microsecond and knows everything.

#![allow(unsafe_code)]

use std::rc::Rc;
use std::sync::Arc;

use hashbrown::HashMap;
use smallvec::{SmallVec, smallvec};

use super::emit::LEADING_WORDS;
use super::fold::{combine_blocks, divide};
use super::form::{Form, Run, convert};
use super::program::Program;
use super::run::CALL_LEN;
use super::stage::{Source, Stage, Yield};
use super::stats::Work;
use crate::array::{Array, DType, Result, Scalar};
use crate::interrupt;
use crate::kernel::lower::{Operand, Task, same_view};
use crate::kernel::op::ReduceOp;
use crate::kernel::order::{BLOCK_LEN, REDUCTION_LANES};
use crate::kernel::signature::{LeafValue, Signature};

/// A kernel that reads more goes the long way.
const MAX_FEEDS: usize = 12;

/// Kernels by the signatures of the expressions that called them; `None`: the long way.
#[derive(Default)]
pub struct Calls {
    known: HashMap<Box<[u64]>, Option<Rc<Call>>>,
}

/// How a kernel is called.
pub struct Call {
    program: Rc<Program>,
    feeds: Vec<Feed>,
    result: ResultKind,
    dtype: DType,
    /// Arithmetic operations, and bytes read, for each place; bytes that are read once.
    operations: u64,
    bytes_moving: u64,
    bytes_still: u64,
}

/// What the one stage reads.
struct Feed {
    /// Which of the signature's leaves.
    leaf: usize,
    still: bool,
    from: Form,
    to: Form,
}

#[derive(Clone, Copy)]
enum ResultKind {
    Elements,
    /// Accumulators of this form.
    Reduced(ReduceOp, Form),
}

/// What a call gives.
pub enum Answer {
    Array(Array),
    Scalar(Scalar),
}

impl Answer {
    /// A number as an array of no dimensions.
    pub fn into_array(self) -> Array {
        match self {
            Answer::Array(array) => array,
            Answer::Scalar(scalar) => Array::from_scalar(scalar),
        }
    }
}

impl Calls {
    /// What is known about expressions of this signature: `None` nothing, `Some(None)` that they go the long way.
    pub fn get(&self, signature: &Signature<'_>) -> Option<Option<Rc<Call>>> {
        self.known.get(&signature.words[..]).cloned()
    }

    /// Remembers how `task` ran, to which the expression of `signature` was lowered.
    pub fn learn(&mut self, signature: &Signature<'_>, task: &Task, program: Option<Rc<Program>>) {
        let call = program.and_then(|program| {
            Call::new(task, program, |operand| {
                let leaf = leaf_of(signature, &task.operands[operand])?;
                Some((leaf, signature.leaves[leaf].still))
            })
        });
        let call = call.map(Rc::new);
        self.known.insert(signature.words[..].into(), call);
    }

    pub fn clear(&mut self) {
        self.known.clear();
    }
}

impl Call {
    /// `place` knows by which number the caller names an operand, and whether that is one element for all places.
    /// `None`: not of the kind that is called directly.
    pub(super) fn new(
        task: &Task,
        program: Rc<Program>,
        place: impl Fn(usize) -> Option<(usize, bool)>,
    ) -> Option<Call> {
        let [stage] = &program.stages.stages[..] else { return None };
        let dtype = task.kernel.dtype();
        let result = outcome(stage, dtype)?;
        let mut feeds = Vec::new();
        if stage.feeds.len() > MAX_FEEDS {
            return None;
        }
        for feed in &stage.feeds {
            let Source::Input(input) = feed.source else { return None };
            let (leaf, still) = place(input.index())?;
            if !still && feed.from != feed.to {
                return None;
            }
            feeds.push(Feed { leaf, still, from: feed.from, to: feed.to });
        }
        let bytes = |still: bool| {
            let arrays = task.operands.iter().enumerate().filter_map(|(at, operand)| {
                let (_, stands_still) = place(at)?;
                operand.array().filter(|_| stands_still == still)
            });
            arrays.map(|array| array.dtype().size() as u64).sum()
        };
        let (bytes_moving, bytes_still) = (bytes(false), bytes(true));
        let operations = task.kernel.operations();
        Some(Call { feeds, result, dtype, operations, bytes_moving, bytes_still, program })
    }

    /// What there is to do for `len` places.
    pub fn work(&self, len: usize) -> Work {
        let len = len as u64;
        let written = match self.result {
            ResultKind::Elements => len,
            ResultKind::Reduced(..) => 1,
        };
        Work {
            elements: len,
            operations: len * self.operations,
            bytes_read: len * self.bytes_moving + self.bytes_still,
            bytes_written: written * self.dtype.size() as u64,
        }
    }

    /// Whether it makes one number.
    pub fn reduces(&self) -> bool {
        matches!(self.result, ResultKind::Reduced(..))
    }

    /// Runs on this thread, over the operands of the signature that it was learned from, by number: arrays have `len`
    /// elements one after the other, or one. A result of `shape` may take the memory of the `dying` array.
    ///
    /// # Errors
    /// `MemoryError`, `KeyboardInterrupt`.
    pub fn run<'a>(
        &self,
        operand: impl Fn(usize) -> LeafValue<'a>,
        len: usize,
        shape: &Arc<[usize]>,
        dying: Option<Array>,
    ) -> Result<Answer> {
        let mut cells = [0u64; MAX_FEEDS];
        let mut words = [0usize; LEADING_WORDS + MAX_FEEDS + 1];
        let last = LEADING_WORDS + self.feeds.len();
        for ((feed, cell), word) in self.feeds.iter().zip(&mut cells).zip(&mut words[LEADING_WORDS..]) {
            *word = feed.address(operand(feed.leaf), cell);
        }
        let entry = self.program.codes[0].entry();
        let step = |words: &mut [usize], count: usize, result: usize| {
            words[0] = count;
            words[last] = result;
            // SAFETY: the words are those of `emit`. Behind each moving feed lie the places that are left, which are at
            // least `count` (the array is contiguous and has `len` of them); a still one
            // is one element. The caller says where the result has room.
            unsafe { entry.call(&words[..=last]) };
            for (feed, word) in self.feeds.iter().zip(&mut words[LEADING_WORDS..]) {
                *word += if feed.still { 0 } else { count * feed.to.size() };
            }
        };
        match self.result {
            ResultKind::Elements => {
                let out = match dying {
                    Some(operand) => operand,
                    // SAFETY: every element is written below, or nobody sees the array.
                    None => unsafe { Array::unwritten(self.dtype, shape.clone()) }?,
                };
                let size = self.dtype.size();
                for start in (0..len).step_by(CALL_LEN) {
                    interrupt::check()?;
                    step(&mut words, CALL_LEN.min(len - start), out.as_ptr() as usize + start * size);
                }
                Ok(Answer::Array(out))
            }
            ResultKind::Reduced(op, form) => {
                let mut lanes = [0u64; REDUCTION_LANES];
                words[1] = lanes.as_mut_ptr() as usize;
                let mut blocks: SmallVec<[u64; 16]> = smallvec![0; len.div_ceil(BLOCK_LEN)];
                for start in (0..len).step_by(CALL_LEN) {
                    interrupt::check()?;
                    let result = blocks[start / BLOCK_LEN..].as_mut_ptr() as usize;
                    step(&mut words, CALL_LEN.min(len - start), result);
                }
                let mut bits = combine_blocks(op, form, &mut blocks).unwrap_or_default();
                if op == ReduceOp::Mean {
                    divide(form, std::slice::from_mut(&mut bits), len);
                }
                let scalar = form.decode(bits);
                if shape.is_empty() {
                    return Ok(Answer::Scalar(scalar));
                }
                let out = Array::zeros(self.dtype, shape)?;
                out.set(0, scalar);
                Ok(Answer::Array(out))
            }
        }
    }
}

impl Feed {
    /// The address that the stage reads: of the leaf's first element, or of `cell` with the one that stands still.
    fn address(&self, operand: LeafValue<'_>, cell: &mut u64) -> usize {
        match operand {
            LeafValue::Array(array) if !self.still => return array.as_ptr() as usize,
            LeafValue::Array(array) => {
                let from = Run { at: array.as_ptr(), stride: 0, form: self.from };
                let to = Run { at: std::ptr::from_mut(cell).cast(), stride: 8, form: self.to };
                // SAFETY: one element of a live array to a word of ours.
                unsafe { convert(from, to, 1) };
            }
            LeafValue::Scalar(scalar) => *cell = self.to.encode(scalar),
        }
        std::ptr::from_mut(cell) as usize
    }
}

fn outcome(stage: &Stage, dtype: DType) -> Option<ResultKind> {
    let [result] = &stage.yields[..] else { return None };
    match result {
        Yield::Output(id) => (stage.form(*id) == Form::in_array(dtype)).then_some(ResultKind::Elements),
        Yield::Reduce(op, _) => Some(ResultKind::Reduced(*op, Form::in_lane(dtype, stage.width))),
        Yield::Temp(..) => None,
    }
}

/// The leaf that became an operand.
fn leaf_of(signature: &Signature<'_>, operand: &Operand) -> Option<usize> {
    signature.leaves.iter().position(|leaf| match (operand, leaf.value) {
        (Operand::Array(expr), LeafValue::Array(array)) => expr.as_leaf().is_some_and(|other| same_view(other, array)),
        (Operand::Scalar(expr, _), LeafValue::Scalar(_)) => std::ptr::eq(expr.id(), leaf.expr.id()),
        (Operand::Array(_), LeafValue::Scalar(_)) | (Operand::Scalar(..), LeafValue::Array(_)) => false,
    })
}
