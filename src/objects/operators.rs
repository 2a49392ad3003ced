//! The operators of the language on any values: the entry points that the interpreter falls back to.
//!
//! Arrays as operands are the caller's, except where a generic operation meets one: iteration, `len`, truth.

use std::cmp::Ordering;

use num_traits::ToPrimitive;

use super::caller::Caller;
use super::{annotations, convert, format, iteration, number, scalar, sequence, sets, subscript};
use crate::diagnostic::ErrorKind;
use crate::exception::{Raised, Result};
use crate::syntax::ast::{BinaryOp, CompareOp, UnaryOp};
use crate::value::{Big, BigRange, Dict, DictView, Kind, List, Range, Set, SetLike, Str, Tuple, Unordered, Value};

pub use iteration::{get_iter, iter_next};
pub use subscript::{delete_item, get_item, set_item};

/// The operator as it is written.
pub const fn symbol(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Add => "+",
        BinaryOp::Sub => "-",
        BinaryOp::Mul => "*",
        BinaryOp::TrueDiv => "/",
        BinaryOp::FloorDiv => "//",
        BinaryOp::Mod => "%",
        BinaryOp::Pow => "**",
        BinaryOp::MatMul => "@",
        BinaryOp::BitAnd => "&",
        BinaryOp::BitOr => "|",
        BinaryOp::BitXor => "^",
        BinaryOp::Shl => "<<",
        BinaryOp::Shr => ">>",
    }
}

/// The comparison as it is written.
pub const fn compare_symbol(op: CompareOp) -> &'static str {
    match op {
        CompareOp::Lt => "<",
        CompareOp::Le => "<=",
        CompareOp::Gt => ">",
        CompareOp::Ge => ">=",
        CompareOp::Eq => "==",
        CompareOp::Ne => "!=",
        CompareOp::Is => "is",
        CompareOp::IsNot => "is not",
        CompareOp::In => "in",
        CompareOp::NotIn => "not in",
    }
}

/// `a op b`.
///
/// # Errors
/// `TypeError` if the operands do not know the operator; whatever the operation raises.
pub fn binary(cx: &mut dyn Caller, op: BinaryOp, a: &Value, b: &Value) -> Result<Value> {
    apply(cx, op, a, b, false)
}

/// `a op= b`: a list, a dict or a set changes itself and is the result.
///
/// # Errors
/// As [`binary`], and what the iteration of `b` raises.
pub fn binary_in_place(cx: &mut dyn Caller, op: BinaryOp, a: &Value, b: &Value) -> Result<Value> {
    match in_place(cx, op, a, b)? {
        Some(result) => Ok(result),
        None => apply(cx, op, a, b, true),
    }
}

fn apply(cx: &mut dyn Caller, op: BinaryOp, a: &Value, b: &Value, in_place: bool) -> Result<Value> {
    if let Some(result) = number::binary(op, a, b)? {
        return Ok(result);
    }
    if let Some(result) = sets::binary(cx, op, a, b, in_place)? {
        return Ok(result);
    }
    let result = match op {
        BinaryOp::Add => sequence::concatenate(a, b)?,
        BinaryOp::Mul => sequence::repeat(a, b)?,
        BinaryOp::BitOr => match merged(a, b)? {
            None => annotations::union(a, b)?,
            merged => merged,
        },
        BinaryOp::Mod => a.as_str().map(|text| format::percent(text, b).map(Value::str)).transpose()?,
        BinaryOp::Sub
        | BinaryOp::TrueDiv
        | BinaryOp::FloorDiv
        | BinaryOp::Pow
        | BinaryOp::MatMul
        | BinaryOp::BitAnd
        | BinaryOp::BitXor
        | BinaryOp::Shl
        | BinaryOp::Shr => None,
    };
    result.ok_or_else(|| unsupported(op, a, b, in_place))
}

