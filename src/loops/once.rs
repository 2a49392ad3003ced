//! Checks that hold for all iterations are made once, before a loop begins: *loop versioning*. An innermost loop over a
//! range is there twice then, with them and without; what decides is whether they would hold from the first item to the
//! last one.
//!
//! In the version without, an index is between 0 and the length, so that it need not be wrapped either, and what memory
//! says that does not change is read once.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::assemble::{Assemble, Sequence};
use super::build::descriptor;
use super::dial::Unroll;
use super::expr::{Expr, Exprs, ITEM, MAX_OFFSET, Node, SMALL};
use super::ir::{
    Binary, Block, BlockId, Checked, Counter, End, Induction, Inst, Literal, LoopCode, Relation, Slot, Unary, Word,
    targets,
};
use super::nest::{innermost, outliving, redirect, rotated, wanted};
use super::unroll::unroll;
use super::vector::{self, Fast};
use super::why::{Reason, Why};
use crate::source::Span;

/// Blocks of a loop that is there twice.
const MAX_BLOCKS: usize = 60;

/// What slots hold.
type Facts = BTreeMap<Slot, Expr>;

/// What becomes of a loop without checks.
pub struct Passes<'a> {
    pub unroll: Unroll,
    /// Whether it may become array expressions, and from how many iterations on: `Some(None)` where it pays.
    pub vector: Option<Option<u32>>,
    /// Where the instructions are in the source.
    pub spans: &'a [Span],
}

/// Makes checks of innermost loops once, where that can be said.
pub fn versions(code: &mut LoopCode, passes: &Passes<'_>) {
    for (header, body) in innermost(code) {
        let (header, body) = rotated(code, header, body);
        let found = if body.len() <= MAX_BLOCKS { Analysis::of(code, header, &body, passes) } else { None };
        match found {
            Some(found) => found.apply(code, passes),
            None if passes.vector.is_some() => {
                let place = vector::place(code, &body, passes.spans);
                code.not_vector.push(Why::new(Reason::NotOnce, "", place));
            }
            None => {}
        }
    }
}

/// What is known of one loop.
struct Analysis {
    header: BlockId,
    body: Vec<BlockId>,
    nodes: Exprs,
    step: Induction,
    /// What counts along with the item.
    counters: Vec<Counter>,
    /// Slots that hold the item where an iteration begins.
    items: Vec<Slot>,
    /// Checks that need not be made, if these hold: `item + offset` is below a length.
    bounds: Vec<(i64, Expr)>,
    /// And these, which are the same in each iteration.
    conditions: Vec<Expr>,
    /// What each block becomes.
    blocks: HashMap<BlockId, Vec<Inst>>,
    /// Values that are computed before the loop, and the slots that get them.
    hoisted: Vec<(Slot, Expr)>,
    /// Slots that an iteration reads before it writes them.
    wanted: HashSet<Slot>,
}

