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

/// What README shows is what a session shows.
#[test]
fn the_session_of_the_readme() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let text = std::fs::read_to_string(&path).expect("README.md");
    let (before, rest) = text.split_once("<!-- session -->\n```\n").expect("a session");
    let (shown, after) = rest.split_once("```\n").expect("its end");
    // The session is played input by input: what each says stands between it and the next.
    let mut found = String::new();
    let (mut entered, mut known) = (String::new(), 0);
    let mut lines = shown.lines().filter(|line| line.starts_with(">>> ") || line.starts_with("...")).peekable();
    while let Some(line) = lines.next() {
        found += &format!("{line}\n");
        entered += &format!("{}\n", line.get(4..).unwrap_or_default());
        if lines.peek().is_none_or(|next| next.starts_with(">>> ")) {
            let (said, _) = session(&entered);
            found += &said[known..];
            known = said.len();
        }
    }
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        let all = format!("{before}<!-- session -->\n```\n{found}```\n{after}");
        std::fs::write(path, all).expect("README.md is written");
    } else {
        assert_eq!(found, shown);
    }
}

#[test]
fn syntax_errors_are_drawn_and_the_session_goes_on() {
    check(
        "1 +\nx = )\n  1\nif True:\nprint('inside')\n\ndef f(:\n(1 + * 2\n'open\nclass A: pass\nreturn 1\nprint('still here')\n",
        expect![[r#"
            SyntaxError: invalid syntax
             --> <stdin>:1:4
              |
            1 | 1 +
              |    ^
            SyntaxError: unmatched ')'
             --> <stdin>:1:5
              |
            1 | x = )
              |     ^
            IndentationError: unexpected indent
             --> <stdin>:1:1
              |
            1 |   1
              | ^^
            IndentationError: expected an indented block after 'if' statement on line 1
             --> <stdin>:2:1
              |
            1 | if True:
              | -------- no block follows
            2 | print('inside')
              | ^^^^^
            SyntaxError: invalid syntax
             --> <stdin>:1:7
              |
            1 | def f(:
              |       ^
            SyntaxError: invalid syntax
             --> <stdin>:1:6
              |
            1 | (1 + * 2
              |      ^
            SyntaxError: unterminated string literal (detected at line 1)
             --> <stdin>:1:1
              |
            1 | 'open
              | ^
            SyntaxError: toy does not support classes
             --> <stdin>:1:1
              |
            1 | class A: pass
              | ^^^^^
            SyntaxError: 'return' outside function
             --> <stdin>:1:1
              |
            1 | return 1
              | ^^^^^^^^
            still here
        "#]],
    );
}

#[test]
fn what_is_not_whole_at_the_end_is_an_error() {
    check(
        "print('before')\n(1 +\n2",
        expect![[r#"
        before
        SyntaxError: '(' was never closed
         --> <stdin>:1:1
          |
        1 | (1 +
          | ^
    "#]],
    );
    check(
        "def f():\n",
        expect![[r#"
        IndentationError: expected an indented block after function definition on line 1
         --> <stdin>:1:9
          |
        1 | def f():
          | --------^
          | |
          | no block follows
    "#]],
    );
    check(
        "'''open\n",
        expect![[r#"
        SyntaxError: unterminated triple-quoted string literal (detected at line 1)
         --> <stdin>:1:1
          |
        1 | '''open
          | ^^^
    "#]],
    );
    check(
        "1 + \\\n",
        expect![[r#"
        SyntaxError: invalid syntax
         --> <stdin>:2:1
          |
        2 |
          | ^
    "#]],
    );
    check(
        "1 + 1",
        expect![[r#"
        2
    "#]],
    );
    check("", expect![[""]]);
}

#[test]
fn several_statements_at_once_are_as_good() {
    check(
        "for i in range(2):\n    i\nx = 3\nx\n",
        expect![[r#"
        0
        1
        3
    "#]],
    );
}

#[test]
fn input_is_what_follows() {
    check(
        "name = input('who? ')\nworld\nname\nimport sys\nsys.stdin.readline()\na line\n1\n",
        expect![[r#"
        who? 'world'
        'a line\n'
        1
    "#]],
    );
}

#[test]
fn text_that_is_no_text() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("repl");
    std::fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join("bytes");
    std::fs::write(&path, b"1\nx = '\xff'\n").expect("a file");
    let output = Command::new(env!("CARGO_BIN_EXE_toy"))
        .arg("repl")
        .stdin(File::open(path).expect("the file"))
        .output()
        .expect("toy runs");
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    expect![[r#"
        UnicodeDecodeError: 'utf-8' codec can't decode byte 0xff in position 7: invalid start byte
        Some(1)
    "#]]
    .assert_eq(&format!("{stdout}{stderr}{:?}\n", output.status.code()));
    check(
        "x = '\0'\n1\n",
        expect![[r#"
        SyntaxError: source code cannot contain null bytes
        --> <stdin>
        1
    "#]],
    );
}

#[test]
fn a_reader_that_goes_away_ends_the_session() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_toy"))
        .arg("repl")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("toy runs");
    drop(child.stdout.take());
    let _ = child.stdin.take().expect("a pipe").write_all(b"1\nprint('never')\n");
    let output = child.wait_with_output().expect("toy ends");
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
}

#[cfg(feature = "trace")]
#[test]
fn help_lists_the_commands() {
    check(
        ":help\n",
        expect![[r#"
        Whatever Python's prompt takes; and, with the names of this session:
          :dis CODE         the bytecode of an expression or of statements; of a function by its name
          :emit STAGE CODE  what it becomes at a stage, or several: tokens,ast,bytecode,ir,clif,asm
          :trace CODE       the first steps of running it, with all that each pays for
          :help             this list
        Tab completes, the arrow keys go through what was entered, Ctrl-C interrupts, Ctrl-D or exit() ends.
    "#]],
    );
}

#[cfg(feature = "trace")]
#[test]
fn commands_that_are_wrong() {
    check(
        ":\n:x\n:hepl\n:dis\n:dis 1 +\n:emit\n:emit code 1\n:emit ast\n:trace )\n:emit ir undefined\n1\n",
        expect![[r#"
            error: there is no command ':' (:help lists the commands)
            error: there is no command ':x' (:help lists the commands)
            error: there is no command ':hepl' (:help lists the commands)
            error: ':dis' wants code behind it (:help lists the commands)
            SyntaxError: invalid syntax
             --> <stdin>:1:4
              |
            1 | 1 +
              |    ^
            error: ':emit' wants a stage and code behind it; stages: tokens, ast, bytecode, ir, loop-ir, clif, asm (:help lists the commands)
            error: 'code' is no stage: tokens, ast, bytecode, ir, loop-ir, clif, asm (:help lists the commands)
            error: ':emit' wants code behind it (:help lists the commands)
            SyntaxError: unmatched ')'
             --> <stdin>:1:1
              |
            1 | )
              | ^
            Traceback (most recent call last):
              File "<stdin>", line 1, in <module>
                undefined
            NameError: name 'undefined' is not defined
            1
        "#]],
    );
}

#[test]
fn bytecode_of_an_expression_and_of_a_function() {
    check(
        "x = 2\ndef twice(n):\n    return 2 * n\n\n:dis x + twice(1)\n:dis twice\n:dis for i in range(x): pass\n\n",
        expect![[r#"
                                                     dispatch
                                                     │  bounds check
                                                     │  │  dereference
                                                     │  │  │  type check
                                                     │  │  │  │  memory access
                                                     │  │  │  │  │  arithmetic
                                                     │  │  │  │  │  │  loop counter
                                                     │  │  │  │  │  │  │  branch
                                                     │  │  │  │  │  │  │  │  other

            <module>: 4 registers, 0 of them local variables
                1 | x + twice(1)
                 0       LoadGlobal     r0 ← x       1  ·  ·  ·  2  ·  ·  ·  1
                 1       LoadGlobal     r2 ← twice   1  ·  ·  ·  2  ·  ·  ·  1
                 2       LoadConst      r3 ← 1       1  ·  ·  ·  2  ·  ·  ·  ·
                 3       Call           r1 ← r2, r3  1  ·  1  1  ·  ·  ·  ·  1
                 4       Add            r0 ← r0, r1  1  ·  2  2  5  1  ·  ·  ·
                 5       Return         r0           1  ·  ·  ·  1  ·  ·  ·  1
                                                   dispatch
                                                   │  bounds check
                                                   │  │  dereference
                                                   │  │  │  type check
                                                   │  │  │  │  memory access
                                                   │  │  │  │  │  arithmetic
                                                   │  │  │  │  │  │  loop counter
                                                   │  │  │  │  │  │  │  branch
                                                   │  │  │  │  │  │  │  │  other

            twice(n): 3 registers, 1 of them local variables
                2 |     return 2 * n
                 0       Mul            r2 ← 2, n  1  ·  2  2  5  1  ·  ·  ·
                 1       Return         r2         1  ·  ·  ·  1  ·  ·  ·  1
                                                     dispatch
                                                     │  bounds check
                                                     │  │  dereference
                                                     │  │  │  type check
                                                     │  │  │  │  memory access
                                                     │  │  │  │  │  arithmetic
                                                     │  │  │  │  │  │  loop counter
                                                     │  │  │  │  │  │  │  branch
                                                     │  │  │  │  │  │  │  │  other

            <module>: 4 registers, 0 of them local variables
                1 | for i in range(x): pass
                 0       LoadGlobal     r2 ← range   1  ·  ·  ·  2  ·  ·  ·  1
                 1       LoadGlobal     r3 ← x       1  ·  ·  ·  2  ·  ·  ·  1
                 2       Call           r1 ← r2, r3  1  ·  1  1  ·  ·  ·  ·  1
                 3       GetIter        r1 ← r1      1  ·  ·  ·  1  ·  ·  ·  1
                 4       Jump           → L2         1  ·  ·  ·  ·  ·  ·  1  ·
                 5  L1:  StoreGlobal    r2, i        1  ·  ·  ·  2  ·  ·  ·  1
                 6  L2:  ForIter        r2 ← r1      1  ·  1  1  5  ·  1  1  ·
                 7       Jump           → L1
                 8       Return         None         1  ·  ·  ·  1  ·  ·  ·  1
        "#]],
    );
}

#[test]
fn a_command_may_go_on() {
    check(
        ":emit tokens (1 +\n2)\n:emit ast for i in []:\n  i\n\n",
        expect![[r#"
        1:1     ParenOpen       "("
        1:2     Int             "1"
        1:4     Plus            "+"
        2:1     Int             "2"
        2:2     ParenClose      ")"
        2:3     Newline         "\n"
        Module
          For  1:1-2:4
            target: Name i  1:5-1:6
            iterable: List  1:10-1:12
            body:
              Expr  2:3-2:4
                Name i  2:3-2:4
    "#]],
    );
}

#[test]
fn kernels_see_the_names_of_the_session() {
    let entered = "import numpy as np\na = np.arange(100000.0)\nnp.mean(a - 2)\n:emit ir np.mean(a - 2)\n:emit ast,ir a[:3].sum()\n";
    let (said, status) = session(entered);
    assert_eq!(status, Some(0));
    // How long the machine code is depends on the machine; what a pass leaves as it was need not be seen twice.
    let said: String =
        said.lines().filter(|line| !line.contains("bytes of machine code")).map(|line| format!("{line}\n")).collect();
    let passes = |part: &str| part.split("--- ir: ").next().unwrap_or_default().to_owned();
    let said: Vec<String> = said.split("--- ir: dce\n").map(passes).collect();
    expect![[r#"
        np.float64(49997.5)
        mean(in0 - in1) → float64
            in0: float64[100000]
            in1: float64 = 2.0
        kernel(in0: float64, in1: float64) -> float64 {
          v0 = load in0                : float64
          v1 = load in1                : float64
          v2 = sub v0, v1              : float64
          reduce mean v2
        }
        Module
          Expr  1:1-1:12
            Call  1:1-1:12
              callee: Attribute sum  1:1-1:10
                value: Subscript  1:1-1:6
                  value: Name a  1:1-1:2
                  index: Slice  1:3-1:5
                    stop: Int 3  1:4-1:5
        sum(in0) → float64
            in0: float64[3]
        kernel(in0: float64) -> float64 {
          v0 = load in0                : float64
          reduce sum v0
        }
    "#]]
    .assert_eq(&said.concat());
}

/// Whatever a trace shows but addresses, which differ from run to run.
#[cfg(feature = "trace")]
#[test]
fn a_trace_goes_through_functions_of_earlier_inputs() {
    let (said, status) = session("1\ndef f(x):\n    print(x)\n    return x / 0\n\n:trace f(2.5)\n1\n");
    assert_eq!(status, Some(0));
    let is_address = |word: &str| word.trim_end_matches(':').strip_prefix("0x").is_some_and(|hex| hex.len() > 6);
    let line = |line: &str| -> String {
        let words: Vec<&str> = line.split(' ').map(|word| if is_address(word) { "0x…" } else { word }).collect();
        words.join(" ") + "\n"
    };
    let said: String = said.lines().map(line).collect();
    expect![[r#"
        1
        step 0  LoadGlobal r1 ← f
            1 │ f(2.5)
              │ ^
            dispatch       fetch, decode, jump to LoadGlobal
            other          name lookup
            memory access  refer to function box at 0x… ×2
            memory access  nothing there to release
            points to      r1 ──→ 0x… function ×2: name f

        step 1  LoadConst r2 ← 2.5
            1 │ f(2.5)
              │   ^^^
            dispatch       fetch, decode, jump to LoadConst
            memory access  refer to float box at 0x… ×2
            memory access  nothing there to release
            points to      r2 ──→ 0x… float ×2: value 2.5

        step 2  Call r0 ← r1, r2
            1 │ f(2.5)
              │ ^^^^^^
            dispatch       fetch, decode, jump to Call
            type check     of type function
            dereference    → function box at 0x…
            other          call frame
            points to      x ──→ 0x… float ×2: value 2.5

        step 3  LoadGlobal r3 ← print
            2 │     print(x)
              │     ^^^^^
            dispatch       fetch, decode, jump to LoadGlobal
            other          name lookup
            memory access  refer to builtin_function_or_method box at 0x… ×2
            memory access  nothing there to release
            points to      r3 ──→ 0x… builtin_function_or_method ×2: name print

        step 4  Move r4 ← x
            2 │     print(x)
              │           ^
            dispatch       fetch, decode, jump to Move
            memory access  refer to float box at 0x… ×3
            memory access  nothing there to release
            points to      r4 ──→ 0x… float ×3: value 2.5

        step 5  Call r2 ← r3, r4
            2 │     print(x)
              │     ^^^^^^^^
            dispatch       fetch, decode, jump to Call
            type check     of type builtin_function_or_method
            dereference    → builtin_function_or_method box at 0x…
            other          built-in call
            memory access  nothing there to release
            points to      r2 ──→ 0x… NoneType ×2
            is now         0x… float ×2: value 2.5
            prints         "2.5\n"

        step 6  TrueDiv r2 ← x, 0
            3 │     return x / 0
              │            ^^^^^
            dispatch       fetch, decode, jump to TrueDiv
            type check     of type float
            type check     of type int
            dereference    → float box at 0x…
            memory access  load 8 bytes
            dereference    → int box at 0x…
            memory access  load 8 bytes
            arithmetic     what the program asked for
            other          generic operator

        7 of 7 steps shown. The whole run: 32 events: dispatches 7, dereferences 4, type checks 4, loads 2, references taken 4, references released 5, arithmetic 1, other 5; useful: 3.1 %
        Traceback (most recent call last):
          File "<stdin>", line 1, in <module>
            f(2.5)
            ~^^^^^
          File "<stdin>", line 3, in f
            return x / 0
                   ~~^~~
        ZeroDivisionError: float division by zero
        1
    "#]].assert_eq(&said);
}

#[test]
fn a_switch_is_the_sessions() {
    let entered = "import numpy as np\na = np.arange(1000.0)\n:emit asm a + a\n";
    let (said, _) = session_with(&["--simd", "sse", "--unroll", "1"], entered);
    assert!(said.contains("xmm") && !said.contains("ymm"), "{said}");
}

#[test]
fn colours_are_asked_for() {
    let (said, _) = session_with(&["--color", "always"], "1 / 0\n");
    assert!(said.contains("\x1b[1;35mZeroDivisionError\x1b[0m"), "{said}");
    let (said, _) = session("1 / 0\n");
    assert!(!said.contains('\x1b'), "{said}");
}
