//! What can be watched while code runs. A machine without a watcher is compiled without the calls.

use std::cell::RefCell;
use std::rc::Rc;

use crate::bytecode::chunk::Pc;
use crate::bytecode::op::Op;
use crate::bytecode::overhead::{Counts, Overhead};
use crate::exception::Result;
use crate::value::{Code, Kind, Value};

use super::runtime::Runtime;
use super::window::Window;

/// One thing that a handler did.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    Dispatch {
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
    /// One more reference, which the box counts already.
    Retain {
        value: &'a Value,
    },
    /// A register or an element gives up what it held, if anything; the box still counts it.
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

/// What there is to see before an instruction runs.
pub struct Scene<'a> {
    pub(super) cx: &'a Runtime,
    pub(super) window: &'a Window,
    pub code: &'a Code,
    /// The instruction that is about to run.
    pub pc: Pc,
}

impl Scene<'_> {
    /// The number of calls under way, this one included.
    pub fn depth(&self) -> usize {
        self.cx.calls.depth()
    }

    /// Whether the loop that is timed is under way.
    pub fn is_timed(&self) -> bool {
        self.cx.marks.is_open()
    }

    /// What a register of the call holds.
    ///
    /// # Panics
    /// If its code has no such register.
    pub fn register(&self, register: u16) -> Option<&Value> {
        assert!(register < self.code.chunk.registers);
        self.window.try_get(register)
    }

    /// Every name that the module looks up, and what it stands for; built-ins that it uses are among them.
    pub fn globals(&self) -> impl Iterator<Item = (&Rc<str>, Option<&Value>)> {
        self.cx.names.iter().zip(self.cx.globals.iter().map(Option::as_ref))
    }
}

/// A watcher: a type parameter of the machine, so that watching costs nothing where nobody does.
pub trait Probe {
    /// Whether it wants to see more than events: without, `begin` and `step` are not even compiled.
    const LOOKS: bool = false;

    /// Whether it sees nothing at all, so that shorter ways may be taken.
    const IS_SILENT: bool = false;

    fn record(&mut self, event: Event<'_>);

    /// The loop begins to run: the module, a call that a built-in function makes, or a generator that goes on.
    fn begin(&mut self) {}

    /// An instruction is about to run, and be recorded as dispatched.
    ///
    /// # Errors
    /// A refusal ends the run there, seen by no handler of the script.
    fn step(&mut self, scene: Scene<'_>) -> Result<()> {
        let _ = scene;
        Ok(())
    }
}

/// A watcher that is looked at afterwards.
impl<P: Probe> Probe for Rc<RefCell<P>> {
    const LOOKS: bool = P::LOOKS;

    fn record(&mut self, event: Event<'_>) {
        self.borrow_mut().record(event);
    }

    fn begin(&mut self) {
        self.borrow_mut().begin();
    }

    fn step(&mut self, scene: Scene<'_>) -> Result<()> {
        self.borrow_mut().step(scene)
    }
}

/// Nobody watches.
#[derive(Clone, Copy)]
pub struct Silent;

impl Probe for Silent {
    const IS_SILENT: bool = true;

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