impl Analysis {
    /// Of array expressions also where no check is left to make once.
    fn of(code: &LoopCode, header: BlockId, body: &[BlockId], passes: &Passes<'_>) -> Option<Analysis> {
        let inside: HashSet<BlockId> = body.iter().copied().collect();
        let mut steps = code.inductions.iter().filter(|induction| inside.contains(&induction.block));
        let (induction, None) = (steps.next()?, steps.next()) else { return None };
        let written: HashSet<Slot> = body
            .iter()
            .flat_map(|block| code.blocks[block.0 as usize].insts.iter().filter_map(Inst::written))
            .collect();
        let counters: Vec<Counter> =
            code.counters.iter().filter(|counter| inside.contains(&counter.block)).copied().collect();
        let wanted = wanted(code, header, body);
        let all = || body.iter().flat_map(|block| code.blocks[block.0 as usize].insts.iter().filter_map(Inst::written));
        let mut seen = HashSet::new();
        let again: HashSet<Slot> = all().filter(|slot| !seen.insert(*slot)).collect();
        let is_temporary =
            |slot: &&Slot| !again.contains(*slot) && !wanted.contains(*slot) && !code.names.contains_key(*slot);
        let once = written.iter().filter(is_temporary).copied().collect();
        let mut scan = Scan {
            once,
            hoists: passes.vector.is_none(),
            code,
            inside: &inside,
            written: &written,
            step: *induction,
            nodes: Exprs::new(),
            at_end: HashMap::new(),
            checks: None,
        };
        // What holds at a jump back holds whatever is known at the beginning; what is counted, only if it is equal there.
        let counted: Vec<Slot> =
            counters.iter().filter(|counter| counter.stop.is_none()).map(|counter| counter.next).collect();
        let behind = scan.nodes.item_and(1);
        let equal: Facts = counted.iter().map(|slot| (*slot, behind)).collect();
        let back = scan.run(header, body, equal.clone())?;
        if counted.iter().any(|slot| back.get(slot) != Some(&behind)) {
            return None;
        }
        let is_item = |(slot, expr): &(&Slot, &Expr)| **expr == ITEM && wanted.contains(*slot);
        let items: Vec<Slot> = back.iter().filter(is_item).map(|(slot, _)| *slot).collect();
        let begin = items.iter().map(|slot| (*slot, ITEM)).chain(equal).collect();
        scan.checks = Some(Removed::default());
        scan.run(header, body, begin)?;
        let Scan { nodes, checks, .. } = scan;
        let Removed { bounds, conditions, mut blocks, hoisted } = checks?;
        // What says where the loop ends is read once, if it does not change.
        let is_fixed = |slot: Slot| !written.contains(&slot) || hoisted.iter().any(|(known, _)| *known == slot);
        if !is_fixed(induction.stop) || !counters.iter().filter_map(|counter| counter.stop).all(is_fixed) {
            return None;
        }
        if bounds.is_empty() && conditions.is_empty() && passes.vector.is_none() {
            return None;
        }
        remove_unread(code, body, &mut blocks, &wanted);
        Some(Analysis {
            header,
            body: body.to_vec(),
            nodes,
            step: *induction,
            counters,
            items,
            bounds,
            conditions,
            blocks,
            hoisted,
            wanted,
        })
    }

    /// Puts the second version into the code, and the choice in front of both.
    fn apply(self, code: &mut LoopCode, passes: &Passes<'_>) {
        let first = code.blocks.len() as u32;
        let body = self.straightened(code);
        let copies: HashMap<BlockId, BlockId> =
            body.iter().zip(first..).map(|(block, copy)| (block.at, BlockId(copy))).collect();
        let moved = |block: BlockId| copies.get(&block).copied().unwrap_or(block);
        for Straight { at, insts, end } in &body {
            let name = format!("{}.once", code.blocks[at.0 as usize].name);
            let end = match *end {
                End::Jump(to) => End::Jump(moved(to)),
                End::Branch { condition, then, otherwise } => {
                    End::Branch { condition, then: moved(then), otherwise: moved(otherwise) }
                }
                End::Exit(exit) => End::Exit(exit),
            };
            code.blocks.push(Block { name, insts: insts.clone(), end });
        }
        let copy: Vec<BlockId> = body.iter().map(|block| moved(block.at)).collect();
        let step = Induction { block: moved(self.step.block), ..self.step };
        let unrolled = match passes.unroll {
            Unroll::On => unroll(code, moved(self.header), &copy, step),
            Unroll::Off => None,
        };
        let mut fast = unrolled.unwrap_or(moved(self.header));
        if let Some(from) = passes.vector {
            let loop_without_checks = Fast {
                header: moved(self.header),
                body: &copy,
                from,
                step,
                counters: self.counters.clone(),
                items: &self.items,
                described: self.described(),
                same: self.same(),
                wanted: self.wanted.clone(),
                outliving: outliving(code, self.header, &self.body, first as usize),
                spans: passes.spans,
            };
            match vector::vectorize(code, &loop_without_checks, fast) {
                Ok(block) => fast = block,
                Err(why) => code.not_vector.push(why),
            }
        }
        let choice = BlockId(code.blocks.len() as u32);
        let inside: HashSet<BlockId> = self.body.iter().copied().collect();
        for (at, block) in code.blocks.iter_mut().enumerate() {
            let at = BlockId(at as u32);
            if inside.contains(&at) || at.0 >= first {
                continue;
            }
            redirect(&mut block.end, self.header, choice);
        }
        let name = format!("{}.choice", code.blocks[self.header.0 as usize].name);
        let mut choice = Choice { out: Sequence::new(code), known: HashMap::new() };
        let condition = self.conditions(&mut choice);
        for (slot, expr) in &self.hoisted {
            let src = self.value(&mut choice, *expr);
            choice.out.emit(Inst::Copy { dst: *slot, src });
        }
        choice.out.block(name, End::Branch { condition, then: fast, otherwise: self.header });
    }

