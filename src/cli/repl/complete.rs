//! What Tab completes, from the interpreter's own tables: names, attributes, keywords, modules, commands.

use super::command;
use super::session::Session;
use crate::cli::emit;
use crate::source::Source;
use crate::syntax;
use crate::value::{Module, ModuleId, Value};

/// What Tab inserts where nothing stands before it.
const INDENTATION: &str = "    ";

/// Where the word before the cursor begins, and what it may become. `before` are the lines of the same input above.
pub fn complete(session: &mut Session, before: &str, line: &str) -> (usize, Vec<String>) {
    if line.trim().is_empty() {
        return (line.len(), vec![INDENTATION.into()]);
    }
    let mut start = 0;
    let mut python = line;
    if before.is_empty()
        && let Some(rest) = line.trim_start().strip_prefix(':')
    {
        start = line.len() - rest.len();
        python = rest;
        for words in [command::names(), emit::names()] {
            let Some((first, after)) = python.split_once(' ') else { return (start, matching(words, python)) };
            start += first.len() + 1;
            python = after;
            if first != "emit" {
                break;
            }
        }
    }
    let dotted = python.len() - dotted_name(python).len();
    let (at, words) = word(session, before, &python[..dotted], &python[dotted..]);
    (start + dotted + at, words)
}

/// The names and dots that a text ends with.
fn dotted_name(text: &str) -> &str {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    let name = &text[text.trim_end_matches(is_part).len()..];
    // A number is no name, nor is what a bracket or a string hands out known.
    name.trim_start_matches(|c: char| c.is_ascii_digit())
}

/// Where the last part of a dotted name begins, and what it may become; `line` stands before it.
fn word(session: &mut Session, before: &str, line: &str, dotted: &str) -> (usize, Vec<String>) {
    let (owner, word) = dotted.rsplit_once('.').map_or((None, dotted), |(owner, word)| (Some(owner), word));
    let mut words: Vec<String> = match (imported(line), owner) {
        (Some(Imported::Module), _) => matching(modules(), dotted),
        (Some(Imported::NameOf(module)), None) => matching(attributes(session, &module), word),
        (Some(Imported::NameOf(_)), Some(_)) => Vec::new(),
        (None, Some(owner)) => {
            let value = value_of(session, owner);
            matching(value.map(|value| attributes(session, &value)).unwrap_or_default(), word)
        }
        (None, None) => {
            // With a letter more, the word is no keyword yet.
            let text = Source::new("", format!("{before}{line}{word}x"));
            let fitting = syntax::fitting(&text);
            let mut words = matching(fitting.keywords, word);
            if fitting.name {
                words.extend(matching(session.machine.runtime.visible_names(), word));
            }
            words
        }
    };
    words.sort_unstable();
    words.dedup();
    (dotted.len() - word.len(), words)
}

/// Names that begin as a word does. Private ones are for those who ask for them.
fn matching<T: AsRef<str>>(names: impl IntoIterator<Item = T>, word: &str) -> Vec<String> {
    let names = names.into_iter().filter(|name| {
        let name = name.as_ref();
        name.starts_with(word) && (word.starts_with('_') || !name.starts_with('_'))
    });
    names.map(|name| name.as_ref().to_owned()).collect()
}

fn modules() -> Vec<&'static str> {
    ModuleId::ALL.into_iter().map(|module| module.name()).collect()
}

fn attributes(session: &mut Session, value: &Value) -> Vec<&'static str> {
    session.machine.runtime.attribute_names(value)
}

/// What a dotted name means now. Looking an attribute up runs nothing of the script's.
fn value_of(session: &mut Session, dotted: &str) -> Option<Value> {
    let mut parts = dotted.split('.');
    let first = session.lookup(parts.next()?)?;
    parts.try_fold(first, |value, name| session.machine.runtime.get_attr(&value, name).ok())
}

/// What an `import` statement wants next.
enum Imported {
    Module,
    NameOf(Value),
}