fn in_place(cx: &mut dyn Caller, op: BinaryOp, a: &Value, b: &Value) -> Result<Option<Value>> {
    match (op, a.get::<List>(), a.get::<Dict>()) {
        (BinaryOp::Add, Some(list), _) => sequence::extend(cx, list, b)?,
        (BinaryOp::Mul, Some(list), _) => sequence::repeat_in_place(list, b)?,
        (BinaryOp::BitOr, _, Some(dict)) => convert::update(cx, dict, b)?,
        // CPython does not ask the right operand of what it takes for a sequence, dicts and ranges included.
        (BinaryOp::Mul, ..) if matches!(a.kind(), Kind::Dict | Kind::DictView | Kind::Range | Kind::BigRange) => {
            return Err(unsupported(op, a, b, true));
        }
        _ => return Ok(None),
    }
    Ok(Some(a.clone()))
}

/// `a | b` of two dicts.
fn merged(a: &Value, b: &Value) -> Result<Option<Value>> {
    if a.kind() != Kind::Dict || b.kind() != Kind::Dict {
        return Ok(None);
    }
    let dict = Dict::default();
    for source in [a, b].into_iter().filter_map(Value::get::<Dict>) {
        dict.extend(source)?;
    }
    Ok(Some(Value::new(dict)))
}

#[cold]
fn unsupported(op: BinaryOp, a: &Value, b: &Value, in_place: bool) -> Raised {
    let operator = match (op, in_place) {
        (BinaryOp::Pow, false) => "** or pow()".to_string(),
        (op, false) => symbol(op).to_string(),
        (op, true) => format!("{}=", symbol(op)),
    };
    unsupported_operands(&operator, a, b)
}

/// `TypeError` for two operands that do not know an operator.
#[cold]
pub fn unsupported_operands(operator: &str, a: &Value, b: &Value) -> Raised {
    let (a, b) = operand_names(a, b);
    Raised::type_error(format!("unsupported operand type(s) for {operator}: '{a}' and '{b}'"))
}

/// The names of two operands; a NumPy scalar beside something that is no number has become a Python number by then.
fn operand_names(a: &Value, b: &Value) -> (&'static str, &'static str) {
    let is_number = |value: &Value| value.kind() == Kind::Scalar || number::number(value).is_some();
    let both = is_number(a) && is_number(b);
    let name = |value: &Value| if both { value.type_name() } else { super::numpy_as_python(value).type_name() };
    (name(a), name(b))
}

/// `op a`.
///
/// # Errors
/// `TypeError` if the operand does not know the operator.
pub fn unary(op: UnaryOp, a: &Value) -> Result<Value> {
    let operator = match op {
        UnaryOp::Not => return Ok(Value::bool(!truth(a)?)),
        UnaryOp::Neg => "-",
        UnaryOp::Pos => "+",
        UnaryOp::Invert => "~",
    };
    number::unary(op, a)?
        .ok_or_else(|| Raised::type_error(format!("bad operand type for unary {operator}: '{}'", a.type_name())))
}

/// `a op b`: a `bool`, or a NumPy truth value where a NumPy scalar is compared with a number.
///
/// # Errors
/// `TypeError` if the values have no order; what `in` raises; `RecursionError` for nesting too deep to compare.
pub fn compare(op: CompareOp, a: &Value, b: &Value) -> Result<Value> {
    let result = match op {
        CompareOp::Is => a.is(b),
        CompareOp::IsNot => !a.is(b),
        CompareOp::In | CompareOp::NotIn => unreachable!("membership is `contains`"),
        CompareOp::Lt | CompareOp::Le | CompareOp::Gt | CompareOp::Ge | CompareOp::Eq | CompareOp::Ne => {
            if (a.kind() == Kind::Scalar || b.kind() == Kind::Scalar)
                && let Some(order) = scalar::order(a, b)?
            {
                return Ok(Value::new(crate::array::Scalar::Bool(holds(op, order))));
            }
            return compare_values(op, a, b).map(Value::bool);
        }
    };
    Ok(Value::bool(result))
}

