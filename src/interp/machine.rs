//! The loop: fetch an instruction, jump to its handler, and keep the calls.
//!
//! Calls between script functions stay off the native stack: a call pushes a `Frame` and goes on in the same loop.

use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::arrays::Barrier;
use super::call::{self, Args, Entered};
use super::calls::{self, Frame, Outcome};
use super::cursor::Cursor;
use super::ops::{arithmetic, build, cells, collect, compare, element, exceptions, iterate, moves, show};
use super::probe::{Event, Probe, Scene};
use super::runtime::Runtime;
use super::window::Window;
use crate::bytecode::Verified;
use crate::bytecode::chunk::{Flags, Pc};
use crate::bytecode::op::Op;
use crate::exception::{Place, Raised, Result};
use crate::interrupt;
use crate::syntax::ast::{BinaryOp, UnaryOp};
use crate::value::{Code, Function, Kind, Value};

/// Python's default recursion limit.
pub const MAX_DEPTH: usize = 1000;

/// Runs programs.
pub struct Machine {
    pub runtime: Runtime,
}

impl Machine {
    pub fn new(runtime: Runtime) -> Machine {
        Machine { runtime }
    }

    /// Runs a module from its first instruction to its last, watched by `probe`, and so are all calls that built-in
    /// functions make on the way.
    ///
    /// # Errors
    /// The exception that the script did not handle, with the places it passed through.
    pub fn run<P: Probe + Clone + 'static>(&mut self, program: &Verified, probe: P) -> Result<()> {
        let code = self.runtime.load(program);
        self.start(code, probe).map(drop)
    }

    /// Runs the next input of a session, compiled to go on with [`Runtime::names`], and hands out what it returns.
    ///
    /// # Errors
    /// As [`Machine::run`].
    ///
    /// # Panics
    /// If it was compiled to go on with others.
    pub fn run_next<P: Probe + Clone + 'static>(&mut self, program: &Verified, probe: P) -> Result<Value> {
        let code = self.runtime.load_next(program);
        let result = self.start(code, probe);
        // The probe may be somebody's who wants it back.
        self.runtime.calls.execute = None;
        result
    }

    fn start<P: Probe + Clone + 'static>(&mut self, code: Rc<Code>, probe: P) -> Result<Value> {
        self.watch(probe);
        let window = self.runtime.calls.registers.begin(code.chunk.registers);
        let result = self.runtime.execute(code, window, Pc(0));
        self.runtime.calls.registers.leave_segment();
        let (Outcome::Returned(value) | Outcome::Yielded(value, _)) = result?;
        self.runtime.pass_barrier(Barrier::Work)?;
        Ok(value)
    }

    /// Calls a function of the script from outside, and returns its result.
    pub fn call<P: Probe + Clone + 'static>(
        &mut self,
        function: &Value,
        arguments: &[Value],
        probe: P,
    ) -> Result<Value> {
        self.watch(probe);
        let args = Args { positional: arguments.to_vec(), keywords: Vec::new() };
        let result = self.runtime.call_function(function, args)?;
        self.runtime.pass_barrier(Barrier::Full)?;
        Ok(result)
    }

    fn watch<P: Probe + Clone + 'static>(&mut self, probe: P) {
        self.runtime.sites.enabled = P::IS_SILENT;
        let execute =
            move |cx: &mut Runtime, code, window, start| interpret(cx, code, window, start, &mut probe.clone());
        self.runtime.calls.execute = Some(Rc::new(execute));
    }
}

