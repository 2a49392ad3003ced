//! What an iteration computes, element by element: maps, sums, extremes, and what has to hold.

use std::collections::{HashMap, HashSet};

use super::paths::{ALL, Way, When, common, joined, written};
use super::used::keep_used;
use super::{Fast, Fold, Load, Most, Node, NodeId, SAFE, Sign, VectorLoop, place, reach};
use crate::loops::ir::{
    Binary, BlockId, Checked, End, ExitId, Inst, Leaving, Literal, LoopCode, Relation, Slot, Unary, Word,
};
use crate::loops::why::{Reason, Why};

/// A literal whose sum over all iterations has 64 bits.
const SMALL: u64 = 1 << 20;

/// Terms of one sum: more of them come from ways that multiply.
const MAX_TERMS: usize = 64;

/// An integer that addresses are made of, by its place in [`Found::ints`].
pub type IntId = usize;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Int {
    /// The item of the iteration.
    Item,
    /// A slot that moves by one from iteration to iteration, as it is where this one begins.
    Counter(Slot),
    /// A slot that the loop does not write.
    Same(Slot),
    Literal(i64),
    Binary(Binary, IntId, IntId),
}

/// Where an element is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub word: Word,
    pub base: IntId,
    pub index: IntId,
    pub description: Slot,
}

/// A number that is the same in each iteration.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scalar {
    Slot(Slot),
    Int(IntId),
    Literal(Literal),
    Unary(Unary, usize),
    Binary(Binary, usize, usize),
    Compare(Relation, usize, usize),
}

/// A loop, and what its operands are in the code.
pub struct Found {
    pub code: VectorLoop,
    pub ints: Vec<Int>,
    pub loads: Vec<Place>,
    pub stores: Vec<Place>,
    pub ramps: Vec<IntId>,
    pub scalars: Vec<Scalar>,
    /// Scalars that have to be true.
    pub conditions: Vec<usize>,
    /// Integers that move evenly and were checked: small ones at both ends.
    pub bounded: Vec<IntId>,
    /// The variable of each fold.
    pub folds: Vec<Slot>,
    /// Slots that hold an element of the iteration where it begins.
    pub elements: Vec<(Slot, Place)>,
}

/// What a slot holds in an iteration.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    Node(NodeId),
    Int(IntId),
    /// Nothing that array expressions or addresses are made of.
    Other,
}

pub struct Scan<'a> {
    code: &'a LoopCode,
    fast: &'a Fast<'a>,
    out: Found,
    /// When the block at hand is reached.
    when: When,
    /// What the iteration has written.
    values: HashMap<Slot, Value>,
    /// What the loop writes.
    written: HashSet<Slot>,
}

impl<'a> Scan<'a> {
    /// Reads a loop.
    ///
    /// # Errors
    /// What makes it more than maps, sums and extremes.
    pub fn whole(code: &'a LoopCode, fast: &'a Fast<'a>) -> Result<Found, Why> {
        let mut scan = Scan::new(code, fast);
        scan.iteration()?;
        // Elements of the next iteration may be read in this one: those of a loop over an array are.
        let elements = scan.elements_ahead();
        if elements.is_empty() {
            return scan.finish();
        }
        let ints = scan.out.ints;
        let mut scan = Scan::new(code, fast);
        (scan.out.ints, scan.out.elements) = (ints, elements);
        scan.iteration()?;
        scan.keep_elements()?;
        scan.finish()
    }

