//! Raising, catching and context managers. Where an exception goes is the machine's.

use crate::bytecode::chunk::{Flags, Instr};
use crate::diagnostic::ErrorKind;
use crate::exception::{Raised, Result};
use crate::interp::access::write;
use crate::interp::arrays::Barrier;
use crate::interp::probe::{Event, Probe};
use crate::interp::runtime::Runtime;
use crate::interp::window::Window;
use crate::objects::exceptions;
use crate::value::Value;

/// `raise a`, `raise a from b`
#[cold]
pub fn raise<P: Probe>(w: &Window, i: Instr, probe: &mut P) -> Raised {
    probe.record(Event::Other { what: "raise" });
    let cause = i.flags.contains(Flags::CAUSE).then(|| w.get(i.b));
    exceptions::raised(w.get(i.a), cause)
}

/// `raise`
#[cold]
pub fn raise_again<P: Probe>(cx: &Runtime, probe: &mut P) -> Raised {
    probe.record(Event::Other { what: "raise" });
    match cx.handled.last() {
        Some(exception) => Raised::from_value(exception.clone()),
        None => Raised::new(ErrorKind::RuntimeError, "No active exception to reraise"),
    }
}

/// Goes on with exception `a`.
#[cold]
pub fn reraise<P: Probe>(w: &Window, i: Instr, probe: &mut P) -> Raised {
    probe.record(Event::Other { what: "raise" });
    Raised::from_value(w.get(i.a).clone())
}

/// `a ← whether exception b is one of class c`
pub fn matches<P: Probe>(w: &mut Window, i: Instr, probe: &mut P) -> Result<()> {
    probe.record(Event::Other { what: "match an exception" });
    let matches = exceptions::matches(w.get(i.b), w.get(i.c))?;
    write(w, i.a, Value::bool(matches), probe);
    Ok(())
}

/// Exception `a` is being handled.
pub fn begin<P: Probe>(cx: &mut Runtime, w: &Window, i: Instr, probe: &mut P) -> Result<()> {
    probe.record(Event::Other { what: "handle an exception" });
    cx.handled.push(w.get(i.a).clone());
    Ok(())
}

/// The last exception is handled.
pub fn end<P: Probe>(cx: &mut Runtime, probe: &mut P) -> Result<()> {
    probe.record(Event::Other { what: "handle an exception" });
    drop(cx.handled.pop());
    Ok(())
}

/// Pending arrays are computed.
pub fn settle<P: Probe>(cx: &mut Runtime, probe: &mut P) -> Result<()> {
    probe.record(Event::Other { what: "settle arrays" });
    cx.pass_barrier(Barrier::Full)
}

/// `a ← b.__enter__()`
pub fn enter<P: Probe>(cx: &mut Runtime, w: &mut Window, i: Instr, probe: &mut P) -> Result<()> {
    probe.record(Event::Other { what: "context manager" });
    let value = cx.enter_context(w.get(i.b))?;
    write(w, i.a, value, probe);
    Ok(())
}

/// `a ← whether b.__exit__ suppresses exception c`
pub fn exit<P: Probe>(cx: &mut Runtime, w: &mut Window, i: Instr, probe: &mut P) -> Result<()> {
    probe.record(Event::Other { what: "context manager" });
    let exception = i.flags.contains(Flags::FAILED).then(|| w.get(i.c));
    let suppressed = cx.exit_context(w.get(i.b), exception)?;
    write(w, i.a, Value::bool(suppressed), probe);
    Ok(())
}
