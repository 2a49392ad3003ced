//! NumPy's functions and methods, as thin as can be: arguments are bound here, the work is done by
//! [`crate::array`] and [`crate::kernel`].

pub mod args;
mod construct;
mod elementwise;
pub mod methods;
mod reduce;

use super::call::Args;
use super::runtime::Runtime;
use crate::bytecode::chunk::Flags;
use crate::exception::Result;
use crate::value::{Type, Value};

/// A function that needs the runtime: its arguments, and whether its result may stay pending.
pub type RuntimeFn = fn(&mut Runtime, Args, Flags) -> Result<Value>;

/// Every function of the module, by name.
pub fn functions() -> impl Iterator<Item = (&'static str, RuntimeFn)> {
    [construct::FUNCTIONS, elementwise::FUNCTIONS, reduce::FUNCTIONS].into_iter().flatten().copied()
}

/// Whether a function or method of this name does nothing but extend the expression of its `count` operands.
pub fn is_expression(name: &str, count: usize) -> bool {
    match name {
        "sqrt" | "abs" | "absolute" | "fabs" | "negative" | "square" | "floor" | "ceil" | "trunc" | "rint"
        | "logical_not" | "invert" => count == 1,
        "add" | "subtract" | "multiply" | "divide" | "true_divide" | "minimum" | "maximum" | "less" | "less_equal"
        | "greater" | "greater_equal" | "equal" | "not_equal" | "logical_and" | "logical_or" | "dot" | "matmul" => {
            count == 2
        }
        "where" => count == 3,
        _ => is_reduction(name) && count == 1,
    }
}

/// Whether a function or method of this name makes one number of an array.
pub fn is_reduction(name: &str) -> bool {
    matches!(name, "sum" | "mean" | "prod" | "min" | "max" | "amin" | "amax" | "any" | "all" | "dot")
}

/// The names that [`constant`] knows.
pub const CONSTANTS: &[&str] = &[
    "pi", "e", "inf", "nan", "newaxis", "ndarray", "bool", "bool_", "int64", "int_", "float32", "single", "float64",
    "double",
];

/// What the module holds besides functions.
pub fn constant(name: &str) -> Option<Value> {
    Some(match name {
        "pi" => Value::float(std::f64::consts::PI),
        "e" => Value::float(std::f64::consts::E),
        "inf" => Value::float(f64::INFINITY),
        "nan" => Value::float(f64::NAN),
        "newaxis" => Value::none(),
        "ndarray" => Value::class(Type::NdArray),
        "bool" | "bool_" => Value::class(Type::NpBool),
        "int64" | "int_" => Value::class(Type::NpInt64),
        "float32" | "single" => Value::class(Type::NpFloat32),
        "float64" | "double" => Value::class(Type::NpFloat64),
        _ => return None,
    })
}

/// The result of an elementwise function.
pub fn deliver(cx: &mut Runtime, expr: crate::kernel::Expr, flags: Flags) -> Result<Value> {
    elementwise::deliver(cx, expr, None, flags)
}
