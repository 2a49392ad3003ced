//! `+ - * / // % & | ^` and their like: fast paths for ints and floats.

use crate::array::Scalar;
use crate::bytecode::chunk::{GlobalId, Instr};
use crate::exception::Result;
use crate::interp::access::{self, allocate, kind, load, try_allocate, write};
use crate::interp::probe::{Event, Probe};
use crate::interp::runtime::Runtime;
use crate::interp::window::Window;
use crate::objects::sequence;
use crate::syntax::ast::{BinaryOp, UnaryOp};
use crate::value::{Heap, Kind, Value};

/// What an operator does to two machine numbers; `None` where only the generic routine knows.
pub trait Arithmetic {
    const OP: BinaryOp;
    /// Whether two floats, or a float and an int, have a fast path.
    const FLOATS: bool;
    /// Whether two ints have one.
    const INTS: bool;
    fn floats(a: f64, b: f64) -> f64;
    /// Whether `floats` is defined for this right operand.
    #[inline(always)]
    fn defined(_: f64) -> bool {
        true
    }
    fn ints(a: i64, b: i64) -> Option<i64>;
}

macro_rules! operators {
    ($($name:ident floats($a:ident, $b:ident) $floats:expr; ints $ints:expr;)*) => {$(
        pub struct $name;
        impl Arithmetic for $name {
            const OP: BinaryOp = BinaryOp::$name;
            const FLOATS: bool = true;
            const INTS: bool = true;
            #[inline(always)]
            fn floats($a: f64, $b: f64) -> f64 { $floats }
            #[inline(always)]
            fn ints(a: i64, b: i64) -> Option<i64> { ($ints)(a, b) }
        }
    )*};
}

operators! {
    Add floats(a, b) a + b; ints i64::checked_add;
    Sub floats(a, b) a - b; ints i64::checked_sub;
    Mul floats(a, b) a * b; ints i64::checked_mul;
}

/// `/` of two ints divides exactly, then rounds once: as floats, if they are exact as such.
pub struct TrueDiv;

impl Arithmetic for TrueDiv {
    const OP: BinaryOp = BinaryOp::TrueDiv;
    const FLOATS: bool = true;
    const INTS: bool = false;
    #[inline(always)]
    fn floats(a: f64, b: f64) -> f64 {
        a / b
    }
    #[inline(always)]
    fn defined(b: f64) -> bool {
        b != 0.0
    }
    #[inline(always)]
    fn ints(_: i64, _: i64) -> Option<i64> {
        None
    }
}

macro_rules! int_operators {
    ($($name:ident $ints:expr;)*) => {$(
        pub struct $name;
        impl Arithmetic for $name {
            const OP: BinaryOp = BinaryOp::$name;
            const FLOATS: bool = false;
            const INTS: bool = true;
            #[inline(always)]
            fn floats(_: f64, _: f64) -> f64 { f64::NAN }
            #[inline(always)]
            fn ints(a: i64, b: i64) -> Option<i64> { ($ints)(a, b) }
        }
    )*};
}

int_operators! {
    FloorDiv |a: i64, b: i64| {
        let quotient = a.checked_div(b)?;
        Some(if a % b != 0 && (a < 0) != (b < 0) { quotient - 1 } else { quotient })
    };
    Mod |a: i64, b: i64| {
        let rest = a.checked_rem(b)?;
        Some(if rest != 0 && (rest < 0) != (b < 0) { rest + b } else { rest })
    };
    BitAnd |a, b| Some(a & b);
    BitOr |a, b| Some(a | b);
    BitXor |a, b| Some(a ^ b);
}

/// `b op c` for two floats or two ints; `None` is for [`mixed`].
#[inline(always)]
pub fn fast<A: Arithmetic, P: Probe>(heap: Heap, w: &Window, i: Instr, probe: &mut P) -> Option<Value> {
    let (left, right) = (w.get(i.b), w.get(i.c));
    let kinds = (kind(left, probe), kind(right, probe));
    if A::FLOATS && kinds == (Kind::Float, Kind::Float) {
        floats::<A, P>(heap, load(left, probe), load(right, probe), probe)
    } else if A::INTS && kinds == (Kind::Int, Kind::Int) {
        let (a, b) = (load(left, probe), load(right, probe));
        probe.record(Event::Arithmetic);
        A::ints(a, b).and_then(|result| access::try_int(heap, result, probe))
    } else {
        None
    }
}

/// `a ← a + c` for strings: one that nobody else holds grows where it is. Whether it was so.
#[inline(always)]
pub fn append_here<P: Probe>(w: &mut Window, i: Instr, probe: &mut P) -> bool {
    if i.a != i.b || i.b == i.c {
        return false;
    }
    let Some(mut left) = w.take(i.b) else { return false };
    let grown = matches!(sequence::append(&mut left, w.get(i.c)), Ok(true));
    if grown {
        probe.record(Event::Other { what: "generic operator" });
        probe.record(Event::Release { value: None });
    }
    std::mem::forget(w.replace(i.b, left));
    grown
}

