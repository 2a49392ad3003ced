//! What can be called, and modules.

use std::cell::{Cell as StdCell, OnceCell};
use std::rc::Rc;

use super::{Dict, Value};
use crate::bytecode::chunk::Chunk;
use crate::bytecode::flow::Liveness;
use crate::diagnostic::ErrorKind;

/// A chunk made ready to run: its constants are boxed values.
pub struct Code {
    pub chunk: Rc<Chunk>,
    pub constants: Vec<Value>,
    /// Those that operands name as registers.
    pub pinned: Vec<Value>,
    /// For each name, what it meant as a method here the last time: a number that the interpreter can read.
    pub hints: Box<[StdCell<u16>]>,
    /// For each loop, what the interpreter knows of it: how often it was gone through, or where its machine code is.
    pub loops: Box<[StdCell<u32>]>,
    /// The registers that are still wanted at each instruction, once somebody has asked.
    pub liveness: OnceCell<Rc<Liveness>>,
    /// How many arguments fill all parameters by position alone; none if some are filled in other ways.
    pub plain: Option<u16>,
    /// How many registers the block of such a call takes, with the function's own, if the function needs no cells of those
    /// around it; 0, which no call takes, else.
    pub block: u16,
    /// Of the chunk, where a call finds it at once: how many registers, where its pinned constants begin, what is behind.
    pub registers: u16,
    pub first_pinned: u16,
    pub first_temporary: u16,
    pub functions: Vec<Rc<Code>>,
}

/// A script's function.
pub struct Function {
    pub code: Rc<Code>,
    /// Values of the last positional parameters, then of keyword-only ones that have a default.
    pub defaults: Vec<Value>,
    /// Cells of the functions around it, in order of their registers.
    pub closure: Vec<Value>,
    /// What the script has set on it, once it has.
    pub attributes: OnceCell<Dict>,
}

/// Index into the interpreter's table of built-in functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BuiltinId(pub u16);

/// A built-in function.
pub struct Builtin {
    pub id: BuiltinId,
    pub name: &'static str,
}

/// A method that was taken from its object without being called.
pub struct BoundMethod {
    pub receiver: Value,
    pub name: Rc<str>,
}

/// A method taken from its type without an object: `str.upper`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UnboundMethod {
    pub class: Type,
    pub name: &'static str,
}

/// A type as a value: callable, and comparable with `type(x)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    NoneType,
    Bool,
    Int,
    Float,
    Str,
    List,
    Tuple,
    Dict,
    Set,
    FrozenSet,
    Range,
    Slice,
    Type,
    Function,
    Cell,
    Generator,
    Builtin,
    Module,
    Ellipsis,
    MethodDescriptor,
    GenericAlias,
    Union,
    DictKeys,
    DictValues,
    DictItems,
    Enumerate,
    Filter,
    Map,
    Reversed,
    Zip,
    CallableIterator,
    DictItemIterator,
    DictKeyIterator,
    DictValueIterator,
    DictReverseItemIterator,
    DictReverseKeyIterator,
    DictReverseValueIterator,
    Iterator,
    ListIterator,
    ListReverseIterator,
    LongRangeIterator,
    RangeIterator,
    SetIterator,
    StrAsciiIterator,
    StrIterator,
    TupleIterator,
    NdArray,
    NpBool,
    NpInt64,
    NpFloat32,
    NpFloat64,
    Traceback,
    File,
    Exception(ErrorKind),
}

/// One of the modules that are built in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ModuleId {
    Numpy,
    Math,
    Time,
    Sys,
}

/// A module's payload.
pub struct Module(pub ModuleId);

impl ModuleId {
    pub const ALL: [ModuleId; 4] = [ModuleId::Numpy, ModuleId::Math, ModuleId::Time, ModuleId::Sys];

    pub const fn name(self) -> &'static str {
        match self {
            ModuleId::Numpy => "numpy",
            ModuleId::Math => "math",
            ModuleId::Time => "time",
            ModuleId::Sys => "sys",
        }
    }
}
