//! The only way from a handler to a value: each accessor does one thing, and reports it.

use super::probe::{Event, Probe};
use super::window::Window;
use crate::value::{Heap, Kind, Payload, Value};

/// Tests the type tag.
#[inline(always)]
pub fn kind<P: Probe>(value: &Value, probe: &mut P) -> Kind {
    let found = value.kind();
    probe.record(Event::TypeCheck { found });
    found
}

/// Follows the pointer to a box whose type was tested.
#[inline(always)]
pub fn payload<'a, T: Payload, P: Probe>(value: &'a Value, probe: &mut P) -> &'a T {
    probe.record(Event::Dereference { value });
    value.get::<T>().expect("its kind was tested")
}

/// Follows the pointer and loads a number.
#[inline(always)]
pub fn load<T: Payload + Copy, P: Probe>(value: &Value, probe: &mut P) -> T {
    let payload = *payload::<T, P>(value, probe);
    probe.record(Event::Load { bytes: size_of::<T>() });
    payload
}

/// A fresh box. The payload is computed once there is memory for it, so that it waits in no spilled register.
#[inline(always)]
pub fn allocate<T: Payload, P: Probe>(payload: impl FnOnce() -> T, probe: &mut P) -> Value {
    let value = Value::new_with(payload);
    probe.record(Event::Allocate { value: &value });
    probe.record(Event::Store { bytes: size_of::<T>() });
    value
}

/// A fresh box for a number, if one is free: a handler that finds none comes again, once there are. Who is watched does
/// not do anything twice.
#[inline(always)]
pub fn try_allocate<T: Payload, P: Probe>(heap: Heap, payload: impl FnOnce() -> T, probe: &mut P) -> Option<Value> {
    if P::IS_SILENT { Value::if_room(heap, payload) } else { Some(allocate(payload, probe)) }
}

/// A box for an integer: a cached one, or a fresh one as [`try_allocate`] makes it.
#[inline(always)]
pub fn try_int<P: Probe>(heap: Heap, i: i64, probe: &mut P) -> Option<Value> {
    match heap.cached_int(i) {
        Some(value) => {
            probe.record(Event::Retain { value: &value });
            Some(value)
        }
        None => try_allocate(heap, || i, probe),
    }
}

/// One of the two bools.
#[inline(always)]
pub fn bool<P: Probe>(heap: Heap, bit: bool, probe: &mut P) -> Value {
    let value = heap.bool(bit);
    probe.record(Event::Retain { value: &value });
    value
}

/// Another reference to the same object.
#[inline(always)]
pub fn retain<P: Probe>(value: &Value, probe: &mut P) -> Value {
    let value = value.clone();
    probe.record(Event::Retain { value: &value });
    value
}

/// Puts a value into a register, which releases what it held.
#[inline(always)]
pub fn write<P: Probe>(window: &mut Window, register: u16, value: Value, probe: &mut P) {
    let old = window.replace(register, value);
    probe.record(Event::Release { value: old.as_ref() });
    if let Some(old) = old {
        old.release();
    }
}
