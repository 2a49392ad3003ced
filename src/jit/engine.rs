//! Computes pending expressions: lowers, compiles, caches and runs.

#![allow(unsafe_code)]

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, OnceLock};
use std::time::Instant;

use super::cache::{Cache as Kernels, KeyRef};
use super::call::{Answer, Call, Calls};
use super::crew::Crew;
use super::emit::{Direction, Style};
use super::isa::Target;
use super::listing::Listing;
use super::program::{Aim, Program};
use super::run::{Context, PARALLEL_THRESHOLD, run};
use super::space::Space;
use super::stage::is_native;
use super::stats::{Stats, Work};
use super::switches::{Fuse, Stream, Switches};
use super::watch::{KernelRun, Runner, Watch};
use super::worker::{Memory, Plan};
use crate::array::shape::{broadcast_shapes, shape_text};
use crate::array::{Array, ArrayError, DType, Result};
use crate::diagnostic::ErrorKind;
use crate::interrupt::{self, Interrupted};
use crate::kernel::eval;
use crate::kernel::graph::{self, Evaluate, Expr};
use crate::kernel::ir::{Kernel, Op, Root};
use crate::kernel::lower::{Operand, Options, Task, lower, same_view};
use crate::kernel::op::{ReduceOp, UnaryOp};
use crate::kernel::signature::{LeafValue, Signature};
use crate::machine::Cache;

/// Over so many elements a kernel is long enough to forget what preparing its run takes.
const DIRECT_LEN: usize = 262_144;

/// Computes expressions under fixed switches.
pub struct Engine {
    id: u64,
    switches: Switches,
    /// `None`: everything runs on the reference evaluator.
    machine: Option<Machine>,
    interrupt: Arc<AtomicBool>,
    stats: Stats,
    magnitude: Option<f64>,
    watch: Option<Watch>,
}

/// What compiles and runs machine code.
struct Machine {
    target: Target,
    style: Style,
    /// Started by the first kernel that is worth it.
    crew: Option<Crew>,
    cache: Kernels,
    calls: Calls,
    memory: Memory,
}

static NO_AXES: LazyLock<Arc<[usize]>> = LazyLock::new(|| Arc::new([]));

impl Engine {
    /// An engine for this machine. FMA is switched off if the CPU lacks it: [`Engine::switches`] tells.
    ///
    /// # Errors
    /// In words, if there is no code generator for this CPU.
    pub fn new(mut switches: Switches) -> std::result::Result<Engine, String> {
        let target = Target::host(switches.regalloc)?;
        switches.fma &= target.fma;
        let style = target.style(&switches)?;
        let machine = Machine {
            target,
            style,
            crew: None,
            cache: Kernels::default(),
            calls: Calls::default(),
            memory: Memory::default(),
        };
        Ok(Engine { machine: Some(machine), ..Engine::reference(switches) })
    }

    /// An engine that runs every kernel on the reference evaluator.
    pub fn reference(switches: Switches) -> Engine {
        Engine {
            id: fresh_id(),
            switches,
            machine: None,
            interrupt: interrupt::flag(),
            stats: Stats::default(),
            magnitude: None,
            watch: None,
        }
    }

    /// The switches as they hold (FMA is off where the CPU lacks it).
    pub fn switches(&self) -> Switches {
        self.switches
    }

    /// Whether kernels go on across statements.
    pub fn fuses_statements(&self) -> bool {
        self.switches.fuse == Fuse::On
    }

    pub fn stats(&self) -> &Stats {
        &self.stats
    }

    pub fn reset_stats(&mut self) {
        self.stats = Stats::default();
    }

    /// Calls `watch` with every kernel and every matrix product from now on, after it ran.
    pub fn set_watch(&mut self, watch: Watch) {
        self.watch = Some(watch);
    }

    /// Nobody watches any more.
    pub fn unwatch(&mut self) {
        self.watch = None;
    }

    /// Forgets every kernel, so that the next run compiles anew: for who measures what compiling costs.
    pub fn forget_kernels(&mut self) {
        if let Some(machine) = &mut self.machine {
            machine.cache.clear();
            machine.calls.clear();
            self.id = fresh_id();
        }
    }

    /// Kernels that are kept for the next time.
    pub fn kept_kernels(&self) -> usize {
        self.machine.as_ref().map_or(0, |machine| machine.cache.len())
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
        self.answer(expr.clone()).map(Answer::into_array)
    }