    /// The blocks of the version without checks: what the loop's other iterators would end with is known beforehand, and
    /// blocks in a row are one.
    fn straightened(&self, code: &LoopCode) -> Vec<Straight> {
        let is_other =
            |block: BlockId| self.counters.iter().any(|counter| counter.block == block && counter.stop.is_some());
        let mut blocks: Vec<Straight> = self
            .body
            .iter()
            .map(|block| {
                let end = match code.blocks[block.0 as usize].end {
                    End::Branch { then, .. } if is_other(then) => End::Jump(then),
                    end => end,
                };
                Straight { at: *block, insts: self.blocks[block].clone(), end }
            })
            .collect();
        let mut at = 0;
        while at < blocks.len() {
            let next = match blocks[at].end {
                End::Jump(to) if to != self.header && is_other(to) => {
                    let leads_there = |block: &&Straight| targets(block.end).any(|target| target == to);
                    blocks
                        .iter()
                        .position(|block| block.at == to)
                        .filter(|_| blocks.iter().filter(leads_there).count() == 1)
                }
                _ => None,
            };
            match next {
                Some(next) => {
                    let Straight { insts, end, .. } = blocks.remove(next);
                    at -= (next < at) as usize;
                    blocks[at].insts.extend(insts);
                    blocks[at].end = end;
                }
                None => at += 1,
            }
        }
        blocks
    }

    /// Slots that get the same value before the loop as another one.
    fn same(&self) -> HashMap<Slot, Slot> {
        let mut first: HashMap<Expr, Slot> = HashMap::new();
        self.hoisted.iter().map(|(slot, expr)| (*slot, *first.entry(*expr).or_insert(*slot))).collect()
    }

    /// Slots with the address of elements, and with that of the description that says so.
    fn described(&self) -> HashMap<Slot, Slot> {
        let slot_of = |expr: Expr| match *self.nodes.of(expr) {
            Node::Slot(slot) => Some(slot),
            _ => self.hoisted.iter().find(|(_, known)| *known == expr).map(|(slot, _)| *slot),
        };
        let described = |(slot, expr): &(Slot, Expr)| match *self.nodes.of(*expr) {
            Node::Load(Word::I64, description, descriptor::DATA) => Some((*slot, slot_of(description)?)),
            _ => None,
        };
        self.hoisted.iter().filter_map(described).collect()
    }

    /// Whether all checks hold in all iterations.
    fn conditions(&self, choice: &mut Choice<'_>) -> Slot {
        let mut all = Vec::new();
        let stop = self.fixed(choice, self.step.stop);
        let lowest = self.bounds.iter().map(|(offset, _)| -offset).max().unwrap_or(0).max(0);
        let lowest = choice.out.int(lowest);
        if let Some(first) = self.items.first() {
            all.push(choice.out.compare(Relation::Ge, *first, lowest));
            all.push(choice.out.compare(Relation::Lt, *first, stop));
            all.extend(self.items[1..].iter().map(|item| choice.out.compare(Relation::Eq, *item, *first)));
        }
        all.push(choice.out.compare(Relation::Ge, self.step.next, lowest));
        // The largest offset into a length says it for the smaller ones.
        let mut bounds: BTreeMap<Expr, i64> = BTreeMap::new();
        for (offset, len) in &self.bounds {
            bounds.entry(*len).and_modify(|most| *most = (*most).max(*offset)).or_insert(*offset);
        }
        for (len, offset) in bounds {
            let len = self.value(choice, len);
            let offset = choice.out.int(offset);
            let room = choice.out.binary(Binary::Sub, len, offset);
            all.push(choice.out.compare(Relation::Le, stop, room));
        }
        for counter in &self.counters {
            let left = choice.out.binary(Binary::Sub, stop, self.step.next);
            all.push(match counter.stop {
                // The loop does not end with this one first.
                Some(other) => {
                    let other = self.fixed(choice, other);
                    let others = choice.out.binary(Binary::Sub, other, counter.next);
                    choice.out.compare(Relation::Le, left, others)
                }
                None => choice.out.compare(Relation::Eq, counter.next, self.step.next),
            });
        }
        all.extend(self.conditions.iter().map(|condition| self.value(choice, *condition)));
        let mut all = all.into_iter();
        let first = all.next().expect("the first item is looked at in any case");
        all.fold(first, |all, condition| choice.out.binary(Binary::And, all, condition))
    }

    /// A slot that the loop does not change, as it is before the loop.
    fn fixed(&self, choice: &mut Choice<'_>, slot: Slot) -> Slot {
        match self.hoisted.iter().find(|(known, _)| *known == slot) {
            Some((_, expr)) => self.value(choice, *expr),
            None => slot,
        }
    }

