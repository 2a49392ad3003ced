//! Values as the words of typed code, and back.

#![allow(unsafe_code)]

use std::cell::Cell;
use std::rc::Rc;

use super::contiguous::{Copies, all_are};
use crate::array::{DType, Scalar};
use crate::loops::build::{array_type, descriptor};
use crate::loops::dial::{Dial, Lists, Types};
use crate::loops::types::{ArrayType, Iterator, Over, Steps, Type};
use crate::value::{Builtin, Iter, IterState, Kind, ListIter, Module, NdArray, Range, RangeIter, Tuple, Value};

/// The words that code gets, and the descriptions that some of them point to.
#[derive(Default)]
pub struct Words {
    pub words: Vec<u64>,
    dial: Dial,
    /// Lists as the code gets them, where their items lie side by side.
    pub copies: Copies,
    /// References to the boxes of variables, where numbers are kept in boxes.
    cells: Vec<Option<Value>>,
    /// Words by which operands of array expressions are handed over.
    pub area: Vec<u64>,
    /// Each stays where it is: words hold its address.
    #[expect(clippy::vec_box, reason = "an address in a vector that grows would be lost")]
    descriptions: Vec<Box<[u64; descriptor::WORDS]>>,
    /// Whether a value that cannot be written is among the arrays.
    pub is_read_only: bool,
}

impl Words {
    /// Cells, all empty: their address.
    pub fn push_cells(&mut self, count: usize) {
        self.cells.resize_with(count, || None);
        self.words.push(self.cells.as_mut_ptr().expose_provenance() as u64);
    }

    /// Words for array expressions: their address.
    pub fn push_area(&mut self, count: usize) {
        self.area.resize(count, 0);
        self.words.push(self.area.as_mut_ptr().expose_provenance() as u64);
    }

    /// Forgets all, for code of this kind.
    pub fn begin(&mut self, dial: Dial) {
        self.clear();
        self.dial = dial;
    }

    pub fn clear(&mut self) {
        self.copies.clear();
        self.cells.clear();
        self.words.clear();
        self.descriptions.clear();
        self.is_read_only = false;
    }

    /// Adds the words of a value, if it is of the type.
    pub fn push(&mut self, value: &Value, ty: &Type, objects: &[Value]) -> Option<()> {
        match ty {
            Type::None => (value.kind() == Kind::None).then_some(()),
            Type::Bool => value.get::<bool>().map(|bit| self.words.push(*bit as u64)),
            Type::Int => value.get::<i64>().map(|i| self.words.push(*i as u64)),
            Type::Natural => value.get::<i64>().filter(|i| **i >= 0).map(|i| self.words.push(*i as u64)),
            Type::Float => value.get::<f64>().map(|x| self.words.push(x.to_bits())),
            Type::Numpy(dtype) => {
                let scalar = value.get::<Scalar>().filter(|scalar| scalar.dtype() == *dtype)?;
                self.words.push(match *scalar {
                    Scalar::Bool(bit) => bit as u64,
                    Scalar::Int64(i) => i as u64,
                    Scalar::Float32(x) => x.to_bits() as u64,
                    Scalar::Float64(x) => x.to_bits(),
                });
                Some(())
            }
            Type::Known(id) => is_known(value, &objects[id.0 as usize]).then_some(()),
            Type::List(item) => self.push_list(value, item),
            Type::Array(array) => self.push_array(value, *array),
            Type::Row(_) => None,
            Type::Tuple(items) => {
                let tuple = value.get::<Tuple>().filter(|tuple| tuple.0.len() == items.len())?;
                tuple.0.iter().zip(items.iter()).try_for_each(|(item, ty)| self.push(item, ty, objects))
            }
            Type::Range(steps) => {
                let range = value.get::<Range>()?;
                let fits = is_so(*steps, range.start, range.step);
                fits.then(|| self.words.extend([range.start, range.stop, range.step].map(|i| i as u64)))
            }
            Type::Iterator(iterator) => self.push_iterator(value, iterator),
            Type::Object => {
                self.words.push(value.address() as u64);
                Some(())
            }
        }
    }

    fn push_list(&mut self, list: &Value, item: &Type) -> Option<()> {
        let fits = match self.dial.types {
            Types::Each | Types::Items => list.kind() == Kind::List,
            Types::Once => self.dial.lists == Lists::Contiguous || all_are(list, item),
        };
        let word = match self.dial.lists {
            Lists::Boxes => fits.then(|| list.address() as u64)?,
            Lists::Contiguous => self.copies.add(list, item)?,
        };
        self.words.push(word);
        Some(())
    }

