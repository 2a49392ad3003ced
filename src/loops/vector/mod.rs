//! Innermost loops that are maps, sums and extremes, as array expressions: all iterations of one at once, but for the
//! last two.
//!
//! The loop is the version without checks of `once`, so that all that is left are loads, arithmetic and stores
//! of elements whose places move by the same step from one iteration to the next. A check that is left (a divisor that
//! may be zero, an integer beyond 64 bits) is made for all iterations beforehand; what is done on some ways only is
//! computed for all iterations and chosen from (*if-conversion*: Allen et al., 1983). Two iterations are left to the loop
//! itself: they give the variables the values that they have in the end.

mod emit;
mod paths;
mod scan;
mod used;

use std::collections::{HashMap, HashSet};

use emit::Emission;
use scan::Scan;

use super::ir::{Binary, BlockId, Counter, Induction, Inst, Leaving, Literal, LoopCode, Relation, Slot, Unary, Word};
use super::why::Why;
use crate::source::Span;

/// What the call of a kernel costs, in operations of a loop in typed code: some 300 ns to 0.1 ns.
const CALL_COST: i64 = 3000;

/// An addition that has to wait for the one before, in the same measure.
const CHAINED_COST: i64 = 6;

/// An element that does not lie beside the one before, and has to be copied first.
const STRIDED_COST: i64 = 7;

/// Sizes of integers below which a sum of two has 64 bits, and a result that was computed as a float as well.
pub const SAFE: f64 = (1u64 << 62) as f64;

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

impl Node {
    /// What it is computed from.
    pub fn operands(self) -> impl Iterator<Item = NodeId> {
        let operands = match self {
            Node::Element(_) | Node::Scalar(_) | Node::Literal(_) | Node::Ramp(_) | Node::Carried(_) => [None; 3],
            Node::Unary(_, a) => [Some(a), None, None],
            Node::Binary(_, a, b) | Node::Compare(_, a, b) => [Some(a), Some(b), None],
            Node::Select(c, a, b) => [Some(c), Some(a), Some(b)],
        };
        operands.into_iter().flatten()
    }
}

/// For each node, whether it is one of these or computed from one.
pub fn reach(nodes: &[Node], is_one: impl Fn(&Node) -> bool) -> Vec<bool> {
    let mut reached: Vec<bool> = Vec::with_capacity(nodes.len());
    // Each stands behind what it is computed from.
    for node in nodes {
        reached.push(is_one(node) || node.operands().any(|operand| reached[operand.0]));
    }
    reached
}

/// An element that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    pub word: Word,
    /// How many stores come before it in an iteration.
    pub after: usize,
}

/// What becomes of a variable that each iteration changes.
#[derive(Clone, Debug, PartialEq)]
pub enum Fold {
    /// It grows by all of these.
    Sum { terms: Vec<(Sign, NodeId)> },
    /// It becomes what is larger than it, or smaller; no NaN ever does.
    Extreme { most: Most, of: NodeId },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    Plus,
    Minus,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Most {
    Largest,
    Smallest,
}

/// A loop as array expressions. What they are of is handed over in words: the head; three for each load and each store;
/// two for each ramp, its first number and the step; one for each scalar. Each fold leaves one: what the variable grows
/// by, or the extreme.
#[derive(Clone, Debug)]
pub struct VectorLoop {
    pub place: Span,
    /// From how many iterations on, whatever it costs.
    pub from: Option<u32>,
    pub nodes: Vec<Node>,
    pub loads: Vec<Load>,
    pub ramps: usize,
    pub scalars: Vec<Word>,
    /// What has to hold in all iterations.
    pub guards: Vec<NodeId>,
    pub folds: Vec<Fold>,
    /// Sums of the sizes of these, as floats, have to stay below 2⁶²: they bound sums of integers.
    pub magnitudes: Vec<NodeId>,
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

    pub fn fold_at(&self, fold: usize) -> usize {
        self.scalar_at(self.scalars.len()) + fold
    }

    /// How many words there are.
    pub fn words(&self) -> usize {
        self.fold_at(self.folds.len())
    }

    /// From how many iterations on the expressions are faster than the loop, where so many operands are strided;
    /// `None`: never. By what kernels and typed code cost where they were measured, so that a script's results do not
    /// depend on the day.
    pub fn least(&self, strided: usize) -> Option<i64> {
        if let Some(from) = self.from {
            return Some(from.into());
        }
        let kernels = self.folds.len() + self.magnitudes.len() + self.stores.len() + !self.guards.is_empty() as usize;
        let computed = self.nodes.iter().filter(|node| node.operands().next().is_some()).count();
        let each = (computed + self.loads.len() + self.stores.len()) as i64;
        let chained = self.folds.iter().map(|fold| match fold {
            Fold::Sum { terms } => terms.len() as i64,
            Fold::Extreme { .. } => 1,
        });
        let gain = each.max(CHAINED_COST * chained.max().unwrap_or(0)) - STRIDED_COST * strided as i64;
        (gain > 0).then(|| CALL_COST * kernels as i64 / gain)
    }
}

/// A loop over a range without checks.
pub struct Fast<'a> {
    pub header: BlockId,
    pub body: &'a [BlockId],
    /// From how many iterations on it is to be array expressions; `None`: where that pays.
    pub from: Option<u32>,
    pub step: Induction,
    /// What counts along with it.
    pub counters: Vec<Counter>,
    /// Slots that hold the item where an iteration begins.
    pub items: &'a [Slot],
    /// Slots with the address of an array's elements, and with that of the description it was read from.
    pub described: HashMap<Slot, Slot>,
    /// Slots that hold what another one holds, in all iterations.
    pub same: HashMap<Slot, Slot>,
    /// Slots that an iteration reads before it writes them.
    pub wanted: HashSet<Slot>,
    /// Slots whose value before an iteration may be read behind it.
    pub outliving: HashSet<Slot>,
    /// Where the instructions are in the source.
    pub spans: &'a [Span],
}

/// Puts array expressions in front of a loop without checks: the block that chooses them where they are worth it, and
/// goes on at `next` in any case.
///
/// # Errors
/// What makes the loop more than maps, sums and extremes.
pub fn vectorize(code: &mut LoopCode, fast: &Fast<'_>, next: BlockId) -> Result<BlockId, Why> {
    let found = Scan::whole(code, fast)?;
    Ok(Emission::new(code, fast, &found).emit(next))
}

/// Where a loop is in the source: its body.
pub(super) fn place(code: &LoopCode, body: &[BlockId], spans: &[Span]) -> Span {
    let insts = body.iter().flat_map(|block| &code.blocks[block.0 as usize].insts);
    let exits = insts.filter_map(Inst::exit).map(|exit| &code.exits[exit.0 as usize]);
    let mut polls = exits.filter(|exit| matches!(exit.leaving, Leaving::Poll(_)));
    polls.next_back().and_then(|exit| spans.get(exit.pc.0 as usize)).copied().unwrap_or_default()
}
