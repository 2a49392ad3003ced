//! One pair of functions: found, run, checked, measured.

use std::time::Duration;

use serde::Serialize;

use super::super::script::Script;
use super::super::timing::{self, Spread};
use super::agree;
use crate::array::DType;
use crate::diagnostic::{Diagnostic, ErrorKind};
use crate::exception::Raised;
use crate::interp::Machine;
use crate::interp::probe::Silent;
use crate::jit::Stats;
use crate::source::Span;
use crate::syntax::ast::StmtKind;
use crate::value::{Function, Kind, NdArray, Tuple, Value};

/// `NAME_loop`, `NAME_vectorized`, and `NAME_inputs`, which makes their arguments.
pub struct Pair {
    pub name: String,
    span: Span,
    looped: Value,
    pub(super) vectorized: Value,
    inputs: Value,
}

/// What one size showed.
#[derive(Debug, Serialize)]
pub struct Row {
    /// Length of the inputs: iterations of the loop.
    pub n: usize,
    pub loop_list: Times,
    pub loop_array: Times,
    pub vectorized: Times,
    /// Time of the loop over lists divided by that of the vectorized form.
    pub factor: f64,
    pub bytes_per_element: f64,
    pub operations_per_element: f64,
    pub gb_per_s: f64,
    pub gflop_per_s: f64,
    /// Machine code for the kernels, made once.
    pub compile_ms: f64,
    pub max_difference: f64,
    pub bound: f64,
}

#[derive(Debug, Serialize)]
pub struct Times {
    pub ns_per_iteration: Spread,
}

/// Why a pair could not be measured.
pub enum Wrong {
    Raised(Raised),
    Diagnostic(Diagnostic),
}

impl From<Raised> for Wrong {
    fn from(raised: Raised) -> Wrong {
        Wrong::Raised(raised)
    }
}

impl Pair {
    /// The pairs that a script defines, in its order.
    ///
    /// # Errors
    /// Half a pair, parameters that differ, or no pair at all.
    pub fn find(script: &Script, machine: &Machine) -> Result<Vec<Pair>, Vec<Diagnostic>> {
        let definitions: Vec<(&str, Span)> = script
            .ast
            .body
            .iter()
            .filter_map(|id| match &script.ast.stmt(*id).kind {
                StmtKind::Def { name, .. } => Some((name.text.as_str(), name.span)),
                _ => None,
            })
            .collect();
        let mut pairs = Vec::new();
        let mut wrong = Vec::new();
        for (name, span) in &definitions {
            let Some(stem) = name.strip_suffix("_loop") else { continue };
            match Pair::new(stem, *span, machine) {
                Ok(pair) => pairs.push(pair),
                Err(diagnostic) => wrong.push(diagnostic),
            }
        }
        if pairs.is_empty() && wrong.is_empty() {
            let message = "there is nothing to compare";
            let help = "define NAME_loop and NAME_vectorized with the same parameters, and NAME_inputs(n)";
            wrong.push(Diagnostic::without_span(ErrorKind::ValueError, message).help(help));
        }
        if wrong.is_empty() { Ok(pairs) } else { Err(wrong) }
    }

    fn new(stem: &str, span: Span, machine: &Machine) -> Result<Pair, Diagnostic> {
        let find = |suffix: &str| {
            let name = format!("{stem}_{suffix}");
            let value = machine.runtime.global_named(&name).filter(|value| value.kind() == Kind::Function);
            value.cloned().ok_or_else(|| {
                let message = format!("'{stem}_loop' has no function '{name}' beside it");
                Diagnostic::new(ErrorKind::NameError, span, message)
            })
        };
        let (looped, vectorized, inputs) = (find("loop")?, find("vectorized")?, find("inputs")?);
        let parameters = |value: &Value| value.get::<Function>().map(|f| f.code.chunk.signature.positional.clone());
        if parameters(&looped) != parameters(&vectorized) {
            let message = format!("'{stem}_loop' and '{stem}_vectorized' have different parameters");
            return Err(Diagnostic::new(ErrorKind::TypeError, span, message));
        }
        Ok(Pair { name: stem.to_string(), span, looped, vectorized, inputs })
    }

    /// The arguments of length `n`.
    pub(super) fn arrays(&self, machine: &mut Machine, n: usize) -> Result<Vec<Value>, Raised> {
        let made = machine.call(&self.inputs, &[Value::int(n as i64)], Silent)?;
        Ok(match made.get::<Tuple>() {
            Some(tuple) => tuple.0.to_vec(),
            None => vec![made],
        })
    }