    fn value(&self, choice: &mut Choice<'_>, expr: Expr) -> Slot {
        if let Some(slot) = choice.known.get(&expr) {
            return *slot;
        }
        let slot = match self.nodes.of(expr).clone() {
            Node::Item => unreachable!("the item is not the same in each iteration"),
            Node::Slot(slot) => slot,
            Node::Literal(literal) => choice.out.literal(literal),
            Node::Binary(op, a, b) => {
                let (a, b) = (self.value(choice, a), self.value(choice, b));
                choice.out.binary(op, a, b)
            }
            Node::Unary(op, a) => {
                let a = self.value(choice, a);
                choice.out.unary(op, a)
            }
            Node::Compare(op, a, b) => {
                let (a, b) = (self.value(choice, a), self.value(choice, b));
                choice.out.compare(op, a, b)
            }
            Node::Select(condition, a, b) => {
                let condition = self.value(choice, condition);
                let (a, b) = (self.value(choice, a), self.value(choice, b));
                choice.out.select(condition, a, b)
            }
            Node::Load(word, base, offset) => {
                let base = self.value(choice, base);
                choice.out.load(word, base, offset, true)
            }
        };
        choice.known.insert(expr, slot);
        slot
    }
}

/// A block of the version without checks.
struct Straight {
    at: BlockId,
    insts: Vec<Inst>,
    end: End,
}

/// The block in front of both versions.
struct Choice<'a> {
    out: Sequence<'a>,
    known: HashMap<Expr, Slot>,
}

/// What the version without checks is made of.
#[derive(Default)]
struct Removed {
    bounds: Vec<(i64, Expr)>,
    conditions: Vec<Expr>,
    blocks: HashMap<BlockId, Vec<Inst>>,
    hoisted: Vec<(Slot, Expr)>,
}

/// One way through a loop's blocks.
struct Scan<'a> {
    code: &'a LoopCode,
    inside: &'a HashSet<BlockId>,
    written: &'a HashSet<Slot>,
    /// Those of them that are no variables, written in one place, and not read before.
    once: HashSet<Slot>,
    /// Whether what is computed may leave the loop. Array expressions are made of what stands in it.
    hoists: bool,
    step: Induction,
    nodes: Exprs,
    at_end: HashMap<BlockId, Facts>,
    /// Where checks are collected, the second time.
    checks: Option<Removed>,
}

