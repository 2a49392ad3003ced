//! Copies of a program for measuring one of its loops: the clock is read where the loop begins and where it ends, and
//! instructions that leave everything as it was stand before the loop's own.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::Verified;
use super::chunk::{Chunk, Handler, Instr, Loop, Pc, Program};
use super::flow;
use super::op::{Op, Operand};
use super::verify::{leaves, takes_next};
use crate::source::Span;

/// A loop of a program: the chunk, and the loop's index in it.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    pub chunk: &'a Rc<Chunk>,
    pub index: usize,
}

impl Place<'_> {
    pub fn region(&self) -> Loop {
        self.chunk.loops[self.index]
    }

    /// The instructions of the loop, without operand words.
    pub fn instructions(&self) -> impl Iterator<Item = (Pc, Instr)> {
        let region = self.region();
        let code = &self.chunk.code;
        let word = |pc: u32| pc > 0 && takes_next(code[pc as usize - 1].op);
        (region.start.0..region.end.0).filter(move |pc| !word(*pc)).map(|pc| (Pc(pc), code[pc as usize]))
    }
}

/// A program in which `before` says what stands before each instruction of a loop, with `Stamp`s around the loop.
///
/// # Errors
/// In words, why the loop has no such copy.
pub fn stamped(
    program: &Program,
    place: Place<'_>,
    before: &dyn Fn(Pc, Instr) -> Option<Instr>,
) -> Result<Verified, String> {
    if place.instructions().any(|(_, instr)| instr.op == Op::Yield) {
        return Err("it hands out items, and others run in between".into());
    }
    let copy = Rc::new(Rewriter::new(place).rewrite(before));
    let program = Program { main: replaced(&program.main, place.chunk, &copy), globals: program.globals.clone() };
    Verified::new(program).map_err(|violation| violation.diagnostic().message)
}

/// The tree of functions under `chunk` with one of them replaced.
fn replaced(chunk: &Rc<Chunk>, old: &Rc<Chunk>, new: &Rc<Chunk>) -> Rc<Chunk> {
    if Rc::ptr_eq(chunk, old) {
        return new.clone();
    }
    let functions: Vec<Rc<Chunk>> = chunk.functions.iter().map(|inner| replaced(inner, old, new)).collect();
    let same = functions.iter().zip(&chunk.functions).all(|(new, old)| Rc::ptr_eq(new, old));
    if same { chunk.clone() } else { Rc::new(Chunk { functions, ..(**chunk).clone() }) }
}

const BEGINS: Instr = Instr { op: Op::Stamp, flags: super::chunk::Flags(0), a: 0, b: 0, c: 0 };
const ENDS: Instr = Instr { a: 1, ..BEGINS };

/// Writes a chunk anew. A place of the old code has up to two in the new one: where code inside the loop finds it, and
/// where code outside does, which has to pass a `Stamp` on its way in.
struct Rewriter<'a> {
    chunk: &'a Chunk,
    region: Loop,
    code: Vec<Instr>,
    spans: Vec<Span>,
    inside: Vec<u32>,
    outside: Vec<u32>,
    /// Where jumps into the loop go, and those out of it, by their targets.
    entries: BTreeMap<u32, u32>,
    exits: BTreeMap<u32, u32>,
    /// Jumps of ours, by their places, and what they go to in the old code.
    pads: Vec<(usize, Pc, Side)>,
}

#[derive(Clone, Copy, PartialEq)]
enum Side {
    Inside,
    Outside,
}

