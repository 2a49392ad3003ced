//! Numbers in boxes, where the dial keeps them: each variable has a cell that holds a reference to its box. What is
//! written to a variable is boxed, and what was in the cell is released; what is read is read from the box.
//!
//! Exits and jumps go by the registers, which get a copy that nothing else reads.

use super::{BlockId, Builder, Val};
use crate::array::DType;
use crate::loops::assemble::Assemble;
use crate::loops::dial::{Boxes, Types};
use crate::loops::ir::{Binary, End, Inst, Literal, Relation, Routine, Slot, Unary, Var, Word};
use crate::loops::types::Type;
use crate::loops::why::Reason;
use crate::value::{Kind, layout};

/// What is in a box: its type tag, and where the number is.
fn boxed(ty: &Type) -> Option<(Kind, Word, i32)> {
    match ty {
        Type::Float => Some((Kind::Float, Word::F64, layout::FLOAT)),
        Type::Int | Type::Natural => Some((Kind::Int, Word::I64, layout::INT)),
        Type::Numpy(dtype) => Some((Kind::Scalar, Word::of(*dtype), layout::scalar(*dtype))),
        Type::None
        | Type::Bool
        | Type::Known(_)
        | Type::List(_)
        | Type::Array(_)
        | Type::Row(_)
        | Type::Tuple(_)
        | Type::Range(_)
        | Type::Iterator(_)
        | Type::Object => None,
    }
}

/// What boxes a number.
fn routine(ty: &Type) -> Routine {
    match ty {
        Type::Float => Routine::BoxFloat,
        Type::Numpy(DType::Float64) => Routine::BoxFloat64,
        Type::Numpy(DType::Float32) => Routine::BoxFloat32,
        Type::Numpy(DType::Int64) => Routine::BoxInt64,
        Type::Numpy(DType::Bool) => Routine::BoxBool,
        _ => Routine::BoxInt,
    }
}

