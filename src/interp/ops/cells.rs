//! Variables that functions share, each in a cell that they all hold; and the unbinding of variables.

use crate::bytecode::chunk::{Flags, GlobalId, Instr};
use crate::diagnostic::ErrorKind;
use crate::exception::{Raised, Result};
use crate::interp::access::{payload, write};
use crate::interp::ops::moves::unbound_local;
use crate::interp::probe::{Event, Probe};
use crate::interp::runtime::Runtime;
use crate::interp::window::Window;
use crate::value::{Cell, Code, Value};

/// `a ← a new cell`
#[inline(always)]
pub fn make<P: Probe>(w: &mut Window, i: Instr, probe: &mut P) -> Result<()> {
    probe.record(Event::Other { what: "make a cell" });
    let held = w.take(i.a).filter(|_| !i.flags.contains(Flags::FRESH));
    drop(w.replace(i.a, Value::new(Cell::new(held))));
    Ok(())
}

/// `a ← what cell b holds`
#[inline(always)]
pub fn load<P: Probe>(code: &Code, w: &mut Window, i: Instr, probe: &mut P) -> Result<()> {
    let cell: &Cell = payload(w.get(i.b), probe);
    let Some(value) = cell.get() else { return Err(empty(code, i.b)) };
    probe.record(Event::Load { bytes: size_of::<Value>() });
    probe.record(Event::Retain { value: &value });
    write(w, i.a, value, probe);
    Ok(())
}

/// `cell b ← a`
#[inline(always)]
pub fn store<P: Probe>(w: &Window, i: Instr, probe: &mut P) -> Result<()> {
    let value = crate::interp::access::retain(w.get(i.a), probe);
    let cell: &Cell = payload(w.get(i.b), probe);
    let old = cell.replace(Some(value));
    probe.record(Event::Store { bytes: size_of::<Value>() });
    probe.record(Event::Release { value: old.as_ref() });
    Ok(())
}

/// Empties cell `a`.
pub fn delete<P: Probe>(code: &Code, w: &Window, i: Instr, probe: &mut P) -> Result<()> {
    probe.record(Event::Other { what: "unbind" });
    match w.get(i.a).get::<Cell>().and_then(|cell| cell.replace(None)) {
        Some(_) => Ok(()),
        None => Err(empty(code, i.a)),
    }
}

/// Empties local `a`.
pub fn delete_local<P: Probe>(code: &Code, w: &mut Window, i: Instr, probe: &mut P) -> Result<()> {
    probe.record(Event::Other { what: "unbind" });
    match w.take(i.a) {
        None if !i.flags.contains(Flags::QUIET) => Err(unbound_local(&code.chunk.locals[i.a as usize])),
        _ => Ok(()),
    }
}

/// Empties global `a`.
pub fn delete_global<P: Probe>(code: &Code, cx: &mut Runtime, w: &Window, i: Instr, probe: &mut P) -> Result<()> {
    probe.record(Event::Other { what: "unbind" });
    let id = GlobalId(i.a);
    if cx.delete_global(id) { Ok(()) } else { Err(cx.unknown_name(id, code, w)) }
}

/// The variable in a cell is not bound: the function's own, or one of a function around it.
#[cold]
fn empty(code: &Code, register: u16) -> Raised {
    let name = &code.chunk.locals[register as usize];
    if !code.chunk.free_registers().contains(&(register as usize)) {
        return unbound_local(name);
    }
    let message =
        format!("cannot access free variable '{name}' where it is not associated with a value in enclosing scope");
    Raised::new(ErrorKind::NameError, message)
}
