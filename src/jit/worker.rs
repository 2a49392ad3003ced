//! One thread's part of a run: brings a piece of every operand to where a stage reads it, calls the stages, and takes
//! the results to where they belong.

#![allow(unsafe_code)]

use super::emit::LEADING_WORDS;
use super::form::{Form, Run, convert};
use super::program::{Program, words};
use super::space::{Kind, Space};
use super::stage::{Source, Stage, Yield};
use crate::array::Array;
use crate::kernel::lower::{Operand, Task};
use crate::kernel::order::{BLOCK_LEN, REDUCTION_LANES};

/// What every worker of a run shares.
pub struct Plan<'a> {
    pub program: &'a Program,
    pub space: &'a Space,
    operands: Vec<Place>,
    /// The result of an elementwise kernel.
    out: Place,
}

// SAFETY: the pointers are those of buffers that the caller's arrays keep alive. Workers read the operands, and each
// writes only the elements of the result that belong to its own places. Of the program they read what never changes:
// the stages, and the addresses of the functions.
unsafe impl Sync for Plan<'_> {}

/// Where an operand's first element lies.
#[derive(Clone, Copy)]
enum Place {
    Memory(*mut u8),
    /// A scalar, encoded as its dtype lies in arrays.
    Value(u64),
}

/// Memory that a worker uses, kept from one run to the next.
pub struct Memory {
    /// The accumulators of a reduction's block.
    lanes: Box<[u64; REDUCTION_LANES]>,
    /// A block for each temporary, then one for each feed of the widest stage; the last one is for the output.
    blocks: Vec<[u64; BLOCK_LEN]>,
    /// For each feed of each stage, the element of an operand that stands still, as the stage wants it.
    cells: Vec<u64>,
    /// The words of each stage's function.
    words: Vec<usize>,
    /// Bytes from each operand's first element to the current slice.
    offsets: Vec<isize>,
}

impl Default for Memory {
    fn default() -> Memory {
        Memory {
            lanes: Box::new([0; REDUCTION_LANES]),
            blocks: Vec::new(),
            cells: Vec::new(),
            words: Vec::new(),
            offsets: Vec::new(),
        }
    }
}

pub struct Worker<'a> {
    plan: &'a Plan<'a>,
    memory: &'a mut Memory,
    slice: Option<usize>,
}

impl<'a> Plan<'a> {
    pub fn new(program: &'a Program, task: &Task, space: &'a Space, out: &Array) -> Plan<'a> {
        let operands = task.operands.iter().map(|operand| match operand {
            Operand::Array(leaf) => Place::Memory(leaf.as_leaf().map_or(std::ptr::null_mut(), Array::as_ptr)),
            Operand::Scalar(_, scalar) => Place::Value(Form::in_array(scalar.dtype()).encode(*scalar)),
        });
        Plan { program, space, operands: operands.collect(), out: Place::Memory(out.as_ptr()) }
    }

    /// Whether everything is read and written in place, so that a call may take any number of elements.
    pub fn is_direct(&self) -> bool {
        match &self.program.stages.stages[..] {
            [stage] => self.stage_is_direct(stage),
            _ => false,
        }
    }

    fn stage_is_direct(&self, stage: &Stage) -> bool {
        let feeds = stage.feeds.iter().all(|feed| match feed.source {
            Source::Input(input) => match self.space.paths[input.index()].kind {
                Kind::Still => true,
                Kind::Contiguous => feed.from == feed.to,
                Kind::Strided => false,
            },
            Source::Temp(_) => false,
        });
        let results = stage.yields.iter().all(|result| match result {
            Yield::Output(id) => self.output_is_direct(stage.form(*id)),
            Yield::Reduce(..) => true,
            Yield::Temp(..) => false,
        });
        feeds && results
    }

    fn output_is_direct(&self, form: Form) -> bool {
        let contiguous = self.space.paths.last().is_some_and(|path| path.kind == Kind::Contiguous);
        contiguous && form != Form::Mask32 && form != Form::Mask64
    }
}

