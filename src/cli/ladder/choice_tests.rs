//! Which loop is chosen.

use expect_test::{Expect, expect};

use super::choice::Wanted;
use crate::cli::ladder::measure::{Request, find};
use crate::cli::ladder::rungs::Order;
use crate::cli::rig::{Chosen, Failed, World};
use crate::cli::script::Script;
use crate::jit::Switches;
use crate::machine::Precision;
use crate::source::{Source, Span};

/// `line 3 of f, timed from line 2, 100 iterations`, or what is said instead.
fn check(text: &str, wanted: Wanted, expected: Expect) {
    let Ok(script) = Script::new(Source::new("script.toy", text), false) else { panic!("{text}") };
    let request = Request {
        wanted: &wanted,
        order: &Order::default(),
        switches: Switches { threads: 1, ..Switches::default() },
        world: &World::default(),
        budget: std::time::Duration::ZERO,
        precision: Precision::F64,
    };
    let line = |span: Span| script.source.line(span.start);
    expected.assert_eq(&match find(&script, &request) {
        Ok(found) => {
            let Chosen { span, function, hot, iterations } = found.chosen;
            format!("line {} of {function}, timed from line {}, {iterations} iterations", line(hot), line(span))
        }
        Err(Failed::Diagnostics(diagnostics)) => {
            diagnostics.iter().map(|diagnostic| diagnostic.render(&script.source, false)).collect()
        }
        Err(Failed::Raised(raised)) => raised.kind().name().to_owned(),
    });
}

const NESTED: &str = "\
def f(n):
    total = 0
    for i in range(n):
        for j in range(i):
            total += j
    return total

for k in range(3):
    f(20)
    for i in range(2):
        pass
values = [x * x for x in range(100)]
";

#[test]
fn the_hottest_loop_is_chosen_with_what_is_around_it_in_its_function() {
    check(NESTED, Wanted::default(), expect!["line 4 of f, timed from line 3, 570 iterations"]);
}

#[test]
fn a_line_or_a_function_can_be_named() {
    let line = |line| Wanted { line: Some(line), function: None };
    check(NESTED, line(5), expect!["line 4 of f, timed from line 4, 570 iterations"]);
    check(NESTED, line(3), expect!["line 4 of f, timed from line 3, 570 iterations"]);
    check(NESTED, line(10), expect!["line 10 of <module>, timed from line 10, 6 iterations"]);
    let function = |name: &str| Wanted { line: None, function: Some(name.to_owned()) };
    check(NESTED, function("<module>"), expect!["line 8 of <module>, timed from line 8, 3 iterations"]);
    check(
        NESTED,
        function("g"),
        expect![[r#"
        ValueError: there is no 'for' statement in a function 'g'
        --> script.toy
    "#]],
    );
    check(
        NESTED,
        line(2),
        expect![[r#"
        ValueError: this line is in no 'for' statement
         --> script.toy:2:1
          |
        2 |     total = 0
          | ^^^^^^^^^^^^^
    "#]],
    );
    check(
        NESTED,
        line(99),
        expect![[r#"
        ValueError: there is no line 99: the script has 12
        --> script.toy
    "#]],
    );
}

#[test]
fn what_has_no_ladder_is_said() {
    check(
        "x = [i for i in range(9)]\nwhile x:\n    x.pop()\n",
        Wanted::default(),
        expect![[r#"
        ValueError: there is no 'for' statement to measure
        --> script.toy
         = help: array expressions, comprehensions and 'while' loops have no ladder; toy compare measures functions
    "#]],
    );
    check(
        "for i in range(0):\n    pass\n",
        Wanted::default(),
        expect![[r#"
        ValueError: this loop was never gone through
         --> script.toy:1:1
          |
        1 | for i in range(0):
          | ^^^^^^^^^^^^^^^^^^
    "#]],
    );
    check("for i in range(3):\n    1 // (2 - i)\n", Wanted::default(), expect!["ZeroDivisionError"]);
}

#[test]
fn a_while_loop_is_measured_within_the_statement_around_it() {
    let text = "while True:\n    for i in range(9):\n        n = 5\n        while n:\n            n -= 1\n    break\n";
    check(text, Wanted::default(), expect!["line 4 of <module>, timed from line 2, 45 iterations"]);
}
