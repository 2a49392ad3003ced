//! What arrays take of memory: how many buffers a statement needs, and when an operand's buffer becomes the result's.

use expect_test::{Expect, expect};
use toy::array::pool;
use toy::bytecode;
use toy::interp::host::Captured;
use toy::interp::probe::Silent;
use toy::interp::{Machine, Runtime};
use toy::jit::{Engine, Fuse, Switches};
use toy::source::Source;
use toy::syntax;

const SETUP: &str = "import numpy as np
kept = []
def f(x):
    return x * 0.5 + 1.0
def g(x):
    kept.append(f(x))
    return kept[-1]
def half(x):
    return f(x)[:500]
def table(x):
    return f(x).reshape(20, 50)
def local(x, y):
    t = f(x)
    return t + y
def fails(x):
    try:
        return f(x) + np.ones(3)
    except ValueError:
        return f(x)
u = np.arange(1000.0)
v = u + 1.0
w = np.arange(1000)
m = np.ones((20, 50))
z = None
";

/// Runs a script, and says how many buffers it took, how many were taken over from operands, and what it printed.
fn run(script: &str, engine: Engine) -> (u64, u64, String) {
    let before = pool::counts();
    let source = Source::new("test.toy", script);
    let ast = syntax::parse(&source).expect("it parses");
    let program = bytecode::compile(&ast, &source).expect("it compiles");
    let host = Captured::default();
    let out = host.out.clone();
    let mut machine = Machine::new(Runtime::new(Box::new(host), engine));
    if let Err(raised) = machine.run(&program, Silent) {
        panic!("{script}: {}", raised.message());
    }
    machine.runtime.close_files().expect("memory takes everything");
    let after = pool::counts();
    let taken = after.fresh + after.reused - before.fresh - before.reused;
    (taken, after.taken_over - before.taken_over, out.text())
}

/// What each statement needs. That it computes what the reference evaluator does, which takes nothing over, and leaves
/// the variables alone, is checked on the way.
#[track_caller]
fn check(switches: Switches, statements: &[&str], expected: Expect) {
    let engine = || Engine::new(switches).expect("there is a code generator");
    let (before, taken_over, _) = run(SETUP, engine());
    assert_eq!(taken_over, 0);
    let mut report = String::new();
    for statement in statements {
        let script = format!("{SETUP}{statement}\n");
        let (once, taken_over, _) = run(&script, engine());
        let mut needs = format!("{} + {taken_over}", once - before);
        // Kernels that were called before are called by another way, without memory for the number that a sum is.
        let script = format!("{SETUP}for k in range(3): {statement}\n");
        let (thrice, taken_over_thrice, _) = run(&script, engine());
        assert_eq!(taken_over_thrice, 3 * taken_over, "{statement}");
        if thrice - once != 2 * (once - before) {
            needs += &format!(", twice again {}", thrice - once);
        }
        report += &format!("{needs}  {statement}\n");
        let shown = format!("{script}print(z, u, v, w, m, kept)\nprint(z.sum(), z.dtype, z.strides)\n");
        assert_eq!(run(&shown, engine()).2, run(&shown, Engine::reference(switches)).2, "{statement}");
    }
    expected.assert_eq(&report);
}

