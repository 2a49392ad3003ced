//! Values made of several: lists, tuples, dictionaries, slices, f-strings. Their items are evaluated into
//! consecutive registers.

use super::expr::Feeds;
use super::function::Function;
use crate::bytecode::chunk::{Constant, Flags, Instr, Reg};
use crate::bytecode::op::Op;
use crate::source::Span;
use crate::syntax::ast::{ExprId, ExprKind, FStringPart};

impl Function<'_, '_> {
    pub(super) fn sequence(&mut self, op: Op, items: &[ExprId], dst: Reg, span: Span) {
        let mut first = None;
        for item in items {
            if let ExprKind::Starred(_) = self.unit.ast.expr(*item).kind {
                self.refuse_at(*item, "* in a list or tuple");
                continue;
            }
            let register = self.item(*item);
            first.get_or_insert(register);
        }
        self.emit(op, dst.0, first.unwrap_or(Reg(0)).0, items.len() as u16, span);
    }

    pub(super) fn dict(&mut self, items: &[(Option<ExprId>, ExprId)], dst: Reg, span: Span) {
        let mut first = None;
        for (key, value) in items {
            match key {
                Some(key) => {
                    let register = self.item(*key);
                    first.get_or_insert(register);
                }
                None => self.refuse_at(*value, "** in a dictionary"),
            }
            self.item(*value);
        }
        self.emit(Op::BuildDict, dst.0, first.unwrap_or(Reg(0)).0, (items.len() * 2) as u16, span);
    }

    pub(super) fn slice(&mut self, bounds: [Option<ExprId>; 3], dst: Reg, span: Span) {
        let registers = bounds.map(|bound| match bound {
            Some(bound) => self.item(bound),
            None => self.constant(Constant::None, span),
        });
        self.emit(Op::BuildSlice, dst.0, registers[0].0, 3, span);
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
            [] => value,
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
