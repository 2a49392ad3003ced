//! Methods and attributes of tuples, ranges and slices; names of arrays.

use super::list::{count_equal, position_of};
use super::{Members, NOTHING};
use crate::exception::{Raised, Result};
use crate::objects::arguments::{self, Keywords};
use crate::objects::caller::Caller;
use crate::objects::number::{index_integer, not_an_integer};
use crate::objects::{bigint, operators, subscript, text};
use crate::value::{BigRange, Kind, Slice, Tuple, Value};

pub(super) static TUPLE: Members = Members { methods: &[("count", tuple_count), ("index", tuple_index)], ..NOTHING };

pub(super) static RANGE: Members = Members {
    calling: &[("count", range_count), ("index", range_index)],
    attributes: &[
        ("start", |value| bigint::to_value(range(value).start)),
        ("step", |value| bigint::to_value(range(value).step)),
        ("stop", |value| bigint::to_value(range(value).stop)),
    ],
    ..NOTHING
};

pub(super) static SLICE: Members = Members {
    methods: &[("indices", slice_indices)],
    attributes: &[
        ("start", |value| slice(value).start.clone()),
        ("step", |value| slice(value).step.clone()),
        ("stop", |value| slice(value).stop.clone()),
    ],
    ..NOTHING
};

/// What arrays have is NumPy's, whose door is the interpreter; here are the names that it does not open.
pub(super) static ARRAY: Members = Members {
    refused: &[
        "T",
        "all",
        "any",
        "argmax",
        "argmin",
        "argpartition",
        "argsort",
        "astype",
        "base",
        "byteswap",
        "choose",
        "clip",
        "compress",
        "conj",
        "conjugate",
        "copy",
        "ctypes",
        "cumprod",
        "cumsum",
        "data",
        "device",
        "diagonal",
        "dot",
        "dtype",
        "dump",
        "dumps",
        "fill",
        "flags",
        "flat",
        "flatten",
        "getfield",
        "imag",
        "item",
        "itemsize",
        "mT",
        "max",
        "mean",
        "min",
        "nbytes",
        "ndim",
        "nonzero",
        "partition",
        "prod",
        "put",
        "ravel",
        "real",
        "repeat",
        "reshape",
        "resize",
        "round",
        "searchsorted",
        "setfield",
        "setflags",
        "shape",
        "size",
        "sort",
        "squeeze",
        "std",
        "strides",
        "sum",
        "swapaxes",
        "take",
        "to_device",
        "tobytes",
        "tofile",
        "tolist",
        "trace",
        "transpose",
        "var",
        "view",
    ],
    ..NOTHING
};

fn tuple(receiver: &Value) -> &[Value] {
    &receiver.get::<Tuple>().expect("a method of tuples").0
}

fn range(receiver: &Value) -> BigRange {
    BigRange::of(receiver).expect("a method of ranges")
}

fn slice(receiver: &Value) -> &Slice {
    receiver.get::<Slice>().expect("a method of slices")
}

fn tuple_count(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    count_equal(tuple(receiver), arguments::one("tuple.count", args, keywords)?)
}

fn tuple_index(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::no_keywords("tuple.index", keywords)?;
    arguments::count("index", args, 1, 3)?;
    match position_of(tuple(receiver), args)? {
        Some(at) => Ok(Value::int(at as i64)),
        None => Err(Raised::value_error("tuple.index(x): x not in tuple")),
    }
}

fn range_count(cx: &mut dyn Caller, receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    let item = arguments::one("range.count", args, keywords)?;
    Ok(Value::int(operators::contains(cx, receiver, item)? as i64))
}

fn range_index(cx: &mut dyn Caller, receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    let item = arguments::one("range.index", args, keywords)?;
    if !matches!(item.kind(), Kind::Int | Kind::Bool | Kind::BigInt) {
        return match operators::contains(cx, receiver, item)? {
            // Equal to an integer without being one: found by walking, as Python does.
            true => position_in(cx, receiver, item),
            false => Err(Raised::value_error("sequence.index(x): x not in sequence")),
        };
    }
    let index = index_integer(item).and_then(|item| range(receiver).index_of(&item.to_big()));
    match index {
        Some(index) => Ok(bigint::to_value(index)),
        None => Err(Raised::value_error(format!("{} is not in range", text::repr(item)?))),
    }
}

fn position_in(cx: &mut dyn Caller, receiver: &Value, item: &Value) -> Result<Value> {
    let iterator = operators::get_iter(receiver)?;
    let mut at = 0;
    while let Some(candidate) = operators::iter_next(cx, &iterator)? {
        if operators::equal(&candidate, item)? {
            return Ok(Value::int(at));
        }
        at += 1;
    }
    Err(Raised::value_error("sequence.index(x): x not in sequence"))
}

fn slice_indices(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    let len = arguments::one("slice.indices", args, keywords)?;
    let len = index_integer(len).ok_or_else(|| not_an_integer(len))?;
    if len.is_negative() {
        return Err(Raised::value_error("length should not be negative"));
    }
    let [start, stop, step] = subscript::indices(slice(receiver), &len.to_big())?;
    Ok(Value::tuple([start, stop, step].map(bigint::to_value).to_vec()))
}
