//! Computes pending expressions: lowers, compiles, caches and runs.

#![allow(unsafe_code)]

use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use hashbrown::{Equivalent, HashMap};

use super::emit::{Direction, Style};
use super::isa::Target;
use super::listing::Listing;
use super::program::Program;
use super::run::{Context, Outcome, PARALLEL_THRESHOLD, run};
use super::space::{Kind, Space};
use super::stage::is_native;
use super::stats::Stats;
use super::switches::Switches;
use super::worker::Memory;
use crate::array::shape::{broadcast_shapes, shape_text};
use crate::array::{Array, ArrayError, DType, Result};
use crate::diagnostic::ErrorKind;
use crate::interrupt::{self, Interrupted};
use crate::kernel::eval;
use crate::kernel::graph::{self, Expr};
use crate::kernel::ir::{Kernel, Op, Root};
use crate::kernel::lower::{Operand, Options, Task, lower, same_view};
use crate::kernel::op::{ReduceOp, UnaryOp};

/// Computes expressions under fixed switches.
pub struct Engine {
    switches: Switches,
    /// `None`: everything runs on the reference evaluator.
    machine: Option<Machine>,
    interrupt: Arc<AtomicBool>,
    stats: Stats,
    magnitude: Option<f64>,
    dump: Option<Dump>,
}

/// Gets every kernel that is compiled.
pub type Dump = Box<dyn FnMut(&Listing)>;

/// What compiles and runs machine code.
struct Machine {
    target: Target,
    style: Style,
    /// Started by the first kernel that is worth it.
    pool: Option<rayon::ThreadPool>,
    cache: HashMap<Key, Rc<Program>>,
    memory: Memory,
}

/// What a compiled kernel was compiled for.
#[derive(PartialEq, Eq, Hash)]
struct Key {
    kernel: Kernel,
    /// Which operands are one element along a slice.
    still: Vec<bool>,
    direction: Direction,
}

/// A key that is looked up before it is owned.
#[derive(Hash)]
struct KeyRef<'a> {
    kernel: &'a Kernel,
    still: &'a [bool],
    direction: Direction,
}

impl Equivalent<Key> for KeyRef<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        *self.kernel == key.kernel && *self.still == key.still && self.direction == key.direction
    }
}

impl Engine {
    /// An engine for this machine. FMA is switched off if the CPU lacks it: [`Engine::switches`] tells.
    ///
    /// # Errors
    /// In words, if there is no code generator for this CPU.
    pub fn new(mut switches: Switches) -> std::result::Result<Engine, String> {
        let target = Target::host()?;
        switches.fma &= target.fma;
        let machine =
            Machine { target, style: switches.style(), pool: None, cache: HashMap::new(), memory: Memory::default() };
        Ok(Engine { machine: Some(machine), ..Engine::reference(switches) })
    }

    /// An engine that runs every kernel on the reference evaluator.
    pub fn reference(switches: Switches) -> Engine {
        Engine {
            switches,
            machine: None,
            interrupt: interrupt::flag(),
            stats: Stats::default(),
            magnitude: None,
            dump: None,
        }
    }

    /// The switches as they hold (FMA is off where the CPU lacks it).
    pub fn switches(&self) -> Switches {
        self.switches
    }

    pub fn stats(&self) -> &Stats {
        &self.stats
    }

    pub fn reset_stats(&mut self) {
        self.stats = Stats::default();
    }

    /// Calls `dump` with every kernel that is compiled from now on; those in the cache are forgotten.
    pub fn set_dump(&mut self, dump: Dump) {
        self.dump = Some(dump);
        self.forget_kernels();
    }

    /// Forgets every kernel, so that the next run compiles anew: for who measures what compiling costs.
    pub fn forget_kernels(&mut self) {
        if let Some(machine) = &mut self.machine {
            machine.cache.clear();
        }
    }

    /// A flag that ends a running kernel with `KeyboardInterrupt` when it is set, and is cleared by that: the flag of
    /// the thread that made the engine.
    pub fn interrupt(&self) -> Arc<AtomicBool> {
        self.interrupt.clone()
    }

    /// Switches the record of magnitudes on or off: with it, every sum, mean or dot product also computes the sum of
    /// its terms' absolute values (divided by their number for a mean), for bounds of the rounding error.
    pub fn set_magnitudes(&mut self, on: bool) {
        self.magnitude = on.then_some(0.0);
    }

    /// What was recorded since the last call: the sum over all reductions, of the largest element of each.
    pub fn take_magnitude(&mut self) -> f64 {
        self.magnitude.as_mut().map_or(0.0, std::mem::take)
    }