    fn new(code: &'a LoopCode, fast: &'a Fast<'a>) -> Scan<'a> {
        let insts = fast.body.iter().flat_map(|block| &code.blocks[block.0 as usize].insts);
        let written = insts.filter_map(Inst::written).collect();
        let out = VectorLoop {
            place: place(code, fast.body, fast.spans),
            from: fast.from,
            nodes: Vec::new(),
            loads: Vec::new(),
            ramps: 0,
            scalars: Vec::new(),
            guards: Vec::new(),
            folds: Vec::new(),
            magnitudes: Vec::new(),
            stores: Vec::new(),
        };
        let out = Found {
            code: out,
            ints: vec![Int::Item],
            loads: Vec::new(),
            stores: Vec::new(),
            ramps: Vec::new(),
            scalars: Vec::new(),
            conditions: Vec::new(),
            bounded: Vec::new(),
            folds: Vec::new(),
            elements: Vec::new(),
        };
        Scan { code, fast, out, when: When::new(), values: HashMap::new(), written }
    }

    fn why(&self, reason: Reason, detail: impl Into<String>) -> Why {
        Why::new(reason, detail, self.out.code.place)
    }

    // The ways through an iteration

    fn iteration(&mut self) -> Result<(), Why> {
        let fast = self.fast;
        let mut ways: HashMap<BlockId, Vec<Way>> = HashMap::new();
        let start = Way { when: When::new(), share: ALL, values: HashMap::new() };
        ways.insert(fast.header, vec![start]);
        for block in fast.body {
            let Some(into) = ways.remove(block) else { continue };
            let share = into.iter().map(|way| way.share).sum();
            self.meet(&into)?;
            for inst in &self.code.blocks[block.0 as usize].insts {
                self.inst(inst)?;
            }
            let mut go = |scan: &Scan<'_>, to: BlockId, condition: Option<(NodeId, bool)>| {
                let when = scan.when.iter().copied().chain(condition).collect();
                let share = if condition.is_some() { share / 2 } else { share };
                ways.entry(to).or_default().push(Way { when, share, values: scan.values.clone() });
            };
            match self.code.blocks[block.0 as usize].end {
                End::Jump(to) if to == fast.header && share == ALL => return Ok(()),
                End::Jump(to) if to != fast.header && fast.body.contains(&to) => go(self, to, None),
                // The next item is fetched behind the body.
                End::Branch { then, .. } if then == fast.step.block => go(self, then, None),
                End::Branch { condition, then, otherwise } if self.stays(then) && self.stays(otherwise) => {
                    let condition = self.node_of(condition)?;
                    match (self.fails(then), self.fails(otherwise)) {
                        (false, false) => {
                            go(self, then, Some((condition, true)));
                            go(self, otherwise, Some((condition, false)));
                        }
                        (true, false) => {
                            let opposite = self.node(Node::Unary(Unary::Not, condition));
                            self.require(opposite);
                            go(self, otherwise, None);
                        }
                        (false, true) => {
                            self.require(condition);
                            go(self, then, None);
                        }
                        (true, true) => return Err(self.why(Reason::Branches, "")),
                    }
                }
                End::Jump(_) | End::Branch { .. } | End::Exit(_) => return Err(self.why(Reason::Branches, "")),
            }
        }
        Err(self.why(Reason::Branches, ""))
    }

    /// Whether a block is one of the loop, or leaves it for the interpreter.
    fn stays(&self, block: BlockId) -> bool {
        block != self.fast.header && (self.fast.body.contains(&block) || self.fails(block))
    }

    fn fails(&self, block: BlockId) -> bool {
        match self.code.blocks[block.0 as usize].end {
            End::Exit(exit) => matches!(self.code.exits[exit.0 as usize].leaving, Leaving::Cannot(_)),
            End::Jump(_) | End::Branch { .. } => false,
        }
    }

    /// What is known where several ways meet.
    fn meet(&mut self, ways: &[Way]) -> Result<(), Why> {
        if let [way] = ways {
            self.when = way.when.clone();
            self.values = way.values.clone();
            return Ok(());
        }
        let shared = common(ways);
        let choices: Vec<NodeId> = ways.iter().map(|way| self.all_of(&way.when[shared..])).collect();
        let mut values = HashMap::new();
        for slot in written(ways) {
            let is_there = self.fast.wanted.contains(&slot) || !self.written.contains(&slot);
            let known = |scan: &mut Self, way: &Way| match way.values.get(&slot) {
                Some(value) => Some(*value),
                None => is_there.then(|| scan.begin(slot)),
            };
            let all: Option<Vec<Value>> = ways.iter().map(|way| known(self, way)).collect();
            let Some(all) = all else { continue };
            values.insert(slot, self.chosen(&choices, &all));
        }
        let mut when = joined(ways);
        self.when = match when.len() {
            1 => when.swap_remove(0),
            _ => {
                let prefix = ways[0].when[..shared].to_vec();
                let parts: Vec<NodeId> = when.iter().map(|when| self.all_of(&when[shared..])).collect();
                let any = parts.into_iter().reduce(|a, b| self.node(Node::Binary(Binary::Or, a, b)));
                prefix.into_iter().chain(any.map(|any| (any, true))).collect()
            }
        };
        self.values = values;
        Ok(())
    }

    fn chosen(&mut self, choices: &[NodeId], values: &[Value]) -> Value {
        if values.iter().all(|value| *value == values[0]) {
            return values[0];
        }
        let nodes: Option<Vec<NodeId>> = values.iter().map(|value| self.as_node(*value)).collect();
        let Some(nodes) = nodes else { return Value::Other };
        let mut ways = choices.iter().zip(nodes).rev();
        let (_, last) = ways.next().expect("there are several ways");
        Value::Node(ways.fold(last, |other, (choice, node)| self.node(Node::Select(*choice, node, other))))
    }

    /// Whether all conditions hold.
    fn all_of(&mut self, when: &[(NodeId, bool)]) -> NodeId {
        let mut all = None;
        for (condition, wanted) in when {
            let holds = if *wanted { *condition } else { self.node(Node::Unary(Unary::Not, *condition)) };
            all = Some(match all {
                None => holds,
                Some(all) => self.node(Node::Binary(Binary::And, all, holds)),
            });
        }
        all.unwrap_or_else(|| self.node(Node::Literal(Literal::I8(1))))
    }

