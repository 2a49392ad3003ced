//! What a loop has to do, whoever does it: the numbers that it reads, writes and computes, counted where the interpreter
//! runs it.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use serde::Serialize;

use crate::array::Scalar;
use crate::bytecode::chunk::{Instr, Pc};
use crate::bytecode::op::Op;
use crate::error_kind::ErrorKind;
use crate::exception::{Raised, Result};
use crate::interp::is_math;
use crate::interp::probe::{Event, Probe, Scene};
use crate::source::Span;
use crate::value::{Builtin, Iter, IterState, List, ListIter, Module, ModuleId, NdArray, Tuple, Value};

/// Instructions of the loop that are looked at; then what was seen stands for the rest.
const MOST: u64 = 30_000_000;

/// Bytes of a number in a list, if lists were arrays.
const WORD: usize = 8;

/// What was counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Work {
    /// Of the hot loop.
    pub iterations: u64,
    /// Elements of lists and arrays that are numbers, 8 bytes for each that lies in a list.
    pub bytes_read: u64,
    pub bytes_written: u64,
    /// The same, each element once, however often it is read and written.
    pub bytes_touched: u64,
    /// Additions, subtractions, multiplications, divisions, sign changes of floats, and calls of functions of math.
    pub operations: u64,
    /// Divisions among these; and those of which a result or operand is a float32.
    pub divisions: u64,
    pub single_operations: u64,
    /// Additions, subtractions, multiplications, divisions and remainders of integers.
    pub integer_operations: u64,
    /// Whether the whole loop was looked at.
    pub complete: bool,
}

/// The probe that counts.
pub struct Counter {
    hot: Span,
    work: Work,
    seen: u64,
    touched: HashMap<usize, Vec<u64>>,
}

impl Counter {
    /// For a run of the script in which the marks stand around the loop that is timed.
    pub fn new(hot: Span) -> Rc<RefCell<Counter>> {
        let work = Work { complete: true, ..Work::default() };
        Rc::new(RefCell::new(Counter { hot, work, seen: 0, touched: HashMap::new() }))
    }

    pub fn work(&self) -> Work {
        self.work
    }

    /// Whether it has stopped the script.
    pub fn has_enough(&self) -> bool {
        !self.work.complete
    }

    fn arithmetic(&mut self, op: Op, x: Option<&Value>, y: Option<&Value>) {
        let Some((x, y)) = x.zip(y).filter(|(x, y)| is_number(x) && is_number(y)) else { return };
        let is_float = is_float(x) || is_float(y) || op == Op::TrueDiv;
        match (is_float, op) {
            (true, Op::FloorDiv | Op::Mod) => {}
            (true, _) => {
                self.work.operations += 1;
                self.work.divisions += (op == Op::TrueDiv) as u64;
                self.work.single_operations += (is_single(x) || is_single(y)) as u64;
            }
            (false, _) => self.work.integer_operations += 1,
        }
    }

    fn element(&mut self, place: Option<Place>, written: bool) {
        let Some(Place { of, index, bytes }) = place else { return };
        match written {
            true => self.work.bytes_written += bytes as u64,
            false => self.work.bytes_read += bytes as u64,
        }
        let bits = self.touched.entry(of).or_default();
        let (word, bit) = (index / 64, 1 << (index % 64));
        if bits.len() <= word {
            bits.resize(word + 1, 0);
        }
        if bits[word] & bit == 0 {
            bits[word] |= bit;
            self.work.bytes_touched += bytes as u64;
        }
    }

    /// The items that an iterator is about to hand out.
    fn next_items(&mut self, iterator: &Value) {
        if let Some(list) = iterator.get::<ListIter>() {
            return self.element(item_of_list(&list.list, list.next.get()), false);
        }
        let Some(iter) = iterator.get::<Iter>() else { return };
        let state = &*iter.state.borrow();
        if let IterState::Array { array, next } = state {
            self.element(element_of_array(array, &[*next as i64]), false);
        } else if let IterState::Enumerate { inner, .. } = state {
            self.next_items(inner);
        } else if let IterState::Zip { inner, .. } = state {
            inner.iter().for_each(|inner| self.next_items(inner));
        }
    }
}

