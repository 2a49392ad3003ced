//! What the compiler refuses, in CPython's words where CPython refuses it too.

use expect_test::{Expect, expect};
use toy::bytecode::compile;
use toy::source::Source;
use toy::syntax::parse;

/// All errors of a module that parses, one in a line, each with the text it points at.
fn check(text: &str, expected: Expect) {
    let source = Source::new("test.toy", text);
    let ast = parse(&source).unwrap_or_else(|errors| panic!("{errors:?}"));
    let errors = compile(&ast, &source).err().unwrap_or_default();
    let lines = errors.iter().map(|error| {
        let span = error.span.unwrap_or_default();
        let help = error.help.as_ref().map_or(String::new(), |help| format!(" ({help})"));
        format!("{}: `{}` {:?}: {}{help}\n", source.line(span.start), source.slice(span), error.kind, error.message)
    });
    expected.assert_eq(&lines.collect::<String>());
}

#[test]
fn statements_out_of_place() {
    check(
        "return 1\nbreak\ncontinue\n",
        expect![[r#"
        1: `return 1` SyntaxError: 'return' outside function
        2: `break` SyntaxError: 'break' outside loop
        3: `continue` SyntaxError: 'continue' not properly in loop
    "#]],
    );
    check(
        "while x:\n    def f():\n        break\n        continue\nelse:\n    break\n",
        expect![[r#"
        3: `break` SyntaxError: 'break' outside loop
        4: `continue` SyntaxError: 'continue' not properly in loop
        6: `break` SyntaxError: 'break' outside loop
    "#]],
    );
    check(
        "def f():\n    nonlocal x\nnonlocal y\n",
        expect![[r#"
            2: `x` SyntaxError: no binding for nonlocal 'x' found
            3: `y` SyntaxError: nonlocal declaration not allowed at module level
        "#]],
    );
}

#[test]
fn global_declarations() {
    check(
        "def f(x):\n    global x\n",
        expect![[r#"
        2: `x` SyntaxError: name 'x' is parameter and global
    "#]],
    );
    check(
        "def f():\n    x = 1\n    global x\n",
        expect![[r#"
        3: `x` SyntaxError: name 'x' is assigned to before global declaration
    "#]],
    );
    check(
        "def f():\n    print(x)\n    global x\n",
        expect![[r#"
        3: `x` SyntaxError: name 'x' is used prior to global declaration
    "#]],
    );
    check(
        "def f():\n    for x in y: pass\n    global z, x\n",
        expect![[r#"
        3: `x` SyntaxError: name 'x' is assigned to before global declaration
    "#]],
    );
    check(
        "def f():\n    x: int\n    global x\n",
        expect![[r#"
        3: `x` SyntaxError: annotated name 'x' can't be global
    "#]],
    );
    check(
        "def f():\n    global x\n    x: int = 1\n",
        expect![[r#"
        3: `x` SyntaxError: annotated name 'x' can't be global
    "#]],
    );
    check(
        "x = 1\nglobal x\n",
        expect![[r#"
        2: `x` SyntaxError: name 'x' is assigned to before global declaration
    "#]],
    );
    check(
        "def f():\n    def x(): pass\n    global x\n",
        expect![[r#"
        3: `x` SyntaxError: name 'x' is assigned to before global declaration
    "#]],
    );
    check("def f():\n    import math\n    global math\n    math = math + 1\n", expect![[""]]);
    check("def f():\n    global x\n    x = 1\n    x += x\nglobal x\nx: int\n", expect![[""]]);
}

#[test]
fn parameters() {
    check("def f(*args, k, **kwargs): pass\n", expect![""]);
    check(
        "def f(__debug__): pass\n__debug__ = 1\n",
        expect![[r#"
        1: `__debug__` SyntaxError: cannot assign to __debug__
        2: `__debug__` SyntaxError: cannot assign to __debug__
    "#]],
    );
}

#[test]
fn closures() {
    check(
        "\
def f(a):
    b = 1
    def g(c):
        b = c
        def h():
            return a + b + c + d
        return g
    def k():
        global a
        return a
",
        expect![""],
    );
}

#[test]
fn imports() {
    check(
        "import pandas as pd, os.path\nfrom os import path\nimport numpy.linalg\nfrom numpy.linalg import norm\n",
        expect![[r#"
            1: `pandas` ModuleNotFoundError: No module named 'pandas' (toy has numpy, math, time and sys)
            1: `os.path` ModuleNotFoundError: No module named 'os.path' (toy has numpy, math, time and sys)
            2: `os` ModuleNotFoundError: No module named 'os' (toy has numpy, math, time and sys)
            3: `numpy.linalg` SyntaxError: toy does not support the import of a module's module yet (import numpy, and write numpy.linalg)
            4: `numpy.linalg` SyntaxError: toy does not support the import of a module's module yet (import numpy, and write numpy.linalg)
        "#]],
    );
    check(
        "from math import *\ndef f():\n    from math import *\n",
        expect![[r#"
            3: `from math import *` SyntaxError: import * only allowed at module level
        "#]],
    );
}

#[test]
fn arguments() {
    check("f(*a, **b)\nx.f(*a)\n", expect![""]);
}

#[test]
fn unpacking() {
    check("[*a, b]\n{**a}\n{*a}\n", expect![""]);
    check(
        &format!("{}*b = x\n", "a, ".repeat(256)),
        expect![[r#"
            1: `*b` SyntaxError: too many expressions in star-unpacking assignment
        "#]],
    );
    check(&format!("{}*b = x\n", "a, ".repeat(255)), expect![[""]]);
}

#[test]
fn what_toy_lacks_is_refused_by_name() {
    check(
        "\
x = {1, 2}
x = lambda a: a + b
x = (y := 2)
x = [a for a in b]
x = {a: a for a in b}
x = {a for a in b}
x = sum(a for a in b)
del x
raise x
try:
    x = 1
except ValueError:
    x = 2
with open('x') as f:
    pass
x.y = 1
x.y += 1
for x.y in z:
    pass
",
        expect![""],
    );
}

#[test]
fn too_many_nested_loops() {
    let nested = |count: usize| -> String {
        let heads = (0..count).map(|level| format!("{}for a in b:\n", " ".repeat(level)));
        heads.chain([format!("{}pass\n", " ".repeat(count))]).collect()
    };
    check(&nested(21), expect![[""]]);
    check(
        &nested(22),
        expect![[r#"
        22: `for a in b:` SyntaxError: too many statically nested blocks
    "#]],
    );
}
