//! Attributes by names that are computed.

use super::super::arguments::{self, Keywords};
use super::super::attributes;
use super::super::caller::Caller;
use crate::diagnostic::ErrorKind;
use crate::exception::{Raised, Result};
use crate::value::Value;

pub fn getattr(cx: &mut dyn Caller, args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::no_keywords("getattr", keywords)?;
    arguments::count("getattr", args, 2, 3)?;
    match find(cx, &args[0], &args[1])? {
        Ok(value) => Ok(value),
        Err(missing) => args.get(2).cloned().ok_or(missing),
    }
}

pub fn hasattr(cx: &mut dyn Caller, args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::no_keywords("hasattr", keywords)?;
    arguments::count("hasattr", args, 2, 2)?;
    Ok(Value::bool(find(cx, &args[0], &args[1])?.is_ok()))
}

pub fn setattr(cx: &mut dyn Caller, args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::no_keywords("setattr", keywords)?;
    arguments::count("setattr", args, 3, 3)?;
    attributes::set(cx, &args[0], name_of(&args[1])?, Some(&args[2]))?;
    Ok(Value::none())
}

pub fn delattr(cx: &mut dyn Caller, args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::no_keywords("delattr", keywords)?;
    arguments::count("delattr", args, 2, 2)?;
    attributes::set(cx, &args[0], name_of(&args[1])?, None)?;
    Ok(Value::none())
}

fn name_of(name: &Value) -> Result<&str> {
    name.as_str()
        .ok_or_else(|| Raised::type_error(format!("attribute name must be string, not '{}'", name.type_name())))
}

/// The attribute, or the `AttributeError` that there is none.
fn find(cx: &mut dyn Caller, object: &Value, name: &Value) -> Result<Result<Value>> {
    match cx.attribute(object, name_of(name)?) {
        Err(raised) if raised.kind() != ErrorKind::AttributeError => Err(raised),
        found => Ok(found),
    }
}
