//! What can be watched while code runs. A machine without a watcher is compiled without the calls.

use std::cell::RefCell;
use std::rc::Rc;

use crate::bytecode::chunk::Pc;
use crate::bytecode::op::Op;
use crate::bytecode::overhead::{Counts, Overhead};
use crate::value::{Kind, Value};

/// One thing that a handler did.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    Dispatch {
        pc: Pc,
        op: Op,
    },
    TypeCheck {
        found: Kind,
    },
    Dereference {
        value: &'a Value,
    },
    BoundsCheck {
        index: i64,
        len: usize,
    },
    /// A payload, an element or an iterator's state is read.
    Load {
        bytes: usize,
    },
    /// The same, written.
    Store {
        bytes: usize,
    },
    Allocate {
        value: &'a Value,
    },
    Retain {
        value: &'a Value,
    },
    /// A register or an element gives up what it held, if anything.
    Release {
        value: Option<&'a Value>,
    },
    Arithmetic,
    LoopCounter {
        next: i64,
    },
    Branch {
        taken: bool,
    },
    /// What none of the eight covers, in words.
    Other {
        what: &'static str,
    },
}

impl Event<'_> {
    pub fn overhead(&self) -> Overhead {
        match self {
            Event::Dispatch { .. } => Overhead::Dispatch,
            Event::TypeCheck { .. } => Overhead::TypeCheck,
            Event::Dereference { .. } => Overhead::Dereference,
            Event::BoundsCheck { .. } => Overhead::BoundsCheck,
            Event::Load { .. }
            | Event::Store { .. }
            | Event::Allocate { .. }
            | Event::Retain { .. }
            | Event::Release { .. } => Overhead::MemoryAccess,
            Event::Arithmetic => Overhead::Arithmetic,
            Event::LoopCounter { .. } => Overhead::LoopCounter,
            Event::Branch { .. } => Overhead::Branch,
            Event::Other { .. } => Overhead::Other,
        }
    }
}

/// A watcher: a type parameter of the machine, so that watching costs nothing where nobody does.
pub trait Probe {
    fn record(&mut self, event: Event<'_>);
}

/// A watcher that is looked at afterwards.
impl<P: Probe> Probe for Rc<RefCell<P>> {
    fn record(&mut self, event: Event<'_>) {
        self.borrow_mut().record(event);
    }
}

/// Nobody watches.
#[derive(Clone, Copy)]
pub struct Silent;

impl Probe for Silent {
    #[inline(always)]
    fn record(&mut self, _: Event<'_>) {}
}

/// Counts events by overhead, instruction by instruction.
#[derive(Default)]
pub struct Counting {
    /// One entry for each instruction that was dispatched, in order.
    pub steps: Vec<(Op, Counts)>,
}

impl Probe for Counting {
    fn record(&mut self, event: Event<'_>) {
        if let Event::Dispatch { op, .. } = event {
            self.steps.push((op, Counts::ZERO));
        }
        if let Some((_, counts)) = self.steps.last_mut() {
            counts[event.overhead()] += 1;
        }
    }
}
