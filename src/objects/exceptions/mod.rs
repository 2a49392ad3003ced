//! Exceptions as the script meets them: making, raising and matching them.

mod construct;
mod os;
mod report;
#[cfg(test)]
mod tests;

pub use construct::construct;
pub use os::os_error;
pub use report::{Ending, ending};

use crate::exception::{Raised, Result};
use crate::value::{ExceptionObject, Kind, Tuple, Type, Value};

/// What `raise value` raises; with a cause, `raise value from cause`. If there is no exception to raise, that is one:
/// `TypeError`, or what the call of the class raised.
pub fn raised(value: &Value, cause: Option<&Value>) -> Raised {
    match raise(value, cause) {
        Ok(exception) => Raised::from_value(exception),
        Err(raised) => raised,
    }
}

fn raise(value: &Value, cause: Option<&Value>) -> Result<Value> {
    let exception = instance(value, "exceptions must derive from BaseException")?;
    if let Some(cause) = cause {
        let cause = match cause.kind() {
            Kind::None => None,
            _ => Some(instance(cause, "exception causes must derive from BaseException")?),
        };
        let mut state = exception.get::<ExceptionObject>().expect("an instance").state.borrow_mut();
        state.cause = cause;
        state.suppress_context = true;
    }
    Ok(exception)
}

/// An exception itself, or a new one of the class; `otherwise` says that there is neither.
fn instance(value: &Value, otherwise: &str) -> Result<Value> {
    match (value.kind(), value.get::<Type>()) {
        (Kind::Exception, _) => Ok(value.clone()),
        (_, Some(Type::Exception(class))) => construct(*class, &[], &[]),
        _ => Err(Raised::type_error(otherwise)),
    }
}

/// Whether `except classes` catches an exception.
///
/// # Errors
/// `TypeError` if `classes` is neither an exception class nor a tuple of them.
pub fn matches(exception: &Value, classes: &Value) -> Result<bool> {
    let own = exception.get::<ExceptionObject>().expect("only exceptions are caught").class;
    let classes = classes.get::<Tuple>().map_or(std::slice::from_ref(classes), |tuple| &tuple.0);
    let mut caught = false;
    // Every class is looked at, also behind the one that catches.
    for class in classes {
        let Some(Type::Exception(class)) = class.get::<Type>() else {
            return Err(Raised::type_error("catching classes that do not inherit from BaseException is not allowed"));
        };
        caught |= own.is_a(*class);
    }
    Ok(caught)
}
