//! Iterators made out of iterables and functions.

use std::rc::Rc;

use super::super::arguments::{self, Keywords};
use super::super::caller::Caller;
use super::super::iteration::{self, get_iter};
use super::super::number::{index_integer, not_an_integer};
use super::super::operators;
use super::classes::is_callable;
use crate::diagnostic::ErrorKind;
use crate::exception::{Raised, Result};
use crate::value::{Dict, DictPart, DictView, IterState, Kind, Tuple, Value};

pub fn iter(args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::no_keywords("iter", keywords)?;
    arguments::count("iter", args, 1, 2)?;
    match args {
        [function, _] if !is_callable(function) => Err(Raised::type_error("iter(v, w): v must be callable")),
        [function, sentinel] => {
            Ok(Value::iter(IterState::Calls { function: function.clone(), sentinel: sentinel.clone() }))
        }
        _ => get_iter(&args[0]),
    }
}

pub fn next(cx: &mut dyn Caller, args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::no_keywords("next", keywords)?;
    arguments::count("next", args, 1, 2)?;
    match iteration::iter_next(cx, &args[0])? {
        Some(item) => Ok(item),
        None => args.get(1).cloned().ok_or_else(|| Raised::new(ErrorKind::StopIteration, "")),
    }
}

pub fn enumerate(args: &[Value], keywords: Keywords) -> Result<Value> {
    let given = args.len() + keywords.len();
    if given > 2 {
        return Err(Raised::type_error(format!("enumerate() takes at most 2 arguments ({given} given)")));
    }
    let mut iterable = args.first().cloned();
    let mut start = args.get(1).cloned();
    for (key, value) in keywords {
        match &**key {
            "iterable" if iterable.is_none() => iterable = Some(value.clone()),
            "start" if start.is_none() => start = Some(value.clone()),
            other => {
                return Err(Raised::type_error(format!("'{other}' is an invalid keyword argument for enumerate()")));
            }
        }
    }
    let Some(iterable) = iterable else {
        return Err(Raised::type_error(match keywords {
            [(name, _), ..] => format!("'{name}' is an invalid keyword argument for enumerate()"),
            [] => "enumerate() missing required argument 'iterable'".into(),
        }));
    };
    let count = match start {
        None => Value::int(0),
        Some(start) => index_integer(&start).ok_or_else(|| not_an_integer(&start))?.to_value(),
    };
    Ok(Value::iter(IterState::Enumerate { inner: get_iter(&iterable)?, count }))
}

pub fn zip(args: &[Value], keywords: Keywords) -> Result<Value> {
    let [strict] = arguments::named("zip", ["strict"], keywords)?;
    let strict = strict.map_or(Ok(false), |strict| operators::truth(&strict))?;
    let inner: Rc<[Value]> = args.iter().map(get_iter).collect::<Result<_>>()?;
    Ok(Value::iter(IterState::Zip { inner, strict }))
}

pub fn map(args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::no_keywords("map", keywords)?;
    let [function, iterables @ ..] = args else { return Err(too_few_for_map()) };
    if iterables.is_empty() {
        return Err(too_few_for_map());
    }
    let inner: Rc<[Value]> = iterables.iter().map(get_iter).collect::<Result<_>>()?;
    Ok(Value::iter(IterState::Map { function: function.clone(), inner }))
}

#[cold]
fn too_few_for_map() -> Raised {
    Raised::type_error("map() must have at least two arguments.")
}

pub fn filter(args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::no_keywords("filter", keywords)?;
    arguments::count("filter", args, 2, 2)?;
    let function = arguments::given(Some(args[0].clone()));
    Ok(Value::iter(IterState::Filter { function, inner: get_iter(&args[1])? }))
}

pub fn reversed(args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::no_keywords("reversed", keywords)?;
    arguments::count("reversed", args, 1, 1)?;
    let value = &args[0];
    Ok(match value.kind() {
        Kind::List => {
            let left = operators::length(value)? as usize;
            Value::iter(IterState::ListReversed { list: value.clone(), left })
        }
        Kind::Range | Kind::BigRange => iteration::reversed_range(value),
        Kind::Dict => reversed_dict(value, DictPart::Keys),
        Kind::DictView => {
            let view = value.get::<DictView>().expect("the tag says so");
            reversed_dict(&view.dict, view.part)
        }
        Kind::Tuple => {
            let left = value.get::<Tuple>().map_or(0, |tuple| tuple.0.len());
            Value::iter(IterState::Reversed { sequence: value.clone(), left })
        }
        Kind::Str => {
            let left = value.as_str().map_or(0, str::len);
            Value::iter(IterState::StrReversed { text: value.clone(), left })
        }
        Kind::Array => {
            let left = operators::length(value)? as usize;
            Value::iter(IterState::Reversed { sequence: value.clone(), left })
        }
        _ => return Err(Raised::type_error(format!("'{}' object is not reversible", value.type_name()))),
    })
}

fn reversed_dict(dict: &Value, part: DictPart) -> Value {
    let len = dict.get::<Dict>().map_or(0, Dict::len);
    Value::iter(IterState::DictReversed { dict: dict.clone(), part, next: usize::MAX, len })
}
