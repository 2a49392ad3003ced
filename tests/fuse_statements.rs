//! Kernels across statements: what becomes one kernel, when it runs, and that no script can tell.

use std::cell::RefCell;
use std::rc::Rc;

use expect_test::{Expect, expect};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use toy::bytecode;
use toy::interp::host::Captured;
use toy::interp::probe::Silent;
use toy::interp::{Machine, Runtime};
use toy::jit::{Engine, Fuse, Switches};
use toy::source::Source;
use toy::syntax;

const SETUP: &str = "import numpy as np
import time
x = np.arange(6.0)
y = x * 0.5 + 1.0
w = np.arange(6)
m = np.ones((2, 6))
def show(*values):
    print(*values, flush=True)
";

fn engine(fuse: Fuse) -> Engine {
    Engine::new(Switches { fuse, threads: 1, ..Switches::default() }).expect("there is a code generator")
}

/// What a script prints, and how it ends. Lines in `marks` are written to where it prints, as they happen.
fn run(script: &str, mut engine: Engine, marks: bool) -> String {
    let source = Source::new("test.toy", script);
    let ast = syntax::parse(&source).unwrap_or_else(|errors| panic!("{script}: {errors:?}"));
    let program = bytecode::compile(&ast, &source).unwrap_or_else(|errors| panic!("{script}: {errors:?}"));
    let host = Captured::default();
    let out = host.out.clone();
    let kernels = Rc::new(RefCell::new(String::new()));
    if marks {
        let (seen, printed) = (kernels.clone(), out.clone());
        engine.set_watch(Box::new(move |run| {
            let at = printed.text().lines().count();
            seen.borrow_mut().push_str(&format!("{at}: {}\n", run.expression));
        }));
    }
    let mut machine = Machine::new(Runtime::new(Box::new(host), engine));
    let end = match machine.run(&program, Silent) {
        Ok(()) => String::new(),
        Err(raised) => format!("{}: {}\n", raised.kind().name(), raised.message()),
    };
    machine.runtime.close_files().expect("memory takes everything");
    if marks { kernels.take() } else { out.text() + &end }
}

/// The kernels of a script after the set-up, each with the number of lines that were printed before it ran.
#[track_caller]
fn check(script: &str, expected: Expect) {
    let whole = format!("{SETUP}time.time()\nshow()\n{script}");
    let kernels = run(&whole, engine(Fuse::On), true);
    let kernels: String =
        kernels.lines().filter(|line| !line.starts_with("0: ")).map(|line| format!("{line}\n")).collect();
    expected.assert_eq(&kernels);
    let printed = run(&whole, engine(Fuse::On), false);
    for fuse in [Fuse::Expression, Fuse::Off] {
        assert_eq!(run(&whole, engine(fuse), false), printed, "--fuse {}", fuse.name());
    }
}

