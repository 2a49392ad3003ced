//! The table of bytecodes: each is declared once, here, and enum, disassembler, documentation, verifier,
//! and the test that compares declared with observed overheads are derived from it.
//!
//! Meanings are in transfer notation over the register window: `a ← b + c` writes register `a`.
//! A row's *paths* say what one execution pays on each way through its handler; writing a register always
//! releases what it held, which is one memory access.

use super::overhead::{Counts, Overhead};

/// What an operand field of an instruction holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operand {
    /// The field is not used, and zero.
    Unused,
    /// A register that is written.
    Dst,
    /// A register that is read.
    Src,
    /// The first of several consecutive registers, as many as `c` says (`count`).
    Block,
    /// The first of several consecutive registers that are written, as many as `c` says (`count`).
    DstBlock,
    /// A register of a local variable, which may be empty.
    Local,
    /// A register that holds a cell, as all instructions agree.
    Cell,
    Const,
    Name,
    Global,
    Function,
    Count,
    /// Fields `b` and `c` together: the index of an instruction.
    Target,
    /// The high half of a target.
    High,
}

/// One way through a handler that ends without an exception, and what it pays.
#[derive(Clone, Copy, Debug)]
pub struct Path {
    pub name: &'static str,
    pub counts: Counts,
}

macro_rules! ops {
    ($dollar:tt $($name:ident ($a:ident $b:ident $c:ident) $meaning:literal $paths:expr;)*) => {
        /// An operation of the bytecode.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Op { $(#[doc = concat!("`", $meaning, "`")] $name,)* }

        impl Op {
            pub const ALL: &'static [Op] = &[$(Op::$name),*];

            pub const fn name(self) -> &'static str {
                match self { $(Op::$name => stringify!($name),)* }
            }

            /// What it does, in transfer notation.
            pub const fn meaning(self) -> &'static str {
                match self { $(Op::$name => $meaning,)* }
            }

            /// What the fields `a`, `b` and `c` hold.
            pub const fn operands(self) -> [Operand; 3] {
                match self { $(Op::$name => [Operand::$a, Operand::$b, Operand::$c],)* }
            }

            /// The ways through its handler, the fast one first.
            pub const fn paths(self) -> &'static [Path] {
                match self { $(Op::$name => { const PATHS: &[Path] = $paths; PATHS },)* }
            }
        }

        /// The names of all operations, in order, as the arguments of another macro.
        macro_rules! each_op {
            ($dollar then:ident) => { $dollar then! { $($name)* } };
        }
        pub(crate) use each_op;
    };
}

/// `[name: count Overhead, …; …]`; one dispatch is added to every path.
macro_rules! paths {
    ($($path:literal: $($count:literal $overhead:ident),*;)+) => {
        &[$(Path {
            name: $path,
            counts: Counts::declared(&[(Overhead::Dispatch, 1), $((Overhead::$overhead, $count)),*]),
        }),+]
    };
}

/// Both operands' types, payloads and the operation; a fresh box for the result. Where the fast path cannot
/// give the answer (an overflow), the generic routine starts afresh.
const ARITHMETIC: &[Path] = paths![
    "float, float": 2 TypeCheck, 2 Dereference, 1 Arithmetic, 5 MemoryAccess;
    "int, int": 2 TypeCheck, 2 Dereference, 1 Arithmetic, 5 MemoryAccess;
    "int, int → cached": 2 TypeCheck, 2 Dereference, 1 Arithmetic, 4 MemoryAccess;
    "float, int": 2 TypeCheck, 2 Dereference, 1 Arithmetic, 5 MemoryAccess;
    "int, float": 2 TypeCheck, 2 Dereference, 1 Arithmetic, 5 MemoryAccess;
    "np.float64, np.float64": 2 TypeCheck, 2 Dereference, 1 Arithmetic, 5 MemoryAccess;
    "np.float32, np.float32": 2 TypeCheck, 2 Dereference, 1 Other, 3 MemoryAccess;
    "int, int → slow": 2 TypeCheck, 2 Dereference, 1 Arithmetic, 1 Other, 3 MemoryAccess;
    "slow": 2 TypeCheck, 1 Other, 1 MemoryAccess;
];

