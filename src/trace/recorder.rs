//! The probe: counts every event, and records the steps that somebody wants to see.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use super::code::{ChunkId, Listing};
use super::event::Happening;
use super::inspect::Inspector;
use super::kernel::KernelStep;
use super::loops::Activity;
use super::state::{Address, State};
use super::step::{Position, Step};
use super::tally::{EventKind, Tally};
use super::totals::Totals;
use crate::bytecode::Verified;
use crate::bytecode::chunk::Chunk;
use crate::diagnostic::ErrorKind;
use crate::exception::{Raised, Result};
use crate::interp::probe::{Event, Probe, Scene};
use crate::value::Kind;

/// What is to become of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// It is counted.
    Count,
    /// It is counted, and handed over whole.
    Record,
    /// The run ends before it.
    Stop,
}

/// Who wants to see steps.
pub trait Sink {
    /// Asked before each step.
    fn wish(&mut self, position: &Position) -> Wish;

    /// What the first of several steps that follow one another finds.
    fn found(&mut self, state: &State) {
        let _ = state;
    }

    /// A step that was wanted.
    fn step(&mut self, step: Step);
}

/// What happens beside the interpreter while a step runs: the script prints, kernels run.
#[derive(Clone, Default)]
pub struct Asides(Rc<(Cell<bool>, RefCell<Beside>)>);

#[derive(Default)]
struct Beside {
    printed: Vec<u8>,
    kernels: Vec<Arc<KernelStep>>,
}

impl Asides {
    pub fn print(&self, bytes: &[u8]) {
        self.0.0.set(true);
        self.0.1.borrow_mut().printed.extend_from_slice(bytes);
    }

    pub(super) fn kernel(&self, kernel: KernelStep) {
        self.0.0.set(true);
        self.0.1.borrow_mut().kernels.push(Arc::new(kernel));
    }

    /// What happened since the last call.
    fn take(&self) -> Beside {
        if self.0.0.replace(false) { self.0.1.take() } else { Beside::default() }
    }
}

/// A sink that is looked at afterwards.
impl<S: Sink> Sink for Rc<RefCell<S>> {
    fn wish(&mut self, position: &Position) -> Wish {
        self.borrow_mut().wish(position)
    }

    fn found(&mut self, state: &State) {
        self.borrow_mut().found(state);
    }

    fn step(&mut self, step: Step) {
        self.borrow_mut().step(step);
    }
}

/// A watcher of one run: of whatever sink, so that there is one more interpreter and not one for each.
pub struct Recorder {
    chunks: HashMap<*const Chunk, ChunkId>,
    /// The one that was looked up last.
    chunk: (*const Chunk, ChunkId),
    listing: Arc<Listing>,
    activity: Activity,
    totals: Totals,
    inspector: Inspector,
    asides: Asides,
    sink: Box<dyn Sink>,
    /// The step that runs.
    position: Option<Position>,
    tally: Tally,
    /// Its events, if it is recorded, and what it found.
    events: Option<Vec<Happening>>,
    found: State,
    /// The container that was looked into last.
    container: Option<Address>,
    /// The loop began to run, and has not come to an instruction.
    fresh: bool,
    stopped: bool,
}

impl Recorder {
    /// A watcher of a program and those that it calls, whose listing is `listing`.
    pub fn new(programs: &[&Verified], listing: Arc<Listing>, asides: Asides, sink: Box<dyn Sink>) -> Recorder {
        let mut chunks = HashMap::new();
        let listed = programs.iter().flat_map(|program| crate::bytecode::listings(program));
        for (number, listed) in listed.enumerate() {
            chunks.insert(Rc::as_ptr(&listed.chunk), ChunkId(number as u32));
        }
        Recorder {
            chunks,
            chunk: (std::ptr::null(), ChunkId(0)),
            activity: Activity::new(listing.clone()),
            totals: Totals::new(&listing),
            listing,
            inspector: Inspector::default(),
            asides,
            sink,
            position: None,
            tally: Tally::default(),
            events: None,
            found: State::default(),
            container: None,
            fresh: false,
            stopped: false,
        }
    }

