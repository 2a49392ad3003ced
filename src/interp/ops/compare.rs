//! Comparisons, identity, membership, truth.

use std::cmp::Ordering;

use crate::bytecode::chunk::Instr;
use crate::bytecode::op::Op;
use crate::exception::Result;
use crate::interp::access::{self, kind, load, write};
use crate::interp::probe::{Event, Probe};
use crate::interp::runtime::Runtime;
use crate::interp::window::Window;
use crate::syntax::ast::CompareOp;
use crate::value::{Dict, Heap, Kind, Value};

/// Whether a comparison holds for an order; NaN has none.
pub trait Comparison {
    const OP: CompareOp;
    fn holds(order: Option<Ordering>) -> bool;
}

macro_rules! comparisons {
    ($($name:ident $holds:expr;)*) => {$(
        pub struct $name;
        impl Comparison for $name {
            const OP: CompareOp = CompareOp::$name;
            #[inline(always)]
            fn holds(order: Option<Ordering>) -> bool { ($holds)(order) }
        }
    )*};
}

comparisons! {
    Lt |order| order == Some(Ordering::Less);
    Le |order| matches!(order, Some(Ordering::Less | Ordering::Equal));
    Gt |order| order == Some(Ordering::Greater);
    Ge |order| matches!(order, Some(Ordering::Greater | Ordering::Equal));
    Eq |order| order == Some(Ordering::Equal);
    Ne |order| order != Some(Ordering::Equal);
}

/// `b op c` for two floats or two ints; `None` is for [`compare`].
#[inline(always)]
pub fn fast<C: Comparison, P: Probe>(w: &Window, i: Instr, probe: &mut P) -> Option<bool> {
    let (left, right) = (w.get(i.b), w.get(i.c));
    let kinds = (kind(left, probe), kind(right, probe));
    if kinds == (Kind::Int, Kind::Int) {
        let (a, b): (i64, i64) = (load(left, probe), load(right, probe));
        probe.record(Event::Arithmetic);
        Some(C::holds(Some(a.cmp(&b))))
    } else if kinds == (Kind::Float, Kind::Float) {
        let (a, b): (f64, f64) = (load(left, probe), load(right, probe));
        probe.record(Event::Arithmetic);
        Some(C::holds(a.partial_cmp(&b)))
    } else {
        None
    }
}

/// `a ← b op c`, where [`fast`] has tested the types and had no answer.
pub fn compare<C: Comparison, P: Probe>(cx: &mut Runtime, w: &mut Window, i: Instr, probe: &mut P) -> Result<()> {
    probe.record(Event::Other { what: "generic comparison" });
    let value = cx.compare(C::OP, w.share(), i)?;
    write(w, i.a, value, probe);
    Ok(())
}

/// Whether `b op c` is true, where [`fast`] has tested the types and had no answer.
pub fn test<C: Comparison, P: Probe>(cx: &mut Runtime, w: &Window, i: Instr, probe: &mut P) -> Result<bool> {
    probe.record(Event::Other { what: "generic comparison" });
    let value = cx.compare(C::OP, w.share(), i)?;
    cx.truth(&value)
}

/// Where the jump behind a comparison goes.
#[inline(always)]
pub fn decides<P: Probe>(jump: Op, truth: bool, probe: &mut P) -> bool {
    let taken = truth == (jump == Op::If);
    probe.record(Event::Branch { taken });
    taken
}

/// `a ← b in c`, or its opposite.
#[inline(always)]
pub fn membership<P: Probe>(wanted: bool, cx: &mut Runtime, w: &mut Window, i: Instr, probe: &mut P) -> Result<()> {
    probe.record(Event::Other { what: "membership test" });
    let found = match w.get(i.c).get::<Dict>() {
        Some(dict) => dict.has(w.get(i.b))?,
        None => cx.contains(w.get(i.c), w.get(i.b))?,
    };
    write(w, i.a, Value::bool(found == wanted), probe);
    Ok(())
}

/// `a ← b is c`, or its opposite: two pointers are compared.
#[inline(always)]
pub fn identity<P: Probe>(heap: Heap, wanted: bool, w: &mut Window, i: Instr, probe: &mut P) -> Result<()> {
    probe.record(Event::Arithmetic);
    let value = access::bool(heap, w.get(i.b).is(w.get(i.c)) == wanted, probe);
    write(w, i.a, value, probe);
    Ok(())
}

/// `a ← not b`
#[inline(always)]
pub fn not<P: Probe>(heap: Heap, cx: &mut Runtime, w: &mut Window, i: Instr, probe: &mut P) -> Result<()> {
    let operand = w.get(i.b);
    let truth = if kind(operand, probe) == Kind::Bool {
        let bit: bool = load(operand, probe);
        probe.record(Event::Arithmetic);
        bit
    } else {
        probe.record(Event::Other { what: "generic truth" });
        cx.truth(operand)?
    };
    let value = access::bool(heap, !truth, probe);
    write(w, i.a, value, probe);
    Ok(())
}

/// Whether a conditional jump is taken.
#[inline(always)]
pub fn jump_if<P: Probe>(wanted: bool, cx: &mut Runtime, w: &Window, i: Instr, probe: &mut P) -> Result<bool> {
    let condition = w.get(i.a);
    let truth = match kind(condition, probe) {
        Kind::Bool => load(condition, probe),
        Kind::Int => load::<i64, P>(condition, probe) != 0,
        _ => {
            probe.record(Event::Other { what: "generic truth" });
            cx.truth(condition)?
        }
    };
    probe.record(Event::Branch { taken: truth == wanted });
    Ok(truth == wanted)
}
