//! Which loop to look at, and what the counting run knows of it.

use serde::Serialize;

use crate::bytecode::{self, Verified};
use crate::source::Span;
use crate::trace::{EventKind, Listing, LoopId, Totals};

/// The loop, with exact counts of the run.
#[derive(Clone, Debug, Serialize)]
pub struct Picked {
    #[serde(skip)]
    pub id: LoopId,
    #[serde(skip)]
    pub span: Span,
    /// `<module>`, or the function's name.
    pub function: String,
    pub text: String,
    pub line: u32,
    /// First and last line of its head and its body.
    #[serde(skip)]
    pub lines: (u32, u32),
    pub entries: u64,
    pub iterations: u64,
    /// Instructions and events that an iteration takes on average, those of inner loops and of calls included.
    pub instructions_per_iteration: Option<f64>,
    pub events_per_iteration: Option<f64>,
    /// Words of its code that are executed by themselves.
    pub instructions: usize,
}

/// The loop whose own instructions paid for most. None if nothing runs in loops.
pub fn busiest(listing: &Listing, totals: &Totals) -> Option<LoopId> {
    let own = own_events(listing, totals);
    let ids = (0..listing.loops.len() as u32).map(LoopId);
    ids.filter(|id| own[id.0 as usize] > 0).max_by_key(|id| (own[id.0 as usize], std::cmp::Reverse(*id)))
}

/// A loop with what a counting run found.
pub fn describe(program: &Verified, listing: &Listing, totals: &Totals, id: LoopId) -> Picked {
    let found = listing.script_loop(id);
    let counts = &totals.loops[id.0 as usize];
    let spans = bytecode::listings(program).into_iter().flat_map(|listed| {
        let spans: Vec<Span> = listed.chunk.loops.iter().map(|found| found.span).collect();
        spans
    });
    let per = |count: u64| (counts.iterations > 0).then(|| count as f64 / counts.iterations as f64);
    let code = &listing.chunk(found.chunk).code;
    Picked {
        id,
        span: spans.into_iter().nth(id.0 as usize).unwrap_or_default(),
        function: listing.chunk(found.chunk).name.clone(),
        text: found.text.clone(),
        line: found.line,
        lines: listing.extent(id),
        entries: counts.entries,
        iterations: counts.iterations,
        instructions_per_iteration: per(counts.in_iterations[EventKind::Dispatch]),
        events_per_iteration: per(counts.in_iterations.total()),
        instructions: code[found.start as usize..found.end as usize].iter().filter(|i| i.declared.is_some()).count(),
    }
}

/// Events that the instructions of each loop paid for, without inner loops and calls.
fn own_events(listing: &Listing, totals: &Totals) -> Vec<u64> {
    let mut own = vec![0; listing.loops.len()];
    for (chunk, sites) in listing.chunks.iter().zip(&totals.sites) {
        for (instruction, site) in chunk.code.iter().zip(sites) {
            if let Some(id) = instruction.innermost {
                own[id.0 as usize] += site.tally.total();
            }
        }
    }
    own
}
