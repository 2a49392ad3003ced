//! `repr` and `str` of every value.

use num_bigint::BigInt;
use num_traits::One;

use super::exception::{ExceptionObject, exception_to_str};
use super::{
    Big, BigRange, BoundMethod, Builtin, Dict, DictPart, DictView, File, Function, Generator, GenericAlias, Iter, Kind,
    List, Module, Range, Record, Set, Slice, Str, Tuple, Type, UnboundMethod, Union, Value,
};
use crate::array::format;
use crate::array::{ArrayError, DType, Scalar};
use crate::interrupt::{self, Interrupted};
use crate::unicode;

/// Containers nested deeper than this raise `RecursionError`.
const MAX_DEPTH: usize = 500;

/// An integer of more decimal digits is not written, as CPython's default limit says.
pub const MAX_DECIMAL_DIGITS: usize = 4300;

/// Why a value has no text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unprintable {
    /// Nested too deeply.
    TooDeep,
    /// It is, or holds, an integer of more than [`MAX_DECIMAL_DIGITS`] digits.
    TooManyDigits,
    /// It is so long that the user did not want to wait.
    Interrupted,
    /// It is, or holds, a pending array that cannot be computed.
    Uncomputed(ArrayError),
}

impl From<ArrayError> for Unprintable {
    fn from(error: ArrayError) -> Unprintable {
        Unprintable::Uncomputed(error)
    }
}

impl From<Interrupted> for Unprintable {
    fn from(_: Interrupted) -> Unprintable {
        Unprintable::Interrupted
    }
}

/// The decimal digits of an integer, with its sign.
pub fn decimal(big: &BigInt) -> Result<String, Unprintable> {
    // 2^10 > 10^3: more bits than this need more digits than allowed.
    if big.bits() > MAX_DECIMAL_DIGITS as u64 * 10 / 3 {
        return Err(Unprintable::TooManyDigits);
    }
    let text = big.to_string();
    let digits = text.trim_start_matches('-').len();
    if digits > MAX_DECIMAL_DIGITS { Err(Unprintable::TooManyDigits) } else { Ok(text) }
}

/// `str(value)`
pub fn to_str(value: &Value) -> Result<String, Unprintable> {
    match value.kind() {
        Kind::Int => Ok(Str::decimal(*value.get::<i64>().expect("the tag says so")).as_str().to_string()),
        Kind::Float => Ok(format::float_repr(*value.get::<f64>().expect("the tag says so"))),
        Kind::Str => Ok(value.get::<Str>().expect("the tag says so").as_str().to_string()),
        Kind::Scalar => Ok(format::scalar_str(*value.get::<Scalar>().expect("the tag says so"))),
        Kind::Array => Ok(format::array_str(value.to_array()?)),
        Kind::DType => Ok(value.get::<DType>().expect("the tag says so").name().to_string()),
        Kind::Exception => exception_to_str(value),
        _ => repr(value),
    }
}

/// `repr(value)`
pub fn repr(value: &Value) -> Result<String, Unprintable> {
    let mut printer = Printer { out: String::new(), open: Vec::new() };
    printer.write(value)?;
    Ok(printer.out)
}

/// `repr` of a string: single quotes unless it holds one and no double quote; what cannot be printed is escaped.
pub fn str_repr(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == quote => out.extend(['\\', c]),
            c if unicode::is_printable(c) => out.push(c),
            c => match c as u32 {
                code @ 0..=0xff => out.push_str(&format!("\\x{code:02x}")),
                code @ 0x100..=0xffff => out.push_str(&format!("\\u{code:04x}")),
                code => out.push_str(&format!("\\U{code:08x}")),
            },
        }
    }
    out.push(quote);
    out
}

struct Printer {
    out: String,
    /// Addresses of the containers that are being printed, for `[...]`.
    open: Vec<usize>,
}

