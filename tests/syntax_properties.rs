//! Whatever the text, the front end answers, and what it answers is sound.

use proptest::prelude::*;
use toy::{
    diagnostic::{Diagnostic, ErrorKind},
    source::{Place, Source, Span},
    syntax::{dump_ast, dump_tokens, parse, token::Token, tokens},
    traceback::RuntimeDiagnostic,
};

/// Words and characters that scripts are made of, and a few that they are not.
const PIECES: &[&str] = &[
    "x",
    "y1",
    "é",
    "日本",
    "if",
    "else",
    "elif",
    "for",
    "in",
    "while",
    "def",
    "return",
    "lambda",
    "not",
    "and",
    "or",
    "is",
    "try",
    "except",
    "finally",
    "with",
    "as",
    "import",
    "from",
    "global",
    "nonlocal",
    "del",
    "assert",
    "raise",
    "pass",
    "break",
    "continue",
    "class",
    "yield",
    "async",
    "await",
    "match",
    "print",
    "None",
    "True",
    "1",
    "0x1f",
    "1.5",
    "1e5",
    "2j",
    "1_",
    "012",
    "'a'",
    "\"b\"",
    "f'",
    "f\"",
    "rf'''",
    "b'x'",
    "'''",
    "\"\"\"",
    "'",
    "\"",
    "{",
    "}",
    "{{",
    "}}",
    "!r",
    "!",
    ":",
    ":=",
    "=",
    "==",
    "+",
    "-",
    "*",
    "**",
    "/",
    "//",
    "%",
    "@",
    "->",
    "<>",
    "<=",
    "!=",
    "(",
    ")",
    "[",
    "]",
    ",",
    ";",
    ".",
    "...",
    "+=",
    "\n",
    "\n    ",
    "\n\t",
    "\n        ",
    "\n",
    " ",
    "\\\n",
    "\\",
    "#",
    "$",
    "€",
    "\u{a0}",
    "\u{c}",
    "\r\n",
    "\r",
    "\u{0}",
    "\u{1b}[31m",
    "\\x4",
    "\\N{x}",
    "ﬁ",
    "🙂",
    "\u{301}",
];

fn soup() -> impl Strategy<Value = String> {
    let piece = prop_oneof![4 => Just(" ").prop_map(String::from), 12 => proptest::sample::select(PIECES).prop_map(String::from)];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

fn inside(source: &Source, span: Span) -> bool {
    span.start <= span.end && source.text.get(span.range()).is_some()
}

fn check(source: &Source) {
    match parse(source) {
        Ok(ast) => {
            assert!(ast.exprs.iter().all(|expr| inside(source, expr.span)));
            assert!(ast.stmts.iter().all(|stmt| inside(source, stmt.span)));
            dump_ast(&ast, source);
        }
        Err(errors) => {
            assert!(!errors.is_empty() && errors.len() <= 20);
            for error in errors {
                assert!(inside(source, error.span.expect("a syntax error has a place")));
                assert!(error.render(source, false).contains(&error.headline()));
                error.render(source, true);
            }
        }
    }
    if let Ok(tokens) = tokens(source) {
        let mut end = 0;
        for (token, span) in &tokens {
            assert!(inside(source, *span) && span.start >= end, "{token:?} begins before the last ended");
            let blank = |text: &str| {
                let comment = text.lines().all(|line| {
                    let line = line.trim_start_matches([' ', '\t', '\u{c}']);
                    line.is_empty() || line == "\\" || line.starts_with('#')
                });
                comment || text.trim_matches([' ', '\t', '\u{c}', '\\', '\n']).is_empty()
            };
            assert!(blank(&source.text[end as usize..span.start as usize]), "between tokens is no text");
            assert!(!matches!(token, Token::Indent) || source.slice(*span).trim().trim_matches('\\').is_empty());
            end = span.end;
        }
        let indents = tokens.iter().filter(|(token, _)| *token == Token::Indent).count();
        assert_eq!(indents, tokens.iter().filter(|(token, _)| *token == Token::Dedent).count());
        dump_tokens(&tokens, source);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_pieces(text in soup()) {
        check(&Source::new("soup.toy", text));
    }

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        match Source::from_bytes("bytes.toy", bytes) {
            Ok(source) => check(&source),
            Err(error) => prop_assert_eq!(error.kind, ErrorKind::SyntaxError),
        }
    }

    #[test]
    fn any_place(text in soup(), start in 0..200_u32, len in 0..200_u32, label in 0..200_u32) {
        let source = Source::new("place.toy", text);
        let span = Span { start, end: start + len };
        let error = Diagnostic::new(ErrorKind::ValueError, span, "told").label(Span { start: label, end: label + 3 }, "here");
        error.render(&source, false);
        let frame = Place { function: "f".into(), span };
        let error = RuntimeDiagnostic { kind: ErrorKind::ValueError, message: "told".into(), notes: Vec::new(), traceback: vec![frame] };
        prop_assert!(error.render(&source, false).ends_with("ValueError: told\n"));
    }
}

/// Depth costs memory, not stack; a tree of any shape is built, shown and dropped.
#[test]
fn depth_is_no_danger() {
    let many = 10_000;
    for (text, fits) in [
        (format!("x = {}a\n", "a + ".repeat(10 * many)), true),
        (format!("x = {}a\n", "a ** ".repeat(many)), true),
        (format!("x = {}a\n", "-".repeat(many)), true),
        (format!("x = {}a\n", "not ".repeat(many)), true),
        (format!("x = {}a\n", "lambda: ".repeat(many)), true),
        (format!("x = {}a\n", "a if b else ".repeat(many)), true),
        (format!("x{}\n", "()".repeat(many)), true),
        (format!("x{}\n", ".a".repeat(many)), true),
        (format!("if a: b\n{}", "elif c: d\n".repeat(many)), true),
        (format!("x = {}{}\n", "[".repeat(200), "]".repeat(200)), true),
        (format!("x = {}{}\n", "[".repeat(201), "]".repeat(201)), false),
        (format!("x = {}", "(".repeat(100 * many)), false),
        (format!("f'{}", "{f'".repeat(100 * many)), false),
        (format!("f'{}", "{a:".repeat(100 * many)), false),
        ((0..200).map(|depth| format!("{}if a:\n", " ".repeat(depth))).collect(), false),
    ] {
        let source = Source::new("deep.toy", text);
        assert_eq!(parse(&source).is_ok(), fits, "{:.40}", source.text);
        check(&source);
    }
}
