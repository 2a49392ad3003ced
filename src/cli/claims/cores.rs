//! Experiments on several cores, of the CPU and of a GPU.

use std::path::Path;

use super::claim::{Outcome, Range, Row, Unit};
use super::lab::Lab;
use super::python::Setting;
use super::trial::{Arm, Asked, By, Form, Inputs, Quotient, Wrong};
use crate::jit::{Simd, Switches};

/// Hundreds of iterations of nothing but arithmetic in each thread.
const SERIES: usize = 1 << 20;
/// Rows of a matrix whose product takes some ten milliseconds.
const SIDE: usize = 768;
/// Iterations that take much longer than an interpreter's start.
const STEPS: usize = 4_000_000;

/// One thread against all.
pub fn threads(lab: &mut Lab<'_>) -> Result<Vec<Row>, Wrong> {
    let n = lab.threads();
    if n < 2 {
        return Ok(vec![untested("one thread ÷ all threads", "this process may use one core only")]);
    }
    let set = |threads| Switches { simd: Simd::Auto, threads, ..Switches::default() };
    let python = |function, of, threads| Arm::Call { function, of, by: By::Python(Setting::Blas(threads), 1) };
    let row = |what: &str, function: &'static str, of: Inputs| Asked {
        what: format!("{what}: one thread ÷ {n}"),
        range: Some(Range::about(n as f64)),
        unit: Unit::Times,
        toy: Ok(Quotient::ratio(Arm::toy(function, of, set(1)), Arm::toy(function, of, set(n)))),
        python: Ok(Quotient::ratio(python(function, of, 1), python(function, of, n))),
    };
    let side = (SIDE / (lab.effort.shrink as f64).sqrt() as usize).max(2);
    let product = Inputs { n: side, ..lab.inputs("product_inputs", SIDE) };
    let asked = vec![
        row("matrix product", "product_of_matrices", product),
        row("array expression", "series_vectorized", lab.inputs("series_inputs", SERIES)),
    ];
    lab.measure(asked)
}

/// What several threads, or several processes, do in the time of one.
pub fn interpreters(lab: &mut Lab<'_>) -> Result<Vec<Row>, Wrong> {
    let n = lab.threads();
    if n < 2 {
        return Ok(vec![untested("loops in several threads ÷ in one", "this process may use one core only")]);
    }
    let of = lab.inputs("steps_inputs", STEPS);
    let threads = |threads| Arm::Call { function: "steps_loop", of, by: By::Python(Setting::Plain, threads) };
    let processes = |python| {
        let count = |count| Arm::Processes { count, n: of.n, python };
        Ok(Quotient { slow: count(1), fast: count(n), form: Form::Ratio(n as f64) })
    };
    let asked = vec![
        Asked {
            what: format!("work of one interpreter with {n} threads ÷ with one"),
            range: Some(Range::about(1.0)),
            unit: Unit::Times,
            toy: Err("a toy script has no threads".into()),
            python: Ok(Quotient { slow: threads(1), fast: threads(n), form: Form::Ratio(n as f64) }),
        },
        Asked {
            what: format!("work of {n} interpreters in {n} processes ÷ of one"),
            range: Some(Range::about(n as f64)),
            unit: Unit::Times,
            toy: processes(false),
            python: processes(true),
        },
    ];
    lab.measure(asked)
}

/// Said to be untested.
pub fn gpu(_: &mut Lab<'_>) -> Result<Vec<Row>, Wrong> {
    let found = ["/dev/nvidia0", "/dev/kfd"].into_iter().find(|device| Path::new(device).exists());
    let why = match found {
        Some(device) => format!("there is a GPU here ({device}), but toy has no code for it"),
        None => "no GPU was found here".into(),
    };
    Ok(vec![Row { range: Some(Range::at_least(1000.0)), ..untested("loop ÷ GPU", &why) }])
}

fn untested(what: &str, why: &str) -> Row {
    let outcome = Outcome::Untested(why.into());
    Row { what: what.into(), range: None, unit: Unit::Times, toy: outcome.clone(), python: outcome }
}