impl Printer {
    fn write(&mut self, value: &Value) -> Result<(), Unprintable> {
        match value.kind() {
            Kind::None => self.out.push_str("None"),
            Kind::Ellipsis => self.out.push_str("Ellipsis"),
            Kind::Bool => self.out.push_str(if value.get() == Some(&true) { "True" } else { "False" }),
            Kind::Int => self.push(value.get::<i64>().map(i64::to_string)),
            Kind::BigInt => self.push(value.get::<Big>().map(|big| decimal(&big.0)).transpose()?),
            Kind::Float => self.push(value.get::<f64>().map(|x| format::float_repr(*x))),
            Kind::Str => self.push(value.as_str().map(str_repr)),
            Kind::Scalar => self.push(value.get::<Scalar>().map(|scalar| format::scalar_repr(*scalar))),
            Kind::Array => {
                let options = format::PrintOptions::default();
                self.out.push_str(&format::array_repr(value.to_array()?, &options));
            }
            Kind::List => {
                let items = value.get::<List>().expect("the tag says so").0.snapshot();
                self.container(value, "[", "]", "[...]", |printer| printer.items(&items))?;
            }
            Kind::Tuple => {
                let items = &value.get::<Tuple>().expect("the tag says so").0;
                let close = if items.len() == 1 { ",)" } else { ")" };
                self.container(value, "(", close, "(...)", |printer| printer.items(items))?;
            }
            Kind::Dict => {
                let entries = value.get::<Dict>().expect("the tag says so").entries();
                self.container(value, "{", "}", "{...}", |printer| {
                    for (at, (key, value)) in entries.iter().enumerate() {
                        printer.separate(at)?;
                        printer.write(key)?;
                        printer.out.push_str(": ");
                        printer.write(value)?;
                    }
                    Ok(())
                })?;
            }
            Kind::Set => self.set(value, "set", "{", "}")?,
            Kind::FrozenSet => self.set(value, "frozenset", "frozenset({", "})")?,
            Kind::DictView => {
                let items = value.get::<DictView>().expect("the tag says so").items();
                let open = format!("{}([", value.type_name());
                self.container(value, &open, "])", "...", |printer| printer.items(&items))?;
            }
            Kind::Range => self.push(value.get::<Range>().map(|range| match range.step {
                1 => format!("range({}, {})", range.start, range.stop),
                step => format!("range({}, {}, {step})", range.start, range.stop),
            })),
            Kind::BigRange => self.push(value.get::<BigRange>().map(range_repr).transpose()?),
            Kind::Slice => {
                let slice = value.get::<Slice>().expect("the tag says so");
                self.container(value, "slice(", ")", "slice(...)", |printer| {
                    printer.items(&[slice.start.clone(), slice.stop.clone(), slice.step.clone()])
                })?;
            }
            Kind::Function => {
                let name = value.get::<Function>().map(|function| function.code.chunk.qualified.clone());
                self.push(name.map(|name| format!("<function {name} at {:#x}>", value.address())));
            }
            Kind::Generator => {
                let name = value.get::<Generator>().map(|generator| generator.code.chunk.qualified.clone());
                self.push(name.map(|name| format!("<generator object {name} at {:#x}>", value.address())));
            }
            Kind::Cell => self.out.push_str(&format!("<cell at {:#x}>", value.address())),
            Kind::Builtin => {
                self.push(value.get::<Builtin>().map(|builtin| format!("<built-in function {}>", builtin.name)));
            }
            Kind::BoundMethod => {
                let text = value.get::<BoundMethod>().map(|method| {
                    let receiver = &method.receiver;
                    let name = &method.name;
                    format!("<built-in method {name} of {} object at {:#x}>", receiver.type_name(), receiver.address())
                });
                self.push(text);
            }
            Kind::UnboundMethod => self.push(
                value
                    .get::<UnboundMethod>()
                    .map(|method| format!("<method '{}' of '{}' objects>", method.name, method.class.qualified_name())),
            ),
            Kind::Type => self.push(value.get::<Type>().map(|class| format!("<class '{}'>", class.qualified_name()))),
            Kind::Exception => {
                let exception = value.get::<ExceptionObject>().expect("the tag says so");
                let args = exception.state.borrow().args.clone();
                self.out.push_str(exception.class.name());
                self.nested(value, |printer| match args.get::<Tuple>().map(|args| &*args.0) {
                    Some([only]) => {
                        printer.out.push('(');
                        printer.write(only)?;
                        printer.out.push(')');
                        Ok(())
                    }
                    _ => printer.write(&args),
                })?;
            }
            Kind::Alias => {
                let alias = value.get::<GenericAlias>().expect("the tag says so");
                self.out.push_str(alias.origin.qualified_name());
                self.nested(value, |printer| {
                    printer.out.push('[');
                    match alias.args.is_empty() {
                        true => printer.out.push_str("()"),
                        false => printer.annotations(&alias.args, ", ")?,
                    }
                    printer.out.push(']');
                    Ok(())
                })?;
            }
            Kind::Union => {
                let members = &value.get::<Union>().expect("the tag says so").0;
                self.nested(value, |printer| printer.annotations(members, " | "))?;
            }
            Kind::Module => {
                self.push(value.get::<Module>().map(|module| format!("<module '{}' (built-in)>", module.0.name())));
            }
            Kind::File => self.push(value.get::<File>().map(|file| {
                let traits = &file.0.borrow().traits;
                let (name, mode, encoding) =
                    (str_repr(&traits.name), str_repr(&traits.mode), str_repr(&traits.encoding));
                format!("<_io.TextIOWrapper name={name} mode={mode} encoding={encoding}>")
            })),
            Kind::Record => {
                self.out.push_str(value.type_name());
                self.out.push('(');
                for (at, (name, field)) in value.get::<Record>().expect("the tag says so").fields.iter().enumerate() {
                    self.separate(at)?;
                    self.out.push_str(name);
                    self.out.push('=');
                    self.write(field)?;
                }
                self.out.push(')');
            }
            Kind::DType => self.push(value.get::<DType>().map(|dtype| format!("dtype('{dtype}')"))),
            Kind::RangeIter | Kind::ListIter | Kind::Iter | Kind::Traceback => {
                self.out.push_str(&format!("<{} object at {:#x}>", value.type_name(), value.address()));
            }
        }
        Ok(())
    }