/// Whether `a op b` holds, for the six comparisons by value.
///
/// # Errors
/// As [`compare`].
pub fn compare_values(op: CompareOp, a: &Value, b: &Value) -> Result<bool> {
    match op {
        CompareOp::Eq => Ok(equal(a, b)?),
        CompareOp::Ne => Ok(!equal(a, b)?),
        _ => match sets::compare(op, a, b)? {
            Some(result) => Ok(result),
            None => compare_order(op, a, b),
        },
    }
}

fn compare_order(op: CompareOp, a: &Value, b: &Value) -> Result<bool> {
    match crate::value::order(a, b) {
        Ok(order) => Ok(holds(op, order)),
        Err(Unordered::NotSupported(a, b)) => {
            let (a, b) = operand_names(&a, &b);
            let symbol = compare_symbol(op);
            Err(Raised::type_error(format!("'{symbol}' not supported between instances of '{a}' and '{b}'")))
        }
        Err(other) => Err(other.into()),
    }
}

/// `a == b` as a condition.
///
/// # Errors
/// `RecursionError` for nesting too deep to compare, `ValueError` where an array is compared inside a container.
pub fn equal(a: &Value, b: &Value) -> Result<bool> {
    Ok(crate::value::equal(a, b)?)
}

/// Whether two values in this order satisfy the comparison; no order satisfies `!=` alone.
fn holds(op: CompareOp, order: Option<Ordering>) -> bool {
    match op {
        CompareOp::Lt => order == Some(Ordering::Less),
        CompareOp::Le => matches!(order, Some(Ordering::Less | Ordering::Equal)),
        CompareOp::Gt => order == Some(Ordering::Greater),
        CompareOp::Ge => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
        CompareOp::Eq => order == Some(Ordering::Equal),
        CompareOp::Ne => order != Some(Ordering::Equal),
        CompareOp::Is | CompareOp::IsNot | CompareOp::In | CompareOp::NotIn => {
            unreachable!("decided without an order")
        }
    }
}

fn array_truth(value: &Value) -> Result<bool> {
    let size: usize = value.array_shape().iter().product();
    match size {
        1 => Ok(value.to_array()?.get(0).as_f64() != 0.0),
        0 => Err(Raised::value_error(
            "The truth value of an empty array is ambiguous. Use `array.size > 0` to check that an array is not empty.",
        )),
        _ => Err(Unordered::AmbiguousTruth.into()),
    }
}

/// `bool(value)`.
///
/// # Errors
/// `ValueError` for an array without exactly one element.
pub fn truth(value: &Value) -> Result<bool> {
    Ok(match value.kind() {
        Kind::None => false,
        Kind::Bool => value.get() == Some(&true),
        Kind::Int => value.get::<i64>().is_some_and(|i| *i != 0),
        Kind::BigInt => value.get::<Big>().is_some(),
        Kind::Float => value.get::<f64>().is_some_and(|x| *x != 0.0),
        Kind::Scalar => value.get::<crate::array::Scalar>().is_some_and(|scalar| scalar.as_f64() != 0.0),
        Kind::Array => array_truth(value)?,
        Kind::Range => value.get::<Range>().is_some_and(|range| !range.is_empty()),
        Kind::BigRange => value.get::<BigRange>().is_some_and(|range| !range.is_empty()),
        Kind::Str | Kind::List | Kind::Tuple | Kind::Dict | Kind::DictView | Kind::Set | Kind::FrozenSet => {
            length(value)? > 0
        }
        Kind::Ellipsis
        | Kind::Slice
        | Kind::Function
        | Kind::Cell
        | Kind::Generator
        | Kind::Builtin
        | Kind::BoundMethod
        | Kind::UnboundMethod
        | Kind::Type
        | Kind::Alias
        | Kind::Union
        | Kind::Module
        | Kind::Exception
        | Kind::Traceback
        | Kind::File
        | Kind::Record
        | Kind::RangeIter
        | Kind::ListIter
        | Kind::Iter
        | Kind::DType => true,
    })
}

