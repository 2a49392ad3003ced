//! The loop IR: instructions over typed slots, in blocks that begin at one place and leave at several.
//!
//! A slot is a machine register with a name; a block writes and reads them in order. Checks leave the code by an *exit*,
//! which says what the interpreter has to know to go on: an instruction, and the variables that have changed.

use std::collections::HashMap;

use super::types::Type;
use super::vector::VectorLoop;
use super::why::Why;
use crate::array::DType;
use crate::bytecode::chunk::Pc;

/// The kind of machine register that holds a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Word {
    /// A bool, 0 or 1; a type tag.
    I8,
    I64,
    F32,
    F64,
}

impl Word {
    /// What holds an element of a dtype.
    pub fn of(dtype: DType) -> Word {
        match dtype {
            DType::Bool => Word::I8,
            DType::Int64 => Word::I64,
            DType::Float32 => Word::F32,
            DType::Float64 => Word::F64,
        }
    }

    /// Size in memory, in bytes.
    pub fn bytes(self) -> i64 {
        match self {
            Word::I8 => 1,
            Word::F32 => 4,
            Word::I64 | Word::F64 => 8,
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Slot(pub u32);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BlockId(pub u32);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ExitId(pub u32);

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Literal {
    I8(u8),
    I64(i64),
    F32(f32),
    F64(f64),
}

impl Literal {
    pub fn word(self) -> Word {
        match self {
            Literal::I8(_) => Word::I8,
            Literal::I64(_) => Word::I64,
            Literal::F32(_) => Word::F32,
            Literal::F64(_) => Word::F64,
        }
    }
}

/// Operations that always have a result. Integers wrap around; division of integers is by neither 0 nor -1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binary {
    Add,
    Sub,
    Mul,
    /// Towards zero for integers.
    Div,
    /// What is left of that; integers only.
    Rem,
    And,
    Or,
    Xor,
    /// By less than 64.
    Shl,
    /// Arithmetic, by less than 64.
    Shr,
    /// Of integers without sign.
    DivUnsigned,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unary {
    Neg,
    Abs,
    Sqrt,
    Floor,
    Ceil,
    Trunc,
    /// Of a bool.
    Not,
    IntToFloat,
    IntToSingle,
    /// Of a float inside the range of 64 bits, towards zero.
    FloatToInt,
    SingleToFloat,
    FloatToSingle,
    /// An 8-bit word as one of 64 bits.
    Widen,
}

impl Unary {
    /// The word of the result, where the operand has this one.
    pub fn word(self, operand: Word) -> Word {
        match self {
            Unary::Neg | Unary::Abs | Unary::Sqrt | Unary::Floor | Unary::Ceil | Unary::Trunc | Unary::Not => operand,
            Unary::IntToFloat | Unary::SingleToFloat => Word::F64,
            Unary::IntToSingle | Unary::FloatToSingle => Word::F32,
            Unary::FloatToInt | Unary::Widen => Word::I64,
        }
    }
}

/// Of integers with sign, or of floats; a NaN is in no relation but `Ne`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    Lt,
    Le,
    Gt,
    Ge,
    Eq,
    Ne,
    /// `<` of integers without sign.
    Below,
}

/// Operations that leave the code where 64 bits do not hold the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checked {
    Add,
    Sub,
    Mul,
}

/// Routines outside of the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Routine {
    /// `(place of an item, value) -> done`: puts a number into a list, unless what was there is more than a number.
    SetFloat,
    SetInt,
    SetBool,
    /// `(list, value) -> 1`: appends to a list.
    PushFloat,
    PushInt,
    PushBool,
    PushObject,
    /// `(cell, number) -> 1`: boxes a number, Python's or NumPy's, and releases what was in the cell.
    BoxFloat,
    BoxInt,
    BoxFloat64,
    BoxFloat32,
    BoxInt64,
    BoxBool,
    /// `(cell, object) -> 1`: another reference to an object, into a cell.
    Share,
    /// `(area, number of the loop) -> done`: computes array expressions.
    Vector,
    /// `a // b`, `a % b`, `a ** b` of floats; NaN where Python raises.
    FloorDivide,
    Modulo,
    Power,
    /// A function of one float of the C library.
    Math(&'static str),
    /// Of two.
    MathOfTwo(&'static str),
}

/// The words of a routine's arguments, and of its result: by the calling convention of C, a bool for [`Word::I8`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signature {
    /// `(i64, i8) -> i8`
    IntBool,
    /// `(i64, i64) -> i8`
    IntInt,
    /// `(i64, f64) -> i8`
    IntFloat,
    /// `(i64, f32) -> i8`
    IntSingle,
    /// `(f64) -> f64`
    Float,
    /// `(f64, f64) -> f64`
    FloatFloat,
}

/// The address of each routine.
pub type Routines<'a> = &'a dyn Fn(Routine) -> usize;

#[derive(Clone, Debug, PartialEq)]
pub enum Inst {
    Const {
        dst: Slot,
        value: Literal,
    },
    Copy {
        dst: Slot,
        src: Slot,
    },
    Binary {
        op: Binary,
        dst: Slot,
        a: Slot,
        b: Slot,
    },
    Unary {
        op: Unary,
        dst: Slot,
        a: Slot,
    },
    Compare {
        op: Relation,
        dst: Slot,
        a: Slot,
        b: Slot,
    },
    Select {
        dst: Slot,
        condition: Slot,
        a: Slot,
        b: Slot,
    },
    /// Leaves unless the condition is 1.
    Check {
        condition: Slot,
        exit: ExitId,
    },
    /// Leaves if the byte at an address is not zero: somebody else may write it.
    Poll {
        flag: Slot,
        exit: ExitId,
    },
    /// Leaves unless the tag at `base + offset`, 32 bits, is this one.
    CheckTag {
        base: Slot,
        offset: i32,
        tag: u32,
        exit: ExitId,
    },
    Checked {
        op: Checked,
        dst: Slot,
        a: Slot,
        b: Slot,
        exit: ExitId,
    },
    /// Reads memory at `base + offset`; `fixed`: it does not change while the code runs.
    Load {
        dst: Slot,
        base: Slot,
        offset: i32,
        fixed: bool,
    },
    Store {
        src: Slot,
        base: Slot,
        offset: i32,
    },
    /// Reads item `index` of an array of such words.
    LoadAt {
        dst: Slot,
        base: Slot,
        index: Slot,
    },
    StoreAt {
        src: Slot,
        base: Slot,
        index: Slot,
    },
    Call {
        routine: Routine,
        dst: Slot,
        args: Vec<Slot>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Jump(BlockId),
    Branch { condition: Slot, then: BlockId, otherwise: BlockId },
    Exit(ExitId),
}

#[derive(Clone, Debug)]
pub struct Block {
    pub name: String,
    pub insts: Vec<Inst>,
    pub end: End,
}

/// A variable of a loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Var {
    /// A register of the loop's own function, or, numbered from 1, of a call that is inlined.
    Register(u16, u16),
    Global(u16),
}

/// Why the code is left.
#[derive(Clone, Debug, PartialEq)]
pub enum Leaving {
    /// The loop ends.
    End,
    /// The user asked to stop; the jump back is at this instruction.
    Poll(Pc),
    /// The interpreter has to do what the code does not.
    Cannot(Why),
}

/// Where the interpreter goes on.
#[derive(Clone, Debug)]
pub struct Exit {
    pub pc: Pc,
    pub leaving: Leaving,
    /// What has changed: the words of each value, in the slots.
    pub writes: Vec<(Var, Type, Vec<Slot>)>,
}

/// A step of a loop over a range in steps of one, or over the places of an array's elements.
#[derive(Clone, Copy, Debug)]
pub struct Induction {
    pub block: BlockId,
    /// Gets the item, `next`; which is one more then.
    pub item: Slot,
    pub next: Slot,
    /// What stands behind the last item.
    pub stop: Slot,
}

/// What moves by one with each step of an induction: the place of another iterator, or what `enumerate` counts.
#[derive(Clone, Copy, Debug)]
pub struct Counter {
    /// Where the step is taken.
    pub block: BlockId,
    pub next: Slot,
    /// What stands behind its last item, if the loop ends with that as well.
    pub stop: Option<Slot>,
}

impl Routine {
    pub fn signature(self) -> Signature {
        match self {
            Routine::SetBool | Routine::PushBool | Routine::BoxBool => Signature::IntBool,
            Routine::SetInt
            | Routine::PushInt
            | Routine::PushObject
            | Routine::BoxInt
            | Routine::BoxInt64
            | Routine::Share
            | Routine::Vector => Signature::IntInt,
            Routine::SetFloat | Routine::PushFloat | Routine::BoxFloat | Routine::BoxFloat64 => Signature::IntFloat,
            Routine::BoxFloat32 => Signature::IntSingle,
            Routine::Math(_) => Signature::Float,
            Routine::FloorDivide | Routine::Modulo | Routine::Power | Routine::MathOfTwo(_) => Signature::FloatFloat,
        }
    }
}

impl Signature {
    pub fn params(self) -> &'static [Word] {
        match self {
            Signature::IntBool => &[Word::I64, Word::I8],
            Signature::IntInt => &[Word::I64, Word::I64],
            Signature::IntFloat => &[Word::I64, Word::F64],
            Signature::IntSingle => &[Word::I64, Word::F32],
            Signature::Float => &[Word::F64],
            Signature::FloatFloat => &[Word::F64, Word::F64],
        }
    }

