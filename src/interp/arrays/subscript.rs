//! Elements and parts of arrays: basic indices give views, arrays of positions and masks give copies.

use num_bigint::BigInt;

use super::super::runtime::Runtime;
use super::{integer, leaf, scalar_or_array};
use crate::array::fancy::Key;
use crate::array::index::Index;
use crate::array::{Array, DType, Scalar};
use crate::diagnostic::ErrorKind;
use crate::exception::{Raised, Result};
use crate::objects::{bigint, convert};
use crate::value::{Big, Kind, Slice, Str, Tuple, Value};

impl Runtime {
    pub fn array_get_item(&mut self, object: &Value, index: &Value) -> Result<Value> {
        if let Some(at) = Place::of(index)
            && let array = object.to_array()?
            && array.ndim() == at.indices().len()
        {
            return Ok(Value::new(array.get_at(at.indices())?));
        }
        let array = self.ready(object)?;
        Ok(match self.indices(index)? {
            Indices::Basic(indices) => scalar_unless_ellipsis(array.index(&indices)?, &indices),
            Indices::Keys(keys) => scalar_or_array(array.take_keys(&keys)?),
        })
    }

    pub fn array_set_item(&mut self, object: &Value, index: &Value, value: &Value) -> Result<()> {
        if let Some(at) = Place::of(index)
            && let Some(number) = leaf(value)
            && let array = object.to_array()?
            && array.ndim() == at.indices().len()
            && let Ok(scalar) = number.store(array.dtype())
        {
            if !self.pending.is_empty() {
                let buffer = array.buffer().clone();
                self.settle_readers(&buffer, None)?;
            }
            return Ok(array.set_at(at.indices(), scalar)?);
        }
        let array = self.ready(object)?;
        let indices = self.indices(index)?;
        let number = match element(value, array.dtype()) {
            Ok(number) => number,
            Err(raised) => {
                // What is wrong with an index that gives a view comes first.
                if let Indices::Basic(indices) = &indices {
                    array.index(indices)?;
                }
                return Err(raised);
            }
        };
        let source = match number {
            Some(scalar) => Array::from_scalar(scalar),
            None => match self.operand(value)? {
                Some(expr) => self.evaluate(expr)?,
                None => {
                    return Err(Raised::type_error(format!(
                        "float() argument must be a string or a real number, not '{}'",
                        value.type_name()
                    )));
                }
            },
        };
        self.settle_readers(array.buffer(), None)?;
        match indices {
            Indices::Basic(indices) => array.assign_index(&indices, &source)?,
            Indices::Keys(keys) => array.assign_keys(&keys, &source)?,
        }
        Ok(())
    }

    fn indices(&mut self, index: &Value) -> Result<Indices> {
        let parts = match index.get::<Tuple>() {
            Some(tuple) => &*tuple.0,
            None => std::slice::from_ref(index),
        };
        if !parts.iter().any(|part| matches!(part.kind(), Kind::Array | Kind::List | Kind::Bool)) {
            return Ok(Indices::Basic(parts.iter().map(basic).collect::<Result<_>>()?));
        }
        Ok(Indices::Keys(parts.iter().map(|part| self.key(part)).collect::<Result<_>>()?))
    }

    fn key(&mut self, part: &Value) -> Result<Key> {
        let array = match part.kind() {
            Kind::Array => self.ready(part)?,
            Kind::List | Kind::Bool => self.to_array(part, None)?,
            _ => return Ok(Key::Basic(basic(part)?)),
        };
        // `a[[]]` selects nothing.
        let empty = part.kind() == Kind::List && array.size() == 0;
        Ok(Key::Array(if empty { array.astype(DType::Int64)? } else { array }))
    }
}

/// Few machine integers that may name one element.
struct Place {
    indices: [i64; Place::MOST],
    count: usize,
}

impl Place {
    const MOST: usize = 3;

    #[inline]
    fn of(index: &Value) -> Option<Place> {
        let parts = match index.get::<Tuple>() {
            Some(tuple) => &*tuple.0,
            None => std::slice::from_ref(index),
        };
        if parts.len() > Place::MOST {
            return None;
        }
        let mut indices = [0; Place::MOST];
        for (at, part) in indices.iter_mut().zip(parts) {
            *at = *part.get::<i64>()?;
        }
        Some(Place { indices, count: parts.len() })
    }

    fn indices(&self) -> &[i64] {
        &self.indices[..self.count]
    }
}

/// What stands between the brackets of `a[…]`.
enum Indices {
    Basic(Vec<Index>),
    Keys(Vec<Key>),
}

/// An element that was named by integers alone is a scalar; with `...` it is a 0-d view.
fn scalar_unless_ellipsis(array: Array, indices: &[Index]) -> Value {
    if indices.contains(&Index::Ellipsis) { Value::array(array) } else { scalar_or_array(array) }
}

fn basic(index: &Value) -> Result<Index> {
    if let Some(slice) = index.get::<Slice>() {
        let part = |value: &Value| match value.kind() {
            Kind::None => Ok(None),
            _ => integer(value).map(Some).ok_or_else(|| {
                Raised::type_error("slice indices must be integers or None or have an __index__ method")
            }),
        };
        return Ok(Index::Slice { start: part(&slice.start)?, stop: part(&slice.stop)?, step: part(&slice.step)? });
    }
    match index.kind() {
        Kind::None => Ok(Index::NewAxis),
        Kind::Ellipsis => Ok(Index::Ellipsis),
        _ => integer(index).map(Index::Int).ok_or_else(|| {
            Raised::index_error(
                "only integers, slices (`:`), ellipsis (`...`), numpy.newaxis (`None`) and integer or boolean arrays are valid indices",
            )
        }),
    }
}

/// A number, or what is read as one, as an element of an array of `dtype`; `None` for what else may be assigned.
///
/// # Errors
/// `ValueError` or `OverflowError` where no element is like that.
fn element(value: &Value, dtype: DType) -> Result<Option<Scalar>> {
    let parsed = match (value.get::<Str>(), value.get::<Big>()) {
        (Some(text), _) => Some(parse_element(text.as_str(), dtype)?),
        (None, Some(big)) => Some(large_element(&big.0, dtype)?),
        (None, None) => None,
    };
    Ok(parsed.as_ref().or(Some(value)).and_then(leaf).map(|leaf| leaf.store(dtype)).transpose()?)
}

/// An integer that no `int64` holds as an element.
///
/// # Errors
/// `OverflowError` where no element of the dtype can be it.
fn large_element(big: &BigInt, dtype: DType) -> Result<Value> {
    match dtype {
        DType::Int64 => Err(Raised::new(ErrorKind::OverflowError, "Python int too large to convert to C long")),
        DType::Bool => Ok(Value::bool(true)),
        DType::Float32 | DType::Float64 => bigint::to_f64(big).map(Value::float),
    }
}

/// A string as an element, as NumPy's assignment reads it.
fn parse_element(text: &str, dtype: DType) -> Result<Value> {
    match dtype {
        DType::Int64 => convert::parse_int(text, 10),
        DType::Bool => Ok(Value::bool(!text.is_empty())),
        DType::Float32 | DType::Float64 => convert::parse_float(text).map(Value::float).ok_or_else(|| {
            let quoted = crate::value::str_repr(text);
            Raised::value_error(format!("could not convert string to float: {quoted}"))
        }),
    }
}