/// Runs code from an instruction on until it returns or hands out an item.
fn interpret<P: Probe>(
    cx: &mut Runtime,
    mut code: Rc<Code>,
    mut window: Window,
    start: Pc,
    probe: &mut P,
) -> Result<Outcome> {
    let handled = cx.handled.len();
    let interrupt = interrupt::flag();
    let base = cx.calls.frames.len();
    let mut cursor = Cursor::start(&code);
    cursor.jump(start);
    if P::LOOKS {
        probe.begin();
    }
    loop {
        let i = cursor.fetch();
        if P::LOOKS
            && let Err(stop) = probe.step(Scene { cx, window: &window, code: &code, pc: cursor.last() })
        {
            let interrupted = Interrupted { code, window, cursor };
            Interrupted { code, window, cursor } = unwind(cx, stop, base, handled, interrupted)?;
            continue;
        }
        probe.record(Event::Dispatch { pc: cursor.last(), op: i.op });
        let w = &mut window;
        let result: Result<()> = match i.op {
            Op::LoadConst => moves::load_const(&code, w, i, probe),
            Op::Move => moves::copy(w, i, probe),
            Op::LoadGlobal => moves::load_global(&code, cx, w, i, probe),
            Op::StoreGlobal => moves::store_global(cx, w, i, probe),
            Op::CheckBound => moves::check_bound(&code, w, i, probe),
            Op::DeleteLocal => cells::delete_local(&code, w, i, probe),
            Op::DeleteGlobal => cells::delete_global(&code, cx, w, i, probe),
            Op::MakeCell => cells::make(w, i, probe),
            Op::LoadCell => cells::load(&code, w, i, probe),
            Op::StoreCell => cells::store(w, i, probe),
            Op::DeleteCell => cells::delete(&code, w, i, probe),
            Op::LoadModule => moves::load_module(&code, cx, w, i, probe),
            Op::ImportAll => moves::import_all(cx, w, i, probe),
            Op::ImportFrom => moves::import_from(&code, cx, w, i, probe),

            Op::Add => arithmetic::arithmetic::<arithmetic::Add, P>(cx, w, i, probe),
            Op::Sub => arithmetic::arithmetic::<arithmetic::Sub, P>(cx, w, i, probe),
            Op::Mul => arithmetic::arithmetic::<arithmetic::Mul, P>(cx, w, i, probe),
            Op::TrueDiv => arithmetic::arithmetic::<arithmetic::TrueDiv, P>(cx, w, i, probe),
            Op::FloorDiv => arithmetic::arithmetic::<arithmetic::FloorDiv, P>(cx, w, i, probe),
            Op::Mod => arithmetic::arithmetic::<arithmetic::Mod, P>(cx, w, i, probe),
            Op::BitAnd => arithmetic::arithmetic::<arithmetic::BitAnd, P>(cx, w, i, probe),
            Op::BitOr => arithmetic::arithmetic::<arithmetic::BitOr, P>(cx, w, i, probe),
            Op::BitXor => arithmetic::arithmetic::<arithmetic::BitXor, P>(cx, w, i, probe),
            Op::Pow => arithmetic::generic(BinaryOp::Pow, cx, w, i, probe),
            Op::MatMul => arithmetic::generic(BinaryOp::MatMul, cx, w, i, probe),
            Op::Shl => arithmetic::generic(BinaryOp::Shl, cx, w, i, probe),
            Op::Shr => arithmetic::generic(BinaryOp::Shr, cx, w, i, probe),
            Op::Neg => arithmetic::negate(cx, w, i, probe),
            Op::Pos => arithmetic::unary(UnaryOp::Pos, cx, w, i, probe),
            Op::Invert => arithmetic::unary(UnaryOp::Invert, cx, w, i, probe),

            Op::Not => compare::not(cx, w, i, probe),
            Op::Lt => compare::compare::<compare::Lt, P>(cx, w, i, probe),
            Op::Le => compare::compare::<compare::Le, P>(cx, w, i, probe),
            Op::Gt => compare::compare::<compare::Gt, P>(cx, w, i, probe),
            Op::Ge => compare::compare::<compare::Ge, P>(cx, w, i, probe),
            Op::Eq => compare::compare::<compare::Eq, P>(cx, w, i, probe),
            Op::Ne => compare::compare::<compare::Ne, P>(cx, w, i, probe),
            Op::Is => compare::identity(true, w, i, probe),
            Op::IsNot => compare::identity(false, w, i, probe),
            Op::In => compare::membership(true, cx, w, i, probe),
            Op::NotIn => compare::membership(false, cx, w, i, probe),

            Op::Jump => {
                probe.record(Event::Branch { taken: true });
                jump(cx, &interrupt, &mut cursor, i.target())
            }
            Op::JumpIfFalse => compare::jump_if(false, cx, w, i, probe)
                .and_then(|taken| if taken { jump(cx, &interrupt, &mut cursor, i.target()) } else { Ok(()) }),
            Op::JumpIfTrue => compare::jump_if(true, cx, w, i, probe)
                .and_then(|taken| if taken { jump(cx, &interrupt, &mut cursor, i.target()) } else { Ok(()) }),
            Op::GetIter => iterate::get_iter(cx, w, i, probe),
            Op::ForIter => iterate::for_iter(cx, w, i, probe).and_then(|more| {
                let operand = cursor.fetch();
                if more { jump(cx, &interrupt, &mut cursor, operand.target()) } else { Ok(()) }
            }),

            Op::GetItem => element::get_item(cx, w, i, probe),
            Op::SetItem => element::set_item(cx, w, i, probe),
            Op::DeleteItem => element::delete_item(cx, w, i, probe),
            Op::SetAttr => element::set_attr(&code, cx, w, i, probe),
            Op::DeleteAttr => element::delete_attr(&code, cx, w, i, probe),
            Op::GetAttr => element::get_attr(&code, cx, w, i, probe),
            Op::BuildSlice => build::slice(w, i, probe),
            Op::BuildList => build::list(w, i, probe),
            Op::BuildTuple => build::tuple(w, i, probe),
            Op::BuildDict => build::dict(w, i, probe),
            Op::BuildSet => build::set(w, i, probe),
            Op::ListAppend => collect::append(w, i, probe),
            Op::ListExtend => collect::extend(cx, w, i, probe),
            Op::ListToTuple => collect::to_tuple(w, i, probe),
            Op::SetAdd => collect::set_add(w, i, probe),
            Op::SetUpdate => collect::set_update(cx, w, i, probe),
            Op::DictInsert => collect::insert(w, i, probe),
            Op::DictUpdate => collect::update(w, i, probe),
            Op::DictMerge => collect::merge(w, i, probe),
            Op::BuildString => build::string(w, i, probe),
            Op::FormatValue => build::format(cx, w, i, probe),
            Op::UnpackSequence => iterate::unpack(None, cx, w, i, probe),
            Op::UnpackStar => iterate::unpack(Some(i.flags.0), cx, w, i, probe),
            Op::MakeFunction => build::function(&code, w, i, probe),
            Op::MakeGenerator => build::generator(w, i, probe),
            Op::Yield => {
                probe.record(Event::Other { what: "hand out an item" });
                return Ok(Outcome::Yielded(super::access::retain(w.get(i.a), probe), cursor.next()));
            }

            Op::Call | Op::CallKw | Op::CallUnpacked => {
                let keywords = if i.op == Op::CallKw { Some(cursor.fetch().b) } else { None };
                if super::access::kind(w.get(i.b), probe) == Kind::Function {
                    let callee: &Function = super::access::payload(w.get(i.b), probe);
                    let callee = callee.code.clone();
                    probe.record(Event::Other { what: "call frame" });
                    if cx.calls.is_full(cx.max_depth) {
                        Err(calls::too_deep())
                    } else {
                        let registers = &mut cx.calls.registers;
                        let entered = match i.op {
                            Op::CallUnpacked => call::enter_unpacked(registers, w.share(), i),
                            _ => call::enter(registers, &code, w.share(), i, keywords),
                        };
                        match entered {
                            Ok(Entered { window: entered, fresh_segment }) => {
                                let resume = Cursor::start(&callee);
                                cx.calls.frames.push(Frame {
                                    code: std::mem::replace(&mut code, callee),
                                    window: std::mem::replace(&mut window, entered),
                                    cursor: std::mem::replace(&mut cursor, resume),
                                    call: i,
                                    fresh_segment,
                                    handled: cx.handled.len(),
                                });
                                Ok(())
                            }
                            Err(raised) => Err(raised),
                        }
                    }
                } else {
                    call::builtin(&code, cx, w.share(), i, keywords, probe)
                }
            }
            Op::CheckMethod => element::check_method(&code, cx, w, i, probe),
            Op::CallMethod | Op::CallMethodKw => {
                let operands = cursor.fetch();
                call::method(&code, cx, w.share(), i, operands, probe)
            }
            Op::Return => {
                probe.record(Event::Other { what: "call frame" });
                let value = super::access::retain(w.get(i.a), probe);
                w.clear(0, code.chunk.registers);
                if cx.calls.frames.len() == base {
                    return Ok(Outcome::Returned(value));
                }
                let Some(frame) = cx.calls.frames.pop() else { unreachable!("a frame above the base") };
                if frame.fresh_segment {
                    cx.calls.registers.leave_segment();
                }
                window = frame.window;
                code = frame.code;
                cursor = frame.cursor;
                drop(window.take(frame.call.b));
                super::access::write(&mut window, frame.call.a, value, probe);
                Ok(())
            }
            Op::Show => show::show(cx, w, i, probe),
            Op::Raise => Err(exceptions::raise(w, i, probe)),
            Op::RaiseAgain => Err(exceptions::raise_again(cx, probe)),
            Op::Reraise => Err(exceptions::reraise(w, i, probe)),
            Op::MatchException => exceptions::matches(w, i, probe),
            Op::BeginHandling => exceptions::begin(cx, w, i, probe),
            Op::EndHandling => exceptions::end(cx, probe),
            Op::Settle => exceptions::settle(cx, probe),
            Op::EnterContext => exceptions::enter(cx, w, i, probe),
            Op::ExitContext => exceptions::exit(cx, w, i, probe),
            Op::AssertFailed => {
                probe.record(Event::Other { what: "failed assertion" });
                let message = i.flags.contains(Flags::MESSAGE).then(|| w.get(i.a));
                Err(cx.assertion_error(message))
            }
            Op::Keywords | Op::Method => unreachable!("operands are not executed"),
        };
        if let Err(mut raised) = result {
            if raised.is_detour() {
                let pc = stopped_at(&code, cursor);
                match cx.at_site(raised, &code, window.share(), pc) {
                    Ok(next) => {
                        cursor.jump(next);
                        continue;
                    }
                    Err(error) => raised = error,
                }
            }
            let interrupted = Interrupted { code, window, cursor };
            Interrupted { code, window, cursor } = unwind(cx, raised, base, handled, interrupted)?;
        }
    }
}

