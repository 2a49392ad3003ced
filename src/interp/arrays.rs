//! Arrays in expressions: operators build a graph, and somebody's look at the result evaluates it.

use std::cell::RefCell;

use super::runtime::Runtime;
use crate::array::elementwise::{self, BitOp};
use crate::array::fancy::Key;
use crate::array::index::Index;
use crate::array::nested::{Leaf, Nested};
use crate::array::{Array, Buffer, DType, Scalar};
use crate::array::{matmul, nested};
use crate::bytecode::chunk::Flags;
use crate::diagnostic::ErrorKind;
use crate::exception::{Raised, Result};
use crate::kernel::{self, Expr};
use crate::objects::convert;
use crate::syntax::ast::{BinaryOp, CompareOp, UnaryOp};
use crate::value::{ArrayState, Kind, NdArray, Slice, Tuple, Value};

/// A pending expression deeper than this is evaluated, whatever comes after it.
const MAX_PENDING_DEPTH: usize = 64;

impl Value {
    /// A value that holds an array.
    pub fn array(array: Array) -> Value {
        Value::new(NdArray(RefCell::new(ArrayState::Ready(array))))
    }
}

/// An array as NumPy hands it out: a scalar if it has no dimensions.
pub fn scalar_or_array(array: Array) -> Value {
    if array.ndim() == 0 { Value::new(array.get(0)) } else { Value::array(array) }
}

impl Runtime {
    /// The result of an operation: pending if the instruction allows it, else evaluated.
    pub fn finish(&mut self, expr: Expr, flags: Flags) -> Result<Value> {
        if flags.contains(Flags::LAZY) && !expr.shape().is_empty() && expr.depth() < MAX_PENDING_DEPTH {
            let value = Value::new(NdArray(RefCell::new(ArrayState::Pending(expr))));
            if self.pending.len() >= 64 {
                self.forget_pending();
            }
            self.pending.push(value.clone());
            return Ok(value);
        }
        let array = self.evaluate(&expr)?;
        Ok(scalar_or_array(array))
    }

    pub fn evaluate(&mut self, expr: &Expr) -> Result<Array> {
        if let Some(array) = expr.as_leaf() {
            return Ok(array.clone());
        }
        let array = self.engine.evaluate(expr)?;
        self.forget_pending();
        Ok(array)
    }

    /// Drops what nobody else holds, or what is pending no more.
    fn forget_pending(&mut self) {
        self.pending.retain(|value| value.reference_count() > 1 && pending_expr(value).is_some());
    }

    /// Evaluates a pending array in its box; every other value is left alone.
    pub fn settle(&mut self, value: &Value) -> Result<()> {
        if let Some(expr) = pending_expr(value) {
            let array = self.evaluate(&expr)?;
            *value.get::<NdArray>().expect("a pending array").0.borrow_mut() = ArrayState::Ready(array);
        }
        Ok(())
    }

    /// The array of an array value, evaluated.
    pub fn ready(&mut self, value: &Value) -> Result<Array> {
        self.settle(value)?;
        Ok(value.with_array(Array::clone))
    }

