//! Comprehensions: loops around an element, with variables of their own.

use super::expr::Feeds;
use super::function::Function;
use crate::bytecode::chunk::{Flags, Instr, Reg};
use crate::bytecode::op::Op;
use crate::source::Span;
use crate::syntax::ast::{Clause, ComprehensionKind, ExprId, ExprKind};

/// The compiler recurses for each `for` of a comprehension.
const MAX_CLAUSES: usize = 100;

impl<'a> Function<'_, 'a> {
    /// A list, set or dict comprehension, in place: the variables have registers that no other code uses.
    pub(super) fn comprehension(&mut self, id: ExprId, dst: Reg) {
        let ast = self.unit.ast;
        let expr = ast.expr(id);
        let span = expr.span;
        let ExprKind::Comprehension { kind, element, value, clauses } = &expr.kind else { return };
        let collection = self.emit.temp(span);
        let iterator = self.emit.temp(span);
        self.iterator(clauses, 0, iterator);
        let scope = self.unit.scopes.of_expr(id);
        let outer = std::mem::replace(&mut self.scope, scope);
        self.make_cells(span);
        let build = match kind {
            ComprehensionKind::List | ComprehensionKind::Generator => Op::BuildList,
            ComprehensionKind::Set => Op::BuildSet,
            ComprehensionKind::Dict => Op::BuildDict,
        };
        self.emit(build, collection.0, 0, 0, span);
        self.clauses(clauses, 0, iterator, span, &mut |function| {
            let first = function.operand(*element, Feeds::Other);
            let span = function.span(*element);
            match (kind, value) {
                (ComprehensionKind::Dict, Some(value)) => {
                    let span = span.to(function.span(*value));
                    let value = function.operand(*value, Feeds::Other);
                    function.emit(Op::DictInsert, collection.0, first.0, value.0, span);
                }
                (ComprehensionKind::Set, _) => function.emit(Op::SetAdd, collection.0, first.0, 0, span),
                _ => function.emit(Op::ListAppend, collection.0, first.0, 0, span),
            }
        });
        for register in self.unit.scopes.own_registers(scope) {
            self.bound.remove(register);
            if !self.unit.scopes.cells(scope).iter().any(|(cell, _)| *cell == register) {
                let flags = Flags::QUIET;
                self.emit.emit(Instr { flags, ..Instr::new(Op::DeleteLocal, register as u16, 0, 0) }, span);
            }
        }
        self.scope = outer;
        self.move_to(dst, collection, span);
    }

    /// The iterator of a clause.
    pub(super) fn iterator(&mut self, clauses: &[Clause], at: usize, iterator: Reg) {
        let iterable = clauses[at].iterable;
        let span = self.span(iterable);
        let values = self.iterable(iterable, iterator);
        self.emit(Op::GetIter, iterator.0, values.0, 0, span);
    }

    /// The loops of the clauses from number `at` on, which walks `iterator`; `element` is inside the innermost.
    pub(super) fn clauses(
        &mut self,
        clauses: &'a [Clause],
        at: usize,
        iterator: Reg,
        span: Span,
        element: &mut dyn FnMut(&mut Self),
    ) {
        let Some(clause) = clauses.get(at) else {
            let mark = self.emit.mark();
            element(self);
            self.emit.release(mark);
            return;
        };
        if at >= MAX_CLAUSES {
            return self.unit.error(span, "too many statically nested blocks");
        }
        let loop_span = self.span(clause.target).to(self.span(clause.iterable));
        self.timed(loop_span, |function| function.clause(clauses, at, iterator, span, element));
    }

    /// One of these loops.
    fn clause(
        &mut self,
        clauses: &'a [Clause],
        at: usize,
        iterator: Reg,
        span: Span,
        element: &mut dyn FnMut(&mut Self),
    ) {
        let clause = &clauses[at];
        let (iterable_span, target_span) = (self.span(clause.iterable), self.span(clause.target));
        let mark = self.emit.mark();
        let item = match self.local_target(clause.target) {
            Some(local) => local,
            None => self.emit.temp(target_span),
        };
        let (top, next) = (self.emit.label(), self.emit.label());
        let number = self.emit.begin_loop(top, Some(next), target_span.to(iterable_span));
        let before = self.bound.clone();
        self.emit.jump(Op::Jump, Reg(0), next, iterable_span);
        self.emit.bind(top);
        self.assign(clause.target, item);
        for condition in &clause.conditions {
            self.jump_unless(*condition, next);
        }
        if at + 1 < clauses.len() {
            let inner = self.emit.temp(span);
            self.iterator(clauses, at + 1, inner);
            self.clauses(clauses, at + 1, inner, span, element);
        } else {
            self.clauses(clauses, at + 1, iterator, span, element);
        }
        self.emit.bind(next);
        self.bound = before;
        self.emit(Op::ForIter, item.0, iterator.0, 0, iterable_span);
        self.emit.jump(Op::Jump, Reg(0), top, iterable_span);
        self.emit.end_loop(number);
        self.emit.release(mark);
    }
}