    pub fn result(self) -> Word {
        match self {
            Signature::IntBool | Signature::IntInt | Signature::IntFloat | Signature::IntSingle => Word::I8,
            Signature::Float | Signature::FloatFloat => Word::F64,
        }
    }
}

/// Where a block leads to.
pub fn targets(end: End) -> impl Iterator<Item = BlockId> {
    let (first, second) = match end {
        End::Jump(to) => (Some(to), None),
        End::Branch { then, otherwise, .. } => (Some(then), Some(otherwise)),
        End::Exit(_) => (None, None),
    };
    first.into_iter().chain(second)
}

impl Inst {
    /// The slots that it reads.
    pub fn read(&self) -> Vec<Slot> {
        match self {
            Inst::Const { .. } => Vec::new(),
            Inst::Copy { src, .. } => vec![*src],
            Inst::Binary { a, b, .. } | Inst::Compare { a, b, .. } | Inst::Checked { a, b, .. } => vec![*a, *b],
            Inst::Unary { a, .. } => vec![*a],
            Inst::Select { condition, a, b, .. } => vec![*condition, *a, *b],
            Inst::Check { condition, .. } => vec![*condition],
            Inst::Poll { flag, .. } => vec![*flag],
            Inst::CheckTag { base, .. } | Inst::Load { base, .. } => vec![*base],
            Inst::Store { src, base, .. } => vec![*src, *base],
            Inst::LoadAt { base, index, .. } => vec![*base, *index],
            Inst::StoreAt { src, base, index } => vec![*src, *base, *index],
            Inst::Call { args, .. } => args.clone(),
        }
    }