    fn push_array(&mut self, value: &Value, ty: ArrayType) -> Option<()> {
        let array = value.get::<NdArray>()?;
        if array_type(array)? != ty {
            return None;
        }
        let array = array.array().ok()?;
        self.is_read_only |= array.is_read_only();
        let mut description = Box::new([0; descriptor::WORDS]);
        description[descriptor::DATA as usize / 8] = array.as_ptr().addr() as u64;
        description[descriptor::OBJECT as usize / 8] = value.address() as u64;
        description[descriptor::ARRAY as usize / 8] = std::ptr::from_ref(array).expose_provenance() as u64;
        for (axis, (len, stride)) in array.shape().iter().zip(array.strides()).enumerate() {
            description[descriptor::len(axis as i32) as usize / 8] = *len as u64;
            description[descriptor::stride(axis as i32) as usize / 8] = *stride as u64;
        }
        self.words.push(description.as_ptr().expose_provenance() as u64);
        self.descriptions.push(description);
        Some(())
    }

    fn push_iterator(&mut self, value: &Value, iterator: &Iterator) -> Option<()> {
        if !iterator.is_object {
            return None;
        }
        match &iterator.over {
            Over::Range(steps) => {
                let range = value.get::<RangeIter>()?;
                let (next, left) = (range.next.get() as u64, range.left.get());
                if !is_so(*steps, range.next.get(), range.step) {
                    return None;
                }
                match steps.unit {
                    true => self.words.extend([next, next.wrapping_add(left)]),
                    false => self.words.extend([next, left, range.step as u64]),
                }
            }
            Over::List(item) => {
                let list = value.get::<ListIter>()?;
                self.push_list(&list.list, item)?;
                self.words.push(list.next.get() as u64);
            }
            Over::Array(ty) => match &*value.get::<Iter>()?.state.borrow() {
                IterState::Array { array, next } => {
                    self.push_array(array, *ty)?;
                    self.words.push(*next as u64);
                }
                _ => return None,
            },
            Over::Enumerate(expected) => match &*value.get::<Iter>()?.state.borrow() {
                IterState::Enumerate { inner, count } => {
                    self.push_iterator(inner, expected)?;
                    self.words.push(*count.get::<i64>()? as u64);
                }
                _ => return None,
            },
            Over::Zip(expected) => match &*value.get::<Iter>()?.state.borrow() {
                IterState::Zip { inner, strict: false } if inner.len() == expected.len() => {
                    inner.iter().zip(expected.iter()).try_for_each(|(inner, ty)| self.push_iterator(inner, ty))?;
                }
                _ => return None,
            },
        }
        self.words.push(value.address() as u64);
        Some(())
    }
}

/// Words that code has left.
pub struct Left<'a> {
    words: &'a [u64],
    at: Cell<usize>,
    objects: &'a [Value],
    lists: Lists,
}

