//! What the engine did: counted as it happens, read and reset by whoever measures.

use std::time::Duration;

/// Totals since the last reset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Kernels compiled.
    pub kernels: u64,
    /// Time from IR to machine code.
    pub compile_time: Duration,
    /// Kernels run.
    pub runs: u64,
    /// Places of the iteration spaces.
    pub elements: u64,
    /// Bytes of arrays read and written, each element of an array once for each kernel.
    pub bytes_read: u64,
    pub bytes_written: u64,
    /// Arithmetic operations; an FMA is two, a conversion none.
    pub operations: u64,
}
