use crate::interp::error::{Raised, Result};
use crate::value::*;
use std::rc::Rc;
pub fn call(_: &Value, _: &str, _: &[Value], _: &[(Rc<str>, Value)]) -> Result<Value> { Err(Raised::type_error("stub")) }
pub fn attribute(_: &Value, _: &str) -> Result<Value> { Err(Raised::type_error("stub")) }
