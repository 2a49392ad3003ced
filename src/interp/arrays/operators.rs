//! Operators on arrays: they extend the pending expression, or write into the left operand.

use super::super::runtime::Runtime;
use crate::array::elementwise::{self, BitOp};
use crate::array::{Array, DType, Scalar};
use crate::bytecode::chunk::Flags;
use crate::diagnostic::ErrorKind;
use crate::exception::{Raised, Result};
use crate::kernel::{self, Expr};
use crate::syntax::ast::{BinaryOp, CompareOp, UnaryOp};
use crate::value::{Kind, NdArray, Value};

impl Runtime {
    pub fn array_binary(&mut self, op: BinaryOp, left: Value, right: Value, flags: Flags) -> Result<Value> {
        let (ufunc, expr) = self.operation(op, &left, &right, flags)?;
        if flags.contains(Flags::IN_PLACE) && left.kind() == Kind::Array {
            return self.write_in_place(ufunc, &left, &right, &expr);
        }
        // An operand that dies here may give its memory to the result.
        drop((left, right));
        self.finish(expr, flags)
    }

    /// What a binary operator computes, and NumPy's name for it.
    fn operation(&mut self, op: BinaryOp, left: &Value, right: &Value, flags: Flags) -> Result<(&'static str, Expr)> {
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
            BinaryOp::MatMul => return Ok(("matmul", self.matmul(&a, &b)?)),
            BinaryOp::Pow => return Ok(("power", self.power(&a, &b)?)),
            BinaryOp::Shl => return Ok(("left_shift", self.shift(BitOp::LeftShift, &a, &b)?)),
            BinaryOp::Shr => return Ok(("right_shift", self.shift(BitOp::RightShift, &a, &b)?)),
        };
        Ok((kernel_op.ufunc(), Expr::binary(kernel_op, &a, &b)?))
    }

    fn shift(&mut self, op: BitOp, a: &Expr, b: &Expr) -> Result<Expr> {
        let dtype = a.promotable().promote(b.promotable());
        let (a, b) = (self.evaluate(a.cast(dtype))?, self.evaluate(b.cast(dtype))?);
        Ok(Expr::leaf(elementwise::bitwise(op, &a, &b)?))
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
            self.engine.borrow_mut().evaluate_into(expr, target)?;
        } else {
            let value = self.evaluate(expr.clone())?;
            target.assign(&value)?;
        }
        self.forget_pending();
        Ok(())
    }

    pub fn array_unary(&mut self, op: UnaryOp, operand: Value, flags: Flags) -> Result<Value> {
        let Some(x) = self.operand(&operand)? else { unreachable!("arrays are operands") };
        let op = match op {
            UnaryOp::Neg => kernel::UnaryOp::Neg,
            UnaryOp::Pos => kernel::UnaryOp::Pos,
            UnaryOp::Invert => kernel::UnaryOp::Invert,
            UnaryOp::Not => return Ok(Value::bool(!self.truth(&operand)?)),
        };
        let expr = Expr::unary(op, &x)?;
        // `+x` is a copy.
        if let Some(array) = expr.as_leaf() {
            return Ok(Value::array(array.copy()?));
        }
        drop((x, operand));
        self.finish(expr, flags)
    }

    pub fn array_compare(&mut self, op: CompareOp, left: Value, right: Value, flags: Flags) -> Result<Value> {
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
        let (Some(a), Some(b)) = (self.operand(&left)?, self.operand(&right)?) else {
            return Err(Raised::type_error(format!(
                "toy does not compare arrays with '{}' objects",
                if left.kind() == Kind::Array { right.type_name() } else { left.type_name() }
            )));
        };
        let expr = Expr::binary(kernel_op, &a, &b)?;
        drop((a, b, left, right));
        self.finish(expr, flags)
    }

    pub fn array_contains(&mut self, container: &Value, item: &Value) -> Result<bool> {
        let (Some(a), Some(b)) = (self.operand(container)?, self.operand(item)?) else { return Ok(false) };
        let equal = Expr::binary(kernel::BinaryOp::Eq, &a, &b)?;
        let any = self.evaluate(Expr::reduce(kernel::ReduceOp::Any, &equal, None, false)?)?;
        Ok(matches!(any.get(0), Scalar::Bool(true)))
    }

    /// `a @ b`, by a matrix product where there is one, else as one kernel.
    pub fn matmul(&mut self, a: &Expr, b: &Expr) -> Result<Expr> {
        if let ([n], [m]) = (a.shape(), b.shape())
            && n == m
        {
            return Ok(Expr::dot(a, b)?);
        }
        let (a, b) = (self.evaluate(a.clone())?, self.evaluate(b.clone())?);
        Ok(Expr::leaf(self.engine.borrow_mut().matmul(&a, &b)?))
    }

    /// `np.dot`
    pub fn dot(&mut self, a: &Expr, b: &Expr) -> Result<Expr> {
        if matches!((a.shape(), b.shape()), ([] | [_], []) | ([], _) | (_, []) | ([_], [_])) {
            return Ok(Expr::dot(a, b)?);
        }
        let (a, b) = (self.evaluate(a.clone())?, self.evaluate(b.clone())?);
        Ok(Expr::leaf(self.engine.borrow_mut().dot(&a, &b)?))
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
        let (a, b) = (self.evaluate(a.cast(dtype))?, self.evaluate(b.cast(dtype))?);
        Ok(Expr::leaf(elementwise::power(&a, &b)?.array))
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
