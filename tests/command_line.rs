//! `toy run` as others start it: arguments, standard input, exit status, pipes. Arguments, input and exit status are
//! CPython's; unlike CPython's, what was printed comes before the traceback, and output without a place is status 1.

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use expect_test::{Expect, expect};

/// A file of this test's own.
fn path(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("command_line");
    std::fs::create_dir_all(&folder).expect("a folder");
    folder.join(name)
}

fn toy(args: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_toy"))
        .arg("run")
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("toy runs");
    // Who does not read it may have gone already.
    let _ = child.stdin.take().expect("a pipe").write_all(input.as_bytes());
    child.wait_with_output().expect("toy ends")
}

/// What goes to standard output, then to standard error, then the exit status.
#[track_caller]
fn check(args: &[&str], input: &str, expected: Expect) {
    let output = toy(args, input);
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    expected.assert_eq(&format!("{stdout}{stderr}exit status {:?}\n", output.status.code()));
}

#[test]
fn code_on_the_command_line() {
    check(
        &["-c", "import sys\nprint(sys.argv, __name__)\nprint(1 / 0)", "-x", "--fma", "off", "-c", "-h"],
        "",
        expect![[r#"
            ['-c', '-x', '--fma', 'off', '-c', '-h'] __main__
            Traceback (most recent call last):
              File "<string>", line 3, in <module>
                print(1 / 0)
                      ~~^~~
            ZeroDivisionError: division by zero
            exit status Some(1)
        "#]],
    );
}

#[test]
fn code_from_standard_input() {
    check(
        &["-", "a", "-b"],
        "import sys\nprint(sys.argv, repr(sys.stdin.read()))\n",
        expect![[r#"
            ['-', 'a', '-b'] ''
            exit status Some(0)
        "#]],
    );
}

#[test]
fn lines_of_standard_input() {
    let script = "import sys
print(repr(input('first? ')), repr(input()))
print(repr(sys.stdin.readline()), repr(sys.stdin.read(3)))
for line in sys.stdin:
    print(repr(line))
input('more? ')
";
    check(
        &["-c", script],
        "eins\nzwei\r\ndréi\nvier\nfünf\nlast",
        expect![[r#"
            first? 'eins' 'zwei\r'
            'dréi\n' 'vie'
            'r\n'
            'fünf\n'
            'last'
            more? Traceback (most recent call last):
              File "<string>", line 6, in <module>
                input('more? ')
                ~~~~~^^^^^^^^^^
            EOFError: EOF when reading a line
            exit status Some(1)
        "#]],
    );
}

#[test]
fn exit_status() {
    for (code, status, said) in [
        ("import sys; sys.exit()", 0, ""),
        ("import sys; sys.exit(3)", 3, ""),
        ("import sys; sys.exit(True)", 1, ""),
        ("import sys; sys.exit(-1)", 255, ""),
        ("import sys; sys.exit(256 + 4)", 4, ""),
        ("import sys; sys.exit('too bad')", 1, "too bad\n"),
        ("import sys; sys.exit((1, 2))", 1, "(1, 2)\n"),
        ("import sys; sys.exit(2.5)", 1, "2.5\n"),
        ("raise SystemExit", 0, ""),
        ("raise SystemExit(7)", 7, ""),
        ("print(", 1, "SyntaxError: '(' was never closed\n"),
        ("assert False", 1, "AssertionError\n"),
    ] {
        let output = toy(&["-c", code], "");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{code}: {stderr}");
        assert!(stderr.contains(said) && stderr.is_empty() == said.is_empty(), "{code}: {stderr}");
    }
}

#[test]
fn recursion_as_deep_as_allowed() {
    let script = "def depth(n):\n    return 0 if n == 0 else 1 + depth(n - 1)\nprint(depth(N))";
    let run = |n: &str, max: &str| {
        let output = toy(&["--max-depth", max, "-c", &script.replace('N', n)], "");
        let last = String::from_utf8_lossy(&output.stderr).lines().last().unwrap_or_default().to_owned();
        (String::from_utf8_lossy(&output.stdout).into_owned(), last)
    };
    assert_eq!(run("8", "10"), ("8\n".into(), String::new()));
    assert_eq!(run("9", "10").1, "RecursionError: maximum recursion depth exceeded");
    assert_eq!(run("999000", "1000000"), ("999000\n".into(), String::new()));
}

#[test]
fn output_comes_in_its_order() {
    let path = path("order.txt");
    let file = File::create(&path).expect("a file");
    let script = "import sys\nprint('out')\nprint('err', file=sys.stderr)\nsys.stdout.flush()\nprint('out again')\nsys.stderr.write('no line end')\nnowhere";
    let status = Command::new(env!("CARGO_BIN_EXE_toy"))
        .args(["run", "-c", script])
        .stdout(file.try_clone().expect("a second handle"))
        .stderr(file)
        .status()
        .expect("toy runs");
    assert_eq!(status.code(), Some(1));
    expect![[r#"
        err
        out
        out again
        no line endTraceback (most recent call last):
          File "<string>", line 7, in <module>
            nowhere
        NameError: name 'nowhere' is not defined
    "#]]
    .assert_eq(&std::fs::read_to_string(&path).expect("its output"));
}

#[test]
fn files_that_are_open_at_the_end_are_written() {
    for (name, end) in [
        ("end", "pass"),
        ("exit", "import sys; sys.exit(1)"),
        ("error", "1 / 0"),
        ("cycle", "x = [f]; x.append(x); del f, x"),
    ] {
        let path = path(&format!("open_{name}.txt"));
        let path = path.to_str().expect("UTF-8");
        toy(&["-c", &format!("f = open({path:?}, 'w'); f.write('text'); {end}")], "");
        assert_eq!(std::fs::read_to_string(path).expect("a file"), "text", "{name}");
    }
}

#[test]
fn a_reader_may_go_away() {
    let run = |script: &str| {
        let mut child = Command::new(env!("CARGO_BIN_EXE_toy"))
            .args(["run", "-c", script])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("toy runs");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("toy ends");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (status, stderr) = run("for i in range(10 ** 6): print(i)");
    assert_eq!(status, Some(1));
    assert_eq!(stderr.lines().last(), Some("BrokenPipeError: [Errno 32] Broken pipe"));
    assert_eq!(run("print(1)"), (Some(1), String::new()));
}

#[test]
fn output_that_has_no_place() {
    let full = || File::options().write(true).open("/dev/full").expect("it is always there");
    let status = Command::new(env!("CARGO_BIN_EXE_toy")).args(["run", "-c", "print(1)"]).stdout(full()).output();
    let output = status.expect("toy runs");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "OSError: [Errno 28] No space left on device\n");
}
