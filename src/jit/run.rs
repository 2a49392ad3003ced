//! Runs a program over memory: slice by slice, block by block, on one thread or several.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use super::code::Entry;
use super::emit::LEADING_WORDS;
use super::fold::{combine_blocks, fold_block};
use super::form::{Form, Run, convert};
use super::program::{Program, reduces, words};
use super::space::{Kind, Space};
use super::stage::{Source, Stage, Yield};
use crate::array::Array;
use crate::kernel::lower::{Operand, Task};
use crate::kernel::op::ReduceOp;
use crate::kernel::order::{BLOCK_LEN, REDUCTION_LANES};
use crate::kernel::scalar;

/// Below so many elements a second thread costs more than it brings. Chosen by `benches/kernels.rs`.
pub const PARALLEL_THRESHOLD: usize = 100_000;

/// Elements that one call of machine code takes where nothing passes through scratch memory: long enough to forget the
/// call, short enough to notice an interrupt.
const CALL_LEN: usize = 64 * BLOCK_LEN;

/// Elements of a parallel job, at least.
const JOB_LEN: usize = 32 * BLOCK_LEN;

/// Whether it ran to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Done,
    Interrupted,
}

/// What a run needs beside the program and the task.
pub struct Context<'a> {
    pub pool: Option<&'a rayon::ThreadPool>,
    pub interrupt: &'a AtomicBool,
    /// Memory to be used again by the next run.
    pub scratch: &'a mut Vec<[u64; BLOCK_LEN]>,
}

/// Runs `program`, compiled for `task` and `space`, into `out`, whose shape is the task's.
///
/// `out` may be one of the operands if it is the very same view; else no operand may overlap it.
pub fn run(program: &Program, task: &Task, space: &Space, out: &Array, context: Context<'_>) -> Outcome {
    let reduction = program.stages.stages.iter().flat_map(|stage| &stage.yields).find_map(|result| match result {
        Yield::Reduce(op, _) => Some(*op),
        Yield::Temp(..) | Yield::Output(_) => None,
    });
    let mut plan = Plan::new(program, task, space, out, context.interrupt);
    let items = plan.items();
    let mut partials = vec![0u64; if reduction.is_some() { items } else { 0 }];
    plan.partials = partials.as_mut_ptr();
    let elements = space.slices() * space.len();
    let jobs = (elements / JOB_LEN).min(items);
    let outcome = match context.pool {
        Some(pool) if elements >= PARALLEL_THRESHOLD && jobs > 1 => pool.install(|| {
            let done = (0..jobs).into_par_iter().all(|job| {
                let range = job * items / jobs..(job + 1) * items / jobs;
                let mut scratch = Vec::new();
                Worker::new(&plan, &mut scratch).run(range) == Outcome::Done
            });
            if done { Outcome::Done } else { Outcome::Interrupted }
        }),
        Some(_) | None => Worker::new(&plan, context.scratch).run(0..items),
    };
    if let (Some(op), Outcome::Done) = (reduction, outcome) {
        finish_reduction(op, plan.lane_form, &mut partials, space, out);
    }
    outcome
}

/// Combines the blocks of each slice and stores the results; `out` is C-contiguous.
fn finish_reduction(op: ReduceOp, form: Form, partials: &mut [u64], space: &Space, out: &Array) {
    let blocks = space.len().div_ceil(BLOCK_LEN);
    for slice in 0..space.slices() {
        let combined = match combine_blocks(op, form, &mut partials[slice * blocks..(slice + 1) * blocks]) {
            Some(bits) => form.decode(bits),
            None => scalar::identity(op, out.dtype()),
        };
        out.set(slice, scalar::finish(op, combined, space.len()));
    }
}

/// What every worker of a run shares.
struct Plan<'a> {
    program: &'a Program,
    entries: Vec<Entry<'a>>,
    space: &'a Space,
    operands: Vec<Place>,
    /// The result of an elementwise kernel.
    out: Place,
    /// Places that an item covers.
    item_len: usize,
    items_per_slice: usize,
    /// The form of a reduction's accumulators.
    lane_form: Form,
    /// One word for each item of a reduction.
    partials: *mut u64,
    interrupt: &'a AtomicBool,
}

// SAFETY: the pointers are those of buffers that the caller's arrays keep alive and of `partials`, which outlives the
// plan. Workers read the operands, and each writes only what belongs to its own items: their elements of the result
// and their words of `partials`.
unsafe impl Sync for Plan<'_> {}

/// Where an operand's first element lies.
#[derive(Clone, Copy)]
enum Place {
    Memory(*mut u8),
    /// A scalar, encoded as its dtype lies in arrays.
    Value(u64),
}