/// Where a number lies.
struct Place {
    /// The address of the list, or of the array's memory.
    of: usize,
    index: usize,
    bytes: usize,
}

fn item_of_list(list: &Value, index: usize) -> Option<Place> {
    let item = list.get::<List>()?.0.get(index)?;
    is_number(&item).then(|| Place { of: list.address(), index, bytes: WORD })
}

fn element_of_array(array: &Value, indices: &[i64]) -> Option<Place> {
    let array = array.get::<NdArray>()?.array().ok()?;
    if array.ndim() != indices.len() {
        return None;
    }
    let size = array.dtype().size();
    let mut at = array.as_ptr().addr() as isize - array.buffer().as_ptr().addr() as isize;
    for ((index, len), stride) in indices.iter().zip(array.shape()).zip(array.strides()) {
        at += position(*index, *len)? as isize * stride;
    }
    let index = usize::try_from(at).ok()? / size;
    Some(Place { of: array.buffer().as_ptr().addr(), index, bytes: size })
}

/// An index as Python counts it.
fn position(index: i64, len: usize) -> Option<usize> {
    let at = if index < 0 { index.checked_add(len as i64)? } else { index };
    usize::try_from(at).ok().filter(|at| *at < len)
}

fn element(container: &Value, index: &Value) -> Option<Place> {
    if let Some(list) = container.get::<List>() {
        return item_of_list(container, position(*index.get::<i64>()?, list.0.len())?);
    }
    match index.get::<Tuple>() {
        Some(tuple) => {
            let indices: Option<Vec<i64>> = tuple.0.iter().map(|index| index.get::<i64>().copied()).collect();
            element_of_array(container, &indices?)
        }
        None => element_of_array(container, &[*index.get::<i64>()?]),
    }
}

fn is_number(value: &Value) -> bool {
    value.get::<f64>().is_some() || value.get::<i64>().is_some() || value.get::<Scalar>().is_some()
}

fn is_single(value: &Value) -> bool {
    matches!(value.get::<Scalar>(), Some(Scalar::Float32(_)))
}

fn is_float(value: &Value) -> bool {
    value.get::<f64>().is_some() || matches!(value.get::<Scalar>(), Some(Scalar::Float32(_) | Scalar::Float64(_)))
}

impl Probe for Counter {
    const LOOKS: bool = true;

    fn record(&mut self, _: Event<'_>) {}

    fn step(&mut self, scene: Scene<'_>) -> Result<()> {
        if !scene.is_timed() {
            return Ok(());
        }
        if self.seen >= MOST {
            self.work.complete = false;
            return Err(Raised::new(ErrorKind::NotImplementedError, "enough was counted"));
        }
        self.seen += 1;
        let chunk = &scene.code.chunk;
        let Pc(pc) = scene.pc;
        if chunk.loops.iter().any(|found| found.start.0 == pc && found.span == self.hot) {
            self.work.iterations += 1;
        }
        let Instr { op, a, b, c, .. } = chunk.code[pc as usize];
        let register = |register| scene.register(register);
        let place = |container, index| register(container).zip(register(index)).and_then(|(a, i)| element(a, i));
        if matches!(op, Op::Add | Op::Sub | Op::Mul | Op::TrueDiv | Op::FloorDiv | Op::Mod) {
            self.arithmetic(op, register(b), register(c));
        } else if op == Op::Neg {
            self.arithmetic(op, register(b), register(b));
        } else if op == Op::GetItem {
            let place = place(b, c);
            self.element(place, false);
        } else if op == Op::SetItem {
            let place = place(a, b);
            self.element(place, true);
        } else if op == Op::ForIter {
            if let Some(iterator) = register(b) {
                self.next_items(iterator);
            }
        } else if op == Op::CallMethod {
            let module = register(b).and_then(|receiver| receiver.get::<Module>());
            self.work.operations += module.is_some_and(|module| module.0 == ModuleId::Math) as u64;
        } else if op == Op::Call {
            let callee = register(b).and_then(|callee| callee.get::<Builtin>());
            self.work.operations += callee.is_some_and(is_math) as u64;
        }
        Ok(())
    }
}