    /// The value of `expr`: a number, or an array as [`Engine::evaluate`] gives it. An array that nobody holds beside
    /// `expr` may give its memory to the result.
    ///
    /// # Errors
    /// Those of [`Engine::evaluate`].
    pub fn answer(&mut self, expr: Expr) -> Result<Answer> {
        if let Some(array) = expr.as_leaf() {
            return Ok(Answer::Array(array.clone()));
        }
        let Some(signature) = self.signature(&expr) else { return self.long_way(expr) };
        let machine = self.machine.as_ref().expect("there are signatures for machine code alone");
        match machine.calls.get(&signature) {
            Some(None) => {
                drop(signature);
                self.long_way(expr)
            }
            Some(Some(call)) => {
                self.stats.runs += 1;
                self.stats.work += call.work(signature.len);
                signature.pass();
                let dying = signature.dying_array(expr.dtype());
                call.run(|at| signature.leaves[at].value, signature.len, expr.shared_shape(), dying)
            }
            None => {
                let dying = signature.dying_array(expr.dtype());
                let task = self.lower(&expr, &mut Vec::new())?;
                let result = self.compute(&task, || dying)?;
                self.learn(&signature, &task, |machine, key, _| Ok(machine.cache.get(key)))?;
                Ok(Answer::Array(result))
            }
        }
    }

    /// Remembers how to call the kernel of a task without lowering it again.
    fn learn(
        &mut self,
        signature: &Signature<'_>,
        task: &Task,
        program: impl FnOnce(&mut Machine, KeyRef<'_>, &mut Stats) -> Result<Option<Rc<Program>>>,
    ) -> Result<()> {
        if let Some(machine) = &mut self.machine
            && task.space.iter().product::<usize>() > 1
        {
            let still: Vec<bool> = Space::new(task, None).stills(task.operands.len());
            let key = KeyRef { kernel: &task.kernel, still: &still, direction: Direction::Along, stream: false };
            let program = program(machine, key, &mut self.stats)?;
            machine.calls.learn(signature, task, program);
        }
        Ok(())
    }

    /// Who this engine is for those who keep its calls; `None` if nothing is to be called but through
    /// [`Engine::answer`].
    pub fn id(&self) -> Option<u64> {
        let plain = self.machine.is_some() && self.watch.is_none() && self.magnitude.is_none();
        (plain && self.switches.fuse != Fuse::Off).then_some(self.id)
    }

    /// How to call the kernel of a task directly, its operands by their numbers; none if that is not done.
    pub(super) fn direct(&mut self, task: &Task) -> Option<Rc<Call>> {
        self.id()?;
        let len: usize = task.space.iter().product();
        let is_whole = task.reduced.as_ref().is_none_or(|reduced| reduced.iter().all(|reduced| *reduced));
        if !is_whole || len <= 1 || !self.calls_directly(len) || !self.can_run(&task.kernel) {
            return None;
        }
        let is_row = |array: &Array| array.size() == 1 || (array.shape() == &*task.space && array.is_contiguous());
        if !task.operands.iter().filter_map(Operand::array).all(is_row) {
            return None;
        }
        let still: Vec<bool> = Space::new(task, None).stills(task.operands.len());
        let key = KeyRef { kernel: &task.kernel, still: &still, direction: Direction::Along, stream: false };
        let Engine { machine, stats, .. } = self;
        let (program, _) = machine.as_mut()?.program(key, stats).ok()?;
        Call::new(task, program, |operand| Some((operand, still[operand]))).map(Rc::new)
    }

    /// Whether so many elements are for one thread, and their result for the caches.
    pub fn calls_directly(&self, len: usize) -> bool {
        len < if self.switches.threads == 1 { DIRECT_LEN } else { PARALLEL_THRESHOLD }
    }

    /// Compiles the kernel of an expression that has `signature`, if it can be called directly.
    pub fn prepare(&mut self, expr: &Expr, signature: &Signature<'_>) -> Option<Rc<Call>> {
        self.id()?;
        if let Some(known) = self.machine.as_ref()?.calls.get(signature) {
            return known;
        }
        let task = self.lower(expr, &mut Vec::new()).ok().filter(|task| self.can_run(&task.kernel))?;
        self.learn(signature, &task, |machine, key, stats| {
            machine.program(key, stats).map(|(program, _)| Some(program))
        })
        .ok()?;
        self.machine.as_ref()?.calls.get(signature)?
    }

    /// Runs a kernel that [`Engine::prepare`] has made, as [`Call::run`] says.
    ///
    /// # Errors
    /// `MemoryError`, `KeyboardInterrupt`.
    pub fn call<'a>(
        &mut self,
        call: &Call,
        operand: impl Fn(usize) -> LeafValue<'a>,
        len: usize,
        shape: &Arc<[usize]>,
    ) -> Result<Answer> {
        self.stats.runs += 1;
        self.stats.work += call.work(len);
        call.run(operand, len, if call.reduces() { &NO_AXES } else { shape }, None)
    }

