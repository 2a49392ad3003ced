//! What a running program holds: boxed, reference-counted, dynamically typed values.
//!
//! A [`Value`] is one pointer to a box: a header (reference count, type tag), then the payload. Every kind of
//! payload is declared once, in the table below; unsafe code is in `boxed`, `heap` and `cell` alone.

#![allow(unsafe_code)] // `kinds!` implements an unsafe trait, here where the table stands.

mod alias;
mod boxed;
pub mod cell;
mod compare;
mod dict;
mod exception;
mod file;
mod function;
mod generator;
mod hash;
mod heap;
mod iter;
mod ndarray;
mod positions;
mod range;
mod record;
mod repr;
mod sequence;
mod set;
mod string;
mod text;

pub use alias::{GenericAlias, Union};
pub use boxed::{Payload, Value, layout};
pub use compare::{Unordered, equal, order};
pub use dict::{Dict, DictView};
pub use exception::{ExceptionObject, ExceptionState, Member, Traceback, exception_text};
pub use file::File;
pub use function::{BoundMethod, Builtin, BuiltinId, Code, Function, Module, ModuleId, Type, UnboundMethod};
pub use generator::{Cell, Generator, GeneratorState, Registers};
pub use hash::Key;
pub use heap::{Heap, SMALL_INTS, free_numbers};
pub use iter::{DictPart, Iter, IterState, ListIter, RangeIter};
pub use ndarray::NdArray;
pub use range::{BigRange, Range};
pub use record::Record;
pub use repr::{MAX_DECIMAL_DIGITS, Unprintable, decimal, repr, str_repr, to_str};
pub use sequence::{List, Slice, Tuple};
pub use set::{FrozenSet, Set, SetLike};
pub use string::Str;
pub use text::{Digits, Text};

use crate::array::{DType, Scalar};
use num_bigint::BigInt;

/// `None`'s payload.
pub struct NoneType;

/// `...`'s payload.
pub struct EllipsisType;

impl Value {
    /// The Python number for a NumPy scalar, as `.item()` gives it.
    pub fn python_number(scalar: Scalar) -> Value {
        match scalar {
            Scalar::Bool(bit) => Value::bool(bit),
            Scalar::Int64(i) => Value::int(i),
            Scalar::Float32(x) => Value::float(x as f64),
            Scalar::Float64(x) => Value::float(x),
        }
    }
}

/// An integer beyond 64 bits; never one that fits.
pub struct Big(pub BigInt);

boxed::kinds! {
    // The first two are asked for together, whenever a box is freed: one comparison answers.
    Int(i64) "int",
    Float(f64) "float",
    None(NoneType) "NoneType",
    Ellipsis(EllipsisType) "ellipsis",
    Bool(bool) "bool",
    BigInt(Big) "int",
    Str(Str) "str",
    List(List) "list",
    Tuple(Tuple) "tuple",
    Dict(Dict) "dict",
    DictView(DictView) "dict_keys",
    Set(Set) "set",
    FrozenSet(FrozenSet) "frozenset",
    Range(Range) "range",
    BigRange(BigRange) "range",
    Slice(Slice) "slice",
    Function(Function) "function",
    Cell(Cell) "cell",
    Generator(Generator) "generator",
    Builtin(Builtin) "builtin_function_or_method",
    BoundMethod(BoundMethod) "builtin_function_or_method",
    UnboundMethod(UnboundMethod) "method_descriptor",
    Type(Type) "type",
    Alias(GenericAlias) "types.GenericAlias",
    Union(Union) "types.UnionType",
    Module(Module) "module",
    RangeIter(RangeIter) "range_iterator",
    ListIter(ListIter) "list_iterator",
    Iter(Iter) "iterator",
    Array(NdArray) "numpy.ndarray",
    Scalar(Scalar) "numpy.generic",
    DType(DType) "numpy.dtype",
    Exception(ExceptionObject) "BaseException",
    Traceback(Traceback) "traceback",
    File(File) "_io.TextIOWrapper",
    Record(Record) "sys.float_info",
}
