//! Experiments on the loop itself: against arrays, without its interpreter, and what of its time is arithmetic.

use super::claim::{Range, Row, Unit};
use super::lab::Lab;
use super::trial::{Arm, Asked, Form, Quotient, Wrong};
use crate::jit::{Simd, Switches, Unroll};

/// One element in an instruction, one chain, one thread: what the loop would be if it were compiled, and no more.
pub fn scalar() -> Switches {
    let unroll = Unroll::ALL[0];
    Switches { simd: Simd::Scalar, unroll, fma: false, threads: 1, ..Switches::default() }
}

/// The loop of the text over lists, against its array expression.
pub fn against_arrays(lab: &mut Lab<'_>) -> Result<Vec<Row>, Wrong> {
    let mut asked = Vec::new();
    for (n, lists) in [(100_000, true), (1000, true), (1_000_000, true), (100_000, false)] {
        let arrays = lab.inputs("gradient_inputs", n);
        let of = if lists { lab.lists("gradient_inputs", n) } else { arrays };
        let (looped, vectorized) = ("gradient_loop", "gradient_vectorized");
        let all = Switches::default();
        asked.push(Asked {
            what: format!("loop over {} ÷ vectorized, {n} elements", if lists { "lists" } else { "arrays" }),
            range: Some(Range::new(10.0, 100.0)),
            unit: Unit::Times,
            toy: Ok(Quotient::ratio(Arm::toy(looped, of, all), Arm::toy(vectorized, arrays, all))),
            python: Ok(Quotient::ratio(Arm::python(looped, of), Arm::python(vectorized, arrays))),
        });
    }
    lab.measure(asked)
}

/// The loop in the interpreter, against the same loop over the same lists as machine code.
pub fn without_interpreter(lab: &mut Lab<'_>) -> Result<Vec<Row>, Wrong> {
    let of = lab.lists("gradient_inputs", 100_000);
    let toy = |function| Arm::toy(function, of, Switches::default());
    let looped = "gradient_loop";
    let range = Some(Range::new(10.0, 50.0));
    let asked = vec![
        Asked {
            what: "interpreted ÷ the same, same lists, as machine code".into(),
            range,
            unit: Unit::Times,
            toy: Ok(Quotient::ratio(toy(looped), toy("gradient_compiled"))),
            python: Ok(Quotient::ratio(Arm::python(looped, of), toy("gradient_compiled"))),
        },
        Asked {
            what: "interpreted ÷ without dispatch alone".into(),
            range: None,
            unit: Unit::Times,
            toy: Ok(Quotient::ratio(toy(looped), toy("gradient_without_dispatch"))),
            python: Err("its dispatch cannot be taken out".into()),
        },
    ];
    lab.measure(asked)
}

/// What of the loop's time the same arithmetic does not take, as machine code on one element after the other.
pub fn share_of_overhead(lab: &mut Lab<'_>) -> Result<Vec<Row>, Wrong> {
    let lists = lab.lists("gradient_inputs", 10_000);
    let arrays = lab.inputs("gradient_inputs", 10_000);
    let math = || Arm::toy("gradient_vectorized", arrays, scalar());
    let share = |slow| Ok(Quotient { slow, fast: math(), form: Form::Share });
    let range = Some(Range::at_least(50.0));
    let mut rows = lab.measure(vec![Asked {
        what: "time, less that of the same math in scalar code".into(),
        range,
        unit: Unit::Percent,
        toy: share(Arm::toy("gradient_loop", lists, Switches::default())),
        python: share(Arm::python("gradient_loop", lists)),
    }])?;
    rows.extend(super::counts::share_of_events(lab, range)?);
    Ok(rows)
}