impl<'a> Worker<'a> {
    pub fn new(plan: &'a Plan<'a>, memory: &'a mut Memory) -> Worker<'a> {
        let stages = &plan.program.stages;
        let feeds = stages.stages.iter().map(|stage| stage.feeds.len());
        let blocks = stages.temps.len() + feeds.clone().max().unwrap_or(0) + 1;
        if memory.blocks.len() < blocks {
            memory.blocks.resize(blocks, [0; BLOCK_LEN]);
        }
        memory.cells.resize(feeds.sum(), 0);
        memory.words.resize(stages.stages.iter().map(words).sum(), 0);
        memory.offsets.resize(plan.space.paths.len(), 0);
        Worker { plan, memory, slice: None }
    }

    /// Goes to a slice: addresses, and the elements that stand still in it.
    pub fn enter(&mut self, slice: usize) {
        if self.slice.replace(slice) == Some(slice) {
            return;
        }
        let space = self.plan.space;
        for (offset, path) in self.memory.offsets.iter_mut().zip(&space.paths) {
            *offset = path.slice_offset(&space.outer, slice);
        }
        let feeds = self.plan.program.stages.stages.iter().flat_map(|stage| &stage.feeds);
        for (feed, cell) in feeds.zip(&mut self.memory.cells) {
            let Source::Input(input) = feed.source else { continue };
            if space.paths[input.index()].kind != Kind::Still {
                continue;
            }
            let value;
            let at = match &self.plan.operands[input.index()] {
                Place::Memory(at) => at.wrapping_offset(self.memory.offsets[input.index()]),
                Place::Value(bits) => {
                    value = *bits;
                    (&raw const value).cast_mut().cast()
                }
            };
            let from = Run { at, stride: 0, form: feed.from };
            let to = Run { at: std::ptr::from_mut(cell).cast(), stride: 8, form: feed.to };
            // SAFETY: one element of the operand, which exists since the slice has elements, to a word of ours.
            unsafe { convert(from, to, 1) };
        }
    }

    /// Takes places `start..start + len` of the slice through all stages; a reduction writes to `results`: a word for
    /// each block along the places, an accumulator for each place across them.
    ///
    /// # Safety
    /// The places lie in the slice; there are at most [`BLOCK_LEN`] of them unless the plan is direct. `results`
    /// has room for what the reduction's function writes, and nobody else writes these places of the result.
    pub unsafe fn run(&mut self, start: usize, len: usize, results: *mut u8) {
        let stages = &self.plan.program.stages.stages;
        let (mut word, mut cell) = (0, 0);
        for (stage, code) in stages.iter().zip(&self.plan.program.codes) {
            self.memory.words[word] = len;
            self.memory.words[word + 1] = self.memory.lanes.as_mut_ptr() as usize;
            let first = word + LEADING_WORDS;
            for feed in 0..stage.feeds.len() {
                self.memory.words[first + feed] = self.feed(stage, feed, cell + feed, start, len) as usize;
            }
            let first = first + stage.feeds.len();
            for (position, result) in stage.yields.iter().enumerate() {
                self.memory.words[first + position] = match result {
                    Yield::Temp(temp, _) => self.block(temp.0 as usize) as usize,
                    Yield::Reduce(..) => results as usize,
                    Yield::Output(id) if self.plan.output_is_direct(stage.form(*id)) => {
                        self.element(self.plan.space.paths.len() - 1, start, stage.form(*id)) as usize
                    }
                    Yield::Output(_) => self.output_block() as usize,
                };
            }
            let end = first + stage.yields.len();
            // SAFETY: the words are those of `emit`: `len` places lie behind every moving feed's address (in the
            // operand, or in a block of BLOCK_LEN words, which the caller promises to be enough), one behind a still
            // one's, and room for the lanes of a block and for the results.
            unsafe { code.entry().call(&self.memory.words[word..end]) };
            for result in &stage.yields {
                if let Yield::Output(id) = result {
                    self.deliver(stage.form(*id), start, len);
                }
            }
            (word, cell) = (end, cell + stage.feeds.len());
        }
    }

    /// The address from which a stage reads a feed, after bringing it there.
    fn feed(&mut self, stage: &Stage, index: usize, cell: usize, start: usize, len: usize) -> *mut u8 {
        let feed = stage.feeds[index];
        let space = self.plan.space;
        let block = self.block(self.plan.program.stages.temps.len() + index);
        let to = Run { at: block, stride: feed.to.size() as isize, form: feed.to };
        match feed.source {
            Source::Temp(temp) => {
                let at = self.block(temp.0 as usize);
                if feed.from == feed.to {
                    return at;
                }
                let from = Run { at, stride: feed.from.size() as isize, form: feed.from };
                // SAFETY: two different blocks of scratch memory, of which `len` elements are used.
                unsafe { convert(from, to, len) };
            }
            Source::Input(input) => match space.paths[input.index()].kind {
                Kind::Still => return std::ptr::from_mut(&mut self.memory.cells[cell]).cast(),
                Kind::Contiguous if feed.from == feed.to => return self.element(input.index(), start, feed.from),
                Kind::Contiguous | Kind::Strided => {
                    let (base, size) = (self.element(input.index(), 0, feed.from), feed.from.size());
                    space.paths[input.index()].pieces(
                        &space.inner,
                        start..start + len,
                        size,
                        |offset, stride, places| {
                            let from = Run { at: base.wrapping_offset(offset), stride, form: feed.from };
                            let to = Run { at: block.wrapping_add(places.start * feed.to.size()), ..to };
                            // SAFETY: `len` elements of the operand, inside the slice, to a block of ours.
                            unsafe { convert(from, to, places.len()) };
                        },
                    );
                }
            },
        }
        block
    }

    /// Brings a block of results from scratch memory to where they belong, unless they were written there.
    fn deliver(&mut self, form: Form, start: usize, len: usize) {
        let space = self.plan.space;
        let Some(path) = space.paths.last() else { return };
        if self.plan.output_is_direct(form) {
            return;
        }
        let out_form = match form {
            Form::Mask32 | Form::Mask64 | Form::Byte => Form::Byte,
            Form::F32 | Form::F64 | Form::I64 => form,
        };
        let block = self.output_block();
        let base = self.element(space.paths.len() - 1, 0, out_form);
        path.pieces(&space.inner, start..start + len, out_form.size(), |offset, stride, places| {
            let at = block.wrapping_add(places.start * form.size());
            let from = Run { at, stride: form.size() as isize, form };
            let to = Run { at: base.wrapping_offset(offset), stride, form: out_form };
            // SAFETY: `len` elements of our block to those of the result that belong to these places.
            unsafe { convert(from, to, places.len()) };
        });
    }

    /// Address of place `start` of the current slice, for an operand that is contiguous (or `start` 0).
    fn element(&self, operand: usize, start: usize, form: Form) -> *mut u8 {
        let place = self.plan.operands.get(operand).unwrap_or(&self.plan.out);
        match place {
            Place::Memory(at) => at.wrapping_offset(self.memory.offsets[operand]).wrapping_add(start * form.size()),
            Place::Value(_) => std::ptr::null_mut(),
        }
    }

    fn block(&mut self, index: usize) -> *mut u8 {
        self.memory.blocks[index].as_mut_ptr().cast()
    }

    fn output_block(&mut self) -> *mut u8 {
        self.block(self.memory.blocks.len() - 1)
    }
}
