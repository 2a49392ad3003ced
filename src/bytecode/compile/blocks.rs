//! The blocks around the statement that is being compiled, and what has to be done on the way out of them.

use super::bound::Bound;
use super::emit::{Guard, Label};
use super::function::Function;
use crate::bytecode::chunk::{Constant, Flags, Instr, Reg};
use crate::bytecode::op::Op;
use crate::source::Span;
use crate::syntax::ast::{Name, StmtId};

/// CPython's own limit.
const MAX_NESTED: usize = 21;

/// `finally` is copied to every way out: a function with many of them, deeply nested, has no end.
const MAX_CODE: usize = 1 << 20;

pub enum Block<'a> {
    Loop(Loop),
    /// Code whose exceptions go to a handler.
    Guarded(Guarded<'a>),
    /// An exception is being handled.
    Handling,
    /// A loop that is timed.
    Timed,
}

pub struct Loop {
    pub next: Label,
    pub exit: Label,
    /// What is bound where all `break`s of the loop arrive.
    pub at_exit: Bound,
}

pub struct Guarded<'a> {
    pub guard: Guard,
    /// Where the guarded code begins; again behind each way out.
    pub start: Label,
    pub cleanup: Cleanup<'a>,
}

/// What is done whichever way guarded code is left, except by an exception.
#[derive(Clone, Copy)]
pub enum Cleanup<'a> {
    /// `except`: nothing.
    None,
    /// `finally`
    Finally(&'a [StmtId]),
    /// `except … as name`: the name is unbound.
    Unbind(&'a Name),
    /// `with`: the context manager in this register is told.
    Exit(Reg),
}

impl<'a> Function<'_, 'a> {
    pub(super) fn enter(&mut self, block: Block<'a>, span: Span) {
        if self.blocks.len() >= MAX_NESTED {
            self.unit.error_at_head(span, "too many statically nested blocks");
        }
        self.blocks.push(block);
    }

    /// Whether code runs on the way out of the blocks around this place.
    pub(super) fn has_clean_up(&self) -> bool {
        self.blocks
            .iter()
            .any(|block| matches!(block, Block::Guarded(guarded) if !matches!(guarded.cleanup, Cleanup::None)))
    }

    /// How many exceptions are being handled here.
    pub(super) fn handling(&self) -> u16 {
        self.blocks.iter().filter(|block| matches!(block, Block::Handling)).count() as u16
    }

    /// Compiles code whose exceptions go to `target`, which finds them in `register`; what is to be done on every other
    /// way out is done at the code's end as well.
    pub(super) fn guarded(
        &mut self,
        register: Reg,
        cleanup: Cleanup<'a>,
        span: Span,
        code: impl FnOnce(&mut Self),
    ) -> Label {
        let guard = Guard { target: self.emit.label(), register, depth: self.handling() };
        let start = self.emit.here();
        self.enter(Block::Guarded(Guarded { guard, start, cleanup }), span);
        code(self);
        if self.bound.reachable {
            self.settle(cleanup, span);
        }
        self.close(self.blocks.len() - 1);
        self.blocks.pop();
        if self.bound.reachable {
            self.clean_up(cleanup, span);
        }
        guard.target
    }

    /// Leaves the blocks from number `outermost` on, by what `exit` emits: clean-up code is copied here, each guarded
    /// by the blocks further out alone.
    pub(super) fn leave(&mut self, outermost: usize, span: Span, exit: impl FnOnce(&mut Self)) {
        let mut left = Vec::new();
        while self.blocks.len() > outermost {
            let at = self.blocks.len() - 1;
            if let Some(Block::Guarded(Guarded { cleanup, .. })) = self.blocks.last() {
                self.settle(*cleanup, span);
            }
            self.close(at);
            let Some(block) = self.blocks.pop() else { break };
            match &block {
                Block::Loop(_) => {}
                Block::Handling => self.emit(Op::EndHandling, 0, 0, 0, span),
                Block::Timed => self.mark(Flags::ENDED, span),
                Block::Guarded(guarded) => self.clean_up(guarded.cleanup, span),
            }
            left.push(block);
        }
        exit(self);
        self.bound.reachable = false;
        for mut block in left.into_iter().rev() {
            if let Block::Guarded(guarded) = &mut block {
                guarded.start = self.emit.here();
            }
            self.blocks.push(block);
        }
    }

    /// Compiles a loop; if it is the one that is timed, with marks at its ends, whichever way it is left but by an
    /// exception.
    pub(super) fn timed(&mut self, span: Span, code: impl FnOnce(&mut Self)) {
        if self.unit.session.timed != Some(span) {
            return code(self);
        }
        self.mark(Flags::default(), span);
        self.blocks.push(Block::Timed);
        code(self);
        self.blocks.pop();
        if self.bound.reachable {
            self.mark(Flags::ENDED, span);
        }
    }

    fn mark(&mut self, flags: Flags, span: Span) {
        self.emit.emit(Instr { flags, ..Instr::new(Op::Mark, 0, 0, 0) }, span);
    }

    /// At the end of code that handlers of the script guard: what goes wrong in it is to go wrong there.
    fn settle(&mut self, cleanup: Cleanup<'_>, span: Span) {
        match cleanup {
            Cleanup::None | Cleanup::Finally(_) => self.emit(Op::Settle, 0, 0, 0, span),
            Cleanup::Unbind(_) | Cleanup::Exit(_) => {}
        }
    }

    /// Ends the guarded code of a block, here.
    fn close(&mut self, at: usize) {
        if let Some(Block::Guarded(Guarded { guard, start, .. })) = self.blocks.get(at) {
            let (guard, start) = (*guard, *start);
            let end = self.emit.here();
            self.emit.guard(start, end, guard);
        }
    }

    fn clean_up(&mut self, cleanup: Cleanup<'a>, span: Span) {
        let mark = self.emit.mark();
        match cleanup {
            Cleanup::None => {}
            Cleanup::Finally(_) if self.emit.len() > MAX_CODE => {
                self.emit.overflow("instructions in one function, with all copies of finally", span);
            }
            Cleanup::Finally(body) => self.body(body),
            Cleanup::Unbind(name) => self.forget(name),
            Cleanup::Exit(manager) => {
                let ignored = self.emit.temp(span);
                self.emit(Op::ExitContext, ignored.0, manager.0, 0, span);
            }
        }
        self.emit.release(mark);
    }

    /// Unbinds the name of a caught exception, whether it is still bound or not.
    pub(super) fn forget(&mut self, name: &Name) {
        let none = self.constant(Constant::None, name.span);
        self.store(&name.text, none, name.span);
        self.unbind(&name.text, Flags::QUIET, name.span);
    }
}
