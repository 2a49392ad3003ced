//! The columns in which a trace counts events.

use crate::trace::{EventKind, Tally};

/// A column: its heading in one line, in two, and what it counts, all of one overhead.
pub struct Column {
    pub short: &'static str,
    pub heading: &'static str,
    pub kinds: &'static [EventKind],
}

const fn column(short: &'static str, heading: &'static str, kinds: &'static [EventKind]) -> Column {
    Column { short, heading, kinds }
}

impl Column {
    pub fn count(&self, tally: &Tally) -> u64 {
        self.kinds.iter().map(|kind| tally[*kind]).sum()
    }
}

/// Memory accesses told apart.
pub const KINDS: &[Column] = &[
    column("disp.", "dis-\npatch", &[EventKind::Dispatch]),
    column("bounds", "bounds\ncheck", &[EventKind::BoundsCheck]),
    column("deref", "deref-\nerence", &[EventKind::Dereference]),
    column("type", "type\ncheck", &[EventKind::TypeCheck]),
    column("load", "load", &[EventKind::Load]),
    column("store", "store", &[EventKind::Store]),
    column("alloc", "box\nmade", &[EventKind::Allocate]),
    column("ref±1", "ref.\n± 1", &[EventKind::Retain, EventKind::Release]),
    column("arith", "arith-\nmetic", &[EventKind::Arithmetic]),
    column("count", "loop\ncount", &[EventKind::LoopCounter]),
    column("branch", "branch", &[EventKind::Branch]),
    column("other", "other", &[EventKind::Other]),
];

/// One for each overhead, in their order, where there is little room.
pub const OVERHEADS: &[Column] = &[
    column("di", "dispatch", &[EventKind::Dispatch]),
    column("bo", "bounds check", &[EventKind::BoundsCheck]),
    column("de", "dereference", &[EventKind::Dereference]),
    column("ty", "type check", &[EventKind::TypeCheck]),
    column(
        "me",
        "memory access",
        &[EventKind::Load, EventKind::Store, EventKind::Allocate, EventKind::Retain, EventKind::Release],
    ),
    column("ar", "arithmetic", &[EventKind::Arithmetic]),
    column("lo", "loop counter", &[EventKind::LoopCounter]),
    column("br", "branch", &[EventKind::Branch]),
    column("ot", "other", &[EventKind::Other]),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytecode::overhead::Overhead;

    #[test]
    fn every_kind_is_counted_once() {
        for columns in [KINDS, OVERHEADS] {
            let counted: Vec<EventKind> = columns.iter().flat_map(|column| column.kinds).copied().collect();
            assert_eq!(counted.len(), EventKind::ALL.len());
            assert!(EventKind::ALL.iter().all(|kind| counted.contains(kind)));
        }
        for (column, overhead) in OVERHEADS.iter().zip(Overhead::ALL) {
            assert_eq!(column.heading, overhead.name());
            assert!(column.kinds.iter().all(|kind| kind.overhead() == overhead));
        }
    }
}
