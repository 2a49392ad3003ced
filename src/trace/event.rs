//! Events as they are kept: in words, and with the addresses of the boxes that they are about.

use std::fmt;

use serde::Serialize;

use super::state::Address;
use super::tally::EventKind;
use crate::bytecode::overhead::Overhead;
use crate::interp::probe::Event;
use crate::value::Value;

/// A box that an event is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BoxRef {
    #[serde(rename = "type")]
    pub class: &'static str,
    pub address: Address,
    /// Its reference count when the event was over.
    pub references: usize,
}

/// One thing that a step did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Happening {
    Dispatch {
        op: &'static str,
    },
    TypeCheck {
        found: &'static str,
    },
    Dereference {
        of: BoxRef,
    },
    BoundsCheck {
        index: i64,
        len: usize,
    },
    /// Of a payload, an element or an iterator's state.
    Load {
        bytes: usize,
    },
    Store {
        bytes: usize,
    },
    Allocate {
        made: BoxRef,
    },
    Retain {
        of: BoxRef,
    },
    /// Of what a register or an element held, if anything. Without references left, the box is freed.
    Release {
        of: Option<BoxRef>,
    },
    Arithmetic,
    LoopCounter {
        next: i64,
    },
    Branch {
        taken: bool,
    },
    Other {
        what: &'static str,
    },
}

impl Happening {
    pub fn of(event: &Event<'_>) -> Happening {
        match *event {
            Event::Dispatch { op, .. } => Happening::Dispatch { op: op.name() },
            Event::TypeCheck { found } => Happening::TypeCheck { found: found.name() },
            Event::Dereference { value } => Happening::Dereference { of: BoxRef::of(value) },
            Event::BoundsCheck { index, len } => Happening::BoundsCheck { index, len },
            Event::Load { bytes } => Happening::Load { bytes },
            Event::Store { bytes } => Happening::Store { bytes },
            Event::Allocate { value } => Happening::Allocate { made: BoxRef::of(value) },
            Event::Retain { value } => Happening::Retain { of: BoxRef::of(value) },
            Event::Release { value } => {
                let of = value.map(BoxRef::of);
                Happening::Release { of: of.map(|of| BoxRef { references: of.references - 1, ..of }) }
            }
            Event::Arithmetic => Happening::Arithmetic,
            Event::LoopCounter { next } => Happening::LoopCounter { next },
            Event::Branch { taken } => Happening::Branch { taken },
            Event::Other { what } => Happening::Other { what },
        }
    }

    pub fn kind(&self) -> EventKind {
        match self {
            Happening::Dispatch { .. } => EventKind::Dispatch,
            Happening::TypeCheck { .. } => EventKind::TypeCheck,
            Happening::Dereference { .. } => EventKind::Dereference,
            Happening::BoundsCheck { .. } => EventKind::BoundsCheck,
            Happening::Load { .. } => EventKind::Load,
            Happening::Store { .. } => EventKind::Store,
            Happening::Allocate { .. } => EventKind::Allocate,
            Happening::Retain { .. } => EventKind::Retain,
            Happening::Release { .. } => EventKind::Release,
            Happening::Arithmetic => EventKind::Arithmetic,
            Happening::LoopCounter { .. } => EventKind::LoopCounter,
            Happening::Branch { .. } => EventKind::Branch,
            Happening::Other { .. } => EventKind::Other,
        }
    }

    pub fn overhead(&self) -> Overhead {
        self.kind().overhead()
    }

    /// The box that it is about, if any.
    pub fn about(&self) -> Option<&BoxRef> {
        match self {
            Happening::Dereference { of } | Happening::Retain { of } | Happening::Allocate { made: of } => Some(of),
            Happening::Release { of } => of.as_ref(),
            Happening::Dispatch { .. }
            | Happening::TypeCheck { .. }
            | Happening::BoundsCheck { .. }
            | Happening::Load { .. }
            | Happening::Store { .. }
            | Happening::Arithmetic
            | Happening::LoopCounter { .. }
            | Happening::Branch { .. }
            | Happening::Other { .. } => None,
        }
    }

    /// What happened.
    pub fn words(&self) -> String {
        match self {
            Happening::Dispatch { op } => format!("fetch, decode, jump to the handler of {op}"),
            Happening::TypeCheck { found } => format!("it is of type {found}"),
            Happening::Dereference { of } => format!("follow the pointer to the {of}"),
            Happening::BoundsCheck { index, len } => format!("{index} < {len}"),
            Happening::Load { bytes } => format!("load {bytes} bytes"),
            Happening::Store { bytes } => format!("store {bytes} bytes"),
            Happening::Allocate { made } => format!("allocate a {made}"),
            Happening::Retain { of } => format!("one reference more to the {of}: {}", of.references),
            Happening::Release { of: Some(of) } if of.references == 0 => {
                format!("one reference less to the {of}: 0, free it")
            }
            Happening::Release { of: Some(of) } => format!("one reference less to the {of}: {}", of.references),
            Happening::Release { of: None } => "nothing was there to release".into(),
            Happening::Arithmetic => "the operation that the program asked for".into(),
            Happening::LoopCounter { next } => format!("advance to {next}"),
            Happening::Branch { taken: true } => "jump".into(),
            Happening::Branch { taken: false } => "go on without a jump".into(),
            Happening::Other { what } => (*what).into(),
        }
    }

    /// Whether it gives a box's memory back.
    pub fn frees(&self) -> bool {
        matches!(self, Happening::Release { of: Some(of) } if of.references == 0)
    }
}

impl BoxRef {
    fn of(value: &Value) -> BoxRef {
        BoxRef { class: value.type_name(), address: Address(value.address()), references: value.reference_count() }
    }
}

/// `float box at 0x7f2c40`
impl fmt::Display for BoxRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} box at {}", self.class, self.address)
    }
}

/// The name of the overhead, and what happened.
impl fmt::Display for Happening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.overhead(), self.words())
    }
}
