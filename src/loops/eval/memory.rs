//! The evaluator's way to what is outside of its slots: addresses are real ones, as they are for machine code.

#![allow(unsafe_code)]

use std::ptr::{with_exposed_provenance, with_exposed_provenance_mut};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::loops::ir::{Signature, Word};

/// The bits of a word in memory, at any address.
///
/// # Safety
/// A word of this kind is there.
pub unsafe fn load(word: Word, address: u64) -> u64 {
    let address = address as usize;
    // SAFETY: the caller's promise; every pattern of bits is an integer.
    unsafe {
        match word {
            Word::I8 => with_exposed_provenance::<u8>(address).read() as u64,
            Word::F32 => with_exposed_provenance::<u32>(address).read_unaligned() as u64,
            Word::I64 | Word::F64 => with_exposed_provenance::<u64>(address).read_unaligned(),
        }
    }
}

/// # Safety
/// A word of this kind is there, and no reference to it.
pub unsafe fn store(word: Word, address: u64, bits: u64) {
    let address = address as usize;
    // SAFETY: the caller's promise.
    unsafe {
        match word {
            Word::I8 => with_exposed_provenance_mut::<u8>(address).write(bits as u8),
            Word::F32 => with_exposed_provenance_mut::<u32>(address).write_unaligned(bits as u32),
            Word::I64 | Word::F64 => with_exposed_provenance_mut::<u64>(address).write_unaligned(bits),
        }
    }
}

/// # Safety
/// An object's tag is there.
pub unsafe fn tag(address: u64) -> u32 {
    // SAFETY: the caller's promise.
    unsafe { with_exposed_provenance::<u32>(address as usize).read_unaligned() }
}

/// Whether a flag is set, which somebody else may do at any time.
///
/// # Safety
/// An atomic bool is there.
pub unsafe fn is_set(address: u64) -> bool {
    // SAFETY: the caller's promise.
    unsafe { &*with_exposed_provenance::<AtomicBool>(address as usize) }.load(Ordering::Relaxed)
}

/// Calls a routine; the bits of its result.
///
/// # Safety
/// At the address is a function of C's calling convention and of this signature, and the arguments are those that it
/// takes.
pub unsafe fn call(address: usize, signature: Signature, args: &[u64]) -> u64 {
    let function = with_exposed_provenance::<()>(address);
    let first = args.first().copied().unwrap_or_default();
    let second = args.get(1).copied().unwrap_or_default();
    let (x, y) = (f64::from_bits(first), f64::from_bits(second));
    macro_rules! function {
        ($($param:ty),* => $result:ty) => {
            std::mem::transmute::<*const (), unsafe extern "C" fn($($param),*) -> $result>(function)
        };
    }
    // SAFETY: the caller's promise.
    unsafe {
        match signature {
            Signature::IntBool => function!(u64, bool => bool)(first, second != 0) as u64,
            Signature::IntInt => function!(u64, u64 => bool)(first, second) as u64,
            Signature::IntFloat => function!(u64, f64 => bool)(first, y) as u64,
            Signature::IntSingle => function!(u64, f32 => bool)(first, f32::from_bits(second as u32)) as u64,
            Signature::Float => function!(f64 => f64)(x).to_bits(),
            Signature::FloatFloat => function!(f64, f64 => f64)(x, y).to_bits(),
        }
    }
}
