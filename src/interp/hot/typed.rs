//! A loop as typed code: made for the types that its variables have, entered when they have them, and left where the
//! interpreter has to go on.

#![allow(unsafe_code)]

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

use super::costs::Costs;
use super::heat;
use super::marshal::{Left, Words};
use super::program::Now;
use super::report::VersionReport;
use super::routines;
use super::vector::{Counts, Kernels, Vectors};
use crate::bytecode::chunk::{GlobalId, Loop};
use crate::bytecode::op::Op;
use crate::interp::arrays::Barrier;
use crate::interp::cursor::Cursor;
use crate::interp::execution::{Execution, Next};
use crate::interp::frames::Frame;
use crate::interp::probe::Probe;
use crate::interp::window::Window;
use crate::interrupt;
use crate::jit::loops::{Listing, TypedLoop};
use crate::loops::build::{Built, How, build};
use crate::loops::dial::{Dial, Lists};
use crate::loops::eval;
use crate::loops::ir::{Exit, Leaving, LoopCode, Var};
use crate::loops::mode::Mode;
use crate::loops::types::Type;
use crate::loops::verify::verify;
use crate::loops::why::{Reason, Why};
use crate::value::{Code, Value, free_numbers};

/// For how many sets of types a loop is compiled, or tried to be.
const MAX_VERSIONS: usize = 4;

/// Calls that wait for the one with the loop: as many as may be inlined into one another.
const MAX_CALLERS: usize = 4;

/// Exits after which it is asked whether typed code is worth while.
const MANY_EXITS: u64 = 64;

/// Iterations between two exits that are worth an entry.
const FEW_ITERATIONS: u64 = 4;

/// A hot loop.
pub struct Typed {
    code: Rc<Code>,
    index: usize,
    dial: Option<Dial>,
    mode: Mode,
    versions: RefCell<Vec<Rc<Version>>>,
    /// How often it was compiled, or could not be.
    attempts: Cell<usize>,
    /// Why it could not be compiled for some types.
    refused: RefCell<Option<Why>>,
    /// Why it is run as typed code no more, whatever the types.
    stopped: RefCell<Option<Why>>,
    words: RefCell<Words>,
    /// Whether lists may still be copied to have their items side by side.
    copies_lists: Cell<bool>,
}

struct Version {
    dial: Dial,
    code: LoopCode,
    objects: Vec<Value>,
    /// None if the reference evaluator runs it.
    machine: Option<TypedLoop>,
    /// How many words are exchanged with it.
    exchanged: usize,
    /// How often it was entered, how many iterations it has begun, and how often it was left by each exit.
    entered: Cell<u64>,
    iterations: Cell<u64>,
    left: Vec<Cell<u64>>,
    /// Iterations that were computed by array expressions, and why some inner loops are none.
    vectors: Counts,
    kernels: Kernels,
    not_vector: Vec<Why>,
    costs: Option<Costs>,
    compiled_in: Duration,
}

impl Typed {
    pub fn new(code: Rc<Code>, index: usize, dial: Option<Dial>, mode: Mode) -> Typed {
        Typed {
            code,
            index,
            dial,
            mode,
            versions: RefCell::default(),
            attempts: Cell::default(),
            refused: RefCell::default(),
            stopped: RefCell::default(),
            words: RefCell::default(),
            copies_lists: Cell::new(true),
        }
    }

    /// A call has come to the beginning of the loop's body: goes through the loop as machine code, if that fits.
    pub fn arrive<P: Probe>(&self, x: &mut Execution<'_, P>, from: Cursor, to: Cursor, w: Window) -> Next {
        if self.stopped.borrow().is_some() {
            return Next::at(to, w);
        }
        let mut at = 0;
        loop {
            let version = self.versions.borrow().get(at).cloned();
            let Some(version) = version else { break };
            let is_given_up = version.costs.is_some() && !self.copies_lists.get();
            if !is_given_up && self.enter(x, &version, &w) {
                return self.run(x, &version, from, w);
            }
            at += 1;
        }
        match self.compile(x, &w) {
            Some(version) if self.enter(x, &version, &w) => self.run(x, &version, from, w),
            _ => Next::at(to, w),
        }
    }

