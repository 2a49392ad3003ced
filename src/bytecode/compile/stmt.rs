//! Statements.

use super::expr::Feeds;
use super::function::Function;
use super::session::Use;
use super::walk;
use crate::bytecode::chunk::{Flags, Instr, Reg};
use crate::bytecode::op::Op;
use crate::source::Span;
use crate::syntax::ast::{ExprId, StmtId, StmtKind};

impl<'a> Function<'_, 'a> {
    pub(super) fn body(&mut self, body: &'a [StmtId]) {
        for stmt in body {
            let mark = self.emit.mark();
            self.statement(*stmt);
            self.emit.release(mark);
        }
    }

    fn statement(&mut self, id: StmtId) {
        let stmt = self.unit.ast.stmt(id);
        let span = stmt.span;
        match &stmt.kind {
            StmtKind::Expr(value) if self.is_module && self.unit.session.used == Use::Shown => self.show(*value),
            // A constant as a statement is a docstring, or has no effect either.
            StmtKind::Expr(value) if self.unit.folded.get(*value).is_some() => {}
            StmtKind::Expr(value) => self.discard(*value),
            StmtKind::Assign { targets, value } => self.assignment(targets, *value),
            StmtKind::AugAssign { op, target, value } => self.augmented(*op, *target, *value, span),
            StmtKind::AnnAssign { target, annotation, value } => self.annotated(*target, *annotation, *value),
            StmtKind::If { .. } => self.if_statement(id),
            StmtKind::While { test, body, otherwise } => {
                self.timed(span, |function| function.while_loop(*test, body, otherwise, span))
            }
            StmtKind::For { target, iterable, body, otherwise } => {
                self.timed(span, |function| function.for_loop(*target, *iterable, body, otherwise, span))
            }
            StmtKind::Break => self.break_loop(span),
            StmtKind::Continue => self.continue_loop(span),
            StmtKind::Pass | StmtKind::Global(_) | StmtKind::Nonlocal(_) => {}
            StmtKind::Return(value) => self.return_statement(*value, span),
            StmtKind::Def { name, params, returns, body } => self.def(id, name, params, *returns, body),
            StmtKind::Assert { test, message } => self.assert(*test, *message),
            StmtKind::Import(modules) => self.import(modules),
            StmtKind::FromImport { module, names } => self.import_names(module, names, span),
            StmtKind::Del(targets) => targets.iter().for_each(|target| self.delete(*target)),
            StmtKind::Raise { exception, cause } => self.raise(*exception, *cause, span),
            StmtKind::Try { body, handlers, otherwise, finally } => {
                self.try_statement(body, handlers, otherwise, finally, span)
            }
            StmtKind::With { items, body } => self.with(items, body),
        }
    }

    /// An expression of a session.
    fn show(&mut self, value: ExprId) {
        let register = self.operand(value, Feeds::Other);
        self.emit(Op::Show, register.0, 0, 0, self.span(value));
    }

    /// `if … elif … else`: a loop over the chain.
    fn if_statement(&mut self, id: StmtId) {
        let ast = self.unit.ast;
        let end = self.emit.label();
        let mut at_end = self.bound.unreachable();
        let mut rest = Some(id);
        while let Some(StmtKind::If { test, then, otherwise }) = rest.map(|id| &ast.stmt(id).kind) {
            let next = self.emit.label();
            self.jump_unless(*test, next);
            let after_test = self.bound.clone();
            self.body(then);
            at_end.join(&self.bound);
            if !otherwise.is_empty() && self.bound.reachable {
                let last = then.last().map_or(self.span(*test), |last| self.last_line(*last));
                self.emit.jump(Op::Jump, Reg(0), end, last);
            }
            self.emit.bind(next);
            self.bound = after_test;
            rest = walk::elif(ast, otherwise);
            if rest.is_none() {
                self.body(otherwise);
            }
        }
        self.bound.join(&at_end);
        self.emit.bind(end);
    }

    fn return_statement(&mut self, value: Option<ExprId>, span: Span) {
        if self.is_module {
            self.unit.error(span, "'return' outside function");
        }
        let value = match value {
            // What runs on the way out must not change it.
            Some(value) if self.has_clean_up() => self.item(value),
            Some(value) => self.operand(value, Feeds::Other),
            None => self.none(span),
        };
        self.leave(0, span, |function| function.emit(Op::Return, value.0, 0, 0, span));
    }

    fn assert(&mut self, test: ExprId, message: Option<ExprId>) {
        let holds = self.emit.label();
        self.jump_if(test, holds);
        let after_test = self.bound.clone();
        let (message, flags) = match message {
            Some(message) => (self.operand(message, Feeds::Other), Flags::MESSAGE),
            None => (Reg(0), Flags::default()),
        };
        self.emit.emit(Instr { flags, ..Instr::new(Op::AssertFailed, message.0, 0, 0) }, self.span(test));
        self.emit.bind(holds);
        self.bound = after_test;
    }
}
