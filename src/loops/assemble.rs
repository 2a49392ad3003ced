//! Instructions put one after the other: what everything has in common that writes loop IR.

use super::ir::{Binary, Block, BlockId, End, Inst, Literal, LoopCode, Relation, Routine, Slot, Unary, Word};

/// Whoever adds instructions to a loop's code. Each function that computes something gives the slot it is in.
pub trait Assemble {
    fn code(&self) -> &LoopCode;
    fn code_mut(&mut self) -> &mut LoopCode;
    fn emit(&mut self, inst: Inst);

    fn temp(&mut self, word: Word) -> Slot {
        self.code_mut().temp(word)
    }

    fn literal(&mut self, value: Literal) -> Slot {
        let dst = self.temp(value.word());
        self.emit(Inst::Const { dst, value });
        dst
    }

    fn int(&mut self, value: i64) -> Slot {
        self.literal(Literal::I64(value))
    }

    fn binary(&mut self, op: Binary, a: Slot, b: Slot) -> Slot {
        let dst = self.temp(self.code().word(a));
        self.emit(Inst::Binary { op, dst, a, b });
        dst
    }

    fn unary(&mut self, op: Unary, a: Slot) -> Slot {
        let dst = self.temp(op.word(self.code().word(a)));
        self.emit(Inst::Unary { op, dst, a });
        dst
    }

    fn compare(&mut self, op: Relation, a: Slot, b: Slot) -> Slot {
        let dst = self.temp(Word::I8);
        self.emit(Inst::Compare { op, dst, a, b });
        dst
    }

    fn select(&mut self, condition: Slot, a: Slot, b: Slot) -> Slot {
        let dst = self.temp(self.code().word(a));
        self.emit(Inst::Select { dst, condition, a, b });
        dst
    }

    fn load(&mut self, word: Word, base: Slot, offset: i32, fixed: bool) -> Slot {
        let dst = self.temp(word);
        self.emit(Inst::Load { dst, base, offset, fixed });
        dst
    }

    fn load_at(&mut self, word: Word, base: Slot, index: Slot) -> Slot {
        let dst = self.temp(word);
        self.emit(Inst::LoadAt { dst, base, index });
        dst
    }

    fn call(&mut self, routine: Routine, word: Word, args: Vec<Slot>) -> Slot {
        let dst = self.temp(word);
        self.emit(Inst::Call { routine, dst, args });
        dst
    }

    fn copy(&mut self, dst: Slot, src: Slot) {
        if dst != src {
            self.emit(Inst::Copy { dst, src });
        }
    }

    /// A copy of its own.
    fn fresh(&mut self, src: Slot) -> Slot {
        let dst = self.temp(self.code().word(src));
        self.emit(Inst::Copy { dst, src });
        dst
    }
}

/// Instructions that become a block when they are complete.
pub struct Sequence<'a> {
    code: &'a mut LoopCode,
    insts: Vec<Inst>,
}

impl<'a> Sequence<'a> {
    pub fn new(code: &'a mut LoopCode) -> Sequence<'a> {
        Sequence { code, insts: Vec::new() }
    }

    /// Makes a block of what was emitted since the last one.
    pub fn block(&mut self, name: String, end: End) -> BlockId {
        let insts = std::mem::take(&mut self.insts);
        self.code.blocks.push(Block { name, insts, end });
        BlockId(self.code.blocks.len() as u32 - 1)
    }
}

impl Assemble for Sequence<'_> {
    fn code(&self) -> &LoopCode {
        self.code
    }

    fn code_mut(&mut self) -> &mut LoopCode {
        self.code
    }

    fn emit(&mut self, inst: Inst) {
        self.insts.push(inst);
    }
}
