//! Sessions of `toy repl`, entered through a pipe: what CPython's prompt answers, and what is toy's own.

use std::fs::File;
use std::io::{Read, Seek, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use expect_test::{Expect, expect};

/// What a session says on both streams, in the order in which it says it, and its exit status.
fn session(entered: &str) -> (String, Option<i32>) {
    session_with(&[], entered)
}

fn session_with(arguments: &[&str], entered: &str) -> (String, Option<i32>) {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("repl");
    std::fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join(format!("{:?}.txt", std::thread::current().id()));
    let mut said = File::options().create(true).truncate(true).read(true).write(true).open(path).expect("a file");
    let mut child = Command::new(env!("CARGO_BIN_EXE_toy"))
        .arg("repl")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(said.try_clone().expect("a second handle"))
        .stderr(said.try_clone().expect("a third handle"))
        .spawn()
        .expect("toy runs");
    // A session that ends early reads no more.
    let _ = child.stdin.take().expect("a pipe").write_all(entered.as_bytes());
    let status = child.wait().expect("toy ends");
    let mut text = String::new();
    said.rewind().expect("the file's beginning");
    said.read_to_string(&mut text).expect("text");
    (text, status.code())
}

#[track_caller]
fn check(entered: &str, expected: Expect) {
    check_with(&[], entered, expected);
}

#[track_caller]
fn check_with(arguments: &[&str], entered: &str, expected: Expect) {
    let (said, status) = session_with(arguments, entered);
    let status = if status == Some(0) { String::new() } else { format!("exit status {status:?}\n") };
    expected.assert_eq(&(said + &status));
}

/// `tests/oracle/sessions.py` says how the file is laid out.
#[test]
fn sessions_are_as_under_cpython() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/sessions.txt");
    let all = std::fs::read_to_string(path).expect("the oracle's answers");
    let lines = |text: &str, mark: char| -> String {
        let marked = text.lines().filter_map(|line| line.strip_prefix(mark));
        marked.map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(line))).collect()
    };
    let mut failures = Vec::new();
    for part in all.split("\n# ") {
        let name = part.lines().next().unwrap_or_default();
        let (said, status) = session(&lines(part, '<'));
        let said: String = said.trim_end_matches('\n').lines().map(|line| format!("{}\n", line.trim_end())).collect();
        let found = format!("{said}exit status {}\n", status.unwrap_or(-1));
        let status = part.lines().find(|line| line.starts_with("exit status")).unwrap_or_default();
        let wanted = format!("{}{status}\n", lines(part, '|'));
        if found != wanted {
            failures.push(format!("=== {name}\n--- CPython\n{wanted}--- toy\n{found}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