    /// The condition has to hold in each iteration that comes here.
    fn require(&mut self, condition: NodeId) {
        let guard = match self.when.clone() {
            when if when.is_empty() => condition,
            when => {
                let here = self.all_of(&when);
                let elsewhere = self.node(Node::Unary(Unary::Not, here));
                self.node(Node::Binary(Binary::Or, elsewhere, condition))
            }
        };
        match self.out.code.nodes[guard.0] {
            Node::Scalar(at) => self.out.conditions.push(at),
            Node::Literal(Literal::I8(1)) => {}
            _ => self.out.code.guards.push(guard),
        }
    }

    // What one iteration hands to the next

    /// Slots that get the element of the next iteration, and where that of this one is.
    fn elements_ahead(&mut self) -> Vec<(Slot, Place)> {
        let mut ahead = Vec::new();
        for slot in self.handed_on() {
            let Some(Value::Node(node)) = self.values.get(&slot).copied() else { continue };
            let Node::Element(load) = self.out.code.nodes[node.0] else { continue };
            let next = self.out.loads[load];
            let (base, index) = (self.moved(next.base, -1), self.moved(next.index, -1));
            ahead.push((slot, Place { base, index, ..next }));
        }
        ahead
    }

    /// Checks what was assumed of elements, from one iteration to the next.
    fn keep_elements(&mut self) -> Result<(), Why> {
        for (slot, place) in self.out.elements.clone() {
            let (base, index) = (self.moved(place.base, 1), self.moved(place.index, 1));
            let then = Place { base, index, ..place };
            let is_kept = match self.values.get(&slot) {
                Some(Value::Node(node)) => match self.out.code.nodes[node.0] {
                    Node::Element(load) => self.out.loads[load] == then,
                    _ => false,
                },
                _ => false,
            };
            if !is_kept {
                return Err(self.why(Reason::Recurrence, self.name(slot)));
            }
        }
        Ok(())
    }

    fn name(&self, slot: Slot) -> String {
        self.code.names.get(&slot).cloned().unwrap_or_default()
    }

    /// Slots whose value an iteration gets from the one before, but for the item and what counts along.
    fn handed_on(&self) -> Vec<Slot> {
        let fast = self.fast;
        let is_known = |slot: &Slot| {
            *slot == self.code.iterations
                || *slot == fast.step.next
                || fast.items.contains(slot)
                || fast.counters.iter().any(|counter| counter.next == *slot)
                || self.out.elements.iter().any(|(element, _)| element == slot)
        };
        let mut slots: Vec<Slot> = fast.wanted.iter().copied().filter(|slot| self.written.contains(slot)).collect();
        slots.retain(|slot| !is_known(slot));
        slots.sort_unstable();
        slots
    }

    /// What one iteration hands to the next has to be a sum or an extreme.
    fn finish(mut self) -> Result<Found, Why> {
        self.when.clear();
        // The last two iterations may pass an assignment by that an earlier one has made.
        let is_assigned = |slot: &&Slot| self.values.contains_key(slot) || **slot == self.code.iterations;
        let mut sometimes = self.written.iter().filter(|slot| self.fast.outliving.contains(slot));
        if let Some(slot) = sometimes.find(|slot| !is_assigned(slot)) {
            return Err(self.why(Reason::Recurrence, self.name(*slot)));
        }
        for slot in self.handed_on() {
            let why = self.why(Reason::Recurrence, self.name(slot));
            let Some(Value::Node(node)) = self.values.get(&slot).copied() else { return Err(why) };
            let fold = match self.extreme(slot, node) {
                Some(fold) => fold,
                None => {
                    let mut terms = Vec::new();
                    let never = self.node(Node::Literal(Literal::I8(1)));
                    if !self.terms(slot, node, never, &mut terms) {
                        return Err(why);
                    }
                    terms.reverse();
                    if terms.is_empty() {
                        continue;
                    }
                    if !self.has_elements(&terms) {
                        return Err(self.why(Reason::NoVector, "the same number is added in each iteration"));
                    }
                    self.bound(slot, &terms);
                    Fold::Sum { terms }
                }
            };
            self.out.code.folds.push(fold);
            self.out.folds.push(slot);
        }
        let code = &self.out.code;
        let of_folds = code.folds.iter().flat_map(|fold| match fold {
            Fold::Sum { terms } => terms.iter().map(|(_, term)| *term).collect(),
            Fold::Extreme { of, .. } => vec![*of],
        });
        let mut used = code.stores.iter().map(|(_, value)| *value).chain(code.guards.iter().copied()).chain(of_folds);
        if used.any(|node| self.is_carried(node)) {
            return Err(self.why(Reason::Recurrence, ""));
        }
        if self.reads_what_was_stored() {
            return Err(self.why(Reason::Recurrence, "an element that an earlier iteration has written"));
        }
        let code = &self.out.code;
        if code.folds.is_empty() && code.stores.is_empty() {
            return Err(self.why(Reason::NoVector, "nothing is summed up or stored"));
        }
        keep_used(&mut self.out);
        Ok(self.out)
    }

