//! Loops, rotated: the test is behind the body, so that an iteration takes one jump.

use super::bound::Bound;
use super::emit::Label;
use super::expr::Feeds;
use super::function::{Function, Loop};
use crate::bytecode::chunk::Reg;
use crate::bytecode::op::Op;
use crate::source::Span;
use crate::syntax::ast::{ExprId, StmtId};

/// CPython's own limit.
const MAX_NESTED_LOOPS: usize = 21;

impl<'a> Function<'_, 'a> {
    pub(super) fn while_loop(&mut self, test: ExprId, body: &'a [StmtId], otherwise: &'a [StmtId], span: Span) {
        let top = self.emit.label();
        let forever = self.known_truth(test) == Some(true);
        let before = self.bound.clone();
        let Loop { next, exit, at_exit } = self.looped(span, |function, next| {
            if !forever {
                function.emit.jump(Op::Jump, Reg(0), next, function.span(test));
            }
            function.emit.bind(top);
            function.body(body);
        });
        self.emit.bind(next);
        self.bound = before;
        self.jump_if(test, top);
        if forever {
            self.bound.reachable = false;
        }
        self.otherwise(otherwise, exit, &at_exit);
    }

    pub(super) fn for_loop(
        &mut self,
        target: ExprId,
        iterable: ExprId,
        body: &'a [StmtId],
        otherwise: &'a [StmtId],
        span: Span,
    ) {
        let (iterable_span, target_span) = (self.span(iterable), self.span(target));
        let iterator = self.emit.temp(iterable_span);
        let values = self.operand_at(iterable, iterator, Feeds::Other);
        self.emit(Op::GetIter, iterator.0, values.0, 0, iterable_span);
        let local = self.local_target(target);
        let item = local.unwrap_or_else(|| self.emit.temp(target_span));
        let top = self.emit.label();
        let before = self.bound.clone();
        let Loop { next, exit, at_exit } = self.looped(span, |function, next| {
            function.emit.jump(Op::Jump, Reg(0), next, iterable_span);
            function.emit.bind(top);
            function.assign(target, item);
            function.body(body);
        });
        self.emit.bind(next);
        self.bound = before;
        self.emit(Op::ForIter, item.0, iterator.0, 0, iterable_span);
        self.emit.jump(Op::Jump, Reg(0), top, iterable_span);
        self.otherwise(otherwise, exit, &at_exit);
    }

    /// Compiles a loop's body, given the label that `continue` goes to.
    fn looped(&mut self, span: Span, body: impl FnOnce(&mut Self, Label)) -> Loop {
        if self.loops.len() >= MAX_NESTED_LOOPS {
            self.unit.error_at_head(span, "too many statically nested blocks");
        }
        let (next, exit) = (self.emit.label(), self.emit.label());
        self.loops.push(Loop { next, exit, at_exit: self.bound.unreachable() });
        body(self, next);
        self.loops.pop().unwrap_or(Loop { next, exit, at_exit: self.bound.unreachable() })
    }

    /// `else`, where the loop ended by itself; `break` comes behind it.
    fn otherwise(&mut self, otherwise: &'a [StmtId], exit: Label, at_exit: &Bound) {
        self.body(otherwise);
        self.bound.join(at_exit);
        self.emit.bind(exit);
    }

    pub(super) fn break_loop(&mut self, span: Span) {
        match self.loops.last_mut() {
            Some(innermost) => {
                innermost.at_exit.join(&self.bound);
                self.emit.jump(Op::Jump, Reg(0), innermost.exit, span);
                self.bound.reachable = false;
            }
            None => self.unit.error(span, "'break' outside loop"),
        }
    }

    pub(super) fn continue_loop(&mut self, span: Span) {
        match self.loops.last() {
            Some(innermost) => {
                self.emit.jump(Op::Jump, Reg(0), innermost.next, span);
                self.bound.reachable = false;
            }
            None => self.unit.error(span, "'continue' not properly in loop"),
        }
    }
}