    /// The same, where the result of an elementwise kernel is written into the `len` contiguous elements of `out`.
    ///
    /// # Errors
    /// `KeyboardInterrupt`.
    pub fn call_into<'a>(
        &mut self,
        call: &Call,
        operand: impl Fn(usize) -> LeafValue<'a>,
        len: usize,
        out: Option<Array>,
    ) -> Result<Answer> {
        self.stats.runs += 1;
        self.stats.work += call.work(len);
        call.run(operand, len, &NO_AXES, out)
    }

    fn long_way(&mut self, expr: Expr) -> Result<Answer> {
        let task = self.lower(&expr, &mut Vec::new())?;
        self.complete(task, expr).map(Answer::Array)
    }

    /// The signature of an expression that may be called directly.
    fn signature<'a>(&self, expr: &'a Expr) -> Option<Signature<'a>> {
        let plain = self.machine.is_some()
            && self.watch.is_none()
            && self.magnitude.is_none()
            && self.switches.fuse != Fuse::Off;
        let signature = Signature::read(expr).filter(|_| plain)?;
        // What may want threads or streaming stores is asked about each time.
        self.calls_directly(signature.len).then_some(signature)
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
            return self.run(&task, out, Some(out));
        }
        let result = self.compute(&task, || None)?;
        let copy = lower(&Expr::leaf(result), self.options(), &mut |_| unreachable!("a leaf is lowered alone"))?;
        let copy = Task { space: out.shape().into(), shape: out.shape().into(), ..copy };
        if self.machine.is_some() {
            return self.run(&copy, out, Some(out));
        }
        let result = self.run_reference(&copy)?;
        (0..out.size()).for_each(|index| out.set(index, result.get(index)));
        Ok(())
    }

    /// Computes what `expr` was lowered to.
    fn complete(&mut self, task: Task, expr: Expr) -> Result<Array> {
        if self.magnitude.is_none() {
            // The task is what is left of the expression, and the last to hold its arrays.
            drop(expr);
            return self.compute(&task, || dying_operand(&task));
        }
        let result = self.compute(&task, || None)?;
        self.record_magnitude(&expr)?;
        Ok(result)
    }

    /// `forced` holds what was computed on the way, and is an operand of several.
    fn lower(&mut self, expr: &Expr, forced: &mut Vec<(Expr, Array)>) -> Result<Task> {
        lower(expr, self.options(), &mut |inner| {
            if let Some((_, array)) = forced.iter().find(|(known, _)| known.id() == inner.id()) {
                return Ok(array.clone());
            }
            let task = self.lower(inner, forced)?;
            let array = self.complete(task, inner.clone())?;
            if inner.is_sealed() {
                inner.keep(array.clone());
            } else if inner.is_shared() {
                forced.push((inner.clone(), array.clone()));
            }
            Ok(array)
        })
    }

    fn options(&self) -> Options {
        Options { fma: self.switches.fma, fuse: self.switches.fuse != Fuse::Off }
    }

    /// `dying`: the memory of an operand, for the result.
    pub(super) fn compute(&mut self, task: &Task, dying: impl FnOnce() -> Option<Array>) -> Result<Array> {
        let single = matches!(task.kernel.root, Root::Store(_)) && task.space.iter().product::<usize>() == 1;
        if single || !self.can_run(&task.kernel) {
            return self.run_reference(task);
        }
        let out = match dying() {
            Some(operand) => operand,
            // SAFETY: `run` writes every element, or fails, and then nobody sees the array.
            None => unsafe { Array::unwritten(task.kernel.dtype(), task.shape.clone()) }?,
        };
        self.run(task, &out, None)?;
        Ok(out)
    }

    /// Whether a kernel has machine code here.
    fn can_run(&self, kernel: &Kernel) -> bool {
        let Some(machine) = &self.machine else { return false };
        let rounds =
            |op: &Op| matches!(op, Op::Unary(UnaryOp::Floor | UnaryOp::Ceil | UnaryOp::Trunc | UnaryOp::Rint, _));
        is_native(kernel) && (machine.target.rounding || !kernel.nodes.iter().any(|node| rounds(&node.op)))
    }

    /// `into`: `out` again, if the script says where the result goes.
    pub(super) fn run(&mut self, task: &Task, out: &Array, into: Option<&Array>) -> Result<()> {
        let Engine { machine, stats, switches, interrupt, .. } = self;
        let machine = machine.as_mut().expect("can_run was asked");
        let elementwise = matches!(task.kernel.root, Root::Store(_));
        let space = Space::new(task, elementwise.then_some(out));
        let still = space.stills(task.operands.len());
        let direction = if space.rows.is_some() { Direction::Across } else { Direction::Along };
        let work = Work::of_kernel(task);
        let mut key = KeyRef { kernel: &task.kernel, still: &still, direction, stream: false };
        let (mut program, mut fresh) = machine.program(key, stats)?;
        let may_stream = elementwise && switches.streams(work) && space.is_one_row(out) && !reads(task, out);
        if may_stream && Plan::new(&program, task, &space, out).is_direct() {
            key.stream = true;
            (program, fresh) = machine.program(key, stats)?;
        }
        let listing = match self.watch {
            Some(_) => Some(machine.listing(key).map_err(refused)?),
            None => None,
        };
        let elements: usize = task.space.iter().product();
        if switches.threads > 1 && elements >= PARALLEL_THRESHOLD && machine.crew.is_none() {
            // Those that the system does not give are missed: the same bits, later.
            machine.crew = Some(Crew::new(switches.threads - 1));
        }
        let context = Context { crew: machine.crew.as_mut(), interrupt, memory: &mut machine.memory };
        let outcome = run(&program, task, &space, out, context);
        self.record(work, || {
            let run = KernelRun::of_kernel(task, Runner::MachineCode, listing.unwrap_or_default(), into);
            KernelRun { fresh, threads: Some(outcome.threads), ..run }
        });
        if !outcome.done {
            self.interrupt.store(false, Ordering::Relaxed);
            return Err(Interrupted.into());
        }
        Ok(())
    }

    fn run_reference(&mut self, task: &Task) -> Result<Array> {
        let result = eval::evaluate(task);
        self.record(Work::of_kernel(task), || {
            let passes = vec![("lower", task.kernel.to_string())];
            KernelRun::of_kernel(task, Runner::Reference, Rc::new(Listing { passes, ..Listing::default() }), None)
        });
        result
    }

    /// Counts a run, and describes it to the watcher if there is one.
    pub(super) fn record(&mut self, work: Work, describe: impl FnOnce() -> KernelRun) {
        self.stats.runs += 1;
        self.stats.work += work;
        if let Some(watch) = &mut self.watch {
            watch(&describe());
        }
    }

    /// Adds the sum of the absolute terms, if `expr` is a sum of floats, without counting or showing the work.
    fn record_magnitude(&mut self, expr: &Expr) -> Result<()> {
        let graph::Op::Reduce { op: op @ (ReduceOp::Sum | ReduceOp::Mean), of, axes } = expr.op() else {
            return Ok(());
        };
        if !of.dtype().is_float() {
            return Ok(());
        }
        let axes = axes.iter().enumerate().filter(|(_, reduced)| **reduced).map(|(axis, _)| axis).collect();
        let terms = Expr::unary(UnaryOp::Abs, of)?.cast(DType::Float64);
        let (stats, recorded, watch) = (self.stats, self.magnitude.take(), self.watch.take());
        let sums = Expr::reduce(*op, &terms, Some(axes), false).and_then(|sums| self.evaluate(&sums));
        self.stats = Stats { kernels: self.stats.kernels, ..stats };
        self.watch = watch;
        let largest = sums?.iter().map(|sum| sum.as_f64()).fold(0.0, f64::max);
        self.magnitude = recorded.map(|recorded| recorded + largest);
        Ok(())
    }
}

