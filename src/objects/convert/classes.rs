//! Types as values: what is of which type, and the call of a type.

use super::super::arguments::{self, Keywords};
use super::super::caller::Caller;
use super::{containers, iterators, numbers, strings};
use crate::array::{DType, Scalar};
use crate::diagnostic::ErrorKind;
use crate::exception::{Raised, Result};
use crate::value::{DictPart, DictView, Iter, Kind, Tuple, Type, Value};

/// `class(*args, **keywords)`.
///
/// # Errors
/// What the type's constructor raises; `NotImplementedError` for a type that toy does not construct.
pub fn construct(cx: &mut dyn Caller, class: Type, args: &[Value], keywords: Keywords) -> Result<Value> {
    match class {
        Type::Bool => numbers::bool(args, keywords),
        Type::Int => numbers::int(args, keywords),
        Type::Float => numbers::float(args, keywords),
        Type::Str => strings::str(args, keywords),
        Type::List => containers::list(cx, args, keywords),
        Type::Tuple => containers::tuple(cx, args, keywords),
        Type::Dict => containers::dict(cx, args, keywords),
        Type::Range => containers::range(args, keywords),
        Type::Slice => containers::slice(args, keywords),
        Type::Enumerate => iterators::enumerate(args, keywords),
        Type::Filter => iterators::filter(args, keywords),
        Type::Map => iterators::map(args, keywords),
        Type::Reversed => iterators::reversed(args, keywords),
        Type::Zip => iterators::zip(args, keywords),
        Type::Type => type_call(args, keywords),
        Type::NpBool => numbers::numpy_scalar(DType::Bool, args, keywords),
        Type::NpInt64 => numbers::numpy_scalar(DType::Int64, args, keywords),
        Type::NpFloat32 => numbers::numpy_scalar(DType::Float32, args, keywords),
        Type::NpFloat64 => numbers::numpy_scalar(DType::Float64, args, keywords),
        Type::NoneType => {
            arguments::count("NoneType", args, 0, 0)?;
            Ok(Value::none())
        }
        Type::Ellipsis => {
            arguments::count("ellipsis", args, 0, 0)?;
            Ok(Value::ellipsis())
        }
        Type::Builtin
        | Type::MethodDescriptor
        | Type::DictKeys
        | Type::DictValues
        | Type::DictItems
        | Type::CallableIterator
        | Type::DictItemIterator
        | Type::DictKeyIterator
        | Type::DictValueIterator
        | Type::DictReverseItemIterator
        | Type::DictReverseKeyIterator
        | Type::DictReverseValueIterator
        | Type::Iterator
        | Type::ListIterator
        | Type::ListReverseIterator
        | Type::LongRangeIterator
        | Type::RangeIterator
        | Type::StrAsciiIterator
        | Type::StrIterator
        | Type::TupleIterator => {
            Err(Raised::type_error(format!("cannot create '{}' instances", class.qualified_name())))
        }
        Type::Function | Type::Module | Type::NdArray => Err(Raised::new(
            ErrorKind::NotImplementedError,
            format!("toy does not construct '{}' from its type", class.qualified_name()),
        )),
    }
}

fn type_call(args: &[Value], keywords: Keywords) -> Result<Value> {
    match (args, keywords) {
        ([value], []) => Ok(Value::class(type_of(value)?)),
        _ => Err(Raised::type_error("type() takes 1 or 3 arguments")),
    }
}

/// `type(value)`.
///
/// # Errors
/// `NotImplementedError` for dtypes, whose types toy does not have as values.
pub fn type_of(value: &Value) -> Result<Type> {
    Ok(match value.kind() {
        Kind::None => Type::NoneType,
        Kind::Bool => Type::Bool,
        Kind::Int | Kind::BigInt => Type::Int,
        Kind::Float => Type::Float,
        Kind::Str => Type::Str,
        Kind::List => Type::List,
        Kind::Tuple => Type::Tuple,
        Kind::Dict => Type::Dict,
        Kind::Range => Type::Range,
        Kind::Slice => Type::Slice,
        Kind::Function => Type::Function,
        Kind::Builtin | Kind::BoundMethod => Type::Builtin,
        Kind::Type => Type::Type,
        Kind::Module => Type::Module,
        Kind::Array => Type::NdArray,
        Kind::Scalar => match value.get::<Scalar>().expect("the tag says so") {
            Scalar::Bool(_) => Type::NpBool,
            Scalar::Int64(_) => Type::NpInt64,
            Scalar::Float32(_) => Type::NpFloat32,
            Scalar::Float64(_) => Type::NpFloat64,
        },
        Kind::Ellipsis => Type::Ellipsis,
        Kind::UnboundMethod => Type::MethodDescriptor,
        Kind::DictView => match value.get::<DictView>().expect("the tag says so").part {
            DictPart::Keys => Type::DictKeys,
            DictPart::Values => Type::DictValues,
            DictPart::Items => Type::DictItems,
        },
        Kind::RangeIter => Type::RangeIterator,
        Kind::ListIter => Type::ListIterator,
        Kind::Iter => value.get::<Iter>().expect("the tag says so").class,
        Kind::DType => {
            return Err(Raised::new(
                ErrorKind::NotImplementedError,
                format!("toy does not have the type '{}' as a value", value.type_name()),
            ));
        }
    })
}

pub fn isinstance(args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::no_keywords("isinstance", keywords)?;
    arguments::count("isinstance", args, 2, 2)?;
    Ok(Value::bool(is_instance(&args[0], &args[1], 0)?))
}

fn is_instance(value: &Value, classes: &Value, depth: u32) -> Result<bool> {
    /// Tuples of types nested deeper than this are not searched.
    const MAX_DEPTH: u32 = 500;
    if depth > MAX_DEPTH {
        return Err(Raised::new(ErrorKind::RecursionError, "maximum recursion depth exceeded in __instancecheck__"));
    }
    if let Some(tuple) = classes.get::<Tuple>() {
        for class in &tuple.0 {
            if is_instance(value, class, depth + 1)? {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    let Some(class) = classes.get::<Type>() else {
        return Err(Raised::type_error("isinstance() arg 2 must be a type, a tuple of types, or a union"));
    };
    // A value whose type is no value is an instance of none of the types that are.
    Ok(type_of(value).is_ok_and(|own| {
        own == *class || matches!((own, class), (Type::Bool, Type::Int) | (Type::NpFloat64, Type::Float))
    }))
}

pub fn callable(args: &[Value], keywords: Keywords) -> Result<Value> {
    Ok(Value::bool(is_callable(arguments::one("callable", args, keywords)?)))
}

pub fn is_callable(value: &Value) -> bool {
    matches!(value.kind(), Kind::Function | Kind::Builtin | Kind::BoundMethod | Kind::UnboundMethod | Kind::Type)
}

pub fn id(args: &[Value], keywords: Keywords) -> Result<Value> {
    let value = arguments::one("id", args, keywords)?;
    Ok(Value::int(value.address() as i64))
}
