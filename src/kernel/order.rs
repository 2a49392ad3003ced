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

/// Lanes of a block up to the last one that sees any of its `len` elements. What is combined with a lane that has seen
/// nothing stays as it is (no operation's identity changes anything but the payload of a NaN, and a sum is never -0), so
/// those need not be folded.
pub fn lanes_of(len: usize) -> usize {
    len / RUN_LEN * RUN_LANES + (len % RUN_LEN).min(RUN_LANES)
}

/// The steps that fold the lanes of a block of `len` elements in halves: `step(a, b)` combines lane `b` into lane `a`.
pub fn fold_steps(len: usize, mut step: impl FnMut(usize, usize)) {
    let mut touched = lanes_of(len);
    let mut half = REDUCTION_LANES / 2;
    while half > 0 {
        for lane in half..touched {
            step(lane - half, lane);
        }
        touched = touched.min(half);
        half /= 2;
    }
}

/// Folds the lanes of one block of `len` elements in halves.
pub fn fold_lanes<T: Copy>(lanes: &mut [T; REDUCTION_LANES], len: usize, mut combine: impl FnMut(T, T) -> T) -> T {
    fold_steps(len, |a, b| lanes[a] = combine(lanes[a], lanes[b]));
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
        assert_eq!(fold_lanes(&mut lanes, BLOCK_LEN, |a, b| a + b), 2016);
        assert_eq!([0, 1, 16, 17, 256, 257, 300, 1023, 1024].map(lanes_of), [0, 1, 16, 16, 16, 17, 32, 64, 64]);
        let mut steps = Vec::new();
        fold_steps(5, |a, b| steps.push((a, b)));
        assert_eq!(steps, [(0, 4), (0, 2), (1, 3), (0, 1)]);
    }
}
