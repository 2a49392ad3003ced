//! `toy trace` without a terminal: text, JSON, trace events, summary, and what it says when something is wrong.

#![cfg(feature = "trace")]

use std::collections::HashMap;
use std::io::{Read, Write};
use std::process::{Command, Stdio};

use expect_test::{expect, expect_file};
use serde_json::{Value, json};

const EXAMPLE: &str = "programs/iteration/0_all_eight.toy";

struct Done {
    out: String,
    err: String,
    status: Option<i32>,
}

fn toy(arguments: &[&str], input: &str) -> Done {
    let mut child = Command::new(env!("CARGO_BIN_EXE_toy"))
        .arg("trace")
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The command may not want its input.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let done = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Done { out: text(done.stdout), err: text(done.stderr), status: done.status.code() }
}

/// The text with every address replaced by its number, in the order in which they appear.
fn numbered(text: &str) -> String {
    let mut known = HashMap::new();
    let mut parts = text.split("0x");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(part.len());
        let next = known.len() + 1;
        out += &format!("#{}{}", known.entry(&part[..digits]).or_insert(next), &part[digits..]);
    }
    out
}

#[test]
fn an_iteration_as_text() {
    let done = toy(&[EXAMPLE, "--iterations", "1"], "");
    assert_eq!((done.err.as_str(), done.status), ("", Some(0)));
    expect_file!["data/trace/iteration.txt"].assert_eq(&numbered(&done.out));
}

#[test]
fn a_line_as_text() {
    let done = toy(&["programs/iteration/4_type_check.toy", "--line", "13", "--steps", "4"], "");
    expect_file!["data/trace/line.txt"].assert_eq(&numbered(&done.out));
}

#[test]
fn a_summary() {
    let done = toy(&["programs/iteration/8_branch.toy", "--summary", "--no-times"], "");
    assert_eq!((done.err.as_str(), done.status), ("", Some(0)));
    expect_file!["data/trace/summary.txt"].assert_eq(&done.out);
}

