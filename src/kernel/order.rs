//! The order of a reduction: constants of the language, not of a machine.
//!
//! A slice of `n` elements, in C order of the reduced axes, is cut into blocks of [`BLOCK_LEN`], and a block into runs of
//! 16 rows. A row has 256 bytes: 32 elements of eight bytes, 64 of four. In each run, lane `l` takes element `l` of every
//! row, one after the other, beginning with the identity; so eight registers of 256 bits read memory from front to back,
//! and a block has [`REDUCTION_LANES`] lanes. These are folded in halves (`l` with `l + 32`, then `l + 16`, … `l + 1`),
//! and the block results are combined pairwise, neighbours first, level by level; an odd one moves up unchanged. So the
//! rounding of a sum is a function of its length and dtype alone: not of strides, vector width, unrolling or threads.

/// Rows of a run: how many elements a lane takes.
pub const ROWS: usize = 16;

/// Elements of a row, which are the lanes of a run, for accumulators of `size` bytes.
pub const fn row_len(size: usize) -> usize {
    let len = 256 / size;
    if len < REDUCTION_LANES { len } else { REDUCTION_LANES }
}

/// Virtual lanes of a block.
pub const REDUCTION_LANES: usize = 64;

/// Elements of a reduction's block, and of the blocks in which kernels pass over memory.
pub const BLOCK_LEN: usize = REDUCTION_LANES * ROWS;

/// The lane that takes the element at `index` of a block, with rows of `row` elements.
pub fn lane_of(index: usize, row: usize) -> usize {
    index / (row * ROWS) * row + index % row
}

/// Lanes of a block up to the last one that sees any of its `len` elements, with rows of `row` elements. What is combined
/// with a lane that has seen nothing stays as it is (no operation's identity changes anything but the payload of a NaN,
/// and a sum is never -0), so those need not be folded.
pub fn lanes_of(len: usize, row: usize) -> usize {
    len / (row * ROWS) * row + (len % (row * ROWS)).min(row)
}

/// The steps that fold the lanes of a block of `len` elements in halves: `step(a, b)` combines lane `b` into lane `a`.
pub fn fold_steps(len: usize, row: usize, mut step: impl FnMut(usize, usize)) {
    let mut touched = lanes_of(len, row);
    let mut half = REDUCTION_LANES / 2;
    while half > 0 {
        for lane in half..touched {
            step(lane - half, lane);
        }
        touched = touched.min(half);
        half /= 2;
    }
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
        let mut lanes: [u64; REDUCTION_LANES] = std::array::from_fn(|lane| lane as u64);
        fold_steps(BLOCK_LEN, 32, |a, b| lanes[a] += lanes[b]);
        assert_eq!(lanes[0], 2016);
        assert_eq!(
            [0, 1, 32, 33, 512, 513, 600, 1023, 1024].map(|len| lanes_of(len, 32)),
            [0, 1, 32, 32, 32, 33, 64, 64, 64]
        );
        assert_eq!([0, 1, 63, 65, 1024].map(|len| lanes_of(len, 64)), [0, 1, 63, 64, 64]);
        assert_eq!([0, 31, 32, 511, 512, 545].map(|index| lane_of(index, 32)), [0, 31, 0, 31, 32, 33]);
        let mut steps = Vec::new();
        fold_steps(5, row_len(8), |a, b| steps.push((a, b)));
        assert_eq!(steps, [(0, 4), (0, 2), (1, 3), (0, 1)]);
    }
}
