//! Memory for boxes: a free list of float-sized ones over slabs, as CPython keeps free lists over arenas,
//! and the values that are made once: `None`, `True`, `False`, small integers.

use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::cell::Cell;
use std::ptr::NonNull;

use super::boxed::Immortal;
use super::{EllipsisType, NoneType, Value};

/// Size and alignment of a small box: header and one 8-byte payload.
pub const SMALL: Layout = Layout::new::<[u64; 3]>();

/// Bytes that are asked of the system at once for small boxes.
const SLAB: usize = 64 * 1024;

/// Integers that are boxed once per thread, as CPython caches them.
pub const SMALL_INTS: std::ops::RangeInclusive<i64> = -5..=256;

struct FreeBox {
    next: *mut FreeBox,
}

thread_local! {
    static FREE: Cell<*mut FreeBox> = const { Cell::new(std::ptr::null_mut()) };
    static IMMORTALS: Cell<Option<&'static Immortals>> = const { Cell::new(None) };
}

/// Uninitialised memory for one small box.
#[inline(always)]
pub fn allocate_small() -> NonNull<u8> {
    FREE.with(|free| match NonNull::new(free.get()) {
        Some(first) => {
            // SAFETY: boxes on the free list are unused memory of ours that holds a `FreeBox`.
            free.set(unsafe { first.as_ref().next });
            first.cast()
        }
        None => refill(free),
    })
}

/// Takes a small box back. The memory must come from [`allocate_small`] on this thread.
#[inline(always)]
pub fn free_small(memory: NonNull<u8>) {
    FREE.with(|free| {
        let first = memory.cast::<FreeBox>();
        // SAFETY: the box is unused, and large and aligned enough for a `FreeBox`.
        unsafe { first.write(FreeBox { next: free.get() }) };
        free.set(first.as_ptr());
    });
}

/// Cuts a new slab into boxes, in order of address. Slabs are kept until the process ends.
#[cold]
#[inline(never)]
fn refill(free: &Cell<*mut FreeBox>) -> NonNull<u8> {
    let layout = Layout::from_size_align(SLAB, 64).expect("a constant layout");
    let slab = allocate_large(layout);
    let mut next = std::ptr::null_mut();
    for index in (1..SLAB / SMALL.size()).rev() {
        // SAFETY: the index lies inside the fresh slab, whose boxes are aligned as the slab's start is.
        unsafe {
            let at = slab.add(index * SMALL.size()).cast::<FreeBox>();
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
