//! Assignment: the value first, then the targets from left to right.

use std::collections::HashSet;

use super::expr::{Feeds, binary_op};
use super::function::Function;
use crate::bytecode::chunk::{Flags, Instr, Reg};
use crate::bytecode::op::Op;
use crate::bytecode::scope::Place;
use crate::source::Span;
use crate::syntax::ast::{Ast, BinaryOp, ExprId, ExprKind};

/// Python's own limit: how many targets may come before a starred one.
const MAX_BEFORE_STAR: usize = 256;

impl<'a> Function<'_, 'a> {
    pub(super) fn assignment(&mut self, targets: &[ExprId], value: ExprId) {
        match targets {
            [target] => self.assign_one(*target, value),
            [first, rest @ ..] => {
                // Names cannot disturb one another's value; a pattern could, so that it takes a copy.
                let all_names = targets.iter().all(|target| self.target_name(*target).is_some());
                let register = match all_names.then(|| self.local_target(*first)).flatten() {
                    Some(local) => local,
                    None => self.emit.temp(self.span(value)),
                };
                self.into(value, register, Feeds::Other);
                self.assign(*first, register);
                rest.iter().for_each(|target| self.assign(*target, register));
            }
            [] => self.discard(value),
        }
    }

    fn assign_one(&mut self, target: ExprId, value: ExprId) {
        if let Some(local) = self.local_target(target) {
            self.into(value, local, Feeds::Other);
            self.bound.insert(local.0 as usize);
            return;
        }
        if !self.assign_in_parallel(target, value) {
            let register = self.operand(value, Feeds::Other);
            self.assign(target, register);
        }
    }

    /// `a, b = x, y` without the tuple.
    fn assign_in_parallel(&mut self, target: ExprId, value: ExprId) -> bool {
        let ast = self.unit.ast;
        let (ExprKind::Tuple(targets) | ExprKind::List(targets), ExprKind::Tuple(values) | ExprKind::List(values)) =
            (&ast.expr(target).kind, &ast.expr(value).kind)
        else {
            return false;
        };
        let starred = |id: &ExprId| matches!(ast.expr(*id).kind, ExprKind::Starred(_));
        if targets.len() != values.len() || targets.iter().chain(values).any(starred) {
            return false;
        }
        let written: Option<HashSet<&str>> = targets.iter().map(|target| self.target_name(*target)).collect();
        let mut registers = Vec::with_capacity(values.len());
        for value in values {
            // A variable stays in place if no target writes it.
            let in_place = match (&ast.expr(*value).kind, &written) {
                (ExprKind::Name(name), Some(written)) => !written.contains(name.as_str()),
                _ => false,
            };
            registers.push(if in_place { self.operand(*value, Feeds::Other) } else { self.item(*value) });
        }
        targets.iter().zip(registers).for_each(|(target, register)| self.assign(*target, register));
        true
    }

    /// Stores a register in a target.
    pub(super) fn assign(&mut self, target: ExprId, value: Reg) {
        let ast = self.unit.ast;
        let span = self.span(target);
        let mark = self.emit.mark();
        match &ast.expr(target).kind {
            ExprKind::Name(name) => self.store(name, value, span),
            ExprKind::Tuple(items) | ExprKind::List(items) => self.unpack(items, value, span),
            ExprKind::Subscript { value: object, index } => {
                let object = self.operand(*object, Feeds::Other);
                if let ExprKind::Slice { start, stop, step } = &ast.expr(*index).kind {
                    let [start, stop, step] = self.bounds([*start, *stop, *step], span);
                    self.emit(Op::SetSlice, object.0, start.0, value.0, span);
                    self.emit(Op::Bounds, 0, stop.0, step.0, span);
                } else {
                    let index = self.operand(*index, Feeds::Other);
                    self.emit(Op::SetItem, object.0, index.0, value.0, span);
                }
            }
            ExprKind::Attribute { value: object, name } => {
                let object = self.operand(*object, Feeds::Other);
                let attribute = self.emit.name(&name.text, name.span);
                self.emit(Op::SetAttr, object.0, value.0, attribute.0, span);
            }
            ExprKind::Starred(_) => self.unit.error(span, "starred assignment target must be in a list or tuple"),
            _ => self.unit.error(span, "cannot assign to expression"),
        }
        self.emit.release(mark);
    }

    /// Unpacks a register to targets, of which the parser lets one at most be starred.
    fn unpack(&mut self, items: &[ExprId], value: Reg, span: Span) {
        let ast = self.unit.ast;
        let star = |item: &ExprId| match ast.expr(*item).kind {
            ExprKind::Starred(target) => Some(target),
            _ => None,
        };
        let first_star = items.iter().position(|item| star(item).is_some());
        if let Some(at) = first_star.filter(|at| *at >= MAX_BEFORE_STAR) {
            return self.unit.error(self.span(items[at]), "too many expressions in star-unpacking assignment");
        }
        let targets: Vec<ExprId> = items.iter().map(|item| star(item).unwrap_or(*item)).collect();
        let in_place = self.consecutive_locals(&targets, value);
        let block = match in_place {
            Some(first) => first,
            None => {
                let registers: Vec<Reg> = targets.iter().map(|target| self.emit.temp(self.span(*target))).collect();
                registers.first().copied().unwrap_or(Reg(0))
            }
        };
        let (op, flags) = match first_star {
            Some(at) => (Op::UnpackStar, Flags(at as u8)),
            None => (Op::UnpackSequence, Flags::default()),
        };
        self.emit.emit(Instr { flags, ..Instr::new(op, block.0, value.0, items.len() as u16) }, span);
        for (target, register) in targets.iter().zip(block.0 as usize..) {
            match in_place {
                Some(_) => self.bound.insert(register),
                None => self.assign(*target, Reg(register as u16)),
            }
        }
    }

    /// The first register of targets that are local variables side by side, none of them holding `value`.
    fn consecutive_locals(&self, targets: &[ExprId], value: Reg) -> Option<Reg> {
        let first = self.local_target(*targets.first()?)?;
        let side_by_side = |(at, target): (usize, &ExprId)| {
            self.local_target(*target).is_some_and(|local| local.0 as usize == first.0 as usize + at && local != value)
        };
        targets.iter().enumerate().all(side_by_side).then_some(first)
    }

    /// `target op= value`: object and index of the target are evaluated once.
    pub(super) fn augmented(&mut self, op: BinaryOp, target: ExprId, value: ExprId, span: Span) {
        let ast = self.unit.ast;
        let target_span = self.span(target);
        let op = binary_op(op);
        match &ast.expr(target).kind {
            ExprKind::Name(name) => {
                let register = self.operand(target, Feeds::Operation);
                self.in_place(op, register, value, span);
                self.store(name, register, target_span);
            }
            ExprKind::Subscript { value: object, index } => {
                let object = self.operand(*object, Feeds::Other);
                let index = self.operand(*index, Feeds::Other);
                let item = self.emit.temp(target_span);
                self.emit(Op::GetItem, item.0, object.0, index.0, target_span);
                self.in_place(op, item, value, span);
                self.emit(Op::SetItem, object.0, index.0, item.0, target_span);
            }
            ExprKind::Attribute { value: object, name } => {
                let object = self.operand(*object, Feeds::Other);
                let attribute = self.emit.name(&name.text, name.span);
                let item = self.emit.temp(target_span);
                self.emit(Op::GetAttr, item.0, object.0, attribute.0, target_span);
                self.in_place(op, item, value, span);
                self.emit(Op::SetAttr, object.0, item.0, attribute.0, target_span);
            }
            ExprKind::Tuple(_) => {
                self.unit.error(target_span, "'tuple' is an illegal expression for augmented assignment")
            }
            ExprKind::List(_) => {
                self.unit.error(target_span, "'list' is an illegal expression for augmented assignment")
            }
            _ => self.unit.error(target_span, "illegal expression for augmented assignment"),
        }
    }

    fn in_place(&mut self, op: Op, register: Reg, value: ExprId, span: Span) {
        let value = self.operand(value, Feeds::Operation);
        let flags = Flags::IN_PLACE.with(self.last(value, Flags::LAST_RIGHT));
        let instr = Instr { flags, ..Instr::new(op, register.0, register.0, value.0) };
        self.emit.emit(instr, span);
    }

    /// `target: annotation = value`. Annotations of a module's variables are evaluated, a function's are not.
    pub(super) fn annotated(&mut self, target: ExprId, annotation: ExprId, value: Option<ExprId>) {
        match value {
            Some(value) => self.assign_one(target, value),
            None => match &self.unit.ast.expr(target).kind {
                ExprKind::Subscript { value, index } => {
                    self.discard(*value);
                    self.discard(*index);
                }
                ExprKind::Attribute { value, .. } => self.discard(*value),
                _ => {}
            },
        }
        if self.is_module && !self.unit.postponed_annotations {
            self.discard(annotation);
        }
    }

    fn target_name(&self, target: ExprId) -> Option<&'a str> {
        let ast: &'a Ast = self.unit.ast;
        match &ast.expr(target).kind {
            ExprKind::Name(name) => Some(name),
            _ => None,
        }
    }

    /// The register of a target that is a local variable.
    pub(super) fn local_target(&self, target: ExprId) -> Option<Reg> {
        match self.unit.scopes.place(self.scope, self.target_name(target)?) {
            Place::Local(local) => Some(Reg(local as u16)),
            Place::Global | Place::Cell(_) => None,
        }
    }

    /// `del target`
    pub(super) fn delete(&mut self, target: ExprId) {
        let ast = self.unit.ast;
        let span = self.span(target);
        let mark = self.emit.mark();
        match &ast.expr(target).kind {
            ExprKind::Name(name) => self.unbind(name, Flags::default(), span),
            ExprKind::Tuple(items) | ExprKind::List(items) => items.iter().for_each(|item| self.delete(*item)),
            ExprKind::Subscript { value: object, index } => {
                let object = self.operand(*object, Feeds::Other);
                let index = self.operand(*index, Feeds::Other);
                self.emit(Op::DeleteItem, object.0, index.0, 0, span);
            }
            ExprKind::Attribute { value: object, name } => {
                let object = self.operand(*object, Feeds::Other);
                let attribute = self.emit.name(&name.text, name.span);
                self.emit(Op::DeleteAttr, object.0, 0, attribute.0, span);
            }
            _ => self.unit.error(span, "cannot delete expression"),
        }
        self.emit.release(mark);
    }

    /// Unbinds a name; for a local variable, flags say whether it may be unbound already.
    pub(super) fn unbind(&mut self, name: &str, flags: Flags, span: Span) {
        match self.unit.scopes.place(self.scope, name) {
            Place::Local(local) => {
                self.emit.emit(Instr { flags, ..Instr::new(Op::DeleteLocal, local as u16, 0, 0) }, span);
                self.bound.remove(local);
            }
            Place::Cell(cell) => self.emit(Op::DeleteCell, cell as u16, 0, 0, span),
            Place::Global => {
                let global = self.unit.global(name, span);
                self.emit(Op::DeleteGlobal, global.0, 0, 0, span);
            }
        }
    }
}
