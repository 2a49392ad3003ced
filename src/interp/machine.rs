//! The loop: fetch an instruction, call its handler, go on where that says.
//!
//! Calls between script functions stay off the native stack: a call pushes a `Frame` and goes on in the same loop.

use std::rc::Rc;

use super::arrays::Barrier;
use super::call::Args;
use super::calls::{Execute, Outcome};
use super::execution::{Execution, Next};
use super::handlers::Handlers;
use super::probe::{Event, Probe, Scene};
use super::runtime::Runtime;
use super::window::Window;
use crate::bytecode::Verified;
use crate::bytecode::chunk::Pc;
use crate::exception::Result;
use crate::interrupt;
use crate::value::{Code, Function, Value};

/// Python's default recursion limit.
pub const MAX_DEPTH: usize = 1000;

/// Runs programs.
pub struct Machine {
    pub runtime: Runtime,
}

impl Machine {
    pub fn new(runtime: Runtime) -> Machine {
        Machine { runtime }
    }

    /// Runs a module from its first instruction to its last, watched by `probe`, and so are all calls that built-in
    /// functions make on the way.
    ///
    /// # Errors
    /// The exception that the script did not handle, with the places it passed through.
    pub fn run<P: Probe + Clone + 'static>(&mut self, program: &Verified, probe: P) -> Result<()> {
        let code = self.runtime.load(program);
        self.start(code, probe).map(drop)
    }

    /// Runs the next input of a session, compiled to go on with [`Runtime::names`], and hands out what it returns.
    ///
    /// # Errors
    /// As [`Machine::run`].
    ///
    /// # Panics
    /// If it was compiled to go on with others.
    pub fn run_next<P: Probe + Clone + 'static>(&mut self, program: &Verified, probe: P) -> Result<Value> {
        let code = self.runtime.load_next(program);
        let result = self.start(code, probe);
        // The probe may be somebody's who wants it back.
        self.runtime.calls.execute = None;
        result
    }

    /// Runs the program that was loaded last once more, behind [`Runtime::restart`].
    ///
    /// # Errors
    /// As [`Machine::run`].
    pub fn run_again<P: Probe + Clone + 'static>(&mut self, probe: P) -> Result<()> {
        match self.runtime.loaded.clone() {
            Some(code) => self.start(code, probe).map(drop),
            None => Ok(()),
        }
    }

    fn start<P: Probe + Clone + 'static>(&mut self, code: Rc<Code>, probe: P) -> Result<Value> {
        self.watch(probe);
        let mut window = self.runtime.calls.registers.begin(code.chunk.registers);
        window.pin(&code);
        let result = self.runtime.execute(code, window, Pc(0));
        self.runtime.calls.registers.leave_segment();
        let (Outcome::Returned(value) | Outcome::Yielded(value, _)) = result?;
        self.runtime.pass_barrier(Barrier::Work)?;
        Ok(value)
    }

    /// Calls a function of the script from outside, and returns its result.
    pub fn call<P: Probe + Clone + 'static>(
        &mut self,
        function: &Value,
        arguments: &[Value],
        probe: P,
    ) -> Result<Value> {
        self.watch(probe);
        let args = Args { positional: arguments.to_vec(), keywords: Vec::new() };
        let result = self.runtime.call_function(function, args)?;
        self.runtime.pass_barrier(Barrier::Full)?;
        Ok(result)
    }

    fn watch<P: Probe + Clone + 'static>(&mut self, probe: P) {
        self.runtime.sites.enabled = P::IS_SILENT && !self.runtime.stopwatch.by_instruction;
        self.runtime.calls.execute = Some(Rc::new(Watched(probe)));
    }
}

/// What runs code that a probe watches.
struct Watched<P>(P);

impl<P: Probe + Clone> Execute for Watched<P> {
    fn execute(&self, cx: &mut Runtime, code: Rc<Code>, window: Window, start: Pc) -> Result<Outcome> {
        let mut probe = self.0.clone();
        let mut execution = Execution::new(cx, &mut probe, &code);
        interpret(&mut execution, window, start)
    }

    fn execute_each(
        &self,
        cx: &mut Runtime,
        function: &Function,
        mut window: Window,
        items: &[Value],
    ) -> Result<Vec<Value>> {
        let mut probe = self.0.clone();
        let mut execution = Execution::new(cx, &mut probe, &function.code);
        let mut results = Vec::with_capacity(items.len());
        for item in items {
            interrupt::check()?;
            for (register, value) in (0..).zip(std::iter::once(item).chain(&function.closure)) {
                window.replace(register, value.clone());
            }
            window.pin(&function.code);
            let (Outcome::Returned(value) | Outcome::Yielded(value, _)) =
                interpret(&mut execution, window.share(), Pc(0))?;
            results.push(value);
        }
        Ok(results)
    }
}

/// Runs code from an instruction on until it returns or hands out an item.
///
/// Handlers are functions of their own, so that each has the machine's registers to itself: in one large function
/// around a jump table, the state of the loop lives in memory. Cursor and window go from one to the next in registers.
#[inline(never)]
fn interpret<P: Probe>(execution: &mut Execution<'_, P>, window: Window, start: Pc) -> Result<Outcome> {
    let mut next = Next::at(execution.start().forward(start), window);
    if P::LOOKS {
        execution.probe.begin();
    }
    let handlers =
        if P::IS_SILENT && execution.cx.loops.is_on() { &Handlers::<P>::COUNTING } else { &Handlers::<P>::TABLE };
    while let Some(cursor) = next.cursor {
        if P::LOOKS {
            let pc = cursor.pc(&execution.code);
            let scene = Scene { cx: execution.cx, window: &next.window, code: &execution.code, pc };
            if let Err(stop) = execution.probe.step(scene) {
                next = execution.fail(stop, cursor, next.window);
                continue;
            }
        }
        let op = cursor.op();
        execution.probe.record(Event::Dispatch { op });
        next = (handlers[op as usize])(execution, cursor, next.window);
    }
    execution.outcome.take().expect("a run ends with an outcome")
}
