//! From bytecode to loop IR, by following the types that the variables have when the loop becomes hot.
//!
//! A block is compiled for a place and the types of all variables there (*basic block versioning*: Chevalier-Boisvert and
//! Feeley, 2015). Nothing is ever merged: a place that is reached with other types gets another block, up to
//! `MAX_VERSIONS`.

mod arithmetic;
mod boxes;
mod calls;
mod compare;
mod control;
mod elements;
mod exits;
mod instruction;
mod iterate;
mod observe;
mod variables;

pub use elements::descriptor;
pub use observe::array as array_type;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use super::assemble::Assemble;
use super::dial::{Bounds, Dial};
use super::ir::{BlockId, ExitId, Inst, Leaving, Literal, LoopCode, Slot, Unary, Var, Word};
use super::once;
use super::types::Type;
use super::why::{Reason, Why};
use crate::bytecode::chunk::{GlobalId, Pc};
use crate::bytecode::flow::{self, Liveness};
use crate::bytecode::op::Op;
use crate::value::{Code, Value};

/// Versions of one place, after which types are widened; and after which paths with more of them leave the code.
const WIDEN_AFTER: usize = 3;
const MAX_VERSIONS: usize = 8;

/// Blocks of one loop.
const MAX_BLOCKS: usize = 1500;

/// Calls that are inlined into one another.
const MAX_INLINED: usize = 4;

/// What the builder asks of the running program.
pub trait Program {
    fn register(&self, register: u16) -> Option<Value>;
    fn global(&self, id: GlobalId) -> Option<Value>;
    fn global_name(&self, id: GlobalId) -> String;
    /// The attribute of a module.
    fn attribute(&self, module: &Value, name: &str) -> Option<Value>;
    /// What a built-in function or type does, if typed code knows it.
    fn intrinsic(&self, callee: &Value) -> Option<Intrinsic>;
}

/// Built-in functions and types that typed code knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intrinsic {
    Abs,
    Min,
    Max,
    Len,
    Int,
    Float,
    Bool,
    Range,
    Enumerate,
    Zip,
    Sqrt,
    Floor,
    Ceil,
    /// Of the C library: its name, and how many floats it takes.
    Math(&'static str, usize),
}

/// A loop as typed code, and the objects that it relies on.
pub struct Built {
    pub code: LoopCode,
    pub objects: Vec<Value>,
    /// Whether there is a loop in it.
    pub is_nest: bool,
    /// Whether it stops somewhere only because lists are not in boxes.
    pub needs_boxes: bool,
}

/// What typed code is to be like.
#[derive(Clone, Copy, Debug)]
pub struct How {
    pub dial: Dial,
    /// Whether inner loops may become array expressions, and from how many iterations on: `Some(None)` where it pays.
    pub vector: Option<Option<u32>>,
}

/// Compiles a loop of a function for the values that its variables have now, where its body begins.
///
/// # Errors
/// What stops it, if no iteration would come to its end.
pub fn build(code: &Rc<Code>, index: usize, how: How, program: &dyn Program) -> Result<Built, Why> {
    Builder::new(code, index, how, program).run()
}

/// Types of the variables that the loop assigns.
type State = BTreeMap<Var, Type>;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Place {
    /// 0: the loop's function; else a call that is inlined.
    context: u16,
    pc: Pc,
}

/// How code comes to a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Arrival {
    place: Place,
    /// A `for` loop begins: it asks for its first item. That is compiled apart, so that nothing but a jump back leads into
    /// the loop where it asks for the next.
    begins: bool,
}

/// A function whose code is compiled: the loop's own, or one that is called in it.
struct Context {
    code: Rc<Code>,
    liveness: Rc<Liveness>,
    /// Instructions that are jumped to.
    targets: HashSet<Pc>,
    /// The call, and what waits there.
    parent: Option<Place>,
}

/// A value in slots.
#[derive(Clone, Debug)]
struct Val {
    ty: Type,
    slots: Vec<Slot>,
    literal: Option<Literal>,
    /// Its box, if it is in one.
    held: Option<Slot>,
}

impl Val {
    fn new(ty: Type, slots: impl Into<Vec<Slot>>) -> Val {
        Val { ty, slots: slots.into(), literal: None, held: None }
    }

    fn slot(&self) -> Slot {
        self.slots[0]
    }

    fn int_literal(&self) -> Option<i64> {
        match self.literal {
            Some(Literal::I64(i)) => Some(i),
            _ => None,
        }
    }
}

/// Why a block ends before its instruction is done: it is left to the interpreter.
type Stop = Why;
type Step<T> = Result<T, Stop>;

struct Builder<'a> {
    out: LoopCode,
    program: &'a dyn Program,
    dial: Dial,
    vector: Option<Option<u32>>,
    contexts: Vec<Context>,
    inlined: HashMap<(Place, *const Code), u16>,
    region: std::ops::Range<Pc>,
    blocks: HashMap<(Arrival, Vec<(Var, Type)>), BlockId>,
    versions: HashMap<Arrival, usize>,
    queue: Vec<(BlockId, Place, State)>,
    variables: HashMap<(Var, usize, Word), Slot>,
    objects: Vec<Value>,
    /// Places of variables among the cells that hold their boxes.
    cells: HashMap<Var, usize>,
    /// Variables that the loop's function assigns in the loop.
    assigned: BTreeSet<Var>,
    /// The others, as they are read.
    invariants: BTreeMap<Var, Val>,
    /// Whether lists may change their length.
    lists_grow: bool,
    is_nest: bool,
    needs_boxes: bool,
    // Where the builder is.
    block: BlockId,
    at: Place,
    state: State,
    exits: HashMap<Reason, ExitId>,
    /// Whether some path comes to the loop's next iteration.
    comes_back: bool,
    first_stop: Option<Why>,
}

