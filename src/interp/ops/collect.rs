//! Collections that grow item by item: comprehensions, displays and arguments with `*` and `**`.

use crate::bytecode::chunk::{Flags, Instr};
use crate::exception::{Raised, Result};
use crate::interp::access::{kind, payload, retain, write};
use crate::interp::probe::{Event, Probe};
use crate::interp::runtime::Runtime;
use crate::interp::window::Window;
use crate::objects::{iteration, sequence, sets, text};
use crate::value::{Builtin, Dict, Function, List, Set, Value};

/// `a.append(b)`
#[inline(always)]
pub fn append<P: Probe>(w: &Window, i: Instr, probe: &mut P) -> Result<()> {
    let list = w.get(i.a);
    kind(list, probe);
    let list: &List = payload(list, probe);
    list.0.push(retain(w.get(i.b), probe));
    probe.record(Event::Store { bytes: size_of::<Value>() });
    Ok(())
}

/// `a.extend(b)`: items of a display, or arguments of `c`.
pub fn extend<P: Probe>(cx: &mut Runtime, w: &Window, i: Instr, probe: &mut P) -> Result<()> {
    probe.record(Event::Other { what: "collect" });
    let (list, items) = (list(w.get(i.a)), w.get(i.b));
    if iteration::get_iter(items).is_err() {
        let class = items.type_name();
        return Err(Raised::type_error(match i.flags.contains(Flags::ARGUMENTS) {
            true => format!("{} argument after * must be an iterable, not {class}", callee_name(w.get(i.c))),
            false => format!("Value after * must be an iterable, not {class}"),
        }));
    }
    sequence::extend(cx, list, items)
}

/// `a ← tuple(b)`, whose items move over.
pub fn to_tuple<P: Probe>(w: &mut Window, i: Instr, probe: &mut P) -> Result<()> {
    probe.record(Event::Other { what: "collect" });
    let tuple = Value::tuple(list(w.get(i.b)).0.take());
    write(w, i.a, tuple, probe);
    Ok(())
}

/// `a[b] ← c`
pub fn insert<P: Probe>(w: &Window, i: Instr, probe: &mut P) -> Result<()> {
    probe.record(Event::Other { what: "collect" });
    Ok(dict(w.get(i.a)).insert(w.get(i.b).clone(), w.get(i.c).clone())?)
}

/// `a.update(b)` for a display.
pub fn update<P: Probe>(w: &Window, i: Instr, probe: &mut P) -> Result<()> {
    probe.record(Event::Other { what: "collect" });
    let mapping = w.get(i.b);
    match mapping.get::<Dict>() {
        Some(mapping) => Ok(dict(w.get(i.a)).extend(mapping)?),
        None => Err(Raised::type_error(format!("'{}' object is not a mapping", mapping.type_name()))),
    }
}

/// `a.update(b)` for keyword arguments of `c`.
pub fn merge<P: Probe>(w: &Window, i: Instr, probe: &mut P) -> Result<()> {
    probe.record(Event::Other { what: "collect" });
    let (keywords, mapping, callee) = (dict(w.get(i.a)), w.get(i.b), w.get(i.c));
    let Some(mapping) = mapping.get::<Dict>() else {
        let (callee, class) = (callee_name(callee), mapping.type_name());
        return Err(Raised::type_error(format!("{callee} argument after ** must be a mapping, not {class}")));
    };
    for (key, value) in mapping.entries() {
        if keywords.get(&key)?.is_some() {
            let (callee, key) = (callee_name(callee), text::str(&key)?);
            return Err(Raised::type_error(format!("{callee} got multiple values for keyword argument '{key}'")));
        }
        keywords.insert(key, value)?;
    }
    Ok(())
}

/// A callee as CPython names it where arguments are unpacked.
fn callee_name(callee: &Value) -> String {
    if let Some(function) = callee.get::<Function>() {
        return format!("__main__.{}()", function.code.chunk.qualified);
    }
    match callee.get::<Builtin>() {
        Some(builtin) => format!("{}()", builtin.name),
        None => text::str(callee).unwrap_or_else(|_| callee.type_name().to_owned()),
    }
}

fn list(value: &Value) -> &List {
    value.get::<List>().expect("the compiler made it a list")
}

fn dict(value: &Value) -> &Dict {
    value.get::<Dict>().expect("the compiler made it a dict")
}

/// `a.add(b)`
pub fn set_add<P: Probe>(w: &Window, i: Instr, probe: &mut P) -> Result<()> {
    probe.record(Event::Other { what: "collect" });
    set(w.get(i.a)).insert(w.get(i.b).clone())?;
    Ok(())
}

/// `a.update(b)`
pub fn set_update<P: Probe>(cx: &mut Runtime, w: &Window, i: Instr, probe: &mut P) -> Result<()> {
    probe.record(Event::Other { what: "collect" });
    let (set, items) = (set(w.get(i.a)), w.get(i.b));
    if iteration::get_iter(items).is_err() {
        let class = items.type_name();
        return Err(Raised::type_error(format!("'{class}' object is not iterable")));
    }
    sets::update(cx, set, items)
}

fn set(value: &Value) -> &Set {
    value.get::<Set>().expect("the compiler made it a set")
}
