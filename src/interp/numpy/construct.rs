//! Functions that make arrays.

use super::RuntimeFn;
use super::args::{bind, dtype, index, shape};
use crate::array::construct;
use crate::array::loadtxt::{self, LoadOptions};
use crate::array::nested::Leaf;
use crate::array::{DType, Scalar};
use crate::bytecode::chunk::Flags;
use crate::diagnostic::ErrorKind;
use crate::exception::{Raised, Result};
use crate::interp::arrays::leaf;
use crate::interp::call::Args;
use crate::interp::runtime::Runtime;
use crate::objects::files::{system_error, undecodable};
use crate::stream::decode;
use crate::value::{Kind, List, NdArray, Tuple, Value};

pub const FUNCTIONS: &[(&str, RuntimeFn)] = &[
    ("array", |cx, args, _| array(cx, "array", args, true)),
    ("asarray", |cx, args, _| array(cx, "asarray", args, false)),
    ("zeros", |_, args, _| filled("zeros", args, Scalar::Int64(0))),
    ("ones", |_, args, _| filled("ones", args, Scalar::Int64(1))),
    ("empty", |_, args, _| filled("empty", args, Scalar::Int64(0))),
    ("full", full),
    ("zeros_like", |cx, args, _| like(cx, "zeros_like", args, Scalar::Int64(0))),
    ("ones_like", |cx, args, _| like(cx, "ones_like", args, Scalar::Int64(1))),
    ("empty_like", |cx, args, _| like(cx, "empty_like", args, Scalar::Int64(0))),
    ("eye", eye),
    ("arange", arange),
    ("linspace", linspace),
    ("loadtxt", load_text),
    ("concatenate", concatenate),
    ("reshape", |cx, args, _| {
        let args = bind("reshape", args, ["a", "shape"], 2)?;
        let shape = shape(args.value(1))?;
        Ok(Value::array(args.array(cx, 0)?.reshape(&shape)?))
    }),
    ("transpose", |cx, args, _| {
        let args = bind("transpose", args, ["a"], 1)?;
        Ok(Value::array(args.array(cx, 0)?.t()))
    }),
    ("ravel", |cx, args, _| {
        let args = bind("ravel", args, ["a"], 1)?;
        Ok(Value::array(args.array(cx, 0)?.ravel()?))
    }),
];

fn array(cx: &mut Runtime, name: &'static str, args: Args, copy: bool) -> Result<Value> {
    let args = bind(name, args, ["object", "dtype"], 1)?;
    let dtype = args.dtype(1)?;
    let value = args.value(0);
    if let Some(array) = value.get::<NdArray>()
        && !copy
        && dtype.is_none_or(|dtype| array.dtype() == dtype)
    {
        return Ok(value.clone());
    }
    Ok(Value::array(cx.to_array(value, dtype)?))
}

fn filled(name: &'static str, args: Args, value: Scalar) -> Result<Value> {
    let args = bind(name, args, ["shape", "dtype"], 1)?;
    let dtype = args.dtype(1)?.unwrap_or(DType::Float64);
    let shape = construct::checked_shape(&shape(args.value(0))?)?;
    Ok(Value::array(construct::full(dtype, &shape, value)?))
}

fn full(_: &mut Runtime, args: Args, _: Flags) -> Result<Value> {
    let args = bind("full", args, ["shape", "fill_value", "dtype"], 2)?;
    let value = number("full", args.value(1))?;
    let dtype = args.dtype(2)?.unwrap_or(value.dtype());
    let shape = construct::checked_shape(&shape(args.value(0))?)?;
    Ok(Value::array(construct::full(dtype, &shape, value.store(dtype)?)?))
}

fn like(cx: &mut Runtime, name: &'static str, args: Args, value: Scalar) -> Result<Value> {
    let args = bind(name, args, ["a", "dtype"], 1)?;
    let model = args.expr(cx, 0)?;
    let dtype = args.dtype(1)?.unwrap_or(model.dtype());
    Ok(Value::array(construct::full(dtype, model.shape(), value)?))
}

fn eye(_: &mut Runtime, args: Args, _: Flags) -> Result<Value> {
    let args = bind("eye", args, ["N", "M", "k", "dtype"], 1)?;
    let rows = index(args.value(0))?;
    let columns = args.int(1)?.unwrap_or(rows);
    let dtype = args.dtype(3)?.unwrap_or(DType::Float64);
    Ok(Value::array(construct::eye(rows, columns, args.int(2)?.unwrap_or(0), dtype)?))
}

