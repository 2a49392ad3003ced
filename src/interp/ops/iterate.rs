//! `for`: making an iterator, and advancing it.

use crate::bytecode::chunk::Instr;
use crate::exception::Result;
use crate::interp::access::{self, kind, payload, write};
use crate::interp::probe::{Event, Probe};
use crate::interp::runtime::Runtime;
use crate::interp::window::Window;
use crate::value::{Heap, Kind, List, ListIter, RangeIter, Tuple, Value};

/// `a ← iter(b)`
#[inline(always)]
pub fn get_iter<P: Probe>(cx: &mut Runtime, w: &mut Window, i: Instr, probe: &mut P) -> Result<()> {
    probe.record(Event::Other { what: "make an iterator" });
    let iterator = cx.get_iter(w.get(i.b))?;
    write(w, i.a, iterator, probe);
    Ok(())
}

/// The next item of a range or a list, `Some(None)` at the end; `None` is for [`for_iter`].
#[inline(always)]
pub fn fast_next<P: Probe>(heap: Heap, w: &Window, i: Instr, probe: &mut P) -> Option<Option<Value>> {
    let iterator = w.get(i.b);
    let kind = kind(iterator, probe);
    if kind == Kind::RangeIter {
        let range: &RangeIter = payload(iterator, probe);
        probe.record(Event::Load { bytes: size_of::<RangeIter>() });
        probe.record(Event::LoopCounter { next: range.next.get() });
        let Some(next) = range.peek() else { return Some(None) };
        let item = access::try_int(heap, next, probe)?;
        range.advance();
        probe.record(Event::Store { bytes: size_of::<RangeIter>() });
        Some(Some(item))
    } else if kind == Kind::ListIter {
        let state: &ListIter = payload(iterator, probe);
        let at = state.next.get();
        probe.record(Event::Load { bytes: size_of::<usize>() });
        probe.record(Event::LoopCounter { next: at as i64 });
        let list: &List = payload(&state.list, probe);
        probe.record(Event::BoundsCheck { index: at as i64, len: list.0.len() });
        let item = list.0.get(at);
        match &item {
            Some(item) => {
                probe.record(Event::Load { bytes: size_of::<usize>() });
                probe.record(Event::Retain { value: item });
                state.next.set(at + 1);
                probe.record(Event::Store { bytes: size_of::<usize>() });
            }
            None => state.next.set(ListIter::ENDED),
        }
        Some(item)
    } else {
        None
    }
}

/// `a ← next(b)`, where [`fast_next`] has tested the type and had no answer; whether there was an item.
pub fn for_iter<P: Probe>(cx: &mut Runtime, w: &mut Window, i: Instr, probe: &mut P) -> Result<bool> {
    probe.record(Event::Other { what: "generic iterator" });
    probe.record(Event::LoopCounter { next: 0 });
    let item = cx.iter_next(w.get(i.b))?;
    probe.record(Event::Branch { taken: item.is_some() });
    match item {
        Some(item) => {
            write(w, i.a, item, probe);
            Ok(true)
        }
        None => Ok(false),
    }
}

/// `a, a+1, … ← b`, one item for each of `c` registers; with `star`, that one takes what is left.
#[inline(always)]
pub fn unpack<P: Probe>(star: Option<u8>, cx: &mut Runtime, w: &mut Window, i: Instr, probe: &mut P) -> Result<()> {
    probe.record(Event::Other { what: "unpack" });
    let source = w.get(i.b).clone();
    if star.is_none() && unpack_items(&source, w, i) {
        return Ok(());
    }
    let items = cx.unpack(&source, i.c as usize, star.map(usize::from))?;
    for (offset, item) in items.into_iter().enumerate() {
        drop(w.replace(i.a + offset as u16, item));
    }
    Ok(())
}

/// As many items as there are targets, of a tuple or a list: whether it was so.
#[inline(always)]
fn unpack_items(source: &Value, w: &mut Window, i: Instr) -> bool {
    if let Some(tuple) = source.get::<Tuple>().filter(|tuple| tuple.0.len() == i.c as usize) {
        for (register, item) in (i.a..).zip(&tuple.0) {
            w.replace(register, item.clone()).into_iter().for_each(Value::release);
        }
        return true;
    }
    let Some(list) = source.get::<List>().filter(|list| list.0.len() == i.c as usize) else { return false };
    for (register, at) in (i.a..i.a + i.c).zip(0..) {
        let Some(item) = list.0.get(at) else { return false };
        w.replace(register, item).into_iter().for_each(Value::release);
    }
    true
}
