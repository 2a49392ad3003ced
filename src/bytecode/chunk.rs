//! Compiled code as data: instructions, constants, and the places they came from.

use std::rc::Rc;

use super::op::Op;
use crate::source::Span;

/// A register of the current window. A function's parameters come first, its other locals next, temporaries last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Reg(pub u16);

/// Index of a constant in [`Chunk::constants`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ConstId(pub u16);

/// Index of a name in [`Chunk::names`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NameId(pub u16);

/// Index of a global variable in [`Program::globals`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct GlobalId(pub u16);

/// Index of a nested function in [`Chunk::functions`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FunctionId(pub u16);

/// Index of an instruction in [`Chunk::code`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Pc(pub u32);

/// One instruction: eight bytes. What `a`, `b` and `c` mean is declared by the operation's row in [`super::op`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C, align(8))]
pub struct Instr {
    pub op: Op,
    pub flags: Flags,
    pub a: u16,
    pub b: u16,
    pub c: u16,
}

/// What the compiler knows of an instruction's operands; read on slow paths only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Flags(pub u8);

impl Flags {
    /// An augmented assignment: lists and arrays change in place.
    pub const IN_PLACE: Flags = Flags(1);
    /// The result feeds another operation of the same source expression and nothing else: an array may stay pending.
    pub const LAZY: Flags = Flags(2);
    /// On an operator: nothing reads the register of its left operand, or only one, after it. An array is moved out.
    pub const LAST_LEFT: Flags = Flags(8);
    /// The same of the right operand.
    pub const LAST_RIGHT: Flags = Flags(16);
    /// Never in code: the result is wanted as an expression, whatever its shape.
    pub const SYMBOLIC: Flags = Flags(32);
    /// On a call of a module's function: arguments may be pending arrays.
    pub const LAZY_ARGS: Flags = Flags(4);
    /// On `MakeCell`: what the register holds is not taken over.
    pub const FRESH: Flags = Flags(1);
    /// On `DeleteLocal`: the variable may be empty.
    pub const QUIET: Flags = Flags(1);
    /// On `BuildSet`: of constants, whose order is that of a set made before the program runs.
    pub const CONSTANT: Flags = Flags(1);
    /// On `BuildSet`: of constants, and only walked.
    pub const WALKED: Flags = Flags(2);
    /// On `BuildSet`: of constants, which are the items of one tuple.
    pub const SPREAD: Flags = Flags(3);
    /// On `ListExtend`: the items are arguments.
    pub const ARGUMENTS: Flags = Flags(1);
    /// On `Raise`: there is a cause.
    pub const CAUSE: Flags = Flags(1);
    /// On `ExitContext`: there is an exception.
    pub const FAILED: Flags = Flags(1);
    /// On `Mark`: the loop has ended.
    pub const ENDED: Flags = Flags(1);
    /// On `AssertFailed`: there is a message.
    pub const MESSAGE: Flags = Flags(1);
    /// On `FormatValue`: there is a format spec. The conversion (`!s`, `!r`, `!a`) is the low two bits: 1, 2, 3.
    pub const SPEC: Flags = Flags(4);

    pub fn contains(self, flag: Flags) -> bool {
        self.0 & flag.0 == flag.0
    }

    pub fn with(self, flag: Flags) -> Flags {
        Flags(self.0 | flag.0)
    }
}

impl Instr {
    pub fn new(op: Op, a: u16, b: u16, c: u16) -> Instr {
        Instr { op, flags: Flags::default(), a, b, c }
    }

    /// An instruction with a 32-bit operand (a jump's target) in `b` and `c`.
    pub fn wide(op: Op, a: u16, target: Pc) -> Instr {
        Instr::new(op, a, target.0 as u16, (target.0 >> 16) as u16)
    }

    /// The 32-bit operand in `b` and `c`.
    pub fn target(self) -> Pc {
        Pc(self.b as u32 | (self.c as u32) << 16)
    }
}

/// A literal, before it becomes a boxed value.
#[derive(Clone, Debug, PartialEq)]
pub enum Constant {
    None,
    Bool(bool),
    Ellipsis,
    Int(i64),
    /// Decimal digits of an integer beyond 64 bits.
    BigInt(String),
    Float(f64),
    Str(Rc<str>),
    /// Items of a long display.
    Tuple(Vec<Constant>),
    /// Names of keyword arguments, in order of their values.
    Names(Vec<Rc<str>>),
}

