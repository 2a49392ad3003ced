//! Types as values: what is of which type, and the call of a type.

use super::super::arguments::{self, Keywords};
use super::super::caller::Caller;
use super::super::exceptions;
use super::{containers, numbers, strings};
use crate::array::{DType, Scalar};
use crate::diagnostic::ErrorKind;
use crate::exception::{Raised, Result};
use crate::value::{ExceptionObject, Iter, IterState, Key, Kind, Tuple, Type, Value};

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
        Type::Set => containers::set(cx, args, keywords),
        Type::FrozenSet => containers::frozenset(cx, args, keywords),
        Type::Range => containers::range(args, keywords),
        Type::Slice => containers::slice(args, keywords),
        Type::Enumerate => containers::enumerate(args, keywords),
        Type::Zip => containers::zip(args, keywords),
        Type::Type => type_call(args, keywords),
        Type::NpBool => numbers::numpy_scalar(DType::Bool, args, keywords),
        Type::NpInt64 => numbers::numpy_scalar(DType::Int64, args, keywords),
        Type::NpFloat32 => numbers::numpy_scalar(DType::Float32, args, keywords),
        Type::NpFloat64 => numbers::numpy_scalar(DType::Float64, args, keywords),
        Type::NoneType => {
            arguments::count("NoneType", args, 0, 0)?;
            Ok(Value::none())
        }
        Type::Exception(class) => exceptions::construct(class, args, keywords),
        Type::Function
        | Type::Cell
        | Type::Generator
        | Type::Builtin
        | Type::Module
        | Type::NdArray
        | Type::Traceback
        | Type::File => Err(Raised::new(
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
/// `NotImplementedError` for iterators, whose types toy does not have as values.
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
        Kind::Set => Type::Set,
        Kind::FrozenSet => Type::FrozenSet,
        Kind::Range => Type::Range,
        Kind::Slice => Type::Slice,
        Kind::Function => Type::Function,
        Kind::Cell => Type::Cell,
        Kind::Generator => Type::Generator,
        Kind::Builtin | Kind::BoundMethod => Type::Builtin,
        Kind::Type => Type::Type,
        Kind::Module => Type::Module,
        Kind::Array => Type::NdArray,
        Kind::Exception => Type::Exception(value.get::<ExceptionObject>().expect("the tag says so").class),
        Kind::Traceback => Type::Traceback,
        Kind::File => Type::File,
        Kind::Scalar => match value.get::<Scalar>().expect("the tag says so") {
            Scalar::Bool(_) => Type::NpBool,
            Scalar::Int64(_) => Type::NpInt64,
            Scalar::Float32(_) => Type::NpFloat32,
            Scalar::Float64(_) => Type::NpFloat64,
        },
        Kind::Ellipsis | Kind::DType | Kind::DictView | Kind::RangeIter | Kind::ListIter | Kind::Iter => {
            match value.get::<Iter>() {
                Some(iter) if matches!(*iter.0.borrow(), IterState::Enumerate { .. }) => Type::Enumerate,
                Some(iter) if matches!(*iter.0.borrow(), IterState::Zip { .. }) => Type::Zip,
                _ => {
                    return Err(Raised::new(
                        ErrorKind::NotImplementedError,
                        format!("toy does not have the type '{}' as a value", value.type_name()),
                    ));
                }
            }
        }
    })
}

pub fn isinstance(args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::no_keywords("isinstance", keywords)?;
    arguments::count("isinstance", args, 2, 2)?;
    // An iterator whose type is no value is an instance of none of the types that are.
    let own = type_of(&args[0]).ok();
    let found = any_class(own, &args[1], 0)?;
    found
        .map(Value::bool)
        .ok_or_else(|| Raised::type_error("isinstance() arg 2 must be a type, a tuple of types, or a union"))
}

pub fn issubclass(args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::no_keywords("issubclass", keywords)?;
    arguments::count("issubclass", args, 2, 2)?;
    let Some(own) = args[0].get::<Type>() else {
        return Err(Raised::type_error("issubclass() arg 1 must be a class"));
    };
    let found = any_class(Some(*own), &args[1], 0)?;
    found
        .map(Value::bool)
        .ok_or_else(|| Raised::type_error("issubclass() arg 2 must be a class, a tuple of classes, or a union"))
}

/// Whether a type is, or extends, a class of a tuple of classes; `None` if something else than a class comes first.
fn any_class(own: Option<Type>, classes: &Value, depth: u32) -> Result<Option<bool>> {
    /// Tuples of types nested deeper than this are not searched.
    const MAX_DEPTH: u32 = 500;
    if depth > MAX_DEPTH {
        return Err(Raised::new(ErrorKind::RecursionError, "maximum recursion depth exceeded in __instancecheck__"));
    }
    if let Some(tuple) = classes.get::<Tuple>() {
        for class in &tuple.0 {
            match any_class(own, class, depth + 1)? {
                Some(false) => {}
                decided => return Ok(decided),
            }
        }
        return Ok(Some(false));
    }
    Ok(classes.get::<Type>().map(|class| own.is_some_and(|own| is_subclass(own, *class))))
}

/// Whether values of one type are values of the other.
fn is_subclass(own: Type, class: Type) -> bool {
    match (own, class) {
        (Type::Exception(own), Type::Exception(class)) => own.is_a(class),
        (Type::Bool, Type::Int) | (Type::NpFloat64, Type::Float) => true,
        _ => own == class,
    }
}

pub fn callable(args: &[Value], keywords: Keywords) -> Result<Value> {
    let kind = arguments::one("callable", args, keywords)?.kind();
    Ok(Value::bool(matches!(kind, Kind::Function | Kind::Builtin | Kind::BoundMethod | Kind::Type)))
}

pub fn hash(args: &[Value], keywords: Keywords) -> Result<Value> {
    let value = arguments::one("hash", args, keywords)?;
    Ok(Value::int(Key::new(value.clone())?.hash))
}

pub fn id(args: &[Value], keywords: Keywords) -> Result<Value> {
    let value = arguments::one("id", args, keywords)?;
    Ok(Value::int(value.address() as i64))
}
