//! From bytecode to loop IR, by following the types that the variables have when the loop becomes hot.
//!
//! A block is compiled for a place and the types of all variables there (*basic block versioning*: Chevalier-Boisvert and
//! Feeley, 2015). Nothing is ever merged: a place that is reached with other types gets another block, up to
//! `MAX_VERSIONS`.

mod arithmetic;
mod boxes;
mod calls;
mod compare;
mod elements;
mod instruction;
mod iterate;
mod observe;

pub use elements::descriptor;
pub use observe::array as array_type;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use super::dial::{Bounds, Dial};
use super::ir::{
    Binary, Block, BlockId, Checked, End, Exit, ExitId, Inst, Leaving, Literal, LoopCode, Relation, Routine, Slot,
    Unary, Var, Word,
};
use super::once;
use super::types::{ObjectId, Type};
use super::why::{Reason, Why};
use crate::bytecode::chunk::{GlobalId, Pc};
use crate::bytecode::flow::{self, Liveness, Registers};
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
}

/// What typed code is to be like.
#[derive(Clone, Copy, Debug)]
pub struct How {
    pub dial: Dial,
    /// Whether inner loops may become array expressions.
    pub vector: bool,
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
    vector: bool,
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
        Ok(Built { code: self.out, objects: self.objects })
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

    // Emission

    fn temp(&mut self, word: Word) -> Slot {
        self.out.slots.push(word);
        Slot(self.out.slots.len() as u32 - 1)
    }

    fn new_block(&mut self, name: String) -> BlockId {
        self.out.blocks.push(Block { name, insts: Vec::new(), end: End::Jump(BlockId(0)) });
        BlockId(self.out.blocks.len() as u32 - 1)
    }

    /// A block inside of an instruction.
    fn part(&mut self) -> BlockId {
        let name = format!("{}.{}", self.out.blocks[self.block.0 as usize].name, self.out.blocks.len());
        self.new_block(name)
    }

    fn switch(&mut self, block: BlockId) {
        self.block = block;
    }

    fn emit(&mut self, inst: Inst) {
        self.out.blocks[self.block.0 as usize].insts.push(inst);
    }

    fn end(&mut self, end: End) {
        self.out.blocks[self.block.0 as usize].end = end;
    }

    fn literal(&mut self, value: Literal) -> Slot {
        let dst = self.temp(value.word());
        self.emit(Inst::Const { dst, value });
        dst
    }

    fn int(&mut self, value: i64) -> Slot {
        self.literal(Literal::I64(value))
    }

    fn binary(&mut self, op: Binary, a: Slot, b: Slot) -> Slot {
        let dst = self.temp(self.out.word(a));
        self.emit(Inst::Binary { op, dst, a, b });
        dst
    }

    fn unary(&mut self, op: Unary, a: Slot) -> Slot {
        let word = match op {
            Unary::Neg | Unary::Abs | Unary::Sqrt | Unary::Floor | Unary::Ceil | Unary::Trunc | Unary::Not => {
                self.out.word(a)
            }
            Unary::IntToFloat | Unary::SingleToFloat => Word::F64,
            Unary::IntToSingle | Unary::FloatToSingle => Word::F32,
            Unary::FloatToInt | Unary::Widen => Word::I64,
        };
        let dst = self.temp(word);
        self.emit(Inst::Unary { op, dst, a });
        dst
    }

    fn compare(&mut self, op: Relation, a: Slot, b: Slot) -> Slot {
        let dst = self.temp(Word::I8);
        self.emit(Inst::Compare { op, dst, a, b });
        dst
    }

    fn select(&mut self, condition: Slot, a: Slot, b: Slot) -> Slot {
        let dst = self.temp(self.out.word(a));
        self.emit(Inst::Select { dst, condition, a, b });
        dst
    }

    fn checked(&mut self, op: Checked, a: Slot, b: Slot) -> Slot {
        let exit = self.exit(Reason::Overflow, "");
        let dst = self.temp(Word::I64);
        self.emit(Inst::Checked { op, dst, a, b, exit });
        dst
    }

