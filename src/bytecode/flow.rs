//! Where control goes from an instruction, and which registers are still wanted there.

use super::chunk::{Chunk, Instr, Pc};
use super::definite::handlers;
use super::op::{Op, Operand};
use super::verify::{defaults, is_test, leaves, reads, takes_next};

/// How many words an instruction takes: one, and its operand word if it has one.
pub fn width(op: Op) -> u32 {
    if takes_next(op) { 2 } else { 1 }
}

/// The instructions that may be executed after the one at `pc`, if it raises nothing: the next one first, then its
/// target.
pub fn successors(chunk: &Chunk, pc: Pc) -> impl Iterator<Item = Pc> {
    let instr = chunk.code[pc.0 as usize];
    let behind = Pc(pc.0 + width(instr.op));
    let operand = || chunk.code[pc.0 as usize + 1].target();
    let (next, target) = match instr.op {
        op if leaves(op) => (None, None),
        Op::Jump => (None, Some(instr.target())),
        Op::JumpIfFalse | Op::JumpIfTrue => (Some(behind), Some(instr.target())),
        op if is_test(op) || op == Op::ForIter => (Some(behind), Some(operand())),
        _ => (Some(behind), None),
    };
    next.into_iter().chain(target)
}

/// A set of registers, 64 to a word.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Registers(Vec<u64>);

impl Registers {
    fn none(count: u16) -> Registers {
        Registers(vec![0; (count as usize).div_ceil(64)])
    }

    pub fn contains(&self, register: u16) -> bool {
        self.0[register as usize / 64] >> (register % 64) & 1 != 0
    }

    pub fn insert(&mut self, register: u16) {
        self.0[register as usize / 64] |= 1 << (register % 64);
    }

    fn remove(&mut self, register: u16) {
        self.0[register as usize / 64] &= !(1 << (register % 64));
    }

    /// Adds others; whether there were any that were not here.
    fn extend(&mut self, others: &Registers) -> bool {
        let mut more = false;
        for (word, other) in self.0.iter_mut().zip(&others.0) {
            more |= *other & !*word != 0;
            *word |= other;
        }
        more
    }
}

/// For each instruction, the registers whose values may still be read when it is about to be executed.
#[derive(Debug)]
pub struct Liveness(Vec<Registers>);

impl Liveness {
    /// Follows all paths backwards, those to the handlers of exceptions among them, until nothing changes.
    pub fn of(chunk: &Chunk) -> Liveness {
        let count = chunk.code.len();
        let handlers = handlers(chunk);
        let mut live = vec![Registers::none(chunk.registers); count];
        let mut changed = true;
        while changed {
            changed = false;
            let mut at = count;
            while at > 0 {
                at -= 1;
                if at > 0 && width(chunk.code[at - 1].op) == 2 {
                    continue;
                }
                let pc = Pc(at as u32);
                let mut here = Registers::none(chunk.registers);
                for next in successors(chunk, pc).filter(|next| (next.0 as usize) < count) {
                    here.extend(&live[next.0 as usize]);
                }
                written(chunk.code[at]).for_each(|register| here.remove(register));
                if let Some(handler) = handlers[at] {
                    // What an instruction writes is not written yet when it raises.
                    let mut there = live[handler.target.0 as usize].clone();
                    there.remove(handler.register.0);
                    here.extend(&there);
                }
                // With what its operand word names.
                for instr in &chunk.code[at..at + width(chunk.code[at].op) as usize] {
                    read(chunk, *instr).for_each(|register| here.insert(register));
                }
                changed |= live[at].extend(&here);
            }
        }
        Liveness(live)
    }

    pub fn at(&self, pc: Pc) -> &Registers {
        &self.0[pc.0 as usize]
    }
}

/// The registers that an instruction reads.
pub fn read(chunk: &Chunk, instr: Instr) -> impl Iterator<Item = u16> {
    let fields = [instr.a, instr.b, instr.c];
    let operands = instr.op.operands();
    let single = (0..3)
        .filter(move |at| matches!(operands[*at], Operand::Src | Operand::Cell | Operand::Local) && reads(instr, *at));
    let declared = operands.iter().position(|operand| *operand == Operand::Block);
    let block = match declared {
        Some(at) => fields[at]..fields[at] + fields[2],
        None if instr.op == Op::MakeFunction => fields[2]..fields[2] + defaults(chunk, instr) as u16,
        None => 0..0,
    };
    single.map(move |at| fields[at]).chain(block)
}

/// The registers that an instruction certainly writes.
pub fn written(instr: Instr) -> impl Iterator<Item = u16> {
    let count = match instr.op.operands()[0] {
        // `ForIter` writes on one of its two ways only.
        Operand::Dst if instr.op != Op::ForIter => 1,
        Operand::DstBlock => instr.c,
        _ => 0,
    };
    instr.a..instr.a + count
}