    /// The slot that it writes.
    pub fn written(&self) -> Option<Slot> {
        match self {
            Inst::Const { dst, .. }
            | Inst::Copy { dst, .. }
            | Inst::Binary { dst, .. }
            | Inst::Unary { dst, .. }
            | Inst::Compare { dst, .. }
            | Inst::Select { dst, .. }
            | Inst::Checked { dst, .. }
            | Inst::Load { dst, .. }
            | Inst::LoadAt { dst, .. }
            | Inst::Call { dst, .. } => Some(*dst),
            Inst::Check { .. }
            | Inst::Poll { .. }
            | Inst::CheckTag { .. }
            | Inst::Store { .. }
            | Inst::StoreAt { .. } => None,
        }
    }

    /// The exit that it may leave by: before it writes.
    pub fn exit(&self) -> Option<ExitId> {
        match self {
            Inst::Check { exit, .. }
            | Inst::Poll { exit, .. }
            | Inst::CheckTag { exit, .. }
            | Inst::Checked { exit, .. } => Some(*exit),
            Inst::Const { .. }
            | Inst::Copy { .. }
            | Inst::Binary { .. }
            | Inst::Unary { .. }
            | Inst::Compare { .. }
            | Inst::Select { .. }
            | Inst::Load { .. }
            | Inst::Store { .. }
            | Inst::LoadAt { .. }
            | Inst::StoreAt { .. }
            | Inst::Call { .. } => None,
        }
    }
}

/// A loop as typed code.
#[derive(Clone, Debug, Default)]
pub struct LoopCode {
    pub slots: Vec<Word>,
    /// Slots of variables, to name them by.
    pub names: HashMap<Slot, String>,
    /// The variables that it begins with, and the slots of their words.
    pub inputs: Vec<(Var, Type, Vec<Slot>)>,
    /// Holds the address of the flag that asks to stop, when the code begins.
    pub flag: Slot,
    /// Holds the address of the cells of boxes, and how many there are.
    pub cells: Slot,
    pub cell_count: usize,
    /// Holds the address of the list of free boxes, whose first words lead from one to the next.
    pub free: Slot,
    /// Holds the address of the words by which operands of array expressions are handed over, and how many there are.
    pub area: Slot,
    pub area_words: usize,
    /// Inner loops as array expressions.
    pub vectors: Vec<VectorLoop>,
    /// Why others are none.
    pub not_vector: Vec<Why>,
    /// Whether elements of arrays are written.
    pub writes_arrays: bool,
    /// Whether items of lists that lie side by side are written.
    pub writes_lists: bool,
    /// Counts iterations.
    pub iterations: Slot,
    /// Where loops over ranges take their next item.
    pub inductions: Vec<Induction>,
    /// What counts along with these.
    pub counters: Vec<Counter>,
    /// The first one is where the code begins.
    pub blocks: Vec<Block>,
    pub exits: Vec<Exit>,
}

impl LoopCode {
    pub fn word(&self, slot: Slot) -> Word {
        self.slots[slot.0 as usize]
    }

    /// A slot for what is computed on the way.
    pub fn temp(&mut self, word: Word) -> Slot {
        self.slots.push(word);
        Slot(self.slots.len() as u32 - 1)
    }

    /// Words that the code gets: the addresses of the flag, of the cells, of the area and of free boxes, then the inputs' words.
    pub fn input_words(&self) -> impl Iterator<Item = Slot> {
        [self.flag, self.cells, self.area, self.free]
            .into_iter()
            .chain(self.inputs.iter().flat_map(|(_, _, slots)| slots.iter().copied()))
    }

    /// Words that it leaves by an exit: the count of iterations, then what has changed.
    pub fn output_words(&self, exit: &Exit) -> Vec<Slot> {
        let writes = exit.writes.iter().flat_map(|(_, _, slots)| slots.iter().copied());
        std::iter::once(self.iterations).chain(writes).collect()
    }

    /// How many words are exchanged at most.
    pub fn exchanged(&self) -> usize {
        let outputs = self.exits.iter().map(|exit| self.output_words(exit).len()).max().unwrap_or(0);
        self.input_words().count().max(outputs)
    }
}
