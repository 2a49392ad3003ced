//! The part of verification that follows paths: no register is read before it was written.

use std::collections::{BTreeSet, HashMap};

use super::chunk::{Chunk, Handler, Instr, Pc, Reg};
use super::op::{Op, Operand};
use super::verify::{defaults, is_test, last_read, leaves, reads, takes_next};

/// Bound on the memory that the analysis takes, in words of 64 registers.
const MAX_WORDS: usize = 32 << 20;

/// The registers that certainly hold a value.
type State = Vec<u64>;

/// Follows all paths from the start until nothing changes; code that cannot be reached is not looked at.
pub fn check(chunk: &Chunk) -> Result<(), (Pc, String)> {
    let mut flow = Flow { chunk, handlers: handlers(chunk), states: HashMap::new(), pending: BTreeSet::new() };
    flow.states.extend(chunk.handlers.iter().map(|handler| (handler.target, None)));
    for (pc, instr) in (0..).zip(&chunk.code) {
        if instr.op.operands()[1] == Operand::Target {
            flow.states.insert(instr.target(), None);
        }
        if instr.op == Op::ForIter {
            flow.states.insert(Pc(pc + 2), None);
        }
    }
    let words = (chunk.registers as usize).div_ceil(64);
    if words * flow.states.len() > MAX_WORDS {
        return Err((Pc(0), "a function too large to be checked".to_owned()));
    }
    let mut start = vec![0; words];
    let filled = (0..chunk.free_registers().end).chain(chunk.pinned_registers());
    filled.for_each(|register| set(&mut start, register, true));
    flow.meet(Pc(0), &start);
    while let Some(pc) = flow.pending.pop_first() {
        flow.follow(pc)?;
    }
    Ok(())
}

/// For each instruction its innermost handler.
pub(super) fn handlers(chunk: &Chunk) -> Vec<Option<Handler>> {
    let mut handlers = vec![None; chunk.code.len()];
    for handler in chunk.handlers.iter().rev() {
        handlers[handler.start.0 as usize..handler.end.0 as usize].fill(Some(*handler));
    }
    handlers
}

struct Flow<'a> {
    chunk: &'a Chunk,
    handlers: Vec<Option<Handler>>,
    /// The state at each place that is jumped to; none before it is reached.
    states: HashMap<Pc, Option<State>>,
    pending: BTreeSet<Pc>,
}

impl Flow<'_> {
    /// From a place on, up to where its path ends or meets another.
    fn follow(&mut self, start: Pc) -> Result<(), (Pc, String)> {
        let Some(Some(state)) = self.states.get(&start) else { return Ok(()) };
        let mut state = state.clone();
        let mut at = Some(start);
        while let Some(pc) = at {
            let instr = self.chunk.code[pc.0 as usize];
            let before = self.handlers[pc.0 as usize].map(|handler| (handler, state.clone()));
            let unwritten = |register: Reg| {
                (pc, format!("register {} read by {} before it is written", register.0, instr.op.name()))
            };
            if takes_next(instr.op) {
                // Its operand word may name registers as well, which are read before anything is written.
                let operand = self.chunk.code[pc.0 as usize + 1];
                sources(operand)
                    .find(|register| !get(&state, *register))
                    .map_or(Ok(()), |register| Err(unwritten(Reg(register as u16))))?;
            }
            self.step(instr, &mut state).map_err(unwritten)?;
            if let Some((handler, mut raising)) = before {
                // It may have emptied its block, and has written nothing.
                raising.iter_mut().zip(&state).for_each(|(word, after)| *word &= after);
                set(&mut raising, handler.register.0 as usize, true);
                self.meet(handler.target, &raising);
            }
            let next = Pc(pc.0 + 1);
            let behind = match instr.op {
                op if leaves(op) => None,
                Op::Jump => {
                    self.meet(instr.target(), &state);
                    None
                }
                Op::JumpIfFalse | Op::JumpIfTrue => {
                    self.meet(instr.target(), &state);
                    Some(next)
                }
                op if is_test(op) => {
                    self.meet(self.chunk.code[next.0 as usize].target(), &state);
                    Some(Pc(pc.0 + 2))
                }
                Op::ForIter => {
                    self.meet(Pc(pc.0 + 2), &state);
                    set(&mut state, instr.a as usize, true);
                    self.meet(self.chunk.code[next.0 as usize].target(), &state);
                    None
                }
                op if takes_next(op) => Some(Pc(pc.0 + 2)),
                _ => Some(next),
            };
            let joins = behind.filter(|behind| self.states.contains_key(behind));
            joins.into_iter().for_each(|join| self.meet(join, &state));
            at = behind.filter(|_| joins.is_none());
        }
        Ok(())
    }

    /// Checks what an instruction reads, then notes what it empties and writes.
    fn step(&self, instr: Instr, state: &mut State) -> Result<(), Reg> {
        let fields = [instr.a as usize, instr.b as usize, instr.c as usize];
        let operands = instr.op.operands();
        let block = || {
            let declared = operands.iter().position(|operand| *operand == Operand::Block);
            let block = declared.map(|at| fields[at]..fields[at] + fields[2]);
            let made = (instr.op == Op::MakeFunction).then(|| fields[2]..fields[2] + defaults(self.chunk, instr));
            block.or(made).unwrap_or(0..0)
        };
        if let Some(register) = sources(instr).chain(block()).find(|register| !get(state, *register)) {
            return Err(Reg(register as u16));
        }
        let end = if is_call(instr.op) { self.chunk.registers as usize } else { block().end };
        (block().start..end).for_each(|register| set(state, register, false));
        last_read(instr).for_each(|register| set(state, register as usize, false));
        match operands[0] {
            // `ForIter` writes on one of its two ways only.
            Operand::Dst if instr.op != Op::ForIter => set(state, fields[0], true),
            Operand::DstBlock => (fields[0]..fields[0] + fields[2]).for_each(|register| set(state, register, true)),
            Operand::Local => set(state, fields[0], instr.op != Op::DeleteLocal),
            _ => {}
        }
        Ok(())
    }

    /// A path arrives: only what all paths have written counts.
    fn meet(&mut self, at: Pc, arriving: &State) {
        let changed = match self.states.entry(at).or_default() {
            Some(state) => {
                let before = state.clone();
                state.iter_mut().zip(arriving).for_each(|(word, arriving)| *word &= arriving);
                *state != before
            }
            none => {
                *none = Some(arriving.clone());
                true
            }
        };
        if changed {
            self.pending.insert(at);
        }
    }
}

/// The registers that single fields name to be read.
fn sources(instr: Instr) -> impl Iterator<Item = usize> {
    let (fields, operands) = ([instr.a, instr.b, instr.c], instr.op.operands());
    (0..3)
        .filter(move |at| matches!(operands[*at], Operand::Src | Operand::Cell) && reads(instr, *at))
        .map(move |at| fields[at] as usize)
}

/// A callee's window begins at the call's block, so that everything above it is the callee's as well.
fn is_call(op: Op) -> bool {
    matches!(op, Op::Call | Op::CallKw | Op::CallUnpacked | Op::CallMethod | Op::CallMethodKw)
}

fn get(state: &State, register: usize) -> bool {
    state[register / 64] >> (register % 64) & 1 != 0
}

fn set(state: &mut State, register: usize, value: bool) {
    let bit = 1 << (register % 64);
    match value {
        true => state[register / 64] |= bit,
        false => state[register / 64] &= !bit,
    }
}
