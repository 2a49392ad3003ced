//! Functions that work element by element: they extend the pending expression.

use super::RuntimeFn;
use super::args::{bind, bind_ufunc};
use crate::array::DType;
use crate::bytecode::chunk::Flags;
use crate::exception::{Raised, Result};
use crate::interp::call::Args;
use crate::interp::runtime::Runtime;
use crate::kernel::{BinaryOp, Expr, UnaryOp};
use crate::value::{Kind, Value};

pub const FUNCTIONS: &[(&str, RuntimeFn)] = &[
    ("sqrt", |cx, args, flags| unary(cx, "sqrt", UnaryOp::Sqrt, args, flags)),
    ("abs", |cx, args, flags| unary(cx, "absolute", UnaryOp::Abs, args, flags)),
    ("absolute", |cx, args, flags| unary(cx, "absolute", UnaryOp::Abs, args, flags)),
    ("fabs", |cx, args, flags| unary(cx, "fabs", UnaryOp::Abs, args, flags)),
    ("negative", |cx, args, flags| unary(cx, "negative", UnaryOp::Neg, args, flags)),
    ("positive", |cx, args, flags| unary(cx, "positive", UnaryOp::Pos, args, flags)),
    ("square", |cx, args, flags| unary(cx, "square", UnaryOp::Square, args, flags)),
    ("floor", |cx, args, flags| unary(cx, "floor", UnaryOp::Floor, args, flags)),
    ("ceil", |cx, args, flags| unary(cx, "ceil", UnaryOp::Ceil, args, flags)),
    ("trunc", |cx, args, flags| unary(cx, "trunc", UnaryOp::Trunc, args, flags)),
    ("rint", |cx, args, flags| unary(cx, "rint", UnaryOp::Rint, args, flags)),
    ("logical_not", |cx, args, flags| unary(cx, "logical_not", UnaryOp::Not, args, flags)),
    ("invert", |cx, args, flags| unary(cx, "invert", UnaryOp::Invert, args, flags)),
    ("add", |cx, args, flags| binary(cx, "add", BinaryOp::Add, args, flags)),
    ("subtract", |cx, args, flags| binary(cx, "subtract", BinaryOp::Sub, args, flags)),
    ("multiply", |cx, args, flags| binary(cx, "multiply", BinaryOp::Mul, args, flags)),
    ("divide", |cx, args, flags| binary(cx, "divide", BinaryOp::TrueDiv, args, flags)),
    ("true_divide", |cx, args, flags| binary(cx, "divide", BinaryOp::TrueDiv, args, flags)),
    ("floor_divide", |cx, args, flags| binary(cx, "floor_divide", BinaryOp::FloorDiv, args, flags)),
    ("mod", |cx, args, flags| binary(cx, "remainder", BinaryOp::Mod, args, flags)),
    ("remainder", |cx, args, flags| binary(cx, "remainder", BinaryOp::Mod, args, flags)),
    ("minimum", |cx, args, flags| binary(cx, "minimum", BinaryOp::Minimum, args, flags)),
    ("maximum", |cx, args, flags| binary(cx, "maximum", BinaryOp::Maximum, args, flags)),
    ("less", |cx, args, flags| binary(cx, "less", BinaryOp::Lt, args, flags)),
    ("less_equal", |cx, args, flags| binary(cx, "less_equal", BinaryOp::Le, args, flags)),
    ("greater", |cx, args, flags| binary(cx, "greater", BinaryOp::Gt, args, flags)),
    ("greater_equal", |cx, args, flags| binary(cx, "greater_equal", BinaryOp::Ge, args, flags)),
    ("equal", |cx, args, flags| binary(cx, "equal", BinaryOp::Eq, args, flags)),
    ("not_equal", |cx, args, flags| binary(cx, "not_equal", BinaryOp::Ne, args, flags)),
    ("logical_and", |cx, args, flags| logical(cx, "logical_and", BinaryOp::And, args, flags)),
    ("logical_or", |cx, args, flags| logical(cx, "logical_or", BinaryOp::Or, args, flags)),
    ("power", power),
    ("where", select),
];

fn unary(cx: &mut Runtime, name: &'static str, op: UnaryOp, args: Args, flags: Flags) -> Result<Value> {
    let args = bind_ufunc(name, args, ["x", "out"], 1)?;
    let mut x = args.expr(cx, 0)?;
    if name == "fabs" && !x.dtype().is_float() {
        x = x.cast(DType::Float64);
    }
    let expr = Expr::unary(op, &x)?;
    drop(x);
    deliver(cx, expr, args.only(1), flags)
}

fn binary(cx: &mut Runtime, name: &'static str, op: BinaryOp, args: Args, flags: Flags) -> Result<Value> {
    let args = bind_ufunc(name, args, ["x1", "x2", "out"], 2)?;
    let (a, b) = (args.expr(cx, 0)?, args.expr(cx, 1)?);
    let expr = Expr::binary(op, &a, &b)?;
    drop((a, b));
    deliver(cx, expr, args.only(2), flags)
}

fn logical(cx: &mut Runtime, name: &'static str, op: BinaryOp, args: Args, flags: Flags) -> Result<Value> {
    let args = bind_ufunc(name, args, ["x1", "x2", "out"], 2)?;
    let (a, b) = (args.expr(cx, 0)?.cast(DType::Bool), args.expr(cx, 1)?.cast(DType::Bool));
    let expr = Expr::binary(op, &a, &b)?;
    drop((a, b));
    deliver(cx, expr, args.only(2), flags)
}

fn power(cx: &mut Runtime, args: Args, flags: Flags) -> Result<Value> {
    let args = bind_ufunc("power", args, ["x1", "x2", "out"], 2)?;
    let (a, b) = (args.expr(cx, 0)?, args.expr(cx, 1)?);
    let expr = cx.power(&a, &b)?;
    drop((a, b));
    deliver(cx, expr, args.only(2), flags)
}

fn select(cx: &mut Runtime, args: Args, flags: Flags) -> Result<Value> {
    let args = bind("where", args, ["condition", "x", "y"], 1)?;
    if args.get(1).is_none() || args.get(2).is_none() {
        return Err(Raised::value_error("either both or neither of x and y should be given; toy needs both"));
    }
    let (condition, a, b) = (args.expr(cx, 0)?, args.expr(cx, 1)?, args.expr(cx, 2)?);
    let expr = Expr::select(&condition, &a, &b)?;
    drop((condition, a, b, args));
    // `np.where` gives a 0-d array where ufuncs give a scalar.
    if expr.shape().is_empty() {
        return Ok(Value::array(cx.evaluate(expr)?));
    }
    cx.finish(expr, flags)
}

/// Hands out the result, or writes it into `out`.
pub fn deliver(cx: &mut Runtime, expr: Expr, out: Option<Value>, flags: Flags) -> Result<Value> {
    let Some(out) = out else {
        // An identity (`np.positive`, `np.floor` of ints) is a copy.
        if let Some(array) = expr.as_leaf() {
            return Ok(super::super::arrays::scalar_or_array(array.copy()?));
        }
        return cx.finish(expr, flags);
    };
    if out.kind() != Kind::Array {
        return Err(Raised::type_error("return arrays must be of ArrayType"));
    }
    let target = cx.ready(&out)?;
    cx.store(&expr, &target, None)?;
    Ok(out)
}
