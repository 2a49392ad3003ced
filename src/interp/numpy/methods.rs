//! Attributes and methods of arrays and NumPy scalars.

use super::args::{bind, dtype, index, shape};
use super::{elementwise, reduce};
use crate::array::{Array, DType, Scalar};
use crate::bytecode::chunk::Flags;
use crate::exception::{Raised, Result};
use crate::interp::call::Args;
use crate::interp::runtime::Runtime;
use crate::kernel::ReduceOp;
use crate::value::{Kind, Tuple, Value};

const METHODS: &[&str] = &[
    "sum",
    "mean",
    "prod",
    "min",
    "max",
    "any",
    "all",
    "dot",
    "reshape",
    "transpose",
    "ravel",
    "flatten",
    "copy",
    "astype",
    "tolist",
    "item",
    "fill",
    "squeeze",
];

/// Whether arrays and NumPy scalars have such a method.
pub fn exists(name: &str) -> bool {
    METHODS.contains(&name)
}

/// Calls a method of an array or a NumPy scalar; an array may be pending.
pub fn call(cx: &mut Runtime, receiver: Value, name: &str, mut args: Args, flags: Flags) -> Result<Value> {
    let reduction = match name {
        "sum" => Some(("sum", ReduceOp::Sum)),
        "mean" => Some(("mean", ReduceOp::Mean)),
        "prod" => Some(("prod", ReduceOp::Prod)),
        "min" => Some(("min", ReduceOp::Min)),
        "max" => Some(("max", ReduceOp::Max)),
        "any" => Some(("any", ReduceOp::Any)),
        "all" => Some(("all", ReduceOp::All)),
        _ => None,
    };
    if let Some((name, op)) = reduction {
        args.positional.insert(0, receiver);
        return reduce::reduce(cx, name, op, args, flags);
    }
    if name == "dot" {
        args.positional.insert(0, receiver);
        return reduce::dot(cx, args, flags);
    }
    if name == "astype" {
        let args = bind("astype", args, ["dtype"], 1)?;
        let Some(x) = cx.operand(&receiver)? else { unreachable!("arrays and scalars are operands") };
        drop(receiver);
        return elementwise::deliver(cx, x.cast(dtype(args.value(0))?), None, flags);
    }
    let array = match receiver.kind() {
        Kind::Array => cx.ready(&receiver)?,
        _ => Array::from_scalar(*receiver.get::<Scalar>().expect("arrays and NumPy scalars have these methods")),
    };
    match name {
        "reshape" => {
            // `a.reshape(2, 3)` and `a.reshape((2, 3))` are the same.
            let dims = match &args.positional[..] {
                [one] => shape(one)?,
                several => several.iter().map(index).collect::<Result<_>>()?,
            };
            Ok(Value::array(array.reshape(&dims)?))
        }
        "transpose" => match &args.positional[..] {
            [] => Ok(Value::array(array.t())),
            [one] => Ok(Value::array(array.transpose(&shape(one)?)?)),
            several => Ok(Value::array(array.transpose(&several.iter().map(index).collect::<Result<Vec<_>>>()?)?)),
        },
        "ravel" => none(args, name).and_then(|()| Ok(Value::array(array.ravel()?))),
        "flatten" => none(args, name).and_then(|()| Ok(Value::array(array.flatten()?))),
        "copy" => none(args, name).and_then(|()| Ok(super::super::arrays::scalar_or_array(array.copy()?))),
        "squeeze" => none(args, name).map(|()| Value::array(array.squeeze())),
        "tolist" => none(args, name).map(|()| to_list(&array)),
        "item" => match &args.positional[..] {
            [] if array.size() == 1 => Ok(Value::python_number(array.get(0))),
            [] => Err(Raised::value_error("can only convert an array of size 1 to a Python scalar")),
            indices => {
                let indices = indices.iter().map(index).collect::<Result<Vec<_>>>()?;
                Ok(Value::python_number(array.get_at(&indices)?))
            }
        },
        "fill" => {
            let args = bind("fill", args, ["value"], 1)?;
            cx.array_set_item(&receiver, &Value::ellipsis(), args.value(0))?;
            Ok(Value::none())
        }
        _ => unreachable!("`exists` knows the methods"),
    }
}

fn none(args: Args, name: &str) -> Result<()> {
    if args.positional.is_empty() && args.keywords.is_empty() {
        return Ok(());
    }
    Err(Raised::type_error(format!("toy's ndarray.{name}() takes no arguments")))
}

/// Nested lists of Python numbers.
fn to_list(array: &Array) -> Value {
    fn level(shape: &[usize], elements: &mut dyn Iterator<Item = Scalar>) -> Value {
        match shape {
            [] => elements.next().map_or_else(Value::none, Value::python_number),
            [n, rest @ ..] => Value::list((0..*n).map(|_| level(rest, elements)).collect()),
        }
    }
    level(array.shape(), &mut array.iter())
}

impl Runtime {
    /// A data attribute of an array or a NumPy scalar; `None` if it has no such one.
    pub fn array_attribute(&mut self, object: &Value, name: &str) -> Result<Option<Value>> {
        let Some(x) = self.operand(object)? else { return Ok(None) };
        let ints = |dims: &[usize]| Value::new(Tuple(dims.iter().map(|n| Value::int(*n as i64)).collect()));
        Ok(Some(match name {
            "shape" => ints(x.shape()),
            "ndim" => Value::int(x.shape().len() as i64),
            "size" => Value::int(x.shape().iter().product::<usize>() as i64),
            "dtype" => Value::new(x.dtype()),
            "itemsize" => Value::int(x.dtype().size() as i64),
            "nbytes" => Value::int((x.shape().iter().product::<usize>() * x.dtype().size()) as i64),
            "strides" => {
                let strides = self.evaluate(x)?;
                Value::tuple(strides.strides().iter().map(|stride| Value::int(*stride as i64)).collect())
            }
            "T" if object.kind() == Kind::Array => Value::array(self.ready(object)?.t()),
            "T" => object.clone(),
            "real" if x.dtype() != DType::Bool => object.clone(),
            _ => return Ok(None),
        }))
    }
}

impl Runtime {
    /// `value.tolist()`
    pub fn to_list(&mut self, value: &Value) -> Result<Value> {
        Ok(to_list(&self.ready(value)?))
    }
}