    /// Fills the words, if all variables are as the version takes them to be.
    fn enter<P>(&self, x: &mut Execution<'_, P>, version: &Version, w: &Window) -> bool {
        let since = x.cx.marks.now();
        let copying = version.costs.as_ref().map(Costs::now);
        let fits = self.fits(x, version.dial, &version.code, &version.objects, w);
        version.costs.as_ref().zip(copying).inspect(|(costs, since)| costs.has_copied(*since));
        x.cx.marks.has_entered(since);
        fits
    }

    fn fits<P>(&self, x: &Execution<'_, P>, dial: Dial, code: &LoopCode, objects: &[Value], w: &Window) -> bool {
        let mut words = self.words.borrow_mut();
        words.begin(dial);
        words.words.push(x.interrupt_flag() as u64);
        words.push_cells(code.cell_count);
        words.push_area(code.area_words);
        words.words.push(free_numbers() as u64);
        let all = code.inputs.iter().all(|(var, ty, _)| {
            let value = match var {
                Var::Register(_, register) => w.try_get(*register),
                Var::Global(id) => x.cx.global(GlobalId(*id)),
            };
            value.is_some_and(|value| words.push(value, ty, objects).is_some())
        });
        all && !(code.writes_arrays && words.is_read_only)
    }

    #[cold]
    #[inline(never)]
    fn compile<P>(&self, x: &mut Execution<'_, P>, w: &Window) -> Option<Rc<Version>> {
        if self.attempts.get() >= MAX_VERSIONS {
            return None;
        }
        self.attempts.set(self.attempts.get() + 1);
        let began = Instant::now();
        let no_code = |error| Why::new(Reason::NoCode, error, self.code.chunk.loops[self.index].span);
        let made = self.build(x, w).and_then(|(dial, built)| {
            if let Err(broken) = verify(&built.code) {
                debug_assert!(false, "{broken}\n{}", built.code);
                return Err(no_code(format!("internal error: {broken}")));
            }
            let compile = || TypedLoop::compile(&built.code, &routines::address).map_err(no_code);
            let machine = (self.mode != Mode::Evaluate).then(compile).transpose()?;
            Ok((dial, built, machine))
        });
        match made {
            Ok((dial, built, machine)) => {
                let not_vector = self.inner(&built.code.not_vector);
                let left = built.code.exits.iter().map(|_| Cell::new(0)).collect();
                let kernels = built.code.vectors.iter().map(|_| RefCell::default()).collect();
                let may_turn = self.dial.is_none() && dial.lists == Lists::Contiguous;
                let version = Rc::new(Version {
                    dial,
                    costs: may_turn.then(Costs::default),
                    exchanged: built.code.exchanged(),
                    code: built.code,
                    objects: built.objects,
                    machine,
                    entered: Cell::new(0),
                    iterations: Cell::new(0),
                    left,
                    vectors: Counts::default(),
                    kernels,
                    not_vector,
                    compiled_in: began.elapsed(),
                });
                self.versions.borrow_mut().push(version.clone());
                Some(version)
            }
            Err(why) => {
                if self.versions.borrow().is_empty() && self.attempts.get() >= MAX_VERSIONS {
                    self.stopped.replace(Some(why.clone()));
                }
                self.refused.replace(Some(why));
                None
            }
        }
    }

    /// Typed code for the values that the variables have now. Lists are copied into arrays for array expressions, and, if
    /// nobody says what the code is to be like, where a loop in the loop may read what was copied many times. Else they are
    /// as the dial says.
    fn build<P>(&self, x: &Execution<'_, P>, w: &Window) -> Result<(Dial, Built), Why> {
        let now = Now { cx: x.cx, window: w };
        let vector = (self.mode == Mode::Vector).then_some(x.cx.loops.vector_from);
        let built = |dial| build(&self.code, self.index, How { dial, vector }, &now);
        let chooses = self.dial.is_none() && self.may_be_nest();
        let first = (self.copies_lists.get() && (chooses || self.mode == Mode::Vector)).then(|| built(Dial::VECTOR));
        let serves = |found: &Built| {
            let has_lists = found.code.inputs.iter().any(|(_, ty, _)| ty.has_list());
            !found.code.vectors.is_empty()
                || chooses
                    && !found.needs_boxes
                    && (found.is_nest || !has_lists)
                    && self.fits(x, Dial::VECTOR, &found.code, &found.objects, w)
        };
        match first {
            Some(Ok(found)) if serves(&found) => Ok((Dial::VECTOR, found)),
            first => {
                let dial = self.dial.unwrap_or_default();
                built(dial).map(|mut found| {
                    if found.code.vectors.is_empty()
                        && self.mode == Mode::Vector
                        && let Some(first) = first
                    {
                        found.code.not_vector = first.map_or_else(|why| vec![why], |first| first.code.not_vector);
                    }
                    (dial, found)
                })
            }
        }
    }