impl<'a> Plan<'a> {
    fn new(program: &'a Program, task: &Task, space: &'a Space, out: &Array, interrupt: &'a AtomicBool) -> Plan<'a> {
        let operands = task.operands.iter().map(|operand| match operand {
            Operand::Array(array) => Place::Memory(array.as_ptr()),
            Operand::Scalar(scalar) => Place::Value(Form::in_array(scalar.dtype()).encode(*scalar)),
        });
        let last = program.stages.stages.last();
        let reduction = last.is_some_and(reduces);
        let direct = program.stages.stages.len() == 1 && last.is_some_and(|stage| is_direct(stage, space));
        let item_len = if direct && !reduction { CALL_LEN } else { BLOCK_LEN };
        Plan {
            program,
            entries: program.codes.iter().map(|code| code.entry()).collect(),
            space,
            operands: operands.collect(),
            out: Place::Memory(out.as_ptr()),
            item_len,
            items_per_slice: space.len().div_ceil(item_len),
            lane_form: Form::in_lane(
                program.kernel.dtype(),
                last.map_or(super::form::Width::Eight, |stage| stage.width),
            ),
            partials: std::ptr::null_mut(),
            interrupt,
        }
    }

    fn items(&self) -> usize {
        self.space.slices() * self.items_per_slice
    }
}

/// Whether a stage reads and writes arrays in place.
fn is_direct(stage: &Stage, space: &Space) -> bool {
    let feeds = stage.feeds.iter().all(|feed| match feed.source {
        Source::Input(input) => match space.paths[input.index()].kind {
            Kind::Still => true,
            Kind::Contiguous => feed.from == feed.to,
            Kind::Strided => false,
        },
        Source::Temp(_) => false,
    });
    let results = stage.yields.iter().all(|result| match result {
        Yield::Output(id) => output_is_direct(stage.form(*id), space),
        Yield::Reduce(..) => true,
        Yield::Temp(..) => false,
    });
    feeds && results
}

fn output_is_direct(form: Form, space: &Space) -> bool {
    form != Form::Mask32 && form != Form::Mask64 && space.paths.last().is_some_and(|path| path.kind == Kind::Contiguous)
}

/// One thread's part of a run.
struct Worker<'a> {
    plan: &'a Plan<'a>,
    /// A block for each temporary, then one for each feed of the widest stage, then one for the output.
    scratch: &'a mut [[u64; BLOCK_LEN]],
    /// For each stage and feed, the element of an operand that stands still, in lane form.
    cells: Vec<Vec<u64>>,
    /// The words of each stage's function.
    words: Vec<Vec<usize>>,
    /// Bytes from each operand's first element to the current slice.
    offsets: Vec<isize>,
    slice: Option<usize>,
}

