//! Lists whose items lie side by side while typed code runs: copied into arrays when it is entered, and back when it has
//! left.

#![allow(unsafe_code)]

use std::collections::HashMap;

use crate::array::{Array, DType};
use crate::loops::build::descriptor;
use crate::loops::types::Type;
use crate::value::{Kind, List, Value};

/// The copies that one run of the code works on.
#[derive(Default)]
pub struct Copies {
    /// Each stays where it is: the code holds addresses of its parts.
    #[expect(clippy::vec_box, reason = "an address in a vector that grows would be lost")]
    copies: Vec<Box<Copy>>,
    /// By the address of the list: two variables may lead to the same one.
    known: HashMap<usize, usize>,
}

struct Copy {
    list: Value,
    item: Type,
    items: Items,
    /// As of an array.
    description: [u64; descriptor::WORDS],
}

/// Items as typed code reads them.
enum Items {
    /// Numbers or bools.
    Numbers(Array),
    /// Addresses of descriptions.
    Rows(Vec<u64>),
    /// Of no kind that it reads.
    None,
}

impl Copies {
    pub fn clear(&mut self) {
        self.copies.clear();
        self.known.clear();
    }

    /// The address of the description of a list's copy, if all its items are of a type, and there is memory.
    pub fn add(&mut self, list: &Value, item: &Type) -> Option<u64> {
        if let Some(at) = self.known.get(&list.address()) {
            let known = &self.copies[*at];
            return (known.item == *item).then(|| known.address());
        }
        let values = list.get::<List>()?;
        let items = match item {
            Type::Bool => Items::Numbers(copied(values, DType::Bool, |value| value.get::<bool>().copied())?),
            Type::Int => Items::Numbers(copied(values, DType::Int64, |value| value.get::<i64>().copied())?),
            Type::Float => Items::Numbers(copied(values, DType::Float64, |value| value.get::<f64>().copied())?),
            Type::List(inner) => {
                let rows = values.0.snapshot();
                Items::Rows(rows.iter().map(|row| self.add(row, inner)).collect::<Option<_>>()?)
            }
            _ => Items::None,
        };
        let copy = Copy { list: list.clone(), item: item.clone(), items, description: [0; descriptor::WORDS] };
        let mut copy = Box::new(copy);
        let (data, array) = match &copy.items {
            Items::Numbers(array) => {
                (array.as_ptr().expose_provenance(), std::ptr::from_ref(array).expose_provenance())
            }
            Items::Rows(rows) => (rows.as_ptr().expose_provenance(), 0),
            Items::None => (0, 0),
        };
        copy.description[descriptor::DATA as usize / 8] = data as u64;
        copy.description[descriptor::ARRAY as usize / 8] = array as u64;
        copy.description[descriptor::OBJECT as usize / 8] = list.address() as u64;
        copy.description[descriptor::len(0) as usize / 8] = values.0.len() as u64;
        let address = copy.address();
        self.known.insert(list.address(), self.copies.len());
        self.copies.push(copy);
        Some(address)
    }

    /// Puts what the code has changed into the lists.
    pub fn write_back(&self) {
        for copy in &self.copies {
            let (Some(list), Items::Numbers(array)) = (copy.list.get::<List>(), &copy.items) else { continue };
            // SAFETY: the elements are of the type that the dtype says.
            let new = unsafe {
                match array.dtype() {
                    DType::Bool => differing(list, array, |old, new: bool| old.get() == Some(&new), Value::bool),
                    DType::Int64 => differing(list, array, |old, new: i64| old.get() == Some(&new), Value::int),
                    DType::Float64 => {
                        let same =
                            |old: &Value, new: f64| old.get().map(|old: &f64| old.to_bits()) == Some(new.to_bits());
                        differing(list, array, same, Value::float)
                    }
                    DType::Float32 => Vec::new(),
                }
            };
            for (at, new) in new {
                drop(list.0.replace(at, new));
            }
        }
    }
}

impl Copy {
    fn address(&self) -> u64 {
        self.description.as_ptr().expose_provenance() as u64
    }
}

/// The items that are not the old ones in every bit, by their places.
///
/// # Safety
/// The array's elements are of type `T`, side by side.
unsafe fn differing<T: std::marker::Copy>(
    list: &List,
    array: &Array,
    same: impl Fn(&Value, T) -> bool,
    made: impl Fn(T) -> Value,
) -> Vec<(usize, Value)> {
    list.0.look(|old| {
        let start = array.as_ptr().cast::<T>();
        // SAFETY: there are as many elements, of this type as the caller says.
        let pairs =
            old.iter().take(array.shape()[0]).enumerate().map(|(at, old)| (at, old, unsafe { start.add(at).read() }));
        pairs.filter(|(_, old, new)| !same(old, *new)).map(|(at, _, new)| (at, made(new))).collect()
    })
}

/// All items in an array, if each is as it should be. `T` is what the dtype's elements are.
fn copied<T: std::marker::Copy>(list: &List, dtype: DType, item: impl Fn(&Value) -> Option<T>) -> Option<Array> {
    assert_eq!(size_of::<T>(), dtype.size());
    list.0.look(|values| {
        // SAFETY: all elements are written here, or nobody gets the array.
        let array = unsafe { Array::unwritten(dtype, [values.len()]) }.ok()?;
        let start = array.as_ptr().cast::<T>();
        for (at, value) in values.iter().enumerate() {
            // SAFETY: the array is new, and has as many elements of this size, aligned.
            unsafe { start.add(at).write(item(value)?) };
        }
        Some(array)
    })
}

/// Whether all items of a list are of a type, and the items of these.
pub fn all_are(list: &Value, item: &Type) -> bool {
    let Some(list) = list.get::<List>() else { return false };
    let all_of = |kind| list.0.look(|items| items.iter().all(|item| item.kind() == kind));
    match item {
        Type::None => all_of(Kind::None),
        Type::Bool => all_of(Kind::Bool),
        Type::Int | Type::Natural => all_of(Kind::Int),
        Type::Float => all_of(Kind::Float),
        Type::List(inner) => list.0.look(|rows| rows.iter().all(|row| all_are(row, inner))),
        _ => true,
    }
}
