//! Inner loops as array expressions: what typed code calls to have one computed.

#![allow(unsafe_code)]

mod constant;
mod direct;
mod graph;
mod operands;

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use constant::{constant_terms, times};
use direct::{Direct, Feeds};
use graph::{Graph, Leaves};
use operands::{Elements, Operands, ramp};
use smallvec::SmallVec;

use crate::array::{ArrayError, Result, Scalar};
use crate::diagnostic::ErrorKind;
use crate::interrupt;
use crate::jit::Engine;
use crate::kernel::Expr;
use crate::loops::vector::{Fold, SAFE, VectorLoop};

/// The kernels of each loop, as far as they were needed.
pub type Kernels = Vec<RefCell<Known>>;

/// For how many kinds of operands the kernels of a loop are kept.
const MAX_KINDS: usize = 4;

/// What is known of a loop's kernels.
#[derive(Default)]
pub struct Known {
    direct: Vec<Direct>,
    /// How often there were none that could be called directly.
    refused: usize,
}

/// What became of the loops, each time.
#[derive(Default)]
pub struct Counts {
    /// Iterations that were computed as array expressions.
    pub iterations: Cell<u64>,
    /// How often a loop was gone through iteration by iteration, because what it writes is what it reads elsewhere.
    pub overlapping: Cell<u64>,
    /// And because some iteration might fail.
    pub guarded: Cell<u64>,
}

fn add(counter: &Cell<u64>, more: u64) {
    counter.set(counter.get() + more);
}

/// Who computes the array expressions of one run of typed code.
pub struct Vectors<'a> {
    loops: &'a [VectorLoop],
    kernels: &'a Kernels,
    engine: &'a RefCell<Engine>,
    counts: &'a Counts,
    /// What went wrong after elements had been written.
    failed: RefCell<Option<ArrayError>>,
}

type Folds = SmallVec<[Scalar; 4]>;

/// How a loop's expressions were computed.
enum Done {
    /// What each fold leaves.
    All(Folds),
    /// Nothing was changed.
    Nothing,
}

impl<'a> Vectors<'a> {
    pub fn new(
        loops: &'a [VectorLoop],
        kernels: &'a Kernels,
        engine: &'a RefCell<Engine>,
        counts: &'a Counts,
    ) -> Vectors<'a> {
        Vectors { loops, kernels, engine, counts, failed: RefCell::default() }
    }

    /// What is handed over in the first of the words.
    pub fn address(&self) -> u64 {
        std::ptr::from_ref(self).expose_provenance() as u64
    }

    pub fn failed(self) -> Option<ArrayError> {
        self.failed.into_inner()
    }

    fn compute(&self, index: usize, operands: &Operands<'_>) -> Done {
        let code = &self.loops[index];
        let mut engine = self.engine.borrow_mut();
        let mut known = self.kernels[index].borrow_mut();
        let done = match known.of(code, operands, &mut engine) {
            Some(direct) => self.call(code, direct, operands, &mut engine),
            None => self.evaluate(code, operands, &mut engine),
        };
        done.unwrap_or_else(|error| {
            if error.kind == ErrorKind::KeyboardInterrupt {
                interrupt::request();
            }
            Done::Nothing
        })
    }

    fn call(&self, code: &VectorLoop, direct: &Direct, operands: &Operands<'_>, engine: &mut Engine) -> Result<Done> {
        let feeds = Feeds::new(operands)?;
        if !direct.holds(operands, &feeds, engine)? {
            return Ok(Done::Nothing);
        }
        for at in 0..code.magnitudes.len() {
            if !is_safe(direct.magnitude(at, operands, &feeds, engine)?) {
                return Ok(Done::Nothing);
            }
        }
        let mut folds = Folds::new();
        for (at, fold) in code.folds.iter().enumerate() {
            let result = match constant_terms(code, fold) {
                Some(terms) => times(code, terms, operands),
                None => direct.fold(at, operands, &feeds, engine)?,
            };
            let Some(result) = result.filter(|result| is_sure(fold, *result)) else { return Ok(Done::Nothing) };
            folds.push(result);
        }
        self.write(code, |at| direct.store(at, operands, &feeds, engine));
        Ok(Done::All(folds))
    }

    /// As any other array expression: for large arrays, and for those that are more than a kernel.
    fn evaluate(&self, code: &VectorLoop, operands: &Operands<'_>, engine: &mut Engine) -> Result<Done> {
        if !code.guards.is_empty() {
            // The first iteration behind is not to fail either: it gives the variables their values.
            let leaves = leaves(operands, operands.count + 1)?;
            let Some(all) = Graph::new(code, &leaves).guard() else { return Ok(Done::Nothing) };
            if !matches!(engine.evaluate(&all)?.get(0), Scalar::Bool(true)) {
                return Ok(Done::Nothing);
            }
        }
        let leaves = leaves(operands, operands.count)?;
        let mut graph = Graph::new(code, &leaves);
        for magnitude in &code.magnitudes {
            let Some(sum) = graph.magnitude(*magnitude) else { return Ok(Done::Nothing) };
            if !is_safe(engine.evaluate(&sum)?.get(0)) {
                return Ok(Done::Nothing);
            }
        }
        let mut folds = Folds::new();
        for fold in &code.folds {
            let result = match constant_terms(code, fold) {
                Some(terms) => times(code, terms, operands),
                None => match graph.fold(fold) {
                    Some(expr) => Some(engine.evaluate(&expr)?.get(0)),
                    None => None,
                },
            };
            let Some(result) = result.filter(|result| is_sure(fold, *result)) else { return Ok(Done::Nothing) };
            folds.push(result);
        }
        let stores: Option<Vec<Expr>> = code.stores.iter().map(|(_, value)| graph.expr(*value)).collect();
        let Some(stores) = stores else { return Ok(Done::Nothing) };
        let shape: Arc<[usize]> = Arc::new([operands.count]);
        self.write(code, |at| engine.evaluate_into(&stores[at], &operands.stores[at].view(&shape)));
        Ok(Done::All(folds))
    }

    /// Writes what is stored, one array after the other; from here on the loop has been gone through, whatever happens.
    fn write(&self, code: &VectorLoop, mut store: impl FnMut(usize) -> Result<()>) {
        for at in 0..code.stores.len() {
            if let Err(error) = store(at) {
                interrupt::request();
                if error.kind != ErrorKind::KeyboardInterrupt {
                    self.failed.replace(Some(error));
                }
                break;
            }
        }
    }
}

