//! Numbers in boxes, where the dial keeps them: each variable has a cell that holds a reference to its box. What is
//! written to a variable is boxed, and what was in the cell is released; what is read is read from the box.
//!
//! Exits and jumps go by the registers, which get a copy that nothing else reads.

use super::{Builder, Val};
use crate::array::DType;
use crate::loops::dial::{Boxes, Types};
use crate::loops::ir::{Binary, Inst, Literal, Routine, Slot, Var, Word};
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
    pub(super) fn from_box(&mut self, var: Var, val: Val) -> Val {
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
    pub(super) fn to_box(&mut self, var: Var, val: &Val) {
        if self.dial.boxes == Boxes::Registers || boxed(&val.ty).is_none() {
            return;
        }
        let cell = self.cell(var);
        let (cells, offset) = (self.out.cells, self.int(cell.into()));
        let place = self.binary(Binary::Add, cells, offset);
        match val.held {
            Some(object) => self.call(Routine::Share, Word::I8, vec![place, object]),
            None => self.call(routine(&val.ty), Word::I8, vec![place, val.slot()]),
        };
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
