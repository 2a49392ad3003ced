//! Arrays in expressions: operators build a graph, and somebody's look at the result evaluates it.

mod expression;
mod operators;
mod site;
mod subscript;

pub use site::Sites;

use super::runtime::Runtime;
use super::window::Window;
use crate::array::nested::{self, Leaf, Nested};
use crate::array::{Array, Buffer, DType, Scalar};
use crate::bytecode::chunk::{Flags, Instr};
use crate::exception::{Raised, Result};
use crate::jit::Answer;
use crate::kernel::{Evaluate, Expr};
use crate::value::{Kind, NdArray, Value};

/// A pending expression deeper than this is evaluated, whatever comes after it.
const MAX_PENDING_DEPTH: usize = 64;

/// So many arrays are pending at once.
const MAX_PENDING: usize = 64;

/// Why pending arrays are computed although nobody looks at them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Barrier {
    /// Time is measured here, or an iteration ends: the work is to be done by now. It is for what a kernel has computed
    /// on its way to something else.
    Work,
    /// Nothing may be pending after this.
    Full,
}

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
    /// The result of an operation. It stays pending where the instruction says that it feeds another one, and under
    /// `--fuse on` wherever it may; else it is computed.
    pub fn finish(&mut self, expr: Expr, flags: Flags) -> Result<Value> {
        if flags.contains(Flags::SYMBOLIC) {
            return Ok(Value::new(NdArray::pending(expr, self.engine.clone())?));
        }
        let feeds_operation = flags.contains(Flags::LAZY);
        let may_wait = feeds_operation || self.engine.borrow().fuses_statements();
        if may_wait && expr.is_pending() && !expr.shape().is_empty() && expr.depth() < MAX_PENDING_DEPTH {
            if !feeds_operation {
                if expr.is_sealed() {
                    // It is another variable's value: this one gets memory of its own.
                    return Ok(Value::array(self.evaluate(expr)?.copy()?));
                }
                expr.seal();
                self.work_waits = true;
            }
            let value = Value::new(NdArray::pending(expr, self.engine.clone())?);
            if self.pending.len() >= MAX_PENDING {
                self.settle_pending(Barrier::Full)?;
            }
            self.pending.push(value.clone());
            return Ok(value);
        }
        self.forget_pending();
        Ok(match self.engine.borrow_mut().answer(expr)? {
            Answer::Array(array) => scalar_or_array(array),
            Answer::Scalar(scalar) => Value::new(scalar),
        })
    }

    /// The elements of an expression: those of the variable whose value it is, if it is one.
    pub fn evaluate(&mut self, expr: Expr) -> Result<Array> {
        self.forget_pending();
        if expr.is_sealed() {
            return Ok(self.engine.evaluate(&expr)?);
        }
        // An array that nobody holds beside it may give its memory to the result.
        Ok(self.engine.borrow_mut().answer(expr)?.into_array())
    }

    /// Drops what is pending no more, and what nobody else holds if its work is done. A result that nobody wants is
    /// computed all the same: who measures a script measures what it says.
    fn forget_pending(&mut self) {
        self.pending.retain(|value| {
            let holders = value.reference_count();
            let array = value.get::<NdArray>().expect("arrays are pending");
            array.if_pending(|expr| holders > 1 || expr.is_work()) == Some(true)
        });
    }

    /// Computes what is pending, where it must not wait any longer.
    ///
    /// # Errors
    /// `MemoryError`, `KeyboardInterrupt`.
    #[inline(always)]
    pub(super) fn pass_barrier(&mut self, barrier: Barrier) -> Result<()> {
        let waits = match barrier {
            Barrier::Work => self.work_waits,
            Barrier::Full => !self.pending.is_empty(),
        };
        if waits { self.settle_pending(barrier) } else { Ok(()) }
    }

    #[cold]
    #[inline(never)]
    fn settle_pending(&mut self, barrier: Barrier) -> Result<()> {
        self.work_waits = false;
        self.forget_pending();
        // The latest first: its kernel computes on its way what it was made of.
        for at in (0..self.pending.len()).rev() {
            let array = self.pending[at].get::<NdArray>().expect("arrays are pending");
            if barrier == Barrier::Full || array.if_pending(Expr::is_work) == Some(true) {
                array.array()?;
            }
        }
        self.forget_pending();
        Ok(())
    }

    /// The array of an array value, computed.
    pub fn ready(&mut self, value: &Value) -> Result<Array> {
        Ok(value.to_array()?.clone())
    }

    /// Computes every pending array that reads `buffer`, but not `except`, before it is written.
    pub(super) fn settle_readers(&mut self, buffer: &Buffer, except: Option<&Value>) -> Result<()> {
        self.forget_pending();
        let others = self.pending.iter().filter(|value| !except.is_some_and(|except| except.is(value)));
        for array in others.filter_map(Value::get::<NdArray>) {
            if array.if_pending(|expr| expr.reads(buffer)) == Some(true) {
                array.array()?;
            }
        }
        Ok(())
    }

    /// An operand of an array operation: an array, a number, or a nested sequence.
    ///
    /// # Errors
    /// `None` inside `Ok` for what is none of these.
    pub fn operand(&mut self, value: &Value) -> Result<Option<Expr>> {
        if let Some(array) = value.get::<NdArray>() {
            return Ok(Some(array.operand()?));
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
