//! Displays: lists, tuples, dicts, slices, strings; and functions.

use std::cell::OnceCell;

use crate::bytecode::chunk::{Flags, Instr};
use crate::exception::{Raised, Result};
use crate::interp::access::write;
use crate::interp::probe::{Event, Probe};
use crate::interp::runtime::Runtime;
use crate::interp::window::Window;
use crate::value::{Code, Dict, FrozenSet, Function, Generator, Set, Slice, Str, Tuple, Value};

/// `a ← [b, b+1, …]`
#[inline(always)]
pub fn list<P: Probe>(w: &mut Window, i: Instr, probe: &mut P) -> Result<()> {
    build(w, i, probe, Value::list)
}

/// `a ← (b, b+1, …)`
#[inline(always)]
pub fn tuple<P: Probe>(w: &mut Window, i: Instr, probe: &mut P) -> Result<()> {
    build(w, i, probe, Value::tuple)
}

/// `a ← slice(b, b+1, b+2)`
#[inline(always)]
pub fn slice<P: Probe>(w: &mut Window, i: Instr, probe: &mut P) -> Result<()> {
    probe.record(Event::Other { what: "build" });
    let mut part = |offset: u16| w.take(i.b + offset).unwrap_or_else(|| unreachable!("verified: it is bound"));
    let (start, stop, step) = (part(0), part(1), part(2));
    write(w, i.a, Value::new(Slice { start, stop, step }), probe);
    Ok(())
}

/// `a ← the strings joined`
#[inline(always)]
pub fn string<P: Probe>(w: &mut Window, i: Instr, probe: &mut P) -> Result<()> {
    probe.record(Event::Other { what: "build" });
    let joined =
        Str::joined(w.values(i.b, i.c).iter().filter_map(Value::get::<Str>)).map_err(|_| Raised::memory_error())?;
    for register in i.b..i.b + i.c {
        if let Some(part) = w.take(register) {
            part.release();
        }
    }
    write(w, i.a, Value::new(joined), probe);
    Ok(())
}

#[inline(always)]
fn build<P: Probe>(w: &mut Window, i: Instr, probe: &mut P, make: impl FnOnce(Vec<Value>) -> Value) -> Result<()> {
    probe.record(Event::Other { what: "build" });
    let value = make(w.take_block(i.b, i.c));
    write(w, i.a, value, probe);
    Ok(())
}

/// `a ← {b: b+1, …}`
#[inline(always)]
pub fn dict<P: Probe>(w: &mut Window, i: Instr, probe: &mut P) -> Result<()> {
    probe.record(Event::Other { what: "build" });
    let dict = Dict::default();
    let mut items = w.take_block(i.b, i.c).into_iter();
    while let (Some(key), Some(value)) = (items.next(), items.next()) {
        dict.insert(key, value)?;
    }
    write(w, i.a, Value::new(dict), probe);
    Ok(())
}

/// `a ← format(b, c)`
#[inline(always)]
pub fn format<P: Probe>(cx: &mut Runtime, w: &mut Window, i: Instr, probe: &mut P) -> Result<()> {
    probe.record(Event::Other { what: "format" });
    let spec = if i.flags.contains(Flags::SPEC) { w.get(i.c).as_str().unwrap_or_default() } else { "" };
    let conversion = match i.flags.0 & 3 {
        1 => Some('s'),
        2 => Some('r'),
        3 => Some('a'),
        _ => None,
    };
    let value = cx.format(w.get(i.b), conversion, spec)?;
    write(w, i.a, value, probe);
    Ok(())
}

/// `a ← {b, b+1, …}`
#[inline(always)]
pub fn set<P: Probe>(w: &mut Window, i: Instr, probe: &mut P) -> Result<()> {
    probe.record(Event::Other { what: "build" });
    let items = w.take_block(i.b, i.c);
    let set = match i.flags {
        Flags::CONSTANT => Value::new(Set::constant(items)?),
        Flags::SPREAD => {
            let items = items.first().and_then(|items| items.get::<Tuple>()).map(|tuple| tuple.0.to_vec());
            Value::new(Set::constant(items.unwrap_or_default())?)
        }
        Flags::WALKED => Value::new(FrozenSet::constant(items)?),
        _ => Value::set(items)?,
    };
    write(w, i.a, set, probe);
    Ok(())
}

/// `a ← generator of function b over iterator c`
#[inline(always)]
pub fn generator<P: Probe>(w: &mut Window, i: Instr, probe: &mut P) -> Result<()> {
    probe.record(Event::Other { what: "build" });
    let function = w.get(i.b).get::<Function>().expect("the compiler made it a function");
    let mut first = vec![w.get(i.c).clone()];
    first.extend(function.closure.iter().cloned());
    let generator = Value::new(Generator::new(function.code.clone(), first));
    write(w, i.a, generator, probe);
    Ok(())
}

/// `a ← function b`, its defaults and cells from `c` on.
#[inline(always)]
pub fn function<P: Probe>(code: &Code, w: &mut Window, i: Instr, probe: &mut P) -> Result<()> {
    probe.record(Event::Other { what: "build" });
    let code = code.functions[i.b as usize].clone();
    let signature = &code.chunk.signature;
    let count = signature.positional_defaults + signature.keyword_defaults.iter().filter(|has| **has).count();
    let defaults = w.take_block(i.c, count as u16);
    let closure = w.take_block(i.c + count as u16, code.chunk.free as u16);
    write(w, i.a, Value::new(Function { code, defaults, closure, attributes: OnceCell::new() }), probe);
    Ok(())
}
