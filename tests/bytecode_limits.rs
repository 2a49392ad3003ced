//! Sizes: chains of any length compile, deep trees and full operand fields are errors, and no stack overflows.

use toy::bytecode::compile;
use toy::source::Source;
use toy::syntax::parse;

const TOO_DEEP: &str = "maximum recursion depth exceeded during compilation";

/// Compiles on a thread with half the usual stack; the message of the first error, or nothing.
fn error_of(text: String) -> String {
    let compile = move || {
        let source = Source::new("test.toy", text);
        let errors = match parse(&source) {
            Ok(ast) => compile(&ast, &source).err(),
            Err(errors) => Some(errors),
        };
        errors.and_then(|errors| errors.into_iter().next()).map_or(String::new(), |error| error.message)
    };
    let thread = std::thread::Builder::new().stack_size(1 << 20).spawn(compile);
    thread
        .map_err(|_| "no thread")
        .and_then(|thread| thread.join().map_err(|_| "a panic"))
        .unwrap_or_else(str::to_owned)
}

#[test]
fn chains_may_have_any_length() {
    for open in ["a + ", "a and ", "a or b and ", "a < ", "a if b else "] {
        let count = 20_000;
        assert_eq!(error_of(format!("x = {}1\n", open.repeat(count))), "", "{open}");
        assert_eq!(error_of(format!("def f():\n  while {}1: pass\n", open.repeat(count))), "", "{open}");
    }
    assert_eq!(error_of(format!("if a: pass\n{}", "elif b: pass\n".repeat(20_000))), "");
    assert_eq!(error_of("x = 1\n".repeat(20_000)), "");
}

#[test]
fn deep_trees_are_errors() {
    for open in ["not ", "-", "a ** "] {
        assert_eq!(error_of(format!("x = {}a\n", open.repeat(450))), "", "{open}");
        assert_eq!(error_of(format!("x = {}a\n", open.repeat(20_000))), TOO_DEEP, "{open}");
    }
    for link in [".b", "[0]", "()", ".b()"] {
        assert_eq!(error_of(format!("x = a{}\n", link.repeat(450))), "", "{link}");
        assert_eq!(error_of(format!("x = a{}\n", link.repeat(20_000))), TOO_DEEP, "{link}");
    }
}

#[test]
fn deep_statements_with_deep_expressions_in_them() {
    for head in ["if a:", "while a:", "def f():"] {
        let levels = if head.starts_with("while") { 21 } else { 98 };
        let heads: String = (0..levels).map(|level| format!("{}{head}\n", " ".repeat(level))).collect();
        let inner = format!("{}x = {}1{}\n", " ".repeat(levels), "-".repeat(500), " + 1".repeat(500));
        assert_eq!(error_of(format!("{heads}{inner}")), "", "{head}");
    }
}

#[test]
fn full_operand_fields_are_errors() {
    let many = |item: &dyn Fn(usize) -> String| (0..66_000).map(item).collect::<String>();
    let numbers = many(&|at| format!("{at},"));
    for (open, close) in [("[", "]"), ("(", ")"), ("{", "}")] {
        assert_eq!(error_of(format!("x = {open}{numbers}{close}\n")), "", "{open}");
        assert_eq!(error_of(format!("x = {open}*y, {}{close}\n", "z,".repeat(66_000))), "", "{open}");
    }
    let constants = many(&|at| format!("x = {at}\n"));
    assert_eq!(error_of(constants), "too many constants in one function: toy has room for 65535");
    let globals = many(&|at| format!("x{at} = 0\n"));
    assert_eq!(error_of(globals.clone()), "too many global names in one module: toy has room for 65535");
    let locals = many(&|at| format!("  x{at} = 0\n"));
    assert_eq!(
        error_of(format!("def f():\n{locals}")),
        "too many local variables in one function: toy has room for 65535"
    );
    let attributes = many(&|at| format!("x.x{at}\n"));
    assert_eq!(error_of(attributes), "too many attribute names in one function: toy has room for 65535");
    let targets = many(&|at| format!("x{},", at % 7));
    assert_eq!(error_of(format!("{targets} = y\n")), "too many registers in one function: toy has room for 65535");
    let arguments = many(&|_| "1,".to_owned());
    assert_eq!(error_of(format!("f({arguments})\n")), "");
    let functions = many(&|_| "def f(): pass\n".to_owned());
    assert_eq!(error_of(functions), "too many functions in one function: toy has room for 65535");
}
