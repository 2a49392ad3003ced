//! The straight code of an array expression, read as an expression again.

use std::rc::Rc;

use crate::bytecode::chunk::{Chunk, ConstId, Flags, GlobalId, Instr, Pc};
use crate::bytecode::op::Op;
use crate::interp::numpy;
use crate::syntax::ast::{BinaryOp, CompareOp, UnaryOp};

/// More instructions are not read.
const MAX_INSTRUCTIONS: usize = 128;

/// An expression from its first operation to its last.
#[derive(Clone)]
pub struct Expression {
    pub sources: Vec<Source>,
    pub steps: Vec<Step>,
    /// The register that takes the value.
    pub result: u16,
    /// Registers whose values nothing reads any more.
    pub used_up: Vec<u16>,
    /// The instruction behind it.
    pub end: Pc,
}

/// What an expression begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A local variable, or what was computed before.
    Register(u16),
    Constant(ConstId),
    Global(GlobalId),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    Source(usize),
    Step(usize),
}

#[derive(Clone)]
pub enum Step {
    Unary(UnaryOp, Input),
    Binary(BinaryOp, Input, Input),
    Compare(CompareOp, Input, Input),
    /// A function of a module, or a method of an array.
    Call {
        receiver: Input,
        name: Rc<str>,
        arguments: Vec<Input>,
    },
}

struct Reader<'a> {
    chunk: &'a Chunk,
    sources: Vec<Source>,
    steps: Vec<Step>,
    /// Registers that the code has written, what they hold, and whether it was read.
    written: Vec<(u16, Input, bool)>,
    used_up: Vec<u16>,
}

impl Expression {
    /// Reads the expression whose first operation on an array is at `start`; `None` if there is more in it than
    /// operators, calls and what they take.
    pub fn read(chunk: &Chunk, start: Pc) -> Option<Expression> {
        let mut reader =
            Reader { chunk, sources: Vec::new(), steps: Vec::new(), written: Vec::new(), used_up: Vec::new() };
        let mut pc = start;
        for _ in 0..MAX_INSTRUCTIONS {
            let instr = *chunk.code.get(pc.0 as usize)?;
            let (step, length) = reader.instruction(instr, pc)?;
            pc = Pc(pc.0 + length);
            let Some(step) = step else { continue };
            let reduces = matches!(&step, Step::Call { name, .. } if numpy::is_reduction(name));
            reader.steps.push(step);
            if reduces || !instr.flags.contains(Flags::LAZY) {
                let Reader { sources, steps, written, mut used_up, .. } = reader;
                // Everything on the way was for this.
                let whole = written.iter().all(|(.., read)| *read);
                used_up.retain(|register| *register != instr.a);
                return whole.then_some(Expression { sources, steps, result: instr.a, used_up, end: pc });
            }
            reader.write(instr.a, Input::Step(reader.steps.len() - 1));
        }
        None
    }
}

impl Reader<'_> {
    /// The step that an instruction is, if it is one, and its length.
    fn instruction(&mut self, instr: Instr, pc: Pc) -> Option<(Option<Step>, u32)> {
        let Instr { op, flags, a, b, c } = instr;
        if let Some(op) = binary_op(op) {
            if flags.contains(Flags::IN_PLACE) {
                return None;
            }
            let (left, right) = self.operands(instr);
            return Some((Some(Step::Binary(op, left, right)), 1));
        }
        if let Some(op) = compare_op(op) {
            let (left, right) = self.operands(instr);
            return Some((Some(Step::Compare(op, left, right)), 1));
        }
        match op {
            Op::LoadConst => {
                let source = self.source(Source::Constant(ConstId(b)));
                self.write(a, source);
                Some((None, 1))
            }
            Op::LoadGlobal => {
                let source = self.source(Source::Global(GlobalId(b)));
                self.write(a, source);
                Some((None, 1))
            }
            Op::Move => {
                let value = self.read(b);
                self.write(a, value);
                Some((None, 1))
            }
            // The call asks again.
            Op::CheckMethod => Some((None, 1)),
            Op::Neg | Op::Invert => {
                let operand = self.operand(b, flags.contains(Flags::LAST_LEFT));
                let op = if op == Op::Neg { UnaryOp::Neg } else { UnaryOp::Invert };
                Some((Some(Step::Unary(op, operand)), 1))
            }
            Op::CallMethod => {
                let method = self.chunk.code.get(pc.0 as usize + 1)?;
                let name = self.chunk.names.get(method.b as usize)?.clone();
                let receiver = self.operand(b, true);
                let arguments = (b + 1..b + c).map(|register| self.operand(register, true)).collect();
                Some((Some(Step::Call { receiver, name, arguments }), 2))
            }
            _ => None,
        }
    }

    fn operands(&mut self, instr: Instr) -> (Input, Input) {
        let left = self.operand(instr.b, instr.flags.contains(Flags::LAST_LEFT));
        (left, self.operand(instr.c, instr.flags.contains(Flags::LAST_RIGHT)))
    }

    /// An operand; `last` if nothing reads its register after that.
    fn operand(&mut self, register: u16, last: bool) -> Input {
        if last && !self.written.iter().any(|(written, ..)| *written == register) {
            self.used_up.push(register);
        }
        self.read(register)
    }

    fn read(&mut self, register: u16) -> Input {
        match self.written.iter_mut().rev().find(|(written, ..)| *written == register) {
            Some((_, value, read)) => {
                *read = true;
                *value
            }
            None => self.source(match self.chunk.pinned_constant(register) {
                Some(constant) => Source::Constant(constant),
                None => Source::Register(register),
            }),
        }
    }

    fn write(&mut self, register: u16, value: Input) {
        self.written.push((register, value, false));
    }

    fn source(&mut self, source: Source) -> Input {
        let at = self.sources.iter().position(|known| *known == source).unwrap_or_else(|| {
            self.sources.push(source);
            self.sources.len() - 1
        });
        Input::Source(at)
    }
}

fn binary_op(op: Op) -> Option<BinaryOp> {
    Some(match op {
        Op::Add => BinaryOp::Add,
        Op::Sub => BinaryOp::Sub,
        Op::Mul => BinaryOp::Mul,
        Op::TrueDiv => BinaryOp::TrueDiv,
        Op::FloorDiv => BinaryOp::FloorDiv,
        Op::Mod => BinaryOp::Mod,
        Op::Pow => BinaryOp::Pow,
        Op::MatMul => BinaryOp::MatMul,
        Op::BitAnd => BinaryOp::BitAnd,
        Op::BitOr => BinaryOp::BitOr,
        Op::BitXor => BinaryOp::BitXor,
        _ => return None,
    })
}

fn compare_op(op: Op) -> Option<CompareOp> {
    Some(match op {
        Op::Lt => CompareOp::Lt,
        Op::Le => CompareOp::Le,
        Op::Gt => CompareOp::Gt,
        Op::Ge => CompareOp::Ge,
        Op::Eq => CompareOp::Eq,
        Op::Ne => CompareOp::Ne,
        _ => return None,
    })
}
