//! Hashes for dictionary keys: numbers that compare equal hash equal, whatever their type.

use std::hash::{DefaultHasher, Hash, Hasher};

use num_traits::ToPrimitive;

use super::{Big, Kind, Str, Tuple, Type, Value};
use crate::array::Scalar;

/// The hash of a key; `Err` is the value that has none.
pub fn hash(value: &Value) -> Result<u64, &Value> {
    if let Some(i) = value.get::<i64>() {
        return Ok(integer(*i));
    }
    let number = match value.kind() {
        Kind::Bool => value.get::<bool>().map(|bit| integer(*bit as i64)),
        Kind::Float => value.get::<f64>().map(|x| float(*x)),
        Kind::BigInt => value.get::<Big>().map(|big| match big.0.to_f64() {
            // A float may equal it: both must go the same way.
            Some(x) if num_traits::FromPrimitive::from_f64(x).as_ref() == Some(&big.0) => float(x),
            _ => hashed(&big.0),
        }),
        Kind::Scalar => value.get::<Scalar>().map(|scalar| match *scalar {
            Scalar::Bool(bit) => integer(bit as i64),
            Scalar::Int64(i) => integer(i),
            Scalar::Float32(x) => float(x as f64),
            Scalar::Float64(x) => float(x),
        }),
        _ => None,
    };
    if let Some(number) = number {
        return Ok(number);
    }
    if let Some(text) = value.get::<Str>() {
        return Ok(hashed(text.as_str()));
    }
    if let Some(tuple) = value.get::<Tuple>() {
        let mut hasher = DefaultHasher::new();
        for item in &tuple.0 {
            hash(item)?.hash(&mut hasher);
        }
        return Ok(hasher.finish());
    }
    match value.kind() {
        Kind::List | Kind::Dict | Kind::DictView | Kind::Array | Kind::Slice => Err(value),
        Kind::Type => Ok(hashed(value.get::<Type>().expect("the tag says so"))),
        _ => Ok(integer(value.address() as i64)),
    }
}

fn hashed<T: Hash + ?Sized>(key: &T) -> u64 {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish()
}

/// Multiplies and folds, so that neighbouring integers differ in the high bits that the table looks at.
fn integer(i: i64) -> u64 {
    let product = (i as u64 as u128 ^ 0x51ED_270B) * 0x9E37_79B9_7F4A_7C15;
    (product >> 64) as u64 ^ product as u64
}

fn float(x: f64) -> u64 {
    if x == x.trunc() && x.abs() < 2f64.powi(63) { integer(x as i64) } else { hashed(&x.to_bits()) }
}
