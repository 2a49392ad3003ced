//! A text that somebody types line by line: whether it is whole, goes on, or is wrong. The parser says it.

use super::ast::{Ast, StmtKind};
use super::token::{Token, is_keyword};
use super::{layout, parse, recover, scan};
use crate::diagnostic::Diagnostic;
use crate::source::{Source, Span};

/// What a text is that may go on.
#[derive(Debug)]
pub enum Input {
    Whole(Ast),
    /// It goes on: a bracket, a string or a line is open; or, `in_block`, a block is missing or may have further lines.
    Unfinished {
        in_block: bool,
    },
    Wrong(Vec<Diagnostic>),
}

/// Looks at the lines that were typed so far. As in CPython, an empty line ends a block.
pub fn input(source: &Source) -> Input {
    let text = source.text.as_str();
    let ended = text == "\n" || text.ends_with("\n\n");
    let laid = layout::layout(source, scan::scan(source));
    let parsed = parse::module(source, &laid.tokens);
    let goes_on = match (&laid.error, &parsed) {
        // What comes before an open bracket may be wrong already.
        (Some(_), Err(failure)) => laid.unfinished && failure.at == laid.tokens.len(),
        (Some(_), Ok(_)) => laid.unfinished,
        (None, Err(failure)) => !ended && laid.tokens[failure.at..].iter().all(|(token, _)| *token == Token::Dedent),
        (None, Ok((ast, errors))) => !ended && errors.is_empty() && has_block(ast),
    };
    match parsed {
        _ if goes_on => Input::Unfinished { in_block: laid.error.is_none() },
        Ok((ast, errors)) if laid.error.is_none() && errors.is_empty() => Input::Whole(ast),
        Ok(_) | Err(_) => Input::Wrong(recover::errors(source, laid)),
    }
}

/// The tokens of a text that may go on, up to where it is wrong or ends too early.
pub fn tokens_so_far(source: &Source) -> Vec<(Token, Span)> {
    scan::scan(source).tokens
}

/// What may stand in some place.
#[derive(Debug)]
pub struct Fitting {
    pub keywords: Vec<String>,
    /// Whether a name may.
    pub name: bool,
}

/// What may stand where the text's last word does: names alone where it is wrong before.
pub fn fitting(source: &Source) -> Fitting {
    let laid = layout::layout(source, scan::scan(source));
    let end = source.text.len() as u32;
    let mut tokens = laid.tokens;
    // The end of the text is not the end of its last line.
    while tokens.last().is_some_and(|(_, span)| span.start == end) {
        tokens.pop();
    }
    if let Some((last, _)) = tokens.last_mut() {
        *last = NEVER;
    }
    match parse::module(source, &tokens) {
        Err(failure) if failure.at + 1 == tokens.len() && (laid.error.is_none() || laid.unclosed) => {
            let words: Vec<&str> = failure.expected.iter().map(|name| name.trim_matches('"')).collect();
            let keywords = words.iter().filter(|word| is_keyword(word)).map(|word| (*word).to_owned());
            Fitting { keywords: keywords.collect(), name: words.contains(&"NAME") }
        }
        Ok(_) | Err(_) => Fitting { keywords: Vec::new(), name: true },
    }
}

/// A token that the grammar has no place for.
const NEVER: Token = Token::Class;

/// Whether the last statement is one that a block belongs to.
fn has_block(ast: &Ast) -> bool {
    use StmtKind::{Def, For, If, Try, While, With};
    let last = ast.body.last().map(|last| &ast.stmt(*last).kind);
    matches!(last, Some(If { .. } | While { .. } | For { .. } | Def { .. } | Try { .. } | With { .. }))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `whole`, `open` (a bracket, a string or a line), `block`, or the first error.
    fn state(text: &str) -> String {
        match input(&Source::new("", text)) {
            Input::Whole(_) => "whole".into(),
            Input::Unfinished { in_block: false } => "open".into(),
            Input::Unfinished { in_block: true } => "block".into(),
            Input::Wrong(errors) => errors.first().map_or(String::new(), |error| error.message.clone()),
        }
    }

    #[test]
    fn texts_that_are_whole() {
        for text in ["", "\n", "1\n", "# comment\n", "  # comment\n", "x = (1,\n 2)\n", "'''a\nb'''\n", "1 + \\\n2\n"] {
            assert_eq!(state(text), "whole", "{text:?}");
        }
        for text in ["if x:\n    1\n\n", "if x: 1\n\n", "def f():\n    1\n\n", "if x:\n    1\ny\n", "x\ny\n"] {
            assert_eq!(state(text), "whole", "{text:?}");
        }
    }

    #[test]
    fn texts_that_go_on() {
        for text in [
            "(\n",
            "x = [1,\n\n",
            "f(a,\n",
            "'''a\n",
            "f'''{\n",
            "f'{1 +\n",
            "1 + \\\n",
            "x = {1: (\n\n\n",
            "'a\\\n",
            "if (\n",
        ] {
            assert_eq!(state(text), "open", "{text:?}");
        }
        for text in [
            "if x:\n",
            "if x: 1\n",
            "if x:\n    1\n",
            "if x:\n    if y:\n",
            "if x:\n    # comment\n",
            "if x:\n    1\nelse:\n",
            "try:\n    1\n",
            "try:\n    1\nexcept ValueError:\n    1\n",
            "def f():\n    '''a\n\n    b'''\n",
            "if x:\n    1\n    \n",
            "x\nfor i in y:\n",
        ] {
            assert_eq!(state(text), "block", "{text:?}");
        }
    }

    #[test]
    fn texts_that_are_wrong() {
        for (text, message) in [
            ("1 +\n", "invalid syntax"),
            ("(1 + * 2\n", "invalid syntax"),
            ("x = ) (\n", "unmatched ')'"),
            ("'a\n", "unterminated string literal (detected at line 1)"),
            ("if x:\n\n", "expected an indented block after 'if' statement on line 1"),
            ("if x:\ny\n", "expected an indented block after 'if' statement on line 1"),
            ("try:\n    1\n\n", "expected 'except' or 'finally' block"),
            ("  x\n", "unexpected indent"),
            ("else:\n", "invalid syntax"),
            ("def f(:\n", "invalid syntax"),
        ] {
            assert_eq!(state(text), message, "{text:?}");
        }
    }
}