    /// Whether an iteration reads an element that an earlier one has written, by the same way to it.
    fn reads_what_was_stored(&self) -> bool {
        let stored = self.out.stores.iter();
        let pairs = stored.flat_map(|store| self.out.loads.iter().map(move |load| (store, load)));
        pairs.into_iter().any(|(store, load)| {
            let (to, from) = (self.moving(store.index), self.moving(load.index));
            store.base == load.base && matches!((to, from), (Some((a, to)), Some((b, from))) if a == b && from < to)
        })
    }

    /// Something that moves, and what is added to it.
    fn moving(&self, int: IntId) -> Option<(IntId, i64)> {
        match self.out.ints[int] {
            Int::Item | Int::Counter(_) => Some((int, 0)),
            Int::Binary(Binary::Add, base, offset) => match (self.out.ints[base], self.out.ints[offset]) {
                (Int::Item | Int::Counter(_), Int::Literal(offset)) => Some((base, offset)),
                _ => None,
            },
            _ => None,
        }
    }

    /// The terms that are added to a variable, the last one first; false if more is done with it, or too much. `when`: what
    /// is added only then.
    fn terms(&mut self, variable: Slot, node: NodeId, when: NodeId, terms: &mut Vec<(Sign, NodeId)>) -> bool {
        let base = self.added(node, when, terms);
        if terms.len() > MAX_TERMS {
            return false;
        }
        match self.out.code.nodes[base.0] {
            Node::Carried(slot) => slot == variable,
            Node::Select(condition, a, b) if !self.is_carried(condition) => {
                let opposite = self.node(Node::Unary(Unary::Not, condition));
                let (then, otherwise) = (self.both(when, condition), self.both(when, opposite));
                let (to_a, to_b) = (self.added(a, then, terms), self.added(b, otherwise, terms));
                // Ways that add to the same are one from there on.
                match to_a == to_b {
                    true => self.terms(variable, to_a, when, terms),
                    false => self.terms(variable, to_a, then, terms) && self.terms(variable, to_b, otherwise, terms),
                }
            }
            _ => false,
        }
    }

    /// Takes what is added last, as often as something is: what it is added to.
    fn added(&mut self, mut node: NodeId, when: NodeId, terms: &mut Vec<(Sign, NodeId)>) -> NodeId {
        loop {
            let (sign, term, rest) = match self.out.code.nodes[node.0] {
                Node::Binary(Binary::Add, a, b) if self.is_carried(a) => (Sign::Plus, b, a),
                Node::Binary(Binary::Add, a, b) if self.is_carried(b) => (Sign::Plus, a, b),
                Node::Binary(Binary::Sub, a, b) if self.is_carried(a) => (Sign::Minus, b, a),
                _ => return node,
            };
            let term = self.only(when, term);
            terms.push((sign, term));
            node = rest;
        }
    }

    fn both(&mut self, a: NodeId, b: NodeId) -> NodeId {
        match self.out.code.nodes[a.0] {
            Node::Literal(_) => b,
            _ => self.node(Node::Binary(Binary::And, a, b)),
        }
    }

    /// A term, or zero.
    fn only(&mut self, when: NodeId, term: NodeId) -> NodeId {
        if let Node::Literal(_) = self.out.code.nodes[when.0] {
            return term;
        }
        let zero = match self.word(term) {
            Word::F32 => Literal::F32(0.0),
            Word::F64 => Literal::F64(0.0),
            Word::I64 => Literal::I64(0),
            Word::I8 => Literal::I8(0),
        };
        let zero = self.node(Node::Literal(zero));
        self.node(Node::Select(when, term, zero))
    }

    /// `variable = value if value > variable else variable`
    fn extreme(&self, variable: Slot, node: NodeId) -> Option<Fold> {
        let is_variable = |node: NodeId| self.out.code.nodes[node.0] == Node::Carried(variable);
        let Node::Select(condition, of, other) = self.out.code.nodes[node.0] else { return None };
        let Node::Compare(relation, a, b) = self.out.code.nodes[condition.0] else { return None };
        let relation = match relation {
            _ if !is_variable(other) || self.is_carried(of) || !self.moves(of) => return None,
            relation if a == of && is_variable(b) => relation,
            Relation::Lt if b == of && is_variable(a) => Relation::Gt,
            Relation::Gt if b == of && is_variable(a) => Relation::Lt,
            _ => return None,
        };
        match relation {
            Relation::Gt => Some(Fold::Extreme { most: Most::Largest, of }),
            Relation::Lt => Some(Fold::Extreme { most: Most::Smallest, of }),
            _ => None,
        }
    }

    /// Whether something else is added in each iteration; or an integer, which may as well be multiplied. (A product of
    /// floats would be nearer to the truth than their sum.)
    fn has_elements(&self, terms: &[(Sign, NodeId)]) -> bool {
        let is_int = |node: &NodeId| {
            matches!(self.out.code.nodes[node.0], Node::Scalar(_) | Node::Literal(_)) && self.word(*node) == Word::I64
        };
        terms.iter().any(|(_, term)| self.moves(*term)) || terms.iter().all(|(_, term)| is_int(term))
    }

