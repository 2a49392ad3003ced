//! Exceptions as the script meets them: making, raising and matching them.

use super::arguments::{self, Keywords};
use crate::diagnostic::ErrorKind;
use crate::exception::{Raised, Result};
use crate::value::{ExceptionObject, ExceptionState, Kind, Tuple, Type, Value};

/// `class(*args, **keywords)`.
///
/// # Errors
/// `TypeError` for arguments that the class does not take.
pub fn construct(class: ErrorKind, args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::no_keywords(class.name(), keywords)?;
    let state = ExceptionState::new(args.to_vec());
    Ok(Value::new(ExceptionObject { class, state: state.into() }))
}

/// What `raise value` raises; with a cause, `raise value from cause`.
///
/// # Errors
/// There is nothing but an error: the exception asked for, or the `TypeError` that it is none.
pub fn raised(value: &Value, cause: Option<&Value>) -> Raised {
    match raise(value, cause) {
        Ok(exception) => Raised::from_value(exception),
        Err(raised) => raised,
    }
}

fn raise(value: &Value, cause: Option<&Value>) -> Result<Value> {
    let not_one = || Raised::type_error("exceptions must derive from BaseException");
    let exception = instance(value)?.ok_or_else(not_one)?;
    if let Some(cause) = cause {
        let not_one = || Raised::type_error("exception causes must derive from BaseException");
        let cause = match cause.kind() {
            Kind::None => None,
            _ => Some(instance(cause)?.ok_or_else(not_one)?),
        };
        let mut state = exception.get::<ExceptionObject>().expect("an instance").state.borrow_mut();
        state.cause = cause;
        state.suppress_context = true;
    }
    Ok(exception)
}

/// An exception itself, or a new one of the class; nothing else is one.
fn instance(value: &Value) -> Result<Option<Value>> {
    match (value.kind(), value.get::<Type>()) {
        (Kind::Exception, _) => Ok(Some(value.clone())),
        (_, Some(Type::Exception(class))) => construct(*class, &[], &[]).map(Some),
        _ => Ok(None),
    }
}

/// Whether `except classes` catches an exception.
///
/// # Errors
/// `TypeError` if `classes` is neither an exception class nor a tuple of them.
pub fn matches(exception: &Value, classes: &Value) -> Result<bool> {
    let class = exception.get::<ExceptionObject>().expect("only exceptions are caught").class;
    check_classes(classes)?;
    Ok(is_any(class, classes))
}

fn check_classes(classes: &Value) -> Result<()> {
    let is_class = |value: &Value| matches!(value.get::<Type>(), Some(Type::Exception(_)));
    let all = match classes.get::<Tuple>() {
        Some(tuple) => tuple.0.iter().all(is_class),
        None => is_class(classes),
    };
    match all {
        true => Ok(()),
        false => Err(Raised::type_error("catching classes that do not inherit from BaseException is not allowed")),
    }
}

fn is_any(class: ErrorKind, classes: &Value) -> bool {
    match (classes.get::<Tuple>(), classes.get::<Type>()) {
        (Some(tuple), _) => tuple.0.iter().any(|other| is_any(class, other)),
        (_, Some(Type::Exception(other))) => class.is_a(*other),
        _ => false,
    }
}
