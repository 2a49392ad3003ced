//! Errors as users read them: syntax errors as rustc shows its own, runtime errors as CPython does.

use expect_test::{Expect, expect};
use toy::{
    diagnostic::{Diagnostic, ErrorKind, render_all},
    source::{Place, Source, Span},
    syntax::parse,
    traceback::RuntimeDiagnostic,
};

fn check(text: &str, expected: Expect) {
    let source = Source::new("test.toy", text);
    let errors = parse(&source).expect_err("the snippet is wrong");
    expected.assert_eq(&render_all(&errors, &source, false));
}

/// Frames are given by the text that each was at.
fn check_traceback(text: &str, frames: &[(&str, &str)], kind: ErrorKind, message: &str, expected: Expect) {
    let source = Source::new("test.toy", text);
    let frame = |(function, part): &(&str, &str)| {
        let start = text.find(part).expect("the part is in the text");
        Place { function: (*function).into(), span: Span::new(start, start + part.len()) }
    };
    let traceback = frames.iter().map(frame).collect();
    expected.assert_eq(
        &RuntimeDiagnostic { kind, message: message.into(), notes: Vec::new(), traceback }.render(&source, false),
    );
}

#[test]
fn one_error() {
    check(
        "x = (1 2)\n",
        expect![[r#"
        SyntaxError: invalid syntax. Perhaps you forgot a comma?
         --> test.toy:1:6
          |
        1 | x = (1 2)
          |      ^^^
    "#]],
    );
}

#[test]
fn each_statement_has_its_error_and_no_more() {
    check(
        "def f():\n    y = = 3\n    for i in range(3):\n        z = 1 +\n        w = 2\n    return 1 1\n\nclass A:\n    def g(self):\n        return = 1\n\n1 = 2; 3 = 4\n",
        expect![[r#"
            SyntaxError: invalid syntax
             --> test.toy:2:9
              |
            2 |     y = = 3
              |         ^

            SyntaxError: invalid syntax
             --> test.toy:4:16
              |
            4 |         z = 1 +
              |                ^

            SyntaxError: invalid syntax
             --> test.toy:6:14
              |
            6 |     return 1 1
              |              ^

            SyntaxError: toy does not support classes
             --> test.toy:8:1
              |
            8 | class A:
              | ^^^^^

            SyntaxError: cannot assign to literal here. Maybe you meant '==' instead of '='?
              --> test.toy:12:1
               |
            12 | 1 = 2; 3 = 4
               | ^

            SyntaxError: cannot assign to literal here. Maybe you meant '==' instead of '='?
              --> test.toy:12:8
               |
            12 | 1 = 2; 3 = 4
               |        ^
        "#]],
    );
}

#[test]
fn a_missing_block() {
    check(
        "x = 1\nfor i in x:\ny = 2\n",
        expect![[r#"
        IndentationError: expected an indented block after 'for' statement on line 2
         --> test.toy:3:1
          |
        2 | for i in x:
          | ----------- no block follows
        3 | y = 2
          | ^
    "#]],
    );
    check(
        "def f():\n",
        expect![[r#"
        IndentationError: expected an indented block after function definition on line 1
         --> test.toy:1:9
          |
        1 | def f():
          | --------^
          | |
          | no block follows
    "#]],
    );
}

#[test]
fn an_end_too_early() {
    check(
        "x = foo(1,\n        [2, 3]\ny = 4\n",
        expect![[r#"
        SyntaxError: '(' was never closed
         --> test.toy:1:8
          |
        1 | x = foo(1,
          |        ^
    "#]],
    );
    check(
        "x = '''a\nb",
        expect![[r#"
        SyntaxError: unterminated triple-quoted string literal (detected at line 2)
         --> test.toy:1:5
          |
        1 | x = '''a
          |     ^^^
    "#]],
    );
    check(
        "x = 1 +",
        expect![[r#"
        SyntaxError: invalid syntax
         --> test.toy:1:8
          |
        1 | x = 1 +
          |        ^
    "#]],
    );
}

#[test]
fn tabs_and_wide_characters() {
    check(
        "if x:\n\ty = 日本 é\n",
        expect![[r#"
        SyntaxError: invalid syntax
         --> test.toy:2:9
          |
        2 |     y = 日本 é
          |              ^
    "#]],
    );
    check(
        "if x:\n        y = 1\n\tz = 2\n",
        expect![[r#"
        TabError: inconsistent use of tabs and spaces in indentation
         --> test.toy:3:1
          |
        3 |     z = 2
          | ^^^^
    "#]],
    );
}

#[test]
fn a_line_of_megabytes_is_cut() {
    let text = format!("x = [{}2 3]\n", "1, ".repeat(100_000));
    check(
        &text,
        expect![[r#"
        SyntaxError: invalid syntax. Perhaps you forgot a comma?
         --> test.toy:1:300006
          |
         ::: 
        1 | ...1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2 3]
          |                                                                   ^^^
    "#]],
    );
}

#[test]
fn help_and_labels() {
    check(
        "if a && b:\n    pass\n",
        expect![[r#"
        SyntaxError: invalid syntax
         --> test.toy:1:7
          |
        1 | if a && b:
          |       ^
          |
          = help: Python's '&&' is 'and'
    "#]],
    );
    check(
        "f(}\n",
        expect![[r#"
            SyntaxError: closing parenthesis '}' does not match opening parenthesis '('
             --> test.toy:1:3
              |
            1 | f(}
              |  -^
              |  |
              |  opened here
        "#]],
    );
}

#[test]
fn a_place_is_not_needed() {
    let source = Source::new("test.toy", "x");
    let error = Diagnostic::without_span(ErrorKind::MemoryError, "");
    expect![[r#"
        MemoryError
        --> test.toy
    "#]]
    .assert_eq(&error.render(&source, false));
}

#[test]
fn colour_changes_nothing_but_colour() {
    let source = Source::new("test.toy", "x = (1 2)\n");
    let errors = parse(&source).expect_err("the snippet is wrong");
    let mut plain = String::new();
    let colored = errors[0].render(&source, true);
    for (at, part) in colored.split("\x1b[").enumerate() {
        plain += if at == 0 { part } else { part.split_once('m').expect("a colour ends in m").1 };
    }
    assert_ne!(plain, colored);
    assert_eq!(plain, errors[0].render(&source, false));
}

#[test]
fn tracebacks_mark_the_operator() {
    check_traceback(
        "def f(x):\n    return [1, 2][x] + (1 / (x - x))\ndef g(é):\n\ty = \"日本\" + str(f(é))\ng(1)\n",
        &[("<module>", "g(1)"), ("g", "f(é)"), ("f", "1 / (x - x)")],
        ErrorKind::ZeroDivisionError,
        "division by zero",
        expect![[r#"
            Traceback (most recent call last):
              File "test.toy", line 5, in <module>
                g(1)
                ~^^^
              File "test.toy", line 4, in g
                y = "日本" + str(f(é))
                                 ~^^^
              File "test.toy", line 2, in f
                return [1, 2][x] + (1 / (x - x))
                                    ~~^~~~~~~~~
            ZeroDivisionError: division by zero
        "#]],
    );
}

#[test]
fn tracebacks_mark_calls_and_subscripts() {
    check_traceback(
        "a  [ 0 ] ( 1 )\nx = {} [ \"a\" ] (1)\nb = undefined\ny = k(1)\nreturn k(x)\n",
        &[
            ("call", "a  [ 0 ] ( 1 )"),
            ("subscript", "{} [ \"a\" ]"),
            ("name", "undefined"),
            ("assigned", "k(1)"),
            ("returned", "k(x)"),
        ],
        ErrorKind::NameError,
        "name 'undefined' is not defined",
        expect![[r#"
            Traceback (most recent call last):
              File "test.toy", line 1, in call
                a  [ 0 ] ( 1 )
                ~~~~~~~~~^^^^^
              File "test.toy", line 2, in subscript
                x = {} [ "a" ] (1)
                    ~~~^^^^^^^
              File "test.toy", line 3, in name
                b = undefined
                    ^^^^^^^^^
              File "test.toy", line 4, in assigned
                y = k(1)
              File "test.toy", line 5, in returned
                return k(x)
            NameError: name 'undefined' is not defined
        "#]],
    );
}

#[test]
fn tracebacks_span_lines() {
    check_traceback(
        "r(\n    0,\n    k=1,\n    *[\n      2\n    ]\n)\nx = (1 +\n     2 +  # +\n     # so\n     (3) / (\n      0))\n",
        &[("<module>", "r(\n    0,\n    k=1,\n    *[\n      2\n    ]\n)"), ("f", "(3) / (\n      0)")],
        ErrorKind::TypeError,
        "r() got an unexpected keyword argument 'k'",
        expect![[r#"
            Traceback (most recent call last):
              File "test.toy", line 1, in <module>
                r(
                ~^
                    0,
                    ^^
                ...<3 lines>...
                    ]
                    ^
                )
                ^
              File "test.toy", line 11, in f
                (3) / (
                ~~~~^~~
                 0))
                 ~~
            TypeError: r() got an unexpected keyword argument 'k'
        "#]],
    );
}

#[test]
fn tracebacks_count_what_repeats() {
    let text = "def r(n):\n    return r(n + 1)\nr(0)\n";
    let mut frames = vec![("<module>", "r(0)")];
    frames.extend([("r", "r(n + 1)"); 1000]);
    check_traceback(
        text,
        &frames,
        ErrorKind::RecursionError,
        "maximum recursion depth exceeded",
        expect![[r#"
        Traceback (most recent call last):
          File "test.toy", line 3, in <module>
            r(0)
            ~^^^
          File "test.toy", line 2, in r
            return r(n + 1)
          File "test.toy", line 2, in r
            return r(n + 1)
          File "test.toy", line 2, in r
            return r(n + 1)
          [Previous line repeated 997 more times]
        RecursionError: maximum recursion depth exceeded
    "#]],
    );
}

#[test]
fn files_that_are_no_scripts() {
    let error = |bytes: &[u8]| Source::from_bytes("test.toy", bytes.to_vec()).expect_err("refused").headline();
    assert_eq!(
        error(b"x = 1\ny = '\xff'"),
        "SyntaxError: Non-UTF-8 code starting with '\\xff' in file test.toy on line 2, but no encoding declared; \
         see https://peps.python.org/pep-0263/ for details"
    );
    assert_eq!(
        error(b"#!python\n# -*- coding: latin-1 -*-\n"),
        "SyntaxError: toy does not support the encoding 'latin-1': scripts are UTF-8"
    );
    assert!(Source::from_bytes("test.toy", b"# coding=UTF-8\n# coding: latin-1\n".to_vec()).is_ok());
    assert!(Source::from_bytes("test.toy", b"x = 1\n# coding: latin-1\n".to_vec()).is_ok());
    assert_eq!(error(b"x\0"), "SyntaxError: source code cannot contain null bytes");
    let marked = Source::from_bytes("test.toy", b"\xef\xbb\xbfx = 1\r\ny = 2\rz".to_vec()).expect("a mark is no text");
    assert_eq!(marked.text, "x = 1\ny = 2\nz");

    let folder = std::env::temp_dir();
    let error = Source::read(&folder).expect_err("a folder").headline();
    assert_eq!(error, format!("IsADirectoryError: [Errno 21] Is a directory: '{}'", folder.display()));
    let missing = folder.join("toy-no-such-file.toy");
    let error = Source::read(&missing).expect_err("nothing").headline();
    assert_eq!(error, format!("FileNotFoundError: [Errno 2] No such file or directory: '{}'", missing.display()));
}
