//! One corpus, every engine: each program prints what the oracle printed (`tests/oracle/run` writes those files),
//! whatever runs its array expressions. Programs without arrays run once, on the default engine.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

macro_rules! engines {
    ($($name:ident: $programs:ident, $flags:expr;)*) => {
        $(#[test]
        fn $name() {
            run_corpus(&$programs(), &$flags);
        })*
    };
}

engines! {
    default: all_programs, [];
    fuse_off: array_programs, ["--fuse", "off"];
    fuse_expression: array_programs, ["--fuse", "expression"];
    fma_off: array_programs, ["--fma", "off"];
    scalar: array_programs, ["--simd", "scalar", "--unroll", "1", "--threads", "1"];
    sse_unroll_1: array_programs, ["--simd", "sse", "--unroll", "1"];
    sse_unroll_2: array_programs, ["--simd", "sse", "--unroll", "2"];
    sse_unroll_4: array_programs, ["--simd", "sse", "--unroll", "4"];
    sse_unroll_8: array_programs, ["--simd", "sse", "--unroll", "8"];
    three_threads: array_programs, ["--threads", "3"];
    reference: array_programs, ["--engine", "reference"];
    loops_calls: all_programs, ["--loops", "calls", "--hot", "1"];
    loops_typed: all_programs, ["--loops", "typed", "--hot", "1"];
    loops_all_overheads: all_programs,
        ["--loops", "typed", "--hot", "1", "--dial", "types=each,boxes=kept,bounds=each,unroll=off"];
    loops_once: all_programs, ["--loops", "typed", "--hot", "1", "--dial", "types=once,boxes=kept,bounds=once"];
    loops_vector: all_programs, ["--loops", "vector", "--hot", "1", "--vector-from", "4", "--fma", "off"];
    loops_contiguous: all_programs, ["--loops", "typed", "--hot", "1", "--dial", "types=once,lists=contiguous"];
    loops_evaluate: all_programs, ["--loops", "evaluate", "--hot", "1"];
}

#[test]
fn every_expected_output_has_a_program() {
    let stems: Vec<PathBuf> = all_programs().into_iter().map(|program| program.expected).collect();
    let mut stale = Vec::new();
    walk(Path::new("tests/corpus"), &mut |path| {
        if ["out", "err"].iter().any(|suffix| path.extension().is_some_and(|e| e == *suffix))
            && !stems.contains(&path.with_extension(""))
        {
            stale.push(path.to_owned());
        }
    });
    assert!(stale.is_empty(), "no program for {stale:?}");
}

/// A program, and the path of its expected outputs without `.out` or `.err`.
struct Program {
    path: PathBuf,
    expected: PathBuf,
}

fn all_programs() -> Vec<Program> {
    let mut found = Vec::new();
    walk(Path::new("programs"), &mut |path| {
        if path.extension().is_some_and(|e| e == "toy") {
            found.push(Program {
                path: path.to_owned(),
                expected: Path::new("tests/corpus").join(path.with_extension("")),
            });
        }
    });
    walk(Path::new("tests/corpus"), &mut |path| {
        if path.extension().is_some_and(|e| e == "toy") {
            found.push(Program { path: path.to_owned(), expected: path.with_extension("") });
        }
    });
    assert!(found.len() > 100, "the corpus was not found");
    found
}

fn array_programs() -> Vec<Program> {
    let mut programs = all_programs();
    programs.retain(|program| read(&program.path).contains("numpy"));
    programs
}

/// Calls `visit` with each file below `folder`, in order, paths relative to the repository's root.
fn walk(folder: &Path, visit: &mut impl FnMut(&Path)) {
    let entries = root().join(folder).read_dir().expect("the corpus is readable");
    let mut names: Vec<_> = entries.map(|entry| entry.expect("the corpus is readable").file_name()).collect();
    names.sort();
    for path in names.iter().map(|name| folder.join(name)) {
        if root().join(&path).is_dir() {
            walk(&path, visit);
        } else {
            visit(&path);
        }
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The text of a file below the root; empty if it is absent.
fn read(path: &Path) -> String {
    std::fs::read(root().join(path)).map_or(String::new(), |bytes| String::from_utf8(bytes).expect("UTF-8"))
}

/// Runs every program on every core, and fails with a short difference for each that differs.
fn run_corpus(programs: &[Program], flags: &[&str]) {
    let next = AtomicUsize::new(0);
    let failures = Mutex::new(BTreeMap::new());
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, |n| n.get()) {
            scope.spawn(|| {
                while let Some(program) = programs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(difference) = run(program, flags) {
                        failures.lock().expect("no thread panicked").insert(&program.path, difference);
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().expect("no thread panicked");
    let report: String = failures.iter().map(|(path, text)| format!("{}: {text}\n", path.display())).collect();
    assert!(failures.is_empty(), "{} of {} programs differ:\n{report}", failures.len(), programs.len());
}

fn run(program: &Program, flags: &[&str]) -> Result<(), String> {
    let output = Command::new(env!("CARGO_BIN_EXE_toy"))
        .arg("run")
        .args(flags)
        .arg(&program.path)
        .current_dir(root())
        .output()
        .map_err(|error| error.to_string())?;
    let stdout = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    let wanted_error = read(&program.expected.with_extension("err"));
    let status = i32::from(!wanted_error.is_empty());
    if output.status.code() != Some(status) {
        let tail: Vec<&str> = stderr.lines().rev().take(3).collect();
        let tail: String = tail.iter().rev().map(|line| format!("\n  {line}")).collect();
        return Err(format!("{} instead of exit status {status}{tail}", output.status));
    }
    let bound = bound(&read(&program.path));
    compare("stdout", &read(&program.expected.with_extension("out")), &stdout, bound)?;
    if status == 0 { Ok(()) } else { compare("error", &wanted_error, &stderr, None) }
}

/// The relative bound of a first line `# inexact: BOUND`; without one every token is exact.
fn bound(source: &str) -> Option<f64> {
    source.lines().next()?.strip_prefix("# inexact: ")?.split_whitespace().next()?.parse().ok()
}

/// The first line that differs, exactly or, with a bound, in a number by more than it.
fn compare(what: &str, wanted: &str, got: &str, bound: Option<f64>) -> Result<(), String> {
    if wanted == got || bound.is_some_and(|bound| close(wanted, got, bound)) {
        return Ok(());
    }
    let (mut a, mut b) = (wanted.split('\n'), got.split('\n'));
    let mut number = 0;
    loop {
        number += 1;
        let (x, y) = (a.next(), b.next());
        if x != y {
            let show = |line: Option<&str>| line.map_or("(nothing)".to_owned(), |line| format!("{line:?}"));
            return Err(format!("{what}, line {number}\n  expected: {}\n  got:      {}", show(x), show(y)));
        }
        if x.is_none() {
            return Ok(());
        }
    }
}

fn close(wanted: &str, got: &str, bound: f64) -> bool {
    let tokens = |text: &str| -> Vec<String> {
        text.split(|c: char| c.is_whitespace() || "[](),".contains(c))
            .filter(|token| !token.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let (a, b) = (tokens(wanted), tokens(got));
    a.len() == b.len()
        && a.iter().zip(&b).all(|(x, y)| match (x.parse::<f64>(), y.parse::<f64>()) {
            (Ok(x), Ok(y)) => x == y || (x - y).abs() <= bound * x.abs().max(y.abs()),
            _ => x == y,
        })
}
