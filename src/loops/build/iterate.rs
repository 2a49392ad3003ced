//! Iterators: ranges, lists, arrays, `enumerate` and `zip` of these.

use std::rc::Rc;

use super::{Builder, Step, Val};
use crate::bytecode::chunk::Pc;
use crate::loops::assemble::Assemble;
use crate::loops::build::elements::descriptor;
use crate::loops::ir::{Binary, Counter, End, Induction, Relation, Slot, Word};
use crate::loops::types::{Iterator, Over, Steps, Type};
use crate::loops::why::Reason;

/// Changes of an iterator's state, to be made when nothing can fail any more.
type Moves = Vec<(Slot, Slot)>;

impl Builder<'_> {
    /// `iter(value)`
    pub(super) fn iterator(&mut self, val: &Val) -> Step<Val> {
        let over = match &val.ty {
            Type::Range(steps) => {
                let [start, stop, step] = [val.slots[0], val.slots[1], val.slots[2]];
                let iterator = Iterator { over: Over::Range(*steps), is_object: false };
                let slots = if steps.unit {
                    let some = self.compare(Relation::Lt, start, stop);
                    vec![start, self.select(some, stop, start)]
                } else {
                    vec![start, self.range_len(val), step]
                };
                return Ok(Val::new(Type::Iterator(Rc::new(iterator)), slots));
            }
            Type::List(item) => Over::List((**item).clone()),
            Type::Array(array) => Over::Array(*array),
            Type::Iterator(iterator) if !iterator.is_object => return Ok(val.clone()),
            _ => return self.stop(Reason::Iterable, val.ty.name()),
        };
        let start = self.int(0);
        let iterator = Iterator { over, is_object: false };
        Ok(Val::new(Type::Iterator(Rc::new(iterator)), [val.slot(), start]))
    }

    /// Stops if a second register, or a variable, would hold an iterator that the code has made: its state is in slots, and
    /// there is one state only, however many have it.
    pub(super) fn held_once(&self, val: &Val) -> Step<()> {
        match &val.ty {
            Type::Iterator(iterator) if !iterator.is_object => {
                self.stop(Reason::Iterable, "an iterator that has a name")
            }
            _ => Ok(()),
        }
    }

    /// How many items a range has.
    fn range_len(&mut self, range: &Val) -> Slot {
        let [start, stop, step] = [range.slots[0], range.slots[1], range.slots[2]];
        let (zero, one) = (self.int(0), self.int(1));
        let up = self.compare(Relation::Gt, step, zero);
        let (low, high) = (self.select(up, start, stop), self.select(up, stop, start));
        let negative = self.binary(Binary::Sub, zero, step);
        let size = self.select(up, step, negative);
        let some = self.compare(Relation::Lt, low, high);
        let span = self.binary(Binary::Sub, high, low);
        let last = self.binary(Binary::Sub, span, one);
        let steps = self.binary(Binary::DivUnsigned, last, size);
        let count = self.binary(Binary::Add, steps, one);
        self.select(some, count, zero)
    }

    /// `for`: the next item into a register, and on at `body`; or out, at `behind`.
    pub(super) fn for_iter(&mut self, register: u16, iterator: &Val, body: Pc, behind: Pc) -> Step<()> {
        let Type::Iterator(ty) = &iterator.ty else {
            return self.stop(Reason::Iterable, iterator.ty.name());
        };
        let (mut moves, mut ends) = (Moves::new(), Vec::new());
        let item = self.advance(ty, &iterator.slots, &mut moves, &mut ends)?;
        self.commit(&moves);
        let state = self.state.clone();
        self.write(register, item);
        self.go(self.place(body));
        self.state = state;
        for (block, moves) in ends {
            self.switch(block);
            self.commit(&moves);
            let state = self.state.clone();
            self.go(self.place(behind));
            self.state = state;
        }
        Ok(())
    }

    fn commit(&mut self, moves: &Moves) {
        for (dst, src) in moves {
            self.copy(*dst, *src);
        }
    }

    /// The next item, if there is one: else the code goes to one of `ends`, where the changes are made that are named there.
    fn advance(
        &mut self,
        iterator: &Iterator,
        slots: &[Slot],
        moves: &mut Moves,
        ends: &mut Vec<(super::BlockId, Moves)>,
    ) -> Step<Val> {
        let one = self.int(1);
        match &iterator.over {
            Over::Range(Steps { unit: true, .. }) => {
                let [next, stop] = [slots[0], slots[1]];
                let some = self.compare(Relation::Ne, next, stop);
                self.or_end(some, moves.clone(), ends);
                let item = self.fresh(next);
                self.steps(item, next, stop, ends);
                let next_then = self.binary(Binary::Add, next, one);
                moves.push((next, next_then));
                Ok(Val::new(iterator.item(), [item]))
            }
            Over::Range(Steps { unit: false, .. }) => {
                let [next, left, step] = [slots[0], slots[1], slots[2]];
                let zero = self.int(0);
                let some = self.compare(Relation::Ne, left, zero);
                self.or_end(some, moves.clone(), ends);
                let item = self.fresh(next);
                let (left_then, next_then) =
                    (self.binary(Binary::Sub, left, one), self.binary(Binary::Add, next, step));
                moves.extend([(next, next_then), (left, left_then)]);
                Ok(Val::new(iterator.item(), [item]))
            }
            Over::List(item) => {
                let [list, next] = [slots[0], slots[1]];
                let len = self.list_len(list);
                let some = self.compare(Relation::Below, next, len);
                // An iterator that has ended stays so, though its list grows.
                let ended = self.int(-1);
                let mut at_end = moves.clone();
                at_end.push((next, ended));
                self.or_end(some, at_end, ends);
                let at = self.fresh(next);
                self.steps(at, next, len, ends);
                let items = self.list_items(list);
                let item = self.list_item(items, at, item)?;
                let next_then = self.binary(Binary::Add, next, one);
                moves.push((next, next_then));
                Ok(item)
            }
            Over::Array(array) => {
                let [data, next] = [slots[0], slots[1]];
                let len = self.load(Word::I64, data, descriptor::len(0), true);
                let some = self.compare(Relation::Below, next, len);
                self.or_end(some, moves.clone(), ends);
                let at = self.fresh(next);
                self.steps(at, next, len, ends);
                let item = self.walked(data, *array, at);
                let next_then = self.binary(Binary::Add, next, one);
                moves.push((next, next_then));
                Ok(item)
            }
            Over::Enumerate(inner) => {
                let count = slots[inner.words().len()];
                let at = self.fresh(count);
                let item = self.advance(inner, slots, moves, ends)?;
                self.out.counters.push(Counter { block: self.block, next: count, stop: None });
                let count_then = self.checked(crate::loops::ir::Checked::Add, count, one);
                moves.push((count, count_then));
                let mut parts = vec![at];
                parts.extend(item.slots);
                Ok(Val::new(Type::Tuple([Type::Int, item.ty].into()), parts))
            }
            Over::Zip(inner) => {
                let (mut types, mut parts, mut at) = (Vec::new(), Vec::new(), 0);
                for inner in inner.iter() {
                    let item = self.advance(inner, &slots[at..], moves, ends)?;
                    at += inner.words().len();
                    types.push(item.ty);
                    parts.extend(item.slots);
                }
                Ok(Val::new(Type::Tuple(types.into()), parts))
            }
        }
    }

    /// Notes that places are counted one by one: by the first iterator of those that advance together, and by others.
    fn steps(&mut self, item: Slot, next: Slot, stop: Slot, ends: &[(super::BlockId, Moves)]) {
        let block = self.block;
        match ends.len() {
            1 => self.out.inductions.push(Induction { block, item, next, stop }),
            _ => self.out.counters.push(Counter { block, next, stop: Some(stop) }),
        }
    }

    fn or_end(&mut self, some: Slot, moves: Moves, ends: &mut Vec<(super::BlockId, Moves)>) {
        let (more, end) = (self.part(), self.part());
        self.end(End::Branch { condition: some, then: more, otherwise: end });
        ends.push((end, moves));
        self.switch(more);
    }
}
