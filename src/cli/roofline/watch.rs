//! Hears of every kernel that a script runs: where in the source, inside of which loops, with which arrays.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use crate::bytecode::chunk::Pc;
use crate::exception::Result;
use crate::interp::probe::{Event, Probe, Scene};
use crate::jit::again::Footprint;
use crate::jit::{Again, Engine, KernelRun, Runner, Work};
use crate::source::Span;

/// Kernels that are kept, each with its arrays; and those of one place, over arrays of other shapes.
const MOST: usize = 100;
const MOST_OF_PLACE: usize = 4;

/// A kernel at its place in the source.
pub struct Seen {
    pub span: Span,
    pub function: Rc<str>,
    pub runner: Runner,
    pub expression: String,
    pub operands: Vec<String>,
    /// Whether a stage of it has registers of 128 bits, though wider ones were asked for.
    pub is_narrow: bool,
    pub again: Again,
    pub work: Work,
    pub footprint: Footprint,
    /// How often the script ran it.
    pub runs: u64,
}

/// What was seen.
#[derive(Default)]
pub struct Kernels {
    pub seen: Vec<Seen>,
    /// Kernels that there was no room for.
    pub dropped: u64,
    /// Work of kernels that ran while a loop was under way.
    pub inside: HashMap<Span, Work>,
    frames: Vec<Frame>,
    loops: HashMap<usize, Rc<[Bounds]>>,
}

/// A call under way.
struct Frame {
    /// The address of its code.
    code: usize,
    function: Rc<str>,
    loops: Rc<[Bounds]>,
    pc: Pc,
    span: Span,
}

struct Bounds {
    start: Pc,
    end: Pc,
    span: Span,
}

/// The probe that knows where the script is.
#[derive(Clone, Default)]
pub struct Watcher(Rc<RefCell<Kernels>>);

impl Watcher {
    /// Hears of every kernel that the engine runs from now on.
    pub fn watch(&self, engine: &mut Engine) {
        let kernels = self.0.clone();
        engine.set_watch(Box::new(move |run| kernels.borrow_mut().ran(run)));
    }

    /// All that was seen, in the order of the source.
    pub fn take(&self) -> Kernels {
        let mut kernels = self.0.take();
        kernels.seen.sort_by_key(|seen| (seen.span.start, seen.span.end));
        kernels
    }
}

impl Kernels {
    fn ran(&mut self, run: &KernelRun) {
        let around = self.frames.iter().flat_map(|frame| {
            let inside = |bounds: &&Bounds| bounds.start <= frame.pc && frame.pc < bounds.end;
            frame.loops.iter().filter(inside).map(|bounds| bounds.span)
        });
        for span in around.collect::<Vec<Span>>() {
            *self.inside.entry(span).or_default() += run.work;
        }
        let Some(frame) = self.frames.last().filter(|_| run.work.elements > 0) else { return };
        let span = frame.span;
        if let Some(seen) = self.seen.iter_mut().find(|seen| seen.span == span && seen.again.is_like(&run.again)) {
            seen.runs += 1;
            return;
        }
        let of_place =
            self.seen.iter().enumerate().filter(|(_, seen)| seen.span == span && seen.expression == run.expression);
        let (mut count, mut smallest) = (0, None);
        for (at, seen) in of_place {
            count += 1;
            smallest = match smallest {
                Some((_, elements)) if elements <= seen.work.elements => smallest,
                _ => Some((at, seen.work.elements)),
            };
        }
        let seen = Seen {
            span,
            function: frame.function.clone(),
            runner: run.runner,
            expression: run.expression.clone(),
            operands: run.operands.clone(),
            is_narrow: run.listing.stages.iter().any(|stage| stage.refused.is_some()),
            again: run.again.clone(),
            work: run.work,
            footprint: run.again.footprint(run.work.bytes_written),
            runs: 1,
        };
        match smallest {
            Some((at, elements)) if count >= MOST_OF_PLACE => {
                self.dropped += 1;
                if elements < seen.work.elements {
                    self.seen[at] = seen;
                }
            }
            _ if self.seen.len() >= MOST => self.dropped += 1,
            _ => self.seen.push(seen),
        }
    }
}

impl Probe for Watcher {
    const LOOKS: bool = true;

    fn record(&mut self, _: Event<'_>) {}

    fn step(&mut self, scene: Scene<'_>) -> Result<()> {
        let Kernels { frames, loops, .. } = &mut *self.0.borrow_mut();
        let depth = scene.depth().max(1);
        let chunk = &scene.code.chunk;
        let (code, pc) = (std::ptr::from_ref(scene.code).addr(), scene.pc);
        let span = chunk.spans[pc.0 as usize];
        frames.truncate(depth);
        match frames.get_mut(depth - 1) {
            Some(frame) if frame.code == code => {
                (frame.pc, frame.span) = (pc, span);
                return Ok(());
            }
            Some(_) => frames.truncate(depth - 1),
            None => {}
        }
        let bounds = loops.entry(code).or_insert_with(|| {
            chunk.loops.iter().map(|found| Bounds { start: found.start, end: found.end, span: found.span }).collect()
        });
        frames.push(Frame { code, function: chunk.name.clone(), loops: bounds.clone(), pc, span });
        Ok(())
    }
}
