//! Innermost loops that are maps and sums, as array expressions: all iterations of one at once, but for the last two.
//!
//! The loop is the version without checks of `once`, so that all that is left are loads, arithmetic and stores
//! of elements whose places move by the same step from one iteration to the next. A check that is left (a divisor that
//! may be zero) is made for all iterations beforehand. Two iterations are left to the loop itself: they give the
//! variables the values that they have in the end.

use std::collections::{HashMap, HashSet};

use super::build::descriptor;
use super::ir::{
    Binary, Block, BlockId, End, ExitId, Induction, Inst, Leaving, Literal, LoopCode, Relation, Routine, Slot, Unary,
    Word,
};
use super::why::{Reason, Why};
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
    Ok(Emission { code, fast, found: &found, insts: Vec::new() }.emit(next))
}

/// An integer that addresses are made of, by its place in [`Found::ints`].
type IntId = usize;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Int {
    /// The item of the iteration.
    Item,
    /// A slot that the loop does not write.
    Same(Slot),
    Literal(i64),
    Binary(Binary, IntId, IntId),
}

/// Where an element is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    word: Word,
    base: IntId,
    index: IntId,
    description: Slot,
}

/// A number that is the same in each iteration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scalar {
    Slot(Slot),
    Float(IntId),
}

/// A loop, and what its operands are in the code.
struct Found {
    code: VectorLoop,
    ints: Vec<Int>,
    loads: Vec<Place>,
    stores: Vec<Place>,
    ramps: Vec<IntId>,
    scalars: Vec<Scalar>,
    /// The variable of each sum.
    sums: Vec<Slot>,
}

/// What a slot holds in an iteration.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Value {
    Node(NodeId),
    Int(IntId),
    /// Nothing that array expressions or addresses are made of.
    Other,
}

struct Scan<'a> {
    code: &'a LoopCode,
    fast: &'a Fast<'a>,
    out: Found,
    /// What the iteration has written.
    values: HashMap<Slot, Value>,
    written: HashSet<Slot>,
}

