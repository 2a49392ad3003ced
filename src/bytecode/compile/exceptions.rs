//! `raise`, `try` and `with`.

use super::blocks::{Block, Cleanup};
use super::bound::Bound;
use super::emit::Label;
use super::expr::Feeds;
use super::function::Function;
use crate::bytecode::chunk::{Flags, Instr, Reg};
use crate::bytecode::op::Op;
use crate::source::Span;
use crate::syntax::ast::{ExprId, Handler, StmtId};

impl<'a> Function<'_, 'a> {
    pub(super) fn raise(&mut self, exception: Option<ExprId>, cause: Option<ExprId>, span: Span) {
        match exception {
            None => self.emit(Op::RaiseAgain, 0, 0, 0, span),
            Some(exception) => {
                let exception = self.operand(exception, Feeds::Other);
                let (cause, flags) = match cause {
                    Some(cause) => (self.operand(cause, Feeds::Other), Flags::CAUSE),
                    None => (Reg(0), Flags::default()),
                };
                self.emit.emit(Instr { flags, ..Instr::new(Op::Raise, exception.0, cause.0, 0) }, span);
            }
        }
        self.bound.reachable = false;
    }

    pub(super) fn try_statement(
        &mut self,
        body: &'a [StmtId],
        handlers: &'a [Handler],
        otherwise: &'a [StmtId],
        finally: &'a [StmtId],
        span: Span,
    ) {
        self.emit(Op::Settle, 0, 0, 0, span);
        if finally.is_empty() {
            return self.try_except(body, handlers, otherwise, span);
        }
        let exception = self.emit.temp(span);
        let before = self.bound.clone();
        let handler = self.guarded(exception, Cleanup::Finally(finally), span, |function| {
            if handlers.is_empty() {
                function.body(body);
            } else {
                function.try_except(body, handlers, otherwise, span);
            }
        });
        let after = self.handler(handler, exception, before, span, |function| {
            function.body(finally);
            function.reraise(exception, span);
        });
        self.emit.bind(after);
    }

    fn try_except(&mut self, body: &'a [StmtId], handlers: &'a [Handler], otherwise: &'a [StmtId], span: Span) {
        let exception = self.emit.temp(span);
        let end = self.emit.label();
        let before = self.bound.clone();
        let target = self.guarded(exception, Cleanup::None, span, |function| function.body(body));
        self.body(otherwise);
        let mut at_end = self.bound.clone();
        let after = self.handler(target, exception, before, span, |function| {
            for handler in handlers {
                at_end.join(&function.except(handler, exception, end));
            }
            if function.bound.reachable {
                function.reraise(exception, span);
            }
        });
        self.emit.bind(after);
        self.emit.bind(end);
        self.bound = at_end;
    }

    /// The code that an exception goes to. The label is to be bound where the statement ends.
    fn handler(
        &mut self,
        target: Label,
        exception: Reg,
        before: Bound,
        span: Span,
        code: impl FnOnce(&mut Self),
    ) -> Label {
        let after = self.emit.label();
        if self.bound.reachable {
            self.emit.jump(Op::Jump, Reg(0), after, span);
        }
        let at_end = std::mem::replace(&mut self.bound, before);
        self.bound.reachable = true;
        self.emit.bind(target);
        self.emit(Op::BeginHandling, exception.0, 0, 0, span);
        self.enter(Block::Handling, span);
        code(self);
        self.blocks.pop();
        self.bound = at_end;
        after
    }

    /// One `except` clause: on to the next if it does not match, to `end` if it did, with what is bound there.
    fn except(&mut self, handler: &'a Handler, exception: Reg, end: Label) -> Bound {
        let next = self.emit.label();
        let mark = self.emit.mark();
        if let Some(class) = handler.exception {
            // As in CPython, the whole clause is what fails to match.
            let span = handler.span;
            let class = self.operand(class, Feeds::Other);
            let matches = self.emit.temp(span);
            self.emit(Op::MatchException, matches.0, exception.0, class.0, span);
            self.emit.jump(Op::JumpIfFalse, matches, next, span);
        }
        let mut otherwise = self.bound.clone();
        otherwise.reachable = handler.exception.is_some();
        match &handler.name {
            None => self.body(&handler.body),
            Some(name) => {
                self.store(&name.text, exception, name.span);
                let inner = self.emit.temp(name.span);
                let before = self.bound.clone();
                let target =
                    self.guarded(inner, Cleanup::Unbind(name), name.span, |function| function.body(&handler.body));
                let after = self.handler(target, inner, before, name.span, |function| {
                    function.forget(name);
                    function.reraise(inner, name.span);
                });
                self.emit.bind(after);
            }
        }
        if self.bound.reachable {
            self.emit(Op::EndHandling, 0, 0, 0, handler.span);
            self.emit.jump(Op::Jump, Reg(0), end, handler.span);
        }
        self.emit.bind(next);
        self.emit.release(mark);
        std::mem::replace(&mut self.bound, otherwise)
    }

    fn reraise(&mut self, exception: Reg, span: Span) {
        self.emit(Op::Reraise, exception.0, 0, 0, span);
        self.bound.reachable = false;
    }

    /// `with a as x, b as y: …`: the second statement inside the first.
    pub(super) fn with(&mut self, items: &'a [(ExprId, Option<ExprId>)], body: &'a [StmtId]) {
        let [(manager, target), rest @ ..] = items else { return self.body(body) };
        let manager_span = self.span(*manager);
        let manager = self.item(*manager);
        let exception = self.emit.temp(manager_span);
        let value = self.emit.temp(manager_span);
        self.emit(Op::EnterContext, value.0, manager.0, 0, manager_span);
        let before = self.bound.clone();
        let handler = self.guarded(exception, Cleanup::Exit(manager), manager_span, |function| {
            if let Some(target) = target {
                function.assign(*target, value);
            }
            function.with(rest, body);
        });
        // Where the exception is suppressed, nothing is known of what the body has bound.
        let mut at_end = self.bound.clone();
        at_end.join(&before);
        let suppressed = self.emit.label();
        let after = self.handler(handler, exception, before, manager_span, |function| {
            let flags = Flags::FAILED;
            function
                .emit
                .emit(Instr { flags, ..Instr::new(Op::ExitContext, value.0, manager.0, exception.0) }, manager_span);
            function.emit.jump(Op::JumpIfTrue, value, suppressed, manager_span);
            function.reraise(exception, manager_span);
        });
        self.emit.bind(suppressed);
        self.emit(Op::EndHandling, 0, 0, 0, manager_span);
        self.emit.bind(after);
        self.bound = at_end;
    }
}
