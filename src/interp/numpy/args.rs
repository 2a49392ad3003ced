//! Arguments of NumPy's functions, by position or by name.

use std::rc::Rc;

use crate::array::{Array, DType};
use crate::exception::{Raised, Result};
use crate::interp::arrays::integer;
use crate::interp::call::Args;
use crate::interp::runtime::Runtime;
use crate::kernel::Expr;
use crate::value::{Kind, List, Str, Tuple, Type, Value};

/// The arguments of one call, in the order of the function's parameters.
pub struct Bound<const N: usize> {
    function: &'static str,
    values: [Option<Value>; N],
}

/// Binds a call's arguments to `names`, the first `required` of which must be there.
///
/// # Errors
/// `TypeError` for too many, unknown, repeated or missing arguments.
pub fn bind<const N: usize>(
    function: &'static str,
    args: Args,
    names: [&'static str; N],
    required: usize,
) -> Result<Bound<N>> {
    let given = args.positional.len();
    if given > N {
        let message = format!("{function}() takes at most {N} arguments ({given} given)");
        return Err(Raised::type_error(message));
    }
    let mut values = [const { None }; N];
    for (slot, value) in values.iter_mut().zip(args.positional) {
        *slot = Some(value);
    }
    for (name, value) in args.keywords {
        match names.iter().position(|known| **known == *name) {
            Some(at) if values[at].is_none() => values[at] = Some(value),
            Some(_) => {
                let message = format!("argument for {function}() given by name ('{name}') and position");
                return Err(Raised::type_error(message));
            }
            None => return Err(unexpected(function, &name)),
        }
    }
    match values[..required].iter().position(Option::is_none) {
        Some(at) => {
            let message = format!("{function}() missing required argument '{}' (pos {at})", names[at]);
            Err(Raised::type_error(message))
        }
        None => Ok(Bound { function, values }),
    }
}

/// Binds the arguments of a ufunc of `inputs` operands, which has words of its own for a wrong number.
pub fn bind_ufunc<const N: usize>(
    function: &'static str,
    args: Args,
    names: [&'static str; N],
    inputs: usize,
) -> Result<Bound<N>> {
    let given = args.positional.len();
    if given < inputs || given > N {
        let (most, were) = (inputs + 1, if given == 1 { "was" } else { "were" });
        let message =
            format!("{function}() takes from {inputs} to {most} positional arguments but {given} {were} given");
        return Err(Raised::type_error(message));
    }
    bind(function, args, names, inputs)
}

#[cold]
fn unexpected(function: &str, name: &Rc<str>) -> Raised {
    Raised::type_error(format!("{function}() got an unexpected keyword argument '{name}'"))
}

impl<const N: usize> Bound<N> {
    /// An argument that was given, and is not `None`.
    pub fn get(&self, at: usize) -> Option<&Value> {
        self.values[at].as_ref().filter(|value| value.kind() != Kind::None)
    }

    /// All but this argument die: what they hold may give its memory to the result.
    pub fn only(mut self, at: usize) -> Option<Value> {
        self.values[at].take().filter(|value| value.kind() != Kind::None)
    }

    /// A required argument.
    pub fn value(&self, at: usize) -> &Value {
        self.values[at].as_ref().expect("bind checked that it is there")
    }

    /// A required argument as an operand: an array, a number, a nested sequence.
    pub fn expr(&self, cx: &mut Runtime, at: usize) -> Result<Expr> {
        let function = self.function;
        cx.operand(self.value(at))?.ok_or_else(|| {
            Raised::type_error(format!(
                "ufunc '{function}' not supported for the input types, and the inputs could not be safely coerced \
                 to any supported types according to the casting rule ''safe''"
            ))
        })
    }

    pub fn array(&self, cx: &mut Runtime, at: usize) -> Result<Array> {
        let expr = self.expr(cx, at)?;
        cx.evaluate(expr)
    }

    pub fn dtype(&self, at: usize) -> Result<Option<DType>> {
        self.get(at).map(dtype).transpose()
    }

    pub fn int(&self, at: usize) -> Result<Option<i64>> {
        self.get(at).map(index).transpose()
    }

    pub fn flag(&self, cx: &mut Runtime, at: usize, default: bool) -> Result<bool> {
        self.get(at).map_or(Ok(default), |value| cx.truth(value))
    }

    /// An axis, several, or none.
    pub fn axes(&self, at: usize, ndim: usize) -> Result<Option<Vec<usize>>> {
        let Some(value) = self.get(at) else { return Ok(None) };
        let axes = match value.get::<Tuple>() {
            Some(tuple) => tuple.0.iter().map(index).collect::<Result<Vec<_>>>()?,
            None => vec![index(value)?],
        };
        let axes = axes.into_iter().map(|axis| crate::array::shape::normalize_axis(axis, ndim));
        Ok(Some(axes.collect::<crate::array::Result<_>>()?))
    }
}

/// A value that stands for an element type: `np.float32`, `float`, `"float32"`.
pub fn dtype(value: &Value) -> Result<DType> {
    if let Some(dtype) = value.get::<DType>() {
        return Ok(*dtype);
    }
    if let Some(dtype) = value.get::<Type>().and_then(|class| class.dtype()) {
        return Ok(dtype);
    }
    if let Some(name) = value.get::<Str>().map(Str::as_str) {
        let known = match name {
            "float" | "double" | "f8" | "d" => Some(DType::Float64),
            "single" | "f4" | "f" => Some(DType::Float32),
            "int" | "i8" | "l" => Some(DType::Int64),
            "?" => Some(DType::Bool),
            _ => DType::ALL.into_iter().find(|dtype| dtype.name() == name),
        };
        if let Some(dtype) = known {
            return Ok(dtype);
        }
        return Err(Raised::type_error(format!("data type '{name}' not understood")));
    }
    let text = crate::value::repr(value)?;
    Err(Raised::type_error(format!("Cannot interpret '{text}' as a data type")))
}

/// An integer argument.
pub fn index(value: &Value) -> Result<i64> {
    integer(value).filter(|_| value.kind() != Kind::Float).ok_or_else(|| {
        let name = value.type_name();
        Raised::type_error(format!("'{name}' object cannot be interpreted as an integer"))
    })
}

/// A shape: an integer, or a sequence of them.
pub fn shape(value: &Value) -> Result<Vec<i64>> {
    if let Some(tuple) = value.get::<Tuple>() {
        return tuple.0.iter().map(index).collect();
    }
    if let Some(list) = value.get::<List>() {
        return list.0.snapshot().iter().map(index).collect();
    }
    match index(value) {
        Ok(n) => Ok(vec![n]),
        Err(_) if value.kind() == Kind::BigInt => Err(Raised::value_error("Maximum allowed dimension exceeded")),
        Err(wrong) if value.as_str().is_some() => Err(wrong),
        Err(_) => {
            let text = crate::value::to_str(value)?;
            let message = format!("expected a sequence of integers or a single integer, got '{text}'");
            Err(Raised::type_error(message))
        }
    }
}
