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
    /// One more call waits, if that takes no memory more: what grows needs a stack frame around it. Whether it does.
    #[inline(always)]
    pub fn push_quickly(&mut self, frame: Frame) -> bool {
        let len = self.0.len();
        if len >= self.0.capacity() {
            return false;
        }
        // SAFETY: there is room for one more behind the last.
        unsafe {
            self.0.as_mut_ptr().add(len).write(frame);
            self.0.set_len(len + 1);
        }
        true
    }

    /// One more call waits.
    pub fn push(&mut self, frame: Frame) {
        self.0.push(frame);
    }

    pub fn pop(&mut self) -> Option<Frame> {
        self.0.pop()
    }

    /// The newest frame's callee has no segment of its own any more. Whether it had one.
    pub fn leave_segment(&mut self) -> bool {
        self.0.last_mut().is_some_and(|frame| std::mem::take(&mut frame.fresh_segment))
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