    /// Evaluates every pending array that reads `buffer`, but not `except`, before it is written.
    fn settle_readers(&mut self, buffer: &Buffer, except: Option<&Value>) -> Result<()> {
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
            return Ok(Some(match &*array.0.borrow() {
                ArrayState::Ready(array) => Expr::leaf(array.clone()),
                ArrayState::Pending(expr) => expr.clone(),
            }));
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

    pub fn array_binary(&mut self, op: BinaryOp, left: &Value, right: &Value, flags: Flags) -> Result<Value> {
        let in_place = flags.contains(Flags::IN_PLACE) && left.kind() == Kind::Array;
        let (Some(a), Some(b)) = (self.operand(left)?, self.operand(right)?) else {
            return Err(unsupported(op, left, right, flags));
        };
        let kernel_op = match op {
            BinaryOp::Add => kernel::BinaryOp::Add,
            BinaryOp::Sub => kernel::BinaryOp::Sub,
            BinaryOp::Mul => kernel::BinaryOp::Mul,
            BinaryOp::TrueDiv => kernel::BinaryOp::TrueDiv,
            BinaryOp::FloorDiv => kernel::BinaryOp::FloorDiv,
            BinaryOp::Mod => kernel::BinaryOp::Mod,
            BinaryOp::BitAnd => kernel::BinaryOp::And,
            BinaryOp::BitOr => kernel::BinaryOp::Or,
            BinaryOp::BitXor => kernel::BinaryOp::Xor,
            BinaryOp::MatMul => {
                let product = self.matmul(&a, &b)?;
                return if in_place {
                    self.write_in_place("matmul", left, right, &product)
                } else {
                    self.finish(product, flags)
                };
            }
            BinaryOp::Pow => {
                let expr = self.power(&a, &b)?;
                return if in_place {
                    self.write_in_place("power", left, right, &expr)
                } else {
                    self.finish(expr, flags)
                };
            }
            BinaryOp::Shl | BinaryOp::Shr => {
                let (bits, ufunc) = match op {
                    BinaryOp::Shl => (BitOp::LeftShift, "left_shift"),
                    _ => (BitOp::RightShift, "right_shift"),
                };
                let dtype = a.promotable().promote(b.promotable());
                let (a, b) = (self.evaluate(&a.cast(dtype))?, self.evaluate(&b.cast(dtype))?);
                let expr = Expr::leaf(elementwise::bitwise(bits, &a, &b)?);
                return if in_place {
                    self.write_in_place(ufunc, left, right, &expr)
                } else {
                    self.finish(expr, flags)
                };
            }
        };
        let expr = Expr::binary(kernel_op, &a, &b)?;
        if in_place { self.write_in_place(kernel_op.ufunc(), left, right, &expr) } else { self.finish(expr, flags) }
    }

    /// `left op= right`: the array's own memory takes the result.
    fn write_in_place(&mut self, ufunc: &str, left: &Value, right: &Value, expr: &Expr) -> Result<Value> {
        let target = self.ready(left)?;
        let (from, to) = (expr.dtype(), target.dtype());
        if from.promote(to) != to && !(from.is_float() && to.is_float()) {
            return Err(Raised::new(
                ErrorKind::TypeError,
                format!(
                    "Cannot cast ufunc '{ufunc}' output from dtype('{from}') to dtype('{to}') with casting rule 'same_kind'"
                ),
            ));
        }
        self.store(expr, &target, Some(right))?;
        Ok(left.clone())
    }

    /// Writes an expression's elements into an array of the same shape.
    pub fn store(&mut self, expr: &Expr, target: &Array, source: Option<&Value>) -> Result<()> {
        let text = crate::array::shape::shape_text;
        match crate::array::shape::try_broadcast(&[expr.shape(), target.shape()]) {
            Some(shape) if shape == target.shape() => {}
            _ => {
                return Err(Raised::value_error(format!(
                    "non-broadcastable output operand with shape {} doesn't match the broadcast shape {}",
                    text(target.shape()),
                    text(expr.shape())
                )));
            }
        }
        self.settle_readers(target.buffer(), source)?;
        if expr.shape() == target.shape() {
            self.engine.evaluate_into(expr, target)?;
        } else {
            let value = self.evaluate(expr)?;
            target.assign(&value)?;
        }
        self.forget_pending();
        Ok(())
    }

    pub fn array_unary(&mut self, op: UnaryOp, operand: &Value, flags: Flags) -> Result<Value> {
        let Some(x) = self.operand(operand)? else { unreachable!("arrays are operands") };
        let op = match op {
            UnaryOp::Neg => kernel::UnaryOp::Neg,
            UnaryOp::Pos => kernel::UnaryOp::Pos,
            UnaryOp::Invert => kernel::UnaryOp::Invert,
            UnaryOp::Not => return Ok(Value::bool(!self.truth(operand)?)),
        };
        let expr = Expr::unary(op, &x)?;
        // `+x` is a copy.
        if let Some(array) = expr.as_leaf() {
            return Ok(Value::array(array.copy()?));
        }
        self.finish(expr, flags)
    }

    pub fn array_compare(&mut self, op: CompareOp, left: &Value, right: &Value, flags: Flags) -> Result<Value> {
        let kernel_op = match op {
            CompareOp::Lt => kernel::BinaryOp::Lt,
            CompareOp::Le => kernel::BinaryOp::Le,
            CompareOp::Gt => kernel::BinaryOp::Gt,
            CompareOp::Ge => kernel::BinaryOp::Ge,
            CompareOp::Eq => kernel::BinaryOp::Eq,
            CompareOp::Ne => kernel::BinaryOp::Ne,
            CompareOp::Is | CompareOp::IsNot => unreachable!("identity has its own handler"),
            CompareOp::In | CompareOp::NotIn => unreachable!("membership has its own handler"),
        };
        let (Some(a), Some(b)) = (self.operand(left)?, self.operand(right)?) else {
            return Err(Raised::type_error(format!(
                "toy does not compare arrays with '{}' objects",
                if left.kind() == Kind::Array { right.type_name() } else { left.type_name() }
            )));
        };
        let expr = Expr::binary(kernel_op, &a, &b)?;
        self.finish(expr, flags)
    }

    pub fn array_contains(&mut self, container: &Value, item: &Value) -> Result<bool> {
        let (Some(a), Some(b)) = (self.operand(container)?, self.operand(item)?) else { return Ok(false) };
        let equal = Expr::binary(kernel::BinaryOp::Eq, &a, &b)?;
        let any = self.evaluate(&Expr::reduce(kernel::ReduceOp::Any, &equal, None, false)?)?;
        Ok(matches!(any.get(0), Scalar::Bool(true)))
    }

    /// `a @ b`, by a matrix product where there is one, else as one kernel.
    pub fn matmul(&mut self, a: &Expr, b: &Expr) -> Result<Expr> {
        if let ([n], [m]) = (a.shape(), b.shape())
            && n == m
        {
            return Ok(Expr::dot(a, b)?);
        }
        let (a, b) = (self.evaluate(a)?, self.evaluate(b)?);
        Ok(Expr::leaf(matmul::matmul(&a, &b, self.engine.switches().threads)?))
    }

    /// `np.dot`
    pub fn dot(&mut self, a: &Expr, b: &Expr) -> Result<Expr> {
        if matches!((a.shape(), b.shape()), ([] | [_], []) | ([], _) | (_, []) | ([_], [_])) {
            return Ok(Expr::dot(a, b)?);
        }
        let (a, b) = (self.evaluate(a)?, self.evaluate(b)?);
        Ok(Expr::leaf(matmul::dot(&a, &b, self.engine.switches().threads)?))
    }

    /// `a ** b`: NumPy's shortcuts for the exponents 2, 1, 0.5 and -1 of floats fuse; the rest is a pass of its own.
    pub fn power(&mut self, a: &Expr, b: &Expr) -> Result<Expr> {
        if let Some(exponent) = b.as_scalar() {
            let float = a.dtype().is_float();
            let exponent = exponent.as_f64();
            let result = a.promotable().promote(b.promotable());
            if result == a.dtype() && exponent == 2.0 && a.dtype() != DType::Bool {
                return Ok(Expr::binary(kernel::BinaryOp::Mul, a, a)?);
            }
            if result == a.dtype() && float && exponent == 0.5 {
                return Ok(Expr::unary(kernel::UnaryOp::Sqrt, a)?);
            }
            if result == a.dtype() && float && exponent == -1.0 {
                return Ok(Expr::binary(kernel::BinaryOp::TrueDiv, &Expr::weak_float(1.0), a)?);
            }
        }
        let dtype = a.promotable().promote(b.promotable());
        let (a, b) = (self.evaluate(&a.cast(dtype))?, self.evaluate(&b.cast(dtype))?);
        Ok(Expr::leaf(elementwise::power(&a, &b)?.array))
    }

    pub fn array_get_item(&mut self, object: &Value, index: &Value) -> Result<Value> {
        let array = self.ready(object)?;
        Ok(match self.indices(index)? {
            Indices::Basic(indices) => scalar_unless_ellipsis(array.index(&indices)?, &indices),
            Indices::Keys(keys) => scalar_or_array(array.take_keys(&keys)?),
        })
    }

    pub fn array_set_item(&mut self, object: &Value, index: &Value, value: &Value) -> Result<()> {
        let array = self.ready(object)?;
        let indices = self.indices(index)?;
        let parsed = value.as_str().map(|text| parse_element(text, array.dtype())).transpose()?;
        let number =
            parsed.as_ref().or(Some(value)).and_then(leaf).map(|leaf| leaf.store(array.dtype())).transpose()?;
        let source = match number {
            Some(scalar) => Array::from_scalar(scalar),
            None => match self.operand(value)? {
                Some(expr) => self.evaluate(&expr)?,
                None => {
                    return Err(Raised::type_error(format!(
                        "float() argument must be a string or a real number, not '{}'",
                        value.type_name()
                    )));
                }
            },
        };
        self.settle_readers(array.buffer(), None)?;
        match indices {
            Indices::Basic(indices) => array.assign_index(&indices, &source)?,
            Indices::Keys(keys) => array.assign_keys(&keys, &source)?,
        }
        Ok(())
    }

    fn indices(&mut self, index: &Value) -> Result<Indices> {
        let parts = match index.get::<Tuple>() {
            Some(tuple) => &*tuple.0,
            None => std::slice::from_ref(index),
        };
        if !parts.iter().any(|part| matches!(part.kind(), Kind::Array | Kind::List | Kind::Bool)) {
            return Ok(Indices::Basic(parts.iter().map(basic).collect::<Result<_>>()?));
        }
        Ok(Indices::Keys(parts.iter().map(|part| self.key(part)).collect::<Result<_>>()?))
    }

    fn key(&mut self, part: &Value) -> Result<Key> {
        let array = match part.kind() {
            Kind::Array => self.ready(part)?,
            Kind::List | Kind::Bool => self.to_array(part, None)?,
            _ => return Ok(Key::Basic(basic(part)?)),
        };
        // `a[[]]` selects nothing.
        let empty = part.kind() == Kind::List && array.size() == 0;
        Ok(Key::Array(if empty { array.astype(DType::Int64)? } else { array }))
    }
}

/// What stands between the brackets of `a[…]`.
enum Indices {
    Basic(Vec<Index>),
    Keys(Vec<Key>),
}

/// An element that was named by integers alone is a scalar; with `...` it is a 0-d view.
fn scalar_unless_ellipsis(array: Array, indices: &[Index]) -> Value {
    if indices.contains(&Index::Ellipsis) { Value::array(array) } else { scalar_or_array(array) }
}

fn basic(index: &Value) -> Result<Index> {
    if let Some(slice) = index.get::<Slice>() {
        let part = |value: &Value| match value.kind() {
            Kind::None => Ok(None),
            _ => integer(value).map(Some).ok_or_else(|| {
                Raised::type_error("slice indices must be integers or None or have an __index__ method")
            }),
        };
        return Ok(Index::Slice { start: part(&slice.start)?, stop: part(&slice.stop)?, step: part(&slice.step)? });
    }
    match index.kind() {
        Kind::None => Ok(Index::NewAxis),
        Kind::Ellipsis => Ok(Index::Ellipsis),
        _ => integer(index).map(Index::Int).ok_or_else(|| {
            Raised::index_error(
                "only integers, slices (`:`), ellipsis (`...`), numpy.newaxis (`None`) and integer or boolean arrays are valid indices",
            )
        }),
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
        match &*self.0.borrow() {
            ArrayState::Ready(array) => array.dtype(),
            ArrayState::Pending(expr) => expr.dtype(),
        }
    }
}

/// NumPy's name of an operator.
fn ufunc(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Add => "add",
        BinaryOp::Sub => "subtract",
        BinaryOp::Mul => "multiply",
        BinaryOp::TrueDiv => "divide",
        BinaryOp::FloorDiv => "floor_divide",
        BinaryOp::Mod => "remainder",
        BinaryOp::Pow => "power",
        BinaryOp::MatMul => "matmul",
        BinaryOp::BitAnd => "bitwise_and",
        BinaryOp::BitOr => "bitwise_or",
        BinaryOp::BitXor => "bitwise_xor",
        BinaryOp::Shl => "left_shift",
        BinaryOp::Shr => "right_shift",
    }
}