impl Known {
    /// The kernels for such operands; `None` if the expressions are to be evaluated as any other.
    fn of(&mut self, code: &VectorLoop, operands: &Operands<'_>, engine: &mut Engine) -> Option<&Direct> {
        if !engine.calls_directly(operands.count) || engine.id().is_none() {
            return None;
        }
        let known = self.direct.iter().position(|direct| direct.fits(operands, engine));
        let at = match known {
            Some(at) => at,
            None if self.direct.len() + self.refused >= MAX_KINDS => return None,
            None => {
                let Some(direct) = Direct::new(code, operands, engine) else {
                    self.refused += 1;
                    return None;
                };
                self.direct.push(direct);
                self.direct.len() - 1
            }
        };
        self.direct.get(at)
    }
}

/// Whether a sum of integers of these sizes has 64 bits.
fn is_safe(sum: Scalar) -> bool {
    matches!(sum, Scalar::Float64(sum) if sum < SAFE)
}

/// Whether the order of iterations has no say in a fold: zeros are of two signs, and the first one stays.
fn is_sure(fold: &Fold, result: Scalar) -> bool {
    match (fold, result) {
        (Fold::Extreme { .. }, Scalar::Float64(x)) => x != 0.0,
        (Fold::Extreme { .. }, Scalar::Float32(x)) => x != 0.0,
        _ => true,
    }
}

fn leaves(operands: &Operands<'_>, count: usize) -> Result<Leaves> {
    let shape: Arc<[usize]> = Arc::new([count]);
    let view = |load: &Elements<'_>| Expr::leaf(load.view(&shape));
    Ok(Leaves {
        count,
        loads: operands.loads.iter().map(view).collect(),
        ramps: operands.ramps.iter().map(|steps| ramp(*steps, count).map(Expr::leaf)).collect::<Result<_>>()?,
        scalars: operands.scalars.iter().map(|scalar| Expr::constant(*scalar)).collect(),
    })
}

/// Computes the array expressions of a loop, of operands in `area`: false if nothing was done, and the loop is to go on
/// iteration by iteration.
pub extern "C" fn compute(area: *mut u64, index: usize) -> bool {
    // SAFETY: the first word is the address of a `Vectors` that is there while the code runs, put there before it began.
    let vectors = unsafe { &*std::ptr::with_exposed_provenance::<Vectors<'_>>(*area as usize) };
    let code = &vectors.loops[index];
    // SAFETY: the area has as many words as the largest of the loops needs, and nobody else looks at them meanwhile.
    let words = unsafe { std::slice::from_raw_parts_mut(area, code.words()) };
    let count = words[1] as usize;
    let Some(operands) = Operands::read(code, words, count) else { return false };
    let is_worth_it = code.least(operands.strided()).is_some_and(|least| count as i64 >= least);
    if !is_worth_it {
        return false;
    }
    if !operands.are_apart(code) {
        add(&vectors.counts.overlapping, 1);
        return false;
    }
    let Done::All(folds) = vectors.compute(index, &operands) else {
        add(&vectors.counts.guarded, 1);
        return false;
    };
    for (at, result) in folds.into_iter().enumerate() {
        words[code.fold_at(at)] = match result {
            Scalar::Bool(bit) => bit.into(),
            Scalar::Int64(i) => i as u64,
            Scalar::Float32(x) => x.to_bits().into(),
            Scalar::Float64(x) => x.to_bits(),
        };
    }
    add(&vectors.counts.iterations, count as u64);
    true
}
