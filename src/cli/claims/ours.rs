//! Toy's side: a script that was run, its functions, and engines set in different ways.

use std::mem::swap;
use std::time::{Duration, Instant};

use super::claim::Program;
use super::python::Fingerprint;
use super::trial::Wrong;
use crate::cli::compare::agree;
use crate::cli::script::{self, Script};
use crate::interp::host::Captured;
use crate::interp::hot::AFTER;
use crate::interp::probe::Silent;
use crate::interp::{Machine, Runtime};
use crate::jit::{Engine, Stats, Switches};
use crate::loops::mode::wishes;
use crate::source::Source;
use crate::value::{Kind, Tuple, Value};

/// What takes longer needs no warming up. The same is in `harness.py`.
const LONG: Duration = Duration::from_millis(5);

/// A machine that ran the script, so that its functions are there.
pub struct World {
    pub script: Script,
    machine: Machine,
    engines: Vec<(Switches, Engine)>,
    inputs: Vec<Vec<Value>>,
}

impl World {
    pub fn load(program: &Program) -> Result<World, Wrong> {
        let script = compile(program)?;
        let engine = Engine::new(Switches::default()).map_err(Wrong::Said)?;
        let mut machine = Machine::new(Runtime::new(Box::new(Captured::default()), engine));
        machine.runtime.loops.after = AFTER;
        machine.runtime.loops.wishes = wishes(&script.source, &script.ast)
            .map_err(|diagnostic| Wrong::Said(diagnostic.render(&script.source, false)))?;
        let ran = machine.run(&script.program, Silent);
        ran.map_err(|raised| Wrong::raised(raised, &script.source))?;
        Ok(World { script, machine, engines: Vec::new(), inputs: Vec::new() })
    }

    /// Makes the arguments of functions, arrays as lists if asked for; gives their number.
    pub fn make(&mut self, function: &str, n: usize, lists: bool) -> Result<usize, Wrong> {
        let made = self.call(function, &[Value::int(n as i64)])?;
        let made = match made.get::<Tuple>() {
            Some(tuple) => tuple.0.to_vec(),
            None => vec![made],
        };
        let mut inputs = Vec::new();
        for value in made {
            inputs.push(match value.kind() {
                Kind::Array if lists => {
                    let list = self.machine.runtime.to_list(&value);
                    list.map_err(|raised| Wrong::raised(raised, &self.script.source))?
                }
                _ => value,
            });
        }
        self.inputs.push(inputs);
        Ok(self.inputs.len() - 1)
    }

    /// Seconds of one call, the average of `repeats`.
    pub fn time(&mut self, function: &str, inputs: usize, switches: Switches, repeats: u32) -> Result<f64, Wrong> {
        self.with(switches, |world| {
            let mut time = |repeats: u32| -> Result<f64, Wrong> {
                let start = Instant::now();
                for _ in 0..repeats {
                    world.run(function, inputs)?;
                }
                Ok(start.elapsed().as_secs_f64() / repeats as f64)
            };
            // What was learned under other switches is learned anew, and the caches hold what others left there.
            let first = time(1)?;
            if repeats == 1 && first > LONG.as_secs_f64() { Ok(first) } else { time(repeats) }
        })
    }

    /// What a call gives, and what its kernels had to do.
    pub fn check(&mut self, function: &str, inputs: usize, switches: Switches) -> Result<(Fingerprint, Stats), Wrong> {
        let (result, stats) = self.with(switches, |world| {
            world.machine.runtime.engine.borrow_mut().reset_stats();
            let result = world.run(function, inputs)?;
            let stats = *world.machine.runtime.engine.borrow().stats();
            Ok((result, stats))
        })?;
        let numbers = agree::numbers(&result)
            .ok_or_else(|| Wrong::Said(format!("{function} returns something other than numbers")))?;
        Ok((Fingerprint { sum: numbers.iter().sum(), length: numbers.len() }, stats))
    }

    /// Does something with the engine that is set so.
    pub fn with<R>(
        &mut self,
        switches: Switches,
        work: impl FnOnce(&mut World) -> Result<R, Wrong>,
    ) -> Result<R, Wrong> {
        let at = match self.engines.iter().position(|(set, _)| *set == switches) {
            Some(at) => at,
            None => {
                self.engines.push((switches, Engine::new(switches).map_err(Wrong::Said)?));
                self.engines.len() - 1
            }
        };
        swap(&mut *self.machine.runtime.engine.borrow_mut(), &mut self.engines[at].1);
        let result = work(self);
        swap(&mut *self.machine.runtime.engine.borrow_mut(), &mut self.engines[at].1);
        result
    }

    /// The engine that is set now.
    pub fn engine(&mut self, work: impl FnOnce(&mut Engine)) {
        work(&mut self.machine.runtime.engine.borrow_mut());
    }

    pub fn run(&mut self, function: &str, inputs: usize) -> Result<Value, Wrong> {
        let arguments = self.inputs[inputs].clone();
        self.call(function, &arguments)
    }

    fn call(&mut self, function: &str, arguments: &[Value]) -> Result<Value, Wrong> {
        let named = self.machine.runtime.global_named(function).cloned();
        let named = named.ok_or_else(|| Wrong::Said(format!("{} has no {function}", self.script.source.name)))?;
        let result = self.machine.call(&named, arguments, Silent);
        result.map_err(|raised| Wrong::raised(raised, &self.script.source))
    }
}

/// The script of a claim.
pub fn compile(program: &Program) -> Result<Script, Wrong> {
    let source = Source::new(program.path, program.text);
    match script::compile(&source) {
        Ok((ast, program)) => Ok(Script { source, ast, program }),
        Err(wrong) => Err(Wrong::Said(wrong.iter().map(|diagnostic| diagnostic.render(&source, false)).collect())),
    }
}
