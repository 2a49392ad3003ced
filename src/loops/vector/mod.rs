//! Innermost loops that are maps and sums, as array expressions: all iterations of one at once, but for the last two.
//!
//! The loop is the version without checks of `once`, so that all that is left are loads, arithmetic and stores
//! of elements whose places move by the same step from one iteration to the next. A check that is left (a divisor that
//! may be zero) is made for all iterations beforehand. Two iterations are left to the loop itself: they give the
//! variables the values that they have in the end.

mod emit;
mod scan;

use std::collections::{HashMap, HashSet};

use emit::Emission;
use scan::Scan;

use super::ir::{Binary, BlockId, Induction, Inst, Leaving, Literal, LoopCode, Relation, Slot, Unary, Word};
use super::why::Why;
use crate::source::Span;

/// Iterations that are worth an array expression.
pub const MIN_COUNT: i64 = 64;

/// Words that are handed over in front of those of the operands: who computes, and how many iterations.
pub const HEAD: usize = 2;

/// Words of an element's place: the address of the first one, bytes to the next one, and the address of its array.
pub const ACCESS: usize = 3;

/// A value that an iteration computes, by its place in [`VectorLoop::nodes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub usize);

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Node {
    /// An element in memory, by its place in [`VectorLoop::loads`].
    Element(usize),
    /// What is the same in each iteration, by its place in [`VectorLoop::scalars`].
    Scalar(usize),
    Literal(Literal),
    /// An integer that moves in equal steps, by its place among [`VectorLoop::ramps`].
    Ramp(usize),
    Unary(Unary, NodeId),
    Binary(Binary, NodeId, NodeId),
    Compare(Relation, NodeId, NodeId),
    Select(NodeId, NodeId, NodeId),
    /// What a variable has at the beginning of the iteration, which the one before has computed.
    Carried(Slot),
}

/// An element that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    pub word: Word,
    /// How many stores come before it in an iteration.
    pub after: usize,
}

/// `variable = variable + term`, or minus it, in each iteration.
#[derive(Clone, Debug, PartialEq)]
pub struct Sum {
    pub terms: Vec<(Sign, NodeId)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    Plus,
    Minus,
}

/// A loop as array expressions. What they are of is handed over in words: the head; three for each load and each store;
/// two for each ramp, its first number and the step; one for each scalar. Each sum leaves one, what the variable grows by.
#[derive(Clone, Debug)]
pub struct VectorLoop {
    pub place: Span,
    pub nodes: Vec<Node>,
    pub loads: Vec<Load>,
    pub ramps: usize,
    pub scalars: Vec<Word>,
    /// What has to hold in all iterations.
    pub guards: Vec<NodeId>,
    pub sums: Vec<Sum>,
    /// Elements that are written, in order.
    pub stores: Vec<(Word, NodeId)>,
}

impl VectorLoop {
    pub fn load_at(&self, load: usize) -> usize {
        HEAD + ACCESS * load
    }

    pub fn store_at(&self, store: usize) -> usize {
        self.load_at(self.loads.len()) + ACCESS * store
    }

    pub fn ramp_at(&self, ramp: usize) -> usize {
        self.store_at(self.stores.len()) + 2 * ramp
    }

    pub fn scalar_at(&self, scalar: usize) -> usize {
        self.ramp_at(self.ramps) + scalar
    }

    pub fn sum_at(&self, sum: usize) -> usize {
        self.scalar_at(self.scalars.len()) + sum
    }

    /// How many words there are.
    pub fn words(&self) -> usize {
        self.sum_at(self.sums.len())
    }
}

/// A loop over a range without checks.
pub struct Fast<'a> {
    pub header: BlockId,
    pub body: &'a [BlockId],
    pub step: Induction,
    /// Slots that hold the item where an iteration begins.
    pub items: &'a [Slot],
    /// Slots with the address of an array's elements, and with that of the description it was read from.
    pub described: HashMap<Slot, Slot>,
    /// Slots that an iteration reads before it writes them.
    pub wanted: HashSet<Slot>,
    /// Where the instructions are in the source.
    pub spans: &'a [Span],
}

/// Puts array expressions in front of a loop without checks: the block that chooses them where they are worth it, and
/// goes on at `next` in any case.
///
/// # Errors
/// What makes the loop more than maps and sums.
pub fn vectorize(code: &mut LoopCode, fast: &Fast<'_>, next: BlockId) -> Result<BlockId, Why> {
    let found = Scan::new(code, fast).run()?;
    Ok(Emission::new(code, fast, &found).emit(next))
}

/// Where a loop is in the source: its body.
pub(super) fn place(code: &LoopCode, body: &[BlockId], spans: &[Span]) -> Span {
    let insts = body.iter().flat_map(|block| &code.blocks[block.0 as usize].insts);
    let exits = insts.filter_map(Inst::exit).map(|exit| &code.exits[exit.0 as usize]);
    let mut polls = exits.filter(|exit| matches!(exit.leaving, Leaving::Poll(_)));
    polls.next_back().and_then(|exit| spans.get(exit.pc.0 as usize)).copied().unwrap_or_default()
}
