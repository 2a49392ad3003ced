//! `toy trace` without a terminal: text, JSON, trace events, summary, and what it says when something is wrong.

#![cfg(feature = "trace")]

use std::collections::{BTreeMap, HashMap};
use std::io::{Read, Write};
use std::process::{Command, Stdio};

use expect_test::{expect, expect_file};
use serde::Deserialize;
use serde_json::Value;

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
    let done = toy(&["programs/iteration/8_branch.toy", "--summary"], "");
    assert_eq!((done.err.as_str(), done.status), ("", Some(0)));
    expect_file!["data/trace/summary.txt"].assert_eq(&done.out);
}

// What docs/toy-trace.schema.json describes, field by field.

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
struct Document {
    schema: String,
    script: String,
    source: Vec<String>,
    chunks: Vec<Chunk>,
    loops: Vec<ScriptLoop>,
    steps: Vec<Step>,
    totals: Totals,
    printed: String,
    printed_is_cut: bool,
    ending: Ending,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
struct Chunk {
    name: String,
    title: String,
    code: Vec<Instruction>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
struct Instruction {
    op: String,
    operands: String,
    label: Option<u64>,
    start: Place,
    end: Place,
    #[serde(rename = "loop")]
    innermost: Option<usize>,
    declared: Option<BTreeMap<String, u64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
struct Place {
    line: u64,
    column: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
struct ScriptLoop {
    chunk: usize,
    outer: Option<usize>,
    line: u64,
    last_line: u64,
    text: String,
    start: u64,
    head: u64,
    end: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
struct Step {
    number: u64,
    chunk: usize,
    pc: usize,
    line: u64,
    enters_line: bool,
    depth: u64,
    innermost: Option<InLoop>,
    events: Vec<Value>,
    iteration: BTreeMap<String, u64>,
    looped: BTreeMap<String, u64>,
    #[serde(default)]
    kernels: Vec<Value>,
    #[serde(default)]
    prints: String,
    state: State,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
struct InLoop {
    #[serde(rename = "loop")]
    id: usize,
    iteration: u64,
    begins: bool,
    depth: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
struct State {
    registers: Vec<Variable>,
    globals: Vec<Variable>,
    boxes: Vec<Boxed>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
struct Variable {
    name: String,
    address: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
struct Boxed {
    address: String,
    #[serde(rename = "type")]
    class: String,
    references: u64,
    fields: Vec<Value>,
    hidden: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
struct Totals {
    steps: u64,
    events: BTreeMap<String, f64>,
    instructions: Vec<Site>,
    lines: Vec<LineTotals>,
    loops: Vec<LoopTotals>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
struct Site {
    chunk: usize,
    pc: usize,
    executed: u64,
    events: BTreeMap<String, u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
struct LineTotals {
    chunk: usize,
    #[serde(rename = "loop")]
    innermost: Option<usize>,
    line: u64,
    events: Value,
    ending: BTreeMap<String, u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
struct LoopTotals {
    #[serde(rename = "loop")]
    id: usize,
    entries: u64,
    iterations: u64,
    in_iterations: Value,
    outside: BTreeMap<String, u64>,
    least: u64,
    most: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ending {
    kind: String,
    #[serde(default)]
    status: Option<u64>,
    #[serde(default)]
    text: Option<String>,
}

fn document(arguments: &[&str]) -> Document {
    let done = toy(&[arguments, &["--format", "json"]].concat(), "");
    serde_json::from_str(&done.out).unwrap_or_else(|error| panic!("{error}\n{}", done.out))
}

#[test]
fn json_is_what_its_schema_says_and_adds_up() {
    let document = document(&[EXAMPLE, "--steps", "1000"]);
    assert_eq!(document.schema, "toy-trace/1");
    assert_eq!(document.steps.len() as u64, document.totals.steps);
    assert_eq!(document.printed, "-0.08333333333333333\n");
    assert_eq!(document.ending.kind, "finished");
    let events: usize = document.steps.iter().map(|step| step.events.len()).sum();
    assert_eq!(document.totals.events["total"], events as f64);
    let of_sites: u64 = document.totals.instructions.iter().flat_map(|site| site.events.values()).sum();
    assert_eq!(of_sites, events as u64);
    let executed: u64 = document.totals.instructions.iter().map(|site| site.executed).sum();
    assert_eq!(executed, document.totals.steps);
    assert_eq!(document.totals.loops[0].iterations, 3);
    // Every pointer of a small state leads to a box that is there.
    let step = &document.steps[30];
    let known: Vec<&str> = step.state.boxes.iter().map(|found| found.address.as_str()).collect();
    for found in step.state.registers.iter().chain(&step.state.globals) {
        assert!(known.contains(&found.address.as_str()), "{}", found.name);
    }
    // The schema names the same fields at its top.
    let schema: Value = serde_json::from_str(include_str!("../docs/toy-trace.schema.json")).unwrap();
    assert_eq!(schema["properties"]["schema"]["const"], "toy-trace/1");
    for field in schema["required"].as_array().unwrap() {
        assert!(schema["properties"].get(field.as_str().unwrap()).is_some(), "{field}");
    }
    let overheads = document.chunks[1].code[9].declared.as_ref().unwrap();
    assert_eq!((overheads["dispatch"], overheads["bounds_check"], overheads["memory_access"]), (1, 1, 4));
}

#[test]
fn json_says_how_the_script_ended() {
    assert_eq!(document(&["-c", "x = 1"]).ending.kind, "finished");
    let failed = document(&["-c", "[][0]"]).ending;
    assert_eq!(failed.kind, "error");
    assert!(failed.text.unwrap().ends_with("IndexError: list index out of range\n"));
    let left = document(&["-c", "import sys; sys.exit(3)"]).ending;
    assert_eq!((left.kind.as_str(), left.status), ("exit", Some(3)));
    assert_eq!(document(&["-c", "import sys; sys.exit('bye')"]).ending.kind, "message");
    assert_eq!(document(&["-c", "while True: pass", "--limit", "500"]).ending.kind, "limit");
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
        assert_eq!(document(&[script, "--steps", "5000"]).totals.events["total"], events as f64, "{script}");
    }
}

#[test]
fn the_script_is_itself_while_it_is_watched() {
    let done = toy(&["-c", "print(input()[::-1])", "--format", "json"], "olleh\n");
    assert_eq!(serde_json::from_str::<Document>(&done.out).unwrap().printed, "hello\n");
    let done = toy(&["-c", "import sys; print(sys.argv)", "--format", "json", "--steps", "1"], "");
    assert_eq!(serde_json::from_str::<Document>(&done.out).unwrap().printed, "['-c']\n");
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
    assert_eq!(serde_json::from_str::<Document>(&done.out).unwrap().printed, "");
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
