//! Memory for boxes: free lists of small ones over slabs, as CPython keeps free lists over arenas,
//! and the values that are made once: `None`, `True`, `False`, small integers, types.

#![allow(unsafe_code)]

use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::cell::{Cell, RefCell};
use std::ptr::NonNull;

use super::boxed::Immortal;
use super::{EllipsisType, NoneType, Type, Value};

/// Sizes of small boxes in bytes: a header with 8 bytes of payload (a float, an int), or with 16 (a NumPy scalar).
const SIZES: [usize; 2] = [24, 32];

/// The free list that serves a layout, if it is small.
pub const fn class(layout: Layout) -> Option<usize> {
    if layout.align() > align_of::<u64>() {
        return None;
    }
    match layout.size() {
        0..=24 => Some(0),
        25..=32 => Some(1),
        _ => None,
    }
}

/// Bytes that are asked of the system at once for small boxes.
const SLAB: usize = 64 * 1024;

/// Integers that are boxed once per thread, as CPython caches them.
pub const SMALL_INTS: std::ops::RangeInclusive<i64> = -5..=256;

struct FreeBox {
    next: *mut FreeBox,
}

thread_local! {
    static FREE: [Cell<*mut FreeBox>; SIZES.len()] = const { [const { Cell::new(std::ptr::null_mut()) }; SIZES.len()] };
    static IMMORTALS: Cell<Option<&'static Immortals>> = const { Cell::new(None) };
}

/// Uninitialised memory for one small box of a class.
#[inline(always)]
pub fn allocate_small(class: usize) -> NonNull<u8> {
    FREE.with(|free| match NonNull::new(free[class].get()) {
        Some(first) => {
            // SAFETY: boxes on the free list are unused memory of ours that holds a `FreeBox`.
            free[class].set(unsafe { first.as_ref().next });
            first.cast()
        }
        None => refill(&free[class], SIZES[class]),
    })
}

/// Takes a small box back. The memory must come from [`allocate_small`] of the same class on this thread.
#[inline(always)]
pub fn free_small(memory: NonNull<u8>, class: usize) {
    FREE.with(|free| {
        let first = memory.cast::<FreeBox>();
        // SAFETY: the box is unused, and large and aligned enough for a `FreeBox`.
        unsafe { first.write(FreeBox { next: free[class].get() }) };
        free[class].set(first.as_ptr());
    });
}

/// Cuts a new slab into boxes, in order of address. Slabs are kept until the process ends.
#[cold]
#[inline(never)]
fn refill(free: &Cell<*mut FreeBox>, size: usize) -> NonNull<u8> {
    let layout = Layout::from_size_align(SLAB, 64).expect("a constant layout");
    let slab = allocate_large(layout);
    let mut next = std::ptr::null_mut();
    for index in (1..SLAB / size).rev() {
        // SAFETY: the index lies inside the fresh slab, whose boxes are aligned as the slab's start is.
        unsafe {
            let at = slab.add(index * size).cast::<FreeBox>();
            at.write(FreeBox { next });
            next = at.as_ptr();
        }
    }
    free.set(next);
    slab
}

pub fn allocate_large(layout: Layout) -> NonNull<u8> {
    // SAFETY: no box is empty: it has a header.
    NonNull::new(unsafe { alloc(layout) }).unwrap_or_else(|| handle_alloc_error(layout))
}

/// Takes a box of [`allocate_large`] back, with the layout it was allocated with.
pub fn free_large(memory: NonNull<u8>, layout: Layout) {
    // SAFETY: the only caller frees a box once, with the layout of its own type.
    unsafe { dealloc(memory.as_ptr(), layout) }
}

/// Values that are made once per thread and never freed.
struct Immortals {
    none: Immortal,
    ellipsis: Immortal,
    bools: [Immortal; 2],
    small_ints: Box<[Immortal]>,
    classes: RefCell<Vec<(Type, Immortal)>>,
}

#[inline(always)]
fn immortals() -> &'static Immortals {
    match IMMORTALS.get() {
        Some(immortals) => immortals,
        None => make_immortals(),
    }
}

#[cold]
fn make_immortals() -> &'static Immortals {
    let immortals: &'static Immortals = Box::leak(Box::new(Immortals {
        none: Immortal::new(Value::new(NoneType)),
        ellipsis: Immortal::new(Value::new(EllipsisType)),
        bools: [false, true].map(|bit| Immortal::new(Value::new(bit))),
        small_ints: SMALL_INTS.map(|i| Immortal::new(Value::new(i))).collect(),
        classes: RefCell::default(),
    }));
    IMMORTALS.set(Some(immortals));
    immortals
}

impl Value {
    #[inline(always)]
    pub fn none() -> Value {
        (*immortals().none).clone()
    }

    pub fn ellipsis() -> Value {
        (*immortals().ellipsis).clone()
    }

    #[inline(always)]
    pub fn bool(bit: bool) -> Value {
        (*immortals().bools[bit as usize]).clone()
    }

    /// The one object of a type: `type(x) is int`.
    pub fn class(class: Type) -> Value {
        let mut classes = immortals().classes.borrow_mut();
        if let Some((_, value)) = classes.iter().find(|(known, _)| *known == class) {
            return (**value).clone();
        }
        let value = Value::new(class);
        classes.push((class, Immortal::new(value.clone())));
        value
    }

    /// The cached box of a small integer.
    #[inline(always)]
    pub fn cached_int(i: i64) -> Option<Value> {
        if SMALL_INTS.contains(&i) {
            Some((*immortals().small_ints[(i - SMALL_INTS.start()) as usize]).clone())
        } else {
            None
        }
    }

    #[inline(always)]
    pub fn int(i: i64) -> Value {
        Value::cached_int(i).unwrap_or_else(|| Value::new(i))
    }

    #[inline(always)]
    pub fn float(x: f64) -> Value {
        Value::new(x)
    }
}
