//! `toy trace --python` as others start it: with the `python3` that is there, with none, and with programs of that name
//! that are no Python.

#![cfg(feature = "trace")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use expect_test::{Expect, expect};
use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use serde_json::Value;

const SUM: &str = "t = 0\nfor i in range(300):\n    t += i\nprint(t)\n";

/// A folder of a test's own, with a script in it.
fn folder(name: &str, script: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("trace_python").join(name);
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("script.py"), script).expect("a script");
    folder
}

/// A folder in which `python3` is a shell script.
fn with_python(name: &str, shell: &str) -> PathBuf {
    let folder = folder(name, SUM);
    let python = folder.join("python3");
    fs::write(&python, format!("#!/bin/sh\n{shell}\n")).expect("a program");
    fs::set_permissions(&python, fs::Permissions::from_mode(0o755)).expect("it can be run");
    folder
}

fn toy(folder: &Path, path: Option<&str>, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_toy"));
    command.args(["trace", "--python"]).args(args).arg("script.py").current_dir(folder).stdin(Stdio::null());
    if let Some(path) = path {
        command.env("PATH", path);
    }
    command.output().expect("toy runs")
}

/// What goes to standard output and to standard error, and the exit status.
#[track_caller]
fn check(output: &Output, expected: Expect) {
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    expected.assert_eq(&format!("{stdout}{stderr}exit status {:?}\n", output.status.code()));
}

/// Runs with a `python3` of the test's own.
#[track_caller]
fn check_fake(name: &str, shell: &str, expected: Expect) {
    let folder = with_python(name, shell);
    check(&toy(&folder, Some(&format!("{}:/usr/bin:/bin", folder.display())), &[]), expected);
}

/// Whether the tests that need Python can run; a note if they cannot.
fn has_python() -> bool {
    let found = Command::new("python3").args(["-c", "import sys; sys.exit(sys.version_info < (3, 8))"]).status();
    let found = found.is_ok_and(|status| status.success());
    if !found {
        eprintln!("note: no python3 of 3.8 or later is on the path: this test checks nothing");
    }
    found
}

/// The report of a script as JSON.
fn report(name: &str, script: &str, args: &[&str]) -> Value {
    let output = toy(&folder(name, script), None, &[&["--format", "json"], args].concat());
    let stderr = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {stderr}"))
}