    fn moves(&self, node: NodeId) -> bool {
        reach(&self.out.code.nodes, |node| matches!(node, Node::Element(_) | Node::Ramp(_)))[node.0]
    }

    /// Sums of integers stay inside of 64 bits.
    fn bound(&mut self, slot: Slot, terms: &[(Sign, NodeId)]) {
        if self.code.word(slot) != Word::I64 {
            return;
        }
        for (_, term) in terms {
            if !self.is_small(*term) {
                let float = self.node(Node::Unary(Unary::IntToFloat, *term));
                let size = self.node(Node::Unary(Unary::Abs, float));
                match self.out.code.nodes[size.0] {
                    Node::Scalar(_) => {
                        let limit = self.node(Node::Literal(Literal::F64(SMALL as f64)));
                        let is_small = self.node(Node::Compare(Relation::Le, size, limit));
                        self.require(is_small);
                    }
                    _ => self.out.code.magnitudes.push(size),
                }
            }
        }
    }

    fn is_small(&self, node: NodeId) -> bool {
        match self.out.code.nodes[node.0] {
            Node::Literal(Literal::I64(i)) => i.unsigned_abs() <= SMALL,
            Node::Unary(Unary::Widen, _) => true,
            Node::Select(_, a, b) => self.is_small(a) && self.is_small(b),
            _ => false,
        }
    }

    fn is_carried(&self, node: NodeId) -> bool {
        reach(&self.out.code.nodes, |node| matches!(node, Node::Carried(_)))[node.0]
    }

    // Instructions

    fn inst(&mut self, inst: &Inst) -> Result<(), Why> {
        if inst.written() == Some(self.code.iterations) {
            return Ok(());
        }
        match *inst {
            Inst::Const { dst, value: Literal::I64(i) } => self.set_int(dst, Int::Literal(i)),
            Inst::Const { dst, value } => self.set(dst, Node::Literal(value)),
            Inst::Copy { dst, src } => {
                let value = self.value_of(src);
                self.values.insert(dst, value);
            }
            Inst::Binary { op, dst, a, b } if self.code.word(dst) == Word::I64 => {
                let value = self.integer(op, a, b);
                self.values.insert(dst, value);
            }
            Inst::Binary { op, dst, a, b } => {
                let (a, b) = (self.node_of(a)?, self.node_of(b)?);
                self.set(dst, Node::Binary(op, a, b));
            }
            Inst::Checked { op, dst, a, b, exit } => self.checked_integer(op, dst, a, b, exit)?,
            Inst::Unary { op: op @ (Unary::IntToFloat | Unary::IntToSingle | Unary::Widen | Unary::Not), dst, a } => {
                match self.operand(a) {
                    Some(a) => self.set(dst, Node::Unary(op, a)),
                    None => drop(self.values.insert(dst, Value::Other)),
                }
            }
            Inst::Unary { op, dst, a } if self.code.word(a) != Word::I64 && self.code.word(dst) != Word::I64 => {
                let a = self.node_of(a)?;
                self.set(dst, Node::Unary(op, a));
            }
            Inst::Unary { dst, .. } => drop(self.values.insert(dst, Value::Other)),
            Inst::Compare { op: Relation::Below, dst, .. } => drop(self.values.insert(dst, Value::Other)),
            Inst::Compare { op, dst, a, b } => match (self.operand(a), self.operand(b)) {
                (Some(a), Some(b)) => self.set(dst, Node::Compare(op, a, b)),
                _ => drop(self.values.insert(dst, Value::Other)),
            },
            Inst::Select { dst, condition, a, b } => {
                let (a, b) = (self.value_of(a), self.value_of(b));
                let parts = (self.operand(condition), self.as_node(a), self.as_node(b));
                match parts {
                    _ if a == b => drop(self.values.insert(dst, a)),
                    (Some(condition), Some(a), Some(b)) => self.set(dst, Node::Select(condition, a, b)),
                    _ => drop(self.values.insert(dst, Value::Other)),
                }
            }
            Inst::Check { condition, exit } => match self.value_of(condition) {
                Value::Node(node) => self.require(node),
                Value::Int(_) | Value::Other => return Err(self.checked(exit)),
            },
            Inst::Poll { .. } => {}
            Inst::CheckTag { exit, .. } => return Err(self.checked(exit)),
            Inst::LoadAt { dst, base, index } => self.load(dst, base, index)?,
            Inst::StoreAt { src, base, index } => self.store(src, base, index)?,
            Inst::Load { .. } | Inst::Store { .. } => return Err(self.why(Reason::NoVector, "elements in boxes")),
            Inst::Call { routine, .. } => {
                return Err(self.why(Reason::NoVector, format!("'{}' is called", routine.name())));
            }
        }
        Ok(())
    }

