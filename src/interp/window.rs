//! Registers: a stack of slots that never move, and the window of it that one call sees.
//!
//! Register access is unchecked: [`crate::bytecode::verify`] has shown for every chunk that its operands lie
//! inside its window, and [`RegisterStack::enter`] makes the window that large.

#![allow(unsafe_code)]

use std::ops::Range;
use std::ptr::NonNull;

use crate::value::{Code, Heap, Registers, Value};

type Slot = Option<Value>;

/// Slots of a segment, unless one window needs more.
const SEGMENT: usize = 2 * 1024;

/// How many segments wait for their next use.
const MAX_SPARE: usize = 8;

/// All registers of a machine, in segments that stay where they are.
pub struct RegisterStack {
    segments: Vec<Segment>,
    /// Behind the last slot of the newest segment.
    end: *const Slot,
    /// Segments that were left, for the next call that needs one. All their slots are empty.
    spare: Vec<Segment>,
}

type Segment = Registers;

/// The registers of one call.
#[repr(transparent)]
pub struct Window {
    base: NonNull<Slot>,
}

impl RegisterStack {
    pub fn new() -> RegisterStack {
        RegisterStack { segments: Vec::new(), end: std::ptr::null(), spare: Vec::new() }
    }

    /// The window of an outermost call, or of one that a built-in function makes: at the bottom of a new segment.
    pub fn begin(&mut self, registers: u16) -> Window {
        let fresh = self.fresh_segment(registers);
        self.push(fresh)
    }

    /// Puts a segment on the stack, and hands out the window at its bottom.
    pub fn push(&mut self, mut segment: Segment) -> Window {
        let base = NonNull::new(segment.as_mut_ptr()).expect("a slice's pointer");
        self.end = segment.as_ptr_range().end;
        self.segments.push(segment);
        Window { base }
    }

    fn fresh_segment(&mut self, registers: u16) -> Segment {
        match self.spare.pop_if(|spare| spare.len() >= registers as usize) {
            Some(spare) => spare,
            None => segment(SEGMENT.max(registers as usize)),
        }
    }

    /// A window of `registers` slots that begins with `count` values of `caller`, from its register `first` on:
    /// in place if the segment has room behind them, else moved into a new segment (then the second part is true).
    #[inline(always)]
    pub fn enter(&mut self, caller: Window, first: u16, count: u16, registers: u16) -> (Window, bool) {
        match self.enter_in_place(caller.share(), first, registers) {
            Some(window) => (window, false),
            None => (self.move_into_segment(caller, first, count, registers), true),
        }
    }

    /// The same in place, if there is room.
    #[inline(always)]
    pub fn enter_in_place(&self, caller: Window, first: u16, registers: u16) -> Option<Window> {
        // SAFETY: `first` is a register of the caller's window (verified), so the pointer stays inside the segment
        // or just behind it.
        let base = unsafe { caller.base.add(first as usize) };
        // SAFETY: both pointers belong to the last segment: calls nest, and the caller is the innermost one.
        let room = unsafe { self.end.offset_from(base.as_ptr()) };
        (room >= registers as isize).then_some(Window { base })
    }

    #[cold]
    #[inline(never)]
    fn move_into_segment(&mut self, mut caller: Window, first: u16, count: u16, registers: u16) -> Window {
        let fresh = self.fresh_segment(registers);
        let mut moved = self.push(fresh);
        for offset in 0..count {
            if let Some(value) = caller.take(first + offset) {
                moved.replace(offset, value);
            }
        }
        moved
    }

    /// Takes the newest segment off the stack, with what is in it.
    pub fn pop(&mut self) -> Option<Segment> {
        let popped = self.segments.pop();
        self.end = self.segments.last().map_or(std::ptr::null(), |newest| newest.as_ptr_range().end);
        popped
    }

    /// Takes the newest segment away, after the call that needed it has left and emptied it.
    pub fn leave_segment(&mut self) {
        if let Some(left) = self.pop()
            && self.spare.len() < MAX_SPARE
        {
            self.spare.push(left);
        }
    }

    /// Number of segments, to return to with [`RegisterStack::truncate`].
    pub fn depth(&self) -> usize {
        self.segments.len()
    }