#[test]
fn temporaries_give_their_memory_to_the_result() {
    let statements = [
        // Nothing dies.
        "z = u * 2.0 + v",
        "z = np.sqrt(u) + v",
        // One is made by a function, and dies as an operand on the left, on the right, deep inside, of a unary operator.
        "z = f(u) + v",
        "z = v + f(u)",
        "z = np.sqrt(u) + f(u)",
        "z = v * (u - f(u)) / 2.0",
        "z = -f(u)",
        "z = -(2.0 * f(u))",
        "z = abs(f(u))",
        "z = np.sqrt(f(u))",
        "z = np.add(v, f(u))",
        "z = np.where(u < 3.0, f(u), v)",
        "z = f(u) ** 2",
        "z = np.maximum(np.sqrt(f(u)), v) - 1.0",
        // Of two, one is taken over.
        "z = f(u) + f(v)",
        "z = f(f(u)) + f(v)",
        // What is pending as an argument is evaluated into an array that dies with the call.
        "z = f(u * 2.0) + v",
        // Somebody else holds it.
        "z = g(u) + v",
        "z = (y := f(u)) + v",
        "z = local(u, v)",
        // Another dtype, another shape, a part of a larger array.
        "z = f(u) < v",
        "z = w * 2 + f(u)",
        "z = f(u) + m[0, 0]",
        "z = f(u)[:50] + m",
        "z = half(u) + v[:500]",
        "z = table(u) + m",
        "z = f(u).reshape(20, 50) + m",
        "z = f(u)[::-1] + v",
        "z = m + m.T.reshape(20, 50)",
        // Read twice, in one place or in two.
        "z = f(u); z = z * z",
        "z = (lambda t: t * t[::-1])(f(u))",
        // Reductions, and what they are part of.
        "z = f(u) - np.mean(f(u))",
        "z = f(u).astype(np.float64)",
        "z = f(u).astype(np.float32)",
        // A raised error leaves nothing behind.
        "z = fails(u) + 1.0",
        // In place: the target's own memory.
        "z = f(u); z += f(v)",
        "z = f(u); z[:] = f(v) + 1.0",
        "z = np.empty(1000); np.add(f(u), v, out=z)",
    ];
    check(
        Switches { threads: 1, fuse: Fuse::Expression, ..Switches::default() },
        &statements,
        expect![[r#"
        1 + 0  z = u * 2.0 + v
        1 + 0  z = np.sqrt(u) + v
        1 + 1  z = f(u) + v
        1 + 1  z = v + f(u)
        1 + 1  z = np.sqrt(u) + f(u)
        1 + 1  z = v * (u - f(u)) / 2.0
        1 + 1  z = -f(u)
        1 + 1  z = -(2.0 * f(u))
        1 + 1  z = abs(f(u))
        1 + 1  z = np.sqrt(f(u))
        1 + 1  z = np.add(v, f(u))
        1 + 1  z = np.where(u < 3.0, f(u), v)
        1 + 1  z = f(u) ** 2
        1 + 1  z = np.maximum(np.sqrt(f(u)), v) - 1.0
        2 + 1  z = f(u) + f(v)
        3 + 1  z = f(f(u)) + f(v)
        2 + 1  z = f(u * 2.0) + v
        2 + 0  z = g(u) + v
        2 + 0  z = (y := f(u)) + v
        2 + 0  z = local(u, v)
        2 + 0  z = f(u) < v
        1 + 1  z = w * 2 + f(u)
        1 + 1  z = f(u) + m[0, 0]
        2 + 0  z = f(u)[:50] + m
        2 + 0  z = half(u) + v[:500]
        1 + 1  z = table(u) + m
        1 + 1  z = f(u).reshape(20, 50) + m
        2 + 0  z = f(u)[::-1] + v
        1 + 1  z = m + m.T.reshape(20, 50)
        2 + 0  z = f(u); z = z * z
        2 + 0  z = (lambda t: t * t[::-1])(f(u))
        3 + 1, twice again 4  z = f(u) - np.mean(f(u))
        2 + 0  z = f(u).astype(np.float64)
        2 + 0  z = f(u).astype(np.float32)
        3 + 1  z = fails(u) + 1.0
        2 + 0  z = f(u); z += f(v)
        2 + 1  z = f(u); z[:] = f(v) + 1.0
        2 + 0  z = np.empty(1000); np.add(f(u), v, out=z)
    "#]],
    );
}

#[test]
fn threads_write_over_an_operand_that_dies() {
    let script = "import numpy as np
def f(x):
    return x * 0.5 + 1.0
x = np.arange(1_000_000.0)
for k in range(2):
    y = f(x) + x
    z = np.sqrt(f(x) * f(x))
    print((y == 1.5 * x + 1.0).all(), (z == f(x)).all())
";
    for threads in [1, 2] {
        let (_, taken_over, printed) = run(
            script,
            Engine::new(Switches { threads, fuse: Fuse::Expression, ..Switches::default() })
                .expect("there is a code generator"),
        );
        assert_eq!((taken_over, &*printed), (4, "True True\nTrue True\n"));
    }
}

#[test]
fn memory_of_dead_arrays_is_used_again() {
    let script = "import numpy as np
x = np.arange(1_000_000.0)
y = np.ones(1_000_000)
for k in range(10):
    z = 2.0 * x + y
print(z[-1], np.zeros(1_000_000).any(), np.empty(900_000).any(), np.zeros(100_000).any(), np.zeros(99_000).any())
";
    let engine = || Engine::new(Switches { threads: 1, ..Switches::default() }).expect("there is a code generator");
    let start = pool::counts();
    let (taken, _, printed) = run(script, engine());
    let first = pool::counts();
    assert_eq!(printed, "1999999.0 False False False False\n");
    // Large ones: both operands, the first result, and the second while `z` has the first; what is printed lies
    // in the memory of the others. Small ones: the last two are one, and the first result of `any`.
    assert_eq!((taken, first.fresh - start.fresh), (19, 6));
    assert_eq!(run(script, engine()).2, printed);
    assert_eq!(pool::counts().fresh, first.fresh);
}

/// A script that `toy` runs in a process of its own; what it prints.
#[cfg(target_os = "linux")]
fn print(script: &str) -> String {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_toy")).args(["run", "-c", script]).output();
    let output = output.expect("toy runs");
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Nothing here is ever touched, so that it costs nothing, however much memory the machine has.
#[test]
#[cfg(target_os = "linux")]
fn many_arrays_raise_memory_error_where_one_would() {
    let script = "import numpy as np
def fill(n):
    while True:
        kept.append(np.zeros(n))
kept = []
counts = []
for n in (7_500_000, 11_000_000):
    try:
        fill(n)
    except MemoryError as error:
        print(error)
    counts.append(len(kept))
    kept.clear()
# What is kept of the first, too small for the second, does not stand in their way.
print(counts[0] > 0, counts[1] * 2 > counts[0])
try:
    np.zeros((1_000_000, 1_000_000))
except MemoryError as error:
    print(error)
print(np.ones(3))
";
    expect![[r#"
        Unable to allocate 57.2 MiB for an array with shape (7500000,) and data type float64
        Unable to allocate 83.9 MiB for an array with shape (11000000,) and data type float64
        True True
        Unable to allocate 7.28 TiB for an array with shape (1000000, 1000000) and data type float64
        [1. 1. 1.]
    "#]]
    .assert_eq(&print(script));
}

#[test]
fn without_fusion_temporaries_give_their_memory_too() {
    let statements = ["z = u * 2.0 + v", "z = (u + v) / v - u", "z = f(u) * v - u", "z = np.sqrt(np.sqrt(u) + 1.0)"];
    let switches = Switches { threads: 1, fuse: Fuse::Off, fma: false, ..Switches::default() };
    check(
        switches,
        &statements,
        expect![[r#"
        1 + 1  z = u * 2.0 + v
        1 + 2  z = (u + v) / v - u
        2 + 2  z = f(u) * v - u
        1 + 2  z = np.sqrt(np.sqrt(u) + 1.0)
    "#]],
    );
}
