//! Variables and modules.

use crate::bytecode::chunk::{GlobalId, Instr, NameId};
use crate::diagnostic::ErrorKind;
use crate::exception::{Raised, Result};
use crate::interp::access::{retain, write};
use crate::interp::probe::{Event, Probe};
use crate::interp::runtime::Runtime;
use crate::interp::window::Window;
use crate::value::{Code, Value};

/// Global `b`, if it is bound.
#[inline(always)]
pub fn global<P: Probe>(cx: &Runtime, i: Instr, probe: &mut P) -> Option<Value> {
    probe.record(Event::Other { what: "name lookup" });
    cx.global(GlobalId(i.b)).map(|value| retain(value, probe))
}

/// `global b ← a`
#[inline(always)]
pub fn store_global<P: Probe>(cx: &mut Runtime, w: &Window, i: Instr, probe: &mut P) -> Result<()> {
    probe.record(Event::Other { what: "name lookup" });
    let value = retain(w.get(i.a), probe);
    let old = cx.set_global(GlobalId(i.b), value);
    probe.record(Event::Release { value: old.as_ref() });
    Ok(())
}

/// `UnboundLocalError` if local `a` is empty.
#[inline(always)]
pub fn check_bound<P: Probe>(code: &Code, w: &Window, i: Instr, probe: &mut P) -> Result<()> {
    probe.record(Event::Other { what: "is the local bound?" });
    match w.try_get(i.a) {
        Some(_) => Ok(()),
        None => Err(unbound_local(&code.chunk.locals[i.a as usize])),
    }
}

#[cold]
pub fn unbound_local(name: &str) -> Raised {
    let message = format!("cannot access local variable '{name}' where it is not associated with a value");
    Raised::new(ErrorKind::UnboundLocalError, message)
}

/// `a ← built-in module b`
#[inline(always)]
pub fn load_module<P: Probe>(code: &Code, cx: &mut Runtime, w: &mut Window, i: Instr, probe: &mut P) -> Result<()> {
    probe.record(Event::Other { what: "import" });
    let module = cx.module(name(code, NameId(i.b)))?;
    write(w, i.a, module, probe);
    Ok(())
}

/// Every global that module `a` has a name for ← that.
pub fn import_all<P: Probe>(cx: &mut Runtime, w: &Window, i: Instr, probe: &mut P) -> Result<()> {
    probe.record(Event::Other { what: "import" });
    cx.import_all(w.get(i.a))
}

/// `a ← name c of module b`
#[inline(always)]
pub fn import_from<P: Probe>(code: &Code, cx: &mut Runtime, w: &mut Window, i: Instr, probe: &mut P) -> Result<()> {
    probe.record(Event::Other { what: "import" });
    let value = cx.import_from(w.get(i.b), name(code, NameId(i.c)))?;
    write(w, i.a, value, probe);
    Ok(())
}

#[inline(always)]
pub fn name(code: &Code, id: NameId) -> &str {
    &code.chunk.names[id.0 as usize]
}
