//! Expressions: each writes its value to a destination register, with its last instruction.

use super::fold::truth;
use super::function::Function;
use crate::bytecode::chunk::{Constant, Flags, Instr, Reg};
use crate::bytecode::op::Op;
use crate::bytecode::scope::Place;
use crate::diagnostic::{Diagnostic, ErrorKind};
use crate::source::Span;
use crate::syntax::ast::{BinaryOp, BoolOp, CompareOp, ComprehensionKind, ExprId, ExprKind, Name, UnaryOp};

/// Where a value goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feeds {
    /// Another operation of the same source expression, and nothing else: an array may stay pending.
    Operation,
    /// Anything that can observe it.
    Other,
}

impl Feeds {
    fn flags(self) -> Flags {
        match self {
            Feeds::Operation => Flags::LAZY,
            Feeds::Other => Flags::default(),
        }
    }
}

impl<'a> Function<'_, 'a> {
    /// The register that holds an expression's value: a local variable's own, or a temporary.
    ///
    /// A local variable is used in place, although operands that come after it are evaluated before it is read: only
    /// `:=` can bind it again in between, and variables that it binds are copied.
    pub(super) fn operand(&mut self, id: ExprId, feeds: Feeds) -> Reg {
        match self.standing(id) {
            Some(register) => register,
            None => {
                let dst = self.emit.temp(self.span(id));
                self.into(id, dst, feeds);
                dst
            }
        }
    }

    /// As `operand`, with a temporary to use if one is needed.
    pub(super) fn operand_at(&mut self, id: ExprId, temp: Reg, feeds: Feeds) -> Reg {
        self.standing(id).unwrap_or_else(|| {
            self.into(id, temp, feeds);
            temp
        })
    }

    /// The register where a value stands already: a local variable's, or a constant's.
    fn standing(&mut self, id: ExprId) -> Option<Reg> {
        match self.unit.folded.get(id) {
            Some(constant) => self.emit.pin(constant, self.span(id)),
            None => self.local(id),
        }
    }

    /// The next item of a block of consecutive registers.
    pub(super) fn item(&mut self, id: ExprId) -> Reg {
        let dst = self.emit.temp(self.span(id));
        self.into(id, dst, Feeds::Other);
        dst
    }

    /// Evaluates an expression for its effects and errors.
    pub(super) fn discard(&mut self, id: ExprId) {
        let mark = self.emit.mark();
        self.operand(id, Feeds::Other);
        self.emit.release(mark);
    }

    /// A local variable's register, checked where it may be unbound; none if the variable has to be copied.
    fn local(&mut self, id: ExprId) -> Option<Reg> {
        let expr = self.unit.ast.expr(id);
        let ExprKind::Name(name) = &expr.kind else { return None };
        match self.unit.scopes.place(self.scope, name) {
            Place::Local(local) if !self.unit.scopes.is_volatile(self.scope, name) => {
                Some(self.checked(local, name, expr.span))
            }
            Place::Local(_) | Place::Cell(_) | Place::Global => None,
        }
    }

    /// The register of a local variable that is about to be read.
    fn checked(&mut self, local: usize, name: &str, span: Span) -> Reg {
        let deleted = self.unit.scopes.is_deleted(self.scope, name);
        if deleted || !self.bound.contains(local) {
            self.emit(Op::CheckBound, local as u16, 0, 0, span);
            self.bound.insert(local);
        }
        Reg(local as u16)
    }

    /// Writes an expression's value to `dst`. Only the last instruction that is executed writes a local variable;
    /// a temporary serves as scratch as well. All temporaries that it takes are released.
    pub(super) fn into(&mut self, id: ExprId, dst: Reg, feeds: Feeds) {
        let ast = self.unit.ast;
        let span = self.span(id);
        let mark = self.emit.mark();
        if let Some(constant) = self.unit.folded.get(id) {
            self.constant_into(constant, dst, span);
            return;
        }
        match &ast.expr(id).kind {
            ExprKind::None
            | ExprKind::Bool(_)
            | ExprKind::Ellipsis
            | ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::Str(_) => {}
            ExprKind::FString(parts) => self.fstring(parts, dst, span),
            ExprKind::Name(name) => self.name(name, dst, span),
            ExprKind::List(items) => self.sequence(Op::BuildList, items, dst, span),
            ExprKind::Tuple(items) => self.sequence(Op::BuildTuple, items, dst, span),
            ExprKind::Set(items) => self.sequence(Op::BuildSet, items, dst, span),
            ExprKind::Dict(items) => self.dict(items, dst, span),
            ExprKind::Unary { op, operand } => self.unary(*op, *operand, dst, feeds, span),
            ExprKind::Binary { .. } => self.binary(id, dst, feeds),
            ExprKind::Compare { first, rest } => self.compare(*first, rest, dst, feeds, span),
            ExprKind::Bool2 { op, .. } => self.bool2(id, *op, dst),
            ExprKind::IfElse { .. } => self.if_else(id, dst),
            ExprKind::Call { callee, args } => self.call(*callee, args, dst, feeds, span),
            ExprKind::Attribute { value, name } => {
                let scratch = self.scratch(dst, span);
                let object = self.operand_at(*value, scratch, Feeds::Other);
                let attribute = self.emit.name(&name.text, name.span);
                self.emit(Op::GetAttr, dst.0, object.0, attribute.0, self.unit.place_of_attribute(span, name));
            }
            ExprKind::Subscript { value, index } => {
                let scratch = self.scratch(dst, span);
                let object = self.operand_at(*value, scratch, Feeds::Other);
                if let ExprKind::Slice { start, stop, step } = &self.unit.ast.expr(*index).kind {
                    let [start, stop, step] = self.bounds([*start, *stop, *step], span);
                    self.emit(Op::GetSlice, dst.0, object.0, start.0, span);
                    self.emit(Op::Bounds, 0, stop.0, step.0, span);
                } else {
                    let index = self.operand(*index, Feeds::Other);
                    self.emit(Op::GetItem, dst.0, object.0, index.0, span);
                }
            }
            ExprKind::Slice { start, stop, step } => self.slice([*start, *stop, *step], dst, span),
            ExprKind::Starred(_) => self.unit.error(span, "can't use starred expression here"),
            ExprKind::Lambda { params, body } => self.lambda(id, params, *body, dst, span),
            ExprKind::Walrus { target, value } => self.walrus(target, *value, dst),
            ExprKind::Comprehension { kind: ComprehensionKind::Generator, .. } => self.generator(id, dst),
            ExprKind::Comprehension { .. } => self.comprehension(id, dst),
        }
        self.emit.release(mark);
    }

    pub(super) fn span(&self, id: ExprId) -> Span {
        self.unit.ast.expr(id).span
    }

    pub(super) fn constant_into(&mut self, constant: &Constant, dst: Reg, span: Span) {
        let constant = self.emit.constant(constant.clone(), span);
        self.emit(Op::LoadConst, dst.0, constant.0, 0, span);
    }

    fn name(&mut self, name: &str, dst: Reg, span: Span) {
        match self.unit.scopes.place(self.scope, name) {
            Place::Local(local) => {
                let local = self.checked(local, name, span);
                self.move_to(dst, local, span);
            }
            Place::Cell(cell) => self.emit(Op::LoadCell, dst.0, cell as u16, 0, span),
            Place::Global => {
                let global = self.unit.global(name, span);
                self.emit(Op::LoadGlobal, dst.0, global.0, 0, span);
            }
        }
    }

    /// `target := value`
    fn walrus(&mut self, target: &Name, value: ExprId, dst: Reg) {
        let scratch = self.scratch(dst, target.span);
        self.into(value, scratch, Feeds::Other);
        self.store(&target.text, scratch, target.span);
        self.move_to(dst, scratch, target.span);
    }

    /// A temporary to compute in, before `dst` is written: `dst` itself if it is a temporary.
    pub(super) fn scratch(&mut self, dst: Reg, span: Span) -> Reg {
        if self.emit.is_temp(dst) { dst } else { self.emit.temp(span) }
    }

    fn unary(&mut self, op: UnaryOp, operand: ExprId, dst: Reg, feeds: Feeds, span: Span) {
        let (op, takes, feeds) = match op {
            UnaryOp::Neg => (Op::Neg, Feeds::Operation, feeds),
            UnaryOp::Pos => (Op::Pos, Feeds::Operation, feeds),
            UnaryOp::Invert => (Op::Invert, Feeds::Operation, feeds),
            UnaryOp::Not => (Op::Not, Feeds::Other, Feeds::Other),
        };
        let scratch = self.scratch(dst, span);
        let value = match &self.unit.ast.expr(operand).kind {
            // CPython tests a comparison where it makes it, and marks both.
            ExprKind::Compare { first, rest } if op == Op::Not && matches!(rest[..], [(op, _)] if compare_op(op).1) => {
                self.compare(*first, rest, scratch, takes, span);
                scratch
            }
            _ => self.operand_at(operand, scratch, takes),
        };
        let flags = if op == Op::Not { feeds.flags() } else { feeds.flags().with(self.last(value, Flags::LAST_LEFT)) };
        self.emit.emit(Instr { flags, ..Instr::new(op, dst.0, value.0, 0) }, span);
    }

    /// `flag`, if the operand of an operator is a temporary: that operator alone reads it.
    pub(super) fn last(&self, operand: Reg, flag: Flags) -> Flags {
        if self.emit.is_temp(operand) { flag } else { Flags::default() }
    }

    /// Which operands of an operator are temporaries.
    pub(super) fn last_of(&self, left: Reg, right: Reg) -> Flags {
        self.last(left, Flags::LAST_LEFT).with(self.last(right, Flags::LAST_RIGHT))
    }

    /// `a + b * c - …`: down the left operands by a loop, so that a sum of any length takes one accumulator.
    fn binary(&mut self, id: ExprId, dst: Reg, feeds: Feeds) {
        let ast = self.unit.ast;
        let mut steps = Vec::new();
        let mut first = id;
        while let ExprKind::Binary { op, left, right } = &ast.expr(first).kind {
            if self.unit.folded.get(first).is_some() {
                break;
            }
            steps.push((binary_op(*op), *right, first));
            first = *left;
        }
        let accumulator = self.scratch(dst, self.span(id));
        let mut left = self.operand_at(first, accumulator, Feeds::Operation);
        while let Some((op, right, whole)) = steps.pop() {
            let mark = self.emit.mark();
            let right = self.operand(right, Feeds::Operation);
            let (to, feeds) = if steps.is_empty() { (dst, feeds) } else { (accumulator, Feeds::Operation) };
            let flags = feeds.flags().with(self.last_of(left, right));
            self.emit.emit(Instr { flags, ..Instr::new(op, to.0, left.0, right.0) }, self.span(whole));
            self.emit.release(mark);
            left = accumulator;
        }
    }

    fn compare(&mut self, first: ExprId, rest: &[(CompareOp, ExprId)], dst: Reg, feeds: Feeds, span: Span) {
        if let [(op, right)] = rest {
            let (op, elementwise) = compare_op(*op);
            let takes = if elementwise { Feeds::Operation } else { Feeds::Other };
            let scratch = self.scratch(dst, span);
            let left = self.operand_at(first, scratch, takes);
            let right = self.operand(*right, takes);
            let flags = if elementwise { feeds.flags().with(self.last_of(left, right)) } else { Flags::default() };
            self.emit.emit(Instr { flags, ..Instr::new(op, dst.0, left.0, right.0) }, span);
            return;
        }
        let result = self.scratch(dst, span);
        let end = self.emit.label();
        self.chain(first, rest, span, |function, last, instr| {
            function.emit.emit(Instr { a: result.0, ..instr }, span);
            if !last {
                function.emit.jump(Op::JumpIfFalse, result, end, span);
            }
        });
        self.emit.bind(end);
        self.move_to(dst, result, span);
    }

    /// A chain of comparisons, each operand evaluated once and only if all before held. `each` is given the
    /// comparison to emit, without destination, and whether it is the last.
    pub(super) fn chain(
        &mut self,
        first: ExprId,
        rest: &[(CompareOp, ExprId)],
        span: Span,
        mut each: impl FnMut(&mut Self, bool, Instr),
    ) {
        let mut temps = [self.emit.temp(span), self.emit.temp(span)];
        let mut left = self.operand_at(first, temps[0], Feeds::Other);
        let mut known = None;
        for (at, (op, operand)) in rest.iter().enumerate() {
            temps.swap(0, 1);
            let right = self.operand_at(*operand, temps[0], Feeds::Other);
            known.get_or_insert_with(|| self.bound.clone());
            each(self, at + 1 == rest.len(), Instr::new(compare_op(*op).0, 0, left.0, right.0));
            left = right;
        }
        // Only the first two operands are evaluated in any case.
        self.bound = known.unwrap_or_else(|| self.bound.clone());
    }

    /// `a and b and …` as a value: the first that decides, or the last.
    fn bool2(&mut self, id: ExprId, op: BoolOp, dst: Reg) {
        let span = self.span(id);
        let result = self.scratch(dst, span);
        let end = self.emit.label();
        let jump = match op {
            BoolOp::And => Op::JumpIfFalse,
            BoolOp::Or => Op::JumpIfTrue,
        };
        let operands = self.bool_operands(id, op);
        let mut known = None;
        for (at, operand) in operands.iter().enumerate() {
            self.into(*operand, result, Feeds::Other);
            known.get_or_insert_with(|| self.bound.clone());
            if at + 1 < operands.len() {
                self.emit.jump(jump, result, end, span);
            }
        }
        self.emit.bind(end);
        self.bound = known.unwrap_or_else(|| self.bound.clone());
        self.move_to(dst, result, span);
    }

    /// Operands of a chain of one operator, which is nested to the left.
    pub(super) fn bool_operands(&self, id: ExprId, op: BoolOp) -> Vec<ExprId> {
        let mut operands = Vec::new();
        let mut first = id;
        while let ExprKind::Bool2 { op: inner, left, right } = &self.unit.ast.expr(first).kind
            && *inner == op
        {
            operands.push(*right);
            first = *left;
        }
        operands.push(first);
        operands.reverse();
        operands
    }

    /// `a if t else b if u else c`: a loop over the chain.
    fn if_else(&mut self, id: ExprId, dst: Reg) {
        let ast = self.unit.ast;
        let span = self.span(id);
        let end = self.emit.label();
        let mut known = None;
        let mut rest = id;
        while let ExprKind::IfElse { test, then, otherwise } = &ast.expr(rest).kind {
            let next = self.emit.label();
            self.jump_unless(*test, next);
            let after_test = self.bound.clone();
            self.into(*then, dst, Feeds::Other);
            self.emit.jump(Op::Jump, Reg(0), end, span);
            self.emit.bind(next);
            self.bound = after_test;
            known.get_or_insert_with(|| self.bound.clone());
            rest = *otherwise;
        }
        self.into(rest, dst, Feeds::Other);
        self.emit.bind(end);
        self.bound = known.unwrap_or_else(|| self.bound.clone());
    }

    /// What a condition is known to be, before the program runs.
    pub(super) fn known_truth(&self, id: ExprId) -> Option<bool> {
        self.unit.folded.get(id).map(truth)
    }

    pub(super) fn module_not_found(&mut self, name: &str, span: Span) {
        let error = Diagnostic::new(ErrorKind::ModuleNotFoundError, span, format!("No module named '{name}'"));
        self.unit.diagnostics.push(error.help("toy has numpy, math, time and sys"));
    }
}

