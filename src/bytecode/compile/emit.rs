//! Collects the code of one chunk: instructions, labels, pools of constants and names, registers.

use std::collections::HashMap;
use std::hash::Hash;
use std::rc::Rc;

use crate::bytecode::chunk::{Chunk, ConstId, Constant, FunctionId, Handler, Instr, Loop, NameId, Pc, Reg, Signature};
use crate::bytecode::op::{Op, Operand};
use crate::bytecode::scope::Scope;
use crate::bytecode::verify::{leaves, reads};
use crate::diagnostic::{Diagnostic, ErrorKind};
use crate::source::Span;

/// How many registers, constants, names, functions or globals there can be: operands have 16 bits.
pub const MAX_OPERAND: usize = u16::MAX as usize;

/// How many constants are pinned by code that runs once for each call, and by code in loops: each costs every call.
const MAX_PINNED: usize = 4;
const MAX_PINNED_IN_LOOPS: usize = 32;

/// Pinned registers are numbered from here until all locals and pinned constants are known.
const PINNED: usize = MAX_OPERAND - MAX_PINNED_IN_LOOPS;

/// How many locals and temporaries there can be, so that pinned ones have room between them.
const MAX_REGISTERS: usize = PINNED - MAX_PINNED_IN_LOOPS;

/// What a label stands for that was never bound: no instruction.
const NOWHERE: Pc = Pc(u32::MAX);

/// A place in the code that jumps go to, before or after it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label(usize);

/// The first register that was free at some time; releasing to it frees all that were taken since.
#[derive(Clone, Copy, Debug)]
pub struct Mark(usize);

/// Where exceptions of a stretch of code go, and with how many others being handled.
#[derive(Clone, Copy, Debug)]
pub struct Guard {
    pub target: Label,
    pub register: Reg,
    pub depth: u16,
}

/// What has no room, and where it was first noticed.
#[derive(Debug)]
pub struct Overflow {
    what: &'static str,
    span: Span,
}

impl Overflow {
    pub fn new(what: &'static str, span: Span) -> Overflow {
        Overflow { what, span }
    }

    pub fn diagnostic(&self) -> Diagnostic {
        let message = format!("too many {}: toy has room for {MAX_OPERAND}", self.what);
        Diagnostic::new(ErrorKind::SyntaxError, self.span, message)
    }
}

/// Equal items have one index.
#[derive(Debug)]
pub struct Pool<K, T> {
    ids: HashMap<K, u16>,
    pub items: Vec<T>,
}

impl<K: Hash + Eq, T> FromIterator<(K, T)> for Pool<K, T> {
    /// Items that have an index already, none of them twice.
    fn from_iter<I: IntoIterator<Item = (K, T)>>(items: I) -> Pool<K, T> {
        let mut pool = Pool::new();
        for (key, item) in items {
            pool.add(key, item);
        }
        pool
    }
}

impl<K: Hash + Eq, T> Pool<K, T> {
    pub fn new() -> Pool<K, T> {
        Pool { ids: HashMap::new(), items: Vec::new() }
    }

    /// The index of an item, or none if there is no room.
    pub fn add(&mut self, key: K, item: T) -> Option<u16> {
        if let Some(id) = self.ids.get(&key) {
            return Some(*id);
        }
        let id = self.items.len();
        if id >= MAX_OPERAND {
            return None;
        }
        self.items.push(item);
        self.ids.insert(key, id as u16);
        Some(id as u16)
    }
}

/// Constants are equal if type and bits are: `1`, `1.0`, `True` are three, and so are `0.0` and `-0.0`.
#[derive(Debug, PartialEq, Eq, Hash)]
enum ConstKey {
    None,
    Bool(bool),
    Ellipsis,
    Int(i64),
    BigInt(String),
    Float(u64),
    Str(Rc<str>),
    Tuple(Vec<ConstKey>),
    Names(Vec<Rc<str>>),
}

impl ConstKey {
    fn of(constant: &Constant) -> ConstKey {
        match constant {
            Constant::None => ConstKey::None,
            Constant::Bool(value) => ConstKey::Bool(*value),
            Constant::Ellipsis => ConstKey::Ellipsis,
            Constant::Int(value) => ConstKey::Int(*value),
            Constant::BigInt(digits) => ConstKey::BigInt(digits.clone()),
            Constant::Float(value) => ConstKey::Float(value.to_bits()),
            Constant::Str(text) => ConstKey::Str(text.clone()),
            Constant::Tuple(items) => ConstKey::Tuple(items.iter().map(ConstKey::of).collect()),
            Constant::Names(names) => ConstKey::Names(names.clone()),
        }
    }
}

