//! The box behind every value, and the only code that touches its pointer.
//!
//! Header and payload are as CPython lays them out: a reference count, a type, the payload; 24 bytes for a
//! float or an int. Allocation of boxes of that size goes through a free list ([`super::heap`]).

#![allow(unsafe_code)]

use std::alloc::Layout;
use std::cell::{Cell, RefCell};
use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::ptr::NonNull;

use super::Kind;
use super::heap::{self, Heap};

/// What stands before every payload.
#[repr(C)]
struct Header {
    references: Cell<usize>,
    kind: Kind,
}

#[repr(C)]
struct Boxed<T> {
    header: Header,
    payload: T,
}

/// A type that can be boxed.
///
/// # Safety
/// No two types have the same `KIND`, and `Kind::free` frees that kind as this type. `kinds!` sees to both.
pub unsafe trait Payload: Sized + 'static {
    const KIND: Kind;
}

/// A reference to a boxed object. Cloning retains it, dropping releases it; neither crosses threads.
#[repr(transparent)]
pub struct Value {
    header: NonNull<Header>,
    not_send: PhantomData<*const ()>,
}

impl Value {
    /// Boxes a payload: a fresh object with one reference.
    #[inline]
    pub fn new<T: Payload>(payload: T) -> Value {
        Value::new_with(|| payload)
    }

    /// As [`Value::new`], with the payload made after the memory is there.
    #[inline(always)]
    pub fn new_with<T: Payload>(payload: impl FnOnce() -> T) -> Value {
        let layout = Layout::new::<Boxed<T>>();
        let memory = match heap::class(layout) {
            Some(class) => heap::allocate_small(class),
            None => heap::allocate_large(layout),
        };
        let memory = memory.cast::<Boxed<T>>();
        // SAFETY: the memory is fresh, large enough and aligned for `Boxed<T>`.
        unsafe {
            memory.write(Boxed { header: Header { references: Cell::new(1), kind: T::KIND }, payload: payload() })
        };
        Value { header: memory.cast(), not_send: PhantomData }
    }

    /// As [`Value::new_with`], if a box of that size is free. For code that must not call anything on its way.
    #[inline(always)]
    pub fn if_room<T: Payload>(heap: Heap, payload: impl FnOnce() -> T) -> Option<Value> {
        let class = const {
            match heap::class(Layout::new::<Boxed<T>>()) {
                Some(class) if class < heap::NUMBERS => class,
                Some(_) | None => panic!("only boxes of numbers wait to be used"),
            }
        };
        let memory = heap.take(class)?.cast::<Boxed<T>>();
        // SAFETY: as in `new_with`.
        unsafe {
            memory.write(Boxed { header: Header { references: Cell::new(1), kind: T::KIND }, payload: payload() })
        };
        Some(Value { header: memory.cast(), not_send: PhantomData })
    }

    /// The type tag.
    #[inline(always)]
    pub fn kind(&self) -> Kind {
        self.header().kind
    }

    /// The payload, if it is a `T`.
    #[inline(always)]
    pub fn get<T: Payload>(&self) -> Option<&T> {
        if self.kind() == T::KIND {
            // SAFETY: the tag was just tested, and only `Value::new::<T>` writes it.
            Some(unsafe { &self.header.cast::<Boxed<T>>().as_ref().payload })
        } else {
            None
        }
    }

    /// The payload to change, if it is a `T` and nobody else holds the object.
    #[inline(always)]
    pub fn get_mut<T: Payload>(&mut self) -> Option<&mut T> {
        if self.kind() == T::KIND && self.reference_count() == 1 {
            // SAFETY: as in `get`; this is the only reference, and is borrowed exclusively.
            Some(unsafe { &mut self.header.cast::<Boxed<T>>().as_mut().payload })
        } else {
            None
        }
    }

    /// Whether both are the same object.
    #[inline(always)]
    pub fn is(&self, other: &Value) -> bool {
        self.header == other.header
    }