impl<'a> Builder<'a> {
    fn new(code: &Rc<Code>, index: usize, how: How, program: &'a dyn Program) -> Builder<'a> {
        let region = code.chunk.loops[index];
        let mut builder = Builder {
            out: LoopCode::default(),
            program,
            dial: how.dial,
            vector: how.vector,
            contexts: Vec::new(),
            inlined: HashMap::new(),
            region: region.start..region.end,
            blocks: HashMap::new(),
            versions: HashMap::new(),
            queue: Vec::new(),
            variables: HashMap::new(),
            objects: Vec::new(),
            cells: HashMap::new(),
            assigned: BTreeSet::new(),
            invariants: BTreeMap::new(),
            lists_grow: false,
            is_nest: false,
            needs_boxes: false,
            block: BlockId(0),
            at: Place { context: 0, pc: region.start },
            state: State::new(),
            exits: HashMap::new(),
            comes_back: false,
            first_stop: None,
        };
        builder.enter_context(code.clone(), None);
        builder.scan();
        builder
    }

    fn run(mut self) -> Result<Built, Why> {
        self.out.flag = self.temp(Word::I64);
        self.out.cells = self.temp(Word::I64);
        self.out.area = self.temp(Word::I64);
        self.out.free = self.temp(Word::I64);
        self.out.iterations = self.temp(Word::I64);
        let entry = self.new_block("entry".into());
        self.switch(entry);
        self.emit(Inst::Const { dst: self.out.iterations, value: Literal::I64(0) });
        self.observe_assigned();
        let start = Place { context: 0, pc: self.region.start };
        self.go(start);
        while let Some((block, place, state)) = self.queue.pop() {
            if self.out.blocks.len() > MAX_BLOCKS {
                return Err(self.why(Reason::Large, ""));
            }
            self.block = block;
            self.at = place;
            self.state = state;
            self.block();
        }
        if !self.comes_back {
            let whole = self.contexts[0].code.chunk.spans[self.region.start.0 as usize];
            return Err(self.first_stop.unwrap_or(Why::new(Reason::Construct, "", whole)));
        }
        self.write_iterators_back();
        self.box_inputs();
        if self.dial.bounds == Bounds::Once {
            let how = once::Passes {
                unroll: self.dial.unroll,
                vector: self.vector,
                spans: &self.contexts[0].code.chunk.spans,
            };
            once::versions(&mut self.out, &how);
        }
        Ok(Built { code: self.out, objects: self.objects, is_nest: self.is_nest, needs_boxes: self.needs_boxes })
    }

    /// The state of an iterator that is an object changes, though the variable does not.
    fn write_iterators_back(&mut self) {
        let is_object = |ty: &Type| matches!(ty, Type::Iterator(iterator) if iterator.is_object);
        for (var, val) in self.invariants.iter().filter(|(_, val)| is_object(&val.ty)) {
            for exit in &mut self.out.exits {
                exit.writes.push((*var, val.ty.clone(), val.slots.clone()));
            }
        }
    }

    /// Notes what the loop assigns, and whether a list may change its length.
    fn scan(&mut self) {
        let chunk = self.contexts[0].code.chunk.clone();
        let mut pc = self.region.start;
        while pc < self.region.end {
            let instr = chunk.code[pc.0 as usize];
            self.assigned.extend(flow::written(instr).map(|register| Var::Register(0, register)));
            match instr.op {
                Op::ForIter | Op::MakeCell | Op::DeleteLocal => {
                    self.assigned.insert(Var::Register(0, instr.a));
                }
                Op::StoreGlobal => {
                    self.assigned.insert(Var::Global(instr.b));
                }
                Op::DeleteGlobal => {
                    self.assigned.insert(Var::Global(instr.a));
                }
                Op::CallMethod => {
                    self.lists_grow |= chunk.names[chunk.code[pc.0 as usize + 1].b as usize] == "append".into()
                }
                _ => {}
            }
            pc = Pc(pc.0 + flow::width(instr.op));
        }
    }

    fn enter_context(&mut self, code: Rc<Code>, parent: Option<Place>) -> u16 {
        let chunk = &code.chunk;
        let places = (0..chunk.code.len() as u32).map(Pc);
        let words = places.filter(|pc| pc.0 == 0 || flow::width(chunk.code[pc.0 as usize - 1].op) == 1);
        let targets = words
            .flat_map(|pc| {
                let behind = Pc(pc.0 + flow::width(chunk.code[pc.0 as usize].op));
                flow::successors(chunk, pc).filter(move |next| *next != behind)
            })
            .collect();
        let liveness = code.liveness.get_or_init(|| Rc::new(Liveness::of(chunk))).clone();
        self.contexts.push(Context { liveness, targets, parent, code });
        self.contexts.len() as u16 - 1
    }
}

impl Assemble for Builder<'_> {
    fn code(&self) -> &LoopCode {
        &self.out
    }

    fn code_mut(&mut self) -> &mut LoopCode {
        &mut self.out
    }

    fn emit(&mut self, inst: Inst) {
        self.out.blocks[self.block.0 as usize].insts.push(inst);
    }
}
