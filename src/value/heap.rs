//! Memory for boxes: free lists of small ones over slabs, as CPython keeps free lists over arenas,
//! and the values that are made once: `None`, `True`, `False`, small integers, types.

#![allow(unsafe_code)]

use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::cell::{Cell, OnceCell, RefCell};
use std::ptr::NonNull;

use super::boxed::Immortal;
use super::{EllipsisType, NoneType, Type, Value};

/// Sizes of small boxes in bytes: a header with 8 bytes of payload (a float, an int), with 16 (a NumPy scalar, a tuple),
/// and what lists, slices and strings take.
const SIZES: [usize; 4] = [24, 32, 48, 64];

/// The free list that serves a layout, if it is small.
pub const fn class(layout: Layout) -> Option<usize> {
    if layout.align() > align_of::<u64>() {
        return None;
    }
    match layout.size() {
        0..=24 => Some(0),
        25..=32 => Some(1),
        33..=48 => Some(2),
        49..=64 => Some(3),
        _ => None,
    }
}

/// The classes that numbers are of.
pub const NUMBERS: usize = 2;

/// Bytes that are asked of the system at once for small boxes.
const SLAB: usize = 64 * 1024;

/// Integers that are boxed once per thread, as CPython caches them.
pub const SMALL_INTS: std::ops::RangeInclusive<i64> = -5..=256;

const SMALL: usize = (*SMALL_INTS.end() - *SMALL_INTS.start() + 1) as usize;

struct FreeBox {
    next: *mut FreeBox,
}

struct Thread {
    free: [Cell<*mut FreeBox>; SIZES.len()],
    immortals: Cell<Option<&'static Immortals>>,
}

thread_local! {
    static THREAD: Thread = const {
        Thread { free: [const { Cell::new(std::ptr::null_mut()) }; SIZES.len()], immortals: Cell::new(None) }
    };
}

impl Thread {
    #[inline(always)]
    fn take(&self, class: usize) -> Option<NonNull<u8>> {
        let free = &self.free[class];
        let first = NonNull::new(free.get())?;
        // SAFETY: boxes on the free list are unused memory of ours that holds a `FreeBox`.
        free.set(unsafe { first.as_ref().next });
        Some(first.cast())
    }

    #[inline(always)]
    fn give(&self, memory: NonNull<u8>, class: usize) {
        let free = &self.free[class];
        let first = memory.cast::<FreeBox>();
        // SAFETY: the box is unused, and large and aligned enough for a `FreeBox`.
        unsafe { first.write(FreeBox { next: free.get() }) };
        free.set(first.as_ptr());
    }
}

/// Uninitialised memory for one small box of a class.
#[inline(always)]
pub fn allocate_small(class: usize) -> NonNull<u8> {
    THREAD.with(|thread| thread.take(class).unwrap_or_else(|| refill(&thread.free[class], SIZES[class])))
}

/// Takes a small box back. The memory must come from [`allocate_small`] of the same class on this thread.
#[inline(always)]
pub fn free_small(memory: NonNull<u8>, class: usize) {
    THREAD.with(|thread| thread.give(memory, class));
}

/// The memory of this thread, found once: to ask for a thread's own is a call as far as the compiler knows, and code
/// around a call needs a stack frame.
#[derive(Clone, Copy)]
pub struct Heap {
    thread: NonNull<Thread>,
    immortals: &'static Immortals,
}

impl Heap {
    pub fn of_this_thread() -> Heap {
        Heap { thread: THREAD.with(|thread| NonNull::from(thread)), immortals: immortals() }
    }

    #[inline(always)]
    fn thread(&self) -> &Thread {
        // SAFETY: it has nothing to drop, so it is there until the thread ends; and a `Heap` does not leave the thread.
        unsafe { self.thread.as_ref() }
    }

    /// As [`allocate_small`], if a box is free: [`Heap::make_room`] sees to that.
    #[inline(always)]
    pub(super) fn take(self, class: usize) -> Option<NonNull<u8>> {
        self.thread().take(class)
    }

    /// As [`free_small`].
    #[inline(always)]
    pub(super) fn give(self, memory: NonNull<u8>, class: usize) {
        self.thread().give(memory, class);
    }

    /// Whether a box for a number is free, Python's and NumPy's.
    #[inline(always)]
    pub fn has_room(self) -> bool {
        self.thread().free[..NUMBERS].iter().all(|free| !free.get().is_null())
    }

    /// Sees to it that there is room.
    pub fn make_room(self) {
        for (class, size) in SIZES.iter().enumerate().take(NUMBERS) {
            if self.thread().free[class].get().is_null() {
                self.give(refill(&self.thread().free[class], *size), class);
            }
        }
    }

    #[inline(always)]
    pub fn bool(self, bit: bool) -> Value {
        self.immortals.bool(bit)
    }

    /// The cached box of a small integer.
    #[inline(always)]
    pub fn cached_int(self, i: i64) -> Option<Value> {
        self.immortals.int(i)
    }
}

/// Where the free boxes of this thread are, for numbers: the address of the first one's address; its first word is that of
/// the next one.
pub fn free_numbers() -> usize {
    THREAD.with(|thread| std::ptr::from_ref(&thread.free[0]).expose_provenance())
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
    small_ints: [Immortal; SMALL],
    /// Strings of one ASCII character, each made when it is wanted first.
    characters: [OnceCell<Immortal>; 128],
    classes: RefCell<Vec<(Type, Immortal)>>,
}

#[inline(always)]
fn immortals() -> &'static Immortals {
    match THREAD.with(|thread| thread.immortals.get()) {
        Some(immortals) => immortals,
        None => make_immortals(),
    }
}

impl Immortals {
    #[inline(always)]
    fn bool(&self, bit: bool) -> Value {
        (*self.bools[bit as usize]).clone()
    }

    #[inline(always)]
    fn int(&self, i: i64) -> Option<Value> {
        let at = i.wrapping_sub(*SMALL_INTS.start()) as usize;
        self.small_ints.get(at).map(|value| (**value).clone())
    }
}

#[cold]
fn make_immortals() -> &'static Immortals {
    let immortals: &'static Immortals = Box::leak(Box::new(Immortals {
        none: Immortal::new(Value::new(NoneType)),
        ellipsis: Immortal::new(Value::new(EllipsisType)),
        bools: [false, true].map(|bit| Immortal::new(Value::new(bit))),
        small_ints: std::array::from_fn(|at| Immortal::new(Value::new(SMALL_INTS.start() + at as i64))),
        characters: [const { OnceCell::new() }; 128],
        classes: RefCell::default(),
    }));
    THREAD.with(|thread| thread.immortals.set(Some(immortals)));
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
        immortals().bool(bit)
    }

    /// A string of one character.
    pub fn char(c: char) -> Value {
        let make = || Value::str(&*c.encode_utf8(&mut [0; 4]));
        match immortals().characters.get(c as usize) {
            Some(known) => (**known.get_or_init(|| Immortal::new(make()))).clone(),
            None => make(),
        }
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
        immortals().int(i)
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
