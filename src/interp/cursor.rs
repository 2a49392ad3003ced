//! The program counter: a pointer to an instruction of verified code; and that code.

#![allow(unsafe_code)]

use std::ops::Deref;
use std::ptr::NonNull;
use std::rc::Rc;

use crate::bytecode::chunk::{Instr, Pc};
use crate::bytecode::op::Op;
use crate::value::Code;

/// The code of a call that is under way, not counted as a reference: the function that was called holds it, and lies in
/// the caller's register until the call returns; the outermost call's is held by who runs it.
#[derive(Clone, Copy)]
pub struct Running(NonNull<Code>);

impl Running {
    #[inline(always)]
    pub fn new(code: &Rc<Code>) -> Running {
        // SAFETY: an `Rc` points somewhere. Through it, not through a reference to the code, so that it can be counted.
        Running(unsafe { NonNull::new_unchecked(Rc::as_ptr(code).cast_mut()) })
    }

    /// A reference that counts.
    pub fn shared(self) -> Rc<Code> {
        // SAFETY: it was made from an `Rc` that is alive (see above), and is counted before it is owned.
        unsafe {
            Rc::increment_strong_count(self.0.as_ptr());
            Rc::from_raw(self.0.as_ptr())
        }
    }
}

impl Deref for Running {
    type Target = Code;
    #[inline(always)]
    fn deref(&self) -> &Code {
        // SAFETY: the code is alive as long as its call (see above).
        unsafe { self.0.as_ref() }
    }
}

/// Where a call stands in its code, which must outlive the cursor: the machine holds the code of every active call.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct Cursor(NonNull<Instr>);

impl Cursor {
    /// At an instruction of `code`.
    #[inline(always)]
    pub fn at(code: &Code, pc: Pc) -> Cursor {
        // SAFETY: the verifier has shown that jumps land on instructions, and every other `Pc` was one of this code's.
        Cursor(unsafe { NonNull::new_unchecked(code.chunk.code.as_ptr().add(pc.0 as usize).cast_mut()) })
    }

    #[inline(always)]
    fn get(&self) -> &Instr {
        // SAFETY: it stands on an instruction or an operand word of code that is alive (see above).
        unsafe { self.0.as_ref() }
    }

    #[inline(always)]
    pub fn op(self) -> Op {
        self.get().op
    }

    /// The instruction, each field loaded by itself where it is used: one load of all would be taken apart by shifts.
    #[inline(always)]
    pub fn instr(self) -> Instr {
        let instr = self.get();
        Instr { op: instr.op, flags: instr.flags, a: instr.a, b: instr.b, c: instr.c }
    }

    /// The word behind: the next instruction, or the operand of this one.
    #[inline(always)]
    pub fn next(self) -> Cursor {
        // SAFETY: the verifier has shown that no path runs past the end of the code, and that operand words stand where
        // they are fetched.
        Cursor(unsafe { self.0.add(1) })
    }

    /// The instruction so many words behind this one, the first of its code.
    #[inline(always)]
    pub fn forward(self, pc: Pc) -> Cursor {
        // SAFETY: as in `at`.
        Cursor(unsafe { self.0.add(pc.0 as usize) })
    }

    /// Where the jump under it goes.
    #[inline(always)]
    pub fn target(self) -> Pc {
        // SAFETY: an instruction is eight bytes, aligned so; the last four are the target's, the low half first.
        Pc(u32::from_le(unsafe { self.0.cast::<u32>().add(1).read() }))
    }

    /// Whether it stands at `other` or before it, in the same code.
    #[inline(always)]
    pub fn is_at_or_before(self, other: Cursor) -> bool {
        self.0 <= other.0
    }

    /// Whether it stands before `other`, in the same code.
    #[inline(always)]
    pub fn is_before(self, other: Cursor) -> bool {
        self.0 < other.0
    }

    /// The address of the instruction.
    pub fn address(self) -> usize {
        self.0.addr().get()
    }

    /// Its place in `code`.
    #[inline(always)]
    pub fn pc(self, code: &Code) -> Pc {
        Pc((self.0.addr().get() - code.chunk.code.as_ptr().addr()) as u32 / size_of::<Instr>() as u32)
    }
}
