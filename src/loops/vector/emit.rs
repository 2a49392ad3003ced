//! Blocks that hand array expressions over, in front of the loop.

use std::collections::HashMap;

use super::scan::{Found, Int, IntId, Place, Scalar};
use super::{Fast, Fold, Most, SAFE};
use crate::loops::assemble::{Assemble, Sequence};
use crate::loops::build::descriptor;
use crate::loops::ir::{
    Binary, BlockId, End, Induction, Inst, Literal, LoopCode, Relation, Routine, Slot, Unary, Word,
};

/// Slots of the integers of one iteration.
type Ints = HashMap<IntId, Slot>;

/// The blocks that hand the array expressions over.
pub struct Emission<'a> {
    out: Sequence<'a>,
    fast: &'a Fast<'a>,
    found: &'a Found,
}

impl<'a> Emission<'a> {
    pub fn new(code: &'a mut LoopCode, fast: &'a Fast<'a>, found: &'a Found) -> Emission<'a> {
        Emission { out: Sequence::new(code), fast, found }
    }

    pub fn emit(mut self, next: BlockId) -> BlockId {
        let name = self.out.code().blocks[self.fast.header.0 as usize].name.clone();
        let count = self.out.temp(Word::I64);
        self.advance(count);
        let done = self.out.block(format!("{name}.done"), End::Jump(next));
        let condition = self.call(count);
        let mut call = self.out.block(format!("{name}.vector"), End::Branch { condition, then: done, otherwise: next });
        if !self.found.elements.is_empty() {
            let condition = self.holds_elements();
            call = self.out.block(format!("{name}.same"), End::Branch { condition, then: call, otherwise: next });
        }
        let condition = self.enough(count);
        let choice = self.out.block(format!("{name}.enough"), End::Branch { condition, then: call, otherwise: next });
        let code = self.out.code_mut();
        code.area_words = code.area_words.max(self.found.code.words());
        code.vectors.push(self.found.code.clone());
        choice
    }

    /// Whether there are enough iterations in front of the last two, and everything is as it has to be.
    fn enough(&mut self, count: Slot) -> Slot {
        let Induction { next, stop, .. } = self.fast.step;
        let (one, least) = (self.out.int(1), self.out.int(self.found.code.least(0).unwrap_or(i64::MAX)));
        let mut now = self.now();
        let item = now[&0];
        let left = self.out.binary(Binary::Sub, stop, next);
        self.out.emit(Inst::Binary { op: Binary::Sub, dst: count, a: left, b: one });
        let mut all = vec![self.out.compare(Relation::Ge, count, least)];
        if !self.found.elements.is_empty() {
            all.push(self.out.compare(Relation::Ge, next, one));
        }
        for slot in self.fast.items {
            all.push(self.out.compare(Relation::Eq, *slot, item));
        }
        let mut scalars = HashMap::new();
        for scalar in &self.found.conditions {
            all.push(self.scalar(*scalar, &mut now, &mut scalars));
        }
        let mut floats = HashMap::new();
        for int in &self.found.bounded {
            let (first, step) = self.first_and_step(*int, &mut now, &mut floats);
            let iterations = self.out.unary(Unary::IntToFloat, count);
            let way = self.out.binary(Binary::Mul, step, iterations);
            let last = self.out.binary(Binary::Add, first, way);
            all.extend([first, last].map(|end| self.is_safe(end)));
        }
        let ints = self.found.folds.iter().filter(|variable| self.out.code().word(**variable) == Word::I64);
        for variable in ints.copied().collect::<Vec<_>>() {
            let float = self.out.unary(Unary::IntToFloat, variable);
            all.push(self.is_safe(float));
        }
        let mut all = all.into_iter();
        let first = all.next().expect("iterations are counted");
        all.fold(first, |all, condition| self.out.binary(Binary::And, all, condition))
    }

    fn is_safe(&mut self, float: Slot) -> Slot {
        let size = self.out.unary(Unary::Abs, float);
        let limit = self.out.literal(Literal::F64(SAFE));
        self.out.compare(Relation::Lt, size, limit)
    }

    /// An evenly moving integer as a float, and by how much it moves: no intermediate result is lost beyond 64 bits.
    fn first_and_step(&mut self, int: IntId, now: &mut Ints, known: &mut HashMap<IntId, (Slot, Slot)>) -> (Slot, Slot) {
        if let Some(known) = known.get(&int) {
            return *known;
        }
        let found = match self.found.ints[int] {
            Int::Item | Int::Counter(_) | Int::Same(_) | Int::Literal(_) => {
                let slot = self.int_of(int, now);
                let moves = matches!(self.found.ints[int], Int::Item | Int::Counter(_));
                let step = self.out.literal(Literal::F64(if moves { 1.0 } else { 0.0 }));
                (self.out.unary(Unary::IntToFloat, slot), step)
            }
            Int::Binary(op, a, b) => {
                let (a, b) = (self.first_and_step(a, now, known), self.first_and_step(b, now, known));
                let first = self.out.binary(op, a.0, b.0);
                let step = match op {
                    // One of the two does not move.
                    Binary::Mul => {
                        let (x, y) = (self.out.binary(op, a.0, b.1), self.out.binary(op, a.1, b.0));
                        self.out.binary(Binary::Add, x, y)
                    }
                    _ => self.out.binary(op, a.1, b.1),
                };
                (first, step)
            }
        };
        known.insert(int, found);
        found
    }

    /// Whether slots hold the elements that they are taken to hold.
    fn holds_elements(&mut self) -> Slot {
        let mut now = self.now();
        let mut all = None;
        for (slot, place) in &self.found.elements {
            let element = self.element(place, &mut now);
            let is_same = self.out.compare(Relation::Eq, *slot, element);
            all = Some(match all {
                None => is_same,
                Some(all) => self.out.binary(Binary::And, all, is_same),
            });
        }
        all.expect("there are some")
    }

    fn element(&mut self, place: &Place, ints: &mut Ints) -> Slot {
        let (base, index) = (self.int_of(place.base, ints), self.int_of(place.index, ints));
        self.out.load_at(place.word, base, index)
    }

    /// Hands the operands over: whether the expressions were computed.
    fn call(&mut self, count: Slot) -> Slot {
        let found = self.found;
        let code = &found.code;
        self.put(1, count);
        let (mut now, mut then) = (self.now(), self.then());
        let loads = found.loads.iter().enumerate().map(|(at, place)| (code.load_at(at), place));
        let stores = found.stores.iter().enumerate().map(|(at, place)| (code.store_at(at), place));
        for (at, place) in loads.chain(stores) {
            let (first, second) = (self.address(place, &mut now), self.address(place, &mut then));
            let step = self.out.binary(Binary::Sub, second, first);
            let array = self.out.load(Word::I64, place.description, descriptor::ARRAY, true);
            self.put(at, first);
            self.put(at + 1, step);
            self.put(at + 2, array);
        }
        for (at, int) in found.ramps.iter().enumerate() {
            let (first, second) = (self.int_of(*int, &mut now), self.int_of(*int, &mut then));
            let step = self.out.binary(Binary::Sub, second, first);
            self.put(code.ramp_at(at), first);
            self.put(code.ramp_at(at) + 1, step);
        }
        let mut scalars = HashMap::new();
        for at in 0..found.scalars.len() {
            let slot = self.scalar(at, &mut now, &mut scalars);
            self.put(code.scalar_at(at), slot);
        }
        let index = self.out.int(self.out.code().vectors.len() as i64);
        let area = self.out.code().area;
        self.out.call(Routine::Vector, Word::I8, vec![area, index])
    }

    /// What has changed when all iterations but two are done.
    fn advance(&mut self, count: Slot) {
        for (at, variable) in self.found.folds.iter().enumerate() {
            let (word, area) = (self.out.code().word(*variable), self.out.code().area);
            let result = self.out.load(word, area, self.found.code.fold_at(at) as i32 * 8, false);
            let then = match &self.found.code.folds[at] {
                Fold::Sum { .. } => self.out.binary(Binary::Add, *variable, result),
                Fold::Extreme { most, .. } => {
                    let relation = match most {
                        Most::Largest => Relation::Gt,
                        Most::Smallest => Relation::Lt,
                    };
                    let better = self.out.compare(relation, result, *variable);
                    self.out.select(better, result, *variable)
                }
            };
            self.out.copy(*variable, then);
        }
        let Induction { next, stop, .. } = self.fast.step;
        let (one, iterations) = (self.out.int(1), self.out.code().iterations);
        self.out.emit(Inst::Binary { op: Binary::Sub, dst: next, a: stop, b: one });
        for counter in &self.fast.counters {
            self.out.emit(Inst::Binary { op: Binary::Add, dst: counter.next, a: counter.next, b: count });
        }
        let mut now = self.now();
        for slot in self.fast.items {
            self.out.copy(*slot, now[&0]);
        }
        for (slot, place) in &self.found.elements {
            let element = self.element(place, &mut now);
            self.out.copy(*slot, element);
        }
        // Those of the loop that is compiled are counted, not those of loops in it.
        let code = self.out.code();
        let insts = self.fast.body.iter().flat_map(|block| &code.blocks[block.0 as usize].insts);
        if insts.filter_map(Inst::written).any(|slot| slot == iterations) {
            self.out.emit(Inst::Binary { op: Binary::Add, dst: iterations, a: iterations, b: count });
        }
    }

    // Integers and scalars

    /// What moves, as it is where the iteration begins.
    fn now(&mut self) -> Ints {
        let one = self.out.int(1);
        let item = self.out.binary(Binary::Sub, self.fast.step.next, one);
        self.counters().chain([(0, item)]).collect()
    }

    /// And in the iteration behind.
    fn then(&mut self) -> Ints {
        let one = self.out.int(1);
        let counters: Vec<(IntId, Slot)> = self.counters().collect();
        let mut ints: Ints =
            counters.into_iter().map(|(int, slot)| (int, self.out.binary(Binary::Add, slot, one))).collect();
        ints.insert(0, self.out.fresh(self.fast.step.next));
        ints
    }

    fn counters(&self) -> impl Iterator<Item = (IntId, Slot)> + use<'a> {
        self.found.ints.iter().enumerate().filter_map(|(at, int)| match int {
            Int::Counter(slot) => Some((at, *slot)),
            _ => None,
        })
    }

    /// `known` are those that the block has computed.
    fn scalar(&mut self, scalar: usize, now: &mut Ints, known: &mut HashMap<usize, Slot>) -> Slot {
        if let Some(slot) = known.get(&scalar) {
            return *slot;
        }
        let slot = match self.found.scalars[scalar] {
            Scalar::Slot(slot) => slot,
            Scalar::Int(int) => self.int_of(int, now),
            Scalar::Literal(literal) => self.out.literal(literal),
            Scalar::Unary(op, a) => {
                let a = self.scalar(a, now, known);
                self.out.unary(op, a)
            }
            Scalar::Binary(op, a, b) => {
                let (a, b) = (self.scalar(a, now, known), self.scalar(b, now, known));
                self.out.binary(op, a, b)
            }
            Scalar::Compare(op, a, b) => {
                let (a, b) = (self.scalar(a, now, known), self.scalar(b, now, known));
                self.out.compare(op, a, b)
            }
        };
        known.insert(scalar, slot);
        slot
    }

    fn address(&mut self, place: &Place, ints: &mut Ints) -> Slot {
        let (base, index) = (self.int_of(place.base, ints), self.int_of(place.index, ints));
        let bits = self.out.int(place.word.bytes().trailing_zeros().into());
        let offset = self.out.binary(Binary::Shl, index, bits);
        self.out.binary(Binary::Add, base, offset)
    }

    fn int_of(&mut self, int: IntId, known: &mut Ints) -> Slot {
        if let Some(slot) = known.get(&int) {
            return *slot;
        }
        let slot = match self.found.ints[int] {
            Int::Item | Int::Counter(_) => unreachable!("they are known from the beginning"),
            Int::Same(slot) => slot,
            Int::Literal(i) => self.out.int(i),
            Int::Binary(op, a, b) => {
                let (a, b) = (self.int_of(a, known), self.int_of(b, known));
                self.out.binary(op, a, b)
            }
        };
        known.insert(int, slot);
        slot
    }

    fn put(&mut self, word: usize, src: Slot) {
        self.out.emit(Inst::Store { src, base: self.out.code().area, offset: word as i32 * 8 });
    }
}
