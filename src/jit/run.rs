//! Runs a program over memory: items of work, on one thread or several, and the ends of reductions.

#![allow(unsafe_code)]

use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::columns::reduce_columns;
use super::crew::Crew;
use super::fold::{combine_blocks, divide};
use super::form::{Form, Run, convert};
use super::program::Program;
use super::space::Space;
use super::stage::Yield;
use super::worker::{Memory, Plan, Worker};
use crate::array::Array;
use crate::kernel::lower::Task;
use crate::kernel::op::ReduceOp;
use crate::kernel::order::BLOCK_LEN;
use crate::kernel::scalar;

/// Below so many elements a second thread is not asked: at 10^5 it took 0.7 to 1.4 of the time without, at 10^6 and 10^7
/// 0.35 to 0.9, on a machine of two cores that others shared.
pub const PARALLEL_THRESHOLD: usize = 131_072;

/// Elements, whole blocks, that one call of machine code takes where nothing passes through scratch memory: long enough
/// to forget the call, short enough to notice an interrupt.
pub const CALL_LEN: usize = 64 * BLOCK_LEN;

/// Elements of a parallel job, at least.
const JOB_LEN: usize = 16 * BLOCK_LEN;

/// Columns that are reduced at once: their lanes stay in the second-level cache.
pub const COLUMNS: usize = 128;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Whether all of it is done; else it was interrupted.
    pub done: bool,
    /// How many threads had a part in it.
    pub threads: usize,
}

/// What a run needs beside the program and the task.
pub struct Context<'a> {
    pub crew: Option<&'a mut Crew>,
    pub interrupt: &'a AtomicBool,
    /// Used by the calling thread.
    pub memory: &'a mut Memory,
}

/// A reduction as the runner sees it.
#[derive(Clone, Copy)]
pub struct Reduction {
    pub op: ReduceOp,
    /// Of the accumulators.
    pub form: Form,
    /// Of the result's elements.
    pub out_form: Form,
    /// Elements of a reduced slice.
    pub len: usize,
    /// The first element of the result, which is C-contiguous.
    pub out: Shared<u8>,
}

/// An address that workers write to, each at places of its own.
#[derive(Clone, Copy)]
pub struct Shared<T>(pub *mut T);

// SAFETY: an address alone harms nobody; who writes to it says why that place is his.
unsafe impl<T> Send for Shared<T> {}
// SAFETY: as above.
unsafe impl<T> Sync for Shared<T> {}

/// Runs `program`, compiled for `task` and `space`, into `out`, whose shape is the task's.
///
/// `out` may be one of the operands if it is the very same view; else no operand may overlap it.
pub fn run(program: &Program, task: &Task, space: &Space, out: &Array, context: Context<'_>) -> Outcome {
    let plan = Plan::new(program, task, space, out);
    let (slices, len) = (space.slices(), space.len());
    let Some(reduction) = reduction(program, space, out) else {
        let item_len = if plan.is_direct() { CALL_LEN } else { BLOCK_LEN };
        let per_slice = len.div_ceil(item_len);
        return spread(context, slices * per_slice, slices * len, &plan, &|worker, item| {
            let start = item % per_slice * item_len;
            worker.enter(item / per_slice);
            // SAFETY: an item's places are its own, and a block at most unless the plan is direct.
            unsafe { worker.run(start, item_len.min(len - start), std::ptr::null_mut()) };
        });
    };
    if let Some(rows) = space.rows {
        let (groups, per_group) = (slices.checked_div(rows).unwrap_or(0), len.div_ceil(COLUMNS));
        if rows == 0 {
            (0..out.size()).for_each(|slot| finish(reduction, None, slot));
        }
        return spread(context, groups * per_group, slices * len, &plan, &|worker, item| {
            let start = item % per_group * COLUMNS;
            let columns = start..len.min(start + COLUMNS);
            reduce_columns(worker, reduction, item / per_group, rows, len, columns);
        });
    }
    let per_slice = len.div_ceil(BLOCK_LEN);
    if per_slice <= 1 {
        // Every slice is one block: done when its lanes are folded.
        if len == 0 {
            (0..slices).for_each(|slot| finish(reduction, None, slot));
        }
        return spread(context, slices * per_slice, slices * len, &plan, &|worker, slice| {
            let mut bits = 0u64;
            worker.enter(slice);
            // SAFETY: one block, the whole slice, and a word for what it comes to.
            unsafe { worker.run(0, len, (&raw mut bits).cast()) };
            finish(reduction, Some(bits), slice);
        });
    }
    let mut partials = vec![0u64; slices * per_slice];
    let shared = Shared(partials.as_mut_ptr());
    let item_len = if plan.is_direct() { CALL_LEN } else { BLOCK_LEN };
    let items = len.div_ceil(item_len);
    let outcome = spread(context, slices * items, slices * len, &plan, &|worker, item| {
        let (slice, start) = (item / items, item % items * item_len);
        worker.enter(slice);
        let words = { shared }.0.wrapping_add(slice * per_slice + start / BLOCK_LEN);
        // SAFETY: whole blocks of the slice, or its end, and a word for each, which are this item's alone.
        unsafe { worker.run(start, item_len.min(len - start), words.cast()) };
    });
    if outcome.done {
        for (slice, blocks) in partials.chunks_mut(per_slice).enumerate() {
            finish(reduction, combine_blocks(reduction.op, reduction.form, blocks), slice);
        }
    }
    outcome
}