impl Builder<'_> {
    /// The place of a variable's cell behind the address of the first one, in bytes.
    fn cell(&mut self, var: Var) -> i32 {
        let next = self.cells.len();
        *self.cells.entry(var).or_insert(next) as i32 * 8
    }

    /// A variable's value as its box says it, where numbers are kept in boxes.
    pub(super) fn read_box(&mut self, var: Var, val: Val) -> Val {
        let (Boxes::Kept, Some((kind, word, at))) = (self.dial.boxes, boxed(&val.ty)) else { return val };
        let (cell, cells) = (self.cell(var), self.out.cells);
        let object = self.load(Word::I64, cells, cell, false);
        if self.dial.types == Types::Each {
            let exit = self.exit(Reason::ChangedType, &format!("{} was seen before", val.ty.name()));
            self.emit(Inst::CheckTag { base: object, offset: layout::KIND, tag: kind as u32, exit });
        }
        let number = self.load(word, object, at, false);
        Val { held: Some(object), ..Val::new(val.ty, [number]) }
    }

    /// Boxes what a variable gets, where numbers are kept in boxes: a number that is in a box already is shared.
    pub(super) fn write_box(&mut self, var: Var, val: &Val) {
        if self.dial.boxes == Boxes::Registers || boxed(&val.ty).is_none() {
            return;
        }
        let cell = self.cell(var);
        let (cells, offset) = (self.out.cells, self.int(cell.into()));
        let place = self.binary(Binary::Add, cells, offset);
        let (slow, done) = (self.part(), self.part());
        if let Type::Float | Type::Int | Type::Natural = val.ty {
            self.box_inline(cell, val, slow, done);
        } else {
            self.end(End::Jump(slow));
        }
        self.switch(slow);
        match val.held {
            Some(object) => self.call(Routine::Share, Word::I8, vec![place, object]),
            None => self.call(routine(&val.ty), Word::I8, vec![place, val.slot()]),
        };
        self.end(End::Jump(done));
        self.switch(done);
    }

    /// What the interpreter's handlers do for Python's numbers, without a call: takes a free box, or counts a reference
    /// to one, and releases what was in the cell. Goes to `slow` if that takes more: no box is free, the cell was empty or
    /// held another type, a small integer has a box already.
    fn box_inline(&mut self, cell: i32, val: &Val, slow: BlockId, done: BlockId) {
        let (cells, free) = (self.out.cells, self.out.free);
        let (zero, one) = (self.int(0), self.int(1));
        let Some((kind, _, at)) = boxed(&val.ty) else { return };
        let old = self.load(Word::I64, cells, cell, false);
        let some = self.compare(Relation::Ne, old, zero);
        self.unless_goes_to(some, slow);
        let same = self.is_kind(old, kind);
        self.unless_goes_to(same, slow);
        let new = match val.held {
            Some(object) => {
                let references = self.load(Word::I64, object, layout::REFERENCES, false);
                let more = self.binary(Binary::Add, references, one);
                self.emit(Inst::Store { src: more, base: object, offset: layout::REFERENCES });
                object
            }
            None => {
                if kind == Kind::Int {
                    let small = self.is_small(val.slot());
                    let large = self.unary(Unary::Not, small);
                    self.unless_goes_to(large, slow);
                }
                let new = self.load(Word::I64, free, 0, false);
                let some = self.compare(Relation::Ne, new, zero);
                self.unless_goes_to(some, slow);
                let next = self.load(Word::I64, new, 0, false);
                self.emit(Inst::Store { src: next, base: free, offset: 0 });
                self.emit(Inst::Store { src: one, base: new, offset: layout::REFERENCES });
                let tag = self.int(kind as i64);
                self.emit(Inst::Store { src: tag, base: new, offset: layout::KIND });
                self.emit(Inst::Store { src: val.slot(), base: new, offset: at });
                new
            }
        };
        self.emit(Inst::Store { src: new, base: cells, offset: cell });
        let references = self.load(Word::I64, old, layout::REFERENCES, false);
        let last = self.compare(Relation::Eq, references, one);
        let (release, keep) = (self.part(), self.part());
        self.end(End::Branch { condition: last, then: release, otherwise: keep });
        self.switch(release);
        let first = self.load(Word::I64, free, 0, false);
        self.emit(Inst::Store { src: first, base: old, offset: 0 });
        self.emit(Inst::Store { src: old, base: free, offset: 0 });
        self.end(End::Jump(done));
        self.switch(keep);
        let less = self.binary(Binary::Sub, references, one);
        self.emit(Inst::Store { src: less, base: old, offset: layout::REFERENCES });
        self.end(End::Jump(done));
    }

    fn unless_goes_to(&mut self, condition: Slot, otherwise: BlockId) {
        let on = self.part();
        self.end(End::Branch { condition, then: on, otherwise });
        self.switch(on);
    }

    /// Boxes what the variables are when the code begins: goes to the end of its first block.
    pub(super) fn box_inputs(&mut self) {
        let inputs: Vec<(Var, Type, Slot)> = self
            .out
            .inputs
            .iter()
            .filter(|(var, ty, _)| boxed(ty).is_some() && self.cells.contains_key(var))
            .map(|(var, ty, slots)| (*var, ty.clone(), slots[0]))
            .collect();
        for (var, ty, slot) in inputs {
            let (cell, cells) = (self.cell(var), self.out.cells);
            let (offset, place, done) = (self.temp(Word::I64), self.temp(Word::I64), self.temp(Word::I8));
            let entry = &mut self.out.blocks[0].insts;
            entry.push(Inst::Const { dst: offset, value: Literal::I64(cell.into()) });
            entry.push(Inst::Binary { op: Binary::Add, dst: place, a: cells, b: offset });
            entry.push(Inst::Call { routine: routine(&ty), dst: done, args: vec![place, slot] });
        }
        self.out.cell_count = self.cells.len();
    }
}
