//! What annotations evaluate to: `list[int]`, `int | None`.

use super::{Type, Value};

/// A type with arguments, as `list[int]`.
pub struct GenericAlias {
    pub origin: Type,
    pub args: Box<[Value]>,
}

/// Several types of which a value may have any, as `int | None`: at least two, all different.
pub struct Union(pub Box<[Value]>);
