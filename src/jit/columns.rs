//! Reductions along an axis that is not the innermost: many columns at once, row by row, so that memory is read in its
//! order. Each column keeps the order of [`crate::kernel::order`]: its lanes are rows of a little table.

#![allow(unsafe_code)]

use std::ops::Range;

use super::fold::combine_row;
use super::run::{Reduction, finish_row};
use super::worker::Worker;
use crate::kernel::order::{BLOCK_LEN, fold_steps, lane_of, lanes_of, row_len};

/// Reduces the rows of `group` (slices `group * rows ..`, each of `width` columns) to the elements `columns` of the
/// result's row `group`.
pub fn reduce_columns(
    worker: &mut Worker<'_>,
    reduction: Reduction,
    group: usize,
    rows: usize,
    width: usize,
    columns: Range<usize>,
) {
    let (op, form) = (reduction.op, reduction.form);
    let identity = reduction.identity();
    // Two lanes of four bytes to a word.
    let pattern = if form.size() == 4 { identity | identity << 32 } else { identity };
    let row_words = (columns.len() * form.size()).div_ceil(8);
    let row_len = row_len(form.size());
    let mut lanes = vec![0u64; lanes_of(rows.min(BLOCK_LEN), row_len) * row_words];
    let mut blocks: Vec<u64> = Vec::new();
    for first in (0..rows).step_by(BLOCK_LEN) {
        let count = (rows - first).min(BLOCK_LEN);
        lanes.fill(pattern);
        for row in 0..count {
            let lane = lane_of(row, row_len);
            let accumulators = &mut lanes[lane * row_words..(lane + 1) * row_words];
            worker.enter(group * rows + first + row);
            // SAFETY: the columns are places of the row, fewer than a block, and so many accumulators are in the lane.
            unsafe { worker.run(columns.start, columns.len(), accumulators.as_mut_ptr().cast()) };
        }
        fold_steps(count, row_len, |a, b| combine_row(op, form, &mut lanes, row_words, [a, a, b]));
        blocks.extend_from_slice(&lanes[..row_words]);
    }
    let mut left = rows.div_ceil(BLOCK_LEN);
    while left > 1 {
        for pair in 0..left / 2 {
            combine_row(op, form, &mut blocks, row_words, [pair, 2 * pair, 2 * pair + 1]);
        }
        if left % 2 == 1 {
            blocks.copy_within((left - 1) * row_words..left * row_words, left / 2 * row_words);
        }
        left = left.div_ceil(2);
    }
    finish_row(reduction, &mut blocks[..row_words], columns.len(), group * width + columns.start);
}
