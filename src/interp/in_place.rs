//! Calls of built-in functions, types and methods that take their arguments where they are.

use super::builtins;
use super::call::{self, takes_arrays};
use super::cursor::Cursor;
use super::execution::{Execution, Next};
use super::handlers::put;
use super::lookups::Target;
use super::probe::{Event, Probe};
use super::window::Window;
use crate::bytecode::chunk::NameId;
use crate::exception::Result;
use crate::value::{Builtin, Type, Value};

/// Calls the built-in function or type in register `b`.
#[inline(never)]
pub fn builtin<P: Probe>(x: &mut Execution<'_, P>, at: Cursor, w: Window) -> Next {
    let i = at.instr();
    call::record_builtin(&w, i, x.probe);
    let (callee, args) = (w.get(i.b), w.values(i.b + 1, i.c - 1));
    let called = match (callee.get::<Builtin>(), callee.get::<Type>()) {
        (Some(builtin), _) => builtins::call_in_place(x.cx, builtin.id, args),
        (None, Some(class)) => builtins::construct_in_place(x.cx, *class, args),
        (None, None) => None,
    };
    match called {
        Some(value) => finish(x, at, at.next(), w, value),
        None => builtin_apart(x, at, w),
    }
}

#[inline(never)]
fn builtin_apart<P: Probe>(x: &mut Execution<'_, P>, at: Cursor, w: Window) -> Next {
    match call::builtin(&x.code, x.cx, w.share(), at.instr(), None, x.probe) {
        Ok(()) => Next::at(at.next(), w),
        Err(raised) => x.fail(raised, at, w),
    }
}

/// Calls a method of the object in register `b`, or a function of the module there.
#[inline(never)]
pub fn method<P: Probe>(x: &mut Execution<'_, P>, at: Cursor, w: Window) -> Next {
    x.probe.record(Event::Other { what: "method call" });
    let (i, operands) = (at.instr(), at.next());
    if takes_arrays(&w, i)
        && let Err(raised) = x.cx.sites.look()
    {
        return x.fail(raised, at, w);
    }
    let (receiver, args) = (w.get(i.b), w.values(i.b + 1, i.c - 1));
    let target = x.cx.lookups.find(receiver, &x.code, NameId(operands.instr().b));
    let called = match target {
        Some(Target::Method(method)) => Some(method.call(x.cx, receiver, args, &[])),
        Some(Target::Function(id)) => builtins::call_in_place(x.cx, id, args),
        None => None,
    };
    match called {
        Some(value) => finish(x, at, operands.next(), w, value),
        None => method_apart(x, at, w, target),
    }
}

/// The same with keywords.
pub fn method_with_keywords<P: Probe>(x: &mut Execution<'_, P>, at: Cursor, w: Window) -> Next {
    x.probe.record(Event::Other { what: "method call" });
    method_apart(x, at, w, None)
}

#[inline(never)]
fn method_apart<P: Probe>(x: &mut Execution<'_, P>, at: Cursor, w: Window, target: Option<Target>) -> Next {
    let operands = at.next();
    match call::method(&x.code, x.cx, w.share(), at.instr(), (operands.instr(), target), x.probe) {
        Ok(()) => Next::at(operands.next(), w),
        Err(raised) => x.fail(raised, at, w),
    }
}

/// Empties the block of a call, and writes its result.
#[inline(always)]
fn finish<P: Probe>(x: &mut Execution<'_, P>, at: Cursor, next: Cursor, mut w: Window, value: Result<Value>) -> Next {
    let i = at.instr();
    if !w.clear_quickly(i.b..i.b + i.c, x.heap) {
        clear_block(x, at, w.share());
    }
    match value {
        Ok(value) => put(x, next, w, i.a, value),
        Err(raised) => x.fail(raised, at, w),
    }
}

#[inline(never)]
fn clear_block<P>(x: &mut Execution<'_, P>, at: Cursor, mut w: Window) {
    let i = at.instr();
    w.clear(i.b, i.c, x.heap);
}
