//! Checks every index of compiled code once, so that the interpreter need not: what runs is a [`Verified`] program.

use std::collections::HashSet;
use std::ops::Deref;
use std::rc::Rc;

use super::chunk::{Chunk, ConstId, Constant, Flags, Instr, Pc, Program};
use super::definite;
use super::op::{Op, Operand};
use crate::diagnostic::{Diagnostic, ErrorKind};
use crate::source::Span;

/// A program whose code keeps to its chunk, whatever path is taken:
///
/// - every register, block of registers, constant, name, function and global that an instruction names exists;
/// - every register that is read was written on all ways there, or `CheckBound` passed there; displays are taken to
///   empty their blocks, and calls all registers from their block on, since there the callee's window begins;
/// - jumps go to instructions, not behind the end, nor to operand words (what follows a call with names, a method
///   call or `ForIter`), and operand words stand where they belong;
/// - cells are made and handed over where they belong, and read and written as cells alone;
/// - handlers of exceptions cover instructions of the code, and go to one;
/// - no instruction is followed by the end of the code.
#[derive(Debug)]
pub struct Verified(Program);

impl Verified {
    pub fn new(program: Program) -> Result<Verified, Violation> {
        let mut pending = vec![program.main.clone()];
        while let Some(chunk) = pending.pop() {
            Verifier { chunk: &chunk, globals: program.globals.len(), cells: cells(&chunk) }.check()?;
            pending.extend(chunk.functions.iter().cloned());
        }
        Ok(Verified(program))
    }
}

impl Deref for Verified {
    type Target = Program;
    fn deref(&self) -> &Program {
        &self.0
    }
}

/// What is wrong with a program's code, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    pub chunk: Rc<str>,
    pub pc: Pc,
    pub what: String,
    pub span: Span,
}

impl Violation {
    /// The compiler's fault, said as such.
    pub fn diagnostic(&self) -> Diagnostic {
        let message = format!("internal error: {} at instruction {} of {}", self.what, self.pc.0, self.chunk);
        Diagnostic::new(ErrorKind::RuntimeError, self.span, message)
    }
}

/// The registers of a function that hold cells.
fn cells(chunk: &Chunk) -> HashSet<u16> {
    let made = chunk.code.iter().filter(|instr| instr.op == Op::MakeCell).map(|instr| instr.a);
    made.chain(chunk.free_registers().map(|register| register as u16)).collect()
}

struct Verifier<'a> {
    chunk: &'a Chunk,
    globals: usize,
    cells: HashSet<u16>,
}

