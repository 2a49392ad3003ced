//! Annotations as values: `list[int]` and `int | None` can be made, printed, compared; unions are also asked for
//! instances.

use super::operators;
use crate::diagnostic::ErrorKind;
use crate::exception::{Raised, Result};
use crate::value::{GenericAlias, Kind, Tuple, Type, Union, Value};

/// `class[index]`.
///
/// # Errors
/// `TypeError` if the class takes no arguments.
pub fn subscript(class: Type, index: &Value) -> Result<Value> {
    match class {
        Type::List | Type::Tuple | Type::Dict | Type::Type | Type::Enumerate => {}
        Type::NdArray => {
            let message = "toy does not have types of arrays with arguments";
            return Err(Raised::new(ErrorKind::NotImplementedError, message));
        }
        _ => {
            let name = class.qualified_name();
            return Err(Raised::type_error(format!("type '{name}' is not subscriptable")));
        }
    }
    let args = match index.get::<Tuple>() {
        // `list[()]` has the empty tuple for its argument, `tuple[()]` none.
        Some(tuple) if !tuple.0.is_empty() || class == Type::Tuple => tuple.0.clone(),
        _ => Box::new([index.clone()]),
    };
    Ok(Value::new(GenericAlias { origin: class, args }))
}

/// `a | b` if both are types, or one is and the other is `None`.
///
/// # Errors
/// `RecursionError` for arguments too deep to compare.
pub fn union(a: &Value, b: &Value) -> Result<Option<Value>> {
    let is_member = |value: &Value| is_type(value) || value.kind() == Kind::None;
    if !(is_type(a) && is_member(b) || is_member(a) && is_type(b)) {
        return Ok(None);
    }
    let mut members: Vec<Value> = Vec::new();
    for member in [a, b].into_iter().flat_map(members_of) {
        let mut known = false;
        for other in &members {
            known = known || operators::equal(other, &member)?;
        }
        if !known {
            members.push(member);
        }
    }
    Ok(Some(match &members[..] {
        [only] => only.clone(),
        _ => Value::new(Union(members.into())),
    }))
}

fn is_type(value: &Value) -> bool {
    matches!(value.kind(), Kind::Type | Kind::Alias | Kind::Union)
}

fn members_of(value: &Value) -> Vec<Value> {
    match value.get::<Union>() {
        Some(union) => union.0.to_vec(),
        None if value.kind() == Kind::None => vec![Value::class(Type::NoneType)],
        None => vec![value.clone()],
    }
}
