//! The order of a reduction: constants of the language, not of a machine.
//!
//! A slice of `n` elements, in C order of the reduced axes, is cut into blocks of [`BLOCK_LEN`], and a block into four
//! runs of [`RUN_LEN`]. In each run, lane `l` of [`RUN_LANES`] takes elements `l`, `l + 16`, … one after the other,
//! beginning with the identity; so memory is read from front to back, and a block has [`REDUCTION_LANES`] lanes. These are
//! folded in halves (`l` with `l + 32`, then `l + 16`, … `l + 1`), and the block results are combined pairwise, neighbours
//! first, level by level; an odd one moves up unchanged. So the rounding of a sum is a function of its length alone: not
//! of strides, vector width, unrolling or threads.

/// Lanes of a run: elements `l`, `l + 16`, … of it share one accumulator.
pub const RUN_LANES: usize = 16;

/// Consecutive elements of a run.
pub const RUN_LEN: usize = RUN_LANES * 16;

/// Virtual lanes of a block.
pub const REDUCTION_LANES: usize = 64;

/// Elements of a reduction's block, and of the blocks in which kernels pass over memory.
pub const BLOCK_LEN: usize = REDUCTION_LANES * 16;

/// Folds the lanes of one block in halves; the result is left in `lanes[0]`.
pub fn fold_lanes<T: Copy>(lanes: &mut [T; REDUCTION_LANES], mut combine: impl FnMut(T, T) -> T) -> T {
    let mut half = REDUCTION_LANES / 2;
    while half > 0 {
        for lane in 0..half {
            lanes[lane] = combine(lanes[lane], lanes[lane + half]);
        }
        half /= 2;
    }
    lanes[0]
}

/// Combines block results pairwise; `None` if there are none. Overwrites `blocks`.
pub fn fold_blocks<T: Copy>(blocks: &mut [T], mut combine: impl FnMut(T, T) -> T) -> Option<T> {
    let mut len = blocks.len();
    while len > 1 {
        for pair in 0..len / 2 {
            blocks[pair] = combine(blocks[2 * pair], blocks[2 * pair + 1]);
        }
        if len % 2 == 1 {
            blocks[len / 2] = blocks[len - 1];
        }
        len = len.div_ceil(2);
    }
    blocks.first().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(blocks: usize) -> String {
        let names: Vec<String> = (0..blocks).map(|block| block.to_string()).collect();
        let mut tree: Vec<usize> = (0..blocks).collect();
        let mut made = names;
        let root = fold_blocks(&mut tree, |a, b| {
            made.push(format!("({} {})", made[a], made[b]));
            made.len() - 1
        });
        root.map_or_else(|| "-".into(), |root| made[root].clone())
    }

    #[test]
    fn blocks_combine_as_neighbours() {
        assert_eq!(show(0), "-");
        assert_eq!(show(1), "0");
        assert_eq!(show(3), "((0 1) 2)");
        assert_eq!(show(7), "(((0 1) (2 3)) ((4 5) 6))");
    }

    #[test]
    fn lanes_fold_in_halves() {
        let mut lanes = std::array::from_fn(|lane| lane as u64);
        assert_eq!(fold_lanes(&mut lanes, |a, b| a + b), 2016);
    }
}