    /// Why a check cannot be made beforehand.
    fn checked(&self, exit: ExitId) -> Why {
        match &self.code.exits[exit.0 as usize].leaving {
            Leaving::Cannot(why) => Why::new(Reason::Checks, why.to_string(), why.span),
            Leaving::End | Leaving::Poll(_) => self.why(Reason::Checks, ""),
        }
    }

    fn integer(&mut self, op: Binary, a: Slot, b: Slot) -> Value {
        let (a, b) = (self.value_of(a), self.value_of(b));
        if let (Value::Int(a), Value::Int(b)) = (a, b)
            && self.moves_evenly(op, a, b)
        {
            return Value::Int(self.sum_of(op, a, b));
        }
        match (op, self.as_node(a), self.as_node(b)) {
            (Binary::Add | Binary::Sub | Binary::Mul, Some(a), Some(b)) => {
                Value::Node(self.node(Node::Binary(op, a, b)))
            }
            _ => Value::Other,
        }
    }

    /// An operation that leaves 64 bits in no iteration: evenly moving ones are looked at where they begin and end, sums
    /// over iterations as a whole, all others as floats, whose error is far below what is left to 2⁶³.
    fn checked_integer(&mut self, op: Checked, dst: Slot, a: Slot, b: Slot, exit: ExitId) -> Result<(), Why> {
        let op = match op {
            Checked::Add => Binary::Add,
            Checked::Sub => Binary::Sub,
            Checked::Mul => Binary::Mul,
        };
        let parts = (self.operand(a), self.operand(b));
        let value = self.integer(op, a, b);
        match (value, parts) {
            (Value::Int(int), _) => {
                if !self.is_counted(int) {
                    self.out.bounded.push(int);
                }
            }
            (Value::Node(node), _) if self.is_carried(node) => {}
            (Value::Node(_), (Some(a), Some(b))) => {
                let floats = [a, b].map(|part| self.node(Node::Unary(Unary::IntToFloat, part)));
                let result = self.node(Node::Binary(op, floats[0], floats[1]));
                let size = self.node(Node::Unary(Unary::Abs, result));
                let limit = self.node(Node::Literal(Literal::F64(SAFE)));
                let is_safe = self.node(Node::Compare(Relation::Lt, size, limit));
                self.require(is_safe);
            }
            _ => return Err(self.checked(exit)),
        }
        self.values.insert(dst, value);
        Ok(())
    }

    /// Whether it is a counter or the item, and a few more.
    fn is_counted(&self, int: IntId) -> bool {
        match self.out.ints[int] {
            Int::Item | Int::Counter(_) => true,
            Int::Binary(Binary::Add | Binary::Sub, a, b) => {
                let small = |int: IntId| matches!(self.out.ints[int], Int::Literal(i) if i.unsigned_abs() <= SMALL);
                self.is_counted(a) && small(b)
            }
            Int::Same(_) | Int::Literal(_) | Int::Binary(..) => false,
        }
    }

    // Values

    fn node(&mut self, node: Node) -> NodeId {
        let node = self.folded(self.simplified(node));
        if let Node::Select(_, a, b) = node
            && a == b
        {
            return a;
        }
        let nodes = &mut self.out.code.nodes;
        let at = nodes.iter().position(|known| is_same(known, &node)).unwrap_or_else(|| {
            nodes.push(node);
            nodes.len() - 1
        });
        NodeId(at)
    }

    /// What was chosen by the same condition before is not chosen again.
    fn simplified(&self, node: Node) -> Node {
        let nodes = &self.out.code.nodes;
        let Node::Select(condition, a, b) = node else { return node };
        if let Node::Unary(Unary::Not, opposite) = nodes[condition.0] {
            return self.simplified(Node::Select(opposite, b, a));
        }
        let then = match nodes[a.0] {
            Node::Select(same, then, _) if same == condition => then,
            _ => a,
        };
        let otherwise = match nodes[b.0] {
            Node::Select(same, _, otherwise) if same == condition => otherwise,
            _ => b,
        };
        Node::Select(condition, then, otherwise)
    }

    /// What is the same in each iteration is computed once, by the code itself.
    fn folded(&mut self, node: Node) -> Node {
        let nodes = &self.out.code.nodes;
        let is_same = |operand: NodeId| matches!(nodes[operand.0], Node::Scalar(_) | Node::Literal(_));
        let has_scalar = node.operands().any(|operand| matches!(nodes[operand.0], Node::Scalar(_)));
        if !has_scalar || !node.operands().all(is_same) || matches!(node, Node::Select(..)) {
            return node;
        }
        let parts: Vec<usize> = node.operands().map(|operand| self.same_always(operand)).collect();
        let scalar = match node {
            Node::Unary(op, _) => Scalar::Unary(op, parts[0]),
            Node::Binary(op, ..) => Scalar::Binary(op, parts[0], parts[1]),
            Node::Compare(op, ..) => Scalar::Compare(op, parts[0], parts[1]),
            _ => return node,
        };
        let word = self.word_of(node);
        Node::Scalar(self.scalar_at(scalar, word))
    }