/// Goes on at `target`. Every loop passes here: `KeyboardInterrupt` if the user asked for it, and an iteration that
/// ends does so with the work of its arrays done.
#[inline(always)]
fn jump(cx: &mut Runtime, interrupt: &AtomicBool, cursor: &mut Cursor, target: Pc) -> Result<()> {
    if interrupt.load(Ordering::Relaxed) {
        interrupt::check()?;
    }
    if target <= cursor.last() {
        cx.pass_barrier(Barrier::Work)?;
    }
    cursor.jump(target);
    Ok(())
}

/// A call that an exception has stopped.
struct Interrupted {
    code: Rc<Code>,
    window: Window,
    cursor: Cursor,
}

/// Takes an exception to its handler, which goes on then; or out of every call above `base`, noting where each stood.
#[cold]
#[inline(never)]
fn unwind(
    cx: &mut Runtime,
    mut raised: Raised,
    base: usize,
    handled: usize,
    interrupted: Interrupted,
) -> Result<Interrupted> {
    let Interrupted { mut code, mut window, mut cursor } = interrupted;
    let again = match code.chunk.code[stopped_at(&code, cursor).0 as usize].op {
        Op::Reraise => true,
        Op::RaiseAgain => !cx.handled.is_empty(),
        _ => false,
    };
    if again {
        raised.keep_context();
    } else {
        if let Some(handled) = cx.handled.last() {
            raised.set_context(handled);
        }
        raised.push(place(&code, cursor, raised.is_failed_lookup()));
    }
    loop {
        let called = cx.calls.frames.len() > base;
        let outside = if called { cx.calls.frames.last().map_or(handled, |frame| frame.handled) } else { handled };
        let handler = code.chunk.handler(stopped_at(&code, cursor));
        if let Some(handler) = handler.filter(|_| !raised.is_refusal()) {
            // What is pending here would have failed before.
            if let Err(earlier) = cx.pass_barrier(Barrier::Full) {
                raised = earlier;
                continue;
            }
            cx.handled.truncate(outside + handler.depth as usize);
            drop(window.replace(handler.register.0, raised.into_value()));
            cursor.jump(handler.target);
            return Ok(Interrupted { code, window, cursor });
        }
        cx.handled.truncate(outside);
        window.clear(0, code.chunk.registers);
        let Some(frame) = called.then(|| cx.calls.frames.pop()).flatten() else { return Err(raised) };
        if frame.fresh_segment {
            cx.calls.registers.leave_segment();
        }
        Frame { code, window, cursor, .. } = frame;
        drop(window.take(frame.call.b));
        raised.push(place(&code, cursor, false));
    }
}

/// The instruction that was fetched last, or whose operand word was.
fn stopped_at(code: &Code, cursor: Cursor) -> Pc {
    let last = cursor.last();
    let is_operand = matches!(code.chunk.code[last.0 as usize].op, Op::Keywords | Op::Method);
    Pc(last.0 - is_operand as u32)
}

/// Where a call stands. The operand word of a method call has the place of the attribute, for where there is none.
fn place(code: &Code, cursor: Cursor, failed_lookup: bool) -> Place {
    let last = cursor.last().0 as usize;
    let at = match code.chunk.code[last].op {
        Op::Method if failed_lookup => last,
        _ => stopped_at(code, cursor).0 as usize,
    };
    Place { function: code.chunk.name.clone(), span: code.chunk.spans[at] }
}