    /// The object's address, as `id` shows it.
    pub fn address(&self) -> usize {
        self.header.as_ptr() as usize
    }

    /// Drops the reference, with the way that floats and ints go inlined.
    #[inline(always)]
    pub fn release(self) {
        let header = self.header;
        if self.reference_count() == 1 && matches!(self.kind(), Kind::Float | Kind::Int) {
            std::mem::forget(self);
            heap::free_small(header.cast(), NUMBER);
        }
    }

    /// Drops the reference if that takes no call: others hold the object too, or it is a float or an int. If not, hands
    /// it back.
    #[inline(always)]
    pub fn release_quickly(self, heap: Heap) -> Option<Value> {
        let header = self.header;
        let references = &self.header().references;
        let count = references.get();
        if count != 1 {
            references.set(count - 1);
        } else if matches!(self.kind(), Kind::Float | Kind::Int) {
            heap.give(header.cast(), NUMBER);
        } else {
            return Some(self);
        }
        std::mem::forget(self);
        None
    }

    pub fn reference_count(&self) -> usize {
        self.header().references.get()
    }

    #[inline(always)]
    fn header(&self) -> &Header {
        // SAFETY: while a `Value` exists its box has at least one reference, so it is alive.
        unsafe { self.header.as_ref() }
    }
}

/// Where compiled loops find the parts of a box, in bytes from its start.
pub mod layout {
    use std::mem::offset_of;

    use super::{Boxed, Header};
    use crate::array::{DType, Scalar};
    use crate::value::List;
    use crate::value::cell::VecCell;

    /// The number of references, 64 bits.
    pub const REFERENCES: i32 = offset_of!(Header, references) as i32;
    /// The type tag, 32 bits: the number of a [`crate::value::Kind`].
    pub const KIND: i32 = offset_of!(Header, kind) as i32;
    /// The number that a float is.
    pub const FLOAT: i32 = offset_of!(Boxed<f64>, payload) as i32;
    pub const INT: i32 = offset_of!(Boxed<i64>, payload) as i32;
    pub const BOOL: i32 = offset_of!(Boxed<bool>, payload) as i32;

    /// The number that a NumPy scalar of a dtype is. The compiler lays scalars out: it is read off one.
    pub fn scalar(dtype: DType) -> i32 {
        let sample = match dtype {
            DType::Bool => Scalar::Bool(false),
            DType::Int64 => Scalar::Int64(0),
            DType::Float32 => Scalar::Float32(0.0),
            DType::Float64 => Scalar::Float64(0.0),
        };
        let number = match &sample {
            Scalar::Bool(bit) => std::ptr::from_ref(bit).addr(),
            Scalar::Int64(i) => std::ptr::from_ref(i).addr(),
            Scalar::Float32(x) => std::ptr::from_ref(x).addr(),
            Scalar::Float64(x) => std::ptr::from_ref(x).addr(),
        };
        (offset_of!(Boxed<Scalar>, payload) + number - std::ptr::from_ref(&sample).addr()) as i32
    }

    /// The address of a list's items, and their number.
    pub fn list() -> (i32, i32) {
        let (items, len) = VecCell::layout();
        let payload = offset_of!(Boxed<List>, payload);
        ((payload + items) as i32, (payload + len) as i32)
    }
}

impl Value {
    /// Another reference to the object at an address.
    ///
    /// # Safety
    /// The address is that of an object that is alive, as [`Value::address`] gives it.
    pub unsafe fn retained(address: usize) -> Value {
        // SAFETY: the caller's promise: a `Value` is that address. The reference that was not counted is not dropped.
        let borrowed = unsafe { ManuallyDrop::new(std::mem::transmute::<usize, Value>(address)) };
        (*borrowed).clone()
    }
}

impl Clone for Value {
    #[inline(always)]
    fn clone(&self) -> Value {
        let references = &self.header().references;
        references.set(references.get() + 1);
        Value { header: self.header, not_send: PhantomData }
    }
}

