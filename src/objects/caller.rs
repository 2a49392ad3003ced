//! What values need of whoever runs them: calls back into the script.

use std::rc::Rc;

use crate::diagnostic::ErrorKind;
use crate::exception::{Raised, Result};
use crate::value::Value;

/// Who runs the script. Built-in functions that walk an iterable or take a function get one.
pub trait Caller {
    /// Calls anything that can be called.
    ///
    /// # Errors
    /// `TypeError` if it cannot be called so; whatever the call raises.
    fn call(&mut self, callee: &Value, positional: Vec<Value>, keywords: Vec<(Rc<str>, Value)>) -> Result<Value>;

    /// Calls something once for each item, which is its only argument.
    ///
    /// # Errors
    /// As [`Caller::call`], those of the first call that fails; `KeyboardInterrupt`.
    fn call_each(&mut self, callee: &Value, items: &[Value]) -> Result<Vec<Value>>;

    /// The next item of a generator, `None` at its end.
    ///
    /// # Errors
    /// Whatever its code raises; `ValueError` if it is running already.
    fn resume(&mut self, generator: &Value) -> Result<Option<Value>>;

    /// `object.name` of anything, arrays and modules included.
    ///
    /// # Errors
    /// `AttributeError`.
    fn attribute(&mut self, object: &Value, name: &str) -> Result<Value>;

    /// Long work asks now and then whether the user wants it to end.
    ///
    /// # Errors
    /// `KeyboardInterrupt`.
    fn check_interrupt(&mut self) -> Result<()>;
}

/// Nobody to call back: for values alone, where no script runs.
pub struct Nobody;

impl Caller for Nobody {
    fn call(&mut self, callee: &Value, _: Vec<Value>, _: Vec<(Rc<str>, Value)>) -> Result<Value> {
        Err(Raised::type_error(format!("'{}' object is not callable", callee.type_name())))
    }

    fn call_each(&mut self, callee: &Value, _: &[Value]) -> Result<Vec<Value>> {
        self.call(callee, Vec::new(), Vec::new()).map(|_| Vec::new())
    }

    fn resume(&mut self, _: &Value) -> Result<Option<Value>> {
        Err(Raised::new(ErrorKind::RuntimeError, "a generator outside a running script"))
    }

    fn attribute(&mut self, object: &Value, name: &str) -> Result<Value> {
        super::methods::attribute(object, name)
    }

    fn check_interrupt(&mut self) -> Result<()> {
        Ok(())
    }
}
