//! Types as values: what is of which type, and the call of a type.

use super::super::arguments::{self, Keywords};
use super::super::caller::Caller;
use super::super::exceptions;
use super::{containers, iterators, numbers, strings};
use crate::array::{DType, Scalar};
use crate::diagnostic::ErrorKind;
use crate::exception::{Raised, Result};
use crate::value::{DictPart, DictView, ExceptionObject, Iter, Key, Kind, Tuple, Type, Union, Value};

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
            takes_nothing("NoneType", args, keywords)?;
            Ok(Value::none())
        }
        Type::Ellipsis => {
            takes_nothing("EllipsisType", args, keywords)?;
            Ok(Value::ellipsis())
        }
        Type::Exception(class) => exceptions::construct(class, args, keywords),
        Type::Generator
        | Type::Builtin
        | Type::MethodDescriptor
        | Type::GenericAlias
        | Type::Union
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
        | Type::SetIterator
        | Type::StrAsciiIterator
        | Type::StrIterator
        | Type::TupleIterator => {
            Err(Raised::type_error(format!("cannot create '{}' instances", class.qualified_name())))
        }
        Type::Function | Type::Cell | Type::Module | Type::NdArray | Type::Traceback | Type::File => Err(Raised::new(
            ErrorKind::NotImplementedError,
            format!("toy does not construct '{}' from its type", class.qualified_name()),
        )),
    }
}

/// The call of a class that has one instance.
fn takes_nothing(class: &str, args: &[Value], keywords: Keywords) -> Result<()> {
    match args.is_empty() && keywords.is_empty() {
        true => Ok(()),
        false => Err(Raised::type_error(format!("{class} takes no arguments"))),
    }
}

fn type_call(args: &[Value], keywords: Keywords) -> Result<Value> {
    match (args, keywords) {
        ([value], []) => Ok(Value::class(type_of(value)?)),
        ([_], _) => Err(Raised::type_error("type() takes no keyword arguments")),
        ([_, _, _], _) => Err(Raised::new(ErrorKind::NotImplementedError, "toy does not make classes")),
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
        Kind::Set => Type::Set,
        Kind::FrozenSet => Type::FrozenSet,
        Kind::Range | Kind::BigRange => Type::Range,
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
        Kind::Ellipsis => Type::Ellipsis,
        Kind::UnboundMethod => Type::MethodDescriptor,
        Kind::Alias => Type::GenericAlias,
        Kind::Union => Type::Union,
        Kind::DictView => match value.get::<DictView>().expect("the tag says so").part {
            DictPart::Keys => Type::DictKeys,
            DictPart::Values => Type::DictValues,
            DictPart::Items => Type::DictItems,
        },
        Kind::RangeIter => Type::RangeIterator,
        Kind::ListIter => Type::ListIterator,
        Kind::Iter => value.get::<Iter>().expect("the tag says so").class,
        Kind::DType | Kind::Record => {
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
    // An iterator whose type is no value is an instance of none of the types that are.
    let own = type_of(&args[0]).ok();
    let found = any_class("isinstance", own, &args[1], 0)?;
    found
        .map(Value::bool)
        .ok_or_else(|| Raised::type_error("isinstance() arg 2 must be a type, a tuple of types, or a union"))
}

pub fn issubclass(args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::no_keywords("issubclass", keywords)?;
    arguments::count("issubclass", args, 2, 2)?;
    if args[1].get::<Tuple>().is_some_and(|classes| classes.0.is_empty()) {
        return Ok(Value::bool(false));
    }
    let Some(own) = args[0].get::<Type>() else {
        return Err(Raised::type_error("issubclass() arg 1 must be a class"));
    };
    let found = any_class("issubclass", Some(*own), &args[1], 0)?;
    found
        .map(Value::bool)
        .ok_or_else(|| Raised::type_error("issubclass() arg 2 must be a class, a tuple of classes, or a union"))
}

/// Whether a type is, or extends, a class of a tuple of classes; `None` if something else than a class comes first.
fn any_class(asker: &str, own: Option<Type>, classes: &Value, depth: u32) -> Result<Option<bool>> {
    /// Tuples of types nested deeper than this are not searched.
    const MAX_DEPTH: u32 = 500;
    if depth > MAX_DEPTH {
        return Err(Raised::new(ErrorKind::RecursionError, "maximum recursion depth exceeded in __instancecheck__"));
    }
    if classes.kind() == Kind::Alias {
        return Err(Raised::type_error(format!("{asker}() argument 2 cannot be a parameterized generic")));
    }
    let several = classes.get::<Tuple>().map(|tuple| &tuple.0);
    if let Some(several) = several.or_else(|| classes.get::<Union>().map(|union| &union.0)) {
        for class in several {
            match any_class(asker, own, class, depth + 1)? {
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
    Ok(Value::bool(is_callable(arguments::one("callable", args, keywords)?)))
}

pub fn is_callable(value: &Value) -> bool {
    matches!(
        value.kind(),
        Kind::Function | Kind::Builtin | Kind::BoundMethod | Kind::UnboundMethod | Kind::Type | Kind::Alias
    )
}

pub fn hash(args: &[Value], keywords: Keywords) -> Result<Value> {
    let value = arguments::one("hash", args, keywords)?;
    Ok(Value::int(Key::new(value.clone())?.hash))
}

pub fn id(args: &[Value], keywords: Keywords) -> Result<Value> {
    let value = arguments::one("id", args, keywords)?;
    Ok(Value::int(value.address() as i64))
}
