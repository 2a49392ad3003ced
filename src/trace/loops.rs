//! Follows a run through its calls and loops: which are active, which iteration each is in, what it has cost so far.

use std::collections::HashMap;
use std::sync::Arc;

use super::code::{ChunkId, Instruction, Listing, LoopId};
use super::step::{InLoop, Position};
use super::tally::Tally;
use super::totals::LoopTotals;

/// The calls and loops that are active.
pub struct Activity {
    listing: Arc<Listing>,
    /// By function and instruction.
    sites: Vec<Vec<Site>>,
    /// For each call under way, outermost first.
    calls: Vec<Call>,
    /// The loops of all calls, outermost first.
    running: Vec<Running>,
    /// How often each loop is among those running: more than once where a function calls itself from a loop.
    nesting: Vec<u32>,
    pub loops: Vec<LoopTotals>,
    /// What the tests that ended a loop cost, by instruction.
    pub endings: HashMap<(ChunkId, u32), Tally>,
}

/// What matters of an instruction.
#[derive(Clone, Copy)]
struct Site {
    innermost: Option<LoopId>,
    /// Whether a loop's body or an iteration begins here.
    begins: bool,
}

struct Call {
    chunk: ChunkId,
    /// The instruction that ran last.
    last: Option<u32>,
    /// How many loops ran when the call began.
    outside: usize,
}

struct Running {
    id: LoopId,
    /// The call's depth.
    depth: u32,
    /// Iterations that have begun, their test passed.
    iterations: u64,
    /// Whether the test of the current iteration was passed.
    passed: bool,
    /// Whether it was passed here, and not before a generator handed out an item.
    counts: bool,
    /// What the current iteration has cost, and all since the loop was entered.
    current: Tally,
    total: Tally,
    /// Steps of the test that may turn out to be the last one.
    test: Vec<(ChunkId, u32, Tally)>,
}

impl Running {
    /// The test has led into the body.
    fn pass(&mut self) {
        (self.passed, self.counts) = (true, true);
        self.iterations += 1;
        self.test.clear();
    }
}

/// How a step stands to those before it.
pub struct Arrival {
    /// The call is another than that of the step before.
    pub changes_call: bool,
    /// The instruction of this call that ran before.
    pub last: Option<u32>,
    pub innermost: Option<InLoop>,
}

impl Activity {
    pub fn new(listing: Arc<Listing>) -> Activity {
        let count = listing.loops.len();
        let chunks = (0..).map(ChunkId).zip(&listing.chunks);
        let sites = chunks.map(|(id, chunk)| {
            let begins = |pc: u32| {
                listing.loops.iter().any(|found| found.chunk == id && (found.head == pc || found.start == pc))
            };
            let site = |(pc, code): (u32, &Instruction)| Site { innermost: code.innermost, begins: begins(pc) };
            (0..).zip(&chunk.code).map(site).collect()
        });
        Activity {
            sites: sites.collect(),
            listing,
            calls: Vec::new(),
            running: Vec::new(),
            nesting: vec![0; count],
            loops: vec![LoopTotals::default(); count],
            endings: HashMap::new(),
        }
    }

    /// Adds what a step cost to the innermost loop.
    pub fn add(&mut self, at: &Position, tally: &Tally) {
        let Some(innermost) = self.running.last_mut() else { return };
        innermost.current += *tally;
        innermost.total += *tally;
        if !innermost.passed && innermost.depth == at.depth {
            innermost.test.push((at.chunk, at.pc, *tally));
        }
    }

    /// What the innermost loop's iteration has cost, and what the loop has since it was entered.
    pub fn costs(&self) -> (Tally, Tally) {
        self.running.last().map_or((Tally::default(), Tally::default()), |found| (found.current, found.total))
    }

