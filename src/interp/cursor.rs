//! The program counter: a pointer into verified code.

#![allow(unsafe_code)]

use crate::bytecode::chunk::{Instr, Pc};
use crate::value::Code;

/// Where a call stands in its code, which must outlive the cursor: the machine holds the code of every active call.
#[derive(Clone, Copy)]
pub struct Cursor {
    start: *const Instr,
    next: *const Instr,
}

impl Cursor {
    #[inline(always)]
    pub fn start(code: &Code) -> Cursor {
        let start = code.chunk.code.as_ptr();
        Cursor { start, next: start }
    }

    /// Where the next instruction is.
    pub fn next(&self) -> Pc {
        Pc(self.last().0 + 1)
    }

    /// The next instruction, or the operand word of the last one.
    #[inline(always)]
    pub fn fetch(&mut self) -> Instr {
        // SAFETY: the verifier has shown that no path runs past the end of the code, that operand words stand where
        // they are fetched, and that jumps land on instructions.
        unsafe {
            let instr = *self.next;
            self.next = self.next.add(1);
            instr
        }
    }

    #[inline(always)]
    pub fn jump(&mut self, target: Pc) {
        // SAFETY: as above.
        self.next = unsafe { self.start.add(target.0 as usize) };
    }

    /// The place of what was fetched last.
    #[inline(always)]
    pub fn last(&self) -> Pc {
        Pc((self.next.addr() - self.start.addr()) as u32 / size_of::<Instr>() as u32 - 1)
    }
}
