use expect_test::expect;

use super::super::claim::{Outcome, Range, Row, Unit};
use super::super::table::CLAIMS;
use super::*;
use crate::cli::timing::Spread;

fn measured(low: f64, median: f64, high: f64) -> Outcome {
    Outcome::Measured(Spread { median, low, high })
}

fn report(python: Result<Python, String>) -> Report<'static> {
    let claim = |name: &str| CLAIMS.iter().find(|claim| claim.name == name).expect("it is there");
    let simd = vec![
        Row {
            what: "scalar ÷ AVX".into(),
            range: Some(Range::new(2.0, 8.0)),
            unit: Unit::Times,
            toy: measured(3.5, 4.25, 5.0),
            python: Outcome::Untested("NumPy has no path without SIMD".into()),
        },
        Row {
            what: "scalar ÷ SSE".into(),
            range: Some(Range::new(2.0, 8.0)),
            unit: Unit::Times,
            toy: measured(1.5, 1.75, 2.5),
            python: Outcome::Untested("NumPy has no path without SIMD".into()),
        },
    ];
    let calls = vec![
        Row {
            what: "calls".into(),
            range: Some(Range::exactly(1.0)),
            unit: Unit::Count,
            toy: Outcome::counted(1),
            python: Outcome::counted(2),
        },
        Row {
            what: "bytecodes".into(),
            range: None,
            unit: Unit::Count,
            toy: Outcome::counted(7012),
            python: Outcome::counted(14016),
        },
    ];
    let gpu = vec![Row {
        what: "loop ÷ GPU".into(),
        range: Some(Range::at_least(1000.0)),
        unit: Unit::Times,
        toy: Outcome::Untested("no GPU was found here".into()),
        python: Outcome::Untested("no GPU was found here".into()),
    }];
    Report {
        cpu: Cpu { model: "A CPU".into(), cores: 2, threads: 2, usable_threads: 2 },
        isa: Isa { architecture: "x86_64".into(), features: vec!["AVX2".into()] },
        python,
        found: vec![
            Found { claim: claim("simd"), rows: simd },
            Found { claim: claim("one-call"), rows: calls },
            Found { claim: claim("gpu"), rows: gpu },
        ],
    }
}

fn python() -> Python {
    Python {
        program: "python3".into(),
        name: "CPython 3.13.0".into(),
        numpy: "2.4.6".into(),
        paths: vec!["X86_V3".into()],
    }
}

#[test]
fn tables() {
    expect![[""]].assert_eq(&report(Ok(python())).table(false));
    expect![[""]].assert_eq(&report(Err("there is no python3".into())).table(false));
}

#[test]
fn colour_is_of_verdicts_alone() {
    let colored = report(Ok(python())).table(true);
    assert!(colored.contains("\u{1b}["));
    let mut plain = String::new();
    let mut rest = colored.as_str();
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        plain += before;
        rest = after.split_once('m').expect("a colour").1;
    }
    assert_eq!(plain + rest, report(Ok(python())).table(false));
}

#[test]
fn markdown() {
    expect![[""]].assert_eq(&report(Ok(python())).markdown());
    expect![[""]].assert_eq(&report(Err("there is no python3".into())).markdown());
}

#[test]
fn json() {
    expect![[""]].assert_eq(&report(Ok(python())).json());
    let alone: Value = serde_json::from_str(&report(Err("there is no python3".into())).json()).expect("JSON");
    assert_eq!((&alone["python"], &alone["note"]), (&Value::Null, &"there is no python3".into()));
}
