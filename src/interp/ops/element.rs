//! Elements and attributes.

use crate::bytecode::chunk::{Instr, NameId};
use crate::exception::Result;
use crate::interp::access::{kind, load, payload, retain, try_allocate, write};
use crate::interp::probe::{Event, Probe};
use crate::interp::runtime::Runtime;
use crate::interp::window::Window;
use crate::value::{Code, Dict, Heap, Kind, List, NdArray, Tuple, Value};

use super::moves::name;

/// The position that a Python index means in a sequence of `len` items, after its bounds check.
#[inline(always)]
fn position<P: Probe>(index: i64, len: usize, probe: &mut P) -> Option<usize> {
    probe.record(Event::BoundsCheck { index, len });
    let position = if index < 0 { index.wrapping_add(len as i64) } else { index };
    ((position as u64) < len as u64).then_some(position as usize)
}

/// `b[c]` for a list or a tuple and an int inside of it; `None` is for [`fast_get_number`].
#[inline(always)]
pub fn fast_get<P: Probe>(w: &Window, i: Instr, probe: &mut P) -> Option<Value> {
    let (object, index) = (w.get(i.b), w.get(i.c));
    let item = match (kind(object, probe), kind(index, probe)) {
        (Kind::List, Kind::Int) => {
            let list: &List = payload(object, probe);
            let index: i64 = load(index, probe);
            position(index, list.0.len(), probe).and_then(|at| list.0.get(at))?
        }
        (Kind::Tuple, Kind::Int) => {
            let tuple: &Tuple = payload(object, probe);
            let index: i64 = load(index, probe);
            position(index, tuple.0.len(), probe).map(|at| tuple.0[at].clone())?
        }
        _ => return None,
    };
    // It holds a pointer to a box: it is loaded, and the box retained.
    probe.record(Event::Load { bytes: size_of::<usize>() });
    probe.record(Event::Retain { value: &item });
    Some(item)
}

/// `b[c]` for an array of one axis and an int inside of it, where [`fast_get`] has tested the types; `None` is for
/// [`get_item`].
#[inline(always)]
pub fn fast_get_number<P: Probe>(heap: Heap, w: &Window, i: Instr, probe: &mut P) -> Option<Value> {
    let (object, index) = (w.get(i.b), w.get(i.c));
    if (object.kind(), index.kind()) != (Kind::Array, Kind::Int) {
        return None;
    }
    let array: &NdArray = payload(object, probe);
    let index: i64 = load(index, probe);
    let array = array.ready().filter(|array| array.ndim() == 1)?;
    position(index, array.shape()[0], probe)?;
    let scalar = array.get1(index).ok()?;
    // The array holds a number: it is loaded, and boxed anew.
    probe.record(Event::Load { bytes: scalar.dtype().size() });
    try_allocate(heap, || scalar, probe)
}

/// `a ← b[c]`, where [`fast_get`] and [`fast_get_number`] had no answer.
pub fn get_item<P: Probe>(cx: &mut Runtime, w: &mut Window, i: Instr, probe: &mut P) -> Result<()> {
    probe.record(Event::Other { what: "generic subscript" });
    let (object, index) = (w.get(i.b), w.get(i.c));
    let known = object.get::<Dict>().and_then(|dict| dict.get(index).ok().flatten());
    let value = match known {
        Some(value) => value,
        None => cx.get_item(object, index)?,
    };
    write(w, i.a, value, probe);
    Ok(())
}

/// `a[b] ← c` for a list and an int inside of it: whether it is done, or is for [`set_item`].
#[inline(always)]
pub fn fast_set<P: Probe>(w: &Window, i: Instr, probe: &mut P) -> bool {
    let (object, index) = (w.get(i.a), w.get(i.b));
    if (kind(object, probe), kind(index, probe)) != (Kind::List, Kind::Int) {
        return false;
    }
    let list: &List = payload(object, probe);
    let index: i64 = load(index, probe);
    let Some(at) = position(index, list.0.len(), probe) else { return false };
    let old = list.0.replace(at, retain(w.get(i.c), probe));
    probe.record(Event::Store { bytes: size_of::<usize>() });
    probe.record(Event::Release { value: Some(&old) });
    old.release();
    true
}

/// `a[b] ← c`, where [`fast_set`] has tested the types and done nothing.
pub fn set_item<P: Probe>(cx: &mut Runtime, w: &Window, i: Instr, probe: &mut P) -> Result<()> {
    probe.record(Event::Other { what: "generic subscript" });
    match w.get(i.a).get::<Dict>() {
        Some(dict) => Ok(dict.set(w.get(i.b), w.get(i.c).clone())?),
        None => cx.set_item(w.get(i.a), w.get(i.b), w.get(i.c)),
    }
}

/// `a ← b[c:stop:step]`
#[inline(always)]
pub fn get_slice<P: Probe>(cx: &mut Runtime, w: &mut Window, i: Instr, bounds: Instr, probe: &mut P) -> Result<()> {
    probe.record(Event::Other { what: "generic subscript" });
    let value = cx.get_slice(w.get(i.b), [w.get(i.c), w.get(bounds.b), w.get(bounds.c)])?;
    write(w, i.a, value, probe);
    Ok(())
}

/// `a[b:stop:step] ← c`
#[inline(always)]
pub fn set_slice<P: Probe>(cx: &mut Runtime, w: &Window, i: Instr, bounds: Instr, probe: &mut P) -> Result<()> {
    probe.record(Event::Other { what: "generic subscript" });
    cx.set_slice(w.get(i.a), [w.get(i.b), w.get(bounds.b), w.get(bounds.c)], w.get(i.c))
}

/// `del a[b]`
pub fn delete_item<P: Probe>(cx: &mut Runtime, w: &Window, i: Instr, probe: &mut P) -> Result<()> {
    probe.record(Event::Other { what: "generic subscript" });
    cx.delete_item(w.get(i.a), w.get(i.b))
}

/// `a.c ← b`
pub fn set_attr<P: Probe>(code: &Code, cx: &mut Runtime, w: &Window, i: Instr, probe: &mut P) -> Result<()> {
    probe.record(Event::Other { what: "attribute lookup" });
    cx.set_attr(w.get(i.a), name(code, NameId(i.c)), Some(w.get(i.b)))
}

/// `del a.c`
pub fn delete_attr<P: Probe>(code: &Code, cx: &mut Runtime, w: &Window, i: Instr, probe: &mut P) -> Result<()> {
    probe.record(Event::Other { what: "attribute lookup" });
    cx.set_attr(w.get(i.a), name(code, NameId(i.c)), None)
}

/// `AttributeError` unless `a` has an attribute `c`.
#[inline(always)]
pub fn check_method<P: Probe>(code: &Code, cx: &mut Runtime, w: &Window, i: Instr, probe: &mut P) -> Result<()> {
    probe.record(Event::Other { what: "attribute lookup" });
    match cx.lookups.find(w.get(i.a), code, NameId(i.c)) {
        Some(_) => Ok(()),
        None => cx.check_attr(w.get(i.a), name(code, NameId(i.c))),
    }
}

/// `a ← b.c`
#[inline(always)]
pub fn get_attr<P: Probe>(code: &Code, cx: &mut Runtime, w: &mut Window, i: Instr, probe: &mut P) -> Result<()> {
    probe.record(Event::Other { what: "attribute lookup" });
    let value = cx.get_attr(w.get(i.b), name(code, NameId(i.c)))?;
    write(w, i.a, value, probe);
    Ok(())
}