pub fn binary_op(op: BinaryOp) -> Op {
    match op {
        BinaryOp::Add => Op::Add,
        BinaryOp::Sub => Op::Sub,
        BinaryOp::Mul => Op::Mul,
        BinaryOp::TrueDiv => Op::TrueDiv,
        BinaryOp::FloorDiv => Op::FloorDiv,
        BinaryOp::Mod => Op::Mod,
        BinaryOp::Pow => Op::Pow,
        BinaryOp::MatMul => Op::MatMul,
        BinaryOp::BitAnd => Op::BitAnd,
        BinaryOp::BitOr => Op::BitOr,
        BinaryOp::BitXor => Op::BitXor,
        BinaryOp::Shl => Op::Shl,
        BinaryOp::Shr => Op::Shr,
    }
}

/// The operation, and whether it compares arrays element by element.
pub fn compare_op(op: CompareOp) -> (Op, bool) {
    match op {
        CompareOp::Lt => (Op::Lt, true),
        CompareOp::Le => (Op::Le, true),
        CompareOp::Gt => (Op::Gt, true),
        CompareOp::Ge => (Op::Ge, true),
        CompareOp::Eq => (Op::Eq, true),
        CompareOp::Ne => (Op::Ne, true),
        CompareOp::Is => (Op::Is, false),
        CompareOp::IsNot => (Op::IsNot, false),
        CompareOp::In => (Op::In, false),
        CompareOp::NotIn => (Op::NotIn, false),
    }
}