impl<'a> Left<'a> {
    pub fn new(words: &'a [u64], objects: &'a [Value], lists: Lists) -> Left<'a> {
        Left { words, at: Cell::new(0), objects, lists }
    }

    pub fn word(&self) -> u64 {
        let at = self.at.get();
        self.at.set(at + 1);
        self.words[at]
    }

    fn object(&self, address: u64) -> Value {
        // SAFETY: code got this address from an object that a variable, or a list that one leads to, still holds.
        unsafe { Value::retained(address as usize) }
    }

    fn list(&self, word: u64) -> Value {
        match self.lists {
            Lists::Boxes => self.object(word),
            Lists::Contiguous => self.described(word),
        }
    }

    /// The array or list with a description.
    fn described(&self, description: u64) -> Value {
        let place = std::ptr::with_exposed_provenance::<[u64; descriptor::WORDS]>(description as usize);
        // SAFETY: it is one of the descriptions that this run of the code was given, and they are still there.
        let description = unsafe { &*place };
        self.object(description[descriptor::OBJECT as usize / 8])
    }

    /// The next value; `old` is what the variable holds still, which it keeps if nothing has changed.
    pub fn value(&self, ty: &Type, old: Option<&Value>) -> Value {
        let kept = |new: Value| match old {
            Some(old) if same(old, &new) => old.clone(),
            _ => new,
        };
        match ty {
            Type::None => Value::none(),
            Type::Bool => Value::bool(self.word() != 0),
            Type::Int | Type::Natural => kept(Value::int(self.word() as i64)),
            Type::Float => kept(Value::float(f64::from_bits(self.word()))),
            Type::Numpy(dtype) => kept(Value::new(self.scalar(*dtype))),
            Type::Known(id) => self.objects[id.0 as usize].clone(),
            Type::List(_) => self.list(self.word()),
            Type::Object => self.object(self.word()),
            Type::Array(_) => self.described(self.word()),
            Type::Row(_) => {
                let (array, at) = (self.described(self.word()), self.word());
                let row = array.get::<NdArray>().and_then(|array| array.array().ok()?.row(at as usize));
                Value::array(row.expect("the code has checked the index"))
            }
            Type::Tuple(items) => Value::tuple(items.iter().map(|item| self.value(item, None)).collect()),
            Type::Range(_) => {
                let [start, stop, step] = [(); 3].map(|()| self.word() as i64);
                Value::new(Range { start, stop, step })
            }
            Type::Iterator(iterator) => self.iterator(iterator),
        }
    }

    fn scalar(&self, dtype: DType) -> Scalar {
        let word = self.word();
        match dtype {
            DType::Bool => Scalar::Bool(word != 0),
            DType::Int64 => Scalar::Int64(word as i64),
            DType::Float32 => Scalar::Float32(f32::from_bits(word as u32)),
            DType::Float64 => Scalar::Float64(f64::from_bits(word)),
        }
    }

    /// An iterator: the interpreter's own, brought up to date, or a new one.
    fn iterator(&self, iterator: &Iterator) -> Value {
        let count = iterator.words().len();
        let own = iterator.is_object.then(|| self.object(self.words[self.at.get() + count - 1]));
        let made = match &iterator.over {
            Over::Range(steps) => {
                let (next, second) = (self.word() as i64, self.word());
                let (left, step) = match steps.unit {
                    true => (second.wrapping_sub(next as u64), 1),
                    false => (second, self.word() as i64),
                };
                if let Some(range) = own.as_ref().and_then(Value::get::<RangeIter>) {
                    range.next.set(next);
                    range.left.set(left);
                }
                Made::Range(RangeIter { next: Cell::new(next), left: Cell::new(left), step })
            }
            Over::List(_) => {
                let (list, next) = (self.list(self.word()), self.word() as usize);
                if let Some(own) = own.as_ref().and_then(Value::get::<ListIter>) {
                    own.next.set(next);
                }
                Made::List(ListIter { list, next: Cell::new(next) })
            }
            Over::Array(_) => {
                let (array, next) = (self.described(self.word()), self.word() as usize);
                Made::Other(IterState::Array { array, next })
            }
            Over::Enumerate(inner) => {
                let inner = self.iterator(inner);
                Made::Other(IterState::Enumerate { inner, count: Value::int(self.word() as i64) })
            }
            Over::Zip(inner) => {
                let inner: Rc<[Value]> = inner.iter().map(|inner| self.iterator(inner)).collect();
                Made::Other(IterState::Zip { inner, strict: false })
            }
        };
        match (own, made) {
            (Some(own), Made::Other(state)) => {
                self.word();
                if let Some(iter) = own.get::<Iter>() {
                    iter.state.replace(state);
                }
                own
            }
            (Some(own), Made::Range(_) | Made::List(_)) => {
                self.word();
                own
            }
            (None, Made::Range(range)) => Value::new(range),
            (None, Made::List(list)) => Value::new(list),
            (None, Made::Other(state)) => Value::iter(state),
        }
    }
}

enum Made {
    Range(RangeIter),
    List(ListIter),
    Other(IterState),
}

/// Whether a range is as it is taken to be.
fn is_so(steps: Steps, start: i64, step: i64) -> bool {
    let found = Steps::of(start, step);
    (found.natural || !steps.natural) && found.unit == steps.unit
}

/// Whether a value is the one that code was made for. A module's function is made anew each time it is asked for.
fn is_known(value: &Value, known: &Value) -> bool {
    let same_module = || Some(value.get::<Module>()?.0 == known.get::<Module>()?.0);
    let same_builtin = || Some(value.get::<Builtin>()?.id == known.get::<Builtin>()?.id);
    value.is(known) || same_module().or_else(same_builtin).unwrap_or(false)
}

/// Whether two numbers are the same in every bit.
fn same(a: &Value, b: &Value) -> bool {
    if a.kind() != b.kind() {
        return false;
    }
    match (a.get::<f64>(), b.get::<f64>(), a.get::<i64>(), b.get::<i64>()) {
        (Some(a), Some(b), ..) => a.to_bits() == b.to_bits(),
        (.., Some(a), Some(b)) => a == b,
        _ => false,
    }
}
