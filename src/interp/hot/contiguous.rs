//! Lists whose items lie side by side while typed code runs: copied when it is entered, and back when it has left.

use std::collections::HashMap;

use crate::loops::build::descriptor;
use crate::loops::types::Type;
use crate::value::{Kind, List, Value};

/// The copies that one run of the code works on.
#[derive(Default)]
pub struct Copies {
    copies: Vec<Copy>,
    /// By the address of the list: two variables may lead to the same one.
    known: HashMap<usize, usize>,
}

struct Copy {
    list: Value,
    item: Type,
    items: Items,
    /// As of an array. It stays where it is: the code holds its address.
    description: Box<[u64; descriptor::WORDS]>,
}

/// Items as typed code reads them.
enum Items {
    /// Numbers, or addresses of descriptions.
    Words(Vec<u64>),
    Bools(Vec<u8>),
    /// Of no kind that it reads.
    None,
}

impl Copies {
    pub fn clear(&mut self) {
        self.copies.clear();
        self.known.clear();
    }

    /// The address of the description of a list's copy, if all its items are of a type.
    pub fn add(&mut self, list: &Value, item: &Type) -> Option<u64> {
        if let Some(at) = self.known.get(&list.address()) {
            let known = &self.copies[*at];
            return (known.item == *item).then(|| address(&known.description));
        }
        let values = &list.get::<List>()?.0;
        let items = match item {
            Type::Bool => Items::Bools(values.look(|values| copy(values, |value| Some(*value.get::<bool>()? as u8)))?),
            Type::Int => Items::Words(values.look(|values| copy(values, |value| Some(*value.get::<i64>()? as u64)))?),
            Type::Float => {
                Items::Words(values.look(|values| copy(values, |value| Some(value.get::<f64>()?.to_bits())))?)
            }
            Type::List(inner) => {
                let rows = values.snapshot();
                Items::Words(rows.iter().map(|row| self.add(row, inner)).collect::<Option<_>>()?)
            }
            _ => Items::None,
        };
        let mut description = Box::new([0; descriptor::WORDS]);
        description[descriptor::DATA as usize / 8] = match &items {
            Items::Words(words) => words.as_ptr().expose_provenance() as u64,
            Items::Bools(bools) => bools.as_ptr().expose_provenance() as u64,
            Items::None => 0,
        };
        description[descriptor::OBJECT as usize / 8] = list.address() as u64;
        description[descriptor::len(0) as usize / 8] = values.len() as u64;
        let place = address(&description);
        self.known.insert(list.address(), self.copies.len());
        self.copies.push(Copy { list: list.clone(), item: item.clone(), items, description });
        Some(place)
    }

    /// Puts what the code has changed into the lists.
    pub fn write_back(&self) {
        for copy in &self.copies {
            let Some(list) = copy.list.get::<List>() else { continue };
            for at in 0..list.0.len() {
                let old = list.0.get(at);
                let changed = |old: &Value| copy.changed(at, old);
                if let Some(new) = old.as_ref().and_then(changed) {
                    drop(list.0.replace(at, new));
                }
            }
        }
    }
}

impl Copy {
    /// The new item, if it is not the old one in every bit.
    fn changed(&self, at: usize, old: &Value) -> Option<Value> {
        match &self.items {
            Items::Bools(bools) => {
                let bit = bools[at] != 0;
                (old.get::<bool>() != Some(&bit)).then(|| Value::bool(bit))
            }
            Items::Words(words) if matches!(self.item, Type::Int | Type::Float) => {
                let new = words[at];
                (word(old, &self.item) != Some(new)).then(|| match self.item {
                    Type::Int => Value::int(new as i64),
                    _ => Value::float(f64::from_bits(new)),
                })
            }
            Items::Words(_) | Items::None => None,
        }
    }
}

/// All items, if each is as it should be.
fn copy<T>(values: &[Value], item: impl Fn(&Value) -> Option<T>) -> Option<Vec<T>> {
    let mut items = Vec::with_capacity(values.len());
    for value in values {
        items.push(item(value)?);
    }
    Some(items)
}

fn address(description: &[u64; descriptor::WORDS]) -> u64 {
    description.as_ptr().expose_provenance() as u64
}

/// An int's or a float's word, if the value is one.
fn word(value: &Value, item: &Type) -> Option<u64> {
    match item {
        Type::Int => value.get::<i64>().map(|i| *i as u64),
        _ => value.get::<f64>().map(|x| x.to_bits()),
    }
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
