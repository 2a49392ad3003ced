//! The loops for x86-64, instruction by instruction. `.irp` repeats what follows it for each number of its list.
//!
//! The functions are handed out by [`micro`] alone, which looks first whether the CPU has their instructions.

#![allow(unsafe_code)]

use std::arch::{asm, is_x86_feature_detected as detected};

use super::{Block, Counted, Micro, Stream, Transfer};
use crate::machine::isa::{Precision, Width};

/// What multiplies and is added: x·½ + ½ stays an ordinary number for good.
static HALF_F32: [f32; 16] = [0.5; 16];
static HALF_F64: [f64; 8] = [0.5; 8];

/// Chains of multiply-adds: more than latency times instructions per cycle on any CPU so far, as many as fit the
/// registers that all have.
const CHAINS: u64 = 12;
/// Links that one round of a chain has.
const LINKS: u64 = 64;
/// Steps of one round of [`walk`].
pub const STEPS: u64 = 16;

pub fn micro() -> Micro {
    let avx = detected!("avx");
    let fma = avx && detected!("fma");
    let avx512 = detected!("avx512f");
    let mut chains = Vec::new();
    let mut add = |width: Width, f32: fn(u64), f64: fn(u64)| {
        for (precision, run) in [(Precision::F32, f32), (Precision::F64, f64)] {
            chains.push((width, precision, Counted { run, work: 2 * 2 * CHAINS * width.lanes(precision) }));
        }
    };
    if fma {
        add(Width::Scalar, fma_f32, fma_f64);
        add(Width::Bits128, fma_f32_128, fma_f64_128);
        add(Width::Bits256, fma_f32_256, fma_f64_256);
    }
    if avx512 {
        add(Width::Bits512, fma_f32_512, fma_f64_512);
    }
    Micro {
        add_chain: Some(Counted { run: add_chain, work: LINKS }),
        fma_chain: fma.then_some(Counted { run: fma_chain, work: LINKS }),
        fma: chains,
        transfer: match (avx512, avx) {
            (true, _) => transfer_512::TRANSFER,
            (false, true) => transfer_256::TRANSFER,
            (false, false) => transfer_128::TRANSFER,
        },
        branches: Some(branches),
    }
}

/// Chains of multiply-adds, two links of each in a round.
macro_rules! fma {
    ($name:ident: $instruction:literal, $register:literal, $halves:ident) => {
        fn $name(rounds: u64) {
            if rounds == 0 {
                return;
            }
            // SAFETY: it reads one register from a constant of 64 bytes, and counts down to 0; the CPU has the
            // instructions.
            unsafe {
                asm!(
                    ".irp i, 0,1,2,3,4,5,6,7,8,9,10,11,12",
                    concat!("vmovups ", $register, "\\i, [rsi]"),
                    ".endr",
                    "2:",
                    ".irp i, 0,1,2,3,4,5,6,7,8,9,10,11,0,1,2,3,4,5,6,7,8,9,10,11",
                    concat!($instruction, " ", $register, "\\i, ", $register, "12, ", $register, "12"),
                    ".endr",
                    "dec rcx",
                    "jnz 2b",
                    "vzeroupper",
                    inout("rcx") rounds => _,
                    in("rsi") $halves.as_ptr(),
                    clobber_abi("sysv64"),
                    options(nostack, readonly),
                );
            }
        }
    };
}

fma!(fma_f32: "vfmadd213ss", "xmm", HALF_F32);
fma!(fma_f64: "vfmadd213sd", "xmm", HALF_F64);
fma!(fma_f32_128: "vfmadd213ps", "xmm", HALF_F32);
fma!(fma_f64_128: "vfmadd213pd", "xmm", HALF_F64);
fma!(fma_f32_256: "vfmadd213ps", "ymm", HALF_F32);
fma!(fma_f64_256: "vfmadd213pd", "ymm", HALF_F64);
fma!(fma_f32_512: "vfmadd213ps", "zmm", HALF_F32);
fma!(fma_f64_512: "vfmadd213pd", "zmm", HALF_F64);

fn fma_chain(rounds: u64) {
    if rounds == 0 {
        return;
    }
    // SAFETY: it reads 16 bytes of a constant of 64, and counts down to 0; the CPU has the instructions.
    unsafe {
        asm!(
            "vmovups xmm0, [rsi]",
            "vmovups xmm1, [rsi]",
            "2:",
            ".rept {links}",
            "vfmadd213sd xmm0, xmm1, xmm1",
            ".endr",
            "dec rcx",
            "jnz 2b",
            links = const LINKS,
            inout("rcx") rounds => _,
            in("rsi") HALF_F64.as_ptr(),
            clobber_abi("sysv64"),
            options(nostack, readonly),
        );
    }
}

/// The operands are registers: some CPUs add small constants without any time.
fn add_chain(rounds: u64) {
    if rounds == 0 {
        return;
    }
    // SAFETY: it computes in registers, and counts down to 0.
    unsafe {
        asm!(
            "2:",
            ".rept {links}",
            "add rax, rdx",
            ".endr",
            "dec rcx",
            "jnz 2b",
            links = const LINKS,
            inout("rcx") rounds => _,
            inout("rax") 0u64 => _,
            in("rdx") 3u64,
            options(nostack, nomem),
        );
    }
}

