//! What typed code hands over: places in memory, numbers, and whether the order of iterations matters.

#![allow(unsafe_code)]

use std::sync::Arc;

use smallvec::SmallVec;

use crate::array::{Array, DType, Scalar};
use crate::loops::ir::Word;
use crate::loops::vector::{Node, NodeId, VectorLoop, reach};

/// Elements in memory, one for each iteration and one more.
pub struct Elements<'a> {
    array: &'a Array,
    pub dtype: DType,
    first: usize,
    pub step: isize,
}

impl<'a> Elements<'a> {
    /// `None` if one of them is outside of its array's memory.
    pub fn read(word: Word, words: &[u64], count: usize) -> Option<Elements<'a>> {
        let (first, step) = (words[0], words[1] as i64 as isize);
        // SAFETY: the address of an array that a variable holds, or a copy of a list that is there while the code runs.
        let array = unsafe { &*std::ptr::with_exposed_provenance::<Array>(words[2] as usize) };
        let first = (first as usize).checked_sub(array.buffer().as_ptr().addr())?;
        let dtype = Elements::dtype_of(word);
        let last = (first as isize).checked_add(step.checked_mul(count as isize)?)?;
        let end = (first as isize).max(last).checked_add(dtype.size() as isize)?;
        let inside = last >= 0 && end as usize <= array.buffer().len() && array.dtype() == dtype;
        inside.then_some(Elements { array, dtype, first, step })
    }

    pub fn dtype_of(word: Word) -> DType {
        match word {
            Word::I8 => DType::Bool,
            Word::I64 => DType::Int64,
            Word::F32 => DType::Float32,
            Word::F64 => DType::Float64,
        }
    }

    /// So many of them, of a shape that says so.
    pub fn view(&self, shape: &Arc<[usize]>) -> Array {
        let strides: &[isize] = &[self.step];
        self.array.view(self.dtype, shape.clone(), strides, self.first)
    }

    /// Whether each lies behind the one before.
    pub fn are_contiguous(&self) -> bool {
        self.step == self.dtype.size() as isize
    }

    /// Copies of the first `count`, one behind the other.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn gathered(&self, count: usize) -> crate::array::Result<Array> {
        // SAFETY: all elements are written by `copied`.
        let array = unsafe { Array::unwritten(self.dtype, [count]) }?;
        // SAFETY: elements of a live array (`read` looked at the first and the last), and of a new one.
        unsafe { copied(self.start(), self.step, array.as_ptr(), self.dtype.size() as isize, self.dtype, count) };
        Ok(array)
    }

    /// Gives the first elements the values of as many that lie one behind the other.
    pub fn scatter(&self, from: &Array) {
        assert!(from.is_contiguous() && from.dtype() == self.dtype);
        // SAFETY: as for `gathered`; nobody else looks at the elements meanwhile.
        unsafe { copied(from.as_ptr(), self.dtype.size() as isize, self.start(), self.step, self.dtype, from.size()) };
    }

    fn start(&self) -> *mut u8 {
        self.array.buffer().as_ptr().wrapping_add(self.first)
    }

    /// The bytes from the first to the last of them.
    fn bytes(&self, count: usize) -> std::ops::Range<usize> {
        let start = self.array.buffer().as_ptr().addr() + self.first;
        let last = start.wrapping_add_signed(self.step * (count as isize - 1));
        start.min(last)..start.max(last) + self.dtype.size()
    }

    fn is_apart_from(&self, other: &Elements<'_>, count: usize) -> bool {
        let (a, b) = (self.bytes(count), other.bytes(count));
        a.end <= b.start || b.end <= a.start
    }

    fn is(&self, other: &Elements<'_>) -> bool {
        let start = |elements: &Elements<'_>| elements.array.buffer().as_ptr().addr() + elements.first;
        start(self) == start(other) && self.step == other.step && self.dtype == other.dtype
    }
}

