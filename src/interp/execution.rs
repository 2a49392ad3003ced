//! One run of the loop: what its handlers share, how one call leads into another, and where an exception goes.

use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::arrays::Barrier;
use super::call::Entered;
use super::calls::{self, Outcome};
use super::cursor::{Cursor, Running};
use super::frames::Frame;
use super::runtime::Runtime;
use super::window::Window;
use crate::bytecode::chunk::Pc;
use crate::bytecode::op::Op;
use crate::exception::{Place, Raised, Result};
use crate::interrupt;
use crate::value::{Code, Heap};

/// What a handler works on, beside the registers.
pub struct Execution<'a, P> {
    pub cx: &'a mut Runtime,
    pub probe: &'a mut P,
    /// The code of the innermost call, and its first instruction.
    pub code: Running,
    start: Cursor,
    pub heap: Heap,
    /// How it ended, once no handler goes on.
    pub outcome: Option<Result<Outcome>>,
    /// Calls and handled exceptions below this run's own.
    base: usize,
    handled: usize,
    interrupt: Arc<AtomicBool>,
}

/// Where a handler leaves the machine: at an instruction with its window, or, without one, at the end of the run.
/// Both travel in machine registers.
#[repr(C)]
pub struct Next {
    pub cursor: Option<Cursor>,
    pub window: Window,
}

impl Next {
    #[inline(always)]
    pub fn at(cursor: Cursor, window: Window) -> Next {
        Next { cursor: Some(cursor), window }
    }
}