    fn push(&mut self, text: Option<String>) {
        self.out.push_str(&text.expect("the tag says so"));
    }

    fn separate(&mut self, at: usize) -> Result<(), Unprintable> {
        interrupt::check_at(at)?;
        if at > 0 {
            self.out.push_str(", ");
        }
        Ok(())
    }

    fn items(&mut self, items: &[Value]) -> Result<(), Unprintable> {
        for (at, item) in items.iter().enumerate() {
            self.separate(at)?;
            self.write(item)?;
        }
        Ok(())
    }

    fn set(&mut self, value: &Value, name: &str, open: &str, close: &str) -> Result<(), Unprintable> {
        let items = value.as_set().map(Set::items).unwrap_or_default();
        if items.is_empty() {
            self.out.push_str(&format!("{name}()"));
            return Ok(());
        }
        self.container(value, open, close, &format!("{name}(...)"), |printer| printer.items(&items))
    }

    fn container(
        &mut self,
        value: &Value,
        open: &str,
        close: &str,
        again: &str,
        inside: impl FnOnce(&mut Printer) -> Result<(), Unprintable>,
    ) -> Result<(), Unprintable> {
        if self.open.contains(&value.address()) {
            self.out.push_str(again);
            return Ok(());
        }
        self.out.push_str(open);
        self.nested(value, inside)?;
        self.out.push_str(close);
        Ok(())
    }

    /// Writes what is inside of a value.
    /// Arguments of an alias or members of a union: types by their names.
    fn annotations(&mut self, items: &[Value], separator: &str) -> Result<(), Unprintable> {
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                self.out.push_str(separator);
            }
            match item.kind() {
                Kind::Ellipsis => self.out.push_str("..."),
                Kind::Type if separator == " | " && item.get::<Type>() == Some(&Type::NoneType) => {
                    self.out.push_str("None");
                }
                Kind::Type => self.push(item.get::<Type>().map(|class| class.qualified_name().to_string())),
                Kind::Builtin => self.push(item.get::<Builtin>().map(|builtin| builtin.name.to_string())),
                Kind::Function => {
                    let name = item.get::<Function>().map(|function| function.code.chunk.name.clone());
                    self.push(name.map(|name| format!("__main__.{name}")));
                }
                Kind::List => {
                    let items = item.get::<List>().expect("the tag says so").0.snapshot();
                    self.container(item, "[", "]", "[...]", |printer| printer.annotations(&items, ", "))?;
                }
                _ => self.write(item)?,
            }
        }
        Ok(())
    }

    fn nested(
        &mut self,
        value: &Value,
        inside: impl FnOnce(&mut Printer) -> Result<(), Unprintable>,
    ) -> Result<(), Unprintable> {
        if self.open.len() >= MAX_DEPTH {
            return Err(Unprintable::TooDeep);
        }
        self.open.push(value.address());
        inside(self)?;
        self.open.pop();
        Ok(())
    }
}