fn reduction(program: &Program, space: &Space, out: &Array) -> Option<Reduction> {
    let stage = program.stages.stages.last()?;
    let op = stage.yields.iter().find_map(|result| match result {
        Yield::Reduce(op, _) => Some(*op),
        Yield::Temp(..) | Yield::Output(_) => None,
    })?;
    Some(Reduction {
        op,
        form: Form::in_lane(out.dtype(), stage.width),
        out_form: Form::in_array(out.dtype()),
        len: space.rows.unwrap_or(space.len()),
        out: Shared(out.as_ptr()),
    })
}

/// Items of work in their order, or jobs of neighbouring items side by side.
fn spread(
    context: Context<'_>,
    items: usize,
    elements: usize,
    plan: &Plan<'_>,
    work: &(dyn Fn(&mut Worker<'_>, usize) + Sync),
) -> Outcome {
    let interrupt = context.interrupt;
    let run = |range: Range<usize>, memory: &mut Memory| {
        let mut worker = Worker::new(plan, memory);
        for item in range {
            if interrupt.load(Ordering::Relaxed) {
                return false;
            }
            work(&mut worker, item);
        }
        true
    };
    let jobs = (elements / JOB_LEN).min(items);
    match context.crew {
        Some(crew) if elements >= PARALLEL_THRESHOLD && jobs > 1 => {
            let (next, threads, done) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicBool::new(true));
            crew.run(&|| {
                let mut memory = Memory::default();
                let jobs_left = || Some(next.fetch_add(1, Ordering::Relaxed)).filter(|job| *job < jobs);
                for (at, job) in std::iter::from_fn(jobs_left).enumerate() {
                    if at == 0 {
                        threads.fetch_add(1, Ordering::Relaxed);
                    }
                    if !run(job * items / jobs..(job + 1) * items / jobs, &mut memory) {
                        done.store(false, Ordering::Relaxed);
                        break;
                    }
                }
            });
            Outcome { done: done.into_inner(), threads: threads.into_inner() }
        }
        Some(_) | None => Outcome { done: run(0..items, context.memory), threads: 1 },
    }
}

/// Writes element `slot` of the result: what its blocks combined to, `None` if there was nothing to reduce.
fn finish(reduction: Reduction, bits: Option<u64>, slot: usize) {
    let mut bits = bits.unwrap_or_else(|| reduction.identity());
    finish_row(reduction, std::slice::from_mut(&mut bits), 1, slot);
}

/// Writes `count` elements of the result, from element `slot` on: what their blocks combined to, packed in `row`.
pub fn finish_row(reduction: Reduction, row: &mut [u64], count: usize, slot: usize) {
    let Reduction { op, form, out_form, len, out } = reduction;
    if op == ReduceOp::Mean {
        divide(form, row, len);
    }
    assert!(count * form.size() <= row.len() * 8, "the row has an element for each slot");
    let from = Run { at: row.as_mut_ptr().cast(), stride: form.size() as isize, form };
    let size = out_form.size();
    let to = Run { at: out.0.wrapping_add(slot * size), stride: size as isize, form: out_form };
    // SAFETY: `count` elements of the row, as asserted, to the result, which has an element for each slot; nobody else
    // has these slots.
    unsafe { convert(from, to, count) };
}

impl Reduction {
    /// The bits of a reduction of nothing.
    pub fn identity(&self) -> u64 {
        self.form.encode(scalar::identity(self.op, self.form.decode(0).dtype()))
    }
}
