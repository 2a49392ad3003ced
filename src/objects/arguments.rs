//! Arguments of built-in functions and methods: how many, by which name, in CPython's words when they are wrong.

use std::rc::Rc;

use super::caller::Caller;
use crate::exception::{Raised, Result};
use crate::value::{Kind, Value};

/// Keyword arguments of a call, in order.
pub type Keywords<'a> = &'a [(Rc<str>, Value)];

/// A built-in function: positional arguments, then keyword arguments.
pub type BuiltinFn = fn(&[Value], Keywords) -> Result<Value>;

/// A built-in function that walks iterables or calls functions, both of which may be the script's.
pub type CallingFn = fn(&mut dyn Caller, &[Value], Keywords) -> Result<Value>;

/// Refuses keyword arguments.
///
/// # Errors
/// `TypeError`.
pub fn no_keywords(name: &str, keywords: Keywords) -> Result<()> {
    if keywords.is_empty() { Ok(()) } else { Err(Raised::type_error(format!("{name}() takes no keyword arguments"))) }
}

/// The argument of a function that takes exactly one.
///
/// # Errors
/// `TypeError`.
pub fn one<'a>(name: &str, args: &'a [Value], keywords: Keywords) -> Result<&'a Value> {
    no_keywords(name, keywords)?;
    match args {
        [arg] => Ok(arg),
        _ => Err(Raised::type_error(format!("{name}() takes exactly one argument ({} given)", args.len()))),
    }
}

/// Refuses every argument.
///
/// # Errors
/// `TypeError`.
pub fn none(name: &str, args: &[Value], keywords: Keywords) -> Result<()> {
    no_keywords(name, keywords)?;
    if args.is_empty() {
        return Ok(());
    }
    Err(Raised::type_error(format!("{name}() takes no arguments ({} given)", args.len())))
}

/// Makes sure that there are `min` to `max` positional arguments.
///
/// # Errors
/// `TypeError`.
pub fn count(name: &str, args: &[Value], min: usize, max: usize) -> Result<()> {
    let (bound, limit) = match args.len() {
        n if (min..=max).contains(&n) => return Ok(()),
        _ if min == max => ("", min),
        n if n < min => ("at least ", min),
        _ => ("at most ", max),
    };
    let s = if limit == 1 { "" } else { "s" };
    Err(Raised::type_error(format!("{name} expected {bound}{limit} argument{s}, got {}", args.len())))
}

/// Makes sure that there are at most `max` arguments of both sorts.
///
/// # Errors
/// `TypeError`.
pub fn at_most(name: &str, max: usize, args: &[Value], keywords: Keywords) -> Result<()> {
    let given = args.len() + keywords.len();
    if given <= max {
        return Ok(());
    }
    let s = if max == 1 { "" } else { "s" };
    Err(Raised::type_error(format!("{name}() takes at most {max} argument{s} ({given} given)")))
}

/// As [`at_most`] for the call of a type, which speaks otherwise where no argument is named.
///
/// # Errors
/// `TypeError`.
pub fn at_most_of_type(name: &str, max: usize, args: &[Value], keywords: Keywords) -> Result<()> {
    if keywords.is_empty() { count(name, args, 0, max) } else { at_most(name, max, args, keywords) }
}

/// Arguments of a function whose parameters all have names; the first `required` must be given.
///
/// # Errors
/// `TypeError`.
pub fn bind<const N: usize>(
    name: &str,
    parameters: [&str; N],
    required: usize,
    args: &[Value],
    keywords: Keywords,
) -> Result<[Option<Value>; N]> {
    at_most(name, N, args, keywords)?;
    let mut bound = [const { None }; N];
    for (slot, value) in bound.iter_mut().zip(args) {
        *slot = Some(value.clone());
    }
    let mut unexpected = None;
    for (key, value) in keywords {
        let Some(at) = parameters.iter().position(|parameter| **parameter == **key) else {
            unexpected = unexpected.or(Some(key));
            continue;
        };
        if bound[at].is_some() {
            return Err(Raised::type_error(format!(
                "argument for {name}() given by name ('{key}') and position ({})",
                at + 1
            )));
        }
        bound[at] = Some(value.clone());
    }
    if let Some(at) = (0..required).find(|at| bound[*at].is_none()) {
        return Err(Raised::type_error(format!(
            "{name}() missing required argument '{}' (pos {})",
            parameters[at],
            at + 1
        )));
    }
    match unexpected {
        Some(key) => Err(unexpected_keyword(name, key)),
        None => Ok(bound),
    }
}

#[cold]
pub fn unexpected_keyword(name: &str, keyword: &str) -> Raised {
    Raised::type_error(format!("{name}() got an unexpected keyword argument '{keyword}'"))
}

/// `TypeError` for argument number `at` (counted from 1), which must be a string.
#[cold]
pub fn not_a_str(name: &str, at: usize, value: &Value) -> Raised {
    Raised::type_error(format!("{name}() argument {at} must be str, not {}", shown_type(value)))
}

/// The name of a wrong argument's type; `None` is called by its value.
pub fn shown_type(value: &Value) -> &'static str {
    if value.kind() == Kind::None { "None" } else { value.type_name() }
}

/// The keyword arguments of these names, which may all be absent.
///
/// # Errors
/// `TypeError` for any other name.
pub fn named<const N: usize>(name: &str, names: [&str; N], keywords: Keywords) -> Result<[Option<Value>; N]> {
    let mut found = [const { None }; N];
    for (key, value) in keywords {
        match names.iter().position(|name| **name == **key) {
            Some(at) => found[at] = Some(value.clone()),
            None => return Err(unexpected_keyword(name, key)),
        }
    }
    Ok(found)
}

/// The value unless it is absent or `None`.
pub fn given(value: Option<Value>) -> Option<Value> {
    value.filter(|value| value.kind() != Kind::None)
}