/// Goes from each word to the one whose address it is, [`STEPS`] times a round.
///
/// # Safety
/// Every word on the way can be read, and is the address of another.
pub unsafe fn walk(mut at: *const u64, rounds: u64) -> *const u64 {
    if rounds > 0 {
        // SAFETY: the caller's promise; it counts down to 0.
        unsafe {
            asm!(
                "2:",
                ".rept {steps}",
                "mov rax, [rax]",
                ".endr",
                "dec rcx",
                "jnz 2b",
                steps = const STEPS,
                inout("rcx") rounds => _,
                inout("rax") at,
                options(nostack, readonly),
            );
        }
    }
    at
}

fn branches(bytes: &[u8]) {
    if bytes.is_empty() {
        return;
    }
    // SAFETY: it reads as many bytes as there are, from the first on.
    unsafe {
        asm!(
            "2:",
            "cmp byte ptr [rsi], 0",
            "je 3f",
            "add rax, rdx",
            "3:",
            "inc rsi",
            "dec rcx",
            "jnz 2b",
            inout("rcx") bytes.len() => _,
            inout("rsi") bytes.as_ptr() => _,
            inout("rax") 0u64 => _,
            in("rdx") 3u64,
            options(nostack, readonly),
        );
    }
}

/// Stores to all of a block's places, which stand for the registers that it has room for.
macro_rules! write {
    ($name:ident: $load:literal, $store:literal, $register:literal, $bytes:literal, $places:literal, $last:literal) => {
        fn $name(blocks: &mut [Block]) {
            if blocks.is_empty() {
                return;
            }
            // SAFETY: it writes as many blocks as there are, from the first on, and any bits are a line; the CPU has
            // the instructions.
            unsafe {
                asm!(
                    concat!($load, " ", $register, "0, [rdx]"),
                    "2:",
                    concat!(".irp i, ", $places),
                    concat!($store, " [rdi + ", $bytes, "*\\i], ", $register, "0"),
                    ".endr",
                    "add rdi, {block}",
                    "dec rcx",
                    "jnz 2b",
                    "sfence",
                    $last,
                    block = const size_of::<Block>(),
                    inout("rcx") blocks.len() => _,
                    inout("rdi") blocks.as_mut_ptr() => _,
                    in("rdx") HALF_F32.as_ptr(),
                    clobber_abi("sysv64"),
                    options(nostack),
                );
            }
        }
    };
}

macro_rules! copy {
    ($name:ident: $load:literal, $store:literal, $register:literal, $bytes:literal, $places:literal, $last:literal) => {
        fn $name(from: &[Block], to: &mut [Block]) {
            let count = from.len().min(to.len());
            if count == 0 {
                return;
            }
            // SAFETY: it reads and writes as many blocks as both have, from the first on; the CPU has the instructions.
            unsafe {
                asm!(
                    "2:",
                    concat!(".irp i, ", $places),
                    concat!($load, " ", $register, "0, [rsi + ", $bytes, "*\\i]"),
                    concat!($store, " [rdi + ", $bytes, "*\\i], ", $register, "0"),
                    ".endr",
                    "add rsi, {block}",
                    "add rdi, {block}",
                    "dec rcx",
                    "jnz 2b",
                    "sfence",
                    $last,
                    block = const size_of::<Block>(),
                    inout("rcx") count => _,
                    inout("rsi") from.as_ptr() => _,
                    inout("rdi") to.as_mut_ptr() => _,
                    clobber_abi("sysv64"),
                    options(nostack),
                );
            }
        }
    };
}

/// Loads whose values nobody waits for.
macro_rules! read {
    ($name:ident: $load:literal, $register:literal, $bytes:literal, $places:literal, $last:literal) => {
        fn $name(blocks: &[Block], passes: u64) {
            if blocks.is_empty() || passes == 0 {
                return;
            }
            // SAFETY: it reads as many blocks as there are, from the first on, in each pass; the CPU has the
            // instructions.
            unsafe {
                asm!(
                    "2:",
                    "mov rsi, rdx",
                    "mov rcx, rdi",
                    "3:",
                    concat!(".irp i, ", $places),
                    concat!($load, " ", $register, "0, [rsi + ", $bytes, "*\\i]"),
                    ".endr",
                    "add rsi, {block}",
                    "dec rcx",
                    "jnz 3b",
                    "dec rax",
                    "jnz 2b",
                    $last,
                    block = const size_of::<Block>(),
                    inout("rax") passes => _,
                    in("rdx") blocks.as_ptr(),
                    in("rdi") blocks.len(),
                    out("rcx") _,
                    out("rsi") _,
                    clobber_abi("sysv64"),
                    options(nostack, readonly),
                );
            }
        }
    };
}

/// The loops over memory of one width.
macro_rules! transfer {
    ($width:ident: $by:literal, $move:literal, $stream:literal, $register:literal, $bytes:literal, $places:literal, $last:literal) => {
        mod $width {
            use super::*;

            pub const TRANSFER: Transfer =
                Transfer { by: $by, read, write, copy, stream: Some(Stream { write: stream, copy: copy_stream }) };

            read!(read: $move, $register, $bytes, $places, $last);
            write!(write: $move, $move, $register, $bytes, $places, $last);
            write!(stream: $move, $stream, $register, $bytes, $places, $last);
            copy!(copy: $move, $move, $register, $bytes, $places, $last);
            copy!(copy_stream: $move, $stream, $register, $bytes, $places, $last);
        }
    };
}

transfer!(transfer_128: "128-bit", "movups", "movntps", "xmm", "16",
    "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31", "");
transfer!(transfer_256: "256-bit", "vmovups", "vmovntps", "ymm", "32", "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15",
    "vzeroupper");
transfer!(transfer_512: "512-bit", "vmovups", "vmovntps", "zmm", "64", "0,1,2,3,4,5,6,7", "vzeroupper");