    fn same_always(&mut self, node: NodeId) -> usize {
        match self.out.code.nodes[node.0] {
            Node::Scalar(at) => at,
            Node::Literal(literal) => self.scalar_at(Scalar::Literal(literal), literal.word()),
            _ => unreachable!("asked before"),
        }
    }

    fn scalar_at(&mut self, scalar: Scalar, word: Word) -> usize {
        let is_it = |known: &Scalar| match (known, &scalar) {
            (Scalar::Literal(a), Scalar::Literal(b)) => is_same(&Node::Literal(*a), &Node::Literal(*b)),
            (known, scalar) => known == scalar,
        };
        self.out.scalars.iter().position(is_it).unwrap_or_else(|| {
            self.out.scalars.push(scalar);
            self.out.code.scalars.push(word);
            self.out.scalars.len() - 1
        })
    }

    fn word(&self, node: NodeId) -> Word {
        self.word_of(self.out.code.nodes[node.0])
    }

    fn word_of(&self, node: Node) -> Word {
        match node {
            Node::Element(at) => self.out.code.loads[at].word,
            Node::Scalar(at) => self.out.code.scalars[at],
            Node::Literal(literal) => literal.word(),
            Node::Ramp(_) => Word::I64,
            Node::Unary(op, a) => op.word(self.word(a)),
            Node::Binary(_, a, _) | Node::Select(_, a, _) => self.word(a),
            Node::Compare(..) => Word::I8,
            Node::Carried(slot) => self.code.word(slot),
        }
    }

    fn set(&mut self, dst: Slot, node: Node) {
        let node = self.node(node);
        self.values.insert(dst, Value::Node(node));
    }

    fn value_of(&mut self, slot: Slot) -> Value {
        match self.values.get(&slot) {
            Some(value) => *value,
            None => self.begin(slot),
        }
    }

    fn operand(&mut self, slot: Slot) -> Option<NodeId> {
        let value = self.value_of(slot);
        self.as_node(value)
    }

    /// What a slot holds where the iteration begins.
    fn begin(&mut self, slot: Slot) -> Value {
        let fast = self.fast;
        let slot = fast.same.get(&slot).copied().unwrap_or(slot);
        if fast.items.contains(&slot) {
            return Value::Int(0);
        }
        if slot == fast.step.next {
            let one = self.int_id(Int::Literal(1));
            return Value::Int(self.sum_of(Binary::Add, 0, one));
        }
        if fast.counters.iter().any(|counter| counter.next == slot) {
            return Value::Int(self.int_id(Int::Counter(slot)));
        }
        if let Some((_, place)) = self.out.elements.iter().find(|(element, _)| *element == slot).copied() {
            return Value::Node(self.element(place, 0));
        }
        match (self.written.contains(&slot), self.code.word(slot)) {
            (true, _) => Value::Node(self.node(Node::Carried(slot))),
            (false, Word::I64) => Value::Int(self.int_id(Int::Same(slot))),
            (false, word) => {
                let at = self.scalar_at(Scalar::Slot(slot), word);
                Value::Node(self.node(Node::Scalar(at)))
            }
        }
    }

    fn as_node(&mut self, value: Value) -> Option<NodeId> {
        match value {
            Value::Node(node) => Some(node),
            Value::Other => None,
            Value::Int(int) => Some(match self.out.ints[int] {
                Int::Literal(i) => self.node(Node::Literal(Literal::I64(i))),
                _ if self.is_same(int) => {
                    let at = self.scalar_at(Scalar::Int(int), Word::I64);
                    self.node(Node::Scalar(at))
                }
                _ => {
                    let ramps = &mut self.out.ramps;
                    let at = ramps.iter().position(|known| *known == int).unwrap_or_else(|| {
                        ramps.push(int);
                        ramps.len() - 1
                    });
                    self.out.code.ramps = self.out.ramps.len();
                    self.node(Node::Ramp(at))
                }
            }),
        }
    }

    fn node_of(&mut self, slot: Slot) -> Result<NodeId, Why> {
        self.operand(slot).ok_or_else(|| self.why(Reason::NoVector, "arithmetic on integers"))
    }

    // Integers, and places in memory

    fn int_id(&mut self, int: Int) -> IntId {
        let ints = &mut self.out.ints;
        ints.iter().position(|known| *known == int).unwrap_or_else(|| {
            ints.push(int);
            ints.len() - 1
        })
    }

    fn set_int(&mut self, dst: Slot, int: Int) {
        let int = self.int_id(int);
        self.values.insert(dst, Value::Int(int));
    }

