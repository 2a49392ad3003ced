//! Wrong snippets, and what CPython 3.13 and toy say of them. `tests/oracle/syntax_errors.py` writes CPython's answers;
//! with `UPDATE_EXPECT` set, this test writes toy's where they differ.

use std::{env, fs};

use toy::{source::Source, syntax::parse};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/syntax/errors.txt");

fn answer(snippet: &str) -> String {
    let source = Source::new("test.toy", snippet.replace("\\t", "\t").replace("\\f", "\u{c}"));
    match parse(&source) {
        Ok(_) => "ok".into(),
        Err(errors) => {
            let at = errors[0].span.expect("a syntax error has a place").start;
            format!("{}:{} {}", source.line(at), source.column(at), errors[0].headline())
        }
    }
}

#[test]
fn errors_are_worded_as_pythons() {
    let before = fs::read_to_string(FILE).expect("the table is committed");
    let blocks = before.trim_end().split("\n===\n").map(|block| {
        let (snippet, rest) = block.split_once("\n--- python\n").expect("a snippet, then Python's answer");
        let python = rest.lines().next().unwrap_or_default();
        match answer(snippet) {
            toy if toy == python => format!("{snippet}\n--- python\n{python}"),
            toy => format!("{snippet}\n--- python\n{python}\n--- toy\n{toy}"),
        }
    });
    let after = blocks.collect::<Vec<_>>().join("\n===\n") + "\n";
    if env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(FILE, after).expect("the table can be written");
        return;
    }
    for (before, after) in before.split("\n===\n").zip(after.split("\n===\n")) {
        assert_eq!(before, after);
    }
}