    /// Whether the sink ended the run.
    pub fn was_stopped(&self) -> bool {
        self.stopped
    }

    /// The run is over: its last step ends, and all is counted.
    pub fn finish(mut self) -> Totals {
        self.end_step(None);
        self.activity.finish();
        self.totals.loops = std::mem::take(&mut self.activity.loops);
        for ((chunk, pc), tally) in self.activity.endings.drain() {
            self.totals.sites[chunk.0 as usize][pc as usize].ending = tally;
        }
        self.totals
    }

    fn chunk_of(&mut self, scene: &Scene<'_>) -> ChunkId {
        let code = Rc::as_ptr(&scene.code.chunk);
        if self.chunk.0 != code {
            self.chunk = (code, self.chunks[&code]);
        }
        self.chunk.1
    }

    /// The step that ran is counted, and handed over with what it left: what `scene` shows.
    fn end_step(&mut self, scene: Option<&Scene<'_>>) {
        let Some(position) = self.position.take() else { return };
        let tally = std::mem::take(&mut self.tally);
        self.totals.steps += 1;
        let site = &mut self.totals.sites[position.chunk.0 as usize][position.pc as usize];
        site.executed += 1;
        site.tally += tally;
        self.activity.add(&position, &tally);
        let Beside { printed, kernels } = self.asides.take();
        let Some(events) = self.events.take() else { return };
        let state = match scene {
            Some(scene) => self.inspector.inspect(scene),
            None => std::mem::take(&mut self.found),
        };
        self.found = state.clone();
        let (iteration, looped) = self.activity.costs();
        let prints = String::from_utf8_lossy(&printed).into_owned();
        self.sink.step(Step { position, events, iteration, looped, kernels, prints, state });
    }
}

impl Probe for Recorder {
    const LOOKS: bool = true;

    fn record(&mut self, event: Event<'_>) {
        self.tally.count(EventKind::of(&event));
        let Some(events) = &mut self.events else { return };
        match event {
            Event::Dereference { value } if matches!(value.kind(), Kind::List | Kind::Tuple | Kind::Array) => {
                self.container = Some(Address(value.address()));
            }
            Event::BoundsCheck { index, .. } => {
                if let (Some(container), Ok(index)) = (self.container, usize::try_from(index)) {
                    self.inspector.focus(container, index);
                }
            }
            _ => {}
        }
        events.push(Happening::of(&event));
    }

    fn begin(&mut self) {
        self.fresh = true;
    }

    fn step(&mut self, scene: Scene<'_>) -> Result<()> {
        let follows = self.events.is_some();
        self.end_step(Some(&scene));
        if self.stopped {
            return Err(stop());
        }
        let chunk = self.chunk_of(&scene);
        let (pc, depth) = (scene.pc.0, scene.depth());
        let arrival = self.activity.arrive(chunk, pc, depth, std::mem::take(&mut self.fresh));
        let code = &self.listing.chunk(chunk).code;
        let line = code[pc as usize].start.0;
        let goes_on =
            arrival.last.is_some_and(|last| !arrival.changes_call && last < pc && code[last as usize].start.0 == line);
        let position = Position {
            number: self.totals.steps,
            chunk,
            pc,
            line,
            enters_line: !goes_on,
            depth: depth as u32,
            innermost: arrival.innermost,
        };
        match self.sink.wish(&position) {
            Wish::Count => {}
            Wish::Record => {
                if !follows {
                    self.found = self.inspector.inspect(&scene);
                    self.sink.found(&self.found);
                }
                self.events = Some(Vec::new());
                self.container = None;
            }
            Wish::Stop => {
                self.stopped = true;
                return Err(stop());
            }
        }
        self.position = Some(position);
        Ok(())
    }
}

/// No handler of the script sees it.
fn stop() -> Raised {
    Raised::new(ErrorKind::NotImplementedError, "the trace ends here")
}