    /// Runs both forms on inputs of length `n`, checks that they agree, and measures them.
    pub fn measure(
        &self,
        machine: &mut Machine,
        n: usize,
        budget: Duration,
        progress: &mut dyn FnMut(f64),
    ) -> Result<Row, Wrong> {
        let arrays = self.arrays(machine, n)?;
        let lists = arrays.iter().map(|value| to_lists(machine, value)).collect::<Result<Vec<_>, Raised>>()?;

        // The first run compiles; it also says what there is to move and to compute.
        let engine = machine.runtime.engine.clone();
        engine.borrow_mut().forget_kernels();
        engine.borrow_mut().reset_stats();
        let by_array = machine.call(&self.vectorized, &arrays, Silent)?;
        let Stats { work, compile_time, .. } = *engine.borrow().stats();
        engine.borrow_mut().set_magnitudes(true);
        machine.call(&self.vectorized, &arrays, Silent)?;
        let magnitude = engine.borrow_mut().take_magnitude();
        engine.borrow_mut().set_magnitudes(false);

        let by_loop = machine.call(&self.looped, &lists, Silent)?;
        let by_element = machine.call(&self.looped, &arrays, Silent)?;
        let epsilon = arrays.iter().map(epsilon).fold(f64::EPSILON, f64::max);
        let (max_difference, bound) =
            self.check(n, epsilon, magnitude, &[("lists", &by_loop), ("arrays", &by_element)], &by_array)?;

        let machine = std::cell::RefCell::new(machine);
        let run =
            |function: &Value, arguments: &[Value]| machine.borrow_mut().call(function, arguments, Silent).map(drop);
        let spreads = timing::interleaved(
            &mut [&mut || run(&self.looped, &lists), &mut || run(&self.looped, &arrays), &mut || {
                run(&self.vectorized, &arrays)
            }],
            budget,
            progress,
        )?;
        let [loop_list, loop_array, vectorized] = <[Spread; 3]>::try_from(spreads).expect("one for each task");
        let times = |seconds: Spread| Times { ns_per_iteration: seconds.scaled(1e9 / n as f64) };
        let bytes = (work.bytes_read + work.bytes_written) as f64;
        let operations = work.operations as f64;
        Ok(Row {
            n,
            factor: loop_list.median / vectorized.median,
            bytes_per_element: bytes / n as f64,
            operations_per_element: operations / n as f64,
            gb_per_s: bytes / vectorized.median / 1e9,
            gflop_per_s: operations / vectorized.median / 1e9,
            compile_ms: compile_time.as_secs_f64() * 1e3,
            loop_list: times(loop_list),
            loop_array: times(loop_array),
            vectorized: times(vectorized),
            max_difference,
            bound,
        })
    }

    /// Checks that the loop's results equal the vectorized form's within the bound; both are returned.
    fn check(
        &self,
        n: usize,
        epsilon: f64,
        magnitude: f64,
        loops: &[(&str, &Value)],
        by_array: &Value,
    ) -> Result<(f64, f64), Wrong> {
        let name = &self.name;
        let wrong = |kind, message| Wrong::Diagnostic(Diagnostic::new(kind, self.span, message));
        let numbers = |value: &Value, form: &str| {
            agree::numbers(value).ok_or_else(|| {
                let class = value.type_name();
                let message = format!("'{name}_{form}' returns something other than numbers: '{class}'");
                wrong(ErrorKind::TypeError, message)
            })
        };
        let expected = numbers(by_array, "vectorized")?;
        let bound = agree::bound(n, epsilon, magnitude, &expected);
        let mut largest = 0.0f64;
        for (over, value) in loops {
            let difference = agree::max_difference(&numbers(value, "loop")?, &expected);
            if difference > bound || difference.is_nan() {
                let message = format!(
                    "'{name}_loop' over {over} and '{name}_vectorized' disagree at n = {n}: \
                     they differ by {difference:.3e}, and rounding explains at most {bound:.3e}"
                );
                return Err(wrong(ErrorKind::AssertionError, message));
            }
            largest = largest.max(difference);
        }
        Ok((largest, bound))
    }
}

/// Arrays become lists of Python numbers, as `.tolist()` makes them; everything else stays.
fn to_lists(machine: &mut Machine, value: &Value) -> Result<Value, Raised> {
    match value.kind() {
        Kind::Array => machine.runtime.to_list(value),
        _ => Ok(value.clone()),
    }
}

/// The rounding unit that an input brings into the computation.
fn epsilon(value: &Value) -> f64 {
    match value.get::<NdArray>().map(NdArray::dtype) {
        Some(DType::Float32) => f32::EPSILON as f64,
        _ => f64::EPSILON,
    }
}