    /// Whether there is a loop in the loop, as far as its own instructions say.
    fn may_be_nest(&self) -> bool {
        let chunk = &self.code.chunk;
        let Loop { start, end, .. } = chunk.loops[self.index];
        let calls = |pc: u32| matches!(chunk.code[pc as usize].op, Op::Call);
        chunk.loops[self.index + 1..].iter().any(|inner| (start..end).contains(&inner.start))
            || (start.0..end.0).any(calls)
    }

    /// Copying lists takes longer than the loop: from now on they stay in boxes.
    #[cold]
    fn turn_to_boxes(&self) {
        self.copies_lists.set(false);
        self.attempts.set(0);
    }

    /// Reasons of inner loops, each once: of the ways through a loop around one, those that pass it by look like inner ones.
    fn inner(&self, found: &[Why]) -> Vec<Why> {
        let chunk = &self.code.chunk;
        let is_around = |why: &Why| {
            let is_its = |outer: &Loop| chunk.spans[outer.start.0 as usize] == why.span;
            let inside = |outer: &Loop, inner: &Loop| outer.start < inner.start && inner.end <= outer.end;
            chunk.loops.iter().any(|outer| is_its(outer) && chunk.loops.iter().any(|inner| inside(outer, inner)))
        };
        let mut reasons: Vec<Why> = Vec::new();
        for why in found.iter().filter(|why| !is_around(why)) {
            if !reasons.contains(why) {
                reasons.push(why.clone());
            }
        }
        reasons
    }

    fn run<P: Probe>(&self, x: &mut Execution<'_, P>, version: &Version, from: Cursor, mut w: Window) -> Next {
        if version.code.writes_arrays
            && let Err(raised) = x.cx.pass_barrier(Barrier::Full)
        {
            return x.fail(raised, from, w);
        }
        let mut words = self.words.borrow_mut();
        let count = words.words.len().max(version.exchanged);
        words.words.resize(count, 0);
        let engine = x.cx.engine.clone();
        let vectors = Vectors::new(&version.code.vectors, &version.kernels, &engine, &version.vectors);
        if let Some(first) = words.area.first_mut() {
            *first = vectors.address();
        }
        let began = version.costs.as_ref().map(Costs::now);
        // SAFETY: `enter` has filled the words by the inputs' types, with addresses of objects that the window and the globals
        // hold until the code has left.
        let exit = unsafe {
            match &version.machine {
                Some(machine) => machine.run(&mut words.words),
                None => eval::run(&version.code, &mut words.words, &routines::address),
            }
        };
        version.costs.as_ref().zip(began).inspect(|(costs, began)| costs.has_run(*began));
        if version.code.writes_lists {
            let (since, copying) = (x.cx.marks.now(), version.costs.as_ref().map(Costs::now));
            words.copies.write_back();
            version.costs.as_ref().zip(copying).inspect(|(costs, since)| costs.has_copied(*since));
            x.cx.marks.has_entered(since);
        }
        let exit_at = exit.0 as usize;
        let exit = &version.code.exits[exit_at];
        let left = Left::new(&words.words, &version.objects, version.dial.lists);
        let before = version.iterations.get();
        version.entered.set(version.entered.get() + 1);
        version.iterations.set(version.iterations.get() + left.word());
        version.left[exit_at].set(version.left[exit_at].get() + 1);
        self.warm(&x.cx.calls.frames, version.iterations.get() - before);
        self.write_back(x, exit, &left, &mut w);
        words.clear();
        drop(words);
        if version.costs.as_ref().is_some_and(Costs::are_too_high) {
            self.turn_to_boxes();
        }
        if let Some(error) = vectors.failed() {
            // The request was only to leave the code.
            let _ = interrupt::check();
            return x.fail(error.into(), from, w);
        }
        match &exit.leaving {
            Leaving::End => Next::at(Cursor::at(&x.code, exit.pc), w),
            Leaving::Poll(jump) => {
                let jump = Cursor::at(&x.code, *jump);
                x.jump(jump, exit.pc, w)
            }
            Leaving::Cannot(why) => {
                self.weigh(version, why);
                Next::at(Cursor::at(&x.code, exit.pc), w)
            }
        }
    }

