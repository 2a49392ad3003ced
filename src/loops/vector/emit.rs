//! Blocks that hand array expressions over, in front of the loop.

use std::collections::HashMap;

use super::scan::{Found, Int, IntId, Place, Scalar};
use super::{Fast, MIN_COUNT};
use crate::loops::assemble::{Assemble, Sequence};
use crate::loops::build::descriptor;
use crate::loops::ir::{Binary, BlockId, End, Induction, Inst, LoopCode, Relation, Routine, Slot, Unary, Word};

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
        let call = self.out.block(format!("{name}.vector"), End::Branch { condition, then: done, otherwise: next });
        let condition = self.enough(count);
        let choice = self.out.block(format!("{name}.enough"), End::Branch { condition, then: call, otherwise: next });
        self.out.code_mut().area_words = self.out.code().area_words.max(self.found.code.words());
        self.out.code_mut().vectors.push(self.found.code.clone());
        choice
    }

    /// Whether there are enough iterations in front of the last two, and the variables hold the item at hand.
    fn enough(&mut self, count: Slot) -> Slot {
        let Induction { next, stop, .. } = self.fast.step;
        let (one, least) = (self.out.int(1), self.out.int(MIN_COUNT));
        let item = self.out.binary(Binary::Sub, next, one);
        let left = self.out.binary(Binary::Sub, stop, next);
        self.out.emit(Inst::Binary { op: Binary::Sub, dst: count, a: left, b: one });
        let mut enough = self.out.compare(Relation::Ge, count, least);
        for slot in self.fast.items {
            let right = self.out.compare(Relation::Eq, *slot, item);
            enough = self.out.binary(Binary::And, enough, right);
        }
        enough
    }

    /// Hands the operands over: whether the expressions were computed.
    fn call(&mut self, count: Slot) -> Slot {
        let found = self.found;
        let code = &found.code;
        self.put(1, count);
        let one = self.out.int(1);
        let item = self.out.binary(Binary::Sub, self.fast.step.next, one);
        let next = self.out.binary(Binary::Add, item, one);
        let (mut now, mut then) = (HashMap::from([(0, item)]), HashMap::from([(0, next)]));
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
        for (at, scalar) in found.scalars.iter().enumerate() {
            let slot = match scalar {
                Scalar::Slot(slot) => *slot,
                Scalar::Float(int) => {
                    let int = self.int_of(*int, &mut now);
                    self.out.unary(Unary::IntToFloat, int)
                }
            };
            self.put(code.scalar_at(at), slot);
        }
        let index = self.out.int(self.out.code().vectors.len() as i64);
        let area = self.out.code().area;
        self.out.call(Routine::Vector, Word::I8, vec![area, index])
    }

    /// What has changed when all iterations but two are done.
    fn advance(&mut self, count: Slot) {
        for (at, variable) in self.found.sums.iter().enumerate() {
            let (word, area) = (self.out.code().word(*variable), self.out.code().area);
            let grown = self.out.load(word, area, self.found.code.sum_at(at) as i32 * 8, false);
            self.out.emit(Inst::Binary { op: Binary::Add, dst: *variable, a: *variable, b: grown });
        }
        let Induction { next, stop, .. } = self.fast.step;
        let (one, iterations) = (self.out.int(1), self.out.code().iterations);
        self.out.emit(Inst::Binary { op: Binary::Sub, dst: next, a: stop, b: one });
        let item = self.out.binary(Binary::Sub, next, one);
        for slot in self.fast.items {
            self.out.copy(*slot, item);
        }
        self.out.emit(Inst::Binary { op: Binary::Add, dst: iterations, a: iterations, b: count });
    }

    fn address(&mut self, place: &Place, known: &mut HashMap<IntId, Slot>) -> Slot {
        let (base, index) = (self.int_of(place.base, known), self.int_of(place.index, known));
        let bits = self.out.int(place.word.bytes().trailing_zeros().into());
        let offset = self.out.binary(Binary::Shl, index, bits);
        self.out.binary(Binary::Add, base, offset)
    }

    fn int_of(&mut self, int: IntId, known: &mut HashMap<IntId, Slot>) -> Slot {
        if let Some(slot) = known.get(&int) {
            return *slot;
        }
        let slot = match self.found.ints[int] {
            Int::Item => unreachable!("it is known from the beginning"),
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