    fn load(&mut self, word: Word, base: Slot, offset: i32, fixed: bool) -> Slot {
        let dst = self.temp(word);
        self.emit(Inst::Load { dst, base, offset, fixed });
        dst
    }

    fn load_at(&mut self, word: Word, base: Slot, index: Slot) -> Slot {
        let dst = self.temp(word);
        self.emit(Inst::LoadAt { dst, base, index });
        dst
    }

    fn call(&mut self, routine: Routine, word: Word, args: Vec<Slot>) -> Slot {
        let dst = self.temp(word);
        self.emit(Inst::Call { routine, dst, args });
        dst
    }

    fn copy(&mut self, dst: Slot, src: Slot) {
        if dst != src {
            self.emit(Inst::Copy { dst, src });
        }
    }

    /// Leaves the code unless `condition` holds.
    fn check(&mut self, condition: Slot, reason: Reason, detail: &str) {
        let exit = self.exit(reason, detail);
        self.emit(Inst::Check { condition, exit });
    }

    // Exits

    fn why(&self, reason: Reason, detail: impl Into<String>) -> Why {
        let chunk = &self.contexts[self.at.context as usize].code.chunk;
        Why::new(reason, detail, chunk.spans[self.at.pc.0 as usize])
    }

    fn stop<T>(&self, reason: Reason, detail: impl Into<String>) -> Step<T> {
        Err(self.why(reason, detail))
    }

    /// The exit of the instruction at hand, which has done nothing yet: the interpreter executes it, or the call that it
    /// is part of.
    fn exit(&mut self, reason: Reason, detail: &str) -> ExitId {
        if let Some(exit) = self.exits.get(&reason) {
            return *exit;
        }
        let why = self.why(reason, detail);
        let exit = self.exit_to(self.root_pc(), Leaving::Cannot(why));
        self.exits.insert(reason, exit);
        exit
    }

    fn exit_to(&mut self, pc: Pc, leaving: Leaving) -> ExitId {
        let live = self.contexts[0].liveness.at(pc).clone();
        let wanted = |var: &Var| match var {
            Var::Register(0, register) => live.contains(*register),
            Var::Register(..) => false,
            Var::Global(_) => true,
        };
        let changed: Vec<(Var, Type)> =
            self.state.iter().filter(|(var, _)| wanted(var)).map(|(var, ty)| (*var, ty.clone())).collect();
        let writes = changed.into_iter().map(|(var, ty)| (var, ty.clone(), self.variable(var, &ty))).collect();
        self.out.exits.push(Exit { pc, leaving, writes });
        ExitId(self.out.exits.len() as u32 - 1)
    }

    /// The instruction of the loop's own function that is under way.
    fn root_pc(&self) -> Pc {
        let mut place = self.at;
        while let Some(parent) = self.contexts[place.context as usize].parent {
            place = parent;
        }
        place.pc
    }

    // Variables

    /// The slots that a variable has for values of a type.
    fn variable(&mut self, var: Var, ty: &Type) -> Vec<Slot> {
        ty.words().into_iter().enumerate().map(|(at, word)| self.word_of(var, at, word)).collect()
    }

    fn word_of(&mut self, var: Var, at: usize, word: Word) -> Slot {
        if let Some(slot) = self.variables.get(&(var, at, word)) {
            return *slot;
        }
        let slot = self.temp(word);
        self.variables.insert((var, at, word), slot);
        let name = self.variable_name(var);
        self.out.names.insert(slot, if at == 0 { name } else { format!("{name}.{at}") });
        slot
    }

    fn variable_name(&self, var: Var) -> String {
        match var {
            Var::Register(context, register) => {
                let name = self.contexts[context as usize].code.chunk.locals.get(register as usize);
                let name = name.map_or_else(|| format!("r{register}"), |name| name.to_string());
                if context == 0 { name } else { format!("{name}@{context}") }
            }
            Var::Global(id) => self.program.global_name(GlobalId(id)),
        }
    }