impl<'a, P> Execution<'a, P> {
    pub fn new(cx: &'a mut Runtime, probe: &'a mut P, code: &Rc<Code>) -> Execution<'a, P> {
        let (base, handled) = (cx.calls.frames.len(), cx.handled.len());
        let code = Running::new(code);
        let start = Cursor::at(&code, Pc(0));
        Execution {
            cx,
            probe,
            code,
            start,
            heap: Heap::of_this_thread(),
            outcome: None,
            base,
            handled,
            interrupt: interrupt::flag(),
        }
    }

    /// The end of the run.
    #[cold]
    pub fn end(&mut self, outcome: Outcome, window: Window) -> Next {
        self.outcome = Some(Ok(outcome));
        Next { cursor: None, window }
    }

    /// Goes on at `target`, from the jump at `from`. Every loop passes here: `KeyboardInterrupt` if the user
    /// asked for it, and an iteration that ends does so with the work of its arrays done.
    #[inline(always)]
    pub fn jump(&mut self, from: Cursor, target: Pc, window: Window) -> Next {
        let to = self.start.forward(target);
        if to.is_at_or_before(from) && (self.interrupt.load(Ordering::Relaxed) || self.cx.work_waits) {
            return self.pass_jump(from, to, window);
        }
        Next::at(to, window)
    }

    /// Whether a jump from `from` to `target` would go back, and not at once.
    #[inline(always)]
    pub fn would_wait(&self, from: Cursor, target: Pc) -> bool {
        let to = self.start.forward(target);
        to.is_at_or_before(from) && (self.interrupt.load(Ordering::Relaxed) || self.cx.work_waits)
    }

    #[cold]
    #[inline(never)]
    fn pass_jump(&mut self, from: Cursor, to: Cursor, window: Window) -> Next {
        match interrupt::check().map_err(Raised::from).and_then(|()| self.cx.pass_barrier(Barrier::Work)) {
            Ok(()) => Next::at(to, window),
            Err(raised) => self.fail(raised, from, window),
        }
    }

    /// The address of the flag that asks the script to stop.
    pub fn interrupt_flag(&self) -> usize {
        std::ptr::from_ref(&*self.interrupt).addr()
    }

    /// Into a function: its first instruction, its window. The call at `call` goes on at `resume`.
    #[inline(always)]
    pub fn enter(&mut self, callee: Running, entered: Entered, call: Cursor, resume: Cursor, window: Window) -> Next {
        let frame = self.frame(&entered, call, resume, window);
        self.cx.calls.frames.push(frame);
        self.run_code(callee);
        Next::at(self.start, entered.window)
    }

    #[inline(always)]
    pub fn frame(&self, entered: &Entered, call: Cursor, resume: Cursor, window: Window) -> Frame {
        let handled = self.cx.handled.len();
        Frame { code: self.code, window, call, resume, fresh_segment: entered.fresh_segment, handled }
    }

    /// Where the code begins that runs.
    #[inline(always)]
    pub fn start(&self) -> Cursor {
        self.start
    }

    #[inline(always)]
    pub fn run_code(&mut self, code: Running) {
        self.code = code;
        self.start = Cursor::at(&code, Pc(0));
    }

    /// Out of a function, whose registers are empty: the call that waited for it, where that goes on, and its window.
    /// `None` if this run began with it, or there is a segment to leave first, as [`Execution::leave_segment`] does.
    #[inline(always)]
    pub fn leave(&mut self) -> Option<(Cursor, Cursor, Window)> {
        let frames = &mut self.cx.calls.frames;
        let waiting = frames.len().checked_sub(1)?;
        if waiting < self.base || frames[waiting].fresh_segment {
            return None;
        }
        let Frame { code, ref window, call, resume, .. } = frames[waiting];
        let window = window.share();
        frames.truncate(waiting);
        self.run_code(code);
        Some((call, resume, window))
    }

    /// Leaves the segment of a function that is about to return, if it has one of its own. Whether it had.
    #[cold]
    pub fn leave_segment(&mut self) -> bool {
        let inside = self.cx.calls.frames.len() > self.base;
        let had = inside && self.cx.calls.frames.leave_segment();
        if had {
            self.cx.calls.registers.leave_segment();
        }
        had
    }

    /// What becomes of an error at an instruction: its handler goes on, or the run ends.
    #[cold]
    #[inline(never)]
    pub fn fail(&mut self, mut raised: Raised, at: Cursor, window: Window) -> Next {
        let pc = at.pc(&self.code);
        if raised.is_detour() {
            match self.cx.at_site(raised, self.code, window.share(), pc) {
                Ok(next) => return Next::at(Cursor::at(&self.code, next), window),
                Err(error) => raised = error,
            }
        }
        match self.unwind(raised, pc, window.share()) {
            Ok(next) => next,
            Err(raised) => {
                self.outcome = Some(Err(raised));
                Next { cursor: None, window }
            }
        }
    }

    /// Takes an exception to its handler, which goes on then; or out of every call of this run, noting where each stood.
    fn unwind(&mut self, mut raised: Raised, mut pc: Pc, mut window: Window) -> Result<Next> {
        let again = match self.code.chunk.code[pc.0 as usize].op {
            Op::Reraise => true,
            Op::RaiseAgain => !self.cx.handled.is_empty(),
            _ => false,
        };
        if again {
            raised.keep_context();
        } else {
            if let Some(handled) = self.cx.handled.last() {
                raised.set_context(handled);
            }
            raised.push(place(&self.code, pc, raised.is_failed_lookup()));
        }
        loop {
            let called = self.cx.calls.frames.len() > self.base;
            let outside = if called {
                self.cx.calls.frames.last().map_or(self.handled, |frame| frame.handled)
            } else {
                self.handled
            };
            let handler = self.code.chunk.handler(pc).copied();
            if let Some(handler) = handler.filter(|_| !raised.is_refusal()) {
                // What is pending here would have failed before.
                if let Err(earlier) = self.cx.pass_barrier(Barrier::Full) {
                    raised = earlier;
                    continue;
                }
                self.cx.handled.truncate(outside + handler.depth as usize);
                drop(window.replace(handler.register.0, raised.into_value()));
                return Ok(Next::at(Cursor::at(&self.code, handler.target), window));
            }
            self.cx.handled.truncate(outside);
            window.clear(0, self.code.chunk.registers, self.heap);
            let Some(frame) = called.then(|| self.cx.calls.frames.pop()).flatten() else { return Err(raised) };
            if frame.fresh_segment {
                self.cx.calls.registers.leave_segment();
            }
            pc = frame.call.pc(&frame.code);
            window = frame.window;
            self.run_code(frame.code);
            drop(window.take(self.code.chunk.code[pc.0 as usize].b));
            raised.push(place(&self.code, pc, false));
        }
    }

    /// Whether [`Execution::check_call`] has nothing to say.
    #[inline(always)]
    pub fn may_call(&self) -> bool {
        !self.cx.calls.is_full(self.cx.max_depth) && !self.interrupt.load(Ordering::Relaxed)
    }

    /// # Errors
    /// `RecursionError` if one call more would be too many, `KeyboardInterrupt` if the user asked for it: recursion
    /// needs no loop.
    pub fn check_call(&self) -> Result<()> {
        interrupt::check()?;
        if self.cx.calls.is_full(self.cx.max_depth) { Err(calls::too_deep()) } else { Ok(()) }
    }
}

/// Where a call stands. The operand word of a method call has the place of the attribute, for where there is none.
fn place(code: &Code, pc: Pc, failed_lookup: bool) -> Place {
    let at = pc.0 as usize;
    let at = match code.chunk.code[at].op {
        Op::CallMethod | Op::CallMethodKw if failed_lookup => at + 1,
        _ => at,
    };
    Place { function: code.chunk.name.clone(), span: code.chunk.spans[at] }
}
