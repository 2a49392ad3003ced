//! Exact counts of events, one number for each kind.

use std::ops::{AddAssign, Index, Sub};

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::bytecode::overhead::Overhead;
use crate::interp::probe::Event;

macro_rules! event_kinds {
    ($($name:ident $overhead:ident $text:literal,)*) => {
        /// A kind of event: one of the overheads, memory accesses told apart.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum EventKind { $(#[doc = $text] $name,)* }

        impl EventKind {
            pub const ALL: [EventKind; [$($text),*].len()] = [$(EventKind::$name),*];

            /// What one is called, in the plural.
            pub const fn name(self) -> &'static str {
                match self { $(EventKind::$name => $text,)* }
            }

            pub const fn overhead(self) -> Overhead {
                match self { $(EventKind::$name => Overhead::$overhead,)* }
            }
        }
    };
}

event_kinds! {
    Dispatch    Dispatch     "dispatches",
    BoundsCheck BoundsCheck  "bounds checks",
    Dereference Dereference  "dereferences",
    TypeCheck   TypeCheck    "type checks",
    Load        MemoryAccess "loads",
    Store       MemoryAccess "stores",
    Allocate    MemoryAccess "boxes allocated",
    Retain      MemoryAccess "references taken",
    Release     MemoryAccess "references released",
    Arithmetic  Arithmetic   "arithmetic",
    LoopCounter LoopCounter  "loop counters",
    Branch      Branch       "branches",
    Other       Other        "other",
}

impl EventKind {
    pub fn of(event: &Event<'_>) -> EventKind {
        match event {
            Event::Dispatch { .. } => EventKind::Dispatch,
            Event::TypeCheck { .. } => EventKind::TypeCheck,
            Event::Dereference { .. } => EventKind::Dereference,
            Event::BoundsCheck { .. } => EventKind::BoundsCheck,
            Event::Load { .. } => EventKind::Load,
            Event::Store { .. } => EventKind::Store,
            Event::Allocate { .. } => EventKind::Allocate,
            Event::Retain { .. } => EventKind::Retain,
            Event::Release { .. } => EventKind::Release,
            Event::Arithmetic => EventKind::Arithmetic,
            Event::LoopCounter { .. } => EventKind::LoopCounter,
            Event::Branch { .. } => EventKind::Branch,
            Event::Other { .. } => EventKind::Other,
        }
    }
}

/// How many events of each kind there were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally([u64; EventKind::ALL.len()]);

impl Tally {
    #[inline]
    pub fn count(&mut self, kind: EventKind) {
        self.0[kind as usize] += 1;
    }

    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    pub fn of_overhead(&self, overhead: Overhead) -> u64 {
        self.iter().filter(|(kind, _)| kind.overhead() == overhead).map(|(_, count)| count).sum()
    }

    /// Every kind with its count, also where that is zero.
    pub fn iter(&self) -> impl Iterator<Item = (EventKind, u64)> {
        EventKind::ALL.into_iter().zip(self.0)
    }

    pub fn is_zero(&self) -> bool {
        self.0.iter().all(|count| *count == 0)
    }

    /// The share of events that are arithmetic the program asked for, 0 to 1; none of nothing.
    pub fn useful_share(&self) -> Option<f64> {
        let total = self.total();
        (total > 0).then(|| self[EventKind::Arithmetic] as f64 / total as f64)
    }
}

impl Sub for Tally {
    type Output = Tally;
    /// What is left of a whole without a part of it.
    fn sub(mut self, part: Tally) -> Tally {
        for (count, less) in self.0.iter_mut().zip(part.0) {
            *count -= less;
        }
        self
    }
}

impl Index<EventKind> for Tally {
    type Output = u64;
    fn index(&self, kind: EventKind) -> &u64 {
        &self.0[kind as usize]
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Tally) {
        for (count, more) in self.0.iter_mut().zip(other.0) {
            *count += more;
        }
    }
}

/// A map from kinds' names, spaces as `_`, to their counts.
impl Serialize for Tally {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(EventKind::ALL.len()))?;
        for (kind, count) in self.iter() {
            map.serialize_entry(&kind.name().replace(' ', "_"), &count)?;
        }
        map.end()
    }
}