/// What a function accepts. Registers: positional, keyword-only, then `*args`, then `**kwargs`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Signature {
    pub positional: Vec<Rc<str>>,
    pub positional_only: usize,
    /// How many of the last positional parameters have a default.
    pub positional_defaults: usize,
    pub keyword_only: Vec<Rc<str>>,
    /// For each keyword-only parameter, whether it has a default.
    pub keyword_defaults: Vec<bool>,
    pub star: Option<Rc<str>>,
    pub double_star: Option<Rc<str>>,
}

impl Signature {
    /// Whether parameters are filled by position alone.
    #[inline(always)]
    pub fn is_plain(&self) -> bool {
        self.keyword_only.is_empty() && self.star.is_none() && self.double_star.is_none()
    }

    /// Number of registers that parameters take.
    pub fn registers(&self) -> usize {
        self.positional.len()
            + self.keyword_only.len()
            + self.star.is_some() as usize
            + self.double_star.is_some() as usize
    }
}

/// Where an exception goes that an instruction between `start` and `end` raises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handler {
    pub start: Pc,
    /// Behind the last instruction.
    pub end: Pc,
    pub target: Pc,
    /// What gets the exception.
    pub register: Reg,
    /// How many exceptions the function is handling there.
    pub depth: u16,
}

/// A loop of the source: `for`, `while`, or a `for` of a comprehension. Its code is rotated, the test behind the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loop {
    /// The first instruction of the body.
    pub start: Pc,
    /// Behind the jump back.
    pub end: Pc,
    /// Where an iteration begins: at the test, or at the body where nothing is tested. Both are one where there is a
    /// test but no body.
    pub head: Pc,
    pub is_tested: bool,
    /// The statement, or the clause.
    pub span: Span,
}

/// The code of a module or of one function.
#[derive(Clone, Debug)]
pub struct Chunk {
    /// `<module>`, or the function's name.
    pub name: Rc<str>,
    /// The name with those of the functions around it, as messages spell it.
    pub qualified: Rc<str>,
    /// The string that it begins with.
    pub doc: Option<Rc<str>>,
    pub code: Vec<Instr>,
    /// For each instruction, the source it came from.
    pub spans: Vec<Span>,
    pub constants: Vec<Constant>,
    pub names: Vec<Rc<str>>,
    pub functions: Vec<Rc<Chunk>>,
    /// Inner ones before those around them.
    pub handlers: Vec<Handler>,
    /// Outer ones before those inside them.
    pub loops: Vec<Loop>,
    pub signature: Signature,
    /// How many registers behind the parameters hold cells of the functions around this one.
    pub free: usize,
    /// Names of the first registers: parameters, free variables, then other locals.
    pub locals: Vec<Rc<str>>,
    /// Constants that operands name as registers: they stand behind the locals for as long as the call lasts.
    pub pinned: Vec<ConstId>,
    /// Size of the register window, parameters and temporaries included.
    pub registers: u16,
}

impl Chunk {
    /// Registers that hold cells of the functions around this one.
    pub fn free_registers(&self) -> std::ops::Range<usize> {
        let first = self.signature.registers();
        first..first + self.free
    }

    /// Registers that hold constants, one for each of [`Chunk::pinned`].
    pub fn pinned_registers(&self) -> std::ops::Range<usize> {
        let first = self.locals.len();
        first..first + self.pinned.len()
    }

    /// The constant that a register holds from beginning to end.
    pub fn pinned_constant(&self, register: u16) -> Option<ConstId> {
        let at = (register as usize).checked_sub(self.locals.len())?;
        self.pinned.get(at).copied()
    }

    /// The innermost handler of an instruction.
    pub fn handler(&self, pc: Pc) -> Option<&Handler> {
        self.handlers.iter().find(|handler| (handler.start..handler.end).contains(&pc))
    }
}

/// A compiled module.
#[derive(Debug)]
pub struct Program {
    pub main: Rc<Chunk>,
    /// Every name that is looked up outside functions' locals: globals and built-ins, by [`GlobalId`].
    pub globals: Vec<Rc<str>>,
}