#[derive(Debug)]
pub struct Emitter {
    code: Vec<Instr>,
    spans: Vec<Span>,
    constants: Pool<ConstKey, Constant>,
    pinned: Vec<ConstId>,
    names: Pool<Rc<str>, Rc<str>>,
    functions: Vec<Rc<Chunk>>,
    labels: Vec<Option<Pc>>,
    jumps: Vec<(usize, Label)>,
    /// Guarded code, from one label to another.
    guarded: Vec<(Label, Label, Guard)>,
    /// Loops: where the body starts, where the test is, if any, and behind the jump back once that is known.
    loops: Vec<(Label, Option<Label>, Option<Pc>, Span)>,
    /// How many of them have not ended.
    open_loops: usize,
    /// Registers of local variables; those above are temporaries, taken and released as a stack.
    locals: usize,
    next: usize,
    high: usize,
    overflow: Option<Overflow>,
}

impl Emitter {
    pub fn new(locals: usize, span: Span) -> Emitter {
        let mut emitter = Emitter {
            code: Vec::new(),
            spans: Vec::new(),
            constants: Pool::new(),
            pinned: Vec::new(),
            names: Pool::new(),
            functions: Vec::new(),
            labels: Vec::new(),
            jumps: Vec::new(),
            guarded: Vec::new(),
            loops: Vec::new(),
            open_loops: 0,
            locals,
            next: locals,
            high: locals,
            overflow: None,
        };
        if locals > MAX_REGISTERS {
            emitter.overflow("local variables in one function", span);
        }
        emitter
    }

    pub fn emit(&mut self, instr: Instr, span: Span) {
        self.code.push(instr);
        self.spans.push(span);
    }

    /// An instruction whose target is `label`, for now or for later.
    pub fn jump(&mut self, op: Op, condition: Reg, label: Label, span: Span) {
        self.jumps.push((self.code.len(), label));
        self.emit(Instr::wide(op, condition.0, Pc(0)), span);
    }

    pub fn label(&mut self) -> Label {
        self.labels.push(None);
        Label(self.labels.len() - 1)
    }

    /// Puts a label at the instruction that comes next.
    pub fn bind(&mut self, label: Label) {
        self.labels[label.0] = Some(Pc(self.code.len() as u32));
    }

    /// A label at the instruction that comes next.
    pub fn here(&mut self) -> Label {
        let label = self.label();
        self.bind(label);
        label
    }

    /// Guards the code between two labels that are bound already. What is guarded inside comes before.
    pub fn guard(&mut self, start: Label, end: Label, guard: Guard) {
        if self.labels[start.0] != self.labels[end.0] {
            self.guarded.push((start, end, guard));
        }
    }

    /// Declares a loop, before those inside it, and hands out its number.
    pub fn begin_loop(&mut self, start: Label, test: Option<Label>, span: Span) -> usize {
        self.loops.push((start, test, None, span));
        self.open_loops += 1;
        self.loops.len() - 1
    }

    /// Ends a loop behind its last instruction, which was emitted just now.
    pub fn end_loop(&mut self, number: usize) {
        self.loops[number].2 = Some(Pc(self.code.len() as u32));
        self.open_loops -= 1;
    }

    pub fn len(&self) -> usize {
        self.code.len()
    }

    /// Whether the last instruction leaves the function, and no jump goes behind it.
    pub fn ends(&self) -> bool {
        let end = Pc(self.code.len() as u32);
        let leaves = self.code.last().is_some_and(|instr| leaves(instr.op) || instr.op == Op::Jump);
        let after_loop_test = self.code.iter().rev().nth(1).is_some_and(|instr| instr.op == Op::ForIter);
        leaves && !after_loop_test && !self.labels.contains(&Some(end))
    }

    /// A temporary.
    pub fn temp(&mut self, span: Span) -> Reg {
        if self.next >= MAX_REGISTERS {
            self.overflow("registers in one function", span);
            return Reg(0);
        }
        self.next += 1;
        self.high = self.high.max(self.next);
        Reg(self.next as u16 - 1)
    }

    pub fn is_temp(&self, reg: Reg) -> bool {
        (self.locals..PINNED).contains(&(reg.0 as usize))
    }

    /// The register that holds a constant while the function runs, if it is worth one.
    pub fn pin(&mut self, constant: &Constant, span: Span) -> Option<Reg> {
        let id = self.constant(constant.clone(), span);
        let at = self.pinned.iter().position(|pinned| *pinned == id).or_else(|| {
            let room = if self.open_loops > 0 { MAX_PINNED_IN_LOOPS } else { MAX_PINNED };
            (self.pinned.len() < room).then(|| {
                self.pinned.push(id);
                self.pinned.len() - 1
            })
        })?;
        Some(Reg((PINNED + at) as u16))
    }