/// What is wanted behind the text of a statement, if it is an import.
fn imported(line: &str) -> Option<Imported> {
    let statement = line.rsplit(';').next().unwrap_or_default();
    let words: Vec<&str> = statement.split_whitespace().collect();
    match words[..] {
        ["import" | "from"] => Some(Imported::Module),
        ["from", module, "import", ..] => {
            let id = ModuleId::ALL.into_iter().find(|id| id.name() == module)?;
            Some(Imported::NameOf(Value::new(Module(id))))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::repl::host::Tap;
    use crate::jit::{Engine, Switches};

    /// The line up to the word, and what the word may become; at most ten of them.
    #[track_caller]
    fn check(before: &str, line: &str, kept: &str, wanted: &[&str]) {
        let engine = Engine::reference(Switches::default());
        let mut session = Session::new(engine, Tap::default(), false);
        for entered in
            ["import math as m\n", "numbers = [3]\n", "name = 'text'\n", "import numpy as np\n", "a = np.ones(3)\n"]
        {
            session.feed(entered);
        }
        let (at, words) = complete(&mut session, before, line);
        let words: Vec<&str> = words.iter().take(10).map(String::as_str).collect();
        assert_eq!((&line[..at], &words[..]), (kept, wanted));
    }

    #[test]
    fn names_and_keywords() {
        check("", "numb", "", &["numbers"]);
        check("", "x = na", "x = ", &["name"]);
        check("", "print(le", "print(", &["len"]);
        check("", "im", "", &["import"]);
        check("", "Zero", "", &["ZeroDivisionError"]);
        check("", "nowhere", "", &[]);
        check("", "_", "", &["__name__"]);
    }

    #[test]
    fn keywords_where_they_may_stand() {
        check("", "x = imp", "x = ", &[]);
        check("", "x = lam", "x = ", &["lambda"]);
        check("", "x if name el", "x if name ", &["else"]);
        check("if name:\n    1\n", "el", "", &["elif", "else"]);
        check("while name:\n", "    bre", "    ", &["break"]);
        check("x = (1,\n", "fo", "", &["format"]);
        check("x = (1\n", "fo", "", &["for"]);
        check("def f():\n    1\n", "    retu", "    ", &["return"]);
        check("", "f'text {na", "f'text {", &["name"]);
    }

    #[test]
    fn attributes_of_what_a_name_means_now() {
        check("", "m.isq", "m.", &["isqrt"]);
        check("", "y = numbers.ap", "y = numbers.", &["append"]);
        check(
            "",
            "name.is",
            "name.",
            &[
                "isalnum",
                "isalpha",
                "isascii",
                "isdecimal",
                "isdigit",
                "isidentifier",
                "islower",
                "isnumeric",
                "isprintable",
                "isspace",
            ],
        );
        check("", "a.sh", "a.", &["shape"]);
        check("", "a.T.re", "a.T.", &["real", "reshape"]);
        check("", "list.app", "list.", &["append"]);
        check("", "m.nothing.", "m.nothing.", &[]);
        check("", "1.", "1.", &[]);
        check("", "nowhere.x", "nowhere.", &[]);
    }

    #[test]
    fn imports() {
        check("", "import ", "import ", &["math", "numpy", "sys", "time"]);
        check("", "from ma", "from ", &["math"]);
        check("", "from math import sq", "from math import ", &["sqrt"]);
        check("", "x = 1; import nu", "x = 1; import ", &["numpy"]);
    }

    #[test]
    fn commands() {
        check("", ":e", ":", &["emit"]);
        check("", ":emit as", ":emit ", &["ast", "asm"]);
        check("", ":emit ast numb", ":emit ast ", &["numbers"]);
        check("", ":dis numbers.so", ":dis numbers.", &["sort"]);
        check("", ":nothing numb", ":nothing ", &["numbers"]);
    }

    #[test]
    fn a_blank_line_is_indented() {
        check("if name:\n", "  ", "  ", &["    "]);
    }
}