fn fresh_id() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

impl Evaluate for RefCell<Engine> {
    fn evaluate(&self, expr: &Expr) -> Result<Array> {
        let array = self.borrow_mut().evaluate(expr)?;
        if expr.is_sealed() {
            expr.keep(array.clone());
        }
        Ok(array)
    }
}

impl Switches {
    /// Whether results of a run that does this work go past the caches.
    fn streams(&self, work: Work) -> bool {
        match self.stream {
            Stream::On => true,
            Stream::Off => false,
            Stream::Auto => {
                let bytes = work.bytes_read + work.bytes_written;
                bytes > SMALL_CACHE && bytes > last_cache()
            }
        }
    }
}

/// No last cache is smaller, in bytes.
const SMALL_CACHE: u64 = 1 << 21;

/// Size of the last cache in bytes; large if nobody tells.
fn last_cache() -> u64 {
    static SIZE: OnceLock<u64> = OnceLock::new();
    *SIZE.get_or_init(|| Cache::here().last().map_or(1 << 26, |cache| cache.size))
}

impl Machine {
    /// A kernel, and whether it was compiled just now.
    fn program(&mut self, key: KeyRef<'_>, stats: &mut Stats) -> Result<(Rc<Program>, bool)> {
        if let Some(program) = self.cache.get(key) {
            return Ok((program, false));
        }
        let start = Instant::now();
        let KeyRef { kernel, still, direction, stream } = key;
        let aim = Aim { target: &self.target, style: self.style, still, direction, stream };
        let program = Rc::new(Program::compile(kernel, aim).map_err(refused)?);
        stats.compile_time += start.elapsed();
        stats.kernels += 1;
        if self.cache.insert(key, program.clone()) {
            // These hold kernels, too.
            self.calls.clear();
        }
        Ok((program, true))
    }

