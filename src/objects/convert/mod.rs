//! The built-in functions and types that need neither the host nor a call back into the script.

mod attributes;
mod classes;
mod containers;
mod iterators;
mod numbers;
mod reduce;
mod round;
mod sort;
mod strings;

pub use classes::{construct, type_of};
pub use containers::update;
pub use numbers::{abs, float_to_int, parse_float, parse_int};
pub use sort::{Order, sort};
pub use strings::no_surrogates;

use super::arguments::{BuiltinFn, CallingFn};
use crate::value::Type;

/// Built-in functions by name.
pub const BUILTINS: &[(&str, BuiltinFn)] = &[
    ("abs", numbers::abs),
    ("ascii", strings::ascii),
    ("bin", strings::bin),
    ("callable", classes::callable),
    ("chr", strings::chr),
    ("divmod", numbers::divmod),
    ("format", strings::format),
    ("hash", classes::hash),
    ("hex", strings::hex),
    ("id", classes::id),
    ("isinstance", classes::isinstance),
    ("issubclass", classes::issubclass),
    ("iter", iterators::iter),
    ("len", containers::len),
    ("oct", strings::oct),
    ("ord", strings::ord),
    ("pow", numbers::pow),
    ("repr", strings::repr),
    ("round", round::round),
];

/// Built-in functions that walk iterables or call functions.
pub const CALLING: &[(&str, CallingFn)] = &[
    ("all", reduce::all),
    ("any", reduce::any),
    ("delattr", attributes::delattr),
    ("getattr", attributes::getattr),
    ("hasattr", attributes::hasattr),
    ("max", reduce::max),
    ("min", reduce::min),
    ("next", iterators::next),
    ("setattr", attributes::setattr),
    ("sorted", containers::sorted),
    ("sum", reduce::sum),
];

/// Built-in types by name; calling one is [`construct`].
pub const TYPES: &[(&str, Type)] = &[
    ("bool", Type::Bool),
    ("dict", Type::Dict),
    ("enumerate", Type::Enumerate),
    ("filter", Type::Filter),
    ("float", Type::Float),
    ("frozenset", Type::FrozenSet),
    ("int", Type::Int),
    ("list", Type::List),
    ("map", Type::Map),
    ("range", Type::Range),
    ("reversed", Type::Reversed),
    ("set", Type::Set),
    ("slice", Type::Slice),
    ("str", Type::Str),
    ("tuple", Type::Tuple),
    ("type", Type::Type),
    ("zip", Type::Zip),
];

#[cfg(test)]
mod tests;