#[test]
fn statements_become_one_kernel() {
    check(
        "d = x - y\ne = d * d\nshow(np.sum(e))\n",
        expect![[r#"
        1: t0 = in0 - in1; sum(t0 * t0)
    "#]],
    );
    check(
        "def f(a, b):\n    t = a + b\n    return t * t\nshow(f(x, y)[0])\n",
        expect![[r#"
        1: t0 = in0 + in1; t0 * t0
    "#]],
    );
    check(
        "z = [x + 1.0]\nz.append(z[0] * 2.0)\nshow(z[1])\n",
        expect![[r#"
        1: (in0 + in1) * in2
    "#]],
    );
}

#[test]
fn contraction_ends_with_the_source_expression() {
    let script = "import numpy as np
x = np.arange(6.0)
p = x * 0.1
print((p - 0.3).tolist()[3], (x * 0.1 - 0.3).tolist()[3])
";
    for fuse in [Fuse::On, Fuse::Expression, Fuse::Off] {
        assert_eq!(run(script, engine(fuse), false), "5.551115123125783e-17 2.7755575615628914e-17\n");
    }
}

#[test]
fn what_a_second_kernel_reads_is_kept() {
    check(
        "d = x - y\nshow(np.sum(d))\nshow(np.max(d))\nshow(np.min(d))\nshow(d)\n",
        expect![[r#"
        1: sum(in0 - in1)
        2: in0 - in1
        2: max(in0)
        3: min(in0)
    "#]],
    );
    // A row that is smaller than what it meets is computed once.
    check(
        "r = x * 2.0\nshow(m - r)\n",
        expect![[r#"
        1: in0 * in1
        1: in0 - in1
    "#]],
    );
}

#[test]
fn a_write_comes_after_what_reads_the_memory() {
    check(
        "d = x + 1.0\nx[0] = 9.0\nshow(d)\n",
        expect![[r#"
        1: in0 + in1
    "#]],
    );
    check(
        "d = x + 1.0\nx += 1.0\nshow(d, x)\n",
        expect![[r#"
        1: in0 + in1
        1: in0 + in1
    "#]],
    );
    check(
        "d = x[1:] + 1.0\nx[::2] = 0.0\nshow(d)\n",
        expect![[r#"
        1: in0 + in1
    "#]],
    );
    check(
        "d = x + 1.0\nnp.add(y, 1.0, out=x)\nshow(d)\n",
        expect![[r#"
        1: in0 + in1
        1: in0 + in1
    "#]],
    );
    check(
        "d = x + 1.0\ny[0] = 9.0\nshow(0)\nshow(d)\n",
        expect![[r#"
        2: in0 + in1
    "#]],
    );
    check(
        "d = x + 1.0\ne = d * 2.0\nd[0] = 9.0\nshow(e)\n",
        expect![[r#"
        1: in0 + in1
        1: in0 * in1
    "#]],
    );
}

#[test]
fn each_variable_has_its_own_memory() {
    check(
        "d = x + 1.0\ne = +d\ne[0] = 5.0\nshow(d, e)\n",
        expect![[r#"
        1: in0 + in1
    "#]],
    );
    check(
        "d = x + 1.0\ne = np.positive(d)\ne[0] = 5.0\nshow(d, e)\n",
        expect![[r#"
        1: in0 + in1
    "#]],
    );
    check(
        "d = x + 1.0\ne = d\ne[0] = 5.0\nshow(d)\n",
        expect![[r#"
        1: in0 + in1
    "#]],
    );
    check(
        "d = w + 1\ne = d.reshape(2, 3)\ne[0, 0] = 50\nshow(d)\n",
        expect![[r#"
        1: in0 + in1
    "#]],
    );
    check(
        "d = m + 1.0\ne = np.transpose(d)\ne[0, 0] = 50.0\nshow(d)\n",
        expect![[r#"
        1: in0 + in1
    "#]],
    );
    check(
        "d = w + 1\ne = np.floor(d)\nf = d.astype(np.int64)\nf[0] = 7\nshow(d, e, f)\n",
        expect![[r#"
        1: in0 + in1
    "#]],
    );
}

#[test]
fn work_is_done_when_time_is_measured_and_when_an_iteration_ends() {
    check(
        "d = x + 1.0\nt = time.perf_counter()\nshow()\nshow(d)\n",
        expect![[r#"
        1: in0 + in1
    "#]],
    );
    check(
        "for i in range(2):\n    x = x * 0.5 + y\nshow(x)\n",
        expect![[r#"
        1: in0 * in1 + in2
        1: in0 * in1 + in2
    "#]],
    );
    check(
        "i = 0\nwhile i < 2:\n    x * 2.0\n    i += 1\nshow(x)\n",
        expect![[r#"
        1: in0 * in1
        2: in0 * in1
    "#]],
    );
    // What a kernel has computed on its way is done.
    check(
        "for i in range(2):\n    d = x - y\n    show(np.sum(d * x))\nshow(0)\nshow(d)\n",
        expect![[r#"
        1: sum((in0 - in1) * in0)
        2: sum((in0 - in1) * in0)
        4: in0 - in1
    "#]],
    );
    // Nobody looks at it, but the script says so.
    check(
        "show()\nx + 1.0\nd = x * 2.0\n",
        expect![[r#"
        2: in0 * in1
        2: in0 + in1
    "#]],
    );
}

#[test]
fn a_try_statement_sees_its_own_errors_alone() {
    check(
        "d = x + 1.0\ntry:\n    e = d * 2.0\nexcept MemoryError:\n    pass\nshow()\nshow(e)\n",
        expect![[r#"
        1: in0 + in1
        1: in0 * in1
    "#]],
    );
    check(
        "def f():\n    try:\n        return x + 1.0\n    finally:\n        show()\nshow(f())\n",
        expect![[r#"
        1: in0 + in1
    "#]],
    );
    check(
        "try:\n    e = x * 2.0\n    1 / 0\nexcept ZeroDivisionError:\n    show()\nshow(e)\n",
        expect![[r#"
        1: in0 * in1
    "#]],
    );
}

#[test]
fn an_array_that_does_not_fit_fails_in_its_try_statement() {
    let script = "import numpy as np
a = np.zeros((1, 2_000_000_000))
b = np.zeros((1_000_000, 1))
for turn in range(2):
    try:
        c = a + b
        print('made')
    except MemoryError as error:
        print(type(error), str(error)[:24])
    print('on')
d = a[:, :3] + 1.0
print(d)
";
    let printed = run(script, engine(Fuse::On), false);
    expect![[r#"
        <class 'MemoryError'> Unable to allocate 14.2 
        on
        <class 'MemoryError'> Unable to allocate 14.2 
        on
        [[1. 1. 1.]]
    "#]]
    .assert_eq(&printed);
}

#[test]
fn long_chains_and_many_arrays_are_computed_in_between() {
    let chain = "x = x * 0.5 + 1.0\n".repeat(500);
    let many: String = (0..300).map(|i| format!("a{i} = x + {i}.0\n")).collect();
    let shown: String = (0..300).map(|i| format!("print(a{i}[0])\n")).collect();
    for body in [format!("{chain}print(x)\n"), format!("{many}{shown}")] {
        let script = format!("{SETUP}{body}");
        assert_eq!(run(&script, engine(Fuse::On), false), run(&script, engine(Fuse::Off), false));
    }
}

/// A statement; `depth` bounds the statements inside it.
fn statements(depth: u32) -> BoxedStrategy<String> {
    let name = || prop::sample::select(vec!["a", "b", "c", "d"]);
    let number = || prop::sample::select(vec!["2", "0.5", "-1", "3"]);
    let operand = move || prop_oneof![4 => name().prop_map(str::to_string), 1 => number().prop_map(str::to_string)];
    let op = || prop::sample::select(vec!["+", "-", "*"]);
    let expr = move || {
        prop_oneof![
            4 => (name(), op(), operand()).prop_map(|(x, o, y)| format!("{x} {o} {y}")),
            3 => (name(), op(), operand(), op(), operand()).prop_map(|(x, o, y, p, z)| format!("{x} {o} {y} {p} {z}")),
            1 => (name(), operand(), operand()).prop_map(|(x, y, z)| format!("np.where({x} > {y}, {z}, {x})")),
            1 => name().prop_map(|x| format!("np.sqrt(abs({x}))")),
            1 => name().prop_map(|x| format!("+{x}")),
            1 => name().prop_map(|x| format!("{x}[::-1]")),
            1 => name().prop_map(|x| format!("f({x})")),
            1 => name().prop_map(|x| format!("g({x})")),
            1 => name().prop_map(|x| format!("{x} - np.mean({x})")),
            1 => name().prop_map(|x| format!("kept[0] + {x}")),
        ]
    };
    let simple = prop_oneof![
        8 => (name(), expr()).prop_map(|(v, e)| format!("{v} = {e}\n")),
        2 => (name(), op(), expr()).prop_map(|(v, o, e)| format!("{v} {o}= {e}\n")),
        1 => (name(), 0usize..6, number()).prop_map(|(v, i, x)| format!("{v}[{i}] = {x}\n")),
        1 => (name(), name()).prop_map(|(v, w)| format!("{v}[1:4] = {w}[2:5]\n")),
        1 => (name(), name()).prop_map(|(v, w)| format!("{v} = {w}\n")),
        1 => name().prop_map(|v| format!("kept[0] = {v}\n")),
        2 => name().prop_map(|v| format!("print(np.sum({v}))\n")),
        1 => name().prop_map(|v| format!("print({v})\n")),
        1 => (name(), name(), name()).prop_map(|(v, x, y)| format!("np.multiply({x}, {y}, out={v})\n")),
    ];
    if depth == 0 {
        return simple.boxed();
    }
    let indented =
        |body: Vec<String>| -> String { body.concat().lines().map(|line| format!("    {line}\n")).collect() };
    let body = move || prop::collection::vec(statements(depth - 1), 1..4).prop_map(indented);
    prop_oneof![
        10 => simple,
        1 => body().prop_map(|body| format!("for i in range(2):\n{body}")),
        1 => (name(), body(), body()).prop_map(|(v, yes, no)| format!("if np.sum({v}) > 3:\n{yes}else:\n{no}")),
        1 => (body(), body())
            .prop_map(|(body, handler)| format!("try:\n{body}    1 // 0\nexcept ZeroDivisionError:\n{handler}")),
    ]
    .boxed()
}

/// As many programs as `TOY_PROGRAMS` says, 200 if nothing.
#[test]
fn random_programs_print_the_same() {
    let count = std::env::var("TOY_PROGRAMS").ok().and_then(|text| text.parse().ok()).unwrap_or(200);
    let config = Config { cases: count, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let programs = prop::collection::vec(statements(2), 3..14);
    let outcome = runner.run(&programs, |statements| {
        let script = format!(
            "import numpy as np
def f(p):
    q = p * 2
    return q - 1
def g(p):
    q = p + 0.5
    p[0] = 4
    return q
a = np.arange(6.0)
b = np.arange(6.0) * 0.3
c = np.arange(6) - 2
d = np.ones(6)
kept = [a]
{}print(a.tolist(), b.tolist(), c.tolist(), d.tolist(), kept[0].tolist())\n",
            statements.concat()
        );
        let expected = run(&script, engine(Fuse::Off), false);
        for fuse in [Fuse::On, Fuse::Expression] {
            prop_assert_eq!(&run(&script, engine(fuse), false), &expected, "--fuse {}\n{}", fuse.name(), script);
        }
        let switches = Switches::default();
        prop_assert_eq!(&run(&script, Engine::reference(switches), false), &expected, "reference\n{}", script);
        Ok(())
    });
    outcome.unwrap();
}
