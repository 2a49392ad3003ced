//! Values made of several: lists, tuples, dictionaries, slices, f-strings. Their items are evaluated into
//! consecutive registers.

use super::expr::Feeds;
use super::function::Function;
use crate::bytecode::chunk::{Constant, Flags, Instr, Reg};
use crate::bytecode::op::Op;
use crate::source::Span;
use crate::syntax::ast::{ExprId, ExprKind, FStringPart};

/// A display with more items is put together one by one: registers are few.
const MAX_BLOCK: usize = 256;

impl Function<'_, '_> {
    pub(super) fn sequence(&mut self, op: Op, items: &[ExprId], dst: Reg, span: Span) {
        let starred = items.iter().any(|item| matches!(self.unit.ast.expr(*item).kind, ExprKind::Starred(_)));
        if starred || items.len() > MAX_BLOCK {
            return self.unpacked(op, items, dst, span);
        }
        let registers: Vec<Reg> = items.iter().map(|item| self.item(*item)).collect();
        let flags = match op {
            Op::BuildSet if items.len() > 2 && self.is_constant(items) => Flags::CONSTANT,
            _ => Flags::default(),
        };
        let first = registers.first().copied().unwrap_or(Reg(0));
        self.emit.emit(Instr { flags, ..Instr::new(op, dst.0, first.0, items.len() as u16) }, span);
    }

    /// Whether all items are known before the program runs, as CPython sees it.
    fn is_constant(&self, items: &[ExprId]) -> bool {
        let mut pending = items.to_vec();
        while let Some(item) = pending.pop() {
            match &self.unit.ast.expr(item).kind {
                _ if self.unit.folded.get(item).is_some() => {}
                ExprKind::Tuple(items) => pending.extend(items),
                _ => return false,
            }
        }
        true
    }

    /// What a loop walks: a set of constants is frozen before the program runs, which decides its order.
    pub(super) fn iterable(&mut self, id: ExprId, temp: Reg) -> Reg {
        match &self.unit.ast.expr(id).kind {
            ExprKind::Set(items) if items.len() <= MAX_BLOCK && self.is_constant(items) => {
                let registers: Vec<Reg> = items.iter().map(|item| self.item(*item)).collect();
                let first = registers.first().copied().unwrap_or(Reg(0));
                let build = Instr::new(Op::BuildSet, temp.0, first.0, items.len() as u16);
                self.emit.emit(Instr { flags: Flags::WALKED, ..build }, self.span(id));
                temp
            }
            _ => self.operand_at(id, temp, Feeds::Other),
        }
    }

    /// A display that grows item by item.
    fn unpacked(&mut self, op: Op, items: &[ExprId], dst: Reg, span: Span) {
        let collection = self.scratch(dst, span);
        let known: Option<Vec<Constant>> = items.iter().map(|item| self.unit.folded.get(*item).cloned()).collect();
        match (op, known) {
            (Op::BuildTuple, Some(known)) => return self.constant_into(&Constant::Tuple(known), dst, span),
            (Op::BuildList, Some(known)) => {
                self.emit(Op::BuildList, collection.0, 0, 0, span);
                let items = self.constant(Constant::Tuple(known), span);
                self.emit(Op::ListExtend, collection.0, items.0, 0, span);
            }
            (Op::BuildSet, Some(known)) => {
                let items = self.constant(Constant::Tuple(known), span);
                let build = Instr::new(Op::BuildSet, collection.0, items.0, 1);
                self.emit.emit(Instr { flags: Flags::SPREAD, ..build }, span);
            }
            (Op::BuildSet, None) => {
                self.emit(Op::BuildSet, collection.0, 0, 0, span);
                self.grow(items.iter().copied(), [Op::SetAdd, Op::SetUpdate], collection, span);
            }
            _ => {
                self.emit(Op::BuildList, collection.0, 0, 0, span);
                self.grow(items.iter().copied(), [Op::ListAppend, Op::ListExtend], collection, span);
            }
        }
        match op {
            Op::BuildTuple => self.emit(Op::ListToTuple, dst.0, collection.0, 0, span),
            _ => self.move_to(dst, collection, span),
        }
    }

    /// Adds items one by one, and what is starred whole.
    pub(super) fn grow(
        &mut self,
        items: impl Iterator<Item = ExprId>,
        [add, extend]: [Op; 2],
        collection: Reg,
        span: Span,
    ) {
        for item in items {
            let mark = self.emit.mark();
            match self.unit.ast.expr(item).kind {
                ExprKind::Starred(items) => {
                    let items = self.operand(items, Feeds::Other);
                    self.emit(extend, collection.0, items.0, 0, span);
                }
                _ => {
                    let item = self.operand(item, Feeds::Other);
                    self.emit(add, collection.0, item.0, 0, span);
                }
            }
            self.emit.release(mark);
        }
    }