    /// Where a register lies once the pinned constants are known: behind the locals, before the temporaries.
    fn place(&self, register: u16) -> u16 {
        let (at, pinned) = (register as usize, self.pinned.len());
        (if at >= PINNED {
            self.locals + at - PINNED
        } else if at >= self.locals {
            at + pinned
        } else {
            at
        }) as u16
    }

    fn place_operands(&self, instr: Instr) -> Instr {
        let operands = instr.op.operands();
        let place = |at: usize, value: u16| match operands[at] {
            Operand::Src if !reads(instr, at) && instr.op != Op::MakeFunction => value,
            Operand::Dst | Operand::Src | Operand::Block | Operand::DstBlock | Operand::Local | Operand::Cell => {
                self.place(value)
            }
            Operand::Unused
            | Operand::Const
            | Operand::Name
            | Operand::Global
            | Operand::Function
            | Operand::Count
            | Operand::Target
            | Operand::High => value,
        };
        Instr { a: place(0, instr.a), b: place(1, instr.b), c: place(2, instr.c), ..instr }
    }

    pub fn mark(&self) -> Mark {
        Mark(self.next)
    }

    pub fn release(&mut self, mark: Mark) {
        self.next = mark.0;
    }

    pub fn constant(&mut self, constant: Constant, span: Span) -> ConstId {
        let id = self.constants.add(ConstKey::of(&constant), constant);
        ConstId(id.unwrap_or_else(|| self.overflow("constants in one function", span)))
    }

    pub fn name(&mut self, name: &str, span: Span) -> NameId {
        let name: Rc<str> = name.into();
        let id = self.names.add(name.clone(), name);
        NameId(id.unwrap_or_else(|| self.overflow("attribute names in one function", span)))
    }

    pub fn function(&mut self, chunk: Rc<Chunk>, span: Span) -> FunctionId {
        if self.functions.len() >= MAX_OPERAND {
            return FunctionId(self.overflow("functions in one function", span));
        }
        self.functions.push(chunk);
        FunctionId(self.functions.len() as u16 - 1)
    }

    /// Remembers the first thing that had no room; `finish` reports it. Zero stands in for the operand.
    pub fn overflow(&mut self, what: &'static str, span: Span) -> u16 {
        self.overflow.get_or_insert(Overflow::new(what, span));
        0
    }

    /// The chunk, in which places count from `offset`.
    pub fn finish(mut self, scope: &Scope, signature: Signature, offset: u32) -> Result<Chunk, Diagnostic> {
        if let Some(overflow) = self.overflow {
            return Err(overflow.diagnostic());
        }
        let code = self.code.iter().map(|instr| self.place_operands(*instr)).collect();
        let registers = (self.high + self.pinned.len()).max(1) as u16;
        self.code = code;
        for (at, label) in std::mem::take(&mut self.jumps) {
            let target = self.labels[label.0].unwrap_or(NOWHERE);
            let jump = self.code[at];
            self.code[at] = Instr { flags: jump.flags, ..Instr::wide(jump.op, jump.a, target) };
        }
        let place = |label: Label| self.labels[label.0].unwrap_or(NOWHERE);
        let handlers = self.guarded.iter().map(|(start, end, guard)| Handler {
            start: place(*start),
            end: place(*end),
            target: place(guard.target),
            register: Reg(self.place(guard.register.0)),
            depth: guard.depth,
        });
        let loops = self.loops.iter().filter_map(|(start, test, end, span)| {
            let (start, head) = (self.labels[start.0]?, self.labels[test.unwrap_or(*start).0]?);
            Some(Loop { start, end: (*end)?, head, is_tested: test.is_some(), span: span.behind(offset) })
        });
        // Where nothing jumps back, there is no loop.
        let loops = loops.filter(|found| found.head < found.end).collect();
        Ok(Chunk {
            loops,
            name: scope.name.clone(),
            qualified: scope.qualified.clone(),
            doc: None,
            handlers: handlers.collect(),
            free: scope.free.len(),
            code: self.code,
            spans: self.spans.into_iter().map(|span| span.behind(offset)).collect(),
            constants: self.constants.items,
            names: self.names.items,
            functions: self.functions,
            signature,
            locals: scope.locals.clone(),
            pinned: self.pinned,
            registers,
        })
    }
}
