//! Experiments on machine code: width of registers, lanes, the choice among them, what compilers do, operations in a
//! cycle.

use std::cell::Cell;
use std::rc::Rc;

use super::claim::{Outcome, Range, Row, Unit};
use super::lab::Lab;
use super::loops::scalar;
use super::ours::World;
use super::python::Setting;
use super::trial::{Arm, Asked, By, Form, Inputs, Quotient, Wrong};
use crate::jit::{KernelRun, Simd, Switches, Unroll};
use crate::machine::cycles;

const WIDTHS: [(Simd, &str, f64); 3] =
    [(Simd::Sse, "SSE, 128-bit", 4.0), (Simd::Avx, "AVX, 256-bit", 8.0), (Simd::Avx512, "AVX-512, 512-bit", 16.0)];

/// Numbers that stay in the caches of a core.
const CACHED: usize = 1 << 14;

fn one_thread(simd: Simd) -> Switches {
    Switches { simd, threads: 1, ..Switches::default() }
}

fn has(simd: Simd) -> Result<(), String> {
    let lacks = || format!("this CPU does not have --simd {}", simd.name());
    if Simd::available().contains(&simd) { Ok(()) } else { Err(lacks()) }
}

/// Elements that one multiplication of the machine code takes.
pub fn lanes(lab: &mut Lab<'_>) -> Result<Vec<Row>, Wrong> {
    let mut world = World::load(lab.program)?;
    let of = lab.inputs("multiply_inputs", CACHED);
    let inputs = world.make(of.function, of.n, false)?;
    let mut rows = Vec::new();
    for (simd, what, floats) in WIDTHS {
        let toy = match has(simd) {
            Err(why) => Outcome::Untested(why),
            Ok(()) => {
                let switches = Switches { unroll: Unroll::ALL[0], ..one_thread(simd) };
                match counted_lanes(&mut world, inputs, switches)? {
                    Some(lanes) => Outcome::counted(lanes),
                    None => Outcome::Untested("the machine code of this CPU is not taken apart".into()),
                }
            }
        };
        rows.push(Row {
            what: format!("{what}: floats in a multiplication"),
            range: Some(Range::exactly(floats)),
            unit: Unit::Count,
            toy,
            python: Outcome::Untested("its machine code is not looked at".into()),
        });
    }
    Ok(rows)
}

/// Elements of a pass of the main loop, for each multiplication in it.
fn counted_lanes(world: &mut World, inputs: usize, switches: Switches) -> Result<Option<u64>, Wrong> {
    let lanes = Rc::new(Cell::new(None));
    let found = lanes.clone();
    world.with(switches, |world| {
        world.engine(|engine| {
            engine.set_watch(Box::new(move |run: &KernelRun| {
                for stage in &run.listing.stages {
                    let lines: Vec<&str> = stage.asm.lines().collect();
                    let multiplies = |at: &&usize| lines.get(**at).is_some_and(|line| line.contains("mulps"));
                    let count = stage.main_loop.iter().filter(multiplies).count();
                    let lanes = stage.pass.checked_div(count).map(|lanes| lanes as u64);
                    found.set(lanes.or(found.get()));
                }
            }));
        });
        let result = world.run("multiply_vectorized", inputs);
        world.engine(|engine| engine.unwatch());
        result.map(drop)
    })?;
    Ok(lanes.get())
}

/// One element in an instruction, against a register of them.
pub fn widths(lab: &mut Lab<'_>) -> Result<Vec<Row>, Wrong> {
    let of = lab.inputs("polynomial_inputs", CACHED);
    let polynomial = |switches| Arm::toy("polynomial_vectorized", of, switches);
    let row = |(simd, what, _): (Simd, &str, f64)| Asked {
        what: format!("scalar ÷ {what}, float32"),
        range: Some(Range::new(2.0, 8.0)),
        unit: Unit::Times,
        toy: has(simd).map(|()| Quotient::ratio(polynomial(one_thread(Simd::Scalar)), polynomial(one_thread(simd)))),
        python: Err("NumPy has no path without SIMD".into()),
    };
    // The widest that there is comes first: it says how far one gets.
    let mut widths: Vec<Asked> = WIDTHS.into_iter().rev().map(row).collect();
    widths.sort_by_key(|row| row.toy.is_err());
    lab.measure(widths)
}