impl Scan<'_> {
    /// What all jumps back agree on; `None` if there is none.
    fn run(&mut self, header: BlockId, body: &[BlockId], begin: Facts) -> Option<Facts> {
        self.at_end.clear();
        for block in body {
            let facts = if *block == header { begin.clone() } else { self.meet(*block, body) };
            let facts = self.block(*block, facts);
            self.at_end.insert(*block, facts);
        }
        let back: Vec<&Facts> = body
            .iter()
            .filter(|block| targets(self.code.blocks[block.0 as usize].end).any(|to| to == header))
            .map(|block| &self.at_end[block])
            .collect();
        common(&back)
    }

    /// What all ways into a block agree on.
    fn meet(&self, block: BlockId, body: &[BlockId]) -> Facts {
        let sources: Vec<&Facts> = body
            .iter()
            .filter(|source| targets(self.code.blocks[source.0 as usize].end).any(|to| to == block))
            .filter_map(|source| self.at_end.get(source))
            .collect();
        debug_assert!(self.inside.contains(&block), "a block of the loop");
        common(&sources).unwrap_or_default()
    }

    fn value(&mut self, facts: &Facts, slot: Slot) -> Option<Expr> {
        match facts.get(&slot) {
            Some(known) => Some(*known),
            None if self.written.contains(&slot) => None,
            None => Some(self.nodes.node(Node::Slot(slot), self.code.word(slot))),
        }
    }

    fn block(&mut self, block: BlockId, mut facts: Facts) -> Facts {
        let code = self.code;
        let mut insts = Vec::new();
        for inst in &code.blocks[block.0 as usize].insts {
            let (becomes, fact) = self.inst(inst, &facts);
            if let Some(dst) = inst.written() {
                if dst == self.step.item {
                    self.pass_on(&mut facts);
                    facts.insert(dst, ITEM);
                } else {
                    match fact {
                        Some(expr) => facts.insert(dst, expr),
                        None => facts.remove(&dst),
                    };
                }
            }
            match self.hoistable(inst, becomes.as_ref(), fact) {
                Some(hoisted) => self.checks.as_mut().map_or((), |checks| checks.hoisted.push(hoisted)),
                None => insts.extend(becomes),
            }
        }
        if let Some(checks) = &mut self.checks {
            checks.blocks.insert(block, insts);
        }
        facts
    }

    /// The item is one more from here on.
    fn pass_on(&mut self, facts: &mut Facts) {
        let moved = |scan: &mut Self, expr: Expr| match scan.nodes.offset(expr) {
            Some(offset) => Some(scan.nodes.item_and(offset - 1)),
            None => scan.nodes.is_same_always(expr).then_some(expr),
        };
        *facts = facts.iter().filter_map(|(slot, expr)| Some((*slot, moved(self, *expr)?))).collect();
    }

    /// The slot and the value of an instruction that is the same in each iteration: it is computed before the loop.
    fn hoistable(&self, inst: &Inst, becomes: Option<&Inst>, fact: Option<Expr>) -> Option<(Slot, Expr)> {
        let (dst, value) = (inst.written()?, fact?);
        let computes =
            matches!(becomes?, Inst::Binary { .. } | Inst::Unary { .. } | Inst::Compare { .. } | Inst::Select { .. });
        (self.hoists && computes && self.nodes.is_same_always(value) && self.once.contains(&dst))
            .then_some((dst, value))
    }

    /// What an instruction becomes in the version without checks, and what the slot holds then that it writes.
    fn inst(&mut self, inst: &Inst, facts: &Facts) -> (Option<Inst>, Option<Expr>) {
        let same = Some(inst.clone());
        match *inst {
            Inst::Const { value, .. } => (same, Some(self.nodes.node(Node::Literal(value), value.word()))),
            Inst::Copy { src, .. } => (same, self.value(facts, src)),
            Inst::Binary { op, dst, a, b } => {
                let (Some(x), Some(y)) = (self.value(facts, a), self.value(facts, b)) else { return (same, None) };
                let is_float = matches!(self.code.word(a), Word::F32 | Word::F64);
                if is_float || matches!(op, Binary::Div | Binary::Rem | Binary::DivUnsigned) {
                    return (same, None);
                }
                // The sign of an index that is not negative.
                if op == Binary::Shr
                    && self.nodes.literal_of(y) == Some(63)
                    && let Some(offset) = self.nodes.offset(x)
                {
                    let most = self.nodes.int(i64::MAX - MAX_OFFSET);
                    self.bound(offset, most);
                    let value = Literal::I64(0);
                    return (
                        Some(Inst::Const { dst, value }),
                        Some(self.nodes.node(Node::Literal(value), value.word())),
                    );
                }
                (same, Some(self.nodes.binary(op, x, y)))
            }
            Inst::Checked { op, dst, a, b, .. } => {
                let (Some(x), Some(y)) = (self.value(facts, a), self.value(facts, b)) else { return (same, None) };
                let plain = match op {
                    Checked::Add => Binary::Add,
                    Checked::Sub => Binary::Sub,
                    Checked::Mul => Binary::Mul,
                };
                let near = self.nodes.offset(x).is_some()
                    && self.nodes.literal_of(y).is_some_and(|literal| literal.abs() <= MAX_OFFSET);
                if !near && !self.nodes.fits(plain, x, y) {
                    return (same, None);
                }
                let expr = self.nodes.binary(plain, x, y);
                match self.nodes.offset(expr) {
                    // The sum of the last item is inside of 64 bits.
                    Some(offset) => {
                        let most = self.nodes.int(i64::MAX - MAX_OFFSET);
                        self.bound(offset.max(0), most);
                    }
                    None if near => return (same, None),
                    None => [x, y].into_iter().for_each(|operand| self.take_as_small(operand)),
                }
                (Some(Inst::Binary { op: plain, dst, a, b }), Some(expr))
            }
            Inst::Unary { op: op @ (Unary::Not | Unary::Widen), a, .. } => {
                let value = self.value(facts, a).map(|a| self.nodes.node(Node::Unary(op, a), Word::I8));
                (same, value)
            }
            Inst::Unary { .. } => (same, None),
            Inst::Compare { op, a, b, .. } => {
                if self.code.word(a) != Word::I64 {
                    return (same, None);
                }
                let (Some(a), Some(b)) = (self.value(facts, a), self.value(facts, b)) else { return (same, None) };
                (same, Some(self.nodes.node(Node::Compare(op, a, b), Word::I8)))
            }
            Inst::Select { condition, a, b, .. } => {
                let parts = [condition, a, b].map(|slot| self.value(facts, slot));
                let [Some(condition), Some(a), Some(b)] = parts else { return (same, None) };
                (same, Some(self.nodes.node(Node::Select(condition, a, b), Word::I64)))
            }
            Inst::Load { dst, base, offset, fixed: true } => {
                let Some(base) = self.value(facts, base).filter(|base| self.nodes.is_same_always(*base)) else {
                    return (same, None);
                };
                let expr = self.nodes.node(Node::Load(self.code.word(dst), base, offset), self.code.word(dst));
                if let Some(checks) = &mut self.checks {
                    checks.hoisted.push((dst, expr));
                    return (None, Some(expr));
                }
                (same, Some(expr))
            }
            Inst::Check { condition, .. } => {
                let Some(condition) = self.value(facts, condition) else { return (same, None) };
                if self.nodes.is_same_always(condition) {
                    self.condition(condition);
                    return (None, None);
                }
                if let Node::Compare(Relation::Below, at, len) = *self.nodes.of(condition)
                    && let Some(offset) = self.nodes.offset(at)
                    && self.nodes.is_same_always(len)
                {
                    self.bound(offset, len);
                    return (None, None);
                }
                (same, None)
            }
            Inst::Load { fixed: false, .. }
            | Inst::LoadAt { .. }
            | Inst::Store { .. }
            | Inst::StoreAt { .. }
            | Inst::CheckTag { .. }
            | Inst::Poll { .. }
            | Inst::Call { .. } => (same, None),
        }
    }

    /// What a value is made of has to be less than [`SMALL`].
    fn take_as_small(&mut self, expr: Expr) {
        for leaf in self.nodes.leaves(expr) {
            let (most, size) = (self.nodes.int(SMALL - 1), self.nodes.int(2 * SMALL - 1));
            if leaf == ITEM {
                self.bound(0, most);
                continue;
            }
            let moved = self.nodes.node(Node::Binary(Binary::Add, leaf, most), Word::I64);
            let condition = self.nodes.node(Node::Compare(Relation::Below, moved, size), Word::I8);
            self.condition(condition);
        }
    }

    fn condition(&mut self, condition: Expr) {
        if let Some(checks) = &mut self.checks
            && !checks.conditions.contains(&condition)
        {
            checks.conditions.push(condition);
        }
    }

    fn bound(&mut self, offset: i64, len: Expr) {
        if let Some(checks) = &mut self.checks
            && !checks.bounds.contains(&(offset, len))
        {
            checks.bounds.push((offset, len));
        }
    }
}

