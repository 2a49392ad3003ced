//! Methods and attributes of every value but arrays, functions and modules: one table for each type.

mod dict;
mod exception;
mod file;
mod hexadecimal;
mod list;
mod number;
mod other;
mod set;
mod text;
mod text_case;
mod text_search;
mod text_split;
mod text_translate;

pub use exception::belongs_to_class;

use super::arguments::Keywords;
use super::caller::Caller;
use super::suggest::suggest;
use crate::diagnostic::ErrorKind;
use crate::exception::{Raised, Result};
use crate::value::{
    BoundMethod, Builtin, Function, GenericAlias, Kind, Module, Record, Tuple, Type, UnboundMethod, Union, Value,
};

/// A method: receiver, positional arguments, keyword arguments. The receiver is of the kind whose table it is in.
pub type Method = fn(&Value, &[Value], Keywords) -> Result<Value>;

/// A method that walks an iterable or calls a function, both of which may be the script's.
pub type CallingMethod = fn(&mut dyn Caller, &Value, &[Value], Keywords) -> Result<Value>;

/// A method of either sort.
#[derive(Clone, Copy)]
pub enum Found {
    Plain(Method),
    Calling(CallingMethod),
}

impl Found {
    /// # Errors
    /// What the method raises.
    pub fn call(self, cx: &mut dyn Caller, receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
        match self {
            Found::Plain(method) => method(receiver, args, keywords),
            Found::Calling(method) => method(cx, receiver, args, keywords),
        }
    }
}

/// An attribute that holds data.
type Attribute = fn(&Value) -> Value;

/// What one type knows by name.
struct Members {
    methods: &'static [(&'static str, Method)],
    calling: &'static [(&'static str, CallingMethod)],
    attributes: &'static [(&'static str, Attribute)],
    /// Names of the methods that belong to the class: they need no receiver.
    of_class: &'static [&'static str],
    /// Names that Python knows and toy refuses.
    refused: &'static [&'static str],
}

const NOTHING: Members = Members { methods: &[], calling: &[], attributes: &[], of_class: &[], refused: &[] };

fn members(kind: Kind) -> &'static Members {
    match kind {
        Kind::Bool | Kind::Int | Kind::BigInt => &number::INT,
        Kind::Float => &number::FLOAT,
        Kind::Str => &text::STR,
        Kind::List => &list::LIST,
        Kind::Tuple => &other::TUPLE,
        Kind::Dict => &dict::DICT,
        Kind::DictView => &dict::VIEW,
        Kind::Set => &set::SET,
        Kind::FrozenSet => &set::FROZENSET,
        Kind::Range | Kind::BigRange => &other::RANGE,
        Kind::Slice => &other::SLICE,
        Kind::Scalar => &number::SCALAR,
        Kind::Exception => &exception::EXCEPTION,
        Kind::File => &file::FILE,
        Kind::Array => &other::ARRAY,
        Kind::None
        | Kind::Ellipsis
        | Kind::Function
        | Kind::Cell
        | Kind::Generator
        | Kind::Builtin
        | Kind::BoundMethod
        | Kind::UnboundMethod
        | Kind::Type
        | Kind::Alias
        | Kind::Union
        | Kind::Module
        | Kind::RangeIter
        | Kind::ListIter
        | Kind::Iter
        | Kind::DType
        | Kind::Traceback
        | Kind::Record => &NOTHING,
    }
}

/// The method of this name that values of a kind have, for callers who look it up once.
pub fn find(kind: Kind, name: &str) -> Option<Found> {
    find_named(kind, name).map(|(_, method)| method)
}

/// A method with its name as it stands in the table.
fn find_named(kind: Kind, name: &str) -> Option<(&'static str, Found)> {
    let known = members(kind);
    if let Ok(at) = known.methods.binary_search_by_key(&name, |(known, _)| known) {
        let (name, method) = known.methods[at];
        return Some((name, Found::Plain(method)));
    }
    let at = known.calling.binary_search_by_key(&name, |(known, _)| known).ok()?;
    let (name, method) = known.calling[at];
    Some((name, Found::Calling(method)))
}

/// Whether [`call`] finds a method.
pub fn exists(receiver: &Value, name: &str) -> bool {
    find(receiver.kind(), name).is_some()
        || receiver.get::<Type>().is_some_and(|class| {
            (*class, name) == (Type::Dict, "fromkeys") || kind_of(*class).is_some_and(|kind| find(kind, name).is_some())
        })
}