impl Value {
    /// The name of the value's type, as `TypeError` messages spell it.
    pub fn type_name(&self) -> &'static str {
        match self.kind() {
            Kind::Scalar => match self.get::<Scalar>().expect("the tag says so").dtype() {
                DType::Bool => "numpy.bool",
                DType::Int64 => "numpy.int64",
                DType::Float32 => "numpy.float32",
                DType::Float64 => "numpy.float64",
            },
            Kind::Iter => self.get::<Iter>().expect("the tag says so").class.qualified_name(),
            Kind::DictView => match value_part(self) {
                DictPart::Keys => "dict_keys",
                DictPart::Values => "dict_values",
                DictPart::Items => "dict_items",
            },
            Kind::Exception => self.get::<ExceptionObject>().expect("the tag says so").class.name(),
            kind => kind.name(),
        }
    }
}

fn range_repr(range: &BigRange) -> Result<String, Unprintable> {
    let (start, stop) = (decimal(&range.start)?, decimal(&range.stop)?);
    Ok(match range.step.is_one() {
        true => format!("range({start}, {stop})"),
        false => format!("range({start}, {stop}, {})", decimal(&range.step)?),
    })
}

fn value_part(view: &Value) -> DictPart {
    view.get::<DictView>().expect("the tag says so").part
}

impl Type {
    /// The name as `repr` shows it, with its module.
    pub const fn qualified_name(self) -> &'static str {
        match self {
            Type::NoneType => "NoneType",
            Type::Bool => "bool",
            Type::Int => "int",
            Type::Float => "float",
            Type::Str => "str",
            Type::List => "list",
            Type::Tuple => "tuple",
            Type::Dict => "dict",
            Type::Set => "set",
            Type::FrozenSet => "frozenset",
            Type::Range => "range",
            Type::Slice => "slice",
            Type::Type => "type",
            Type::Function => "function",
            Type::Cell => "cell",
            Type::Generator => "generator",
            Type::Builtin => "builtin_function_or_method",
            Type::Module => "module",
            Type::Ellipsis => "ellipsis",
            Type::MethodDescriptor => "method_descriptor",
            Type::GenericAlias => "types.GenericAlias",
            Type::Union => "types.UnionType",
            Type::DictKeys => "dict_keys",
            Type::DictValues => "dict_values",
            Type::DictItems => "dict_items",
            Type::Enumerate => "enumerate",
            Type::Filter => "filter",
            Type::Map => "map",
            Type::Reversed => "reversed",
            Type::Zip => "zip",
            Type::CallableIterator => "callable_iterator",
            Type::DictItemIterator => "dict_itemiterator",
            Type::DictKeyIterator => "dict_keyiterator",
            Type::DictValueIterator => "dict_valueiterator",
            Type::DictReverseItemIterator => "dict_reverseitemiterator",
            Type::DictReverseKeyIterator => "dict_reversekeyiterator",
            Type::DictReverseValueIterator => "dict_reversevalueiterator",
            Type::Iterator => "iterator",
            Type::ListIterator => "list_iterator",
            Type::ListReverseIterator => "list_reverseiterator",
            Type::LongRangeIterator => "longrange_iterator",
            Type::RangeIterator => "range_iterator",
            Type::SetIterator => "set_iterator",
            Type::StrAsciiIterator => "str_ascii_iterator",
            Type::StrIterator => "str_iterator",
            Type::TupleIterator => "tuple_iterator",
            Type::NdArray => "numpy.ndarray",
            Type::NpBool => "numpy.bool",
            Type::NpInt64 => "numpy.int64",
            Type::NpFloat32 => "numpy.float32",
            Type::NpFloat64 => "numpy.float64",
            Type::Traceback => "traceback",
            Type::File => "_io.TextIOWrapper",
            Type::Exception(class) => class.qualified_name(),
        }
    }

    /// The element type of a NumPy scalar type.
    pub const fn numpy_dtype(self) -> Option<DType> {
        match self {
            Type::NpBool | Type::NpInt64 | Type::NpFloat32 | Type::NpFloat64 => self.dtype(),
            _ => None,
        }
    }

    /// The element type that a NumPy scalar type, `float`, `int` or `bool` stands for as a `dtype`.
    pub const fn dtype(self) -> Option<DType> {
        match self {
            Type::NpBool | Type::Bool => Some(DType::Bool),
            Type::NpInt64 | Type::Int => Some(DType::Int64),
            Type::NpFloat32 => Some(DType::Float32),
            Type::NpFloat64 | Type::Float => Some(DType::Float64),
            _ => None,
        }
    }
}