    /// The loops around this one have been gone through as well, and those around the calls that led here: they become hot
    /// with it.
    fn warm(&self, callers: &[Frame], iterations: u64) {
        let jumps = u32::try_from(iterations).unwrap_or(u32::MAX);
        let inner = self.code.chunk.loops[self.index];
        let around = |found: &Loop| found.start <= inner.start && inner.end <= found.end;
        heat_all(&self.code, self.index, jumps, around);
        for frame in callers.iter().rev().take(MAX_CALLERS) {
            let call = frame.call.pc(&frame.code);
            heat_all(&frame.code, usize::MAX, jumps, |found| (found.start..found.end).contains(&call));
        }
    }

    /// Gives the variables their values.
    fn write_back<P>(&self, x: &mut Execution<'_, P>, exit: &Exit, left: &Left<'_>, w: &mut Window) {
        // What is replaced may be all that keeps another value alive: it is dropped last.
        let values: Vec<Value> = exit
            .writes
            .iter()
            .map(|(var, ty, _)| {
                let old = match var {
                    Var::Register(_, register) => w.try_get(*register),
                    Var::Global(id) => x.cx.global(GlobalId(*id)),
                };
                left.value(ty, old)
            })
            .collect();
        let old: Vec<Option<Value>> = exit
            .writes
            .iter()
            .zip(values)
            .map(|((var, ..), value)| match var {
                Var::Register(_, register) => w.replace(*register, value),
                Var::Global(id) => x.cx.set_global(GlobalId(*id), value),
            })
            .collect();
        drop(old);
    }

    /// Gives typed code up where it is left almost as soon as it is entered.
    fn weigh(&self, version: &Version, why: &Why) {
        let exits = |wanted: &dyn Fn(&Leaving) -> bool| -> u64 {
            let counted = version.code.exits.iter().zip(&version.left);
            counted.filter(|(exit, _)| wanted(&exit.leaving)).map(|(_, count)| count.get()).sum()
        };
        let cannot = exits(&|leaving| matches!(leaving, Leaving::Cannot(_)));
        if cannot >= MANY_EXITS && version.iterations.get() < cannot * FEW_ITERATIONS {
            self.stopped.replace(Some(why.clone()));
        }
    }

    /// What the versions did, and why there are no more.
    pub fn report(&self) -> (Vec<VersionReport>, Option<Why>) {
        let versions: Vec<VersionReport> = self.versions.borrow().iter().map(|version| version.report()).collect();
        let refused = || self.refused.borrow().clone().filter(|_| versions.is_empty());
        let why = self.stopped.borrow().clone().or_else(refused);
        (versions, why)
    }
}

/// Counts jumps back in the words of those of the first `count` loops that are wanted.
fn heat_all(code: &Code, count: usize, jumps: u32, wanted: impl Fn(&Loop) -> bool) {
    for (found, word) in code.chunk.loops.iter().zip(&code.loops).take(count) {
        if wanted(found) {
            heat(word, jumps);
        }
    }
}

impl Version {
    fn report(&self) -> VersionReport {
        let mut left: Vec<(Why, u64)> = Vec::new();
        for (exit, count) in self.code.exits.iter().zip(&self.left) {
            if let (Leaving::Cannot(why), 1..) = (&exit.leaving, count.get()) {
                match left.iter_mut().find(|(known, _)| known == why) {
                    Some((_, sum)) => *sum += count.get(),
                    None => left.push((why.clone(), count.get())),
                }
            }
        }
        let named =
            |slots: &[crate::loops::ir::Slot]| slots.first().and_then(|slot| self.code.names.get(slot)).cloned();
        let input = |(_, ty, slots): &(Var, Type, Vec<_>)| Some(format!("{}: {}", named(slots)?, ty.name()));
        VersionReport {
            types: self.code.inputs.iter().filter_map(input).collect::<Vec<_>>().join(", "),
            entered: self.entered.get(),
            iterations: self.iterations.get(),
            compiled_in: self.compiled_in.as_nanos() as u64,
            len: self.machine.as_ref().map_or(0, |machine| machine.len),
            vectorized: self.vectors.iterations.get(),
            overlapping: self.vectors.overlapping.get(),
            guarded: self.vectors.guarded.get(),
            not_vector: self.not_vector.clone(),
            left,
            ir: self.code.to_string(),
            listing: Listing::of(&self.code, &routines::address).ok(),
        }
    }
}
