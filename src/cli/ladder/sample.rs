//! A ladder of invented figures, for tests of how one is shown.

use super::claims::{Verdict, verdict};
use super::interval::{Factor, Interval};
use super::limit::{By, Limit};
use super::model::{Judged, Ladder, Measured, Outcome, Reordered, Row, Step};
use super::rungs::Order;
use crate::cli::rig::answers::Answer;
use crate::cli::rig::missing::Missing;
use crate::cli::rig::work::Work;
use crate::machine::Place;

/// Every kind of row once.
pub fn ladder() -> Ladder {
    let first = interval(64.0);
    let row = |key: &str, name: &str, gone: &str, outcome| Row {
        key: key.into(),
        name: name.into(),
        gone: gone.into(),
        command: format!("--loops {key}"),
        outcome,
    };
    let measured = |ns: f64, before: Option<f64>, answer| Measured {
        ns_per_iteration: interval(ns),
        ns_inside: interval(ns),
        to_before: before.map(|before| interval(before).over(interval(ns))),
        to_first: before.map(|_| first.over(interval(ns))),
        cycles_per_iteration: Some(ns * 3.0),
        gb_per_s: Some(24.0 / ns),
        gflop_per_s: Some(3.0 / ns),
        answer,
        covered: 1.0,
        uncovered: None,
        compile_ms: 0.5,
    };
    let differs = Answer::Differs { numbers: 1, of: 4, most_ulp: 3 };
    let branches =
        Missing { code: Some("T0021".into()), line: Some(5), message: "the body goes <different> ways".into() };
    let no_avx = Missing { code: None, line: None, message: "this CPU has no AVX-512".into() };
    let partly = Measured {
        covered: 0.75,
        uncovered: Some(branches.clone()),
        ns_inside: interval(1.5),
        ..measured(2.0, Some(80.0), differs)
    };
    let claims = [Some(Factor { median: 12.0, low: 11.0, high: 13.0 }), None];
    Ladder {
        script: "script.toy".into(),
        function: "f".into(),
        line: 4,
        hot_line: 5,
        iterations: 100_000,
        entered: 1,
        size: None,
        cpu: "A CPU".into(),
        threads: 2,
        clock_ghz: Some(3.0),
        rungs: vec![
            row(
                "interpreter",
                "interpreter",
                "nothing",
                Outcome::Measured(Box::new(measured(64.0, None, Answer::SameBits))),
            ),
            row(
                "dispatch",
                "− dispatch",
                "jumps",
                Outcome::Measured(Box::new(measured(80.0, Some(64.0), Answer::SameBits))),
            ),
            row("contiguous", "contiguous", "pointers", Outcome::Measured(Box::new(partly))),
            row("avx", "AVX", "narrow registers", Outcome::Missing(branches.clone())),
            row("avx512", "AVX-512", "narrow registers", Outcome::Missing(branches)),
            row("threads", "threads", "idleness", Outcome::Missing(no_avx)),
        ],
        limit: Some(Limit {
            ns_per_iteration: 0.5,
            by: By::Bandwidth,
            place: Some(Place::L2),
            gb_per_s: Some(48.0),
            gflop_per_s: Some(100.0),
        }),
        work: Some(Work {
            iterations: 1000,
            bytes_read: 24_000,
            bytes_written: 0,
            bytes_touched: 24_000,
            operations: 3000,
            complete: true,
            ..Work::default()
        }),
        claims: claims
            .map(|factor| Judged {
                about: "interpreter overhead".into(),
                section: 2,
                says: "10–50 times slower".into(),
                range: (10.0, 50.0),
                between: factor.map(|_| ("interpreter".into(), "contiguous".into())),
                factor,
                verdict: factor.map(|factor| -> Verdict { verdict(factor, (10.0, 50.0)) }),
            })
            .into(),
        order: Some(Reordered {
            order: Order::default(),
            steps: vec![Step { name: "− boxes".into(), usually: Some(2.0), here: None }],
        }),
        notes: vec!["only 3 rounds fitted the time".into()],
    }
}

/// The same at two sizes.
pub fn sizes() -> Vec<Ladder> {
    [1000, 1_000_000].map(|size| Ladder { size: Some(("N".into(), size)), ..ladder() }).into()
}

fn interval(ns: f64) -> Interval {
    Interval { median: ns, low: ns * 0.875, high: ns * 1.125, confidence: 0.96, samples: 12 }
}