    fn read(&mut self, register: u16) -> Step<Val> {
        let chunk = &self.contexts[self.at.context as usize].code.chunk;
        if let Some(id) = chunk.pinned_constant(register) {
            let constant = self.contexts[self.at.context as usize].code.constants[id.0 as usize].clone();
            return Ok(self.constant(&constant));
        }
        self.read_var(Var::Register(self.at.context, register))
    }

    fn read_var(&mut self, var: Var) -> Step<Val> {
        if let Some(ty) = self.state.get(&var) {
            let ty = ty.clone();
            let slots = self.variable(var, &ty);
            return Ok(self.read_box(var, Val::new(ty, slots)));
        }
        if self.assigned.contains(&var) || matches!(var, Var::Register(1.., _)) {
            return self.stop(Reason::Unbound, self.variable_name(var));
        }
        if let Some(known) = self.invariants.get(&var) {
            let known = known.clone();
            return Ok(self.read_box(var, known));
        }
        let Some(value) = self.observed(var) else { return self.stop(Reason::Unbound, self.variable_name(var)) };
        let ty = self.type_of(&value);
        let slots = self.variable(var, &ty);
        let val = Val::new(ty.clone(), slots.clone());
        self.out.inputs.push((var, ty, slots));
        self.invariants.insert(var, val.clone());
        Ok(self.read_box(var, val))
    }

    fn observed(&self, var: Var) -> Option<Value> {
        match var {
            Var::Register(_, register) => self.program.register(register),
            Var::Global(id) => self.program.global(GlobalId(id)),
        }
    }

    /// What the assigned variables are when the code begins.
    fn observe_assigned(&mut self) {
        let live = self.contexts[0].liveness.at(self.region.start).clone();
        for var in self.assigned.clone() {
            if matches!(var, Var::Register(_, register) if !live.contains(register)) {
                continue;
            }
            let Some(value) = self.observed(var) else { continue };
            let ty = self.type_of(&value);
            let slots = self.variable(var, &ty);
            self.out.inputs.push((var, ty.clone(), slots));
            self.state.insert(var, ty);
        }
    }

    fn write(&mut self, register: u16, val: Val) {
        self.write_var(Var::Register(self.at.context, register), val);
    }

    fn write_var(&mut self, var: Var, val: Val) {
        self.write_box(var, &val);
        let slots = self.variable(var, &val.ty);
        // A value may be made of parts of what it replaces.
        let fresh: Vec<Slot> = match val.slots.len() {
            0 | 1 => val.slots,
            _ => val.slots.iter().map(|slot| self.fresh(*slot)).collect(),
        };
        for (dst, src) in slots.into_iter().zip(fresh) {
            self.copy(dst, src);
        }
        self.state.insert(var, val.ty);
    }

    fn fresh(&mut self, src: Slot) -> Slot {
        let dst = self.temp(self.out.word(src));
        self.emit(Inst::Copy { dst, src });
        dst
    }

    /// A value that the code holds for good.
    fn object(&mut self, value: &Value) -> ObjectId {
        let at = self.objects.iter().position(|known| known.is(value)).unwrap_or_else(|| {
            self.objects.push(value.clone());
            self.objects.len() - 1
        });
        ObjectId(at as u16)
    }

    // Control

