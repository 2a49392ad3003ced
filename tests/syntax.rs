//! The front end as its users see it: tokens and trees as `--emit` prints them.

use expect_test::{Expect, expect};
use toy::{
    source::Source,
    syntax::{dump_ast, dump_tokens, parse, tokens},
};

fn check_ast(text: &str, expected: Expect) {
    let source = Source::new("test.toy", text);
    let shown = match parse(&source) {
        Ok(ast) => dump_ast(&ast, &source),
        Err(errors) => errors.iter().map(|error| error.render(&source, false)).collect(),
    };
    expected.assert_eq(&shown);
}

fn check_tokens(text: &str, expected: Expect) {
    let source = Source::new("test.toy", text);
    let shown = match tokens(&source) {
        Ok(tokens) => dump_tokens(&tokens, &source),
        Err(errors) => errors.iter().map(|error| error.render(&source, false)).collect(),
    };
    expected.assert_eq(&shown);
}

#[test]
fn lines_and_indentation() {
    check_tokens(
        "if x:\n    y = [1,\n  2]  # why\n\n    z\nend",
        expect![[r#"
        1:1     If              "if"
        1:4     Name            "x"
        1:5     Colon           ":"
        1:6     Newline         "\n"
        2:1     Indent          "    "
        2:5     Name            "y"
        2:7     Assign          "="
        2:9     BracketOpen     "["
        2:10    Int             "1"
        2:11    Comma           ","
        3:3     Int             "2"
        3:4     BracketClose    "]"
        3:12    Newline         "\n"
        5:5     Name            "z"
        5:6     Newline         "\n"
        6:1     Dedent
        6:1     Name            "end"
        6:4     Newline
    "#]],
    );
}

#[test]
fn an_fstring_is_cut_at_its_fields() {
    check_tokens(
        r#"f"a{{b}}{x['k']!r:>{w}.2f}{y=}""#,
        expect![[r#"
        1:1     FStringStart    "f\""
        1:3     FStringText     "a{{b}}"
        1:9     FieldOpen       "{"
        1:10    Name            "x"
        1:11    BracketOpen     "["
        1:12    String          "'k'"
        1:15    BracketClose    "]"
        1:16    Exclamation     "!"
        1:17    Name            "r"
        1:18    FieldColon      ":"
        1:19    FStringText     ">"
        1:20    FieldOpen       "{"
        1:21    Name            "w"
        1:22    FieldClose      "}"
        1:23    FStringText     ".2f"
        1:26    FieldClose      "}"
        1:27    FieldOpen       "{"
        1:28    Name            "y"
        1:29    Assign          "="
        1:30    FieldClose      "}"
        1:31    FStringEnd      "\""
        1:32    Newline
    "#]],
    );
}

#[test]
fn a_function() {
    check_ast(
        "def gradient(w, x: list, *rest, scale=2.0, **options) -> float:\n    total = 0\n    for i, v in enumerate(x):\n        total += w * v ** -2\n    return total / len(x)\n",
        expect![[r#"
            Module
              Def gradient  1:1-5:26
                param: w
                param: x
                  annotation: Name list  1:20-1:24
                param: *rest
                param: scale
                  default: Float 2.0  1:39-1:42
                param: **options
                returns: Name float  1:58-1:63
                body:
                  Assign  2:5-2:14
                    target: Name total  2:5-2:10
                    value: Int 0  2:13-2:14
                  For  3:5-4:29
                    target: Tuple  3:9-3:13
                      Name i  3:9-3:10
                      Name v  3:12-3:13
                    iterable: Call  3:17-3:29
                      callee: Name enumerate  3:17-3:26
                      arg: Name x  3:27-3:28
                    body:
                      AugAssign Add  4:9-4:29
                        target: Name total  4:9-4:14
                        value: Binary Mul  4:18-4:29
                          Name w  4:18-4:19
                          Binary Pow  4:22-4:29
                            Name v  4:22-4:23
                            Unary Neg  4:27-4:29
                              Int 2  4:28-4:29
                  Return  5:5-5:26
                    Binary TrueDiv  5:12-5:26
                      Name total  5:12-5:17
                      Call  5:20-5:26
                        callee: Name len  5:20-5:23
                        arg: Name x  5:24-5:25
        "#]],
    );
}

#[test]
fn operators() {
    check_ast(
        "x = -a ** -b * c\ny = not a < b <= c is not d and e not in f or g\n",
        expect![[r#"
        Module
          Assign  1:1-1:17
            target: Name x  1:1-1:2
            value: Binary Mul  1:5-1:17
              Unary Neg  1:5-1:13
                Binary Pow  1:6-1:13
                  Name a  1:6-1:7
                  Unary Neg  1:11-1:13
                    Name b  1:12-1:13
              Name c  1:16-1:17
          Assign  2:1-2:48
            target: Name y  2:1-2:2
            value: Bool2 Or  2:5-2:48
              Bool2 And  2:5-2:43
                Unary Not  2:5-2:28
                  Compare  2:9-2:28
                    Name a  2:9-2:10
                    Lt: Name b  2:13-2:14
                    Le: Name c  2:18-2:19
                    IsNot: Name d  2:27-2:28
                Compare  2:33-2:43
                  Name e  2:33-2:34
                  NotIn: Name f  2:42-2:43
              Name g  2:47-2:48
    "#]],
    );
}

#[test]
fn strings() {
    check_ast(
        r#"x = 'a\n' rf"\{b!r:>{w}}" f"{c = }{{}}" "é\x41""#,
        expect![[r#"
        Module
          Assign  1:1-1:48
            target: Name x  1:1-1:2
            value: FString  1:5-1:48
              text: "a\n\\"
              Field !r
                value: Name b  1:16-1:17
                spec:
                  text: ">"
                  Field
                    value: Name w  1:22-1:23
              Field "c = " !r
                value: Name c  1:30-1:31
              text: "{}éA"
    "#]],
    );
}

/// CPython's tree of a script with every construct, as `tests/oracle/syntax_trees.py` writes it.
#[test]
fn trees_are_pythons() {
    let source = Source::new("trees.toy", include_str!("syntax/trees.toy"));
    let ast = parse(&source).unwrap_or_else(|errors| panic!("{}", errors[0].render(&source, false)));
    for (toy, python) in dump_ast(&ast, &source).lines().zip(include_str!("syntax/trees.txt").lines()) {
        assert_eq!(toy, python);
    }
}