/// The times differ from run to run, their rows do not; and the counts are those of a summary without times.
#[test]
fn a_summary_with_times() {
    let counts = toy(&["programs/iteration/0_all_eight.toy", "--summary", "--no-times"], "").out;
    let done = toy(&["programs/iteration/0_all_eight.toy", "--summary"], "");
    assert_eq!((done.err.as_str(), done.status), ("", Some(0)));
    let (before, times) = done.out.split_once("One iteration takes ").expect("times");
    assert!(counts.starts_with(before));
    let rows = times.lines().skip(1).take_while(|line| line.starts_with("  "));
    let names: Vec<String> =
        rows.map(|line| line.chars().skip(2).take(13).collect::<String>().trim().to_owned()).collect();
    expect![[r#"
        [
            "dispatch",
            "bounds check",
            "dereference",
            "type check",
            "memory access",
            "arithmetic",
            "loop counter",
            "branch",
            "other",
            "remainder",
            "the loop",
        ]
    "#]]
    .assert_debug_eq(&names);
    assert!(counts.lines().all(|line| done.out.contains(line)), "{}", done.out);
}

#[test]
fn times_in_json() {
    let document = document(&["programs/iteration/0_all_eight.toy", "--summary"]);
    let schema = parse(include_str!("../docs/toy-trace.schema.json"));
    conform(&document, &schema, &schema, "").unwrap_or_else(|what| panic!("{what}"));
    let time = &document["totals"]["loops"][0]["time"];
    let parts = time["parts"].as_object().expect("parts");
    let sum: f64 = parts.values().filter_map(|part| part["ns"]["median"].as_f64()).sum();
    let (total, remainder) = (time["total"]["median"].as_f64(), time["remainder"]["median"].as_f64());
    let (total, remainder) = (total.expect("a number"), remainder.expect("a number"));
    assert!((sum + remainder - total).abs() < 1e-6 * (total.abs() + sum.abs()), "{time}");
    assert_eq!((parts.len(), each(&document["steps"]).len()), (9, 0));
}

fn document(arguments: &[&str]) -> Value {
    parse(&toy(&[arguments, &["--format", "json"]].concat(), "").out)
}

fn parse(out: &str) -> Value {
    serde_json::from_str(out).unwrap_or_else(|error| panic!("{error}\n{out}"))
}

/// The elements of an array.
fn each(value: &Value) -> std::slice::Iter<'_, Value> {
    value.as_array().unwrap_or_else(|| panic!("no array: {value}")).iter()
}

/// Whether a value is what a schema says, as far as JSON Schema goes that ours is made of; what is not, with its place.
fn conform(value: &Value, schema: &Value, root: &Value, place: &str) -> Result<(), String> {
    let mut fits = true;
    for (keyword, wanted) in schema.as_object().expect("a schema") {
        match keyword.as_str() {
            "$schema" | "$id" | "$defs" | "title" | "description" => {}
            "$ref" => {
                let name = wanted.as_str().and_then(|name| name.strip_prefix('#')).expect("a place in the schema");
                conform(value, root.pointer(name).unwrap_or_else(|| panic!("no {name}")), root, place)?;
            }
            "type" => {
                let is = |name: &Value| match name.as_str().expect("a name") {
                    "object" => value.is_object(),
                    "array" => value.is_array(),
                    "string" => value.is_string(),
                    "boolean" => value.is_boolean(),
                    "integer" => value.is_u64() || value.is_i64(),
                    "number" => value.is_number(),
                    "null" => value.is_null(),
                    other => panic!("a type {other}"),
                };
                fits &= wanted.as_array().map_or_else(|| is(wanted), |types| types.iter().any(is));
            }
            "const" => fits &= value == wanted,
            "enum" => fits &= each(wanted).any(|wanted| value == wanted),
            "minimum" => fits &= value.as_f64() >= wanted.as_f64(),
            "anyOf" => fits &= each(wanted).any(|schema| conform(value, schema, root, place).is_ok()),
            "items" => {
                for (at, item) in each(value).enumerate() {
                    conform(item, wanted, root, &format!("{place}/{at}"))?;
                }
            }
            "required" => fits &= each(wanted).all(|name| value.get(name.as_str().expect("a name")).is_some()),
            "properties" => {
                for (name, schema) in wanted.as_object().expect("schemas") {
                    value.get(name).map_or(Ok(()), |field| conform(field, schema, root, &format!("{place}/{name}")))?;
                }
            }
            "additionalProperties" => {
                let others = value.as_object().into_iter().flatten();
                for (name, field) in others.filter(|(name, _)| schema["properties"].get(name).is_none()) {
                    let place = format!("{place}/{name}");
                    match wanted {
                        Value::Bool(false) => return Err(format!("{place} is not described")),
                        _ => conform(field, wanted, root, &place)?,
                    }
                }
            }
            other => panic!("the keyword {other}"),
        }
    }
    if fits { Ok(()) } else { Err(format!("{place} is {value}, not {schema}")) }
}

#[test]
fn json_is_what_its_schema_says() {
    let schema = parse(include_str!("../docs/toy-trace.schema.json"));
    let array = "import numpy as np\nx = np.arange(9.0)\nprint(np.sum(x * x))";
    for arguments in [
        &[EXAMPLE, "--steps", "1000"][..],
        &["programs/iteration/8_branch.toy", "--steps", "1000"],
        &["-c", array, "--steps", "1000"],
        &["-c", "[][0]"],
        &["-c", "import sys; sys.exit(3)"],
        &["-c", "while True: pass", "--limit", "500"],
    ] {
        let document = document(arguments);
        assert_eq!(conform(&document, &schema, &schema, ""), Ok(()), "{arguments:?}");
        // Fields may be added within a version, and are to be described then.
        for name in document.as_object().expect("an object").keys() {
            assert!(schema["properties"].get(name).is_some(), "{name} is not described");
        }
    }
}

#[test]
fn what_is_not_as_the_schema_says_is_found() {
    let schema = parse(include_str!("../docs/toy-trace.schema.json"));
    let document = document(&[EXAMPLE, "--steps", "2"]);
    let broken = |place: &str, value: Value| {
        let mut document = document.clone();
        *document.pointer_mut(place).unwrap_or_else(|| panic!("no {place}")) = value;
        conform(&document, &schema, &schema, "").unwrap_err()
    };
    assert!(broken("/schema", json!("toy-trace/0")).starts_with("/schema is"));
    assert!(broken("/steps/1/depth", json!(-1)).starts_with("/steps/1/depth is"));
    assert!(broken("/steps/1/innermost", json!({})).starts_with("/steps/1/innermost is"));
    assert!(broken("/steps/0/events/0", json!({})).starts_with("/steps/0/events/0 is"));
    assert!(broken("/ending", json!({ "kind": "bored" })).starts_with("/ending/kind is"));
    assert_eq!(
        broken("/chunks/0/code/0/start", json!({ "line": 1, "column": 1, "colour": 1 })),
        "/chunks/0/code/0/start/colour is not described"
    );
}

#[test]
fn json_adds_up() {
    let document = document(&[EXAMPLE, "--steps", "1000"]);
    let (steps, totals) = (document["steps"].as_array().unwrap(), &document["totals"]);
    assert_eq!(totals["steps"], steps.len());
    assert_eq!(document["printed"], "-0.08333333333333333\n");
    assert_eq!(document["ending"]["kind"], "finished");
    let events: usize = steps.iter().map(|step| each(&step["events"]).len()).sum();
    assert_eq!(totals["events"]["total"], events);
    let of_site = |site: &Value| site["events"].as_object().unwrap().values().filter_map(Value::as_u64).sum::<u64>();
    assert_eq!(each(&totals["instructions"]).map(of_site).sum::<u64>(), events as u64);
    let executed: u64 = each(&totals["instructions"]).filter_map(|site| site["executed"].as_u64()).sum();
    assert_eq!(totals["steps"], executed);
    assert_eq!(totals["loops"][0]["iterations"], 3);
    // Every pointer of a small state leads to a box that is there.
    let state = &steps[30]["state"];
    for variable in each(&state["registers"]).chain(each(&state["globals"])) {
        assert!(each(&state["boxes"]).any(|found| found["address"] == variable["address"]), "{variable}");
    }
    let overheads = &document["chunks"][1]["code"][9]["declared"];
    assert_eq!([&overheads["dispatch"], &overheads["bounds_check"], &overheads["memory_access"]], [1, 1, 4]);
}

#[test]
fn json_says_how_the_script_ended() {
    let ending = |arguments: &[&str]| document(arguments)["ending"].take();
    assert_eq!(ending(&["-c", "x = 1"]), json!({ "kind": "finished" }));
    let failed = ending(&["-c", "[][0]"]);
    assert_eq!(failed["kind"], "error");
    assert!(failed["text"].as_str().unwrap().ends_with("IndexError: list index out of range\n"));
    assert_eq!(ending(&["-c", "import sys; sys.exit(3)"]), json!({ "kind": "exit", "status": 3 }));
    assert_eq!(ending(&["-c", "import sys; sys.exit('bye')"]), json!({ "kind": "message", "text": "bye" }));
    assert_eq!(ending(&["-c", "while True: pass", "--limit", "500"]), json!({ "kind": "limit" }));
}

#[test]
fn trace_events_nest_and_last_as_long_as_they_have_events() {
    for script in [
        EXAMPLE,
        "programs/iteration/8_branch.toy",
        "tests/corpus/generators/basics.toy",
        "programs/iteration/4_type_check.toy",
    ] {
        let done = toy(&[script, "--steps", "5000", "--format", "chrome"], "");
        let trace: Value = serde_json::from_str(&done.out).unwrap();
        let (mut open, mut clock, mut events) = (Vec::new(), 0, 0);
        for event in trace["traceEvents"].as_array().unwrap() {
            let ts = event["ts"].as_u64().unwrap_or(clock);
            assert!(ts >= clock, "{script}: time goes back");
            match event["ph"].as_str().unwrap() {
                "B" => open.push(event["name"].as_str().unwrap()),
                "E" => drop(open.pop().expect("something is open")),
                "X" => {
                    let counted: u64 = event["args"]
                        .as_object()
                        .unwrap()
                        .iter()
                        .filter(|(name, _)| !matches!(name.as_str(), "step" | "line"))
                        .map(|(_, count)| count.as_u64().unwrap())
                        .sum();
                    assert_eq!(event["dur"].as_u64(), Some(counted));
                    events += counted;
                    clock = ts;
                }
                "M" | "C" => {}
                other => panic!("{script}: a phase {other}"),
            }
        }
        assert!(open.is_empty(), "{script}: {open:?}");
        assert_eq!(document(&[script, "--steps", "5000"])["totals"]["events"]["total"], events, "{script}");
    }
}

#[test]
fn the_script_is_itself_while_it_is_watched() {
    let done = toy(&["-c", "print(input()[::-1])", "--format", "json"], "olleh\n");
    assert_eq!(parse(&done.out)["printed"], "hello\n");
    let done = toy(&["-c", "import sys; print(sys.argv)", "--format", "json", "--steps", "1"], "");
    assert_eq!(parse(&done.out)["printed"], "['-c']\n");
    let done = toy(&["-c", "raise SystemExit(7)", "--summary"], "");
    assert_eq!(done.status, Some(7));
    let done = toy(&["-c", "1 / 0"], "");
    assert_eq!(done.status, Some(1));
    assert!(done.err.ends_with("ZeroDivisionError: division by zero\n"), "{}", done.err);
    assert!(done.out.contains("TrueDiv"));
    // What catches everything does not catch the end of the trace.
    let text =
        "try:\n    while True: pass\nexcept BaseException:\n    print('caught')\nfinally:\n    print('cleaned')\n";
    let done = toy(&["-c", text, "--limit", "1000", "--format", "json"], "");
    assert_eq!(parse(&done.out)["printed"], "");
    expect!["The script was stopped after 1000 steps (--limit).\n"].assert_eq(&done.err);
}

#[test]
fn mistakes_are_told() {
    let said = |arguments: &[&str]| {
        let done = toy(arguments, "");
        format!("{:?}: {}", done.status, done.err.lines().next().unwrap_or_default())
    };
    expect!["Some(2): error: programs/iteration/0_all_eight.toy has 23 lines, and no line 99"]
        .assert_eq(&said(&[EXAMPLE, "--line", "99"]));
    expect!["Some(2): error: no instruction comes from line 3 of programs/iteration/0_all_eight.toy; the nearest line with code is 9"]
        .assert_eq(&said(&[EXAMPLE, "--line", "3"]));
    expect!["Some(2): error: line 9 of programs/iteration/0_all_eight.toy is in no loop"].assert_eq(&said(&[
        EXAMPLE,
        "--line",
        "9",
        "--iterations",
        "2",
    ]));
    expect!["Some(2): error: the script has no loop whose iterations could be shown"].assert_eq(&said(&[
        "-c",
        "x = 1",
        "--iterations",
        "2",
    ]));
    expect!["Some(2): error: invalid value '0' for '--steps <N>': 0 is not in 1..18446744073709551615"]
        .assert_eq(&said(&[EXAMPLE, "--steps", "0"]));
    expect!["Some(2): error: can't open the script: [Errno 2] No such file or directory: 'nowhere.toy'"]
        .assert_eq(&said(&["nowhere.toy"]));
    expect!["Some(2): error: can't open 'nowhere.txt': No such file or directory (os error 2)"].assert_eq(&said(&[
        EXAMPLE,
        "--input",
        "nowhere.txt",
        "--steps",
        "1",
    ]));
    expect!["Some(1): SyntaxError: '(' was never closed"].assert_eq(&said(&["-c", "x = ("]));
    expect!["Some(2): error: the argument '--summary' cannot be used with '--steps <N>'"].assert_eq(&said(&[
        EXAMPLE,
        "--summary",
        "--steps",
        "3",
    ]));
}

#[test]
fn a_reader_that_goes_away_ends_the_trace() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_toy"))
        .args(["trace", "-c", "while True: pass", "--steps", "100000000"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0; 1000];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let done = child.wait_with_output().unwrap();
    assert_eq!((done.status.code(), String::from_utf8(done.stderr).unwrap().as_str()), (Some(1), ""));
}

#[cfg(target_os = "linux")]
#[test]
fn an_output_that_takes_no_more_and_the_scripts_error_are_both_told() {
    let said = |code: &str| {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_toy"));
        let done = command.args(["trace", "-c", code]).stdin(Stdio::null()).stdout(full).output().unwrap();
        format!("{:?}: {}", done.status.code(), String::from_utf8(done.stderr).unwrap())
    };
    let refused = "error: standard output: No space left on device (os error 28)\n";
    assert_eq!(said("x = 1"), format!("Some(1): {refused}"));
    assert_eq!(said("import sys; sys.exit(0)"), format!("Some(1): {refused}"));
    let both = said("1 / 0");
    assert!(both.starts_with(&format!("Some(1): {refused}Traceback")), "{both}");
    assert!(both.ends_with("ZeroDivisionError: division by zero\n"), "{both}");
}