impl Verifier<'_> {
    fn check(&self) -> Result<(), Violation> {
        self.header().map_err(|what| self.violation(0, what))?;
        for at in 0..self.chunk.code.len() {
            self.instruction(at).map_err(|what| self.violation(at, what))?;
        }
        definite::check(self.chunk).map_err(|(pc, what)| self.violation(pc.0 as usize, what))
    }

    fn header(&self) -> Result<(), String> {
        let Chunk { code, spans, signature, locals, registers, .. } = self.chunk;
        ensure(code.len() == spans.len(), || "an instruction without a place in the source")?;
        ensure(u32::try_from(code.len()).is_ok(), || "too many instructions")?;
        ensure(self.chunk.pinned_registers().end <= *registers as usize, || "more local variables than registers")?;
        let is_value = |id: &ConstId| {
            self.chunk.constants.get(id.0 as usize).is_some_and(|constant| !matches!(constant, Constant::Names(_)))
        };
        ensure(self.chunk.pinned.iter().all(is_value), || "a pinned constant that is none")?;
        ensure(signature.registers() + self.chunk.free <= locals.len(), || "more parameters than local variables")?;
        ensure(signature.positional_only <= signature.positional.len(), || "a wrong signature")?;
        ensure(signature.positional_defaults <= signature.positional.len(), || "a wrong signature")?;
        ensure(signature.keyword_defaults.len() == signature.keyword_only.len(), || "a wrong signature")?;
        ensure(!code.is_empty(), || "no instruction")?;
        self.chunk.loops.iter().try_for_each(|found| {
            let in_order = found.start <= found.head && found.head < found.end && found.end.0 as usize <= code.len();
            ensure(in_order && self.is_target(found.head), || "a loop outside the code")
        })?;
        self.chunk.handlers.iter().try_for_each(|handler| {
            let in_code = handler.start <= handler.end && handler.end.0 as usize <= code.len();
            ensure(in_code && self.is_target(handler.target), || "a handler outside the code")?;
            ensure(handler.register.0 < *registers, || "a handler without a register")?;
            ensure(!self.is_fixed(handler.register.0), || "a handler that writes a cell's or a constant's register")
        })
    }

    /// Whether a jump may go there: not so to an operand word.
    fn is_target(&self, pc: Pc) -> bool {
        let at = pc.0 as usize;
        at < self.chunk.code.len() && !(at > 0 && takes_next(self.chunk.code[at - 1].op))
    }

    /// Whether a register holds a cell or a constant, whatever the function does.
    fn is_fixed(&self, register: u16) -> bool {
        self.cells.contains(&register) || self.chunk.pinned_registers().contains(&(register as usize))
    }

    fn instruction(&self, at: usize) -> Result<(), String> {
        let instr = self.chunk.code[at];
        for (operand, value) in instr.op.operands().into_iter().zip([instr.a, instr.b, instr.c]) {
            self.operand(instr, operand, value)?;
        }
        self.shape(instr)?;
        self.neighbours(at)
    }

    /// One field, by what the table says it holds.
    fn operand(&self, instr: Instr, operand: Operand, value: u16) -> Result<(), String> {
        let chunk = self.chunk;
        let below = |len: usize| ensure((value as usize) < len, || format!("{operand:?} {value} of {len}"));
        match operand {
            Operand::Unused => ensure(value == 0, || "an unused field that is not zero"),
            Operand::Src => below(chunk.registers as usize),
            Operand::Dst => {
                below(chunk.registers as usize)?;
                ensure(!self.is_fixed(value), || "a cell's or a constant's register is written")
            }
            Operand::Local => {
                below(chunk.locals.len())?;
                ensure(
                    instr.op == Op::MakeCell || !self.cells.contains(&value),
                    || "a cell's register is taken for a value's",
                )
            }
            Operand::Cell => ensure(self.cells.contains(&value), || format!("register {value} is no cell's")),
            Operand::Block | Operand::DstBlock => {
                let end = value as usize + instr.c as usize;
                ensure(end <= chunk.registers as usize, || format!("a block up to register {end}"))?;
                // A block is emptied, if it is not written.
                let writes_fixed = (value..end as u16).any(|register| self.is_fixed(register));
                ensure(!writes_fixed, || "a cell's or a constant's register is written")
            }
            // A method call without keywords has no names: checked with the call.
            Operand::Const if instr.op == Op::Method => Ok(()),
            Operand::Const => below(chunk.constants.len()),
            Operand::Name => below(chunk.names.len()),
            Operand::Global => below(self.globals),
            Operand::Function => below(chunk.functions.len()),
            Operand::Target => {
                let target = instr.target();
                ensure(self.is_target(target), || format!("a jump to {}", target.0))
            }
            Operand::Count | Operand::High => Ok(()),
        }
    }

    /// What an operation asks of its operands beyond their range.
    fn shape(&self, instr: Instr) -> Result<(), String> {
        let is_names = |id: u16| matches!(self.chunk.constants[id as usize], Constant::Names(_));
        if last_read(instr).count() == 2 {
            ensure(instr.b != instr.c, || "a register that is read for the last time twice")?;
        }
        if instr.op == Op::LoadConst {
            ensure(!is_names(instr.b), || "names of arguments as a value")?;
        }
        if instr.op == Op::BuildSlice {
            ensure(instr.c == 3, || "a slice that is not of three")?;
        }
        if instr.op == Op::BuildDict {
            ensure(instr.c.is_multiple_of(2), || "a key without a value")?;
        }
        if instr.op == Op::UnpackStar {
            ensure((instr.flags.0 as u16) < instr.c, || "a star outside its targets")?;
        }
        if instr.op == Op::CallUnpacked {
            ensure(matches!(instr.c, 2 | 3), || "unpacked arguments that are neither one nor two")?;
        }
        if instr.op == Op::MakeFunction {
            let end = instr.c as usize + defaults(self.chunk, instr);
            ensure(end <= self.chunk.registers as usize, || format!("defaults up to register {end}"))?;
        }
        Ok(())
    }

    /// Instructions that belong together, and the end of the code.
    fn neighbours(&self, at: usize) -> Result<(), String> {
        let code = &self.chunk.code;
        let op = code[at].op;
        let before = at.checked_sub(1).map(|at| code[at].op);
        let next = code.get(at + 1);
        if matches!(op, Op::Call | Op::CallKw | Op::CallMethod | Op::CallMethodKw) {
            ensure(code[at].c > 0, || "a call of nothing")?;
        }
        match op {
            Op::CallKw => self.names(code[at], next.filter(|next| next.op == Op::Keywords).map(|next| next.b))?,
            Op::CallMethodKw => self.names(code[at], next.filter(|next| next.op == Op::Method).map(|next| next.c))?,
            Op::CallMethod => {
                ensure(next.is_some_and(|next| next.op == Op::Method && next.c == 0), || "a call without its method")?
            }
            Op::ForIter => ensure(next.is_some_and(|next| next.op == Op::Jump), || "a loop without its jump")?,
            op if is_test(op) => {
                ensure(next.is_some_and(|next| matches!(next.op, Op::If | Op::Unless)), || "a test without its jump")?
            }
            Op::If | Op::Unless => ensure(before.is_some_and(is_test), || "a jump without its test")?,
            Op::GetSlice | Op::SetSlice => {
                ensure(next.is_some_and(|next| next.op == Op::Bounds), || "a slice without its bounds")?
            }
            Op::Bounds => ensure(matches!(before, Some(Op::GetSlice | Op::SetSlice)), || "bounds without a slice")?,
            Op::Keywords => ensure(before == Some(Op::CallKw), || "names without a call")?,
            Op::Method => {
                ensure(matches!(before, Some(Op::CallMethod | Op::CallMethodKw)), || "a method without a call")?
            }
            _ => {}
        }
        let leaves = leaves(op) || op == Op::Jump && before != Some(Op::ForIter);
        ensure(leaves || next.is_some(), || "an end that can be reached")
    }

    /// Names of a call's last arguments.
    fn names(&self, call: Instr, id: Option<u16>) -> Result<(), String> {
        match id.and_then(|id| self.chunk.constants.get(id as usize)) {
            Some(Constant::Names(names)) => {
                ensure(!names.is_empty() && names.len() < call.c as usize, || "more names than arguments")
            }
            Some(_) | None => Err("a call without its names".to_owned()),
        }
    }

    fn violation(&self, at: usize, what: String) -> Violation {
        let span = self.chunk.spans.get(at).copied().unwrap_or_default();
        Violation { chunk: self.chunk.name.clone(), pc: Pc(at as u32), what, span }
    }
}