    pub(super) fn dict(&mut self, items: &[(Option<ExprId>, ExprId)], dst: Reg, span: Span) {
        if 2 * items.len() > MAX_BLOCK || items.iter().any(|(key, _)| key.is_none()) {
            return self.unpacked_dict(items, dst, span);
        }
        let mut first = None;
        for (key, value) in items {
            for part in key.iter().chain([value]) {
                let register = self.item(*part);
                first.get_or_insert(register);
            }
        }
        self.emit(Op::BuildDict, dst.0, first.unwrap_or(Reg(0)).0, (items.len() * 2) as u16, span);
    }

    fn unpacked_dict(&mut self, items: &[(Option<ExprId>, ExprId)], dst: Reg, span: Span) {
        let dict = self.scratch(dst, span);
        self.emit(Op::BuildDict, dict.0, 0, 0, span);
        for (key, value) in items {
            let mark = self.emit.mark();
            match key {
                Some(key) => {
                    let key = self.operand(*key, Feeds::Other);
                    let value = self.operand(*value, Feeds::Other);
                    self.emit(Op::DictInsert, dict.0, key.0, value.0, span);
                }
                None => {
                    let mapping = self.operand(*value, Feeds::Other);
                    self.emit(Op::DictUpdate, dict.0, mapping.0, 0, span);
                }
            }
            self.emit.release(mark);
        }
        self.move_to(dst, dict, span);
    }

    pub(super) fn slice(&mut self, bounds: [Option<ExprId>; 3], dst: Reg, span: Span) {
        let registers = bounds.map(|bound| match bound {
            Some(bound) => self.item(bound),
            None => self.constant(Constant::None, span),
        });
        self.emit(Op::BuildSlice, dst.0, registers[0].0, 3, span);
    }

    /// The registers of a slice's bounds, where no slice object is needed.
    pub(super) fn bounds(&mut self, bounds: [Option<ExprId>; 3], span: Span) -> [Reg; 3] {
        bounds.map(|bound| match bound {
            Some(bound) => self.operand(bound, Feeds::Other),
            None => self.none(span),
        })
    }

    pub(super) fn fstring(&mut self, parts: &[FStringPart], dst: Reg, span: Span) {
        match pieces(parts).as_slice() {
            [] => self.constant_into(&Constant::Str("".into()), dst, span),
            [piece] => self.piece(piece, dst, span),
            pieces => {
                let mut first = None;
                for piece in pieces {
                    let register = self.emit.temp(span);
                    first.get_or_insert(register);
                    self.piece(piece, register, span);
                }
                self.emit(Op::BuildString, dst.0, first.unwrap_or(Reg(0)).0, pieces.len() as u16, span);
            }
        }
    }

    fn piece(&mut self, piece: &Piece, dst: Reg, span: Span) {
        let (value, conversion, spec, span) = match piece {
            Piece::Literal(text) => return self.constant_into(&Constant::Str(text.as_str().into()), dst, span),
            Piece::Field { value, conversion, spec, span } => (*value, conversion, *spec, *span),
        };
        let mark = self.emit.mark();
        let mut flags = Flags(match conversion {
            None => 0,
            Some('s') => 1,
            Some('r') => 2,
            Some('a') => 3,
            Some(other) => {
                let message = format!("f-string: invalid conversion character '{other}': expected 's', 'r', or 'a'");
                self.unit.error(self.span(value), message);
                0
            }
        });
        let scratch = self.scratch(dst, span);
        let value = self.operand_at(value, scratch, Feeds::Other);
        let spec = match spec {
            [] => Reg(0),
            spec => {
                flags = flags.with(Flags::SPEC);
                let register = self.emit.temp(span);
                self.fstring(spec, register, span);
                register
            }
        };
        self.emit.emit(Instr { flags, ..Instr::new(Op::FormatValue, dst.0, value.0, spec.0) }, span);
        self.emit.release(mark);
    }
}

/// A part of an f-string, `{value=}` taken apart and neighbouring literals joined.
enum Piece<'a> {
    Literal(String),
    Field { value: ExprId, conversion: Option<char>, spec: &'a [FStringPart], span: Span },
}

fn pieces(parts: &[FStringPart]) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    for part in parts {
        match part {
            FStringPart::Literal(text) => literal(&mut pieces, text),
            FStringPart::Field { value, debug_text, conversion, spec, span } => {
                debug_text.iter().for_each(|text| literal(&mut pieces, text));
                pieces.push(Piece::Field { value: *value, conversion: *conversion, spec, span: *span });
            }
        }
    }
    pieces
}

fn literal(pieces: &mut Vec<Piece<'_>>, text: &str) {
    match pieces.last_mut() {
        Some(Piece::Literal(before)) => before.push_str(text),
        _ if text.is_empty() => {}
        _ => pieces.push(Piece::Literal(text.to_owned())),
    }
}