fn arange(_: &mut Runtime, args: Args, _: Flags) -> Result<Value> {
    let args = bind("arange", args, ["start", "stop", "step", "dtype"], 0)?;
    if args.get(0).is_none() {
        return Err(Raised::type_error("arange() requires stop to be specified."));
    }
    let first = number("arange", args.value(0))?;
    let (start, stop) = match args.get(1) {
        Some(stop) => (first, number("arange", stop)?),
        None => (Leaf::Int(0), first),
    };
    let step = args.get(2).map_or(Ok(Leaf::Int(1)), |step| number("arange", step))?;
    Ok(Value::array(construct::arange(start, stop, step, args.dtype(3)?)?))
}

fn linspace(cx: &mut Runtime, args: Args, _: Flags) -> Result<Value> {
    let args = bind("linspace", args, ["start", "stop", "num", "endpoint", "dtype"], 2)?;
    let (start, stop) = (number("linspace", args.value(0))?, number("linspace", args.value(1))?);
    let num = args.int(2)?.unwrap_or(50);
    let endpoint = args.flag(cx, 3, true)?;
    Ok(Value::array(construct::linspace(start, stop, num, endpoint, args.dtype(4)?)?))
}

fn number(function: &str, value: &Value) -> Result<Leaf> {
    leaf(value).ok_or_else(|| {
        let name = value.type_name();
        Raised::type_error(format!("{function}() takes numbers here, not a '{name}' object"))
    })
}

fn concatenate(cx: &mut Runtime, args: Args, _: Flags) -> Result<Value> {
    let args = bind("concatenate", args, ["arrays", "axis"], 1)?;
    let items = match args.value(0).kind() {
        Kind::List | Kind::Tuple => cx.items(args.value(0))?,
        _ => return Err(Raised::type_error("concatenate() takes a list or a tuple of arrays")),
    };
    let arrays = items.iter().map(|item| cx.to_array(item, None)).collect::<Result<Vec<_>>>()?;
    Ok(Value::array(crate::array::manipulate::concatenate(&arrays, args.int(1)?.unwrap_or(0))?))
}

const LOADTXT: [&str; 9] =
    ["fname", "dtype", "comments", "delimiter", "skiprows", "usecols", "unpack", "ndmin", "max_rows"];

fn load_text(cx: &mut Runtime, args: Args, _: Flags) -> Result<Value> {
    let args = bind("loadtxt", args, LOADTXT, 1)?;
    let Some(path) = args.value(0).as_str() else {
        let name = args.value(0).type_name();
        return Err(Raised::type_error(format!("loadtxt() takes a file's name, not a '{name}' object")));
    };
    let text = |at: usize| args.get(at).and_then(Value::as_str).map(str::to_string);
    let columns = match args.get(5) {
        None => None,
        Some(value) => Some(match (value.get::<Tuple>(), value.get::<List>()) {
            (Some(tuple), _) => tuple.0.iter().map(index).collect::<Result<_>>()?,
            (_, Some(list)) => list.0.snapshot().iter().map(index).collect::<Result<_>>()?,
            _ => vec![index(value)?],
        }),
    };
    let defaults = LoadOptions::default();
    let options = LoadOptions {
        dtype: args.get(1).map_or(Ok(DType::Float64), dtype)?,
        comments: text(2).map_or(defaults.comments, |comment| Some(vec![comment])),
        delimiter: text(3),
        skiprows: args.int(4)?.unwrap_or(0),
        usecols: columns,
        unpack: args.flag(cx, 6, false)?,
        ndmin: args.int(7)?.unwrap_or(0),
        max_rows: args.int(8)?,
    };
    let bytes = cx.host.read_file(path).map_err(|error| unreadable(path, &error))?;
    let text = decode(&bytes, true).map_err(|error| undecodable(&error))?;
    let loaded = loadtxt::loadtxt(text, path, &options)?;
    if let Some(warning) = loaded.warning {
        cx.system.complain(&format!("UserWarning: {warning}\n"));
    }
    Ok(Value::array(loaded.array))
}

/// A file that cannot be read, in Python's words; NumPy has its own for a file that is not there.
fn unreadable(path: &str, error: &std::io::Error) -> Raised {
    match error.kind() {
        std::io::ErrorKind::NotFound => Raised::new(ErrorKind::FileNotFoundError, format!("{path} not found.")),
        _ => system_error(error, Some(path)),
    }
}