/// Removes what nothing reads any more, now that checks are gone: instructions that only compute.
fn remove_unread(code: &LoopCode, body: &[BlockId], blocks: &mut HashMap<BlockId, Vec<Inst>>, wanted: &HashSet<Slot>) {
    let mut read: HashSet<Slot> = wanted.clone();
    let mut note = |insts: &[Inst]| insts.iter().for_each(|inst| read.extend(inst.read()));
    let is_other = |at: usize| !body.contains(&BlockId(at as u32));
    code.blocks.iter().enumerate().filter(|(at, _)| is_other(*at)).for_each(|(_, block)| note(&block.insts));
    blocks.values().for_each(|insts| note(insts));
    read.extend(code.blocks.iter().filter_map(|block| match block.end {
        End::Branch { condition, .. } => Some(condition),
        End::Jump(_) | End::Exit(_) => None,
    }));
    read.extend(code.exits.iter().flat_map(|exit| exit.writes.iter().flat_map(|(_, _, slots)| slots)));
    read.extend(code.inductions.iter().flat_map(|step| [step.item, step.next, step.stop]));
    read.insert(code.iterations);
    let only_computes = |inst: &Inst| {
        matches!(
            inst,
            Inst::Const { .. } | Inst::Copy { .. } | Inst::Binary { .. } | Inst::Unary { .. } | Inst::Compare { .. }
        )
    };
    for insts in blocks.values_mut() {
        insts.retain(|inst| !only_computes(inst) || inst.written().is_none_or(|slot| read.contains(&slot)));
    }
}

fn common(all: &[&Facts]) -> Option<Facts> {
    let (first, rest) = all.split_first()?;
    let agreed = |(slot, expr): &(&Slot, &Expr)| rest.iter().all(|other| other.get(slot) == Some(expr));
    Some(first.iter().filter(agreed).map(|(slot, expr)| (*slot, *expr)).collect())
}
