//! The handlers: one always-inlined function for each bytecode, grouped by what they work on.
//!
//! A handler reads and writes registers of the window, reaches values through [`super::access`] alone, and
//! leaves the program counter to the machine. What a fast path does not cover goes to a generic routine.

pub mod again;
pub mod arithmetic;
pub mod build;
pub mod cells;
pub mod collect;
pub mod compare;
pub mod element;
pub mod exceptions;
pub mod iterate;
pub mod moves;
pub mod show;
