//! The types of values that exist when a loop is compiled.

use std::rc::Rc;

use super::{Builder, Val};
use crate::array::DType;
use crate::loops::assemble::Assemble;
use crate::loops::ir::{Literal, Slot};
use crate::loops::types::{ArrayType, Iterator, Over, Steps, Type};
use crate::value::{Iter, IterState, Kind, List, ListIter, NdArray, Range, RangeIter, Tuple, Value};

/// Lists inside lists, and tuples inside tuples, that are looked into.
const MAX_DEPTH: usize = 3;

/// Items of a tuple that are taken apart.
const MAX_ITEMS: usize = 8;

impl Builder<'_> {
    /// What code may take a value for that is there now.
    pub(super) fn type_of(&mut self, value: &Value) -> Type {
        match value.kind() {
            Kind::Function | Kind::Builtin | Kind::Module | Kind::Type => Type::Known(self.object(value)),
            _ => observed(value, 0),
        }
    }

    /// A constant of the code.
    pub(super) fn constant(&mut self, value: &Value) -> Val {
        let ty = self.type_of(value);
        let literal = match &ty {
            Type::Bool => value.get::<bool>().map(|bit| Literal::I8(*bit as u8)),
            Type::Int | Type::Natural => value.get::<i64>().map(|i| Literal::I64(*i)),
            Type::Float => value.get::<f64>().map(|x| Literal::F64(*x)),
            Type::None | Type::Known(_) => return Val::new(ty, []),
            _ => return Val::new(Type::Known(self.object(value)), []),
        };
        let literal = literal.expect("its type was seen");
        let slot: Slot = self.literal(literal);
        Val { ty, slots: vec![slot], literal: Some(literal), held: None }
    }
}

fn observed(value: &Value, depth: usize) -> Type {
    match value.kind() {
        Kind::None => Type::None,
        Kind::Bool => Type::Bool,
        Kind::Int if value.get::<i64>().is_some_and(|i| *i >= 0) => Type::Natural,
        Kind::Int => Type::Int,
        Kind::Float => Type::Float,
        Kind::Scalar => value.get::<crate::array::Scalar>().map_or(Type::Object, |scalar| Type::Numpy(scalar.dtype())),
        Kind::List => Type::List(Rc::new(items(value, depth))),
        Kind::Array => value.get::<NdArray>().and_then(array).map_or(Type::Object, Type::Array),
        Kind::Tuple => match value.get::<Tuple>() {
            Some(tuple) if depth < MAX_DEPTH && tuple.0.len() <= MAX_ITEMS => {
                let items: Vec<Type> = tuple.0.iter().map(|item| observed(item, depth + 1)).collect();
                Type::Tuple(items.into())
            }
            _ => Type::Object,
        },
        Kind::Range => match value.get::<Range>() {
            Some(range) => Type::Range(Steps::of(range.start, range.step)),
            None => Type::Object,
        },
        Kind::RangeIter | Kind::ListIter | Kind::Iter => {
            iterator(value).map_or(Type::Object, |iterator| Type::Iterator(Rc::new(iterator)))
        }
        _ => Type::Object,
    }
}

/// What the items of a list are taken to be: the first one, the last one, or one in the middle.
fn items(value: &Value, depth: usize) -> Type {
    let Some(list) = value.get::<List>().filter(|_| depth < MAX_DEPTH) else { return Type::Object };
    let len = list.0.len();
    let samples = [0, len / 2, len.saturating_sub(1)].map(|at| list.0.get(at).map(|item| item_type(&item, depth)));
    let samples = samples.map(|sample| sample.map(|ty| ty.widened()));
    match samples {
        // An item that changes its type is more often a float than an int in the end.
        [Some(Type::Int), _, Some(Type::Float)] | [Some(Type::Int), Some(Type::Float), _] => Type::Float,
        [Some(first), ..] => first,
        [None, ..] => Type::Object,
    }
}

fn item_type(item: &Value, depth: usize) -> Type {
    match item.kind() {
        Kind::None | Kind::Bool | Kind::Int | Kind::Float | Kind::List => observed(item, depth + 1),
        _ => Type::Object,
    }
}

/// An array in memory, of one or two axes.
pub fn array(array: &NdArray) -> Option<ArrayType> {
    let array = array.array().ok()?;
    let dtype: DType = array.dtype();
    let contiguous = array.strides().last().is_some_and(|stride| *stride == dtype.size() as isize);
    matches!(array.ndim(), 1 | 2).then(|| ArrayType { dtype, ndim: array.ndim() as u8, contiguous })
}

/// An iterator that the interpreter has made.
pub fn iterator(value: &Value) -> Option<Iterator> {
    let over = if let Some(range) = value.get::<RangeIter>() {
        Over::Range(Steps::of(range.next.get(), range.step))
    } else if let Some(list) = value.get::<ListIter>() {
        Over::List(items(&list.list, 0))
    } else {
        match &*value.get::<Iter>()?.state.borrow() {
            IterState::Array { array: walked, .. } => Over::Array(array(walked.get::<NdArray>()?)?),
            IterState::Enumerate { inner, count } if count.kind() == Kind::Int => {
                Over::Enumerate(Rc::new(iterator(inner)?))
            }
            IterState::Zip { inner, strict: false } if !inner.is_empty() => {
                let shared = |at: usize| inner[..at].iter().any(|other| other.is(&inner[at]));
                if (0..inner.len()).any(shared) {
                    return None;
                }
                Over::Zip(inner.iter().map(|inner| iterator(inner).map(Rc::new)).collect::<Option<_>>()?)
            }
            _ => return None,
        }
    };
    Some(Iterator { over, is_object: true })
}