/// Whether the instruction behind this one is its operand.
pub(super) fn takes_next(op: Op) -> bool {
    matches!(op, Op::ForIter | Op::CallKw | Op::CallMethod | Op::CallMethodKw | Op::GetSlice | Op::SetSlice)
        || is_test(op)
}

/// Whether it is a comparison together with the jump behind it.
pub(super) fn is_test(op: Op) -> bool {
    matches!(op, Op::TestLt | Op::TestLe | Op::TestGt | Op::TestGe | Op::TestEq | Op::TestNe)
}

/// Whether control never comes to the next instruction.
pub(super) fn leaves(op: Op) -> bool {
    matches!(op, Op::Return | Op::AssertFailed | Op::Raise | Op::RaiseAgain | Op::Reraise)
}

/// Registers that an operator moves arrays out of: operands that nothing reads after it.
pub(super) fn last_read(instr: Instr) -> impl Iterator<Item = u16> {
    let operands = [(Flags::LAST_LEFT, instr.b), (Flags::LAST_RIGHT, instr.c)];
    let last = move |(flag, _): &(Flags, u16)| is_operator(instr.op) && instr.flags.contains(*flag);
    operands.into_iter().filter(last).map(|(_, register)| register)
}

/// Whether an operation takes its operands from anywhere, and arrays element by element.
fn is_operator(op: Op) -> bool {
    use Op::*;
    matches!(
        op,
        Add | Sub
            | Mul
            | TrueDiv
            | FloorDiv
            | Mod
            | Pow
            | MatMul
            | BitAnd
            | BitOr
            | BitXor
            | Shl
            | Shr
            | Neg
            | Pos
            | Invert
            | Lt
            | Le
            | Gt
            | Ge
            | Eq
            | Ne
    ) || is_test(op)
}

/// How many registers with defaults and cells a `MakeFunction` takes.
pub(super) fn defaults(chunk: &Chunk, instr: Instr) -> usize {
    chunk.functions.get(instr.b as usize).map_or(0, |function| {
        let signature = &function.signature;
        let keyword_defaults = signature.keyword_defaults.iter().filter(|default| **default).count();
        signature.positional_defaults + keyword_defaults + function.free
    })
}

/// Whether an instruction reads the register in a field that is declared as `Src`: some do by their flags only.
pub(super) fn reads(instr: Instr, field: usize) -> bool {
    match (instr.op, field) {
        (Op::AssertFailed, 0) => instr.flags.contains(Flags::MESSAGE),
        (Op::FormatValue, 2) => instr.flags.contains(Flags::SPEC),
        (Op::MakeFunction, 2) => false,
        (Op::ListExtend, 2) => instr.flags.contains(Flags::ARGUMENTS),
        (Op::Raise, 1) => instr.flags.contains(Flags::CAUSE),
        (Op::ExitContext, 2) => instr.flags.contains(Flags::FAILED),
        _ => true,
    }
}

fn ensure<T: Into<String>>(holds: bool, what: impl FnOnce() -> T) -> Result<(), String> {
    if holds { Ok(()) } else { Err(what().into()) }
}