#[test]
fn without_python() {
    check(
        &toy(&folder("without", SUM), Some(""), &[]),
        expect![[r#"
        error: there is no python3 on the path; --python needs one
        exit status Some(1)
    "#]],
    );
}

#[test]
fn a_program_that_prints_rubbish() {
    check_fake(
        "rubbish",
        "echo hello; printf '\\033[31mred\\n'",
        expect![[r#"
        error: python3 did not answer as Python would: [31mred
        exit status Some(1)
    "#]],
    );
}

#[test]
fn a_program_that_says_nothing() {
    check_fake(
        "nothing",
        "exit 0",
        expect![[r#"
        error: python3 ended without an answer
        exit status Some(1)
    "#]],
    );
}

#[test]
fn a_program_that_fails() {
    check_fake(
        "fails",
        "echo 'no such interpreter' >&2; exit 1",
        expect![[r#"
        error: python3 failed (exit status: 1): no such interpreter
        exit status Some(1)
    "#]],
    );
}

#[test]
fn a_program_that_crashes() {
    check_fake(
        "crashes",
        "kill -9 $$",
        expect![[r#"
        error: python3 failed (signal: 9 (SIGKILL))
        exit status Some(1)
    "#]],
    );
}

#[test]
fn a_program_that_hangs() {
    let start = Instant::now();
    check_fake(
        "hangs",
        "exec sleep 600",
        expect![[r#"
        error: python3 did not end within 10 s, and was stopped
        exit status Some(1)
    "#]],
    );
    assert!(start.elapsed() < Duration::from_secs(120));
}

#[test]
fn ctrl_c_ends_both() {
    let folder = with_python("interrupted", "echo $$ > pid.new; mv pid.new pid; exec sleep 600");
    let _ = fs::remove_file(folder.join("pid"));
    // Who runs this in the background may have the signal ignored: `env` undoes that.
    let mut toy = Command::new("env")
        .args(["--default-signal=INT", env!("CARGO_BIN_EXE_toy"), "trace", "--python", "script.py"])
        .current_dir(&folder)
        .env("PATH", format!("{}:/usr/bin:/bin", folder.display()))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("toy runs");
    let start = Instant::now();
    let python = loop {
        match fs::read_to_string(folder.join("pid")) {
            Ok(pid) => break pid.trim().parse().ok().and_then(Pid::from_raw).expect("a process"),
            Err(_) => assert!(start.elapsed() < Duration::from_secs(60), "python3 does not start"),
        }
        std::thread::sleep(Duration::from_millis(10));
    };
    kill_process(Pid::from_child(&toy), Signal::INT).expect("toy runs");
    assert_eq!(toy.wait().expect("toy ends").signal(), Some(Signal::INT.as_raw()));
    assert!(test_kill_process(python).is_err(), "python3 still runs");
}

#[test]
fn mistakes_on_the_command_line() {
    let folder = with_python("mistakes", "exit 0");
    let path = format!("{}:/usr/bin:/bin", folder.display());
    check(
        &toy(&folder, Some(&path), &["--line", "1"]),
        expect![[r#"
        error: line 1 of script.py is in no loop

        For more information, try '--help'.
        exit status Some(2)
    "#]],
    );
    check(
        &toy(&folder, Some(&path), &["--format", "chrome"]),
        expect![[r#"
        error: --python has no trace events: its formats are text and json

        For more information, try '--help'.
        exit status Some(2)
    "#]],
    );
    check(
        &toy(&folder, Some(&path), &["--limit", "50"]),
        expect![[r#"
        error: the script did not end within 50 steps (--limit); time per iteration needs a whole run
        exit status Some(1)
    "#]],
    );
}

#[test]
fn a_loop_is_timed_in_both() {
    if !has_python() {
        return;
    }
    let report = report("both", SUM, &[]);
    assert_eq!(report["loop"]["iterations"], 300);
    assert_eq!(report["measured"]["same_output"], true);
    for engine in ["toy", "python"] {
        let times = &report["measured"][engine];
        assert!(times["rounds"].as_u64() >= Some(3), "{engine}: {report}");
        assert!(times["ns_per_iteration"]["median"].as_f64() > Some(0.0));
    }
    assert!(report["lines"].as_array().is_some_and(|lines| lines.len() == 2));
    for line in report["lines"].as_array().into_iter().flatten() {
        assert!(line["toy"].as_array().is_some_and(|code| !code.is_empty()), "{line}");
        assert!(line["python"].as_array().is_some_and(|code| !code.is_empty()), "{line}");
    }
}

#[test]
fn the_loop_at_a_line() {
    if !has_python() {
        return;
    }
    let script = "def f(n):\n    for i in range(n):\n        while i > 0:\n            i -= 1\n    return n\nfor k in range(3):\n    f(9)\n";
    assert_eq!(report("line", script, &[])["loop"]["line"], 3);
    assert_eq!(report("line", script, &["--line", "2"])["loop"]["line"], 2);
    let outer = report("line", script, &["--line", "7"]);
    assert_eq!((&outer["loop"]["line"], &outer["loop"]["iterations"]), (&6.into(), &3.into()));
}

#[test]
fn no_loop_shows_the_module() {
    if !has_python() {
        return;
    }
    let report = report("no_loop", "x = 1\nprint(x)\n", &[]);
    assert!(report["loop"].is_null() && report["measured"].is_null());
    assert_eq!(report["lines"].as_array().map(Vec::len), Some(2));
}

#[test]
fn a_loop_that_is_left_by_return_is_not_timed() {
    if !has_python() {
        return;
    }
    let script = "def f():\n    for i in range(200):\n        if i == 150:\n            return i\nf()\n";
    let report = report("left", script, &[]);
    assert!(report["measured"]["toy"].is_null() && report["measured"]["python"].is_null());
    assert!(report["measured"]["notes"].to_string().contains("left once by return or by an exception"), "{report}");
}

#[test]
fn other_output_is_said() {
    if !has_python() {
        return;
    }
    // The module that Python finds is not NumPy.
    let folder = folder("other", "import numpy as np\nfor i in range(200):\n    pass\nprint(1)\nprint(np.pi)\n");
    fs::create_dir_all(folder.join("numpy")).expect("a folder");
    fs::write(folder.join("numpy/__init__.py"), "pi = 3\n").expect("a module");
    let output = toy(&folder, None, &["--format", "json"]);
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(report["measured"]["same_output"], false, "{report}");
    assert!(
        report["measured"]["notes"]
            .to_string()
            .contains("at line 2 of the output toy has '3.141592653589793', python3 '3'"),
        "{report}"
    );
}

#[test]
fn a_module_that_python_has_not_leaves_its_bytecode() {
    if !has_python() {
        return;
    }
    // NumPy cannot be imported wherever the test runs.
    let folder = folder("missing", "import numpy as np\nt = 0\nfor i in range(200):\n    t += i\n");
    fs::create_dir_all(folder.join("numpy")).expect("a folder");
    fs::write(folder.join("numpy/__init__.py"), "raise ImportError('none here')\n").expect("a module");
    let output = toy(&folder, None, &["--format", "json"]);
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(report["python"]["error"], "ImportError: none here");
    assert!(report["measured"]["python"].is_null() && report["measured"]["toy"].is_object());
    assert!(report["python"]["instructions"].as_u64() > Some(0), "{report}");
}

#[test]
fn input_comes_from_a_file() {
    let folder = folder("no_input", "n = input()\n");
    check(
        &toy(&folder, None, &[]),
        expect![[r#"
        Traceback (most recent call last):
          File "script.py", line 1, in <module>
            n = input()
        EOFError: EOF when reading a line
        --python runs a script several times: what it reads comes from a file, --input FILE
        exit status Some(1)
    "#]],
    );
    check(
        &toy(&folder, None, &["--input", "nowhere"]),
        expect![[r#"
        error: can't open 'nowhere': No such file or directory (os error 2)

        For more information, try '--help'.
        exit status Some(2)
    "#]],
    );
}

#[test]
fn the_same_input_for_both() {
    if !has_python() {
        return;
    }
    let script = "import sys\nn = int(input())\nfor i in range(n):\n    pass\nprint(n, sys.argv[1:])\nsys.exit(3)\n";
    let folder = folder("input", script);
    fs::write(folder.join("input.txt"), "250\n").expect("a file");
    let output = Command::new(env!("CARGO_BIN_EXE_toy"))
        .args(["trace", "--python", "--format", "json", "--input", "input.txt", "script.py", "a", "-b"])
        .current_dir(&folder)
        .output()
        .expect("toy runs");
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(report["loop"]["iterations"], 250);
    assert_eq!(report["measured"]["same_output"], true, "{report}");
    assert!(report["measured"]["python"].is_object(), "{report}");
}
