//! The loop: fetch an instruction, jump to its handler, and keep the calls.
//!
//! Calls between script functions stay off the native stack: a call pushes a `Frame` and goes on in the same loop.

use std::rc::Rc;

use super::call::{self, Args, Entered};
use super::calls::{self, Frame};
use super::cursor::Cursor;
use super::ops::{arithmetic, build, compare, element, iterate, moves};
use super::probe::{Event, Probe};
use super::runtime::Runtime;
use super::window::Window;
use crate::bytecode::Verified;
use crate::bytecode::chunk::Flags;
use crate::bytecode::op::Op;
use crate::exception::{Place, Raised, Result};
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
        self.watch(probe);
        let window = self.runtime.calls.registers.begin(code.chunk.registers);
        let result = self.runtime.execute(code, window);
        self.runtime.calls.registers.leave_segment();
        result.map(drop)
    }

    /// Calls a function of the script from outside, and returns its result.
    pub fn call<P: Probe + Clone + 'static>(
        &mut self,
        function: &Value,
        arguments: &[Value],
        probe: P,
    ) -> Result<Value> {
        self.watch(probe);
        self.runtime.call_function(function, Args { positional: arguments.to_vec(), keywords: Vec::new() })
    }

    fn watch<P: Probe + Clone + 'static>(&mut self, probe: P) {
        let execute = move |cx: &mut Runtime, code, window| interpret(cx, code, window, &mut probe.clone());
        self.runtime.calls.execute = Some(Rc::new(execute));
    }
}

/// Runs code from its start until it returns.
fn interpret<P: Probe>(cx: &mut Runtime, mut code: Rc<Code>, mut window: Window, probe: &mut P) -> Result<Value> {
    let base = cx.calls.frames.len();
    let mut cursor = Cursor::start(&code);
    loop {
        let i = cursor.fetch();
        probe.record(Event::Dispatch { pc: cursor.last(), op: i.op });
        let w = &mut window;
        let result: Result<()> = match i.op {
            Op::LoadConst => moves::load_const(&code, w, i, probe),
            Op::Move => moves::copy(w, i, probe),
            Op::LoadGlobal => moves::load_global(cx, w, i, probe),
            Op::StoreGlobal => moves::store_global(cx, w, i, probe),
            Op::CheckBound => moves::check_bound(&code, w, i, probe),
            Op::LoadModule => moves::load_module(&code, cx, w, i, probe),
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
                cursor.jump(i.target());
                Ok(())
            }
            Op::JumpIfFalse => compare::jump_if(false, cx, w, i, probe).map(|taken| {
                if taken {
                    cursor.jump(i.target());
                }
            }),
            Op::JumpIfTrue => compare::jump_if(true, cx, w, i, probe).map(|taken| {
                if taken {
                    cursor.jump(i.target());
                }
            }),
            Op::GetIter => iterate::get_iter(cx, w, i, probe),
            Op::ForIter => iterate::for_iter(cx, w, i, probe).map(|more| {
                let operand = cursor.fetch();
                if more {
                    cursor.jump(operand.target());
                }
            }),

            Op::GetItem => element::get_item(cx, w, i, probe),
            Op::SetItem => element::set_item(cx, w, i, probe),
            Op::GetAttr => element::get_attr(&code, cx, w, i, probe),
            Op::BuildSlice => build::slice(w, i, probe),
            Op::BuildList => build::list(w, i, probe),
            Op::BuildTuple => build::tuple(w, i, probe),
            Op::BuildDict => build::dict(w, i, probe),
            Op::BuildString => build::string(w, i, probe),
            Op::FormatValue => build::format(cx, w, i, probe),
            Op::UnpackSequence => iterate::unpack(None, cx, w, i, probe),
            Op::UnpackStar => iterate::unpack(Some(i.flags.0), cx, w, i, probe),
            Op::MakeFunction => build::function(&code, w, i, probe),

            Op::Call | Op::CallKw => {
                let keywords = if i.op == Op::CallKw { Some(cursor.fetch().b) } else { None };
                if super::access::kind(w.get(i.b), probe) == Kind::Function {
                    let callee: &Function = super::access::payload(w.get(i.b), probe);
                    let callee = callee.code.clone();
                    probe.record(Event::Other { what: "call frame" });
                    if cx.calls.is_full(cx.max_depth) {
                        Err(calls::too_deep())
                    } else {
                        match call::enter(&mut cx.calls.registers, &code, w.share(), i, keywords) {
                            Ok(Entered { window: entered, fresh_segment }) => {
                                let resume = Cursor::start(&callee);
                                cx.calls.frames.push(Frame {
                                    code: std::mem::replace(&mut code, callee),
                                    window: std::mem::replace(&mut window, entered),
                                    cursor: std::mem::replace(&mut cursor, resume),
                                    call: i,
                                    fresh_segment,
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
            Op::CallMethod | Op::CallMethodKw => {
                let operands = cursor.fetch();
                call::method(&code, cx, w.share(), i, operands, probe)
            }
            Op::Return => {
                probe.record(Event::Other { what: "call frame" });
                let value = super::access::retain(w.get(i.a), probe);
                w.clear(0, code.chunk.registers);
                if cx.calls.frames.len() == base {
                    return Ok(value);
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
            Op::AssertFailed => {
                probe.record(Event::Other { what: "failed assertion" });
                let message = i.flags.contains(Flags::MESSAGE).then(|| w.get(i.a));
                Err(cx.assertion_error(message))
            }
            Op::Keywords | Op::Method => unreachable!("operands are not executed"),
        };
        if let Err(raised) = result {
            return Err(unwind(cx, raised, base, &code, cursor, window));
        }
    }
}

/// Leaves every call above `base`, noting where each stood.
#[cold]
#[inline(never)]
fn unwind(cx: &mut Runtime, mut raised: Raised, base: usize, code: &Code, at: Cursor, mut window: Window) -> Raised {
    raised.push(place(code, at));
    window.clear(0, code.chunk.registers);
    while cx.calls.frames.len() > base {
        let Some(mut frame) = cx.calls.frames.pop() else { break };
        if frame.fresh_segment {
            cx.calls.registers.leave_segment();
        }
        raised.push(place(&frame.code, frame.cursor));
        frame.window.clear(0, frame.code.chunk.registers);
    }
    raised
}

/// Where a call stands: at the instruction that was fetched last, or whose operand word was.
fn place(code: &Code, cursor: Cursor) -> Place {
    let last = cursor.last().0 as usize;
    let is_operand = matches!(code.chunk.code[last].op, Op::Keywords | Op::Method);
    Place { function: code.chunk.name.clone(), span: code.chunk.spans[last - is_operand as usize] }
}