impl<'a> Worker<'a> {
    fn new(plan: &'a Plan<'a>, scratch: &'a mut Vec<[u64; BLOCK_LEN]>) -> Worker<'a> {
        let stages = &plan.program.stages;
        let widest = stages.stages.iter().map(|stage| stage.feeds.len()).max().unwrap_or(0);
        let size = stages.temps.len() + widest + 1;
        if scratch.len() < size {
            scratch.resize(size, [0; BLOCK_LEN]);
        }
        Worker {
            plan,
            scratch,
            cells: stages.stages.iter().map(|stage| vec![0; stage.feeds.len()]).collect(),
            words: stages.stages.iter().map(|stage| vec![0; words(stage)]).collect(),
            offsets: vec![0; plan.space.paths.len()],
            slice: None,
        }
    }

    fn run(&mut self, items: Range<usize>) -> Outcome {
        let plan = self.plan;
        for item in items {
            if plan.interrupt.load(Ordering::Relaxed) {
                return Outcome::Interrupted;
            }
            let (slice, part) = (item / plan.items_per_slice, item % plan.items_per_slice);
            if self.slice != Some(slice) {
                self.enter(slice);
            }
            let start = part * plan.item_len;
            self.item(item, start, plan.item_len.min(plan.space.len() - start));
        }
        Outcome::Done
    }

    /// Goes to another slice: addresses, and the elements that stand still in it.
    fn enter(&mut self, slice: usize) {
        self.slice = Some(slice);
        let space = self.plan.space;
        for (offset, path) in self.offsets.iter_mut().zip(&space.paths) {
            *offset = path.slice_offset(&space.outer, slice);
        }
        for (stage, cells) in self.plan.program.stages.stages.iter().zip(&mut self.cells) {
            for (feed, cell) in stage.feeds.iter().zip(cells) {
                let Source::Input(input) = feed.source else { continue };
                if space.paths[input.index()].kind != Kind::Still {
                    continue;
                }
                let value;
                let at = match &self.plan.operands[input.index()] {
                    Place::Memory(at) => at.wrapping_offset(self.offsets[input.index()]),
                    Place::Value(bits) => {
                        value = *bits;
                        (&raw const value).cast_mut().cast()
                    }
                };
                let from = Run { at, stride: 0, form: feed.from };
                let to = Run { at: std::ptr::from_mut(cell).cast(), stride: 8, form: feed.to };
                // SAFETY: one element of the operand, which exists since the slice has elements, to a word of ours.
                unsafe { convert(from, to, 1) };
            }
        }
    }

    /// Places `start..start + len` of the current slice, through all stages.
    fn item(&mut self, item: usize, start: usize, len: usize) {
        let stages = &self.plan.program.stages.stages;
        for (index, stage) in stages.iter().enumerate() {
            let mut lanes = [0u64; REDUCTION_LANES];
            for feed in 0..stage.feeds.len() {
                self.words[index][LEADING_WORDS + feed] = self.feed(index, feed, start, len) as usize;
            }
            let results = LEADING_WORDS + stage.feeds.len();
            for (position, result) in stage.yields.iter().enumerate() {
                self.words[index][results + position] = match result {
                    Yield::Temp(temp, _) => self.block(temp.0 as usize) as usize,
                    Yield::Reduce(..) => lanes.as_mut_ptr() as usize,
                    Yield::Output(id) if output_is_direct(stage.form(*id), self.plan.space) => {
                        self.element(self.plan.space.paths.len() - 1, start, stage.form(*id)) as usize
                    }
                    Yield::Output(_) => self.output_block() as usize,
                };
            }
            self.words[index][0] = len;
            // SAFETY: the words are those of `emit`: `len` places lie behind every moving feed's address (in the
            // operand, or in a block of BLOCK_LEN words, and `len` is at most that where blocks are used), one behind
            // a still one's, and room for the results: `len` elements, or all lanes of a reduction.
            unsafe { self.plan.entries[index].call(&self.words[index]) };
            for result in &stage.yields {
                match result {
                    Yield::Temp(..) => {}
                    Yield::Reduce(op, _) => {
                        let folded = fold_block(*op, self.plan.lane_form, &mut lanes);
                        // SAFETY: `partials` has a word for each item, and this item is ours alone.
                        unsafe { self.plan.partials.add(item).write(folded) };
                    }
                    Yield::Output(id) => self.deliver(stage.form(*id), start, len),
                }
            }
        }
    }

    /// The address from which a stage reads a feed, after bringing it there.
    fn feed(&mut self, stage: usize, index: usize, start: usize, len: usize) -> *mut u8 {
        let stages = &self.plan.program.stages;
        let feed = stages.stages[stage].feeds[index];
        let space = self.plan.space;
        let block = self.block(stages.temps.len() + index);
        let to = Run { at: block, stride: feed.to.size() as isize, form: feed.to };
        match feed.source {
            Source::Temp(temp) => {
                let at = self.block(temp.0 as usize);
                if feed.from == feed.to {
                    return at;
                }
                let from = Run { at, stride: feed.from.size() as isize, form: feed.from };
                // SAFETY: two different blocks of scratch memory, of which `len` elements are used.
                unsafe { convert(from, to, len) };
            }
            Source::Input(input) => match space.paths[input.index()].kind {
                Kind::Still => return std::ptr::from_mut(&mut self.cells[stage][index]).cast(),
                Kind::Contiguous if feed.from == feed.to => return self.element(input.index(), start, feed.from),
                Kind::Contiguous => {
                    let at = self.element(input.index(), start, feed.from);
                    let from = Run { at, stride: feed.from.size() as isize, form: feed.from };
                    // SAFETY: `len` elements of the operand from `start`, inside the slice, to a block of ours.
                    unsafe { convert(from, to, len) };
                }
                Kind::Strided => {
                    let base = self.element(input.index(), 0, feed.from);
                    space.paths[input.index()].pieces(&space.inner, start, len, |offset, stride, done, piece| {
                        let from = Run { at: base.wrapping_offset(offset), stride, form: feed.from };
                        let to = Run { at: block.wrapping_add(done * feed.to.size()), ..to };
                        // SAFETY: as above, piece by piece.
                        unsafe { convert(from, to, piece) };
                    });
                }
            },
        }
        block
    }

    /// Brings a block of results from scratch memory to where they belong.
    fn deliver(&mut self, form: Form, start: usize, len: usize) {
        let space = self.plan.space;
        let Some(path) = space.paths.last() else { return };
        if output_is_direct(form, space) {
            return;
        }
        let out_form = match form {
            Form::Mask32 | Form::Mask64 | Form::Byte => Form::Byte,
            Form::F32 | Form::F64 | Form::I64 => form,
        };
        let block = self.output_block();
        let base = self.element(space.paths.len() - 1, 0, out_form);
        path.pieces(&space.inner, start, len, |offset, stride, done, piece| {
            let from = Run { at: block.wrapping_add(done * form.size()), stride: form.size() as isize, form };
            let to = Run { at: base.wrapping_offset(offset), stride, form: out_form };
            // SAFETY: `len` elements of our block to those of the result that belong to this item.
            unsafe { convert(from, to, piece) };
        });
    }

    /// Address of place `start` of the current slice, for an operand that is contiguous (or `start` 0).
    fn element(&self, operand: usize, start: usize, form: Form) -> *mut u8 {
        let place = self.plan.operands.get(operand).unwrap_or(&self.plan.out);
        match place {
            Place::Memory(at) => at.wrapping_offset(self.offsets[operand]).wrapping_add(start * form.size()),
            Place::Value(_) => std::ptr::null_mut(),
        }
    }

    fn block(&mut self, index: usize) -> *mut u8 {
        self.scratch[index].as_mut_ptr().cast()
    }

    fn output_block(&mut self) -> *mut u8 {
        self.block(self.scratch.len() - 1)
    }
}