/// What is chosen when nobody says, against the best of all that can be chosen.
pub fn choice(lab: &mut Lab<'_>) -> Result<Vec<Row>, Wrong> {
    let of = lab.inputs("polynomial_inputs", CACHED);
    let polynomial = |simd| Arm::toy("polynomial_vectorized", of, one_thread(simd));
    let python = |setting| Arm::Call { function: "polynomial_vectorized", of, by: By::Python(setting, 1) };
    let has_paths = lab.python.is_ok_and(|python| !python.paths.is_empty());
    let mut asked: Vec<Asked> = Simd::available()
        .into_iter()
        .rev()
        .map(|simd| Asked {
            what: format!("--simd {} ÷ --simd auto", simd.name()),
            range: Some(Range::at_least(0.95)),
            unit: Unit::Times,
            toy: Ok(Quotient::ratio(polynomial(simd), polynomial(Simd::Auto))),
            python: Err("it has no such switch".into()),
        })
        .collect();
    asked.push(Asked {
        what: "NumPy's least path ÷ the one that it chooses".into(),
        range: Some(Range::at_least(0.95)),
        unit: Unit::Times,
        toy: Err("that is NumPy's own choice".into()),
        python: match has_paths {
            true => Ok(Quotient::ratio(python(Setting::Baseline), python(Setting::Plain))),
            false => Err(lab.python.err().unwrap_or("NumPy has one path only on this CPU").into()),
        },
    });
    lab.measure(asked)
}

/// Each thing that a compiler does, taken away; and all of them.
pub fn compiler(lab: &mut Lab<'_>) -> Result<Vec<Row>, Wrong> {
    let cached = lab.inputs("moment_inputs", CACHED);
    let large = lab.inputs("moment_inputs", 1 << 22);
    let on = one_thread(Simd::Auto);
    let row = |what: &str, without: &[(&str, &str)], with: &[(&str, &str)], of: Inputs, range| {
        let set = |settings: &[(&str, &str)]| {
            let mut switches = on;
            settings.iter().try_for_each(|(name, value)| switches.set(name, value))?;
            Ok::<_, String>(Arm::toy("moment_vectorized", of, switches))
        };
        Asked {
            what: what.into(),
            range,
            unit: Unit::Times,
            toy: set(without).and_then(|without| Ok(Quotient::ratio(without, set(with)?))),
            python: Err("what its compiler did cannot be taken away".into()),
        }
    };
    let all = [("unroll", "1"), ("fma", "off"), ("regalloc", "single-pass")];
    let asked = vec![
        row("without all of them ÷ with", &all, &[], cached, Some(Range::new(1.5, 3.0))),
        row("unrolling: --unroll 1 ÷ 8", &[("unroll", "1")], &[("unroll", "8")], cached, None),
        row(
            "order: --schedule sequential ÷ interleaved",
            &[("schedule", "sequential")],
            &[("schedule", "interleaved")],
            cached,
            None,
        ),
        row("fused multiply-add: --fma off ÷ on", &[("fma", "off")], &[("fma", "on")], cached, None),
        row(
            "registers: --regalloc single-pass ÷ backtracking",
            &[("regalloc", "single-pass")],
            &[("regalloc", "backtracking")],
            cached,
            None,
        ),
        row(
            "prefetching: --prefetch off ÷ on, large arrays",
            &[("prefetch", "off")],
            &[("prefetch", "on")],
            large,
            None,
        ),
    ];
    lab.measure(asked)
}

/// Arithmetic in a cycle of the clock, which is measured in the same rounds.
pub fn per_cycle(lab: &mut Lab<'_>) -> Result<Vec<Row>, Wrong> {
    let of = lab.inputs("series_inputs", CACHED);
    let lists = lab.lists("series_inputs", CACHED);
    let mut world = World::load(lab.program)?;
    let inputs = world.make(of.function, of.n, false)?;
    let operations = world.check("series_vectorized", inputs, Switches::default())?.1.work.operations as f64;
    let of_arm = |arm: Arm| match cycles() {
        Some((_, count)) => Ok(Quotient { slow: Arm::Clock, fast: arm, form: Form::Ratio(operations / count as f64) }),
        None => Err("nobody knows this CPU's clock".to_string()),
    };
    let range = Some(Range::at_least(2.0));
    let row = |what: &str, range, toy, python: Result<Quotient, String>| Asked {
        what: what.into(),
        range,
        unit: Unit::PerCycle,
        toy: of_arm(toy),
        python,
    };
    let vectorized = |switches| Arm::toy("series_vectorized", of, switches);
    let looped = Arm::toy("series_loop", lists, Switches::default());
    let asked = vec![
        row(
            "vectorized, one thread",
            range,
            vectorized(one_thread(Simd::Auto)),
            of_arm(Arm::python("series_vectorized", of)),
        ),
        row("scalar machine code in one chain", None, vectorized(scalar()), Err("there is none".into())),
        row("the loop", None, looped, of_arm(Arm::python("series_loop", lists))),
    ];
    lab.measure(asked)
}