    /// Leaves the segments above `depth`, as [`RegisterStack::depth`] gave it.
    pub fn truncate(&mut self, depth: usize) {
        while self.segments.len() > depth {
            self.leave_segment();
        }
    }
}

impl Default for RegisterStack {
    fn default() -> Self {
        RegisterStack::new()
    }
}

fn segment(slots: usize) -> Segment {
    std::iter::repeat_with(|| None).take(slots).collect()
}

impl Window {
    /// Another handle on the same registers, for a call's bookkeeping.
    #[inline(always)]
    pub fn share(&self) -> Window {
        Window { base: self.base }
    }

    #[inline(always)]
    fn slot(&self, register: u16) -> NonNull<Slot> {
        // SAFETY: verified chunks name registers of their own window only.
        unsafe { self.base.add(register as usize) }
    }

    /// The value of a register that is bound: the verifier has shown that it was written on every way here.
    #[inline(always)]
    pub fn get(&self, register: u16) -> &Value {
        debug_assert!(self.try_get(register).is_some(), "register {register} is read before it is written");
        // SAFETY: the slot lies in a live segment and is bound (see above); `&self` keeps it from being replaced meanwhile.
        unsafe { self.slot(register).as_ref().as_ref().unwrap_unchecked() }
    }

    #[inline(always)]
    pub fn try_get(&self, register: u16) -> Option<&Value> {
        // SAFETY: as in `get`.
        unsafe { self.slot(register).as_ref() }.as_ref()
    }

    /// Sets a register and hands out what it held.
    #[inline(always)]
    pub fn replace(&mut self, register: u16, value: Value) -> Option<Value> {
        // SAFETY: as in `get`, with exclusive access.
        unsafe { self.slot(register).as_mut() }.replace(value)
    }

    #[inline(always)]
    pub fn take(&mut self, register: u16) -> Option<Value> {
        // SAFETY: as in `get`, with exclusive access.
        unsafe { self.slot(register).as_mut() }.take()
    }

    /// The values of `count` registers from `first` on, all of which are bound.
    #[inline(always)]
    pub fn values(&self, first: u16, count: u16) -> &[Value] {
        // SAFETY: the slots are bound, as in `get`, and stay so while they are borrowed: calls that are made meanwhile
        // have windows of their own. A slot that is bound is a `Value`: the empty one takes the pointer's null.
        unsafe { std::slice::from_raw_parts(self.slot(first).cast::<Value>().as_ptr(), count as usize) }
    }

    /// Moves the values out of `count` registers from `first` on, all of which are bound.
    #[inline(always)]
    pub fn take_block(&mut self, first: u16, count: u16) -> Vec<Value> {
        // A window whose address is never taken stays in a machine register: the loop depends on it.
        self.share().into_block(first, count)
    }

    #[inline(never)]
    fn into_block(mut self, first: u16, count: u16) -> Vec<Value> {
        (0..count).filter_map(|offset| self.take(first + offset)).collect()
    }

    /// Empties registers as long as that takes no call; whether all are empty now.
    #[inline(always)]
    pub fn clear_quickly(&mut self, registers: Range<u16>, heap: Heap) -> bool {
        // SAFETY: as in `get`, with exclusive access: the range lies in the window.
        let slots = unsafe {
            let first = self.slot(registers.start).as_ptr();
            std::slice::from_raw_parts_mut(first, registers.len())
        };
        for slot in slots.iter_mut().filter(|slot| slot.is_some()) {
            if let Some(last) = slot.take().and_then(|value| value.release_quickly(heap)) {
                std::mem::forget(slot.replace(last));
                return false;
            }
        }
        true
    }

    /// Fills the registers of the constants that operands name.
    #[inline(always)]
    pub fn pin(&mut self, code: &Code) {
        for (register, constant) in (code.first_pinned..).zip(&code.pinned) {
            // They are empty, as all registers of a new window are.
            std::mem::forget(self.replace(register, constant.clone()));
        }
    }

    /// Empties `count` registers from `first` on.
    #[inline(always)]
    pub fn clear(&mut self, first: u16, count: u16, heap: Heap) {
        for offset in 0..count {
            if let Some(value) = self.take(first + offset) {
                drop(value.release_quickly(heap));
            }
        }
    }
}
