//! The reference evaluator: one instruction after the other, on slots that are words of 64 bits. It defines what the loop
//! IR means.

#![allow(unsafe_code)]

mod memory;
mod scalar;
#[cfg(test)]
mod tests;

use std::ops::ControlFlow;

use super::ir::{Block, BlockId, End, ExitId, Inst, LoopCode, Routines, Slot};

/// Runs a loop as its machine code would: it reads its inputs from `words`, and leaves its outputs there. The exit by
/// which it leaves.
///
/// # Panics
/// If there are fewer words than it exchanges, or it breaks a rule of [`super::verify`].
///
/// # Safety
/// The words are what the loop's inputs say, what they point to is as their types say, and at each routine's address is
/// a function of its signature.
pub unsafe fn run(code: &LoopCode, words: &mut [u64], routines: Routines<'_>) -> ExitId {
    assert!(words.len() >= code.exchanged(), "a loop gets the words that it exchanges");
    let mut run = Run { code, slots: vec![0; code.slots.len()], routines };
    for (slot, word) in code.input_words().zip(&*words) {
        run.set(slot, scalar::truncated(code.word(slot), *word));
    }
    let mut at = BlockId(0);
    let exit = loop {
        // SAFETY: the caller's promise.
        match unsafe { run.block(&code.blocks[at.0 as usize]) } {
            ControlFlow::Continue(next) => at = next,
            ControlFlow::Break(exit) => break exit,
        }
    };
    for (word, slot) in words.iter_mut().zip(code.output_words(&code.exits[exit.0 as usize])) {
        *word = run.get(slot);
    }
    exit
}

struct Run<'a> {
    code: &'a LoopCode,
    slots: Vec<u64>,
    routines: Routines<'a>,
}

impl Run<'_> {
    fn get(&self, slot: Slot) -> u64 {
        self.slots[slot.0 as usize]
    }

    fn set(&mut self, slot: Slot, bits: u64) {
        self.slots[slot.0 as usize] = bits;
    }

    /// Through a block: the next one, or out of the code.
    ///
    /// # Safety
    /// As [`run`].
    unsafe fn block(&mut self, block: &Block) -> ControlFlow<ExitId, BlockId> {
        for inst in &block.insts {
            // SAFETY: the caller's promise.
            unsafe { self.inst(inst) }?;
        }
        match block.end {
            End::Jump(to) => ControlFlow::Continue(to),
            End::Branch { condition, then, otherwise } => {
                ControlFlow::Continue(if self.get(condition) != 0 { then } else { otherwise })
            }
            End::Exit(exit) => ControlFlow::Break(exit),
        }
    }

    /// # Safety
    /// As [`run`].
    unsafe fn inst(&mut self, inst: &Inst) -> ControlFlow<ExitId> {
        let word = |slot: Slot| self.code.word(slot);
        let get = |slot: &Slot| self.get(*slot);
        let beyond = |base: &Slot, offset: i32| get(base).wrapping_add_signed(offset as i64);
        let element = |base: &Slot, index: &Slot, item: Slot| {
            get(base).wrapping_add(get(index).wrapping_mul(word(item).bytes() as u64))
        };
        let written = match inst {
            Inst::Const { dst, value } => (*dst, scalar::literal(*value)),
            Inst::Copy { dst, src } => (*dst, get(src)),
            Inst::Binary { op, dst, a, b } => (*dst, scalar::binary(*op, word(*a), get(a), get(b))),
            Inst::Unary { op, dst, a } => (*dst, scalar::unary(*op, word(*a), get(a))),
            Inst::Compare { op, dst, a, b } => (*dst, scalar::compare(*op, word(*a), get(a), get(b)) as u64),
            Inst::Select { dst, condition, a, b } => (*dst, if get(condition) != 0 { get(a) } else { get(b) }),
            Inst::Check { condition, exit } => return unless(get(condition) != 0, *exit),
            Inst::Poll { flag, exit } => {
                // SAFETY: the first word is the address of the flag; code does not change it.
                return unless(unsafe { !memory::is_set(get(flag)) }, *exit);
            }
            Inst::CheckTag { base, offset, tag, exit } => {
                // SAFETY: the caller's promise: the base is an object, and there is its tag.
                let found = unsafe { memory::tag(beyond(base, *offset)) };
                return unless(found == *tag, *exit);
            }
            Inst::Checked { op, dst, a, b, exit } => match scalar::checked(*op, get(a), get(b)) {
                Some(result) => (*dst, result),
                None => return ControlFlow::Break(*exit),
            },
            Inst::Load { dst, base, offset, fixed: _ } => {
                // SAFETY: the caller's promise: what the base points to has a word there.
                (*dst, unsafe { memory::load(word(*dst), beyond(base, *offset)) })
            }
            Inst::Store { src, base, offset } => {
                // SAFETY: as for a load, and the code alone runs.
                unsafe { memory::store(word(*src), beyond(base, *offset), get(src)) };
                return ControlFlow::Continue(());
            }
            Inst::LoadAt { dst, base, index } => {
                // SAFETY: the caller's promise: code has checked the index.
                (*dst, unsafe { memory::load(word(*dst), element(base, index, *dst)) })
            }
            Inst::StoreAt { src, base, index } => {
                // SAFETY: as for a load, and the code alone runs.
                unsafe { memory::store(word(*src), element(base, index, *src), get(src)) };
                return ControlFlow::Continue(());
            }
            Inst::Call { routine, dst, args } => {
                let args: Vec<u64> = args.iter().map(get).collect();
                // SAFETY: the caller's promise, and the verifier has counted the arguments.
                (*dst, unsafe { memory::call((self.routines)(*routine), routine.signature(), &args) })
            }
        };
        self.set(written.0, written.1);
        ControlFlow::Continue(())
    }
}

fn unless(holds: bool, exit: ExitId) -> ControlFlow<ExitId> {
    if holds { ControlFlow::Continue(()) } else { ControlFlow::Break(exit) }
}