/// `len(value)`.
///
/// # Errors
/// `TypeError` if it has none; `OverflowError` for a range of more than `i64::MAX` items.
pub fn length(value: &Value) -> Result<i64> {
    // What is asked most often.
    if let Some(text) = value.get::<Str>() {
        return Ok(text.len() as i64);
    }
    if let Some(list) = value.get::<List>() {
        return Ok(list.0.len() as i64);
    }
    let len = match value.kind() {
        Kind::Str => value.get::<Str>().map(Str::len),
        Kind::List => value.get::<List>().map(|list| list.0.len()),
        Kind::Tuple => value.get::<Tuple>().map(|tuple| tuple.0.len()),
        Kind::Dict => value.get::<Dict>().map(Dict::len),
        Kind::DictView => value.get::<DictView>().and_then(|view| view.dict.get::<Dict>()).map(Dict::len),
        Kind::Set | Kind::FrozenSet => value.as_set().map(Set::len),
        Kind::Range => value.get::<Range>().map(|range| range.len() as usize),
        Kind::BigRange => value.get::<BigRange>().map(|range| range.len().to_usize().unwrap_or(usize::MAX)),
        Kind::Array => value.array_shape().first().copied(),
        _ => None,
    };
    match (len, value.kind()) {
        (Some(len), _) => i64::try_from(len)
            .map_err(|_| Raised::new(ErrorKind::OverflowError, "Python int too large to convert to C ssize_t")),
        (None, Kind::Array) => Err(Raised::type_error("len() of unsized object")),
        (None, _) => Err(Raised::type_error(format!("object of type '{}' has no len()", value.type_name()))),
    }
}

/// `item in container`.
///
/// # Errors
/// `TypeError` if the container cannot be searched for it; whatever comparison or iteration raises.
pub fn contains(cx: &mut dyn Caller, container: &Value, item: &Value) -> Result<bool> {
    match container.kind() {
        Kind::Str => {
            let text = container.as_str().expect("the tag says so");
            let part = item.as_str().ok_or_else(|| {
                Raised::type_error(format!("'in <string>' requires string as left operand, not {}", item.type_name()))
            })?;
            Ok(text.contains(part))
        }
        Kind::Dict => Ok(container.get::<Dict>().expect("the tag says so").has(item)?),
        Kind::Set | Kind::FrozenSet | Kind::DictView => match SetLike::of(container) {
            Some(set) => Ok(set.contains(item)?),
            None => any_equal(&container.get::<DictView>().expect("a view of values").items(), item),
        },
        Kind::Tuple => any_equal(&container.get::<Tuple>().expect("the tag says so").0, item),
        Kind::Range if matches!(item.kind(), Kind::Int | Kind::Bool | Kind::BigInt) => {
            let range = container.get::<Range>().expect("the tag says so");
            Ok(number::to_index(item).is_ok_and(|i| range.contains(i)))
        }
        Kind::BigRange if matches!(item.kind(), Kind::Int | Kind::Bool | Kind::BigInt) => {
            let range = container.get::<BigRange>().expect("the tag says so");
            Ok(number::index_integer(item).is_some_and(|item| range.index_of(&item.to_big()).is_some()))
        }
        Kind::Array => Err(Raised::new(
            ErrorKind::NotImplementedError,
            "toy does not search arrays with 'in': write np.any(array == value)",
        )),
        _ => {
            let Ok(mut items) = iteration::Items::of(container) else {
                let class = container.type_name();
                return Err(Raised::type_error(format!("argument of type '{class}' is not iterable")));
            };
            while let Some(candidate) = items.next(cx)? {
                if candidate.is(item) || equal(&candidate, item)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
    }
}

fn any_equal(candidates: &[Value], item: &Value) -> Result<bool> {
    for candidate in candidates {
        if candidate.is(item) || equal(candidate, item)? {
            return Ok(true);
        }
    }
    Ok(false)
}
