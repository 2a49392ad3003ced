//! Experiments on where numbers lie: boxes in order and shuffled, arrays, strides, rows and columns, shapes.

use super::claim::{Range, Row, Unit};
use super::lab::Lab;
use super::trial::{Arm, Asked, Quotient, Wrong};
use crate::jit::Switches;

const RANGE: Option<Range> = Some(Range::new(2.0, 5.0));

/// More than most caches hold: 32 MiB of boxes, 32 MiB of strided numbers, 48 MiB of rows and columns.
const BOXES: usize = 1 << 20;
const STRIDED: usize = 1 << 22;
const SIDE: usize = 2500;

/// Each layout against a contiguous array that is read from its first number to its last.
pub fn layouts(lab: &mut Lab<'_>) -> Result<Vec<Row>, Wrong> {
    let one = Switches { threads: 1, ..Switches::default() };
    let times = |what: String, toy, python| Asked { what, range: RANGE, unit: Unit::Times, toy, python };
    let layouts = lab.inputs("layout_inputs", BOXES);
    let mut asked = Vec::new();
    for (what, slow, in_c) in [
        ("list of boxes, shuffled ÷ contiguous", "layout_shuffled", "layout_sum_shuffled"),
        ("list of boxes, in order ÷ contiguous", "layout_in_order", "layout_sum_in_order"),
    ] {
        asked.push(times(
            what.into(),
            Ok(Quotient::ratio(Arm::toy(slow, layouts, one), Arm::toy("layout_contiguous", layouts, one))),
            Ok(Quotient::ratio(Arm::python(in_c, layouts), Arm::python("layout_sum_contiguous", layouts))),
        ));
    }
    let array = lab.inputs("strides_inputs", STRIDED);
    let strides = ["strides_2", "strides_4", "strides_8", "strides_16", "strides_32", "strides_64"];
    for function in strides {
        asked.push(times(
            format!("array with a stride of {} ÷ contiguous", &function["strides_".len()..]),
            Ok(Quotient::ratio(Arm::toy(function, array, one), Arm::toy("strides_1", array, one))),
            Ok(Quotient::ratio(Arm::python(function, array), Arm::python("strides_1", array))),
        ));
    }
    let side = (SIDE / (lab.effort.shrink as f64).sqrt() as usize).max(2);
    let matrix = super::trial::Inputs { n: side, ..lab.inputs("order_inputs", SIDE) };
    asked.push(times(
        "matrix column by column ÷ row by row".into(),
        Ok(Quotient::ratio(Arm::toy("order_columns", matrix, one), Arm::toy("order_rows", matrix, one))),
        Ok(Quotient::ratio(Arm::python("order_columns", matrix), Arm::python("order_rows", matrix))),
    ));
    lab.measure(asked)
}

/// The same numbers as a vector and as a matrix.
pub fn shapes(lab: &mut Lab<'_>) -> Result<Vec<Row>, Wrong> {
    let (vector, matrix) = (lab.inputs("vector_inputs", 100_000), lab.inputs("matrix_inputs", 100_000));
    let all = Switches::default();
    let row = |(what, function): (&str, &'static str)| Asked {
        what: format!("(50000, 2) ÷ (100000,), {what}"),
        range: Some(Range::about(1.0)),
        unit: Unit::Times,
        toy: Ok(Quotient::ratio(Arm::toy(function, matrix, all), Arm::toy(function, vector, all))),
        python: Ok(Quotient::ratio(Arm::python(function, matrix), Arm::python(function, vector))),
    };
    lab.measure([("element by element", "elementwise"), ("reduced", "reduced")].map(row).into())
}