impl<'a> Scan<'a> {
    fn new(code: &'a LoopCode, fast: &'a Fast<'a>) -> Scan<'a> {
        let insts = fast.body.iter().flat_map(|block| &code.blocks[block.0 as usize].insts);
        let written = insts.filter_map(Inst::written).collect();
        let out = VectorLoop {
            place: place(code, fast.body, fast.spans),
            nodes: Vec::new(),
            loads: Vec::new(),
            ramps: 0,
            scalars: Vec::new(),
            guards: Vec::new(),
            sums: Vec::new(),
            stores: Vec::new(),
        };
        let out = Found {
            code: out,
            ints: vec![Int::Item],
            loads: Vec::new(),
            stores: Vec::new(),
            ramps: Vec::new(),
            scalars: Vec::new(),
            sums: Vec::new(),
        };
        Scan { code, fast, out, values: HashMap::new(), written }
    }

    fn why(&self, reason: Reason, detail: impl Into<String>) -> Why {
        Why::new(reason, detail, self.out.code.place)
    }

    fn run(mut self) -> Result<Found, Why> {
        let fast = self.fast;
        let mut block = fast.header;
        loop {
            for inst in &self.code.blocks[block.0 as usize].insts {
                self.inst(inst)?;
            }
            block = match self.code.blocks[block.0 as usize].end {
                End::Jump(to) if to == fast.header => break,
                End::Jump(to) if fast.body.contains(&to) => to,
                // The next item is fetched behind the body.
                End::Branch { then, .. } if then == fast.step.block => then,
                End::Jump(_) | End::Branch { .. } | End::Exit(_) => return Err(self.why(Reason::Branches, "")),
            };
        }
        self.sums()?;
        if self.out.sums.is_empty() && self.out.stores.is_empty() {
            return Err(self.why(Reason::NoVector, "nothing is summed up or stored"));
        }
        Ok(self.out)
    }

    /// What one iteration hands to the next has to be a sum.
    fn sums(&mut self) -> Result<(), Why> {
        let mut wanted: Vec<Slot> = self.fast.wanted.iter().copied().collect();
        wanted.sort_unstable();
        for slot in wanted {
            let known = slot == self.code.iterations || slot == self.fast.step.next || self.fast.items.contains(&slot);
            if known || !self.written.contains(&slot) {
                continue;
            }
            let why = self.why(Reason::Recurrence, self.code.names.get(&slot).cloned().unwrap_or_default());
            let Some(Value::Node(node)) = self.values.get(&slot).copied() else { return Err(why) };
            let mut terms = Vec::new();
            if !self.terms(slot, node, &mut terms) || terms.iter().any(|(_, term)| self.is_carried(*term)) {
                return Err(why);
            }
            terms.reverse();
            if !terms.is_empty() {
                self.out.code.sums.push(Sum { terms });
                self.out.sums.push(slot);
            }
        }
        let code = &self.out.code;
        let mut used = code.stores.iter().map(|(_, value)| *value).chain(code.guards.iter().copied());
        if used.any(|node| self.is_carried(node)) {
            return Err(self.why(Reason::Recurrence, ""));
        }
        Ok(())
    }

    /// The terms that are added to a variable, the last one first; false if more is done with it.
    fn terms(&self, variable: Slot, node: NodeId, terms: &mut Vec<(Sign, NodeId)>) -> bool {
        match self.out.code.nodes[node.0] {
            Node::Carried(slot) => slot == variable,
            Node::Binary(Binary::Add, a, b) if self.is_carried(a) => {
                terms.push((Sign::Plus, b));
                self.terms(variable, a, terms)
            }
            Node::Binary(Binary::Add, a, b) => {
                terms.push((Sign::Plus, a));
                self.terms(variable, b, terms)
            }
            Node::Binary(Binary::Sub, a, b) => {
                terms.push((Sign::Minus, b));
                self.terms(variable, a, terms)
            }
            _ => false,
        }
    }

    fn is_carried(&self, node: NodeId) -> bool {
        match self.out.code.nodes[node.0] {
            Node::Carried(_) => true,
            Node::Element(_) | Node::Scalar(_) | Node::Literal(_) | Node::Ramp(_) => false,
            Node::Unary(_, a) => self.is_carried(a),
            Node::Binary(_, a, b) | Node::Compare(_, a, b) => self.is_carried(a) || self.is_carried(b),
            Node::Select(c, a, b) => self.is_carried(c) || self.is_carried(a) || self.is_carried(b),
        }
    }

    fn inst(&mut self, inst: &Inst) -> Result<(), Why> {
        if let Some(dst) = inst.written()
            && (dst == self.code.iterations || dst == self.fast.step.next)
        {
            return Ok(());
        }
        match *inst {
            Inst::Const { dst, value: Literal::I64(i) } => self.set_int(dst, Int::Literal(i)),
            Inst::Const { dst, value } => self.set(dst, Node::Literal(value)),
            Inst::Copy { dst, src } => {
                let value = match self.code.word(dst) {
                    Word::I64 => self.int(src).map_or(Value::Other, Value::Int),
                    Word::I8 | Word::F32 | Word::F64 => Value::Node(self.value(src)?),
                };
                self.values.insert(dst, value);
            }
            Inst::Binary { op, dst, a, b } if self.code.word(dst) == Word::I64 => {
                let value = match (self.int(a), self.int(b)) {
                    (Some(a), Some(b)) if self.moves_evenly(op, a, b) => Value::Int(self.int_id(Int::Binary(op, a, b))),
                    _ => Value::Other,
                };
                self.values.insert(dst, value);
            }
            Inst::Binary { op, dst, a, b } => {
                let (a, b) = (self.value(a)?, self.value(b)?);
                self.set(dst, Node::Binary(op, a, b));
            }
            Inst::Unary { op: op @ (Unary::IntToFloat | Unary::IntToSingle), dst, a } => self.converted(op, dst, a)?,
            Inst::Unary { op: Unary::Widen | Unary::FloatToInt, dst, .. } => {
                self.values.insert(dst, Value::Other);
            }
            Inst::Unary { op, dst, a } if self.code.word(a) != Word::I64 => {
                let a = self.value(a)?;
                self.set(dst, Node::Unary(op, a));
            }
            Inst::Unary { dst, .. } => drop(self.values.insert(dst, Value::Other)),
            Inst::Compare { dst, a, .. } if self.code.word(a) == Word::I64 => {
                self.values.insert(dst, Value::Other);
            }
            Inst::Compare { op, dst, a, b } => {
                let (a, b) = (self.value(a)?, self.value(b)?);
                self.set(dst, Node::Compare(op, a, b));
            }
            Inst::Select { dst, .. } if self.code.word(dst) == Word::I64 => {
                self.values.insert(dst, Value::Other);
            }
            Inst::Select { dst, condition, a, b } => {
                let (condition, a, b) = (self.value(condition)?, self.value(a)?, self.value(b)?);
                self.set(dst, Node::Select(condition, a, b));
            }
            Inst::Check { condition, exit } => match self.values.get(&condition) {
                Some(Value::Node(node)) => self.out.code.guards.push(*node),
                Some(Value::Int(_) | Value::Other) | None => return Err(self.checked(exit)),
            },
            Inst::Poll { .. } => {}
            Inst::CheckTag { exit, .. } | Inst::Checked { exit, .. } => return Err(self.checked(exit)),
            Inst::LoadAt { dst, base, index } => self.load(dst, base, index)?,
            Inst::StoreAt { src, base, index } => {
                let place = self.place(self.code.word(src), base, index)?;
                let value = self.value(src)?;
                self.out.stores.push(place);
                self.out.code.stores.push((place.word, value));
            }
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

    // Values

    fn node(&mut self, node: Node) -> NodeId {
        let nodes = &mut self.out.code.nodes;
        let at = nodes.iter().position(|known| *known == node).unwrap_or_else(|| {
            nodes.push(node);
            nodes.len() - 1
        });
        NodeId(at)
    }

    fn set(&mut self, dst: Slot, node: Node) {
        let node = self.node(node);
        self.values.insert(dst, Value::Node(node));
    }

    fn value(&mut self, slot: Slot) -> Result<NodeId, Why> {
        match self.values.get(&slot) {
            Some(Value::Node(node)) => Ok(*node),
            Some(Value::Int(_) | Value::Other) => Err(self.why(Reason::NoVector, "arithmetic on integers")),
            None if self.written.contains(&slot) => Ok(self.node(Node::Carried(slot))),
            None => {
                let word = self.code.word(slot);
                Ok(self.scalar(Scalar::Slot(slot), word))
            }
        }
    }

    fn scalar(&mut self, scalar: Scalar, word: Word) -> NodeId {
        let at = self.out.scalars.iter().position(|known| *known == scalar).unwrap_or_else(|| {
            self.out.scalars.push(scalar);
            self.out.code.scalars.push(word);
            self.out.scalars.len() - 1
        });
        self.node(Node::Scalar(at))
    }

    /// An integer as a float.
    fn converted(&mut self, op: Unary, dst: Slot, a: Slot) -> Result<(), Why> {
        let value = match (self.int(a), op) {
            (Some(int), Unary::IntToFloat) if self.is_same(int) => self.scalar(Scalar::Float(int), Word::F64),
            (Some(int), _) => {
                let ramps = &mut self.out.ramps;
                let at = ramps.iter().position(|known| *known == int).unwrap_or_else(|| {
                    ramps.push(int);
                    ramps.len() - 1
                });
                self.out.code.ramps = self.out.ramps.len();
                let ramp = self.node(Node::Ramp(at));
                self.node(Node::Unary(op, ramp))
            }
            (None, _) => {
                let element = self.value(a)?;
                self.node(Node::Unary(op, element))
            }
        };
        self.values.insert(dst, Value::Node(value));
        Ok(())
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

    fn int(&mut self, slot: Slot) -> Option<IntId> {
        match self.values.get(&slot) {
            Some(Value::Int(int)) => Some(*int),
            Some(Value::Node(_) | Value::Other) => None,
            None if self.fast.items.contains(&slot) => Some(self.int_id(Int::Item)),
            None if self.written.contains(&slot) => None,
            None => Some(self.int_id(Int::Same(slot))),
        }
    }

    fn is_same(&self, int: IntId) -> bool {
        match self.out.ints[int] {
            Int::Item => false,
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
        let (Some(base), Some(index)) = (self.int(base), self.int(index)) else { return Err(uneven) };
        let description = self.description(base).ok_or(uneven)?;
        Ok(Place { word, base, index, description })
    }

    /// Of the array that an address is made from.
    fn description(&self, int: IntId) -> Option<Slot> {
        match self.out.ints[int] {
            Int::Same(slot) => self.fast.described.get(&slot).copied(),
            Int::Binary(_, a, b) => self.description(a).or_else(|| self.description(b)),
            Int::Item | Int::Literal(_) => None,
        }
    }

    fn load(&mut self, dst: Slot, base: Slot, index: Slot) -> Result<(), Why> {
        let place = self.place(self.code.word(dst), base, index)?;
        if let Some(stored) = self.out.stores.iter().rposition(|stored| *stored == place) {
            let (_, value) = self.out.code.stores[stored];
            self.values.insert(dst, Value::Node(value));
            return Ok(());
        }
        let load = Load { word: place.word, after: self.out.stores.len() };
        let mut known = self.out.loads.iter().zip(&self.out.code.loads);
        let at = known.position(|(known, how)| *known == place && *how == load).unwrap_or_else(|| {
            self.out.loads.push(place);
            self.out.code.loads.push(load);
            self.out.loads.len() - 1
        });
        self.set(dst, Node::Element(at));
        Ok(())
    }
}

/// Where a loop is in the source: its body.
pub(super) fn place(code: &LoopCode, body: &[BlockId], spans: &[Span]) -> Span {
    let insts = body.iter().flat_map(|block| &code.blocks[block.0 as usize].insts);
    let exits = insts.filter_map(Inst::exit).map(|exit| &code.exits[exit.0 as usize]);
    let mut polls = exits.filter(|exit| matches!(exit.leaving, Leaving::Poll(_)));
    polls.next_back().and_then(|exit| spans.get(exit.pc.0 as usize)).copied().unwrap_or_default()
}

/// The blocks that hand the array expressions over.
struct Emission<'a> {
    code: &'a mut LoopCode,
    fast: &'a Fast<'a>,
    found: &'a Found,
    insts: Vec<Inst>,
}

impl Emission<'_> {
    fn emit(mut self, next: BlockId) -> BlockId {
        let name = self.code.blocks[self.fast.header.0 as usize].name.clone();
        let count = self.temp(Word::I64);
        self.advance(count);
        let done = self.block(format!("{name}.done"), End::Jump(next));
        let condition = self.call(count);
        let call = self.block(format!("{name}.vector"), End::Branch { condition, then: done, otherwise: next });
        let condition = self.enough(count);
        let choice = self.block(format!("{name}.enough"), End::Branch { condition, then: call, otherwise: next });
        self.code.area_words = self.code.area_words.max(self.found.code.words());
        self.code.vectors.push(self.found.code.clone());
        choice
    }

    /// Whether there are enough iterations in front of the last two, and the variables hold the item at hand.
    fn enough(&mut self, count: Slot) -> Slot {
        let Induction { next, stop, .. } = self.fast.step;
        let (one, least) = (self.int(1), self.int(MIN_COUNT));
        let item = self.binary(Binary::Sub, next, one);
        let left = self.binary(Binary::Sub, stop, next);
        self.insts.push(Inst::Binary { op: Binary::Sub, dst: count, a: left, b: one });
        let mut enough = self.compare(Relation::Ge, count, least);
        for slot in self.fast.items {
            let right = self.compare(Relation::Eq, *slot, item);
            enough = self.binary(Binary::And, enough, right);
        }
        enough
    }

    /// Hands the operands over: whether the expressions were computed.
    fn call(&mut self, count: Slot) -> Slot {
        let found = self.found;
        let code = &found.code;
        self.put(1, count);
        let one = self.int(1);
        let item = self.binary(Binary::Sub, self.fast.step.next, one);
        let next = self.binary(Binary::Add, item, one);
        let (mut now, mut then) = (HashMap::from([(0, item)]), HashMap::from([(0, next)]));
        let loads = found.loads.iter().enumerate().map(|(at, place)| (code.load_at(at), place));
        let stores = found.stores.iter().enumerate().map(|(at, place)| (code.store_at(at), place));
        for (at, place) in loads.chain(stores) {
            let (first, second) = (self.address(place, &mut now), self.address(place, &mut then));
            let step = self.binary(Binary::Sub, second, first);
            let array = self.temp(Word::I64);
            let base = place.description;
            self.insts.push(Inst::Load { dst: array, base, offset: descriptor::ARRAY, fixed: true });
            self.put(at, first);
            self.put(at + 1, step);
            self.put(at + 2, array);
        }
        for (at, int) in found.ramps.iter().enumerate() {
            let (first, second) = (self.int_of(*int, &mut now), self.int_of(*int, &mut then));
            let step = self.binary(Binary::Sub, second, first);
            self.put(code.ramp_at(at), first);
            self.put(code.ramp_at(at) + 1, step);
        }
        for (at, scalar) in found.scalars.iter().enumerate() {
            let slot = match scalar {
                Scalar::Slot(slot) => *slot,
                Scalar::Float(int) => {
                    let (a, dst) = (self.int_of(*int, &mut now), self.temp(Word::F64));
                    self.insts.push(Inst::Unary { op: Unary::IntToFloat, dst, a });
                    dst
                }
            };
            self.put(code.scalar_at(at), slot);
        }
        let index = self.int(self.code.vectors.len() as i64);
        let dst = self.temp(Word::I8);
        self.insts.push(Inst::Call { routine: Routine::Vector, dst, args: vec![self.code.area, index] });
        dst
    }

    /// What has changed when all iterations but two are done.
    fn advance(&mut self, count: Slot) {
        for (at, variable) in self.found.sums.iter().enumerate() {
            let grown = self.temp(self.code.word(*variable));
            let (base, offset) = (self.code.area, self.found.code.sum_at(at) as i32 * 8);
            self.insts.push(Inst::Load { dst: grown, base, offset, fixed: false });
            self.insts.push(Inst::Binary { op: Binary::Add, dst: *variable, a: *variable, b: grown });
        }
        let Induction { next, stop, .. } = self.fast.step;
        let (one, iterations) = (self.int(1), self.code.iterations);
        self.insts.push(Inst::Binary { op: Binary::Sub, dst: next, a: stop, b: one });
        let item = self.binary(Binary::Sub, next, one);
        self.insts.extend(self.fast.items.iter().map(|slot| Inst::Copy { dst: *slot, src: item }));
        self.insts.push(Inst::Binary { op: Binary::Add, dst: iterations, a: iterations, b: count });
    }

    fn address(&mut self, place: &Place, known: &mut HashMap<IntId, Slot>) -> Slot {
        let (base, index) = (self.int_of(place.base, known), self.int_of(place.index, known));
        let bits = self.int(place.word.bytes().trailing_zeros().into());
        let offset = self.binary(Binary::Shl, index, bits);
        self.binary(Binary::Add, base, offset)
    }

    fn int_of(&mut self, int: IntId, known: &mut HashMap<IntId, Slot>) -> Slot {
        if let Some(slot) = known.get(&int) {
            return *slot;
        }
        let slot = match self.found.ints[int] {
            Int::Item => unreachable!("it is known from the beginning"),
            Int::Same(slot) => slot,
            Int::Literal(i) => self.int(i),
            Int::Binary(op, a, b) => {
                let (a, b) = (self.int_of(a, known), self.int_of(b, known));
                self.binary(op, a, b)
            }
        };
        known.insert(int, slot);
        slot
    }

    fn put(&mut self, word: usize, src: Slot) {
        self.insts.push(Inst::Store { src, base: self.code.area, offset: word as i32 * 8 });
    }

    fn temp(&mut self, word: Word) -> Slot {
        self.code.slots.push(word);
        Slot(self.code.slots.len() as u32 - 1)
    }

    fn int(&mut self, value: i64) -> Slot {
        let dst = self.temp(Word::I64);
        self.insts.push(Inst::Const { dst, value: Literal::I64(value) });
        dst
    }

    fn binary(&mut self, op: Binary, a: Slot, b: Slot) -> Slot {
        let dst = self.temp(self.code.word(a));
        self.insts.push(Inst::Binary { op, dst, a, b });
        dst
    }

    fn compare(&mut self, op: Relation, a: Slot, b: Slot) -> Slot {
        let dst = self.temp(Word::I8);
        self.insts.push(Inst::Compare { op, dst, a, b });
        dst
    }

    fn block(&mut self, name: String, end: End) -> BlockId {
        let insts = std::mem::take(&mut self.insts);
        self.code.blocks.push(Block { name, insts, end });
        BlockId(self.code.blocks.len() as u32 - 1)
    }
}
