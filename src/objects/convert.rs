use crate::interp::error::{Result};
use crate::value::*;
use std::rc::Rc;
pub type F = fn(&[Value], &[(Rc<str>, Value)]) -> Result<Value>;
pub const BUILTINS: &[(&str, F)] = &[("len", len), ("range", range)];
pub fn len(a: &[Value], _: &[(Rc<str>, Value)]) -> Result<Value> { Ok(Value::int(super::operators::length(&a[0])? as i64)) }
pub fn range(a: &[Value], _: &[(Rc<str>, Value)]) -> Result<Value> { Ok(Value::new(Range { start: 0, stop: *a[0].get::<i64>().unwrap(), step: 1 })) }
pub fn abs(a: &[Value], _: &[(Rc<str>, Value)]) -> Result<Value> { Ok(super::number::absolute(&a[0]).unwrap()) }
pub fn float(a: &[Value], _: &[(Rc<str>, Value)]) -> Result<Value> { Ok(a[0].clone()) }