/// `s + t` for strings where the next instruction assigns the result to the global variable that holds `s`. Whether the
/// string grew where it is.
fn append_to_global<P: Probe>(cx: &mut Runtime, w: &mut Window, i: Instr, id: GlobalId, probe: &mut P) -> Result<bool> {
    if i.b == i.c || !cx.global(id).is_some_and(|held| held.is(w.get(i.b))) {
        return Ok(false);
    }
    let Some(mut left) = w.take(i.b) else { return Ok(false) };
    drop(cx.take_global(id));
    let result = sequence::append(&mut left, w.get(i.c));
    if let Ok(true) = result {
        probe.record(Event::Other { what: "generic operator" });
        write(w, i.a, left, probe);
    } else {
        cx.set_global(id, left.clone());
        w.replace(i.b, left);
    }
    result
}

/// Whether two strings are added.
#[inline(always)]
pub fn is_text<A: Arithmetic>(w: &Window, i: Instr) -> bool {
    A::OP == BinaryOp::Add && w.get(i.b).kind() == Kind::Str && w.get(i.c).kind() == Kind::Str
}

/// `a ← b op c`, where [`fast`] and [`mixed`] had no answer; `stored` is the global variable that the next
/// instruction assigns the result to.
pub fn arithmetic<A: Arithmetic, P: Probe>(
    cx: &mut Runtime,
    w: &mut Window,
    i: Instr,
    stored: Option<GlobalId>,
    probe: &mut P,
) -> Result<()> {
    if let Some(id) = stored
        && is_text::<A>(w, i)
        && append_to_global(cx, w, i, id, probe)?
    {
        return Ok(());
    }
    generic(A::OP, cx, w, i, probe)
}

/// `b op c` for a float and an int, for two NumPy floats, or for a quotient of ints, where [`fast`] has tested the types; `None` is for
/// [`arithmetic`].
#[inline(always)]
pub fn mixed<A: Arithmetic, P: Probe>(heap: Heap, w: &Window, i: Instr, probe: &mut P) -> Option<Value> {
    if !A::FLOATS {
        return None;
    }
    let (left, right) = (w.get(i.b), w.get(i.c));
    match (left.kind(), right.kind()) {
        (Kind::Scalar, Kind::Scalar) => numpy_floats::<A, P>(heap, left, right, probe),
        (Kind::Int, Kind::Int) if A::OP == BinaryOp::TrueDiv => {
            let (a, b): (i64, i64) = (load(left, probe), load(right, probe));
            // Larger ones are rounded before they are divided.
            let exact = |i: i64| i.unsigned_abs() <= 1 << f64::MANTISSA_DIGITS;
            if exact(a) && exact(b) { floats::<A, P>(heap, a as f64, b as f64, probe) } else { None }
        }
        (Kind::Float, Kind::Int) => floats::<A, P>(heap, load(left, probe), load::<i64, P>(right, probe) as f64, probe),
        (Kind::Int, Kind::Float) => floats::<A, P>(heap, load::<i64, P>(left, probe) as f64, load(right, probe), probe),
        _ => None,
    }
}

#[inline(always)]
fn floats<A: Arithmetic, P: Probe>(heap: Heap, a: f64, b: f64, probe: &mut P) -> Option<Value> {
    probe.record(Event::Arithmetic);
    if A::defined(b) { try_allocate(heap, || A::floats(a, b), probe) } else { None }
}

/// Two `np.float64`s, as a loop over an array's elements meets them: the tag says NumPy scalar, the payload which.
#[inline(always)]
fn numpy_floats<A: Arithmetic, P: Probe>(heap: Heap, left: &Value, right: &Value, probe: &mut P) -> Option<Value> {
    match (load(left, probe), load(right, probe)) {
        (Scalar::Float64(a), Scalar::Float64(b)) => {
            probe.record(Event::Arithmetic);
            if A::defined(b) { try_allocate(heap, || Scalar::Float64(A::floats(a, b)), probe) } else { None }
        }
        _ => None,
    }
}

/// `a ← b op c`, for operators without a fast path.
#[inline(always)]
pub fn generic<P: Probe>(op: BinaryOp, cx: &mut Runtime, w: &mut Window, i: Instr, probe: &mut P) -> Result<()> {
    probe.record(Event::Other { what: "generic operator" });
    let value = cx.binary(op, w.share(), i)?;
    write(w, i.a, value, probe);
    Ok(())
}

/// `a ← -b`
#[inline(always)]
pub fn negate<P: Probe>(cx: &mut Runtime, w: &mut Window, i: Instr, probe: &mut P) -> Result<()> {
    let operand = w.get(i.b);
    let value = if kind(operand, probe) == Kind::Float {
        let x: f64 = load(operand, probe);
        probe.record(Event::Arithmetic);
        allocate(|| -x, probe)
    } else {
        probe.record(Event::Other { what: "generic operator" });
        cx.unary(UnaryOp::Neg, w.share(), i)?
    };
    write(w, i.a, value, probe);
    Ok(())
}

/// `a ← op b`, for `+` and `~`.
#[inline(always)]
pub fn unary<P: Probe>(op: UnaryOp, cx: &mut Runtime, w: &mut Window, i: Instr, probe: &mut P) -> Result<()> {
    probe.record(Event::Other { what: "generic operator" });
    let value = cx.unary(op, w.share(), i)?;
    write(w, i.a, value, probe);
    Ok(())
}
