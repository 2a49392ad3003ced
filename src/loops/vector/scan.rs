//! What an iteration computes, element by element: maps, sums, and what has to hold.

use std::collections::{HashMap, HashSet};

use super::{Fast, Load, Node, NodeId, Sign, Sum, VectorLoop, place};
use crate::loops::ir::{Binary, End, ExitId, Inst, Leaving, Literal, LoopCode, Slot, Unary, Word};
use crate::loops::why::{Reason, Why};

/// An integer that addresses are made of, by its place in [`Found::ints`].
pub type IntId = usize;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Int {
    /// The item of the iteration.
    Item,
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scalar {
    Slot(Slot),
    Float(IntId),
}

/// A loop, and what its operands are in the code.
pub struct Found {
    pub code: VectorLoop,
    pub ints: Vec<Int>,
    pub loads: Vec<Place>,
    pub stores: Vec<Place>,
    pub ramps: Vec<IntId>,
    pub scalars: Vec<Scalar>,
    /// The variable of each sum.
    pub sums: Vec<Slot>,
}

/// What a slot holds in an iteration.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Value {
    Node(NodeId),
    Int(IntId),
    /// Nothing that array expressions or addresses are made of.
    Other,
}

pub struct Scan<'a> {
    code: &'a LoopCode,
    fast: &'a Fast<'a>,
    out: Found,
    /// What the iteration has written.
    values: HashMap<Slot, Value>,
    written: HashSet<Slot>,
}

impl<'a> Scan<'a> {
    pub fn new(code: &'a LoopCode, fast: &'a Fast<'a>) -> Scan<'a> {
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

    pub fn run(mut self) -> Result<Found, Why> {
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
