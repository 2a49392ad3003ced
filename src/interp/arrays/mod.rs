//! Arrays in expressions: operators build a graph, and somebody's look at the result evaluates it.

mod operators;
mod subscript;

use std::cell::RefCell;

use super::runtime::Runtime;
use super::window::Window;
use crate::array::nested::{self, Leaf, Nested};
use crate::array::{Array, Buffer, DType, Scalar};
use crate::bytecode::chunk::{Flags, Instr};
use crate::exception::{Raised, Result};
use crate::jit::Answer;
use crate::kernel::Expr;
use crate::value::{Kind, NdArray, Value};

/// A pending expression deeper than this is evaluated, whatever comes after it.
const MAX_PENDING_DEPTH: usize = 64;

/// The operands of an operator on arrays.
pub fn array_operands(w: Window, i: Instr) -> (Value, Value) {
    let left = array_operand(w.share(), i.b, i.flags.contains(Flags::LAST_LEFT));
    (left, array_operand(w, i.c, i.flags.contains(Flags::LAST_RIGHT)))
}

/// An operand of an operator on arrays, moved out of its register if nothing reads it after that.
pub fn array_operand(mut w: Window, register: u16, last: bool) -> Value {
    let moved = if last { w.take(register) } else { None };
    moved.unwrap_or_else(|| w.get(register).clone())
}

/// An array as NumPy hands it out: a scalar if it has no dimensions.
pub fn scalar_or_array(array: Array) -> Value {
    if array.ndim() == 0 { Value::new(array.get(0)) } else { Value::array(array) }
}

impl Runtime {
    /// The result of an operation: pending if the instruction allows it, else evaluated.
    pub fn finish(&mut self, expr: Expr, flags: Flags) -> Result<Value> {
        if flags.contains(Flags::LAZY) && !expr.shape().is_empty() && expr.depth() < MAX_PENDING_DEPTH {
            let value = Value::new(NdArray(RefCell::new(expr)));
            if self.pending.len() >= 64 {
                self.forget_pending();
            }
            self.pending.push(value.clone());
            return Ok(value);
        }
        self.forget_pending();
        Ok(match self.engine.answer(expr)? {
            Answer::Array(array) => scalar_or_array(array),
            Answer::Scalar(scalar) => Value::new(scalar),
        })
    }

    /// The elements of an expression. An array that nobody holds beside it may give its memory to the result.
    pub fn evaluate(&mut self, expr: Expr) -> Result<Array> {
        self.forget_pending();
        Ok(self.engine.answer(expr)?.into_array())
    }

    /// Drops what nobody else holds, or what is pending no more.
    pub(super) fn forget_pending(&mut self) {
        self.pending.retain(|value| value.reference_count() > 1 && pending_expr(value).is_some());
    }

    /// Evaluates a pending array in its box; every other value is left alone.
    pub fn settle(&mut self, value: &Value) -> Result<()> {
        if let Some(expr) = pending_expr(value) {
            let array = self.evaluate(expr)?;
            *value.get::<NdArray>().expect("a pending array").0.borrow_mut() = Expr::leaf(array);
            self.forget_pending();
        }
        Ok(())
    }

    /// The array of an array value, evaluated.
    pub fn ready(&mut self, value: &Value) -> Result<Array> {
        self.settle(value)?;
        Ok(value.with_array(Array::clone))
    }

    /// Evaluates every pending array that reads `buffer`, but not `except`, before it is written.
    pub(super) fn settle_readers(&mut self, buffer: &Buffer, except: Option<&Value>) -> Result<()> {
        let readers: Vec<Value> = self
            .pending
            .iter()
            .filter(|value| !except.is_some_and(|except| except.is(value)))
            .filter(|value| value.reference_count() > 1)
            .filter(|value| pending_expr(value).is_some_and(|expr| expr.reads(buffer)))
            .cloned()
            .collect();
        readers.iter().try_for_each(|value| self.settle(value))
    }

    /// An operand of an array operation: an array, a number, or a nested sequence.
    ///
    /// # Errors
    /// `None` inside `Ok` for what is none of these.
    pub fn operand(&mut self, value: &Value) -> Result<Option<Expr>> {
        if let Some(array) = value.get::<NdArray>() {
            return Ok(Some(array.0.borrow().clone()));
        }
        Ok(match leaf(value) {
            Some(Leaf::Strong(scalar)) => Some(Expr::constant(scalar)),
            Some(Leaf::Bool(bit)) => Some(Expr::weak_bool(bit)),
            Some(Leaf::Int(i)) => Some(Expr::weak_int(i)),
            Some(Leaf::Float(x)) => Some(Expr::weak_float(x)),
            None if matches!(value.kind(), Kind::List | Kind::Tuple) => Some(Expr::leaf(self.to_array(value, None)?)),
            None => None,
        })
    }

    /// `np.array(value, dtype)`
    pub fn to_array(&mut self, value: &Value, dtype: Option<DType>) -> Result<Array> {
        if value.kind() == Kind::Array {
            let array = self.ready(value)?;
            return Ok(array.astype(dtype.unwrap_or(array.dtype()))?);
        }
        let nested = self.nested(value, 0)?;
        Ok(nested::from_nested(&nested, dtype)?)
    }

    fn nested(&mut self, value: &Value, depth: usize) -> Result<Nested> {
        if let Some(leaf) = leaf(value) {
            return Ok(Nested::Leaf(leaf));
        }
        if value.kind() == Kind::Array {
            return Ok(Nested::Array(self.ready(value)?));
        }
        if depth > crate::array::shape::MAX_DIMS {
            return Err(Raised::value_error(
                "setting an array element with a sequence. The requested array would exceed the maximum number of dimension of 64.",
            ));
        }
        match value.kind() {
            Kind::List | Kind::Tuple | Kind::Range => {
                let items = self.items(value)?;
                Ok(Nested::List(items.iter().map(|item| self.nested(item, depth + 1)).collect::<Result<_>>()?))
            }
            _ => Err(Raised::type_error(format!("toy has no arrays of '{}' objects", value.type_name()))),
        }
    }
}

/// An integer, Python's or NumPy's; of a bool too where Python takes one.
pub fn integer(value: &Value) -> Option<i64> {
    match leaf(value)? {
        Leaf::Int(i) | Leaf::Strong(Scalar::Int64(i)) => Some(i),
        Leaf::Bool(bit) => Some(bit as i64),
        Leaf::Float(_) | Leaf::Strong(_) => None,
    }
}

/// A number, as arrays take it.
pub fn leaf(value: &Value) -> Option<Leaf> {
    Some(match value.kind() {
        Kind::Scalar => Leaf::Strong(*value.get::<Scalar>()?),
        Kind::Bool => Leaf::Bool(*value.get::<bool>()?),
        Kind::Int => Leaf::Int(*value.get::<i64>()?),
        Kind::Float => Leaf::Float(*value.get::<f64>()?),
        _ => return None,
    })
}

impl NdArray {
    /// The element type, which is known before the elements are.
    fn dtype(&self) -> DType {
        self.0.borrow().dtype()
    }
}

/// The expression of a pending array.
fn pending_expr(value: &Value) -> Option<Expr> {
    let expr = value.get::<NdArray>()?.0.borrow();
    expr.as_leaf().is_none().then(|| expr.clone())
}
