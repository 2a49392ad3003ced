//! Toy's side: the run that counts, and the runs that are timed, silently and on the real clock.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::bytecode::Verified;
use crate::exception::Raised;
use crate::interp::host::{Clock, Host, Opening, Process, Standard};
use crate::interp::probe::Silent;
use crate::interp::{Machine, Runtime};
use crate::jit::Engine;
use crate::stream::{Channel, Memory};
use crate::trace::{Asides, Listing, Outcome, Position, Sink, Step, Wish, run};
use crate::value::{List, Value};

use super::timed::TIMES;

/// Steps between two looks at the clock.
const STRIDE: u64 = 1 << 20;

/// What a script of toy's runs with.
pub struct World<'a> {
    pub arguments: Vec<String>,
    pub input: Vec<u8>,
    pub engine: &'a dyn Fn() -> Result<Engine, super::Failure>,
}

impl World<'_> {
    /// A runtime, and what the script will have printed in it.
    fn runtime(&self) -> Result<(Runtime, Memory), super::Failure> {
        let printed = Memory::default();
        let process = Process::new(self.arguments.clone());
        let host = Quiet { process, input: Memory::new(self.input.clone()), printed: printed.clone() };
        Ok((Runtime::new(Box::new(host), (self.engine)()?), printed))
    }

    /// Counts all that a run does; it is stopped after so many steps, or so much time.
    pub fn count(
        &self,
        program: &Verified,
        listing: Arc<Listing>,
        limit: u64,
        patience: Duration,
    ) -> Result<Outcome<Counting>, super::Failure> {
        let (runtime, _) = self.runtime()?;
        let sink = Counting { limit, deadline: Instant::now() + patience, gave_up: None };
        Ok(run(program, listing, runtime, Asides::default(), sink))
    }

    /// Runs a script with timers.
    pub fn time(&self, program: &Verified) -> Result<Run, super::Failure> {
        let (runtime, printed) = self.runtime()?;
        let mut machine = Machine::new(runtime);
        let result = machine.run(program, Silent);
        let closed = machine.runtime.close_files().map_err(Raised::from);
        let times = machine.runtime.global_named(TIMES).and_then(|value| value.get::<List>());
        let times = times.map_or_else(Vec::new, |List(items)| {
            (0..items.len()).filter_map(|at| items.get(at)).filter_map(|time| integer(&time)).collect()
        });
        Ok(Run { times, printed: printed.text(), ending: result.and(closed) })
    }
}

/// What a run left.
pub struct Run {
    pub times: Vec<i64>,
    pub printed: String,
    pub ending: Result<(), Raised>,
}

fn integer(value: &Value) -> Option<i64> {
    value.get::<i64>().copied()
}

/// A sink that wants no step.
pub struct Counting {
    limit: u64,
    deadline: Instant,
    /// Why it stopped the run.
    pub gave_up: Option<GaveUp>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GaveUp {
    Steps,
    Time,
}

impl Sink for Counting {
    fn wish(&mut self, position: &Position) -> Wish {
        if position.number >= self.limit {
            self.gave_up = Some(GaveUp::Steps);
        } else if position.number.is_multiple_of(STRIDE) && Instant::now() > self.deadline {
            self.gave_up = Some(GaveUp::Time);
        }
        if self.gave_up.is_some() { Wish::Stop } else { Wish::Count }
    }

    fn step(&mut self, _step: Step) {}
}

/// The process, but what the script prints is kept, and its input is given.
struct Quiet {
    process: Process,
    input: Memory,
    printed: Memory,
}

impl Host for Quiet {
    fn stream(&mut self, which: Standard) -> Box<dyn Channel> {
        Box::new(match which {
            Standard::In => self.input.clone(),
            Standard::Out => self.printed.clone(),
            Standard::Err => Memory::default(),
        })
    }

    fn open(&mut self, path: &str, how: Opening) -> io::Result<Box<dyn Channel>> {
        self.process.open(path, how)
    }

    fn clock(&mut self, clock: Clock) -> i64 {
        self.process.clock(clock)
    }

    fn sleep(&mut self, time: Duration) -> io::Result<()> {
        self.process.sleep(time)
    }

    fn arguments(&self) -> Vec<String> {
        self.process.arguments()
    }
}
