//! The report of one loop, with CPython's answer and with times that nobody measured.

use expect_test::{Expect, expect};

use super::super::pick;
use super::*;
use crate::bytecode;
use crate::cli::timing::Spread;
use crate::source::Source;
use crate::syntax;
use crate::trace::{EventKind, LoopId, Totals};

const ANSWER: &str = r#"{
    "toy": 1, "version": "3.13.9", "implementation": "CPython", "executable": "/usr/bin/python3", "error": null,
    "times": null, "printed": "", "printed_bytes": 0,
    "codes": [{"name": "<module>", "line": 1, "instructions": [
        {"offset": 0, "line": 0, "op": "RESUME", "arg": "0", "target": null},
        {"offset": 2, "line": 1, "op": "LOAD_CONST", "arg": "0", "target": null},
        {"offset": 4, "line": 1, "op": "STORE_NAME", "arg": "t", "target": null},
        {"offset": 6, "line": 2, "op": "FOR_ITER_RANGE", "arg": "to 24", "target": 24},
        {"offset": 10, "line": 2, "op": "STORE_NAME", "arg": "i", "target": null},
        {"offset": 12, "line": 3, "op": "LOAD_NAME", "arg": "t", "target": null},
        {"offset": 14, "line": 3, "op": "LOAD_NAME", "arg": "i", "target": null},
        {"offset": 16, "line": 3, "op": "BINARY_OP_ADD_INT", "arg": "+=", "target": null},
        {"offset": 20, "line": 3, "op": "STORE_NAME", "arg": "t", "target": null},
        {"offset": 22, "line": 3, "op": "JUMP_BACKWARD", "arg": "to 6", "target": 6},
        {"offset": 24, "line": 2, "op": "END_FOR", "arg": "", "target": null}
    ]}]
}"#;

fn listing(text: &str) -> (bytecode::Verified, Listing) {
    let source = Source::new("sum.py", text);
    let program = bytecode::compile(&syntax::parse(&source).expect("correct"), &source).expect("correct");
    let listing = Listing::new(&program, &source);
    (program, listing)
}

#[track_caller]
fn check(measured: Option<Measured>, expected: Expect) {
    let (program, listing) = listing("t = 0\nfor i in range(100):\n    t += i\n");
    let mut totals = Totals::new(&listing);
    if measured.is_some() {
        totals.loops[0].entries = 1;
        totals.loops[0].iterations = 100;
        (0..500).for_each(|_| totals.loops[0].in_iterations.count(EventKind::Dispatch));
    }
    let picked = measured.is_some().then(|| pick::describe(&program, &listing, &totals, LoopId(0)));
    let answer = serde_json::from_str(ANSWER).expect("an answer");
    let report = Report { script: "sum.py", listing: &listing, picked, answer, measured };
    let text = report.text().replace(DEBUG, "");
    assert!(text.lines().all(|line| width(line) <= 110));
    let parsed: Value = serde_json::from_str(&report.json()).expect("JSON");
    assert_eq!(parsed["version"], VERSION);
    expected.assert_eq(&text);
}

fn times(median: f64) -> Option<Times> {
    let ns_per_iteration = Spread { median, low: median - 1.0, high: median + 1.0 };
    Some(Times { rounds: 7, ns_per_iteration, clock_ns_per_iteration: 0.1 })
}

