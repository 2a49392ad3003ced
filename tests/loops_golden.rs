//! Small loops as typed code, and what `--report` says of them. Regenerate the expected texts with
//! `UPDATE_EXPECT=1 cargo test --test loops_golden`, and read what changed.

use std::io::Write;
use std::process::{Command, Stdio};

use expect_test::{Expect, expect, expect_file};

const LISTS: &str = "\
def error(predicted, y, x):
    total = 0.0
    for i in range(len(x)):
        total += (predicted[i] - y[i]) * x[i]
    return total / len(x)

print(error([0.5, 1.5, 2.5, 3.5], [1.0, 2.0, 3.0, 4.0], [1.0, 1.0, 2.0, 2.0]))
";

const ARRAYS: &str = "\
import numpy as np

def error(predicted, y, x):
    total = 0.0
    for i in range(len(x)):
        total += (predicted[i] - y[i]) * x[i]
    return total / len(x)

print(error(np.arange(4.0) + 0.5, np.arange(4.0) + 1.0, np.ones(4)))
";

const WHILE: &str = "\
def collatz(n):
    steps = 0
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    return steps

print(collatz(27))
";

const NESTED: &str = "\
def table(n):
    total = 0
    for i in range(n):
        for j in range(i):
            total += i * j
    return total

print(table(6))
";

const ZIPPED: &str = "\
def weighted(xs, ys):
    total = 0.0
    for i, (x, y) in enumerate(zip(xs, ys)):
        total += i * x * y
    return total

print(weighted([1.0, 2.0, 3.0], [0.5, 0.25, 0.125]))
";

const APPENDED: &str = "\
def squares(xs):
    found = []
    for x in xs:
        found.append(x * x)
    return found

print(squares([1.0, 2.0, 3.0]))
";

/// What a script leaves on standard error.
fn toy(flags: &[&str], script: &str) -> String {
    let mut child = Command::new(env!("CARGO_BIN_EXE_toy"))
        .args(["run", "--loops", "typed", "--hot", "1"])
        .args(flags)
        .arg("-")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("toy runs");
    child.stdin.take().expect("a pipe").write_all(script.as_bytes()).expect("toy reads its script");
    let output = child.wait_with_output().expect("toy ends");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    masked(&String::from_utf8(output.stderr).expect("UTF-8"))
}

/// Without times, and without sizes, which are of a CPU's code.
fn masked(text: &str) -> String {
    let mut masked = String::new();
    for line in text.split_inclusive('\n') {
        let mut words: Vec<&str> = line.split(' ').collect();
        for at in 1..words.len() {
            if ["ms", "ms,", "bytes", "bytes\n"].contains(&words[at]) {
                words[at - 1] = "?";
            }
        }
        masked += &words.join(" ");
    }
    masked
}

/// The loop IR as it is built, and with checks made once; unrolled, it is the same several times.
fn stages(script: &str) -> String {
    let built = toy(&["--emit", "loop-ir", "--dial", "bounds=each,unroll=off"], script);
    let once = toy(&["--emit", "loop-ir", "--dial", "unroll=off"], script);
    format!("{script}\n##### as it is built\n{built}\n##### checks made once\n{once}")
}

#[test]
fn a_loop_over_lists() {
    expect_file!["golden/loops/lists.txt"].assert_eq(&stages(LISTS));
}

#[test]
fn a_loop_over_arrays() {
    expect_file!["golden/loops/arrays.txt"].assert_eq(&stages(ARRAYS));
}

#[test]
fn a_while_loop_whose_integers_may_grow() {
    expect_file!["golden/loops/while.txt"].assert_eq(&stages(WHILE));
}

#[test]
fn a_loop_in_a_loop() {
    expect_file!["golden/loops/nested.txt"].assert_eq(&stages(NESTED));
}

#[test]
fn a_loop_over_enumerate_and_zip() {
    expect_file!["golden/loops/zipped.txt"].assert_eq(&stages(ZIPPED));
}

#[test]
fn a_loop_that_appends() {
    expect_file!["golden/loops/appended.txt"].assert_eq(&stages(APPENDED));
}

#[test]
fn a_loop_that_is_unrolled() {
    let script = "total = 0.0\nxs = [0.5, 1.5, 2.5, 3.5]\nfor i in range(len(xs)):\n    total += xs[i]\n";
    expect_file!["golden/loops/unrolled.txt"].assert_eq(&toy(&["--emit", "loop-ir"], script));
}

#[track_caller]
fn check_report(script: &str, expected: Expect) {
    expected.assert_eq(&toy(&["--report"], script));
}