    /// Goes to a place of a compiled function: the code of the loop, or out of it.
    fn go(&mut self, place: Place) {
        if place.context == 0 && !self.region.contains(&place.pc) {
            let exit = self.exit_to(place.pc, Leaving::End);
            return self.end(End::Exit(exit));
        }
        if place.context == self.at.context && place.pc <= self.at.pc && self.block.0 > 0 {
            self.poll(place);
        }
        if place == (Place { context: 0, pc: self.region.start }) && self.block.0 > 0 {
            self.comes_back = true;
            let (one, count) = (self.int(1), self.out.iterations);
            self.emit(Inst::Binary { op: Binary::Add, dst: count, a: count, b: one });
        }
        self.keep_live(place);
        let arrival = Arrival { place, begins: self.begins_loop(place) };
        let count = self.versions.get(&arrival).copied().unwrap_or(0);
        let known = |builder: &Self| {
            let key: Vec<(Var, Type)> = builder.state.iter().map(|(var, ty)| (*var, ty.clone())).collect();
            (builder.blocks.get(&(arrival, key.clone())).copied(), key)
        };
        let (mut found, mut key) = known(self);
        if found.is_none() && count >= WIDEN_AFTER {
            self.state.values_mut().for_each(|ty| *ty = ty.widened());
            (found, key) = known(self);
        }
        let block = match found {
            Some(block) => block,
            None if count >= MAX_VERSIONS => {
                let pc = if place.context == 0 { place.pc } else { self.root_pc() };
                let exit = self.exit_to(pc, Leaving::Cannot(self.why(Reason::ManyTypes, "")));
                return self.end(End::Exit(exit));
            }
            None => {
                let line = if place.context == 0 { String::new() } else { format!("@{}", place.context) };
                let first = if arrival.begins { ".first" } else { "" };
                let block = self.new_block(format!("L{}{line}{first}.{count}", place.pc.0));
                self.blocks.insert((arrival, key), block);
                self.versions.insert(arrival, count + 1);
                self.queue.push((block, place, self.state.clone()));
                block
            }
        };
        self.end(End::Jump(block));
    }

    /// Whether going to a place is to begin a `for` loop.
    fn begins_loop(&self, place: Place) -> bool {
        let code = &self.contexts[place.context as usize].code.chunk.code;
        let is = |pc: Pc, op| code[pc.0 as usize].op == op;
        place.context == self.at.context
            && self.at.pc < place.pc
            && is(place.pc, Op::ForIter)
            && is(self.at.pc, Op::Jump)
    }

    /// Asks whether to stop, at a jump back.
    fn poll(&mut self, to: Place) {
        let (pc, from) = if to.context == 0 { (to.pc, self.at.pc) } else { (self.root_pc(), self.root_pc()) };
        let flag = self.out.flag;
        let exit = self.exit_to(pc, Leaving::Poll(from));
        self.emit(Inst::Poll { flag, exit });
    }

    /// Forgets what nobody reads from a place on, nor after an exit there.
    fn keep_live(&mut self, place: Place) {
        let mut live: HashMap<u16, Registers> = HashMap::new();
        let mut at = Some(place);
        while let Some(Place { context, pc }) = at {
            let waiting = &self.contexts[context as usize];
            live.insert(context, waiting.liveness.at(pc).clone());
            at = waiting.parent;
        }
        self.state.retain(|var, _| match var {
            Var::Register(context, register) => live.get(context).is_some_and(|live| live.contains(*register)),
            Var::Global(_) => true,
        });
    }

    /// Goes one of two ways.
    fn branch(&mut self, condition: Slot, then: Place, otherwise: Place) {
        let (yes, no) = (self.part(), self.part());
        self.end(End::Branch { condition, then: yes, otherwise: no });
        let state = self.state.clone();
        self.switch(yes);
        self.go(then);
        self.state = state;
        self.switch(no);
        self.go(otherwise);
    }

    fn place(&self, pc: Pc) -> Place {
        Place { pc, ..self.at }
    }

    /// Compiles instructions up to the end of a block.
    fn block(&mut self) {
        loop {
            self.exits.clear();
            match self.instruction() {
                Ok(Some(next)) => {
                    let targets = &self.contexts[next.context as usize].targets;
                    if next.context != self.at.context || targets.contains(&next.pc) {
                        return self.go(next);
                    }
                    self.at = next;
                }
                Ok(None) => return,
                Err(why) => {
                    let exit = self.exit_to(self.root_pc(), Leaving::Cannot(why.clone()));
                    self.first_stop.get_or_insert(why);
                    return self.end(End::Exit(exit));
                }
            }
        }
    }
}
