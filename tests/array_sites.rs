//! Expressions that are evaluated again and again go straight to their kernel: with whatever operands, the results are
//! those of the reference evaluator, which has no such way.

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use toy::bytecode;
use toy::interp::host::Captured;
use toy::interp::probe::Silent;
use toy::interp::{Machine, Runtime};
use toy::jit::{Engine, Fuse, Stats, Switches};
use toy::source::Source;
use toy::syntax;

fn engine(fuse: Fuse) -> Engine {
    Engine::new(Switches { fuse, threads: 1, ..Switches::default() }).expect("there is a code generator")
}

/// What a script prints, how it ends, and what its engine did.
fn run(script: &str, engine: Engine) -> (String, Stats) {
    let source = Source::new("test.toy", script);
    let ast = syntax::parse(&source).unwrap_or_else(|errors| panic!("{script}: {errors:?}"));
    let program = bytecode::compile(&ast, &source).unwrap_or_else(|errors| panic!("{script}: {errors:?}"));
    let host = Captured::default();
    let out = host.out.clone();
    let mut machine = Machine::new(Runtime::new(Box::new(host), engine));
    let end = match machine.run(&program, Silent) {
        Ok(()) => String::new(),
        Err(raised) => format!("{raised:?}\n"),
    };
    machine.runtime.close_files().expect("memory takes everything");
    let stats = *machine.runtime.engine.borrow().stats();
    (out.text() + &end, stats)
}

#[track_caller]
fn check(script: &str) -> Stats {
    let expected = run(script, Engine::reference(Switches::default())).0;
    let mut stats = Stats::default();
    for fuse in [Fuse::Expression, Fuse::On] {
        let (printed, done) = run(script, engine(fuse));
        assert_eq!(printed, expected, "--fuse {}\n{script}", fuse.name());
        stats = done;
    }
    stats
}

#[test]
fn an_expression_is_compiled_once_and_counted_each_time() {
    let stats = check(
        "import numpy as np
x = np.arange(100.0)
total = 0.0
for i in range(50):
    total += np.sum(x * i)
print(total)
",
    );
    assert_eq!((stats.kernels, stats.runs), (1, 50));
    assert_eq!(stats.work.elements, 5000);
}

#[test]
fn operands_of_other_kinds_take_the_long_way() {
    check(
        "import numpy as np
def f(a, b, c):
    return a * b + c
x = np.arange(6.0)
kinds = [x, x.astype(np.float32), np.arange(6), np.arange(12.0)[::2], np.ones(1), np.array(2.0), 2, 0.1, True, np.float32(0.1),
         np.float64(0.1), np.int64(3), x.reshape(2, 3), np.ones((1, 1)), np.ones((3, 1)), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0], x > 2]
for a in kinds:
    for b in kinds:
        for c in kinds:
            for turn in range(2):
                try:
                    r = f(a, b, c)
                    print(type(r), np.sum(r), r)
                except (ValueError, TypeError) as error:
                    print(type(error), error)
",
    );
}

#[test]
fn what_changes_between_evaluations_is_seen() {
    check(
        "import numpy as np
def f(a, b):
    return np.sum(a * b)
x, y = np.arange(6.0), np.ones(6)
for turn in range(12):
    print(f(x, y), f(x, x), f(y, x))
    x[turn % 6] += 1.0
    y = y * 2.0
    if turn == 8:
        class_of = np.sum
        import math as np_other
        x = x[:3]
        y = y[:3]
",
    );
    check(
        "import numpy as np
import math
def f(a):
    return np.sqrt(a * 2.0)
x = np.arange(4.0)
for turn in range(10):
    if turn == 6:
        x = 4.0
        np = math
    print(f(x))
",
    );
}

#[test]
fn errors_come_from_the_place_that_is_wrong() {
    check(
        "import numpy as np
def f(a, b, c):
    return (a + b) * (b - c)
x = np.arange(3.0)
for turn in range(5):
    f(x, x, x + 1)
f(x, x, np.ones(4))
",
    );
    check(
        "import numpy as np
def f(a, b):
    return -(a * 2.0 - b)
x = np.arange(3.0)
for turn in range(5):
    f(x, x)
f(x, None)
",
    );
}

fn trees() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        6 => prop::sample::select(vec!["a", "b", "c"]).prop_map(str::to_string),
        1 => prop::sample::select(vec!["2", "0.5", "1e30", "g", "n"]).prop_map(str::to_string),
    ];
    leaf.prop_recursive(4, 12, 3, |inner| {
        let op = prop::sample::select(vec!["+", "-", "*", "/", "<", ">=", "==", "+", "-", "*"]);
        let one =
            prop::sample::select(vec!["-{}", "np.sqrt({})", "np.abs({})", "{} ** 2", "np.square({})", "np.floor({})"]);
        let two = prop::sample::select(vec!["np.maximum({}, {})", "np.add({}, {})", "np.dot({}, {})"]);
        prop_oneof![
            6 => (inner.clone(), op, inner.clone()).prop_map(|(a, op, b)| format!("({a} {op} {b})")),
            2 => (one, inner.clone()).prop_map(|(f, a)| format!("({})", f.replacen("{}", &a, 1))),
            1 => (two, inner.clone(), inner.clone())
                .prop_map(|(f, a, b)| f.replacen("{}", &a, 1).replacen("{}", &b, 1)),
            1 => (inner.clone(), inner.clone(), inner).prop_map(|(c, a, b)| format!("np.where({c}, {a}, {b})")),
        ]
    })
}

/// As many expressions as `TOY_SITES` says, 150 if nothing; each with operands that change from call to call.
#[test]
fn random_expressions_give_the_same() {
    let count = std::env::var("TOY_SITES").ok().and_then(|text| text.parse().ok()).unwrap_or(150);
    let config = Config { cases: count, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let roots = prop_oneof![
        2 => trees(),
        1 => trees().prop_map(|tree| format!("np.sum({tree})")),
        1 => trees().prop_map(|tree| format!("({tree}).mean()")),
        1 => (trees(), trees()).prop_map(|(a, b)| format!("{a} - np.max({b})")),
    ];
    let operands = prop::collection::vec(0usize..12, 12..40);
    let outcome = runner.run(&(roots, operands), |(root, operands)| {
        let script = format!(
            "import numpy as np
g = 3
n = np.float64(0.3)
def f(a, b, c):
    return {root}
x = np.arange(9.0) * 0.3
kinds = [x, x, x + 1, x * 0.1, -x, x.astype(np.float32), np.arange(9) - 4, x > 1, 0.7, 3, x[::-1], np.ones(1)]
picks = {operands:?}
for i in range(len(picks) - 2):
    for turn in range(4):
        try:
            r = f(kinds[picks[i] // 2], kinds[picks[i + 1]], kinds[picks[i + 2]])
            print(type(r), np.array(r).dtype, np.array(r).tolist())
        except (ValueError, TypeError, ZeroDivisionError, OverflowError, AttributeError) as error:
            print(type(error), error)
    x[i % 9] += 0.25
"
        );
        let expected = run(&script, Engine::reference(Switches::default())).0;
        for fuse in [Fuse::On, Fuse::Expression] {
            prop_assert_eq!(&run(&script, engine(fuse)).0, &expected, "--fuse {}\n{}", fuse.name(), script);
        }
        Ok(())
    });
    outcome.unwrap();
}