    /// The elements of `expr`, in a new array unless `expr` is one already; 0-d for a full reduction.
    ///
    /// # Errors
    /// `MemoryError`, `KeyboardInterrupt`.
    pub fn evaluate(&mut self, expr: &Expr) -> Result<Array> {
        match expr.as_leaf() {
            Some(array) => Ok(array.clone()),
            None => self.force(expr, &mut Vec::new()),
        }
    }

    /// Writes the elements of `expr` into `out`, broadcast, and cast by the rule `same_kind`. `out` may overlap what
    /// `expr` reads.
    ///
    /// # Errors
    /// `ValueError` if `expr` does not broadcast to the shape of `out`, `TypeError` if its dtype may not be cast.
    pub fn evaluate_into(&mut self, expr: &Expr, out: &Array) -> Result<()> {
        check_output(expr, out)?;
        let expr = expr.cast(out.dtype());
        let mut task = self.lower(&expr, &mut Vec::new())?;
        let elementwise = matches!(task.kernel.root, Root::Store(_));
        let whole = elementwise && self.can_run(&task.kernel);
        if whole && !task.operands.iter().any(|operand| clashes(operand, out)) {
            task.space = out.shape().into();
            task.shape = task.space.clone();
            return self.run(&task, out);
        }
        let result = self.compute(task)?;
        let copy = lower(&Expr::leaf(result), self.options(), &mut |_| unreachable!("a leaf is lowered alone"))?;
        let copy = Task { space: out.shape().into(), shape: out.shape().into(), ..copy };
        if self.machine.is_some() {
            return self.run(&copy, out);
        }
        let result = eval::evaluate(&copy)?;
        (0..out.size()).for_each(|index| out.set(index, result.get(index)));
        Ok(())
    }

    /// Computes what is pending; `forced` holds what was computed on the way.
    fn force(&mut self, expr: &Expr, forced: &mut Vec<(Expr, Array)>) -> Result<Array> {
        let task = self.lower(expr, forced)?;
        let result = self.compute(task)?;
        if self.magnitude.is_some() {
            self.record_magnitude(expr)?;
        }
        Ok(result)
    }

    fn lower(&mut self, expr: &Expr, forced: &mut Vec<(Expr, Array)>) -> Result<Task> {
        lower(expr, self.options(), &mut |inner| {
            if let Some((_, array)) = forced.iter().find(|(known, _)| known.id() == inner.id()) {
                return Ok(array.clone());
            }
            let array = self.force(inner, forced)?;
            forced.push((inner.clone(), array.clone()));
            Ok(array)
        })
    }

    fn options(&self) -> Options {
        Options { fma: self.switches.fma, fuse: self.switches.fuse }
    }

    fn compute(&mut self, task: Task) -> Result<Array> {
        let single = matches!(task.kernel.root, Root::Store(_)) && task.space.iter().product::<usize>() == 1;
        if single || !self.can_run(&task.kernel) {
            self.count(&task);
            return eval::evaluate(&task);
        }
        // SAFETY: `run` writes every element, or fails, and then nobody sees the array.
        let out = unsafe { Array::unwritten(task.kernel.dtype(), &task.shape) }?;
        self.run(&task, &out)?;
        Ok(out)
    }

    /// Whether a kernel has machine code here.
    fn can_run(&self, kernel: &Kernel) -> bool {
        let Some(machine) = &self.machine else { return false };
        let rounds =
            |op: &Op| matches!(op, Op::Unary(UnaryOp::Floor | UnaryOp::Ceil | UnaryOp::Trunc | UnaryOp::Rint, _));
        is_native(kernel) && (machine.target.rounding || !kernel.nodes.iter().any(|node| rounds(&node.op)))
    }