#[test]
fn a_loop_with_both_times() {
    let measured = Measured { toy: times(120.0), python: times(40.0), same_output: Some(true), ..Measured::default() };
    check(
        Some(measured),
        expect![[r#"
            sum.py, line 2, in <module>: for i in range(100):
            100 iterations in 1 entry

                                                     dispatch
                                                     │  bounds check
                                                     │  │  dereference
                                                     │  │  │  type check
                                                     │  │  │  │  memory access
                                                     │  │  │  │  │  arithmetic
                                                     │  │  │  │  │  │  loop counter
                                                     │  │  │  │  │  │  │  branch
                                                     │  │  │  │  │  │  │  │  other
            toy 0.1.0                                │  │  │  │  │  │  │  │  │ │ CPython 3.13.9
                2 | for i in range(100):
            StoreGlobal    L1: r3, i                 1  ·  ·  ·  2  ·  ·  ·  1 │    6 FOR_ITER_RANGE             to 24
            ForIter        L2: r3 ← r2               1  ·  1  1  5  ·  1  1  · │   10 STORE_NAME                 i
                3 |     t += i
            LoadGlobal     r4 ← t                    1  ·  ·  ·  2  ·  ·  ·  1 │   12 LOAD_NAME                  t
            LoadGlobal     r5 ← i                    1  ·  ·  ·  2  ·  ·  ·  1 │   14 LOAD_NAME                  i
            Add            r4 ← r4, r5  in place     1  ·  2  2  5  1  ·  ·  · │   16 BINARY_OP_ADD_INT          +=
            StoreGlobal    r4, t                     1  ·  ·  ·  2  ·  ·  ·  1 │   20 STORE_NAME                 t
                                                                               │   22 JUMP_BACKWARD              to 6

                                                                                           toy              CPython 3.13.9
            instructions of the loop's code                                                  6                           7
            executed per iteration, with inner loops and calls                            5.00                           7
            events per iteration                                                          5.00                           –
            ns per iteration, median                                                       120                        40.0
              quartiles                                                              119 – 121                 39.0 – 41.0
            toy's time divided by CPython's                                               3.00

            The clock was read before and after the loop in the same script under both, in 7 rounds that alternate;
            iterations were counted in a run of toy's of its own. CPython's code is shown as a run left it.
            Both printed the same.
            python3 is /usr/bin/python3
        "#]],
    );
}

#[test]
fn a_loop_without_a_time() {
    let notes = vec!["The loop is not timed: no timers fit around it. ".repeat(3).trim().to_owned()];
    check(
        Some(Measured { notes, ..Measured::default() }),
        expect![[r#"
            sum.py, line 2, in <module>: for i in range(100):
            100 iterations in 1 entry

                                                     dispatch
                                                     │  bounds check
                                                     │  │  dereference
                                                     │  │  │  type check
                                                     │  │  │  │  memory access
                                                     │  │  │  │  │  arithmetic
                                                     │  │  │  │  │  │  loop counter
                                                     │  │  │  │  │  │  │  branch
                                                     │  │  │  │  │  │  │  │  other
            toy 0.1.0                                │  │  │  │  │  │  │  │  │ │ CPython 3.13.9
                2 | for i in range(100):
            StoreGlobal    L1: r3, i                 1  ·  ·  ·  2  ·  ·  ·  1 │    6 FOR_ITER_RANGE             to 24
            ForIter        L2: r3 ← r2               1  ·  1  1  5  ·  1  1  · │   10 STORE_NAME                 i
                3 |     t += i
            LoadGlobal     r4 ← t                    1  ·  ·  ·  2  ·  ·  ·  1 │   12 LOAD_NAME                  t
            LoadGlobal     r5 ← i                    1  ·  ·  ·  2  ·  ·  ·  1 │   14 LOAD_NAME                  i
            Add            r4 ← r4, r5  in place     1  ·  2  2  5  1  ·  ·  · │   16 BINARY_OP_ADD_INT          +=
            StoreGlobal    r4, t                     1  ·  ·  ·  2  ·  ·  ·  1 │   20 STORE_NAME                 t
                                                                               │   22 JUMP_BACKWARD              to 6

                                                                                           toy              CPython 3.13.9
            instructions of the loop's code                                                  6                           7
            executed per iteration, with inner loops and calls                            5.00                           7
            events per iteration                                                          5.00                           –
            ns per iteration, median                                                         –                           –
              quartiles                                                                      –                           –

            The loop is not timed: no timers fit around it. The loop is not timed: no timers fit around it. The loop is
            not timed: no timers fit around it.
            python3 is /usr/bin/python3
        "#]],
    );
}

#[test]
fn no_loop() {
    check(
        None,
        expect![[r#"
            sum.py: no loop runs; the code of the module

                                                     dispatch
                                                     │  bounds check
                                                     │  │  dereference
                                                     │  │  │  type check
                                                     │  │  │  │  memory access
                                                     │  │  │  │  │  arithmetic
                                                     │  │  │  │  │  │  loop counter
                                                     │  │  │  │  │  │  │  branch
                                                     │  │  │  │  │  │  │  │  other
            toy 0.1.0                                │  │  │  │  │  │  │  │  │ │ CPython 3.13.9
                1 | t = 0
            StoreGlobal    0, t                      1  ·  ·  ·  2  ·  ·  ·  1 │    2 LOAD_CONST                 0
                                                                               │    4 STORE_NAME                 t
                2 | for i in range(100):
            LoadGlobal     r3 ← range                1  ·  ·  ·  2  ·  ·  ·  1 │    6 FOR_ITER_RANGE             to 24
            LoadConst      r4 ← 100                  1  ·  ·  ·  2  ·  ·  ·  · │   10 STORE_NAME                 i
            Call           r2 ← r3, r4               1  ·  1  1  ·  ·  ·  ·  1 │   24 END_FOR
            GetIter        r2 ← r2                   1  ·  ·  ·  1  ·  ·  ·  1 │
            Jump           → L2                      1  ·  ·  ·  ·  ·  ·  1  · │
            StoreGlobal    L1: r3, i                 1  ·  ·  ·  2  ·  ·  ·  1 │
            ForIter        L2: r3 ← r2               1  ·  1  1  5  ·  1  1  · │
                3 |     t += i
            LoadGlobal     r4 ← t                    1  ·  ·  ·  2  ·  ·  ·  1 │   12 LOAD_NAME                  t
            LoadGlobal     r5 ← i                    1  ·  ·  ·  2  ·  ·  ·  1 │   14 LOAD_NAME                  i
            Add            r4 ← r4, r5  in place     1  ·  2  2  5  1  ·  ·  · │   16 BINARY_OP_ADD_INT          +=
            StoreGlobal    r4, t                     1  ·  ·  ·  2  ·  ·  ·  1 │   20 STORE_NAME                 t
            Return         None                      1  ·  ·  ·  1  ·  ·  ·  1 │   22 JUMP_BACKWARD              to 6

            python3 is /usr/bin/python3
        "#]],
    );
}
