//! The stack of calls that wait.

#![allow(unsafe_code)]

use std::ops::Deref;

use super::cursor::{Cursor, Running};
use super::window::Window;

/// A call that waits for the one above it.
pub struct Frame {
    pub code: Running,
    pub window: Window,
    /// The call it waits for.
    pub call: Cursor,
    /// Where it goes on.
    pub resume: Cursor,
    /// The callee's window needed a segment of its own.
    pub fresh_segment: bool,
    /// How many exceptions were being handled when the callee began.
    pub handled: usize,
}

/// The calls that wait, the last one on top.
#[derive(Default)]
pub struct Frames(Vec<Frame>);

impl Frames {
    /// Whether a frame more takes no memory more.
    #[inline(always)]
    pub fn has_room(&self) -> bool {
        self.0.len() < self.0.capacity()
    }

    /// One more call waits. As `Vec::push`, whose growth would need a stack frame around it.
    #[inline(always)]
    pub fn push(&mut self, frame: Frame) {
        let len = self.0.len();
        if !self.has_room() {
            self.grow();
        }
        // SAFETY: there is room for one more behind the last.
        unsafe {
            self.0.as_mut_ptr().add(len).write(frame);
            self.0.set_len(len + 1);
        }
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self) {
        self.0.reserve(1);
    }

    pub fn pop(&mut self) -> Option<Frame> {
        self.0.pop()
    }

    #[inline(always)]
    pub fn truncate(&mut self, len: usize) {
        self.0.truncate(len);
    }
}

impl Deref for Frames {
    type Target = [Frame];
    #[inline(always)]
    fn deref(&self) -> &[Frame] {
        &self.0
    }
}