/// Division of two large ints is rounded by the generic routine, which raises what divides by zero.
const DIVISION: &[Path] = paths![
    "float, float": 2 TypeCheck, 2 Dereference, 1 Arithmetic, 5 MemoryAccess;
    "int, int": 2 TypeCheck, 2 Dereference, 1 Arithmetic, 5 MemoryAccess;
    "int, int → slow": 2 TypeCheck, 2 Dereference, 1 Other, 3 MemoryAccess;
    "float, int": 2 TypeCheck, 2 Dereference, 1 Arithmetic, 5 MemoryAccess;
    "int, float": 2 TypeCheck, 2 Dereference, 1 Arithmetic, 5 MemoryAccess;
    "np.float64, np.float64": 2 TypeCheck, 2 Dereference, 1 Arithmetic, 5 MemoryAccess;
    "np.float32, np.float32": 2 TypeCheck, 2 Dereference, 1 Other, 3 MemoryAccess;
    "slow": 2 TypeCheck, 1 Other, 1 MemoryAccess;
];

const INT_ARITHMETIC: &[Path] = paths![
    "int, int": 2 TypeCheck, 2 Dereference, 1 Arithmetic, 5 MemoryAccess;
    "int, int → cached": 2 TypeCheck, 2 Dereference, 1 Arithmetic, 4 MemoryAccess;
    "slow": 2 TypeCheck, 1 Other, 1 MemoryAccess;
];

/// The quotient of the smallest integer of 64 bits and -1 has more.
const INT_DIVISION: &[Path] = paths![
    "int, int": 2 TypeCheck, 2 Dereference, 1 Arithmetic, 5 MemoryAccess;
    "int, int → cached": 2 TypeCheck, 2 Dereference, 1 Arithmetic, 4 MemoryAccess;
    "int, int → slow": 2 TypeCheck, 2 Dereference, 1 Arithmetic, 1 Other, 3 MemoryAccess;
    "slow": 2 TypeCheck, 1 Other, 1 MemoryAccess;
];

/// A comparison hands out one of the two bool singletons: retained, not allocated.
const COMPARISON: &[Path] = paths![
    "float, float": 2 TypeCheck, 2 Dereference, 1 Arithmetic, 4 MemoryAccess;
    "int, int": 2 TypeCheck, 2 Dereference, 1 Arithmetic, 4 MemoryAccess;
    "slow": 2 TypeCheck, 1 Other, 1 MemoryAccess;
];

/// A comparison that nothing but a jump waits for: no bool is handed out.
const TEST: &[Path] = paths![
    "float, float": 2 TypeCheck, 2 Dereference, 1 Arithmetic, 2 MemoryAccess, 1 Branch;
    "int, int": 2 TypeCheck, 2 Dereference, 1 Arithmetic, 2 MemoryAccess, 1 Branch;
    "slow": 2 TypeCheck, 1 Other, 1 Branch;
];

const GENERIC: &[Path] = paths!["any": 1 Other, 1 MemoryAccess;];

const TRUTH: &[Path] = paths![
    "bool": 1 TypeCheck, 1 Dereference, 1 MemoryAccess, 1 Branch;
    "int": 1 TypeCheck, 1 Dereference, 1 MemoryAccess, 1 Branch;
    "slow": 1 TypeCheck, 1 Other, 1 Branch;
];

