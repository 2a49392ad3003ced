//! Methods and attributes of integers, floats and NumPy scalars.

use num_bigint::BigInt;
use num_traits::FromPrimitive;

use super::{Members, NOTHING, hexadecimal};
use crate::array::Scalar;
use crate::diagnostic::ErrorKind;
use crate::exception::{Raised, Result};
use crate::objects::arguments::{self, Keywords};
use crate::objects::integer::Integer;
use crate::objects::number::{Number, number};
use crate::objects::{bigint, numpy_as_python};
use crate::value::Value;

pub(super) static INT: Members = Members {
    methods: &[
        ("as_integer_ratio", |receiver, args, keywords| {
            arguments::none("int.as_integer_ratio", args, keywords)?;
            Ok(Value::tuple(vec![integer(receiver).to_value(), Value::int(1)]))
        }),
        ("bit_count", |receiver, args, keywords| {
            arguments::none("int.bit_count", args, keywords)?;
            Ok(Value::int(integer(receiver).to_big().magnitude().count_ones() as i64))
        }),
        ("bit_length", |receiver, args, keywords| {
            arguments::none("int.bit_length", args, keywords)?;
            Ok(Value::int(integer(receiver).bits() as i64))
        }),
        ("conjugate", |receiver, args, keywords| {
            arguments::none("int.conjugate", args, keywords)?;
            Ok(integer(receiver).to_value())
        }),
        ("is_integer", |_, args, keywords| {
            arguments::none("int.is_integer", args, keywords)?;
            Ok(Value::bool(true))
        }),
    ],
    attributes: &[
        ("denominator", |_| Value::int(1)),
        ("imag", |_| Value::int(0)),
        ("numerator", |receiver| integer(receiver).to_value()),
        ("real", |receiver| integer(receiver).to_value()),
    ],
    refused: &["from_bytes", "to_bytes"],
    ..NOTHING
};

pub(super) static FLOAT: Members = Members {
    methods: &[
        ("as_integer_ratio", as_integer_ratio),
        ("conjugate", |receiver, args, keywords| {
            arguments::none("float.conjugate", args, keywords)?;
            Ok(receiver.clone())
        }),
        ("fromhex", hexadecimal::fromhex),
        ("hex", |receiver, args, keywords| {
            arguments::none("float.hex", args, keywords)?;
            Ok(Value::str(hexadecimal::write(float(receiver))))
        }),
        ("is_integer", |receiver, args, keywords| {
            arguments::none("float.is_integer", args, keywords)?;
            Ok(Value::bool(float(receiver).fract() == 0.0))
        }),
    ],
    attributes: &[("imag", |_| Value::float(0.0)), ("real", Value::clone)],
    of_class: &["fromhex"],
    ..NOTHING
};

/// NumPy's scalars: what is not an operation on arrays. `dtype` needs a value of its own, and is the array module's.
pub(super) static SCALAR: Members = Members {
    methods: &[
        ("conjugate", |receiver, args, keywords| {
            arguments::none("conjugate", args, keywords)?;
            Ok(receiver.clone())
        }),
        ("is_integer", |receiver, args, keywords| {
            arguments::none("is_integer", args, keywords)?;
            match receiver.get::<Scalar>() {
                Some(Scalar::Bool(_)) => Err(super::no_attribute(receiver, "is_integer")),
                scalar => Ok(Value::bool(scalar.is_some_and(|scalar| scalar.as_f64().fract() == 0.0))),
            }
        }),
        ("item", |receiver, args, keywords| {
            arguments::no_keywords("item", keywords)?;
            match args {
                [] => Ok(numpy_as_python(receiver)),
                _ => Err(Raised::new(
                    ErrorKind::NotImplementedError,
                    "toy takes item() of a NumPy scalar without arguments",
                )),
            }
        }),
        ("tolist", |receiver, args, keywords| {
            arguments::none("tolist", args, keywords)?;
            Ok(numpy_as_python(receiver))
        }),
    ],
    attributes: &[
        ("itemsize", |receiver| Value::int(scalar(receiver).dtype().size() as i64)),
        ("nbytes", |receiver| Value::int(scalar(receiver).dtype().size() as i64)),
        ("ndim", |_| Value::int(0)),
        ("real", Value::clone),
        ("imag", |receiver| Value::new(Scalar::Bool(false).cast(scalar(receiver).dtype()))),
        ("shape", |_| Value::tuple(Vec::new())),
        ("size", |_| Value::int(1)),
    ],
    refused: &[
        "T",
        "all",
        "any",
        "argmax",
        "argmin",
        "argsort",
        "astype",
        "base",
        "byteswap",
        "choose",
        "clip",
        "compress",
        "conj",
        "copy",
        "cumprod",
        "cumsum",
        "data",
        "device",
        "diagonal",
        "dtype",
        "dump",
        "dumps",
        "fill",
        "flags",
        "flat",
        "flatten",
        "getfield",
        "max",
        "mean",
        "min",
        "nonzero",
        "prod",
        "put",
        "ravel",
        "repeat",
        "reshape",
        "resize",
        "round",
        "searchsorted",
        "setfield",
        "setflags",
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
        "trace",
        "transpose",
        "var",
        "view",
    ],
    ..NOTHING
};

fn integer(receiver: &Value) -> Integer<'_> {
    match number(receiver) {
        Some(Number::Int(i)) => i,
        Some(Number::Float(_)) | None => unreachable!("a method of integers"),
    }
}

fn float(receiver: &Value) -> f64 {
    *receiver.get::<f64>().expect("a method of floats")
}

fn scalar(receiver: &Value) -> Scalar {
    *receiver.get::<Scalar>().expect("an attribute of NumPy scalars")
}

fn as_integer_ratio(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::none("float.as_integer_ratio", args, keywords)?;
    let x = float(receiver);
    if x.is_nan() {
        return Err(Raised::value_error("cannot convert NaN to integer ratio"));
    }
    if x.is_infinite() {
        return Err(Raised::new(ErrorKind::OverflowError, "cannot convert Infinity to integer ratio"));
    }
    // Doubling is exact; every float is whole after at most 1074 of it.
    let (mut numerator, mut doublings) = (x, 0);
    while numerator.fract() != 0.0 {
        numerator *= 2.0;
        doublings += 1;
    }
    let numerator = BigInt::from_f64(numerator).expect("finite");
    Ok(Value::tuple(vec![bigint::to_value(numerator), bigint::to_value(BigInt::from(1) << doublings)]))
}
