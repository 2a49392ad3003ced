//! What the engine did: counted as it happens, read and reset by whoever measures.

use std::ops::AddAssign;
use std::time::Duration;

use crate::array::Array;
use crate::kernel::lower::Task;

/// Totals since the last reset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Kernels compiled.
    pub kernels: u64,
    /// Time from IR to machine code.
    pub compile_time: Duration,
    /// Kernels run, and matrix products.
    pub runs: u64,
    pub work: Work,
}

/// What there is to do in a run, or in several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Places of the iteration space; n · k · m for a product of n × k with k × m.
    pub elements: u64,
    /// Arithmetic operations; an FMA is two, a conversion none.
    pub operations: u64,
    /// Bytes of arrays read and written, each element of an array once.
    pub bytes_read: u64,
    pub bytes_written: u64,
}

impl Work {
    /// One run of a kernel.
    pub fn of_kernel(task: &Task) -> Work {
        let elements = task.space.iter().product::<usize>() as u64;
        Work {
            elements,
            operations: elements * task.kernel.operations(),
            bytes_read: task.operands.iter().filter_map(|operand| operand.array()).map(bytes).sum(),
            bytes_written: (task.shape.iter().product::<usize>() * task.kernel.dtype().size()) as u64,
        }
    }

    /// One matrix product, each element of `result` a sum of `inner` products.
    pub fn of_product(a: &Array, b: &Array, result: &Array, inner: usize) -> Work {
        let elements = result.size() as u64 * inner as u64;
        let bytes_read = bytes(a) + bytes(b);
        Work { elements, operations: 2 * elements, bytes_read, bytes_written: bytes(result) }
    }
}

fn bytes(array: &Array) -> u64 {
    (array.size() * array.dtype().size()) as u64
}

impl AddAssign for Work {
    fn add_assign(&mut self, other: Work) {
        let Work { elements, operations, bytes_read, bytes_written } = other;
        self.elements += elements;
        self.operations += operations;
        self.bytes_read += bytes_read;
        self.bytes_written += bytes_written;
    }
}