pub struct Operands<'a> {
    pub count: usize,
    pub loads: SmallVec<[Elements<'a>; 4]>,
    pub stores: SmallVec<[Elements<'a>; 1]>,
    pub scalars: SmallVec<[Scalar; 4]>,
    /// The first number of each ramp, and the step.
    pub ramps: SmallVec<[(i64, i64); 2]>,
}

impl<'a> Operands<'a> {
    /// `None` if an element is outside of its array's memory.
    pub fn read(code: &VectorLoop, words: &[u64], count: usize) -> Option<Operands<'a>> {
        let mut operands = Operands {
            count,
            loads: SmallVec::new(),
            stores: SmallVec::new(),
            scalars: SmallVec::new(),
            ramps: SmallVec::new(),
        };
        for (at, load) in code.loads.iter().enumerate() {
            operands.loads.push(Elements::read(load.word, &words[code.load_at(at)..], count)?);
        }
        for (at, (word, _)) in code.stores.iter().enumerate() {
            operands.stores.push(Elements::read(*word, &words[code.store_at(at)..], count)?);
        }
        for (at, word) in code.scalars.iter().enumerate() {
            operands.scalars.push(scalar(*word, words[code.scalar_at(at)]));
        }
        for at in 0..code.ramps {
            let first = code.ramp_at(at);
            operands.ramps.push((words[first] as i64, words[first + 1] as i64));
        }
        Some(operands)
    }

    /// How many have to be copied first.
    pub fn strided(&self) -> usize {
        let is_strided = |elements: &&Elements<'_>| elements.step != 0 && !elements.are_contiguous();
        self.loads.iter().chain(&self.stores).filter(is_strided).count()
    }

    /// Whether it is all the same in which order the iterations run: what one writes, no other reads or writes.
    pub fn are_apart(&self, code: &VectorLoop) -> bool {
        self.stores.iter().enumerate().all(|(at, store)| {
            let is_once = store.step.unsigned_abs() >= store.dtype.size();
            let others = self.stores[..at].iter().all(|other| other.is_apart_from(store, self.count));
            let used_later = |load| code.stores[at + 1..].iter().any(|(_, value)| uses(code, *value, load));
            let loads = self.loads.iter().enumerate().all(|(load, elements)| {
                let before = elements.is(store) && code.loads[load].after <= at && !used_later(load);
                before || elements.is_apart_from(store, self.count + 1)
            });
            is_once && others && loads
        })
    }
}

fn uses(code: &VectorLoop, node: NodeId, load: usize) -> bool {
    reach(&code.nodes, |node| *node == Node::Element(load))[node.0]
}

fn scalar(word: Word, bits: u64) -> Scalar {
    match word {
        Word::I8 => Scalar::Bool(bits as u8 != 0),
        Word::I64 => Scalar::Int64(bits as i64),
        Word::F32 => Scalar::Float32(f32::from_bits(bits as u32)),
        Word::F64 => Scalar::Float64(f64::from_bits(bits)),
    }
}

/// An integer that moves in equal steps, of so many iterations.
///
/// # Errors
/// `MemoryError`.
pub fn ramp((first, step): (i64, i64), count: usize) -> crate::array::Result<Array> {
    // SAFETY: all elements are written here.
    let array = unsafe { Array::unwritten(DType::Int64, [count]) }?;
    let start = array.as_ptr().cast::<i64>();
    for at in 0..count {
        // SAFETY: the array is new, and has as many elements.
        unsafe { start.add(at).write(first.wrapping_add(step.wrapping_mul(at as i64))) };
    }
    Ok(array)
}

/// Copies elements from every `from_step` bytes to every `to_step` bytes.
///
/// # Safety
/// All of them lie in memory that may be read, or written; the two do not overlap.
unsafe fn copied(from: *const u8, from_step: isize, to: *mut u8, to_step: isize, dtype: DType, count: usize) {
    // SAFETY: the caller's promise. Elements of a view may lie at any address.
    unsafe fn each<T>(from: *const u8, from_step: isize, to: *mut u8, to_step: isize, count: usize) {
        for at in 0..count as isize {
            unsafe {
                let element = from.wrapping_offset(from_step * at).cast::<T>().read_unaligned();
                to.wrapping_offset(to_step * at).cast::<T>().write_unaligned(element);
            }
        }
    }
    // SAFETY: the same.
    unsafe {
        match dtype.size() {
            1 => each::<u8>(from, from_step, to, to_step, count),
            4 => each::<u32>(from, from_step, to, to_step, count),
            _ => each::<u64>(from, from_step, to, to_step, count),
        }
    }
}