/// `receiver.name(*args, **keywords)`.
///
/// # Errors
/// `AttributeError` if there is no such method, `TypeError` if the attribute is none; what the method raises.
pub fn call(cx: &mut dyn Caller, receiver: &Value, name: &str, args: &[Value], keywords: Keywords) -> Result<Value> {
    if let Some(method) = find(receiver.kind(), name) {
        return method.call(cx, receiver, args, keywords);
    }
    if let Some(class) = receiver.get::<Type>().copied().or_else(|| receiver.get::<GenericAlias>().map(|a| a.origin)) {
        return call_unbound(cx, class, name, args, keywords);
    }
    let value = attribute(receiver, name)?;
    Err(Raised::type_error(format!("'{}' object is not callable", value.type_name())))
}

/// `list.append([], 1)`: a method taken from its type, called with the receiver as first argument.
///
/// # Errors
/// `TypeError` if the receiver is missing or of another type; what the method raises.
pub fn call_unbound(cx: &mut dyn Caller, class: Type, name: &str, args: &[Value], keywords: Keywords) -> Result<Value> {
    let Some((owner, method)) = kind_of(class).and_then(|kind| Some((kind, find(kind, name)?))) else {
        let value = attribute(&Value::class(class), name)?;
        return Err(Raised::type_error(format!("'{}' object is not callable", value.type_name())));
    };
    if members(owner).of_class.contains(&name) {
        return method.call(cx, &Value::class(class), args, keywords);
    }
    let Some((receiver, args)) = args.split_first() else {
        let class = class.qualified_name();
        return Err(Raised::type_error(format!("unbound method {class}.{name}() needs an argument")));
    };
    if !std::ptr::eq(members(receiver.kind()), members(owner)) {
        return Err(Raised::type_error(format!(
            "descriptor '{name}' for '{}' objects doesn't apply to a '{}' object",
            class.qualified_name(),
            receiver.type_name()
        )));
    }
    method.call(cx, receiver, args, keywords)
}

/// A method taken from its type, without calling it.
fn method_of_class(class: Type, name: &str) -> Option<Value> {
    let kind = kind_of(class)?;
    let (name, _) = find_named(kind, name)?;
    if members(kind).of_class.contains(&name) {
        return Some(Value::new(BoundMethod { receiver: Value::class(class), name: name.into() }));
    }
    // A truth value's methods are integers'.
    let class = if class == Type::Bool { Type::Int } else { class };
    Some(Value::new(UnboundMethod { class, name }))
}

/// The kind whose methods a type shows.
fn kind_of(class: Type) -> Option<Kind> {
    Some(match class {
        Type::Bool | Type::Int => Kind::Int,
        Type::Float => Kind::Float,
        Type::Str => Kind::Str,
        Type::List => Kind::List,
        Type::Tuple => Kind::Tuple,
        Type::Dict => Kind::Dict,
        Type::Set => Kind::Set,
        Type::FrozenSet => Kind::FrozenSet,
        Type::Range => Kind::Range,
        Type::Slice => Kind::Slice,
        Type::File => Kind::File,
        Type::NpBool | Type::NpInt64 | Type::NpFloat32 | Type::NpFloat64 => Kind::Scalar,
        Type::DictKeys | Type::DictValues | Type::DictItems => Kind::DictView,
        Type::Exception(_) => Kind::Exception,
        Type::NoneType
        | Type::Ellipsis
        | Type::Type
        | Type::Function
        | Type::Cell
        | Type::Generator
        | Type::Builtin
        | Type::MethodDescriptor
        | Type::GenericAlias
        | Type::Union
        | Type::Module
        | Type::Enumerate
        | Type::Filter
        | Type::Map
        | Type::Reversed
        | Type::Zip
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
        | Type::TupleIterator
        | Type::NdArray
        | Type::Traceback => return None,
    })
}

