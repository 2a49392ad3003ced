//! Whatever is wrong with a script, a file or a flag: a clear error at its place, and the exit status that says whose
//! fault it is. The rendered text is compared whole.

use std::path::PathBuf;
use std::process::{Command, Output};

use expect_test::{Expect, expect};

/// A folder of this test's own.
fn folder() -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("bad_input");
    std::fs::create_dir_all(&folder).expect("a folder for scripts");
    folder
}

fn toy(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_toy")).args(args).current_dir(folder()).output().expect("toy runs")
}

/// Runs a script of this text under this name, and compares standard error. Every script has its own name: tests run
/// side by side.
#[track_caller]
fn check(name: &str, script: impl AsRef<[u8]>, expected: Expect) {
    std::fs::write(folder().join(name), script).expect("a script");
    let output = toy(&["run", name]);
    expected.assert_eq(&String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(1), "a script's error is exit status 1");
}

#[test]
fn unknown_name() {
    check(
        "name.toy",
        "total = 1\nprint(totl)\n",
        expect![[r#"
        Traceback (most recent call last):
          File "name.toy", line 2, in <module>
            print(totl)
                  ^^^^
        NameError: name 'totl' is not defined. Did you mean: 'total'?
    "#]],
    );
}

#[test]
fn wrong_types() {
    check(
        "types.toy",
        "def f(a, b):\n    return a + b\n\nprint(f('a', 1))\n",
        expect![[r#"
        Traceback (most recent call last):
          File "types.toy", line 4, in <module>
            print(f('a', 1))
                  ~^^^^^^^^
          File "types.toy", line 2, in f
            return a + b
                   ~~^~~
        TypeError: can only concatenate str (not "int") to str
    "#]],
    );
}

#[test]
fn index_error() {
    check(
        "index.toy",
        "x = [1, 2, 3]\nfor i in range(4):\n    y = x[i] * 2\n",
        expect![[r#"
        Traceback (most recent call last):
          File "index.toy", line 3, in <module>
            y = x[i] * 2
                ~^^^
        IndexError: list index out of range
    "#]],
    );
}

#[test]
fn shapes_that_do_not_broadcast() {
    check(
        "shapes.toy",
        "import numpy as np\nx = np.ones(3)\nprint(np.mean((x - 1) * np.ones(4)))\n",
        expect![[r#"
        Traceback (most recent call last):
          File "shapes.toy", line 3, in <module>
            print(np.mean((x - 1) * np.ones(4)))
                          ~~~~~~~~^~~~~~~~~~~~
        ValueError: operands could not be broadcast together with shapes (3,) (4,) 
    "#]],
    );
}

#[test]
fn division_by_zero() {
    check(
        "zero.toy",
        "def mean(x):\n    return sum(x) / len(x)\nprint(mean([]))\n",
        expect![[r#"
        Traceback (most recent call last):
          File "zero.toy", line 3, in <module>
            print(mean([]))
                  ~~~~^^^^
          File "zero.toy", line 2, in mean
            return sum(x) / len(x)
                   ~~~~~~~^~~~~~~~
        ZeroDivisionError: division by zero
    "#]],
    );
}

#[test]
fn absent_csv() {
    check(
        "absent.toy",
        "import numpy as np\nx = np.loadtxt('nowhere.csv', delimiter=',')\n",
        expect![[r#"
        Traceback (most recent call last):
          File "absent.toy", line 2, in <module>
            x = np.loadtxt('nowhere.csv', delimiter=',')
        FileNotFoundError: nowhere.csv not found.
    "#]],
    );
}

#[test]
fn malformed_csv() {
    std::fs::write(folder().join("malformed.csv"), "1,2\n3,four\n").expect("a file");
    check(
        "malformed.toy",
        "import numpy as np\nx = np.loadtxt('malformed.csv', delimiter=',')\n",
        expect![[r#"
        Traceback (most recent call last):
          File "malformed.toy", line 2, in <module>
            x = np.loadtxt('malformed.csv', delimiter=',')
        ValueError: could not convert string 'four' to float64 at row 1, column 2.
    "#]],
    );
}

#[test]
fn ragged_csv() {
    std::fs::write(folder().join("ragged.csv"), "1,2\n3\n").expect("a file");
    check(
        "ragged.toy",
        "import numpy as np\nx = np.loadtxt('ragged.csv', delimiter=',')\n",
        expect![[r#"
        Traceback (most recent call last):
          File "ragged.toy", line 2, in <module>
            x = np.loadtxt('ragged.csv', delimiter=',')
        ValueError: the number of columns changed from 2 to 1 at row 2; use `usecols` to select a subset and avoid this error
    "#]],
    );
}

#[test]
fn unsupported_constructs() {
    check(
        "class.toy",
        "x = 1\nclass Point:\n    pass\n",
        expect![[r#"
        SyntaxError: toy does not support classes
         --> class.toy:2:1
          |
        2 | class Point:
          | ^^^^^
    "#]],
    );
    check(
        "import.toy",
        "import pandas as pd\n",
        expect![[r#"
        ModuleNotFoundError: No module named 'pandas'
         --> import.toy:1:8
          |
        1 | import pandas as pd
          |        ^^^^^^
          |
          = help: toy has numpy, math, time and sys
    "#]],
    );
}

#[test]
fn several_syntax_errors_at_once() {
    check(
        "syntax.toy",
        "x = = 1\ny = 2\nprint('a' 'b\nfor i in range(3)\n    pass\n",
        expect![[r#"
        SyntaxError: invalid syntax
         --> syntax.toy:1:5
          |
        1 | x = = 1
          |     ^
        SyntaxError: unterminated string literal (detected at line 3)
         --> syntax.toy:3:11
          |
        3 | print('a' 'b
          |           ^
    "#]],
    );
}

#[test]
fn a_directory_as_script() {
    let output = toy(&["run", "."]);
    expect![[r#"
        error: can't open the script: [Errno 21] Is a directory: '.'

        For more information, try '--help'.
    "#]]
    .assert_eq(&String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn an_absent_script() {
    let output = toy(&["run", "there_is_none_like_it.toy"]);
    expect![[r#"
        error: can't open the script: [Errno 2] No such file or directory: 'there_is_none_like_it.toy'

        For more information, try '--help'.
    "#]]
    .assert_eq(&String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn invalid_utf8() {
    check(
        "bytes.toy",
        b"x = 1\ny = '\xff'\n",
        expect![[r#"
        SyntaxError: Non-UTF-8 code starting with '\xff' in file bytes.toy on line 2, but no encoding declared; see https://peps.python.org/pep-0263/ for details
        --> bytes.toy
    "#]],
    );
}

#[test]
fn endless_recursion() {
    check(
        "recursion.toy",
        "def f(n):\n    return f(n + 1)\n\nf(0)\n",
        expect![[r#"
        Traceback (most recent call last):
          File "recursion.toy", line 4, in <module>
            f(0)
            ~^^^
          File "recursion.toy", line 2, in f
            return f(n + 1)
          File "recursion.toy", line 2, in f
            return f(n + 1)
          File "recursion.toy", line 2, in f
            return f(n + 1)
          [Previous line repeated 996 more times]
        RecursionError: maximum recursion depth exceeded
    "#]],
    );
}

#[test]
fn absurd_sizes() {
    check(
        "size.toy",
        "x = [0] * 10 ** 18\n",
        expect![[r#"
        Traceback (most recent call last):
          File "size.toy", line 1, in <module>
            x = [0] * 10 ** 18
                ~~~~^~~~~~~~~~
        MemoryError
    "#]],
    );
    check(
        "zeros.toy",
        "import numpy as np\nx = np.zeros(10 ** 13)\n",
        expect![[r#"
        Traceback (most recent call last):
          File "zeros.toy", line 2, in <module>
            x = np.zeros(10 ** 13)
        MemoryError: Unable to allocate 72.8 TiB for an array with shape (10000000000000,) and data type float64
    "#]],
    );
}

#[test]
fn usage_errors_are_exit_status_2() {
    for args in [
        &["run"][..],
        &["walk", "x.toy"],
        &["run", "--simd", "mmx", "x.toy"],
        &["run", "--unroll", "3", "x.toy"],
        &["run", "--threads", "0", "x.toy"],
        &["compare", "-n", "0", "x.toy"],
        &["dis", "--emit", "soup", "x.toy"],
    ] {
        std::fs::write(folder().join("x.toy"), "x = 1\n").expect("a script");
        let output = toy(args);
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{args:?}: {text}");
        assert!(!text.is_empty(), "{args:?} says what is wrong");
    }
    expect![[r#"
        error: invalid value '3' for '--unroll <1|2|4|8>'
          [possible values: 1, 2, 4, 8]

        For more information, try '--help'.
    "#]]
    .assert_eq(&String::from_utf8_lossy(&toy(&["run", "--unroll", "3", "x.toy"]).stderr));
}

#[test]
fn colour_is_for_terminals() {
    std::fs::write(folder().join("colour.toy"), "x = (\n").expect("a script");
    let plain = toy(&["run", "colour.toy"]);
    assert!(!plain.stderr.contains(&0x1b), "a pipe gets no colour");
    let coloured = toy(&["--color", "always", "run", "colour.toy"]);
    assert!(coloured.stderr.contains(&0x1b), "--color always gives it to a pipe as well");
}

#[test]
fn nothing_to_compare() {
    std::fs::write(folder().join("nothing.toy"), "x = 1\n").expect("a script");
    std::fs::write(folder().join("half.toy"), "def f_loop(x):\n    return 1\n").expect("a script");
    let wrong = "def f_inputs(n):\n    return n\ndef f_loop(n):\n    return 1\ndef f_vectorized(n):\n    return 2\n";
    std::fs::write(folder().join("wrong.toy"), wrong).expect("a script");
    for (script, expected) in [
        (
            "nothing.toy",
            expect![[r#"
            ValueError: there is nothing to compare
            --> nothing.toy
             = help: define NAME_loop and NAME_vectorized with the same parameters, and NAME_inputs(n)
        "#]],
        ),
        (
            "half.toy",
            expect![[r#"
            NameError: 'f_loop' has no function 'f_vectorized' beside it
             --> half.toy:1:5
              |
            1 | def f_loop(x):
              |     ^^^^^^
        "#]],
        ),
        (
            "wrong.toy",
            expect![[r#"
            AssertionError: 'f_loop' over lists and 'f_vectorized' disagree at n = 10: they differ by 1.000e0, and rounding explains at most 1.776e-15
             --> wrong.toy:3:5
              |
            3 | def f_loop(n):
              |     ^^^^^^
        "#]],
        ),
    ] {
        let output = toy(&["compare", script, "-n", "10"]);
        expected.assert_eq(&String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.status.code(), Some(1));
    }
}
