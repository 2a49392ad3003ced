//! `toy ladder`: marks around a loop change nothing that a script does, a ladder is as it is said to be whatever its
//! times are, and what is wrong on its command line is said.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use toy::bytecode::{Session, compile_input};
use toy::interp::host::Captured;
use toy::interp::probe::Silent;
use toy::interp::{Machine, Runtime};
use toy::jit::{Engine, Switches};
use toy::objects::exceptions;
use toy::source::{Source, Span};
use toy::syntax::ast::StmtKind;
use toy::syntax::parse;

/// What a script prints and how it ends, with marks around one of its loops.
fn run(source: &Source, timed: Option<Span>) -> (String, String, u64) {
    let ast = parse(source).expect("a program of the corpus");
    let program =
        compile_input(&ast, source, &Session { timed, ..Session::default() }).expect("a program of the corpus");
    let engine = Engine::new(Switches { threads: 1, ..Switches::default() }).expect("this machine runs kernels");
    let host = Captured::default();
    let out = host.out.clone();
    let mut machine = Machine::new(Runtime::new(Box::new(host), engine));
    let result = machine.run(&program, Silent);
    let ending = match result {
        Ok(()) => "the end".to_owned(),
        Err(raised) => format!("{:?}", exceptions::ending(raised)),
    };
    let _ = machine.runtime.close_files();
    (out.text(), ending, machine.runtime.marks.entered)
}

#[test]
fn marks_change_nothing_that_a_script_does() {
    let mut loops = 0;
    for folder in ["tests/corpus/control", "tests/corpus/exceptions", "tests/corpus/functions", "programs/iteration"] {
        let mut paths: Vec<_> = Path::new(folder).read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        for path in paths.iter().filter(|path| path.extension().is_some_and(|end| end == "toy")) {
            let source = Source::read(path).unwrap();
            let Ok(ast) = parse(&source) else { continue };
            let (text, ending, entered) = run(&source, None);
            assert_eq!(entered, 0);
            for stmt in ast.stmts().filter(|stmt| matches!(stmt.kind, StmtKind::For { .. })) {
                let (marked, marked_ending, _) = run(&source, Some(stmt.span));
                assert_eq!(marked, text, "{}", path.display());
                assert_eq!(marked_ending, ending, "{}", path.display());
                loops += 1;
            }
        }
    }
    assert!(loops > 50, "{loops} loops");
}

#[test]
fn a_loop_is_marked_whichever_way_it_is_left() {
    let text = "\
def f(n):
    for i in range(9):
        try:
            if i == n:
                return i
            if i == 5:
                break
            if n > 9:
                raise ValueError
        finally:
            print('on', i)
    return -1

print(f(1), f(7))
try:
    f(10)
except ValueError:
    print('raised')
print(f(0))
";
    let source = Source::new("script.toy", text);
    let ast = parse(&source).unwrap();
    let span = ast.stmts().find(|stmt| matches!(stmt.kind, StmtKind::For { .. })).map(|stmt| stmt.span);
    let (unmarked, marked) = (run(&source, None), run(&source, span));
    assert_eq!(marked.0, unmarked.0);
    assert_eq!((marked.1.as_str(), marked.2), ("the end", 4));
}

fn toy(arguments: &[&str], input: &str) -> Output {
    use std::io::Write;
    let mut child = Command::new(env!("CARGO_BIN_EXE_toy"))
        .args(arguments)
        .env("NO_COLOR", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It may have ended without reading.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn script(name: &str, text: &str) -> String {
    let path = std::env::temp_dir().join(format!("toy_ladder_{}_{name}.toy", std::process::id()));
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

const SUM: &str =
    "N = 200\nx = [i / 8 for i in range(N)]\ntotal = 0.0\nfor i in range(N):\n    total += x[i] * 2.0\nprint(total)\n";

#[test]
fn a_ladder_is_as_it_is_said_to_be() {
    let path = script("sum", SUM);
    let output = toy(&["ladder", &path, "--seconds", "1", "--format", "json"], "");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let ladder = &report["ladders"][0];
    assert_eq!((ladder["line"].as_u64(), ladder["iterations"].as_u64()), (Some(4), Some(200)));
    assert_eq!(
        (ladder["work"]["bytes_read"].as_u64(), ladder["work"]["bytes_touched"].as_u64()),
        (Some(1600), Some(1600))
    );
    assert_eq!(ladder["work"]["operations"].as_u64(), Some(400));
    let rungs = ladder["rungs"].as_array().unwrap();
    let keys: Vec<&str> = rungs.iter().map(|rung| rung["key"].as_str().unwrap()).collect();
    assert_eq!(
        keys,
        [
            "interpreter",
            "dispatch",
            "calls",
            "types",
            "boxes",
            "bounds",
            "contiguous",
            "unroll",
            "accumulators",
            "sse",
            "avx",
            "avx512",
            "threads",
            "gpu"
        ]
    );
    // What is no array expression keeps every bit.
    for rung in &rungs[..8] {
        assert_eq!(rung["measured"]["answer"].as_str(), Some("same_bits"), "{rung}");
        assert!(rung["measured"]["ns_per_iteration"]["samples"].as_u64() >= Some(3), "{rung}");
    }
    assert!(rungs[13]["missing"]["message"].as_str().unwrap().starts_with("not tested"));

    let output = toy(&["ladder", &path, "--seconds", "1", "--quiz"], "");
    assert!(output.status.success());
    assert!(String::from_utf8_lossy(&output.stdout).ends_with("No more answers.\nNo guess, no score.\n"));
    std::fs::remove_file(path).unwrap();
}

#[test]
fn mistakes_are_said_before_anything_is_measured() {
    let path = script("mistakes", SUM);
    let none = script("none", "print(1)\n");
    for (arguments, message) in [
        (vec![&*path, "--order", "boxes,types"], "needs boxes=kept"),
        (vec![&*path, "--order", "speed"], "not 'speed'"),
        (vec![&*path, "--sizes", "10", "--size-name", "M"], "no line 'M = 1000'"),
        (vec![&*path, "--sizes", "0"], "0 is not in 1.."),
        (vec![&*path, "--dtype", "f32"], "'dtype = np.float64'"),
        (vec![&*path, "--line", "1"], "this line is in no 'for' statement"),
        (vec![&*path, "--function", "f"], "no 'for' statement in a function 'f'"),
        (vec![&*path, "--quiz", "--format", "svg"], "cannot be used with"),
        (vec![&*none], "there is no 'for' statement to measure"),
    ] {
        let output = toy(&[&["ladder"], &arguments[..]].concat(), "");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && said.contains(message), "{arguments:?}: {said}");
        assert!(output.stdout.is_empty());
    }
    std::fs::remove_file(path).unwrap();
    std::fs::remove_file(none).unwrap();
}
