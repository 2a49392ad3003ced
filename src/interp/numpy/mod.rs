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