impl<'a> Rewriter<'a> {
    fn new(place: Place<'a>) -> Rewriter<'a> {
        let len = place.chunk.code.len();
        Rewriter {
            chunk: place.chunk,
            region: place.region(),
            code: Vec::with_capacity(2 * len),
            spans: Vec::with_capacity(2 * len),
            inside: vec![0; len + 1],
            outside: vec![0; len + 1],
            entries: BTreeMap::new(),
            exits: BTreeMap::new(),
            pads: Vec::new(),
        }
    }

    fn contains(&self, pc: Pc) -> bool {
        (self.region.start..self.region.end).contains(&pc)
    }

    fn here(&self) -> u32 {
        self.code.len() as u32
    }

    fn emit(&mut self, instr: Instr, span: Span) {
        self.code.push(instr);
        self.spans.push(span);
    }

    fn rewrite(mut self, before: &dyn Fn(Pc, Instr) -> Option<Instr>) -> Chunk {
        let chunk = self.chunk;
        let mut targets = Vec::new();
        let (mut into, mut out) = (Vec::new(), Vec::new());
        for (pc, instr) in (0..).map(Pc).zip(&chunk.code) {
            if instr.op.operands()[1] == Operand::Target {
                match (self.contains(pc), self.contains(instr.target())) {
                    (false, true) => into.push(instr.target()),
                    (true, false) => out.push(instr.target()),
                    (true, true) | (false, false) => {}
                }
            }
        }
        let mut word = false;
        for (pc, (instr, span)) in (0..).map(Pc).zip(chunk.code.iter().zip(&chunk.spans)) {
            if pc == self.region.start {
                self.begin(&into, *span);
            }
            if pc == self.region.end {
                self.end(&out, *span);
            }
            self.inside[pc.0 as usize] = self.here();
            if pc != self.region.start {
                self.outside[pc.0 as usize] = self.here();
            }
            if self.contains(pc) && !word {
                if let Some(inserted) = before(pc, *instr) {
                    self.emit(inserted, *span);
                }
                if instr.op == Op::Return {
                    self.emit(ENDS, *span);
                }
            }
            word = !word && takes_next(instr.op);
            if instr.op.operands()[1] == Operand::Target {
                targets.push((self.code.len(), self.contains(pc)));
            }
            self.emit(*instr, *span);
        }
        let len = chunk.code.len();
        if self.region.end.0 as usize == len {
            // Nothing runs off the end of verified code: jumps may leave the loop.
            let span = chunk.spans.last().copied().unwrap_or_default();
            self.end(&out, span);
        }
        (self.inside[len], self.outside[len]) = (self.here(), self.here());
        self.aim(&targets);
        self.finish()
    }

    /// What stands before the loop: the ways in, that of what comes from above last.
    fn begin(&mut self, into: &[Pc], span: Span) {
        let over = self.code.len();
        self.emit(Instr::wide(Op::Jump, 0, Pc(0)), span);
        for target in into {
            if *target == self.region.start || self.entries.contains_key(&target.0) {
                continue;
            }
            self.entries.insert(target.0, self.here());
            self.emit(BEGINS, span);
            self.pads.push((self.code.len(), *target, Side::Inside));
            self.emit(Instr::wide(Op::Jump, 0, Pc(0)), span);
        }
        let first = self.here();
        self.outside[self.region.start.0 as usize] = first;
        self.code[over] = Instr::wide(Op::Jump, 0, Pc(first));
        self.emit(BEGINS, span);
    }

    /// What stands behind the loop: the ways out, first that of what falls out of it.
    fn end(&mut self, out: &[Pc], span: Span) {
        let end = self.region.end;
        let code_goes_on = (end.0 as usize) < self.chunk.code.len();
        let falls = self.falls_out();
        if falls || out.contains(&end) {
            self.exits.insert(end.0, self.here());
            self.emit(ENDS, span);
            if code_goes_on {
                self.pads.push((self.code.len(), end, Side::Outside));
                self.emit(Instr::wide(Op::Jump, 0, Pc(0)), span);
            }
        }
        for target in out {
            if self.exits.contains_key(&target.0) {
                continue;
            }
            self.exits.insert(target.0, self.here());
            self.emit(ENDS, span);
            self.pads.push((self.code.len(), *target, Side::Outside));
            self.emit(Instr::wide(Op::Jump, 0, Pc(0)), span);
        }
    }

    /// Whether an instruction of the loop is followed by what stands behind the loop.
    fn falls_out(&self) -> bool {
        let place = (self.region.start.0..self.region.end.0).map(Pc);
        let mut word = false;
        let mut falls = false;
        for pc in place {
            let op = self.chunk.code[pc.0 as usize].op;
            if !word && !leaves(op) {
                falls |= flow::successors(self.chunk, pc).any(|next| next == self.region.end);
            }
            word = !word && takes_next(op);
        }
        falls
    }

    /// Gives all jumps their targets in the new code.
    fn aim(&mut self, targets: &[(usize, bool)]) {
        for (at, from_inside) in targets {
            let old = self.code[*at].target();
            let to = match (*from_inside, self.contains(old)) {
                (true, true) => self.inside[old.0 as usize],
                (true, false) => self.exits[&old.0],
                (false, true) => self.entries.get(&old.0).copied().unwrap_or(self.outside[old.0 as usize]),
                (false, false) => self.outside[old.0 as usize],
            };
            self.code[*at] =
                Instr { flags: self.code[*at].flags, ..Instr::wide(self.code[*at].op, self.code[*at].a, Pc(to)) };
        }
        for (at, old, side) in std::mem::take(&mut self.pads) {
            let to = match side {
                Side::Inside => self.inside[old.0 as usize],
                Side::Outside => self.outside[old.0 as usize],
            };
            self.code[at] = Instr::wide(Op::Jump, 0, Pc(to));
        }
        // What was inserted jumps inside the loop: to old places as well.
        for at in 0..self.code.len() {
            if self.code[at].op == Op::AgainBranch {
                let old = self.code[at].target();
                self.code[at] = Instr::wide(Op::AgainBranch, 0, Pc(self.inside[old.0 as usize]));
            }
        }
    }

    fn finish(self) -> Chunk {
        let map =
            |pc: Pc, within: bool| Pc(if within { self.inside[pc.0 as usize] } else { self.outside[pc.0 as usize] });
        let of_handler = |handler: &Handler| Handler {
            start: map(handler.start, true),
            end: map(handler.end, true),
            target: map(handler.target, self.contains(handler.target)),
            ..*handler
        };
        let of_loop = |found: &Loop| {
            let within = self.region.start <= found.start && found.end <= self.region.end;
            Loop { start: map(found.start, within), end: map(found.end, true), head: map(found.head, within), ..*found }
        };
        let (handlers, loops) =
            (self.chunk.handlers.iter().map(of_handler).collect(), self.chunk.loops.iter().map(of_loop).collect());
        Chunk { code: self.code, spans: self.spans, handlers, loops, ..self.chunk.clone() }
    }
}