    fn run(&mut self, task: &Task, out: &Array) -> Result<()> {
        self.count(task);
        let machine = self.machine.as_mut().expect("can_run was asked");
        let elementwise = matches!(task.kernel.root, Root::Store(_));
        let space = Space::new(task, elementwise.then_some(out));
        let still: Vec<bool> =
            task.operands.iter().zip(&space.paths).map(|(_, path)| path.kind == Kind::Still).collect();
        let direction = if space.rows.is_some() { Direction::Across } else { Direction::Along };
        let key = KeyRef { kernel: &task.kernel, still: &still, direction };
        let program = match machine.cache.get(&key) {
            Some(program) => program.clone(),
            None => {
                let start = Instant::now();
                let program = Program::compile(key.kernel, key.still, &machine.target, machine.style, direction)
                    .map_err(|why| ArrayError::new(ErrorKind::RuntimeError, format!("kernel compiler: {why}")))?;
                self.stats.compile_time += start.elapsed();
                self.stats.kernels += 1;
                if let Some(dump) = &mut self.dump
                    && let Ok(listing) =
                        Listing::of_kernel(key.kernel, key.still, &machine.target, machine.style, direction)
                {
                    dump(&listing);
                }
                let program = Rc::new(program);
                machine.cache.insert(Key { kernel: key.kernel.clone(), still, direction }, program.clone());
                program
            }
        };
        let elements: usize = task.space.iter().product();
        if self.switches.threads > 1 && elements >= PARALLEL_THRESHOLD && machine.pool.is_none() {
            // Without threads a kernel runs here: the same bits, later.
            machine.pool = rayon::ThreadPoolBuilder::new().num_threads(self.switches.threads).build().ok();
        }
        let context = Context { pool: machine.pool.as_ref(), interrupt: &self.interrupt, memory: &mut machine.memory };
        match run(&program, task, &space, out, context) {
            Outcome::Done => Ok(()),
            Outcome::Interrupted => {
                self.interrupt.store(false, Ordering::Relaxed);
                Err(Interrupted.into())
            }
        }
    }

    fn count(&mut self, task: &Task) {
        let elements = task.space.iter().product::<usize>() as u64;
        self.stats.runs += 1;
        self.stats.elements += elements;
        self.stats.operations += elements * task.kernel.operations();
        self.stats.bytes_written += (task.shape.iter().product::<usize>() * task.kernel.dtype().size()) as u64;
        for operand in &task.operands {
            if let Some(array) = operand.array() {
                self.stats.bytes_read += (array.size() * array.dtype().size()) as u64;
            }
        }
    }

    /// Adds the sum of the absolute terms, if `expr` is a sum of floats, without counting the work.
    fn record_magnitude(&mut self, expr: &Expr) -> Result<()> {
        let graph::Op::Reduce { op: op @ (ReduceOp::Sum | ReduceOp::Mean), of, axes } = expr.op() else {
            return Ok(());
        };
        if !of.dtype().is_float() {
            return Ok(());
        }
        let axes = axes.iter().enumerate().filter(|(_, reduced)| **reduced).map(|(axis, _)| axis).collect();
        let terms = Expr::unary(UnaryOp::Abs, of)?.cast(DType::Float64);
        let (stats, recorded) = (self.stats, self.magnitude.take());
        let sums = Expr::reduce(*op, &terms, Some(axes), false).and_then(|sums| self.evaluate(&sums));
        self.stats = Stats { kernels: self.stats.kernels, ..stats };
        let largest = sums?.iter().map(|sum| sum.as_f64()).fold(0.0, f64::max);
        self.magnitude = recorded.map(|recorded| recorded + largest);
        Ok(())
    }
}

/// The shapes and dtypes of `out=` and of in-place operators, in NumPy's words.
fn check_output(expr: &Expr, out: &Array) -> Result<()> {
    let common = broadcast_shapes(&[expr.shape(), out.shape()]);
    if !common.as_ref().is_ok_and(|common| common == out.shape()) {
        return Err(ArrayError::value(format!(
            "non-broadcastable output operand with shape {} doesn't match the broadcast shape {}",
            shape_text(out.shape()),
            shape_text(common.as_deref().unwrap_or(expr.shape()))
        )));
    }
    let rank = |dtype| match dtype {
        DType::Bool => 0,
        DType::Int64 => 1,
        DType::Float32 | DType::Float64 => 2,
    };
    if rank(expr.dtype()) > rank(out.dtype()) {
        let ufunc = match expr.op() {
            graph::Op::Binary(op, ..) => op.ufunc(),
            graph::Op::Unary(op, _) => op.ufunc(),
            graph::Op::Reduce { op, .. } => op.ufunc(),
            graph::Op::Leaf(_)
            | graph::Op::Constant(_)
            | graph::Op::Weak(_)
            | graph::Op::Cast(_)
            | graph::Op::Select(..) => "copyto",
        };
        return Err(ArrayError::type_error(format!(
            "Cannot cast ufunc '{ufunc}' output from dtype('{}') to dtype('{}') with casting rule 'same_kind'",
            expr.dtype(),
            out.dtype()
        )));
    }
    Ok(())
}

/// Whether writing `out` may destroy elements of an operand that are still to be read: not if it is the same view.
fn clashes(operand: &Operand, out: &Array) -> bool {
    operand.array().is_some_and(|array| Arc::ptr_eq(array.buffer(), out.buffer()) && !same_view(array, out))
}