impl Drop for Value {
    #[inline(always)]
    fn drop(&mut self) {
        let references = &self.header().references;
        let left = references.get() - 1;
        references.set(left);
        if left == 0 {
            release(self.header);
        }
    }
}

/// Frees a box without references. Containers nested deeper than [`MAX_NESTED_DROPS`] are put off, so that
/// no chain of objects overflows the machine's stack.
#[inline(never)]
fn release(header: NonNull<Header>) {
    // SAFETY: the caller dropped the last reference; the box is still intact.
    let kind = unsafe { header.as_ref().kind };
    if matches!(kind, Kind::Float | Kind::Int) {
        heap::free_small(header.cast(), NUMBER);
        return;
    }
    if kind == Kind::Str {
        // It holds no other boxes.
        kind.free(header);
        return;
    }
    let depth = NESTED_DROPS.get();
    if depth >= MAX_NESTED_DROPS && PUT_OFF.try_with(|list| list.borrow_mut().push(header)).is_ok() {
        return;
    }
    NESTED_DROPS.set(depth + 1);
    kind.free(header);
    if depth == 0 {
        while let Ok(Some(next)) = PUT_OFF.try_with(|list| list.borrow_mut().pop()) {
            // SAFETY: boxes that were put off have no references and were not freed yet.
            unsafe { next.as_ref().kind }.free(next);
        }
    }
    NESTED_DROPS.set(depth);
}

const MAX_NESTED_DROPS: u32 = 100;

thread_local! {
    static NESTED_DROPS: Cell<u32> = const { Cell::new(0) };
    static PUT_OFF: RefCell<Vec<NonNull<Header>>> = const { RefCell::new(Vec::new()) };
}

/// Drops the payload and gives the memory back.
fn free<T: Payload>(header: NonNull<Header>) {
    let boxed = header.cast::<Boxed<T>>();
    let layout = Layout::new::<Boxed<T>>();
    // SAFETY: `Kind::free` chose `T` by the box's own tag, nobody references the box, and this is its only free.
    unsafe { std::ptr::drop_in_place(&raw mut (*boxed.as_ptr()).payload) };
    match heap::class(layout) {
        Some(class) => heap::free_small(boxed.cast(), class),
        None => heap::free_large(boxed.cast(), layout),
    }
}

/// The free list of floats and ints.
const NUMBER: usize = match (heap::class(Layout::new::<Boxed<f64>>()), heap::class(Layout::new::<Boxed<i64>>())) {
    (Some(float), Some(int)) if float == int => float,
    _ => panic!("floats and ints share a free list"),
};

/// Opaque to the outside: `Kind::free` is called by [`release`] alone.
pub struct Unreferenced(NonNull<Header>);

/// A reference that is never released, for the values that live as long as their thread.
pub(super) type Immortal = ManuallyDrop<Value>;

/// Declares every kind of value: its tag, its payload type, and its name in Python.
macro_rules! kinds {
    ($($kind:ident($payload:ty) $name:literal,)*) => {
        /// The type tag in a box's header.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u32)]
        pub enum Kind { $($kind,)* }

        impl Kind {
            pub const ALL: &'static [Kind] = &[$(Kind::$kind),*];

            /// Python's name of the type; arrays' and NumPy scalars' depends on more than the tag.
            pub const fn name(self) -> &'static str {
                match self { $(Kind::$kind => $name,)* }
            }
        }

        $(
            // SAFETY: each kind stands once in the table, and `free_payload` below frees it as this type.
            unsafe impl $crate::value::boxed::Payload for $payload {
                const KIND: Kind = Kind::$kind;
            }
        )*

        fn free_payload(kind: Kind, unreferenced: boxed::Unreferenced) {
            match kind { $(Kind::$kind => unreferenced.free::<$payload>(),)* }
        }
    };
}
pub(super) use kinds;

impl Unreferenced {
    pub(super) fn free<T: Payload>(self) {
        free::<T>(self.0);
    }
}

impl Kind {
    fn free(self, header: NonNull<Header>) {
        super::free_payload(self, Unreferenced(header));
    }
}
