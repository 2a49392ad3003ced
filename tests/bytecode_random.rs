//! Random modules: whatever parses becomes verified code or errors, and never a panic. The verifier follows all paths,
//! so that a register which the compiler forgot to check or to write is found here.

use proptest::prelude::*;
use toy::bytecode::{compile, disassemble};
use toy::source::Source;
use toy::syntax::parse;

fn expression() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        4 => "[a-e]",
        1 => prop::sample::select(vec!["(0)", "(1)", "1.5"]).prop_map(str::to_owned),
        1 => Just("True".to_owned()),
        1 => Just("'s'".to_owned()),
        1 => Just("np".to_owned()),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let operator = prop::sample::select(vec!["+", "-", "*", "/", "//", "%", "**", "@", "&", "<<"]);
        let comparison = prop::sample::select(vec!["<", "<=", "==", "!=", "is", "is not", "in", "not in"]);
        prop_oneof![
            (inner.clone(), operator, inner.clone()).prop_map(|(a, op, b)| format!("({a} {op} {b})")),
            (inner.clone(), comparison.clone(), inner.clone()).prop_map(|(a, op, b)| format!("({a} {op} {b})")),
            (inner.clone(), comparison.clone(), inner.clone(), comparison, inner.clone())
                .prop_map(|(a, op1, b, op2, c)| format!("({a} {op1} {b} {op2} {c})")),
            (inner.clone(), prop::sample::select(vec!["and", "or"]), inner.clone())
                .prop_map(|(a, op, b)| format!("({a} {op} {b})")),
            (prop::sample::select(vec!["-", "+", "~", "not "]), inner.clone()).prop_map(|(op, a)| format!("({op}{a})")),
            (inner.clone(), inner.clone(), inner.clone()).prop_map(|(a, b, c)| format!("({a} if {b} else {c})")),
            (inner.clone(), prop::collection::vec(inner.clone(), 0..3))
                .prop_map(|(f, args)| format!("{f}({})", args.join(", "))),
            (inner.clone(), inner.clone(), inner.clone()).prop_map(|(f, a, b)| format!("{f}.m({a}, k={b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a}[{b}]")),
            (inner.clone(), inner.clone(), inner.clone()).prop_map(|(a, b, c)| format!("{a}[{b}:{c}, ...]")),
            prop::collection::vec(inner.clone(), 0..4).prop_map(|items| format!("[{}]", items.join(", "))),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{{{a}: {b}}}")),
            (inner.clone(), inner).prop_map(|(a, b)| format!("f\"{{({a})!r:>{{({b})}}}}\"")),
        ]
    })
}

fn target() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![4 => "[a-e]".boxed(), 1 => expression().prop_map(|index| format!("a[{index}]")).boxed()];
    leaf.prop_recursive(2, 6, 3, |inner| {
        (prop::collection::vec(inner, 1..4), any::<bool>()).prop_map(|(targets, star)| {
            let star = if star { "*" } else { "" };
            format!("({star}{},)", targets.join(", "))
        })
    })
}

/// Statements as lines, indented relative to one another. What belongs into a loop or a function is marked by `@`,
/// until a loop or a function comes around it.
fn block(functions: bool) -> impl Strategy<Value = Vec<String>> {
    let simple = prop_oneof![
        4 => (target(), expression()).prop_map(|(target, value)| format!("{target} = {value}")),
        1 => (target(), target(), expression()).prop_map(|(a, b, value)| format!("{a} = {b} = {value}")),
        1 => ("[a-e]", expression()).prop_map(|(target, value)| format!("{target} += {value}")),
        1 => (expression(), expression()).prop_map(|(index, value)| format!("a[{index}] *= {value}")),
        1 => ("[a-e]", expression(), expression()).prop_map(|(target, kind, value)| format!("{target}: {kind} = {value}")),
        2 => expression(),
        1 => (expression(), expression()).prop_map(|(test, message)| format!("assert {test}, {message}")),
        1 => Just("@break".to_owned()),
        1 => Just("@continue".to_owned()),
        1 => Just("pass".to_owned()),
        1 => expression().prop_map(|value| format!("@return {value}")),
        1 => Just("import numpy as np, math as d".to_owned()),
        1 => Just("from math import sqrt as e, pi".to_owned()),
    ];
    let lines = prop::collection::vec(simple, 1..4);
    lines.prop_recursive(4, 40, 4, move |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| [a, b].concat()),
            (expression(), inner.clone(), inner.clone()).prop_map(|(test, a, b)| [
                headed(format!("if {test}:"), a),
                headed("else:".into(), b)
            ]
            .concat()),
            (expression(), expression(), inner.clone(), inner.clone()).prop_map(|(test, other, a, b)| {
                [headed(format!("if {test}:"), a), headed(format!("elif {other}:"), b)].concat()
            }),
            (prop_oneof![expression(), Just("True".to_owned())], inner.clone(), inner.clone()).prop_map(
                |(test, a, b)| [headed(format!("while {test}:"), in_loop(a)), headed("else:".into(), b)].concat()
            ),
            (target(), expression(), inner.clone(), inner.clone()).prop_map(|(target, values, a, b)| {
                [headed(format!("for {target} in {values}:"), in_loop(a)), headed("else:".into(), b)].concat()
            }),
            (expression(), inner).prop_map(move |(default, body)| match functions {
                true => headed(format!("def c(a, *, b={default}):"), in_function(body)),
                false => body,
            }),
        ]
    })
}

fn headed(head: String, body: Vec<String>) -> Vec<String> {
    std::iter::once(head).chain(body.into_iter().map(|line| format!("    {line}"))).collect()
}

fn replaced(body: Vec<String>, rules: &[(&str, &str)]) -> Vec<String> {
    let replace = |line: String| rules.iter().fold(line, |line, (from, to)| line.replace(from, to));
    body.into_iter().map(replace).collect()
}

fn in_loop(body: Vec<String>) -> Vec<String> {
    replaced(body, &[("@break", "break"), ("@continue", "continue")])
}

fn in_function(body: Vec<String>) -> Vec<String> {
    replaced(body, &[("@break", "pass"), ("@continue", "pass"), ("@return", "return")])
}

fn in_module(body: Vec<String>) -> Vec<String> {
    replaced(body, &[("@break", "pass"), ("@continue", "pass"), ("@return ", "")])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_parses_compiles_to_verified_code_or_errors(module in block(true), body in block(false)) {
        let lines = [in_module(module), headed("def function(a, b):".into(), in_function(body))].concat();
        let source = Source::new("random.toy", lines.join("\n") + "\n");
        let ast = parse(&source).map_err(|errors| TestCaseError::fail(format!("{errors:?}\n{}", source.text)))?;
        match compile(&ast, &source) {
            Ok(program) => prop_assert!(disassemble(&program, &source).contains("function(a, b)")),
            // A function in a function may read the outer one's variables.
            Err(errors) => prop_assert!(
                errors.iter().all(|error| error.message == "toy does not support closures yet"),
                "{errors:?}\n{}",
                source.text
            ),
        }
    }
}
