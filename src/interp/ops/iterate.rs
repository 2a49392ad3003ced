//! `for`: making an iterator, and advancing it.

use crate::bytecode::chunk::Instr;
use crate::exception::Result;
use crate::interp::access::{self, kind, payload, write};
use crate::interp::probe::{Event, Probe};
use crate::interp::runtime::Runtime;
use crate::interp::window::Window;
use crate::value::{Kind, List, ListIter, RangeIter};

/// `a ← iter(b)`
#[inline(always)]
pub fn get_iter<P: Probe>(cx: &mut Runtime, w: &mut Window, i: Instr, probe: &mut P) -> Result<()> {
    probe.record(Event::Other { what: "make an iterator" });
    let iterator = cx.get_iter(w.get(i.b))?;
    write(w, i.a, iterator, probe);
    Ok(())
}

/// `a ← next(b)`; whether there was an item, and the loop goes on.
#[inline(always)]
pub fn for_iter<P: Probe>(cx: &mut Runtime, w: &mut Window, i: Instr, probe: &mut P) -> Result<bool> {
    let iterator = w.get(i.b);
    let item = match kind(iterator, probe) {
        Kind::RangeIter => {
            let range: &RangeIter = payload(iterator, probe);
            probe.record(Event::Load { bytes: size_of::<RangeIter>() });
            probe.record(Event::LoopCounter { next: range.next.get() });
            range.advance().map(|i| {
                probe.record(Event::Store { bytes: size_of::<RangeIter>() });
                access::int(i, probe)
            })
        }
        Kind::ListIter => {
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
            item
        }
        _ => {
            probe.record(Event::Other { what: "generic iterator" });
            probe.record(Event::LoopCounter { next: 0 });
            cx.iter_next(iterator)?
        }
    };
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
    let items = cx.unpack(w.get(i.b), i.c as usize, star.map(usize::from))?;
    for (offset, item) in items.into_iter().enumerate() {
        drop(w.replace(i.a + offset as u16, item));
    }
    Ok(())
}