/// `value.name`: data, or a method bound to the value. Arrays' and modules' attributes are the caller's.
///
/// # Errors
/// `AttributeError`, with the nearest name that there is; `NotImplementedError` for what Python has and toy refuses.
pub fn attribute(value: &Value, name: &str) -> Result<Value> {
    let known = members(value.kind());
    if let Some((_, attribute)) = known.attributes.iter().find(|(known, _)| *known == name) {
        return Ok(attribute(value));
    }
    if find(value.kind(), name).is_some() {
        let receiver = match known.of_class.contains(&name) {
            true => super::convert::type_of(value).map(Value::class)?,
            false => value.clone(),
        };
        return Ok(Value::new(BoundMethod { receiver, name: name.into() }));
    }
    if let Some(method) = value.get::<Type>().and_then(|class| method_of_class(*class, name)) {
        return Ok(method);
    }
    if let Some(found) = exception::member(value, name) {
        return found;
    }
    if let Some(field) = value.get::<Record>().and_then(|record| record.field(name)) {
        return Ok(field.clone());
    }
    if let Some(attributes) = value.get::<Function>().and_then(|function| function.attributes.get())
        && let Some(found) = attributes.get(&Value::str(name))?
    {
        return Ok(found);
    }
    match (name, value.kind()) {
        ("__origin__", Kind::Alias) => {
            return Ok(Value::class(value.get::<GenericAlias>().expect("the tag says so").origin));
        }
        ("__args__", Kind::Alias) => {
            return Ok(Value::new(Tuple(value.get::<GenericAlias>().expect("the tag says so").args.clone())));
        }
        ("__args__", Kind::Union) => {
            return Ok(Value::new(Tuple(value.get::<Union>().expect("the tag says so").0.clone())));
        }
        (_, Kind::Alias) => {
            return attribute(&Value::class(value.get::<GenericAlias>().expect("the tag says so").origin), name);
        }
        ("__name__", Kind::UnboundMethod) => {
            return Ok(Value::str(value.get::<UnboundMethod>().expect("the tag says so").name));
        }
        ("__name__", Kind::BoundMethod) => {
            return Ok(Value::str(&*value.get::<BoundMethod>().expect("the tag says so").name));
        }
        ("__name__", Kind::Function) => {
            return Ok(Value::str(&*value.get::<Function>().expect("the tag says so").code.chunk.name));
        }
        ("__qualname__", Kind::Function) => {
            return Ok(Value::str(&*value.get::<Function>().expect("the tag says so").code.chunk.qualified));
        }
        ("__doc__", Kind::Function) => {
            let function = value.get::<Function>().expect("the tag says so");
            return Ok(function.code.chunk.doc.as_deref().map_or_else(Value::none, Value::str));
        }
        ("__name__", Kind::Builtin) => return Ok(Value::str(value.get::<Builtin>().expect("the tag says so").name)),
        ("__name__", Kind::Type) => {
            let name = value.get::<Type>().expect("the tag says so").qualified_name();
            return Ok(Value::str(name.rsplit('.').next().unwrap_or(name)));
        }
        ("__name__", Kind::Module) => return Ok(Value::str(value.get::<Module>().expect("the tag says so").0.name())),
        ("__class__", _) => return super::convert::type_of(value).map(Value::class),
        _ => {}
    }
    if known.refused.contains(&name) || name.starts_with("__") && name.ends_with("__") {
        return Err(Raised::new(
            ErrorKind::NotImplementedError,
            format!("toy does not have '{name}' of '{}' objects", value.type_name()),
        ));
    }
    if let Some(class) = value.get::<Type>() {
        return Err(no_attribute_of_type(*class, name));
    }
    Err(no_attribute(value, name))
}

/// The names of a kind's attributes, sorted, as `dir` lists them.
fn names(kind: Kind) -> Vec<&'static str> {
    let known = members(kind);
    let methods = known.methods.iter().map(|(name, _)| *name);
    let methods = methods.chain(known.calling.iter().map(|(name, _)| *name));
    let attributes = known.attributes.iter().map(|(name, _)| *name);
    let mut names: Vec<&str> = methods.chain(attributes).chain(known.refused.iter().copied()).collect();
    names.sort_unstable();
    names
}

/// `AttributeError` for a name that a value lacks.
#[cold]
pub fn no_attribute(value: &Value, name: &str) -> Raised {
    let subject = match value.get::<Module>() {
        Some(module) => format!("module '{}'", module.0.name()),
        None => format!("'{}' object", value.type_name()),
    };
    missing(&subject, name).member("obj", value.clone())
}

#[cold]
fn no_attribute_of_type(class: Type, name: &str) -> Raised {
    let names = kind_of(class).map(names).unwrap_or_default();
    if names.contains(&name) {
        return Raised::new(
            ErrorKind::NotImplementedError,
            format!("toy does not take '{name}' from the type '{}'", class.qualified_name()),
        );
    }
    missing(&format!("type object '{}'", class.qualified_name()), name).member("obj", Value::class(class))
}

fn missing(subject: &str, name: &str) -> Raised {
    let raised = Raised::new(ErrorKind::AttributeError, format!("{subject} has no attribute '{name}'"));
    raised.member("name", Value::str(name))
}

/// The attribute whose name is nearest to one that a value lacks.
pub fn nearest(value: &Value, wrong: &str) -> Option<&'static str> {
    let mut names = names_of(value);
    names.retain(|name| wrong.starts_with('_') || !name.starts_with('_'));
    suggest(wrong, names)
}

/// The names of a value's attributes, sorted; those that toy refuses are among them.
pub fn names_of(value: &Value) -> Vec<&'static str> {
    let mut names = match value.get::<Type>() {
        Some(class) => kind_of(*class).map(names).unwrap_or_default(),
        None => names(value.kind()),
    };
    names.extend(exception::names(value));
    names.extend(value.get::<Record>().into_iter().flat_map(|record| record.fields.iter().map(|(name, _)| *name)));
    names.sort_unstable();
    names
}

#[cfg(test)]
mod tests;
