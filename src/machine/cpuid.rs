//! What an x86 CPU says of its caches by CPUID, where the operating system does not.

use std::arch::x86_64::{__cpuid, __cpuid_count, CpuidResult};

use super::caches::Cache;

/// The leaf that describes caches: Intel's, and AMD's with the same layout.
const INTEL: u32 = 4;
const AMD: u32 = 0x8000_001d;
/// No CPU has so many.
const MOST: u32 = 16;

/// The caches that hold data, in the CPU's order.
pub fn caches() -> Vec<Cache> {
    let known = |leaf: u32| __cpuid(leaf & 0x8000_0000).eax >= leaf;
    let of = |leaf: u32| -> Vec<Cache> {
        let answers = (0..MOST).map(|at| __cpuid_count(leaf, at)).take_while(|answer| answer.eax & 31 != 0);
        if known(leaf) { answers.filter_map(|answer| cache(&answer)).collect() } else { Vec::new() }
    };
    let caches = of(INTEL);
    if caches.is_empty() { of(AMD) } else { caches }
}

/// One answer of such a leaf (Intel's manual, volume 2, CPUID, "Deterministic Cache Parameters").
fn cache(answer: &CpuidResult) -> Option<Cache> {
    const INSTRUCTION: u32 = 2;
    if answer.eax & 31 == INSTRUCTION {
        return None;
    }
    let field = |word: u32, from: u32, bits: u32| (word >> from & ((1 << bits) - 1)) as u64;
    let line = field(answer.ebx, 0, 12) + 1;
    let (partitions, ways) = (field(answer.ebx, 12, 10) + 1, field(answer.ebx, 22, 10) + 1);
    Some(Cache {
        level: field(answer.eax, 5, 3) as u8,
        size: line * partitions * ways * (answer.ecx as u64 + 1),
        line,
        shared_by: field(answer.eax, 14, 12) as usize + 1,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_of_a_zen_3() {
        let answer = |eax, ebx, ecx| cache(&CpuidResult { eax, ebx, ecx, edx: 0 });
        let level = |level, size, shared_by| Some(Cache { level, size, line: 64, shared_by });
        assert_eq!(answer(0x0000_4121, 0x01c0_003f, 63), level(1, 32 << 10, 2));
        assert_eq!(answer(0x0000_4122, 0x01c0_003f, 63), None, "instructions");
        assert_eq!(answer(0x0000_4143, 0x01c0_003f, 1023), level(2, 512 << 10, 2));
        assert_eq!(answer(0x0003_c163, 0x03c0_003f, 32767), level(3, 32 << 20, 16));
    }
}