    /// `a op b`; what is added to something that moves is gathered in one literal. (An index that is not negative has
    /// nothing of the length added.)
    fn sum_of(&mut self, op: Binary, a: IntId, b: IntId) -> IntId {
        if op == Binary::And
            && let Some(zero) = [a, b].into_iter().find(|int| self.out.ints[*int] == Int::Literal(0))
        {
            return zero;
        }
        let more = match (op, self.out.ints[b]) {
            (Binary::Add, Int::Literal(i)) => Some(i),
            (Binary::Sub, Int::Literal(i)) => i.checked_neg(),
            _ => None,
        };
        if let (Some((base, offset)), Some(more)) = (self.moving(a), more)
            && let Some(sum) = offset.checked_add(more)
        {
            if sum == 0 {
                return base;
            }
            let sum = self.int_id(Int::Literal(sum));
            return self.int_id(Int::Binary(Binary::Add, base, sum));
        }
        self.int_id(Int::Binary(op, a, b))
    }

    /// The same integer so many iterations behind.
    fn moved(&mut self, int: IntId, by: i64) -> IntId {
        match self.out.ints[int] {
            Int::Item | Int::Counter(_) => {
                let by = self.int_id(Int::Literal(by));
                self.sum_of(Binary::Add, int, by)
            }
            Int::Same(_) | Int::Literal(_) => int,
            Int::Binary(op, a, b) => {
                let (a, b) = (self.moved(a, by), self.moved(b, by));
                self.sum_of(op, a, b)
            }
        }
    }

    fn is_same(&self, int: IntId) -> bool {
        match self.out.ints[int] {
            Int::Item | Int::Counter(_) => false,
            Int::Same(_) | Int::Literal(_) => true,
            Int::Binary(_, a, b) => self.is_same(a) && self.is_same(b),
        }
    }

    /// Whether the result goes in equal steps from one iteration to the next, as the operands do.
    fn moves_evenly(&self, op: Binary, a: IntId, b: IntId) -> bool {
        match op {
            Binary::Add | Binary::Sub => true,
            Binary::Mul => self.is_same(a) || self.is_same(b),
            Binary::Shl => self.is_same(b),
            _ => self.is_same(a) && self.is_same(b),
        }
    }

    fn place(&mut self, word: Word, base: Slot, index: Slot) -> Result<Place, Why> {
        let uneven = self.why(Reason::NoVector, "an index that does not move in equal steps");
        let (Value::Int(base), Value::Int(index)) = (self.value_of(base), self.value_of(index)) else {
            return Err(uneven);
        };
        let description = self.description(base).ok_or(uneven)?;
        Ok(Place { word, base, index, description })
    }

    /// Of the array that an address is made from.
    fn description(&self, int: IntId) -> Option<Slot> {
        match self.out.ints[int] {
            Int::Same(slot) => self.fast.described.get(&slot).copied(),
            Int::Binary(_, a, b) => self.description(a).or_else(|| self.description(b)),
            Int::Item | Int::Counter(_) | Int::Literal(_) => None,
        }
    }

    fn load(&mut self, dst: Slot, base: Slot, index: Slot) -> Result<(), Why> {
        let place = self.place(self.code.word(dst), base, index)?;
        let node = self.loaded(place);
        self.values.insert(dst, Value::Node(node));
        Ok(())
    }

    fn loaded(&mut self, place: Place) -> NodeId {
        match self.out.stores.iter().rposition(|stored| *stored == place) {
            Some(stored) => self.out.code.stores[stored].1,
            None => self.element(place, self.out.stores.len()),
        }
    }

    fn element(&mut self, place: Place, after: usize) -> NodeId {
        let load = Load { word: place.word, after };
        let mut known = self.out.loads.iter().zip(&self.out.code.loads);
        let at = known.position(|(known, how)| *known == place && *how == load).unwrap_or_else(|| {
            self.out.loads.push(place);
            self.out.code.loads.push(load);
            self.out.loads.len() - 1
        });
        self.node(Node::Element(at))
    }

    /// What is written on some ways only leaves the element as it was on the others.
    fn store(&mut self, src: Slot, base: Slot, index: Slot) -> Result<(), Why> {
        let place = self.place(self.code.word(src), base, index)?;
        let mut value = self.node_of(src)?;
        if !self.when.is_empty() {
            let (old, when) = (self.loaded(place), self.when.clone());
            let here = self.all_of(&when);
            value = self.node(Node::Select(here, value, old));
        }
        // What is written over in the same iteration, nobody has read but through what was stored.
        if let Some(at) = self.out.stores.iter().position(|stored| *stored == place) {
            self.out.stores.remove(at);
            self.out.code.stores.remove(at);
            self.out.code.loads.iter_mut().filter(|load| load.after > at).for_each(|load| load.after -= 1);
        }
        self.out.stores.push(place);
        self.out.code.stores.push((place.word, value));
        Ok(())
    }
}

/// Whether two are the same, bit for bit where they are literals.
fn is_same(a: &Node, b: &Node) -> bool {
    match (a, b) {
        (Node::Literal(Literal::F64(a)), Node::Literal(Literal::F64(b))) => a.to_bits() == b.to_bits(),
        (Node::Literal(Literal::F32(a)), Node::Literal(Literal::F32(b))) => a.to_bits() == b.to_bits(),
        _ => a == b,
    }
}
