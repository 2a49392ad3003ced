//! Reductions and products.

use super::RuntimeFn;
use super::args::bind;
use crate::bytecode::chunk::Flags;
use crate::exception::Result;
use crate::interp::call::Args;
use crate::interp::runtime::Runtime;
use crate::kernel::{Expr, ReduceOp};
use crate::value::Value;

pub const FUNCTIONS: &[(&str, RuntimeFn)] = &[
    ("sum", |cx, args, flags| reduce(cx, "sum", ReduceOp::Sum, args, flags)),
    ("mean", |cx, args, flags| reduce(cx, "mean", ReduceOp::Mean, args, flags)),
    ("prod", |cx, args, flags| reduce(cx, "prod", ReduceOp::Prod, args, flags)),
    ("min", |cx, args, flags| reduce(cx, "min", ReduceOp::Min, args, flags)),
    ("max", |cx, args, flags| reduce(cx, "max", ReduceOp::Max, args, flags)),
    ("amin", |cx, args, flags| reduce(cx, "amin", ReduceOp::Min, args, flags)),
    ("amax", |cx, args, flags| reduce(cx, "amax", ReduceOp::Max, args, flags)),
    ("any", |cx, args, flags| reduce(cx, "any", ReduceOp::Any, args, flags)),
    ("all", |cx, args, flags| reduce(cx, "all", ReduceOp::All, args, flags)),
    ("dot", dot),
    ("matmul", matmul),
];

pub fn reduce(cx: &mut Runtime, name: &'static str, op: ReduceOp, args: Args, flags: Flags) -> Result<Value> {
    let args = bind(name, args, ["a", "axis", "keepdims", "dtype"], 1)?;
    let mut x = args.expr(cx, 0)?;
    if let Some(dtype) = args.dtype(3)? {
        x = x.cast(dtype);
    }
    let axes = args.axes(1, x.shape().len())?;
    let keepdims = args.flag(cx, 2, false)?;
    let expr = Expr::reduce(op, &x, axes, keepdims)?;
    drop((x, args));
    cx.finish(expr, flags)
}

pub fn dot(cx: &mut Runtime, args: Args, flags: Flags) -> Result<Value> {
    let args = bind("dot", args, ["a", "b"], 2)?;
    let (a, b) = (args.expr(cx, 0)?, args.expr(cx, 1)?);
    let expr = cx.dot(&a, &b)?;
    drop((a, b, args));
    cx.finish(expr, flags)
}

fn matmul(cx: &mut Runtime, args: Args, flags: Flags) -> Result<Value> {
    let args = bind("matmul", args, ["x1", "x2"], 2)?;
    let (a, b) = (args.expr(cx, 0)?, args.expr(cx, 1)?);
    let expr = cx.matmul(&a, &b)?;
    drop((a, b, args));
    cx.finish(expr, flags)
}