    /// An instruction is about to run, as one of `depth` calls; `fresh` if the call began to run just now.
    pub fn arrive(&mut self, chunk: ChunkId, pc: u32, depth: usize, fresh: bool) -> Arrival {
        let before = self.calls.len();
        self.leave_calls(if fresh { depth - 1 } else { depth });
        let mut changes_call = self.calls.len() != before;
        while self.calls.len() < depth {
            changes_call = true;
            self.calls.push(Call { chunk, last: None, outside: self.running.len() });
        }
        let call = &mut self.calls[depth - 1];
        call.chunk = chunk;
        let last = call.last.replace(pc);
        let begins = self.arrive_in_loops(chunk, pc, depth, fresh && pc != 0);
        let innermost = self.running.last().map(|running| InLoop {
            id: running.id,
            iteration: running.iterations + !running.passed as u64,
            begins,
            depth: running.depth,
        });
        Arrival { changes_call, last, innermost }
    }

    /// The run is over.
    pub fn finish(&mut self) {
        self.leave_calls(0);
    }

    fn leave_calls(&mut self, depth: usize) {
        while self.calls.len() > depth {
            let outside = self.calls.pop().map_or(0, |call| call.outside);
            while self.running.len() > outside {
                self.leave_loop();
            }
        }
    }

    /// Leaves and enters loops, unless a generator `goes_on` there. Whether the instruction begins an iteration of the
    /// innermost loop.
    fn arrive_in_loops(&mut self, chunk: ChunkId, pc: u32, depth: usize, goes_on: bool) -> bool {
        let outside = self.calls[depth - 1].outside;
        let Site { innermost, begins } = self.sites[chunk.0 as usize][pc as usize];
        if !begins && self.running[outside..].last().map(|running| running.id) == innermost {
            return false;
        }
        let mut around: Vec<LoopId> =
            std::iter::successors(innermost, |id| self.listing.script_loop(*id).outer).collect();
        around.reverse();
        let same = self.running[outside..].iter().zip(&around).take_while(|(running, id)| running.id == **id).count();
        while self.running.len() > outside + same {
            self.leave_loop();
        }
        for id in &around[same..] {
            self.enter_loop(*id, depth, goes_on);
        }
        // Loops without a test can begin at one instruction: then the innermost that ran before goes on.
        let mut begins = false;
        for at in (0..around.len()).rev() {
            if self.listing.script_loop(around[at]).head != pc {
                break;
            }
            begins |= at + 1 == around.len();
            self.begin_iteration(outside + at);
            if at < same {
                break;
            }
        }
        for running in &mut self.running[outside..] {
            let found = self.listing.script_loop(running.id);
            if !running.passed && found.start == pc && !found.has_no_body() {
                running.pass();
            }
        }
        begins
    }

    /// Where a generator goes on, that is neither an entry nor an iteration of its own.
    fn enter_loop(&mut self, id: LoopId, depth: usize, goes_on: bool) {
        self.loops[id.0 as usize].entries += !goes_on as u64;
        self.nesting[id.0 as usize] += 1;
        self.running.push(Running {
            id,
            depth: depth as u32,
            iterations: 0,
            passed: goes_on,
            counts: false,
            current: Tally::default(),
            total: Tally::default(),
            test: Vec::new(),
        });
    }

    fn begin_iteration(&mut self, at: usize) {
        let running = &mut self.running[at];
        // Without a body, what comes back to the test has passed it.
        if self.listing.script_loop(running.id).has_no_body() && !running.current.is_zero() {
            running.pass();
        }
        self.end_iteration(at);
        (self.running[at].passed, self.running[at].counts) = (false, false);
    }

    /// What the iteration cost goes to the loop's totals, unless a call further out counts it.
    fn end_iteration(&mut self, at: usize) {
        let running = &mut self.running[at];
        let current = std::mem::take(&mut running.current);
        for (chunk, pc, tally) in running.test.drain(..) {
            *self.endings.entry((chunk, pc)).or_default() += tally;
        }
        let totals = &mut self.loops[running.id.0 as usize];
        // A run that was stopped may have come to an iteration without a step in it.
        totals.iterations += (running.counts && !current.is_zero()) as u64;
        if self.nesting[running.id.0 as usize] > 1 {
            return;
        }
        if running.passed {
            totals.add_iteration(&current);
        } else {
            totals.outside += current;
        }
    }

    fn leave_loop(&mut self) {
        self.end_iteration(self.running.len() - 1);
        let Some(left) = self.running.pop() else { return };
        self.nesting[left.id.0 as usize] -= 1;
        if let Some(around) = self.running.last_mut() {
            around.current += left.total;
            around.total += left.total;
        }
    }
}