    fn listing(&mut self, key: KeyRef<'_>) -> std::result::Result<Rc<Listing>, String> {
        let Machine { target, style, cache, .. } = self;
        let KeyRef { kernel, still, direction, stream } = key;
        let aim = Aim { target, style: *style, still, direction, stream };
        cache.listing(key, || Listing::of_kernel(kernel, aim))
    }
}

fn refused(why: String) -> ArrayError {
    ArrayError::new(ErrorKind::RuntimeError, format!("kernel compiler: {why}"))
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

/// Whether a task reads what it writes.
fn reads(task: &Task, out: &Array) -> bool {
    let same = |operand: &Operand| operand.array().is_some_and(|array| Arc::ptr_eq(array.buffer(), out.buffer()));
    task.operands.iter().any(same)
}

/// The memory of an operand that the task alone holds, for the result: its places are read before they are written, and
/// then never again.
fn dying_operand(task: &Task) -> Option<Array> {
    let take_over = |operand: &Operand| match operand {
        Operand::Array(leaf) if !leaf.is_shared() => leaf.as_leaf()?.take_over(task.kernel.dtype(), &task.shape),
        Operand::Array(_) | Operand::Scalar(..) => None,
    };
    match task.kernel.root {
        Root::Store(_) => task.operands.iter().find_map(take_over),
        Root::Reduce(..) => None,
    }
}

/// Whether writing `out` may destroy elements of an operand that are still to be read: not if it is the same view.
fn clashes(operand: &Operand, out: &Array) -> bool {
    operand.array().is_some_and(|array| Arc::ptr_eq(array.buffer(), out.buffer()) && !same_view(array, out))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listings_are_kept_only_while_somebody_watches() {
        let mut engine = Engine::new(Switches::default()).expect("there is a code generator");
        let kept = |engine: &Engine| engine.machine.as_ref().map(|machine| machine.cache.listings());
        let double = |n| {
            let zeros = Expr::leaf(Array::zeros(DType::Float64, &[n]).expect("a small array"));
            Expr::binary(crate::kernel::BinaryOp::Add, &zeros, &zeros).expect("shapes agree")
        };
        engine.evaluate(&double(3)).expect("it runs");
        assert_eq!((engine.stats().kernels, kept(&engine)), (1, Some(0)));
        engine.set_watch(Box::new(|_| {}));
        engine.evaluate(&double(4)).expect("it runs");
        assert_eq!((engine.stats().kernels, kept(&engine)), (1, Some(1)));
    }
}
