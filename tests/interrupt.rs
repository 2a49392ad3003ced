//! Ctrl-C, whatever the script is at: a traceback that ends in `KeyboardInterrupt`, then death by SIGINT. How long it
//! took is printed (`cargo test --test interrupt -- --nocapture`), and never judged.

use std::io::Read;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// From "it begins now" to the signal: the script is in the middle of its work.
const WARM_UP: Duration = Duration::from_millis(150);

/// Runs a script that says `ready` before the work that takes too long. Whoever runs the tests may ignore SIGINT, as
/// shells make their background jobs do: `env` undoes that.
fn start(script: &str) -> Child {
    let mut child = Command::new("env")
        .args(["--default-signal=INT", env!("CARGO_BIN_EXE_toy"), "run", "-c", script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("toy runs");
    let mut ready = [0; 6];
    child.stdout.as_mut().expect("a pipe").read_exact(&mut ready).expect("the script begins");
    assert_eq!(&ready, b"ready\n");
    std::thread::sleep(WARM_UP);
    child
}

fn interrupt(child: &Child) {
    let pid = Pid::from_raw(child.id() as i32).expect("a process");
    kill_process(pid, Signal::INT).expect("the process runs");
}

/// Interrupts a script at its work; gives what it wrote afterwards on standard output and error.
#[track_caller]
fn interrupted(what: &str, script: &str) -> (String, String) {
    let mut child = start(script);
    let input = child.stdin.take();
    let sent = Instant::now();
    interrupt(&child);
    let mut first = [0; 1];
    child.stderr.as_mut().expect("a pipe").read_exact(&mut first).expect("a traceback");
    let answered = sent.elapsed();
    let output = child.wait_with_output().expect("toy ends");
    println!("{what}: answered after {answered:?}, dead after {:?}", sent.elapsed());
    drop(input);
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.signal(), Some(Signal::INT.as_raw()), "{what}: {stderr}");
    assert_eq!(stderr.lines().last(), Some("KeyboardInterrupt"), "{what}: {stderr}");
    (stdout.into_owned(), format!("{}{stderr}", char::from(first[0])))
}

/// Interrupts each; the traceback shows the work that is too much.
fn check(cases: &[(&str, &str, &str)]) {
    for (what, before, work) in cases {
        let script = format!("{before}\nprint('ready', flush=True)\n{work}\n");
        let (_, stderr) = interrupted(what, &script);
        assert!(work.lines().any(|line| stderr.contains(line.trim())), "{what}: {stderr}");
    }
}

#[test]
fn loops() {
    check(&[
        ("while", "", "while True: pass"),
        ("while with work", "x = 0", "while True:\n    x += 1"),
        ("for", "", "for i in range(10 ** 15): pass"),
        ("a loop in a function", "def f():\n    x = 0\n    while True:\n        x += 1", "f()"),
        ("recursion", "def fib(n):\n    return n if n < 2 else fib(n - 1) + fib(n - 2)", "fib(60)"),
        ("a comprehension", "", "[i for i in range(10 ** 15) if i < 0]"),
        ("a key function", "x = list(range(10 ** 6))", "for _ in range(99): x.sort(key=lambda i: -i)"),
        ("map and filter", "", "list(filter(None, map(lambda i: 0, range(10 ** 15))))"),
        ("a generator expression", "", "sum(i for i in range(10 ** 15) if i < 0)"),
    ]);
}

#[test]
fn big_integers() {
    check(&[
        ("power", "", "3 ** 200_000_000"),
        ("product", "a = 3 ** 10_000_000", "a * (a + 1) * (a * a)"),
        ("quotient", "a = 3 ** 8_000_000; b = 7 ** 2_000_000", "a // b"),
        ("factorial", "import math", "math.factorial(5_000_000)"),
        ("comb", "import math", "math.comb(10_000_000, 4_000_000)"),
        ("gcd", "import math\na = 3 ** 2_000_000; b = 5 ** 2_000_000", "math.gcd(a, b)"),
        ("isqrt", "import math\na = 3 ** 20_000_000", "math.isqrt(a)"),
        ("modular power", "a = 3 ** 100_000", "pow(a, a, a + 2)"),
    ]);
}

#[test]
fn built_in_functions() {
    check(&[
        ("sorting integers", "x = [i * 7919 % 10_000_019 for i in range(3_000_000)]", "for _ in range(99): sorted(x)"),
        ("sorting tuples", "x = [(i * 7919 % 1_000_003, i) for i in range(1_000_000)]", "sorted(x)"),
        ("sum", "", "sum(range(10 ** 12))"),
        ("repr", "x = list(range(3_000_000))", "for _ in range(99): repr(x)"),
        ("list", "", "max(zip(range(10 ** 12), range(10 ** 12)))"),
    ]);
}

#[test]
fn waiting() {
    check(&[
        ("input", "", "input()"),
        ("standard input", "import sys", "sys.stdin.read()"),
        ("lines of standard input", "import sys", "for line in sys.stdin: print(line)"),
        ("sleep", "import time", "time.sleep(100)"),
    ]);
}

#[test]
fn kernels() {
    let before = "import numpy as np\nx = np.ones(100_000_000)";
    check(&[("kernel", before, "while True: np.sum(x * x + x)")]);
    check(&[("matrix product", "import numpy as np\nx = np.ones((6000, 6000))", "x @ x")]);
}

#[test]
fn a_second_signal_ends_what_does_not_answer() {
    let script = "text = 'ab' * 10 ** 8\nprint('ready', flush=True)\nwhile True: text.count('ba')\n";
    let mut child = start(script);
    // Signals that come before the first is taken are one.
    while child.try_wait().expect("a child").is_none() {
        interrupt(&child);
        std::thread::sleep(WARM_UP);
    }
    let output = child.wait_with_output().expect("toy ends");
    assert_eq!(output.status.signal(), Some(Signal::INT.as_raw()));
}

#[test]
fn what_was_printed_is_written() {
    let script = "import time\nprint('ready', flush=True)\nprint('before')\ntime.sleep(100)\n";
    let (stdout, _) = interrupted("sleep after print", script);
    assert_eq!(stdout, "before\n");
}

#[test]
fn a_script_may_go_on() {
    let script = "import time\nprint('ready', flush=True)\ntry:\n    time.sleep(100)\nexcept KeyboardInterrupt:\n    print('caught')\n";
    let child = start(script);
    interrupt(&child);
    let output = child.wait_with_output().expect("toy ends");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "caught\n");
    assert!(output.status.success());
}