ops! { $
    // Moves. A register that is copied is retained: its reference count is changed.
    LoadConst (Dst Const Unused) "a ← constant b"
        paths!["any": 2 MemoryAccess;];
    Move (Dst Src Unused) "a ← b"
        paths!["any": 2 MemoryAccess;];
    LoadGlobal (Dst Global Unused) "a ← global b, or NameError"
        paths!["any": 1 Other, 2 MemoryAccess;];
    StoreGlobal (Src Global Unused) "global b ← a"
        paths!["any": 1 Other, 2 MemoryAccess;];
    CheckBound (Local Unused Unused) "UnboundLocalError if local a is empty"
        paths!["any": 1 Other;];
    DeleteLocal (Local Unused Unused) "empty local a; UnboundLocalError if it is, unless flags say otherwise"
        paths!["any": 1 Other;];
    DeleteGlobal (Global Unused Unused) "empty global a, or NameError"
        paths!["any": 1 Other;];

    // Cells hold the variables that functions share.
    MakeCell (Local Unused Unused) "a ← a new cell with what a holds; empty, if flags say so"
        paths!["any": 1 Other;];
    LoadCell (Dst Cell Unused) "a ← what cell b holds, or UnboundLocalError or NameError"
        paths!["any": 1 Dereference, 3 MemoryAccess;];
    StoreCell (Src Cell Unused) "cell b ← a"
        paths!["any": 1 Dereference, 3 MemoryAccess;];
    DeleteCell (Cell Unused Unused) "empty cell a, or UnboundLocalError or NameError"
        paths!["any": 1 Other;];
    LoadModule (Dst Name Unused) "a ← built-in module named b"
        GENERIC;
    ImportAll (Src Unused Unused) "every global that module a has a name for ← that"
        paths!["any": 1 Other;];
    ImportFrom (Dst Src Name) "a ← name c of module b, or ImportError"
        GENERIC;

    // Arithmetic
    Add (Dst Src Src) "a ← b + c" ARITHMETIC;
    Sub (Dst Src Src) "a ← b - c" ARITHMETIC;
    Mul (Dst Src Src) "a ← b * c" ARITHMETIC;
    TrueDiv (Dst Src Src) "a ← b / c" DIVISION;
    FloorDiv (Dst Src Src) "a ← b // c" INT_DIVISION;
    Mod (Dst Src Src) "a ← b % c" INT_DIVISION;
    Pow (Dst Src Src) "a ← b ** c" GENERIC;
    MatMul (Dst Src Src) "a ← b @ c" GENERIC;
    BitAnd (Dst Src Src) "a ← b & c" INT_ARITHMETIC;
    BitOr (Dst Src Src) "a ← b | c" INT_ARITHMETIC;
    BitXor (Dst Src Src) "a ← b ^ c" INT_ARITHMETIC;
    Shl (Dst Src Src) "a ← b << c" GENERIC;
    Shr (Dst Src Src) "a ← b >> c" GENERIC;
    Neg (Dst Src Unused) "a ← -b" paths![
        "float": 1 TypeCheck, 1 Dereference, 1 Arithmetic, 4 MemoryAccess;
        "slow": 1 TypeCheck, 1 Other, 1 MemoryAccess;
    ];
    Pos (Dst Src Unused) "a ← +b" GENERIC;
    Invert (Dst Src Unused) "a ← ~b" GENERIC;
    Not (Dst Src Unused) "a ← not b" paths![
        "bool": 1 TypeCheck, 1 Dereference, 1 Arithmetic, 3 MemoryAccess;
        "slow": 1 TypeCheck, 1 Other, 2 MemoryAccess;
    ];

    // Comparison
    Lt (Dst Src Src) "a ← b < c" COMPARISON;
    Le (Dst Src Src) "a ← b <= c" COMPARISON;
    Gt (Dst Src Src) "a ← b > c" COMPARISON;
    Ge (Dst Src Src) "a ← b >= c" COMPARISON;
    Eq (Dst Src Src) "a ← b == c" COMPARISON;
    Ne (Dst Src Src) "a ← b != c" COMPARISON;
    Is (Dst Src Src) "a ← b is c"
        paths!["any": 1 Arithmetic, 2 MemoryAccess;];
    IsNot (Dst Src Src) "a ← b is not c"
        paths!["any": 1 Arithmetic, 2 MemoryAccess;];
    In (Dst Src Src) "a ← b in c" GENERIC;
    NotIn (Dst Src Src) "a ← b not in c" GENERIC;

    // Jumps
    Jump (Unused Target High) "go to b"
        paths!["any": 1 Branch;];
    JumpIfFalse (Src Target High) "go to b unless a" TRUTH;
    JumpIfTrue (Src Target High) "go to b if a" TRUTH;

    // A comparison and the jump that its result decides, which stands behind it and is taken here.
    TestLt (Unused Src Src) "go where the next instruction says, by b < c" TEST;
    TestLe (Unused Src Src) "go where the next instruction says, by b <= c" TEST;
    TestGt (Unused Src Src) "go where the next instruction says, by b > c" TEST;
    TestGe (Unused Src Src) "go where the next instruction says, by b >= c" TEST;
    TestEq (Unused Src Src) "go where the next instruction says, by b == c" TEST;
    TestNe (Unused Src Src) "go where the next instruction says, by b != c" TEST;
    Unless (Unused Target High) "to b unless it holds; never executed"
        paths!["operand":;];
    If (Unused Target High) "to b if it holds; never executed"
        paths!["operand":;];

    // Loops. `ForIter` is followed by a `Jump`, which it takes itself.
    GetIter (Dst Src Unused) "a ← iter(b)" GENERIC;
    ForIter (Dst Src Unused) "a ← next(b) and go where the next instruction says, or skip it" paths![
        "range": 1 TypeCheck, 1 Dereference, 1 LoopCounter, 1 Branch, 5 MemoryAccess;
        "range → cached": 1 TypeCheck, 1 Dereference, 1 LoopCounter, 1 Branch, 4 MemoryAccess;
        "list": 1 TypeCheck, 2 Dereference, 1 LoopCounter, 1 BoundsCheck, 1 Branch, 5 MemoryAccess;
        "generic": 1 TypeCheck, 1 Other, 1 LoopCounter, 1 Branch, 1 MemoryAccess;
        "range, end": 1 TypeCheck, 1 Dereference, 1 LoopCounter, 1 Branch, 1 MemoryAccess;
        "list, end": 1 TypeCheck, 2 Dereference, 1 LoopCounter, 1 BoundsCheck, 1 Branch, 1 MemoryAccess;
        "generic, end": 1 TypeCheck, 1 Other, 1 LoopCounter, 1 Branch;
    ];

    // Elements and attributes
    GetItem (Dst Src Src) "a ← b[c]" paths![
        "list, int": 2 TypeCheck, 2 Dereference, 1 BoundsCheck, 4 MemoryAccess;
        "tuple, int": 2 TypeCheck, 2 Dereference, 1 BoundsCheck, 4 MemoryAccess;
        "array, int": 2 TypeCheck, 2 Dereference, 1 BoundsCheck, 5 MemoryAccess;
        "array, int → row": 2 TypeCheck, 2 Dereference, 1 Other, 2 MemoryAccess;
        "slow": 2 TypeCheck, 1 Other, 1 MemoryAccess;
    ];
    SetItem (Src Src Src) "a[b] ← c" paths![
        "list, int": 2 TypeCheck, 2 Dereference, 1 BoundsCheck, 4 MemoryAccess;
        "slow": 2 TypeCheck, 1 Other;
    ];
    DeleteItem (Src Src Unused) "del a[b]"
        paths!["any": 1 Other;];
    // A slice that is only subscribed with: no slice object is made, and its bounds stay where they are.
    GetSlice (Dst Src Src) "a ← b[c:stop:step], these two in the next instruction" GENERIC;
    SetSlice (Src Src Src) "a[b:stop:step] ← c, these two in the next instruction"
        paths!["any": 1 Other;];
    Bounds (Unused Src Src) "stop b and step c of the slice before; never executed"
        paths!["operand":;];
    BuildSlice (Dst Block Count) "a ← slice(b, b+1, b+2); c is 3" GENERIC;
    GetAttr (Dst Src Name) "a ← b.c" GENERIC;
    SetAttr (Src Src Name) "a.c ← b"
        paths!["any": 1 Other;];
    DeleteAttr (Src Unused Name) "del a.c"
        paths!["any": 1 Other;];

    // Displays
    BuildList (Dst Block Count) "a ← [b, b+1, …], c items" GENERIC;
    BuildTuple (Dst Block Count) "a ← (b, b+1, …), c items" GENERIC;
    BuildDict (Dst Block Count) "a ← {b: b+1, …}, c registers" GENERIC;
    BuildSet (Dst Block Count) "a ← {b, b+1, …}, c items" GENERIC;
    ListAppend (Src Src Unused) "a.append(b)"
        paths!["any": 1 TypeCheck, 1 Dereference, 2 MemoryAccess;];
    ListExtend (Src Src Src) "a.extend(b); flags: the items are arguments of c"
        paths!["any": 1 Other;];
    ListToTuple (Dst Src Unused) "a ← tuple(b), which is emptied" GENERIC;
    SetAdd (Src Src Unused) "a.add(b)"
        paths!["any": 1 Other;];
    SetUpdate (Src Src Unused) "a.update(b)"
        paths!["any": 1 Other;];
    DictInsert (Src Src Src) "a[b] ← c"
        paths!["any": 1 Other;];
    DictUpdate (Src Src Unused) "a.update(b), a mapping"
        paths!["any": 1 Other;];
    DictMerge (Src Src Src) "a.update(b), keyword arguments of c, none twice"
        paths!["any": 1 Other;];
    BuildString (Dst Block Count) "a ← the c strings from b on, joined" GENERIC;
    FormatValue (Dst Src Src) "a ← format(b, c); flags: conversion, and whether there is a format spec" GENERIC;
    UnpackSequence (DstBlock Src Count) "a, a+1, … ← the c items of b, or ValueError"
        paths!["any": 1 Other;];
    UnpackStar (DstBlock Src Count) "as UnpackSequence, the target numbered by flags taking a list of what is left"
        paths!["any": 1 Other;];

    // Functions. A call's block is emptied.
    MakeFunction (Dst Function Src) "a ← function b, with defaults and then cells from c on" GENERIC;
    MakeGenerator (Dst Src Src) "a ← generator of function b over iterator c" GENERIC;
    Yield (Src Unused Unused) "hand out a, and go on from here when the next item is wanted"
        paths!["any": 1 Other, 1 MemoryAccess;];
    Call (Dst Block Count) "a ← b(b+1, …), c registers in all" paths![
        "function": 1 TypeCheck, 1 Dereference, 1 Other;
        "builtin": 1 TypeCheck, 1 Dereference, 1 Other, 1 MemoryAccess;
    ];
    CallKw (Dst Block Count) "as Call, the last arguments by the names in the next instruction" paths![
        "function": 1 TypeCheck, 1 Dereference, 1 Other;
        "builtin": 1 TypeCheck, 1 Dereference, 1 Other, 1 MemoryAccess;
    ];
    Keywords (Unused Const Unused) "names for the call before; never executed"
        paths!["operand":;];
    CallUnpacked (Dst Block Count) "a ← b(*b+1), or b(*b+1, **b+2), as c says" paths![
        "function": 1 TypeCheck, 1 Dereference, 1 Other;
        "builtin": 1 TypeCheck, 1 Dereference, 1 Other, 1 MemoryAccess;
    ];
    CheckMethod (Src Unused Name) "AttributeError unless a has an attribute c"
        paths!["any": 1 Other;];
    CallMethod (Dst Block Count) "a ← b.NAME(b+1, …), c registers in all, NAME in the next instruction" GENERIC;
    CallMethodKw (Dst Block Count) "as CallMethod, the last arguments by the names in the next instruction" GENERIC;
    Method (Unused Name Const) "name of the method, and of keyword arguments, of the call before; never executed"
        paths!["operand":;];
    Return (Src Unused Unused) "leave the function with a"
        paths!["any": 1 Other, 1 MemoryAccess;];
    Show (Src Unused Unused) "print repr(a) and keep a as _, unless it is None: what a session does with each result"
        paths!["any": 1 Other;];

    // Exceptions. Where one goes to, the table of handlers says.
    Raise (Src Src Unused) "raise a; flags: from b"
        paths!["any": 1 Other;];
    RaiseAgain (Unused Unused Unused) "raise the exception that is being handled, or RuntimeError"
        paths!["any": 1 Other;];
    Reraise (Src Unused Unused) "go on with exception a as if it had not been caught"
        paths!["any": 1 Other;];
    MatchException (Dst Src Src) "a ← whether exception b is one of class c" GENERIC;
    BeginHandling (Src Unused Unused) "exception a is being handled"
        paths!["any": 1 Other;];
    EndHandling (Unused Unused Unused) "the exception that was handled last is no longer"
        paths!["any": 1 Other;];
    Settle (Unused Unused Unused) "pending arrays are computed: what goes wrong there belongs to this side of a try"
        paths!["any": 1 Other;];
    Mark (Unused Unused Unused) "pending arrays are computed; the loop that is timed begins, or has ended, as flags say"
        paths!["any": 1 Other;];
    EnterContext (Dst Src Unused) "a ← b.__enter__()" GENERIC;
    ExitContext (Dst Src Src) "a ← whether b.__exit__ suppresses exception c; flags: there is one" GENERIC;
    AssertFailed (Src Unused Unused) "raise AssertionError; flags say whether a is its message"
        paths!["any": 1 Other;];

    // Never in code as it is compiled: what measures a loop puts these into copies of it ([`super::variant`]). Each
    // repeats one kind of work and leaves everything as it was; what one costs more than `AgainNothing` is that work.
    AgainNothing (Unused Unused Unused) "go on"
        paths!["any":;];
    AgainBoundsCheck (Src Unused Unused) "compare an index with a length, four times"
        paths!["any": 1 Dereference, 4 BoundsCheck;];
    AgainDereference (Src Unused Unused) "follow the pointer to a, four times"
        paths!["any": 4 Dereference;];
    AgainTypeCheck (Src Unused Unused) "test the type of a, four times"
        paths!["any": 1 Dereference, 4 TypeCheck;];
    AgainLoad (Src Unused Unused) "load from the box a, four times"
        paths!["any": 1 Dereference, 4 MemoryAccess;];
    AgainStore (Unused Unused Unused) "store a number, four times"
        paths!["any": 4 MemoryAccess;];
    AgainBox (Unused Unused Unused) "allocate a box for a float, fill it, release it"
        paths!["any": 3 MemoryAccess;];
    AgainReference (Src Unused Unused) "take one more reference to a, release it"
        paths!["any": 1 Dereference, 2 MemoryAccess;];
    AgainArithmetic (Unused Unused Unused) "add floats, four times"
        paths!["any": 4 Arithmetic;];
    AgainDivision (Unused Unused Unused) "divide floats, four times"
        paths!["any": 4 Arithmetic;];
    AgainRemainder (Unused Unused Unused) "divide ints, four times"
        paths!["any": 4 Arithmetic;];
    AgainCounter (Unused Unused Unused) "advance a counter in memory, twice"
        paths!["any": 2 LoopCounter;];
    AgainBranch (Unused Target High) "find out where a jump to b goes, and whether it may go back, four times; go on"
        paths!["any": 4 Branch;];
    Stamp (Count Unused Unused) "read the clock: a loop begins, or ends if a is 1"
        paths!["any": 1 Other;];
}
