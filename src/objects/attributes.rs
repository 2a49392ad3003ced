//! Attributes that a script sets: on exceptions and functions, the objects that have room for any.

use super::caller::Caller;
use super::iteration;
use crate::diagnostic::ErrorKind;
use crate::exception::{Raised, Result};
use crate::value::{Dict, ExceptionObject, Function, Kind, Traceback, Value};

/// `object.name = value`, or `del object.name`.
///
/// # Errors
/// `AttributeError` if the object has no such attribute, or none that changes; `TypeError` if it cannot be that value.
pub fn set(cx: &mut dyn Caller, object: &Value, name: &str, value: Option<&Value>) -> Result<()> {
    if let Some(function) = object.get::<Function>() {
        return set_of_function(function, name, value);
    }
    if let Some(exception) = object.get::<ExceptionObject>() {
        return set_of_exception(cx, object, exception, name, value);
    }
    Err(fixed(cx, object, name))
}

fn set_of_function(function: &Function, name: &str, value: Option<&Value>) -> Result<()> {
    if name.starts_with("__") && name.ends_with("__") {
        return Err(refused(name, "function"));
    }
    let attributes = function.attributes.get_or_init(Dict::default);
    match value {
        Some(value) => Ok(attributes.insert(Value::str(name), value.clone())?),
        None => match attributes.remove(&Value::str(name))? {
            Some(_) => Ok(()),
            None => Err(missing("function", name)),
        },
    }
}

fn set_of_exception(
    cx: &mut dyn Caller,
    object: &Value,
    exception: &ExceptionObject,
    name: &str,
    value: Option<&Value>,
) -> Result<()> {
    let Some(value) = value else {
        let members = &mut exception.state.borrow_mut().members;
        let at =
            members.iter().position(|(known, _)| known == name).ok_or_else(|| missing(object.type_name(), name))?;
        members.remove(at);
        return Ok(());
    };
    let other_exception = |what: &str| match value.kind() {
        Kind::None => Ok(None),
        Kind::Exception => Ok(Some(value.clone())),
        _ => Err(Raised::type_error(format!("exception {what} must be None or derive from BaseException"))),
    };
    match name {
        "args" => {
            let args = Value::tuple(iteration::collect(cx, value)?);
            exception.state.borrow_mut().args = args;
        }
        "__cause__" => {
            let cause = other_exception("cause")?;
            let mut state = exception.state.borrow_mut();
            (state.cause, state.suppress_context) = (cause, true);
        }
        "__context__" => {
            let context = other_exception("context")?;
            exception.state.borrow_mut().context = context;
        }
        "__suppress_context__" => {
            let Some(suppress) = value.get::<bool>() else {
                return Err(Raised::type_error("attribute value type must be bool"));
            };
            exception.state.borrow_mut().suppress_context = *suppress;
        }
        "__traceback__" => {
            let places = match (value.kind(), value.get::<Traceback>()) {
                (Kind::None, _) => Vec::new(),
                (_, Some(Traceback(places))) => places.clone(),
                _ => return Err(Raised::type_error("__traceback__ must be a traceback or None")),
            };
            exception.state.borrow_mut().places = places;
        }
        "__notes__" => exception.state.borrow_mut().notes = Some(value.clone()),
        _ if name.starts_with("__") && name.ends_with("__") => return Err(refused(name, object.type_name())),
        _ => {
            let members = &mut exception.state.borrow_mut().members;
            members.retain(|(known, _)| known != name);
            members.push((name.to_owned().into(), value.clone()));
        }
    }
    Ok(())
}

#[cold]
fn missing(class: &str, name: &str) -> Raised {
    Raised::new(ErrorKind::AttributeError, format!("'{class}' object has no attribute '{name}'"))
}

#[cold]
fn refused(name: &str, class: &str) -> Raised {
    Raised::new(ErrorKind::NotImplementedError, format!("toy does not set '{name}' of '{class}' objects"))
}

/// An object without room for attributes.
#[cold]
fn fixed(cx: &mut dyn Caller, object: &Value, name: &str) -> Raised {
    let class = object.type_name();
    let message = match cx.attribute(object, name) {
        Ok(found) if found.kind() == Kind::BoundMethod => format!("'{class}' object attribute '{name}' is read-only"),
        Ok(_) => format!("attribute '{name}' of '{class}' objects is not writable"),
        Err(_) => format!("'{class}' object has no attribute '{name}' and no __dict__ for setting new attributes"),
    };
    Raised::new(ErrorKind::AttributeError, message)
}
