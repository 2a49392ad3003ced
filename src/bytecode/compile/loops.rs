//! Loops, rotated: the test is behind the body, so that an iteration takes one jump.

use super::blocks::{Block, Loop};
use super::bound::Bound;
use super::emit::Label;
use super::function::Function;
use crate::bytecode::chunk::Reg;
use crate::bytecode::op::Op;
use crate::source::Span;
use crate::syntax::ast::{ExprId, StmtId};

impl<'a> Function<'_, 'a> {
    pub(super) fn while_loop(&mut self, test: ExprId, body: &'a [StmtId], otherwise: &'a [StmtId], span: Span) {
        let top = self.emit.label();
        let forever = self.known_truth(test) == Some(true);
        let before = self.bound.clone();
        let mut number = 0;
        let Loop { next, exit, at_exit } = self.looped(span, |function, next| {
            number = function.emit.begin_loop(top, (!forever).then_some(next), span);
            if !forever {
                function.emit.jump(Op::Jump, Reg(0), next, function.span(test));
            }
            function.emit.bind(top);
            function.body(body);
        });
        self.emit.bind(next);
        self.bound = before;
        self.jump_if(test, top);
        self.emit.end_loop(number);
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
        let values = self.iterable(iterable, iterator);
        self.emit(Op::GetIter, iterator.0, values.0, 0, iterable_span);
        let local = self.local_target(target);
        let item = local.unwrap_or_else(|| self.emit.temp(target_span));
        let top = self.emit.label();
        let mut number = 0;
        let before = self.bound.clone();
        let Loop { next, exit, at_exit } = self.looped(span, |function, next| {
            number = function.emit.begin_loop(top, Some(next), span);
            function.emit.jump(Op::Jump, Reg(0), next, iterable_span);
            function.emit.bind(top);
            function.assign(target, item);
            function.body(body);
        });
        self.emit.bind(next);
        self.bound = before;
        self.emit(Op::ForIter, item.0, iterator.0, 0, iterable_span);
        self.emit.jump(Op::Jump, Reg(0), top, iterable_span);
        self.emit.end_loop(number);
        self.otherwise(otherwise, exit, &at_exit);
    }

    /// Compiles a loop's body, given the label that `continue` goes to.
    fn looped(&mut self, span: Span, body: impl FnOnce(&mut Self, Label)) -> Loop {
        let (next, exit) = (self.emit.label(), self.emit.label());
        let at_exit = self.bound.unreachable();
        self.enter(Block::Loop(Loop { next, exit, at_exit: at_exit.clone() }), span);
        body(self, next);
        match self.blocks.pop() {
            Some(Block::Loop(innermost)) => innermost,
            _ => Loop { next, exit, at_exit },
        }
    }

    /// `else`, where the loop ended by itself; `break` comes behind it.
    fn otherwise(&mut self, otherwise: &'a [StmtId], exit: Label, at_exit: &Bound) {
        self.body(otherwise);
        self.bound.join(at_exit);
        self.emit.bind(exit);
    }

    pub(super) fn break_loop(&mut self, span: Span) {
        let Some((at, exit)) = self.innermost_loop(|innermost| innermost.exit) else {
            return self.unit.error(span, "'break' outside loop");
        };
        self.leave(at + 1, span, |function| {
            let bound = function.bound.clone();
            if let Some(Block::Loop(innermost)) = function.blocks.get_mut(at) {
                innermost.at_exit.join(&bound);
            }
            function.emit.jump(Op::Jump, Reg(0), exit, span);
        });
    }

    pub(super) fn continue_loop(&mut self, span: Span) {
        match self.innermost_loop(|innermost| innermost.next) {
            Some((at, next)) => self.leave(at + 1, span, |function| function.emit.jump(Op::Jump, Reg(0), next, span)),
            None => self.unit.error(span, "'continue' not properly in loop"),
        }
    }

    /// Which of the blocks is the innermost loop, and one of its labels.
    fn innermost_loop(&self, label: impl Fn(&Loop) -> Label) -> Option<(usize, Label)> {
        self.blocks.iter().enumerate().rev().find_map(|(at, block)| match block {
            Block::Loop(innermost) => Some((at, label(innermost))),
            _ => None,
        })
    }
}
