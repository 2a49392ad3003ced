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
    expect![[r#"
        Why Vectorization Is Faster Than For Loops in Machine Learning
        A CPU, 2 threads; CPython 3.13.0 with NumPy 2.4.6

        ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
         §   measured                                                     text says                toy                   Python         
        ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
         5   This gives a 2×–8× speedup, depending on CPU capabilities.                                                                 
               scalar ÷ AVX                                                 2 – 8 ×      4.25 (3.50–5)   inside    untested [1]         
               scalar ÷ SSE                                                 2 – 8 ×   1.75 (1.50–2.50)   ~ below   untested [1]         
         3   Python now makes one function call, not m iterations.                                                                      
               calls                                                              1                  1   inside               2   above 
               bytecodes                                                                          7012                    14016         
         8   tensor-based GPU code can be 1000×+ faster                                                                                 
               loop ÷ GPU                                                  ≥ 1000 ×       untested [2]             untested [2]         
        ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

        simd: “This gives a 2×–8× speedup, depending on CPU capabilities.” programs/claims/simd.toy — an
          instruction takes 4, 8 or 16 numbers, as many a cycle as a scalar one; loads and calls remain.
        one-call: “Python now makes one function call, not m iterations.” programs/claims/loop.toy — the
          operators build one kernel, and the one call of np.mean runs it.
        gpu: “tensor-based GPU code can be 1000×+ faster” programs/claims/gpu.toy — Untested: no GPU was
          found here.

        Each value is the median of rounds in which everything took turns, with its quartiles; ~ marks a
          verdict that the quartiles do not share. Whatever computes the same was checked to agree.
        [1] NumPy has no path without SIMD
        [2] no GPU was found here
    "#]].assert_eq(&report(Ok(python())).table(false));
    expect![[r#"
        Why Vectorization Is Faster Than For Loops in Machine Learning
        A CPU, 2 threads; no figures of Python: there is no python3

        ─────────────────────────────────────────────────────────────────────────────────────────────────────────
         §   measured                                                     text says                toy           
        ─────────────────────────────────────────────────────────────────────────────────────────────────────────
         5   This gives a 2×–8× speedup, depending on CPU capabilities.                                          
               scalar ÷ AVX                                                 2 – 8 ×      4.25 (3.50–5)   inside  
               scalar ÷ SSE                                                 2 – 8 ×   1.75 (1.50–2.50)   ~ below 
         3   Python now makes one function call, not m iterations.                                               
               calls                                                              1                  1   inside  
               bytecodes                                                                          7012           
         8   tensor-based GPU code can be 1000×+ faster                                                          
               loop ÷ GPU                                                  ≥ 1000 ×       untested [1]           
        ─────────────────────────────────────────────────────────────────────────────────────────────────────────

        simd: “This gives a 2×–8× speedup, depending on CPU capabilities.” programs/claims/simd.toy — an
          instruction takes 4, 8 or 16 numbers, as many a cycle as a scalar one; loads and calls remain.
        one-call: “Python now makes one function call, not m iterations.” programs/claims/loop.toy — the
          operators build one kernel, and the one call of np.mean runs it.
        gpu: “tensor-based GPU code can be 1000×+ faster” programs/claims/gpu.toy — Untested: no GPU was
          found here.

        Each value is the median of rounds in which everything took turns, with its quartiles; ~ marks a
          verdict that the quartiles do not share. Whatever computes the same was checked to agree.
        [1] no GPU was found here
    "#]]
    .assert_eq(&report(Err("there is no python3".into())).table(false));
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
    expect![[r#"
        A CPU, 2 threads; CPython 3.13.0 with NumPy 2.4.6

        | § | the text | program | measured | it says | toy | verdict | Python | verdict |
        |---|---|---|---|---|---|---|---|---|
        | 5 | “This gives a 2×–8× speedup, depending on CPU capabilities.” | `programs/claims/simd.toy` | scalar ÷ AVX | 2 – 8 × | 4.25 (3.50–5) | inside | untested [1] |  |
        | | | | scalar ÷ SSE | 2 – 8 × | 1.75 (1.50–2.50) | ~ below | untested [1] |  |
        | 3 | “Python now makes one function call, not m iterations.” | `programs/claims/loop.toy` | calls | 1 | 1 | inside | 2 | above |
        | | | | bytecodes |  | 7012 |  | 14016 |  |
        | 8 | “tensor-based GPU code can be 1000×+ faster” | `programs/claims/gpu.toy` | loop ÷ GPU | ≥ 1000 × | untested [2] |  | untested [2] |  |

        - simd: an instruction takes 4, 8 or 16 numbers, as many a cycle as a scalar one; loads and calls remain.
        - one-call: the operators build one kernel, and the one call of np.mean runs it.
        - gpu: Untested: no GPU was found here.

        Each value is the median of rounds in which everything took turns, with its quartiles; ~ marks a verdict that the quartiles do not share. Whatever computes the same was checked to agree.

        [1] NumPy has no path without SIMD
        [2] no GPU was found here
    "#]].assert_eq(&report(Ok(python())).markdown());
    expect![[r#"
        A CPU, 2 threads; no figures of Python: there is no python3

        | § | the text | program | measured | it says | toy | verdict |
        |---|---|---|---|---|---|---|
        | 5 | “This gives a 2×–8× speedup, depending on CPU capabilities.” | `programs/claims/simd.toy` | scalar ÷ AVX | 2 – 8 × | 4.25 (3.50–5) | inside |
        | | | | scalar ÷ SSE | 2 – 8 × | 1.75 (1.50–2.50) | ~ below |
        | 3 | “Python now makes one function call, not m iterations.” | `programs/claims/loop.toy` | calls | 1 | 1 | inside |
        | | | | bytecodes |  | 7012 |  |
        | 8 | “tensor-based GPU code can be 1000×+ faster” | `programs/claims/gpu.toy` | loop ÷ GPU | ≥ 1000 × | untested [1] |  |

        - simd: an instruction takes 4, 8 or 16 numbers, as many a cycle as a scalar one; loads and calls remain.
        - one-call: the operators build one kernel, and the one call of np.mean runs it.
        - gpu: Untested: no GPU was found here.

        Each value is the median of rounds in which everything took turns, with its quartiles; ~ marks a verdict that the quartiles do not share. Whatever computes the same was checked to agree.

        [1] no GPU was found here
    "#]].assert_eq(&report(Err("there is no python3".into())).markdown());
}

#[test]
fn json() {
    expect![[r#"
        {
          "claims": [
            {
              "name": "simd",
              "program": "programs/claims/simd.toy",
              "range": {
                "high": 8.0,
                "low": 2.0
              },
              "rows": [
                {
                  "python": {
                    "untested": "NumPy has no path without SIMD"
                  },
                  "range": {
                    "high": 8.0,
                    "low": 2.0
                  },
                  "toy": {
                    "high": 5.0,
                    "low": 3.5,
                    "median": 4.25,
                    "sure": true,
                    "verdict": "inside"
                  },
                  "unit": "times",
                  "what": "scalar ÷ AVX"
                },
                {
                  "python": {
                    "untested": "NumPy has no path without SIMD"
                  },
                  "range": {
                    "high": 8.0,
                    "low": 2.0
                  },
                  "toy": {
                    "high": 2.5,
                    "low": 1.5,
                    "median": 1.75,
                    "sure": false,
                    "verdict": "below"
                  },
                  "unit": "times",
                  "what": "scalar ÷ SSE"
                }
              ],
              "section": "5",
              "unit": "times",
              "why": "an instruction takes 4, 8 or 16 numbers, as many a cycle as a scalar one; loads and calls remain.",
              "words": "This gives a 2×–8× speedup, depending on CPU capabilities."
            },
            {
              "name": "one-call",
              "program": "programs/claims/loop.toy",
              "range": {
                "high": 1.0,
                "low": 1.0
              },
              "rows": [
                {
                  "python": {
                    "high": 2.0,
                    "low": 2.0,
                    "median": 2.0,
                    "sure": true,
                    "verdict": "above"
                  },
                  "range": {
                    "high": 1.0,
                    "low": 1.0
                  },
                  "toy": {
                    "high": 1.0,
                    "low": 1.0,
                    "median": 1.0,
                    "sure": true,
                    "verdict": "inside"
                  },
                  "unit": "count",
                  "what": "calls"
                },
                {
                  "python": {
                    "high": 14016.0,
                    "low": 14016.0,
                    "median": 14016.0,
                    "sure": true,
                    "verdict": null
                  },
                  "range": null,
                  "toy": {
                    "high": 7012.0,
                    "low": 7012.0,
                    "median": 7012.0,
                    "sure": true,
                    "verdict": null
                  },
                  "unit": "count",
                  "what": "bytecodes"
                }
              ],
              "section": "3",
              "unit": "count",
              "why": "the operators build one kernel, and the one call of np.mean runs it.",
              "words": "Python now makes one function call, not m iterations."
            },
            {
              "name": "gpu",
              "program": "programs/claims/gpu.toy",
              "range": {
                "high": null,
                "low": 1000.0
              },
              "rows": [
                {
                  "python": {
                    "untested": "no GPU was found here"
                  },
                  "range": {
                    "high": null,
                    "low": 1000.0
                  },
                  "toy": {
                    "untested": "no GPU was found here"
                  },
                  "unit": "times",
                  "what": "loop ÷ GPU"
                }
              ],
              "section": "8",
              "unit": "times",
              "why": "Untested: no GPU was found here.",
              "words": "tensor-based GPU code can be 1000×+ faster"
            }
          ],
          "cpu": {
            "cores": 2,
            "model": "A CPU",
            "threads": 2,
            "usable_threads": 2
          },
          "isa": {
            "architecture": "x86_64",
            "features": [
              "AVX2"
            ]
          },
          "note": null,
          "python": {
            "name": "CPython 3.13.0",
            "numpy": "2.4.6",
            "paths": [
              "X86_V3"
            ]
          },
          "text": "Why Vectorization Is Faster Than For Loops in Machine Learning",
          "version": 1
        }
    "#]].assert_eq(&report(Ok(python())).json());
    let alone: Value = serde_json::from_str(&report(Err("there is no python3".into())).json()).expect("JSON");
    assert_eq!((&alone["python"], &alone["note"]), (&Value::Null, &"there is no python3".into()));
}
