//! Blocks, and which of them a place is compiled to.

use std::collections::HashMap;

use super::{Arrival, Builder, MAX_VERSIONS, Place, WIDEN_AFTER};
use crate::bytecode::chunk::{Loop, Pc};
use crate::bytecode::flow::Registers;
use crate::bytecode::op::Op;
use crate::loops::assemble::Assemble;
use crate::loops::ir::{Binary, Block, BlockId, End, Inst, Leaving, Slot, Var};
use crate::loops::types::Type;
use crate::loops::why::Reason;

impl Builder<'_> {
    pub(super) fn new_block(&mut self, name: String) -> BlockId {
        self.out.blocks.push(Block { name, insts: Vec::new(), end: End::Jump(BlockId(0)) });
        BlockId(self.out.blocks.len() as u32 - 1)
    }

    /// A block inside of an instruction.
    pub(super) fn part(&mut self) -> BlockId {
        let name = format!("{}.{}", self.out.blocks[self.block.0 as usize].name, self.out.blocks.len());
        self.new_block(name)
    }

    pub(super) fn switch(&mut self, block: BlockId) {
        self.block = block;
    }

    pub(super) fn end(&mut self, end: End) {
        self.out.blocks[self.block.0 as usize].end = end;
    }

    /// Goes to a place of a compiled function: the code of the loop, or out of it.
    pub(super) fn go(&mut self, place: Place) {
        if place.context == 0 && !self.region.contains(&place.pc) {
            let exit = self.exit_to(place.pc, Leaving::End);
            return self.end(End::Exit(exit));
        }
        if place.context == self.at.context && place.pc <= self.at.pc && self.block.0 > 0 {
            self.poll(place);
            self.is_nest |= place != Place { context: 0, pc: self.region.start };
        }
        if place == (Place { context: 0, pc: self.region.start }) && self.block.0 > 0 {
            self.comes_back = true;
            let (one, count) = (self.int(1), self.out.iterations);
            self.emit(Inst::Binary { op: Binary::Add, dst: count, a: count, b: one });
        }
        self.keep_live(place);
        let arrival = Arrival { place, begins: self.begins_loop(place) };
        let count = self.versions.get(&arrival).copied().unwrap_or(0);
        let known = |builder: &Self| {
            let key: Vec<(Var, Type)> = builder.state.iter().map(|(var, ty)| (*var, ty.clone())).collect();
            (builder.blocks.get(&(arrival, key.clone())).copied(), key)
        };
        let (mut found, mut key) = known(self);
        if found.is_none() && count >= WIDEN_AFTER {
            self.state.values_mut().for_each(|ty| *ty = ty.widened());
            (found, key) = known(self);
        }
        let block = match found {
            Some(block) => block,
            None if count >= MAX_VERSIONS => {
                let pc = if place.context == 0 { place.pc } else { self.root_pc() };
                let exit = self.exit_to(pc, Leaving::Cannot(self.why(Reason::ManyTypes, "")));
                return self.end(End::Exit(exit));
            }
            None => {
                let line = if place.context == 0 { String::new() } else { format!("@{}", place.context) };
                let first = if arrival.begins { ".first" } else { "" };
                let block = self.new_block(format!("L{}{line}{first}.{count}", place.pc.0));
                self.blocks.insert((arrival, key), block);
                self.versions.insert(arrival, count + 1);
                self.queue.push((block, place, self.state.clone()));
                block
            }
        };
        self.end(End::Jump(block));
    }

    /// Whether going to a place is to begin a `for` loop.
    pub(super) fn begins_loop(&self, place: Place) -> bool {
        let chunk = &self.contexts[place.context as usize].code.chunk;
        let from_outside = |of: &Loop| of.head == place.pc && self.at.pc < of.start;
        place.context == self.at.context
            && chunk.code[place.pc.0 as usize].op == Op::ForIter
            && chunk.loops.iter().any(from_outside)
    }

    /// Asks whether to stop, at a jump back.
    pub(super) fn poll(&mut self, to: Place) {
        let (pc, from) = if to.context == 0 { (to.pc, self.at.pc) } else { (self.root_pc(), self.root_pc()) };
        let flag = self.out.flag;
        let exit = self.exit_to(pc, Leaving::Poll(from));
        self.emit(Inst::Poll { flag, exit });
    }

    /// Forgets what nobody reads from a place on, nor after an exit there.
    pub(super) fn keep_live(&mut self, place: Place) {
        let mut live: HashMap<u16, Registers> = HashMap::new();
        let mut at = Some(place);
        while let Some(Place { context, pc }) = at {
            let waiting = &self.contexts[context as usize];
            live.insert(context, waiting.liveness.at(pc).clone());
            at = waiting.parent;
        }
        self.state.retain(|var, _| match var {
            Var::Register(context, register) => live.get(context).is_some_and(|live| live.contains(*register)),
            Var::Global(_) => true,
        });
    }

    /// Goes one of two ways.
    pub(super) fn branch(&mut self, condition: Slot, then: Place, otherwise: Place) {
        let (yes, no) = (self.part(), self.part());
        self.end(End::Branch { condition, then: yes, otherwise: no });
        let state = self.state.clone();
        self.switch(yes);
        self.go(then);
        self.state = state;
        self.switch(no);
        self.go(otherwise);
    }

    pub(super) fn place(&self, pc: Pc) -> Place {
        Place { pc, ..self.at }
    }

    /// Compiles instructions up to the end of a block.
    pub(super) fn block(&mut self) {
        loop {
            self.exits.clear();
            match self.instruction() {
                Ok(Some(next)) => {
                    let targets = &self.contexts[next.context as usize].targets;
                    if next.context != self.at.context || targets.contains(&next.pc) {
                        return self.go(next);
                    }
                    self.at = next;
                }
                Ok(None) => return,
                Err(why) => {
                    let exit = self.exit_to(self.root_pc(), Leaving::Cannot(why.clone()));
                    self.first_stop.get_or_insert(why);
                    return self.end(End::Exit(exit));
                }
            }
        }
    }
}