#[test]
fn the_report_of_a_loop_that_ran_to_its_end() {
    check_report(
        LISTS,
        expect![[r#"
        note: this loop of error() ran as typed code: 2 iterations in one run
         --> <stdin>:3:5
          |
        3 |     for i in range(len(x)):
          |     ^^^^^^^^^^^^^^^^^^^^^^^
          |
          = note: for total: float, i: int, predicted: list of float, y: list of float, x: list of float, r5: iterator over a range; compiled in ? ms, ? bytes
    "#]],
    );
}

#[test]
fn the_report_of_a_loop_in_a_loop() {
    check_report(
        NESTED,
        expect![[r#"
            note: this loop of table() ran as typed code: 4 iterations in one run
             --> <stdin>:3:5
              |
            3 |     for i in range(n):
              |     ^^^^^^^^^^^^^^^^^^
              |
              = note: for total: int, i: int, r4: iterator over a range; compiled in ? ms, ? bytes

            note: this loop of table() ran as part of the typed code of the loop around it
             --> <stdin>:4:9
              |
            4 |         for j in range(i):
              |         ^^^^^^^^^^^^^^^^^^
        "#]],
    );
}

#[test]
fn the_report_of_a_loop_that_was_left() {
    let script = "total = 0.0\nfor x in [0.5, 1.5, 2.5, 2, 3.5]:\n    total += x\nprint(total)\n";
    check_report(
        script,
        expect![[r#"
        note: this loop ran as typed code: 2 iterations in 2 runs
         --> <stdin>:2:1
          |
        2 | for x in [0.5, 1.5, 2.5, 2, 3.5]:
          | ^^^^^^^^^-----------------------^
          |          |
          |          T0012: a value whose type is not the one seen before: float was seen before, left here once
          |
          = note: for r3: float, total: float, x: float, r2: iterator over a list of float; compiled in ? ms, ? bytes
          = note: for r3: int, total: float, x: float, r2: iterator over a list of float; compiled in ? ms, ? bytes
          = note: toy explain T0012 says what it means, and what to do about it
    "#]],
    );
}

#[test]
fn the_report_of_a_loop_that_was_given_up() {
    let script = "xs = [1, 1, 1.0] * 100\nfor i in range(300):\n    xs[i] = -xs[i]\nfor i in range(2):\n    pass\n";
    check_report(
        script,
        expect![[r#"
        note: this loop ran as typed code: 0 iterations in 64 runs
         --> <stdin>:2:1
          |
        2 | for i in range(300):
          | ^^^^^^^^^^^^^^^^^^^^
        3 |     xs[i] = -xs[i]
          |              ----- T0012: a value whose type is not the one seen before: float was seen before, left here 64 times
          |
          = note: for r3: int, i: int, xs: list of float, r2: iterator over a range; compiled in ? ms, ? bytes
          = note: given up: too often left by T0012
          = note: toy explain T0012 says what it means, and what to do about it

        note: this loop ran as typed code: 0 iterations in one run
         --> <stdin>:4:1
          |
        4 | for i in range(2):
          | ^^^^^^^^^^^^^^^^^^
          |
          = note: for r3: int, i: int, r2: iterator over a range; compiled in ? ms, ? bytes
    "#]],
    );
}

#[test]
fn the_report_of_a_loop_that_cannot_be_compiled() {
    check_report(
        "text = ''\nfor word in 'a b c'.split():\n    text += word\n",
        expect![[r#"
        note: this loop was interpreted: it cannot be compiled
         --> <stdin>:2:1
          |
        2 | for word in 'a b c'.split():
          | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        3 |     text += word
          |     ------------ T0004: an operator on values that are not numbers: an object Add an object
          |
          = note: toy explain T0004 says what it means, and what to do about it
    "#]],
    );
}

#[test]
fn the_report_of_loops_that_are_not_compiled() {
    let script = "for i in range(1):\n    pass\n# toy: loops=interpret\nfor i in range(9):\n    pass\n# toy: loops=calls\nfor i in range(9):\n    pass\n";
    check_report(
        script,
        expect![[r#"
        note: this loop was interpreted: it jumped back once only
         --> <stdin>:1:1
          |
        1 | for i in range(1):
          | ^^^^^^^^^^^^^^^^^^

        note: this loop was interpreted, as it was asked for
         --> <stdin>:4:1
          |
        4 | for i in range(9):
          | ^^^^^^^^^^^^^^^^^^

        note: this loop ran as call-threaded code, ? bytes
         --> <stdin>:7:1
          |
        7 | for i in range(9):
          | ^^^^^^^^^^^^^^^^^^
    "#]],
    );
}
