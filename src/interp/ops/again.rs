//! Work that is done again, for nothing but the time it takes: what instructions of measured copies of a loop do.
//!
//! Each function does one kind of work as the handlers do it, several times, and nothing else. Values pass through
//! [`unknown`], so that the compiler cannot tell that the work was done before.

#![allow(unsafe_code)]

use std::arch::asm;
use std::mem::ManuallyDrop;

use crate::interp::access::{kind, retain, try_allocate};
use crate::interp::cursor::Cursor;
use crate::interp::execution::Execution;
use crate::interp::probe::{Event, Probe};
use crate::value::{Heap, Kind, Value};

/// A word that the compiler knows nothing of any more, nor of memory. Costs no instruction.
#[inline(always)]
fn unknown(mut word: usize) -> usize {
    // SAFETY: there is no instruction.
    unsafe { asm!("/* {0} */", inout(reg) word, options(nostack, preserves_flags)) };
    word
}

/// The same of a float.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn unknown_float(mut x: f64) -> f64 {
    // SAFETY: there is no instruction.
    unsafe { asm!("/* {0} */", inout(xmm_reg) x, options(nostack, preserves_flags)) };
    x
}

#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
fn unknown_float(x: f64) -> f64 {
    std::hint::black_box(x)
}

/// What a branch leads to that is hardly ever taken: something, so that the branch stays.
#[cold]
#[inline(always)]
fn never() {
    // SAFETY: an instruction that does nothing.
    unsafe { asm!("nop", options(nomem, nostack, preserves_flags)) };
}

/// The box that a register points to: the pointer is loaded, and lies in a machine register from then on.
#[inline(always)]
fn follow<P: Probe>(register: &Value, probe: &mut P) -> ManuallyDrop<Value> {
    probe.record(Event::Dereference { value: register });
    same(unknown(register.address()))
}

/// The box at an address, of which the compiler remembers nothing.
#[inline(always)]
fn same(address: usize) -> ManuallyDrop<Value> {
    // SAFETY: callers have it from a value that they borrow, which keeps the box alive; what is not counted here is not
    // dropped either.
    unsafe { ManuallyDrop::new(std::mem::transmute::<usize, Value>(unknown(address))) }
}

#[inline(always)]
pub fn dereference<P: Probe>(register: &Value, probe: &mut P) {
    for _ in 0..4 {
        follow(register, probe);
    }
}

#[inline(always)]
pub fn type_check<P: Probe>(register: &Value, probe: &mut P) {
    let address = follow(register, probe).address();
    for _ in 0..4 {
        if kind(&same(address), probe) == Kind::Ellipsis {
            never();
        }
    }
}

/// The length is the box's number of references: a word of memory behind a pointer, as that of a list is.
#[inline(always)]
pub fn bounds_check<P: Probe>(register: &Value, probe: &mut P) {
    let address = follow(register, probe).address();
    let index = unknown(0);
    for _ in 0..4 {
        let len = same(address).reference_count();
        probe.record(Event::BoundsCheck { index: index as i64, len });
        if index >= len {
            never();
        }
    }
}

/// What is loaded is the box's first word, which lies beside its payload.
#[inline(always)]
pub fn load<P: Probe>(register: &Value, probe: &mut P) {
    let address = follow(register, probe).address();
    for _ in 0..4 {
        unknown(same(address).reference_count());
        probe.record(Event::Load { bytes: size_of::<usize>() });
    }
}

#[inline(always)]
pub fn store<P: Probe>(probe: &mut P) {
    let mut place = 0u64;
    for _ in 0..4 {
        // SAFETY: the place is ours.
        unsafe { (&raw mut place).write_volatile(0) };
        probe.record(Event::Store { bytes: size_of::<u64>() });
    }
}

/// Allocates, fills and frees; `None` if no box is free, and nothing was done.
#[inline(always)]
pub fn box_of_float<P: Probe>(heap: Heap, probe: &mut P) -> Option<()> {
    let value = try_allocate(heap, || 0.5f64, probe)?;
    let value = ManuallyDrop::into_inner(same(ManuallyDrop::new(value).address()));
    release(value, heap, probe);
    Some(())
}

#[inline(always)]
pub fn reference<P: Probe>(register: &Value, heap: Heap, probe: &mut P) {
    let held = follow(register, probe);
    let taken = ManuallyDrop::new(retain(&held, probe));
    release(ManuallyDrop::into_inner(same(taken.address())), heap, probe);
}

/// Releases a number, or what others hold as well: no other way is inlined here.
#[inline(always)]
fn release<P: Probe>(value: Value, heap: Heap, probe: &mut P) {
    probe.record(Event::Release { value: Some(&value) });
    let left = value.release_quickly(heap);
    debug_assert!(left.is_none());
    std::mem::forget(left);
}

#[inline(always)]
pub fn sums<P: Probe>(probe: &mut P) {
    let x = unknown_float(0.0);
    let mut sum = x;
    for _ in 0..4 {
        probe.record(Event::Arithmetic);
        sum += x;
    }
    unknown_float(sum);
}

#[inline(always)]
pub fn quotients<P: Probe>(probe: &mut P) {
    let divisor = unknown_float(1.7);
    for dividend in [2.9, 3.1, 5.3, 7.7] {
        probe.record(Event::Arithmetic);
        unknown_float(unknown_float(dividend) / divisor);
    }
}

#[inline(always)]
pub fn remainders<P: Probe>(probe: &mut P) {
    let divisor = unknown(13) as i64;
    for dividend in [7919, 7907, 7901, 7883] {
        probe.record(Event::Arithmetic);
        match (unknown(dividend) as i64).checked_rem(divisor) {
            Some(rest) => drop(unknown(rest as usize)),
            None => never(),
        }
    }
}

/// A range's state lies in memory: it is loaded, compared with the end, and stored.
#[inline(always)]
pub fn counter<P: Probe>(probe: &mut P) {
    let mut state = 0usize;
    let end = unknown(usize::MAX);
    for _ in 0..2 {
        // SAFETY: the state is ours.
        unsafe {
            let next = (&raw const state).read_volatile();
            probe.record(Event::LoopCounter { next: next as i64 });
            if next >= end {
                never();
            }
            (&raw mut state).write_volatile(next + 1);
        }
    }
}

#[inline(always)]
pub fn branches<P: Probe>(x: &mut Execution<'_, P>, at: Cursor) {
    for _ in 0..4 {
        // The address goes through unknown hands, so that the target is loaded each time.
        unknown(at.address());
        x.probe.record(Event::Branch { taken: false });
        if x.would_wait(at, at.target()) {
            never();
        }
    }
}
