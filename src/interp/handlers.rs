//! The table of handlers: for every bytecode, the function that executes it.

use super::access::{self, kind, payload, retain};
use super::call::{self, Entered};
use super::calls::Outcome;
use super::cursor::{Cursor, Running};
use super::execution::{Execution, Next};
use super::hot;
use super::in_place;
use super::ops::{again, arithmetic, build, cells, collect, compare, element, exceptions, iterate, moves, show};
use super::probe::{Event, Probe};
use super::window::Window;
use crate::bytecode::chunk::{Flags, GlobalId, Instr};
use crate::bytecode::op::Op;
use crate::exception::Result;
use crate::syntax::ast::{BinaryOp, UnaryOp};
use crate::value::{Function, Heap, Kind, Value};

/// Executes the instruction under the cursor, and says where to go on.
pub type Handler<P> = fn(&mut Execution<'_, P>, Cursor, Window) -> Next;

/// The handlers of a machine that is watched by `P`.
pub struct Handlers<P>(std::marker::PhantomData<P>);

impl<P: Probe> Handlers<P> {
    /// By the number of the operation. As long as there are bytes, so that none needs to be compared with a length.
    pub const TABLE: [Handler<P>; 256] = {
        let mut table = [unknown::<P> as Handler<P>; 256];
        let mut at = 0;
        while at < Op::ALL.len() {
            table[Op::ALL[at] as usize] = handler::<P>(Op::ALL[at]);
            at += 1;
        }
        table
    };
}

impl<P: Probe> Handlers<P> {
    /// The same where loops are compiled: what may jump back tells so.
    pub const COUNTING: [Handler<P>; 256] = {
        let mut table = Handlers::<P>::TABLE;
        table[Op::Jump as usize] = counted::<P, { Op::Jump as usize }>;
        table[Op::JumpIfFalse as usize] = counted::<P, { Op::JumpIfFalse as usize }>;
        table[Op::JumpIfTrue as usize] = counted::<P, { Op::JumpIfTrue as usize }>;
        table[Op::ForIter as usize] = counted::<P, { Op::ForIter as usize }>;
        table[Op::TestLt as usize] = counted::<P, { Op::TestLt as usize }>;
        table[Op::TestLe as usize] = counted::<P, { Op::TestLe as usize }>;
        table[Op::TestGt as usize] = counted::<P, { Op::TestGt as usize }>;
        table[Op::TestGe as usize] = counted::<P, { Op::TestGe as usize }>;
        table[Op::TestEq as usize] = counted::<P, { Op::TestEq as usize }>;
        table[Op::TestNe as usize] = counted::<P, { Op::TestNe as usize }>;
        table
    };
}

fn counted<P: Probe, const OP: usize>(x: &mut Execution<'_, P>, at: Cursor, w: Window) -> Next {
    let next = (const { Handlers::<P>::TABLE[OP] })(x, at, w);
    match next.cursor {
        Some(to) if to.is_before(at) => hot::arrive(x, at, to, next.window),
        _ => next,
    }
}

fn unknown<P: Probe>(_: &mut Execution<'_, P>, _: Cursor, _: Window) -> Next {
    unreachable!("operands are not executed")
}

/// An instruction after which the next one follows.
#[inline(always)]
fn straight<P: Probe>(
    x: &mut Execution<'_, P>,
    at: Cursor,
    mut w: Window,
    execute: impl FnOnce(&mut Execution<'_, P>, &mut Window, Instr) -> Result<()>,
) -> Next {
    match execute(x, &mut w, at.instr()) {
        Ok(()) => Next::at(at.next(), w),
        Err(raised) => x.fail(raised, at, w),
    }
}

/// An instruction whose operand word has the bounds of its slice.
#[inline(always)]
fn sliced<P: Probe>(
    x: &mut Execution<'_, P>,
    at: Cursor,
    mut w: Window,
    execute: impl FnOnce(&mut Execution<'_, P>, &mut Window, Instr, Instr) -> Result<()>,
) -> Next {
    let bounds = at.next();
    match execute(x, &mut w, at.instr(), bounds.instr()) {
        Ok(()) => Next::at(bounds.next(), w),
        Err(raised) => x.fail(raised, at, w),
    }
}

/// An instruction that goes to its target if `execute` says so, else on to the next one.
#[inline(always)]
fn branch<P: Probe>(
    x: &mut Execution<'_, P>,
    at: Cursor,
    w: Window,
    execute: impl FnOnce(&mut Execution<'_, P>, &Window, Instr) -> Result<bool>,
) -> Next {
    match execute(x, &w, at.instr()) {
        Ok(true) => x.jump(at, at.target(), w),
        Ok(false) => Next::at(at.next(), w),
        Err(raised) => x.fail(raised, at, w),
    }
}

const fn handler<P: Probe>(op: Op) -> Handler<P> {
    match op {
        Op::LoadConst => |x, at, w| {
            let value = retain(&x.code.constants[at.instr().b as usize], x.probe);
            put(x, at.next(), w, at.instr().a, value)
        },
        Op::Move => |x, at, w| {
            let value = retain(w.get(at.instr().b), x.probe);
            put(x, at.next(), w, at.instr().a, value)
        },
        Op::LoadGlobal => |x, at, w| match moves::global(x.cx, at.instr(), x.probe) {
            Some(value) => put(x, at.next(), w, at.instr().a, value),
            None => slow(x, at, w, |x, at, w| {
                let unknown = x.cx.unknown_name(GlobalId(at.instr().b), &x.code, &w);
                x.fail(unknown, at, w)
            }),
        },
        Op::StoreGlobal => |x, at, w| straight(x, at, w, |x, w, i| moves::store_global(x.cx, w, i, x.probe)),
        Op::CheckBound => |x, at, w| straight(x, at, w, |x, w, i| moves::check_bound(&x.code, w, i, x.probe)),
        Op::DeleteLocal => |x, at, w| straight(x, at, w, |x, w, i| cells::delete_local(&x.code, w, i, x.probe)),
        Op::DeleteGlobal => |x, at, w| straight(x, at, w, |x, w, i| cells::delete_global(&x.code, x.cx, w, i, x.probe)),
        Op::MakeCell => |x, at, w| straight(x, at, w, |x, w, i| cells::make(w, i, x.probe)),
        Op::LoadCell => |x, at, w| straight(x, at, w, |x, w, i| cells::load(&x.code, w, i, x.probe)),
        Op::StoreCell => |x, at, w| straight(x, at, w, |x, w, i| cells::store(w, i, x.probe)),
        Op::DeleteCell => |x, at, w| straight(x, at, w, |x, w, i| cells::delete(&x.code, w, i, x.probe)),
        Op::LoadModule => |x, at, w| straight(x, at, w, |x, w, i| moves::load_module(&x.code, x.cx, w, i, x.probe)),
        Op::ImportAll => |x, at, w| straight(x, at, w, |x, w, i| moves::import_all(x.cx, w, i, x.probe)),
        Op::ImportFrom => |x, at, w| straight(x, at, w, |x, w, i| moves::import_from(&x.code, x.cx, w, i, x.probe)),

        Op::Add => operator::<arithmetic::Add, P>,
        Op::Sub => operator::<arithmetic::Sub, P>,
        Op::Mul => operator::<arithmetic::Mul, P>,
        Op::TrueDiv => operator::<arithmetic::TrueDiv, P>,
        Op::FloorDiv => operator::<arithmetic::FloorDiv, P>,
        Op::Mod => operator::<arithmetic::Mod, P>,
        Op::BitAnd => operator::<arithmetic::BitAnd, P>,
        Op::BitOr => operator::<arithmetic::BitOr, P>,
        Op::BitXor => operator::<arithmetic::BitXor, P>,
        Op::Pow => |x, at, w| straight(x, at, w, |x, w, i| arithmetic::generic(BinaryOp::Pow, x.cx, w, i, x.probe)),
        Op::MatMul => {
            |x, at, w| straight(x, at, w, |x, w, i| arithmetic::generic(BinaryOp::MatMul, x.cx, w, i, x.probe))
        }
        Op::Shl => |x, at, w| straight(x, at, w, |x, w, i| arithmetic::generic(BinaryOp::Shl, x.cx, w, i, x.probe)),
        Op::Shr => |x, at, w| straight(x, at, w, |x, w, i| arithmetic::generic(BinaryOp::Shr, x.cx, w, i, x.probe)),
        Op::Neg => |x, at, w| straight(x, at, w, |x, w, i| arithmetic::negate(x.cx, w, i, x.probe)),
        Op::Pos => |x, at, w| straight(x, at, w, |x, w, i| arithmetic::unary(UnaryOp::Pos, x.cx, w, i, x.probe)),
        Op::Invert => |x, at, w| straight(x, at, w, |x, w, i| arithmetic::unary(UnaryOp::Invert, x.cx, w, i, x.probe)),

        Op::Not => |x, at, w| straight(x, at, w, |x, w, i| compare::not(x.heap, x.cx, w, i, x.probe)),
        Op::Lt => comparison::<compare::Lt, P>,
        Op::Le => comparison::<compare::Le, P>,
        Op::Gt => comparison::<compare::Gt, P>,
        Op::Ge => comparison::<compare::Ge, P>,
        Op::Eq => comparison::<compare::Eq, P>,
        Op::Ne => comparison::<compare::Ne, P>,
        Op::Is => |x, at, w| straight(x, at, w, |x, w, i| compare::identity(x.heap, true, w, i, x.probe)),
        Op::IsNot => |x, at, w| straight(x, at, w, |x, w, i| compare::identity(x.heap, false, w, i, x.probe)),
        Op::In => |x, at, w| straight(x, at, w, |x, w, i| compare::membership(true, x.cx, w, i, x.probe)),
        Op::NotIn => |x, at, w| straight(x, at, w, |x, w, i| compare::membership(false, x.cx, w, i, x.probe)),

        Op::TestLt => test::<compare::Lt, P>,
        Op::TestLe => test::<compare::Le, P>,
        Op::TestGt => test::<compare::Gt, P>,
        Op::TestGe => test::<compare::Ge, P>,
        Op::TestEq => test::<compare::Eq, P>,
        Op::TestNe => test::<compare::Ne, P>,

        Op::Jump => |x, at, w| {
            x.probe.record(Event::Branch { taken: true });
            x.jump(at, at.target(), w)
        },
        Op::JumpIfFalse => |x, at, w| branch(x, at, w, |x, w, i| compare::jump_if(false, x.cx, w, i, x.probe)),
        Op::JumpIfTrue => |x, at, w| branch(x, at, w, |x, w, i| compare::jump_if(true, x.cx, w, i, x.probe)),
        Op::GetIter => |x, at, w| straight(x, at, w, |x, w, i| iterate::get_iter(x.cx, w, i, x.probe)),
        Op::ForIter => |x, at, mut w| {
            // The jump behind it is its operand.
            let (i, jump) = (at.instr(), at.next());
            match iterate::fast_next(x.heap, &w, i, x.probe) {
                Some(Some(item)) => {
                    x.probe.record(Event::Branch { taken: true });
                    let old = w.replace(i.a, item);
                    x.probe.record(Event::Release { value: old.as_ref() });
                    match old.and_then(|old| old.release_quickly(x.heap)) {
                        None => x.jump(at, jump.target(), w),
                        Some(old) => drop_last_and_jump(x, old, at, w),
                    }
                }
                Some(None) => {
                    x.probe.record(Event::Branch { taken: false });
                    Next::at(jump.next(), w)
                }
                None => slow(x, at, w, |x, at, mut w| match iterate::for_iter(x.cx, &mut w, at.instr(), x.probe) {
                    Ok(true) => x.jump(at, at.next().target(), w),
                    Ok(false) => Next::at(at.next().next(), w),
                    Err(raised) => x.fail(raised, at, w),
                }),
            }
        },

        Op::GetItem => |x, at, w| {
            value_or(
                x,
                at,
                w,
                |_, w, i, probe| element::fast_get(w, i, probe),
                |x, at, w| {
                    if w.get(at.instr().b).kind() == Kind::Dict {
                        return straight(x, at, w, |x, w, i| element::get_item(x.cx, w, i, x.probe));
                    }
                    value_or(x, at, w, element::fast_get_number, |x, at, w| {
                        straight(x, at, w, |x, w, i| element::get_item(x.cx, w, i, x.probe))
                    })
                },
            )
        },
        Op::SetItem => |x, at, w| {
            if element::fast_set(&w, at.instr(), x.probe) {
                return Next::at(at.next(), w);
            }
            slow(x, at, w, |x, at, w| straight(x, at, w, |x, w, i| element::set_item(x.cx, w, i, x.probe)))
        },
        Op::DeleteItem => |x, at, w| straight(x, at, w, |x, w, i| element::delete_item(x.cx, w, i, x.probe)),
        Op::SetAttr => |x, at, w| straight(x, at, w, |x, w, i| element::set_attr(&x.code, x.cx, w, i, x.probe)),
        Op::DeleteAttr => |x, at, w| straight(x, at, w, |x, w, i| element::delete_attr(&x.code, x.cx, w, i, x.probe)),
        Op::GetAttr => |x, at, w| straight(x, at, w, |x, w, i| element::get_attr(&x.code, x.cx, w, i, x.probe)),
        Op::GetSlice => |x, at, w| sliced(x, at, w, |x, w, i, bounds| element::get_slice(x.cx, w, i, bounds, x.probe)),
        Op::SetSlice => |x, at, w| sliced(x, at, w, |x, w, i, bounds| element::set_slice(x.cx, w, i, bounds, x.probe)),
        Op::BuildSlice => |x, at, w| straight(x, at, w, |x, w, i| build::slice(w, i, x.probe)),
        Op::BuildList => |x, at, w| straight(x, at, w, |x, w, i| build::list(w, i, x.probe)),
        Op::BuildTuple => |x, at, w| straight(x, at, w, |x, w, i| build::tuple(w, i, x.probe)),
        Op::BuildDict => |x, at, w| straight(x, at, w, |x, w, i| build::dict(w, i, x.probe)),
        Op::BuildSet => |x, at, w| straight(x, at, w, |x, w, i| build::set(w, i, x.probe)),
        Op::ListAppend => |x, at, w| straight(x, at, w, |x, w, i| collect::append(w, i, x.probe)),
        Op::ListExtend => |x, at, w| straight(x, at, w, |x, w, i| collect::extend(x.cx, w, i, x.probe)),
        Op::ListToTuple => |x, at, w| straight(x, at, w, |x, w, i| collect::to_tuple(w, i, x.probe)),
        Op::SetAdd => |x, at, w| straight(x, at, w, |x, w, i| collect::set_add(w, i, x.probe)),
        Op::SetUpdate => |x, at, w| straight(x, at, w, |x, w, i| collect::set_update(x.cx, w, i, x.probe)),
        Op::DictInsert => |x, at, w| straight(x, at, w, |x, w, i| collect::insert(w, i, x.probe)),
        Op::DictUpdate => |x, at, w| straight(x, at, w, |x, w, i| collect::update(w, i, x.probe)),
        Op::DictMerge => |x, at, w| straight(x, at, w, |x, w, i| collect::merge(w, i, x.probe)),
        Op::BuildString => |x, at, w| straight(x, at, w, |x, w, i| build::string(w, i, x.probe)),
        Op::FormatValue => |x, at, w| straight(x, at, w, |x, w, i| build::format(x.cx, w, i, x.probe)),
        Op::UnpackSequence => |x, at, w| straight(x, at, w, |x, w, i| iterate::unpack(None, x.cx, w, i, x.probe)),
        Op::UnpackStar => {
            |x, at, w| straight(x, at, w, |x, w, i| iterate::unpack(Some(i.flags.0), x.cx, w, i, x.probe))
        }
        Op::MakeFunction => |x, at, w| straight(x, at, w, |x, w, i| build::function(&x.code, w, i, x.probe)),
        Op::MakeGenerator => |x, at, w| straight(x, at, w, |x, w, i| build::generator(w, i, x.probe)),
        Op::Yield => |x, at, w| {
            x.probe.record(Event::Other { what: "hand out an item" });
            let item = retain(w.get(at.instr().a), x.probe);
            let resume = at.next().pc(&x.code);
            x.end(Outcome::Yielded(item, resume), w)
        },

        Op::Call => |x, at, w| {
            let i = at.instr();
            if kind(w.get(i.b), x.probe) != Kind::Function {
                return in_place::builtin(x, at, w);
            }
            let callee: &Function = payload(w.get(i.b), x.probe);
            match call::enter_plainly(x, callee, at, w.share()) {
                Some(window) => {
                    x.probe.record(Event::Other { what: "call frame" });
                    Next::at(x.start(), window)
                }
                None => slow(x, at, w, |x, at, w| {
                    let callee = w.get(at.instr().b).get::<Function>().expect("its kind was tested");
                    enter(x, callee, at, at.next(), w.share(), |x, callee, w, i| call::enter(x, callee, w, i, None))
                }),
            }
        },
        Op::CallKw => |x, at, w| {
            let i = at.instr();
            let names = at.next().instr().b;
            let resume = at.next().next();
            if kind(w.get(i.b), x.probe) != Kind::Function {
                call::record_builtin(&w, i, x.probe);
                return match call::builtin(&x.code, x.cx, w.share(), i, Some(names), x.probe) {
                    Ok(()) => Next::at(resume, w),
                    Err(raised) => x.fail(raised, at, w),
                };
            }
            let callee = payload(w.get(i.b), x.probe);
            enter(x, callee, at, resume, w.share(), |x, callee, w, i| call::enter(x, callee, w, i, Some(names)))
        },
        Op::CallUnpacked => |x, at, w| {
            let i = at.instr();
            if kind(w.get(i.b), x.probe) != Kind::Function {
                call::record_builtin(&w, i, x.probe);
                return straight(x, at, w, |x, w, i| call::builtin(&x.code, x.cx, w.share(), i, None, x.probe));
            }
            let callee = payload(w.get(i.b), x.probe);
            enter(x, callee, at, at.next(), w.share(), call::enter_unpacked)
        },
        Op::CheckMethod => |x, at, w| straight(x, at, w, |x, w, i| element::check_method(&x.code, x.cx, w, i, x.probe)),
        Op::CallMethod => in_place::method,
        Op::CallMethodKw => in_place::method_with_keywords,
        Op::Return => |x, at, mut w| {
            x.probe.record(Event::Other { what: "call frame" });
            let Some(value) = w.take(at.instr().a) else { unreachable!("verified: it is bound") };
            if w.clear_quickly(0..x.code.registers, x.heap) { leave(x, w, value) } else { clear_and_leave(x, w, value) }
        },
        Op::Show => |x, at, w| straight(x, at, w, |x, w, i| show::show(x.cx, w, i, x.probe)),
        Op::Raise => |x, at, w| straight(x, at, w, |x, w, i| Err(exceptions::raise(w, i, x.probe))),
        Op::RaiseAgain => |x, at, w| straight(x, at, w, |x, _, _| Err(exceptions::raise_again(x.cx, x.probe))),
        Op::Reraise => |x, at, w| straight(x, at, w, |x, w, i| Err(exceptions::reraise(w, i, x.probe))),
        Op::MatchException => |x, at, w| straight(x, at, w, |x, w, i| exceptions::matches(w, i, x.probe)),
        Op::BeginHandling => |x, at, w| straight(x, at, w, |x, w, i| exceptions::begin(x.cx, w, i, x.probe)),
        Op::EndHandling => |x, at, w| straight(x, at, w, |x, _, _| exceptions::end(x.cx, x.probe)),
        Op::Settle => |x, at, w| straight(x, at, w, |x, _, _| exceptions::settle(x.cx, x.probe)),
        Op::Mark => |x, at, w| {
            straight(x, at, w, |x, _, i| {
                x.probe.record(Event::Other { what: "mark" });
                x.cx.mark(i.flags.contains(Flags::ENDED))
            })
        },
        Op::EnterContext => |x, at, w| straight(x, at, w, |x, w, i| exceptions::enter(x.cx, w, i, x.probe)),
        Op::ExitContext => |x, at, w| straight(x, at, w, |x, w, i| exceptions::exit(x.cx, w, i, x.probe)),
        Op::AssertFailed => |x, at, w| {
            straight(x, at, w, |x, w, i| {
                x.probe.record(Event::Other { what: "failed assertion" });
                let message = i.flags.contains(Flags::MESSAGE).then(|| w.get(i.a));
                Err(x.cx.assertion_error(message))
            })
        },

        Op::AgainNothing => |_, at, w| Next::at(at.next(), w),
        Op::AgainBoundsCheck => |x, at, w| {
            again::bounds_check(w.get(at.instr().a), x.probe);
            Next::at(at.next(), w)
        },
        Op::AgainDereference => |x, at, w| {
            again::dereference(w.get(at.instr().a), x.probe);
            Next::at(at.next(), w)
        },
        Op::AgainTypeCheck => |x, at, w| {
            again::type_check(w.get(at.instr().a), x.probe);
            Next::at(at.next(), w)
        },
        Op::AgainLoad => |x, at, w| {
            again::load(w.get(at.instr().a), x.probe);
            Next::at(at.next(), w)
        },
        Op::AgainStore => |x, at, w| {
            again::store(x.probe);
            Next::at(at.next(), w)
        },
        Op::AgainBox => |x, at, w| match again::box_of_float(x.heap, x.probe) {
            Some(()) => Next::at(at.next(), w),
            None => slow(x, at, w, |_, at, w| Next::at(at.next(), w)),
        },
        Op::AgainReference => |x, at, w| {
            again::reference(w.get(at.instr().a), x.heap, x.probe);
            Next::at(at.next(), w)
        },
        Op::AgainArithmetic => |x, at, w| {
            again::sums(x.probe);
            Next::at(at.next(), w)
        },
        Op::AgainDivision => |x, at, w| {
            again::quotients(x.probe);
            Next::at(at.next(), w)
        },
        Op::AgainRemainder => |x, at, w| {
            again::remainders(x.probe);
            Next::at(at.next(), w)
        },
        Op::AgainCounter => |x, at, w| {
            again::counter(x.probe);
            Next::at(at.next(), w)
        },
        Op::AgainBranch => |x, at, w| {
            again::branches(x, at);
            Next::at(at.next(), w)
        },
        Op::Stamp => |x, at, w| {
            x.probe.record(Event::Other { what: "clock" });
            x.cx.stopwatch.stamp(at.instr().a == 1);
            Next::at(at.next(), w)
        },
        Op::Keywords | Op::Method | Op::Bounds | Op::If | Op::Unless => unknown::<P>,
    }
}

fn operator<A: arithmetic::Arithmetic, P: Probe>(x: &mut Execution<'_, P>, at: Cursor, w: Window) -> Next {
    value_or(x, at, w, arithmetic::fast::<A, P>, |x, at, w| {
        if arithmetic::is_text::<A>(&w, at.instr()) {
            return text_operator::<A, P>(x, at, w);
        }
        value_or(x, at, w, arithmetic::mixed::<A, P>, generic_operator::<A, P>)
    })
}

#[inline(never)]
fn text_operator<A: arithmetic::Arithmetic, P: Probe>(x: &mut Execution<'_, P>, at: Cursor, mut w: Window) -> Next {
    match arithmetic::append_here(&mut w, at.instr(), x.probe) {
        true => Next::at(at.next(), w),
        false => generic_operator::<A, P>(x, at, w),
    }
}

fn generic_operator<A: arithmetic::Arithmetic, P: Probe>(x: &mut Execution<'_, P>, at: Cursor, w: Window) -> Next {
    let next = at.next().instr();
    let stored = (next.op == Op::StoreGlobal && next.a == at.instr().a).then_some(GlobalId(next.b));
    straight(x, at, w, |x, w, i| arithmetic::arithmetic::<A, P>(x.cx, w, i, stored, x.probe))
}

fn comparison<C: compare::Comparison, P: Probe>(x: &mut Execution<'_, P>, at: Cursor, w: Window) -> Next {
    let fast = |heap, w: &Window, i: Instr, probe: &mut P| {
        compare::fast::<C, P>(w, i, probe).map(|truth| access::bool(heap, truth, probe))
    };
    value_or(x, at, w, fast, |x, at, w| straight(x, at, w, |x, w, i| compare::compare::<C, P>(x.cx, w, i, x.probe)))
}

/// A comparison and the jump behind it.
fn test<C: compare::Comparison, P: Probe>(x: &mut Execution<'_, P>, at: Cursor, w: Window) -> Next {
    match compare::fast::<C, P>(&w, at.instr(), x.probe) {
        Some(truth) => decide(x, at, w, truth),
        None => slow(x, at, w, |x, at, w| match compare::test::<C, P>(x.cx, &w, at.instr(), x.probe) {
            Ok(truth) => decide(x, at, w, truth),
            Err(raised) => x.fail(raised, at, w),
        }),
    }
}

#[inline(always)]
fn decide<P: Probe>(x: &mut Execution<'_, P>, at: Cursor, w: Window, truth: bool) -> Next {
    let jump = at.next();
    if compare::decides(jump.op(), truth, x.probe) { x.jump(at, jump.target(), w) } else { Next::at(jump.next(), w) }
}

/// Writes the value that `fast` has, or else lets `slow` do it all.
#[inline(always)]
fn value_or<P: Probe>(
    x: &mut Execution<'_, P>,
    at: Cursor,
    w: Window,
    fast: impl FnOnce(Heap, &Window, Instr, &mut P) -> Option<Value>,
    rest: impl FnOnce(&mut Execution<'_, P>, Cursor, Window) -> Next,
) -> Next {
    let i = at.instr();
    match fast(x.heap, &w, i, x.probe) {
        Some(value) => put(x, at.next(), w, i.a, value),
        None => slow(x, at, w, rest),
    }
}

/// Writes a register, and goes on at `next`. What takes a call comes last, where it needs no stack frame.
#[inline(always)]
pub(super) fn put<P: Probe>(
    x: &mut Execution<'_, P>,
    next: Cursor,
    mut w: Window,
    register: u16,
    value: Value,
) -> Next {
    let old = w.replace(register, value);
    x.probe.record(Event::Release { value: old.as_ref() });
    match old.and_then(|old| old.release_quickly(x.heap)) {
        None => Next::at(next, w),
        Some(old) => drop_last(old, next, w),
    }
}

#[inline(never)]
fn drop_last_and_jump<P: Probe>(x: &mut Execution<'_, P>, last: Value, at: Cursor, w: Window) -> Next {
    drop(last);
    x.jump(at, at.next().target(), w)
}

#[inline(never)]
fn drop_last(last: Value, next: Cursor, w: Window) -> Next {
    drop(last);
    Next::at(next, w)
}

#[inline(never)]
fn make_room<P>(x: &mut Execution<'_, P>, at: Cursor, w: Window) -> Next {
    x.heap.make_room();
    Next::at(at, w)
}

/// A way that is gone more rarely, out of line: the other one needs no stack frame then, as long as nothing is captured
/// that is not in a register already. A handler that came here because no box was free comes again.
#[inline(never)]
fn slow<P: Probe>(
    x: &mut Execution<'_, P>,
    at: Cursor,
    w: Window,
    execute: impl FnOnce(&mut Execution<'_, P>, Cursor, Window) -> Next,
) -> Next {
    if P::IS_SILENT && !x.heap.has_room() {
        return make_room(x, at, w);
    }
    execute(x, at, w)
}

/// Into a function of the script, whose registers `bind` fills.
fn enter<P: Probe>(
    x: &mut Execution<'_, P>,
    callee: &Function,
    at: Cursor,
    resume: Cursor,
    w: Window,
    bind: impl FnOnce(&mut Execution<'_, P>, &Function, Window, Instr) -> Result<Entered>,
) -> Next {
    x.probe.record(Event::Other { what: "call frame" });
    match x.check_call().and_then(|()| bind(x, callee, w.share(), at.instr())) {
        Ok(entered) => x.enter(Running::new(&callee.code), entered, at, resume, w),
        Err(raised) => x.fail(raised, at, w),
    }
}

/// Out of a function, whose registers are empty, with its result.
#[inline(always)]
fn leave<P: Probe>(x: &mut Execution<'_, P>, w: Window, value: Value) -> Next {
    match x.leave() {
        Some((call, resume, mut caller)) => {
            let i = call.instr();
            // The function that returns lies there.
            match caller.take(i.b).and_then(|callee| callee.release_quickly(x.heap)) {
                None => put(x, resume, caller, i.a, value),
                Some(callee) => put_and_drop(x, resume, caller, i.a, value, callee),
            }
        }
        None => leave_slowly(x, w, value),
    }
}

/// The same at the end of the run, or of a function that has a segment of its own.
#[cold]
#[inline(never)]
fn leave_slowly<P: Probe>(x: &mut Execution<'_, P>, w: Window, value: Value) -> Next {
    if x.leave_segment() { leave(x, w, value) } else { x.end(Outcome::Returned(value), w) }
}

#[inline(never)]
fn put_and_drop<P: Probe>(
    x: &mut Execution<'_, P>,
    next: Cursor,
    w: Window,
    register: u16,
    value: Value,
    last: Value,
) -> Next {
    drop(last);
    put(x, next, w, register, value)
}

#[inline(never)]
fn clear_and_leave<P: Probe>(x: &mut Execution<'_, P>, mut w: Window, value: Value) -> Next {
    w.clear(0, x.code.registers, x.heap);
    leave(x, w, value)
}