/// The expression of a pending array.
fn pending_expr(value: &Value) -> Option<Expr> {
    match &*value.get::<NdArray>()?.0.borrow() {
        ArrayState::Pending(expr) => Some(expr.clone()),
        ArrayState::Ready(_) => None,
    }
}

/// A string as an element, as NumPy's assignment reads it.
fn parse_element(text: &str, dtype: DType) -> Result<Value> {
    match dtype {
        DType::Int64 => convert::parse_int(text, 10),
        DType::Bool => Ok(Value::bool(!text.is_empty())),
        DType::Float32 | DType::Float64 => convert::parse_float(text).map(Value::float).ok_or_else(|| {
            let quoted = crate::value::str_repr(text);
            Raised::value_error(format!("could not convert string to float: {quoted}"))
        }),
    }
}

/// NumPy's words for an operand that is no number: of a string it has no loop, of other objects it tries Python's
/// operator on the elements.
#[cold]
fn unsupported(op: BinaryOp, left: &Value, right: &Value, flags: Flags) -> Raised {
    if left.as_str().or(right.as_str()).is_some() {
        let dtype = |value: &Value| match value.as_str() {
            Some(text) => format!("dtype('<U{}')", text.chars().count().max(1)),
            None => value.get::<NdArray>().map_or(String::new(), |array| format!("dtype('{}')", array.dtype())),
        };
        return Raised::type_error(format!(
            "ufunc '{}' did not contain a loop with signature matching types ({}, {}) -> None",
            ufunc(op),
            dtype(left),
            dtype(right)
        ));
    }
    let equals = if flags.contains(Flags::IN_PLACE) { "=" } else { "" };
    let name = |value: &Value| match value.get::<NdArray>().map(NdArray::dtype) {
        Some(DType::Bool) => "bool",
        Some(DType::Int64) => "int",
        Some(DType::Float32 | DType::Float64) => "float",
        None => value.type_name(),
    };
    let symbol = crate::objects::operators::symbol(op);
    Raised::type_error(format!(
        "unsupported operand type(s) for {symbol}{equals}: '{}' and '{}'",
        name(left),
        name(right)
    ))
}
