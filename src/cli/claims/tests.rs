use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use super::claim::{Outcome, Range, Unit, Verdict, Why};
use super::*;

/// Each experiment as short as it can be: five rounds of little.
const LEAST: Effort = Effort { budget: Duration::ZERO, shrink: 1024 };

#[test]
fn each_claim_has_its_program() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut used = BTreeSet::new();
    for claim in CLAIMS {
        let text = std::fs::read_to_string(root.join(claim.program.path)).expect("the program is there");
        assert_eq!(text, claim.program.text, "{}", claim.name);
        used.insert(root.join(claim.program.path));
    }
    let programs = std::fs::read_dir(root.join("programs/claims")).expect("they are there");
    let programs: BTreeSet<_> = programs.map(|entry| entry.expect("it is readable").path()).collect();
    assert_eq!(used, programs);
    let names: BTreeSet<_> = CLAIMS.iter().map(|claim| claim.name).collect();
    assert_eq!(names.len(), CLAIMS.len());
}

/// What is measured in a row is this machine's; that there is one, and that whatever computes the same agrees, is not.
/// Processes are left out: the program that runs here is no interpreter.
#[test]
fn each_experiment_runs_and_agrees() {
    let python = Err("not in this test".to_string());
    for claim in CLAIMS.iter().filter(|claim| claim.name != "one-interpreter") {
        let rows = test(claim, &python, LEAST, &mut |_| {});
        let rows = rows.unwrap_or_else(|wrong| panic!("{}: {wrong:?}", claim.name));
        assert!(!rows.is_empty(), "{}", claim.name);
        for row in &rows {
            assert!(matches!(row.python, Outcome::Untested(_)), "{}: {}", claim.name, row.what);
            if let Outcome::Measured(spread) = &row.toy {
                assert!(spread.low <= spread.median && spread.median <= spread.high, "{}: {}", claim.name, row.what);
            }
        }
        let measured = rows.iter().any(|row| matches!(row.toy, Outcome::Measured(_)));
        assert_eq!(measured, claim.name != "gpu", "{}", claim.name);
    }
}

/// What is counted is the same everywhere.
#[test]
#[cfg(feature = "trace")]
fn counts_are_exact() {
    let python = Err("not in this test".to_string());
    let of = |name: &str| {
        let claim = CLAIMS.iter().find(|claim| claim.name == name).expect("it is there");
        let rows = test(claim, &python, LEAST, &mut |_| {}).expect("it runs");
        rows.into_iter().map(|row| row.toy).collect::<Vec<_>>()
    };
    assert_eq!(of("eight-steps"), [Outcome::counted(8)]);
    assert_eq!(of("one-call")[..2], [Outcome::counted(1), Outcome::counted(1000)]);
}

#[test]
fn verdicts() {
    let range = Range::new(2.0, 8.0);
    let verdicts = [1.99, 2.0, 5.0, 8.0, 8.01].map(|value| range.verdict(value).name());
    assert_eq!(verdicts, ["below", "inside", "inside", "inside", "above"]);
    assert_eq!(Range::at_least(50.0).verdict(f64::INFINITY), Verdict::Inside);
    assert_eq!(Range::exactly(1.0).verdict(2.0), Verdict::Above);
    let shown = [range, Range::at_least(1000.0), Range::exactly(8.0), Range::about(2.0), Range::at_least(0.95)];
    assert_eq!(shown.map(|range| range.to_string()), ["2 – 8", "≥ 1000", "8", "1.8 – 2.2", "≥ 0.95"]);
}

#[test]
fn a_row_is_sure_if_its_quartiles_agree() {
    let row = |range| Row {
        what: String::new(),
        range,
        unit: Unit::Times,
        toy: Outcome::Untested("for a reason".into()),
        python: Outcome::Untested(String::new()),
    };
    let measured = |low, median, high| Outcome::Measured(Spread { median, low, high });
    let ranged = row(Some(Range::new(2.0, 8.0)));
    let of = |outcome: Outcome| (ranged.verdict(&outcome), ranged.is_sure(&outcome));
    assert_eq!(of(measured(3.0, 4.0, 5.0)), (Some(Verdict::Inside), true));
    assert_eq!(of(measured(1.5, 2.5, 3.0)), (Some(Verdict::Inside), false));
    assert_eq!(of(measured(1.0, 1.5, 2.5)), (Some(Verdict::Below), false));
    assert_eq!(of(ranged.toy.clone()), (None, true));
    let free = row(None);
    assert_eq!((free.verdict(&measured(1.0, 2.0, 3.0)), free.is_sure(&measured(1.0, 2.0, 3.0))), (None, true));
}

/// The first row with a verdict decides; toy's before Python's.
#[test]
fn the_reason_follows_the_verdict() {
    let claim = Claim { why: Why { below: "slow", inside: "so", above: "fast" }, ..copy(&CLAIMS[0]) };
    let measured = |value| Outcome::Measured(Spread { median: value, low: value, high: value });
    let untested = || Outcome::Untested("no machine".into());
    let row = |toy, python| Row { what: String::new(), range: Some(claim.range), unit: Unit::Times, toy, python };
    assert_eq!(claim.why(&[row(measured(9.0), measured(500.0))]), "slow");
    assert_eq!(claim.why(&[row(untested(), measured(500.0)), row(measured(50.0), untested())]), "fast");
    assert_eq!(claim.why(&[row(untested(), untested()), row(measured(50.0), untested())]), "so");
    assert_eq!(claim.why(&[row(untested(), untested())]), "Untested: no machine.");
}

fn copy(claim: &Claim) -> Claim {
    let Claim { name, section, words, range, unit, program, experiment, why } = claim;
    let why = Why { below: why.below, inside: why.inside, above: why.above };
    Claim { name, section, words, range: *range, unit: *unit, program: *program, experiment: *experiment, why }
}
