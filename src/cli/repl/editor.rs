//! The line editor: keys, history, colours. Nothing else names rustyline.

use std::borrow::Cow;
use std::cell::RefCell;
use std::io;
use std::path::PathBuf;
use std::rc::Rc;

use rustyline::completion::Completer;
use rustyline::config::{BellStyle, ColorMode, CompletionType};
use rustyline::error::ReadlineError;
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::Hinter;
use rustyline::history::FileHistory;
use rustyline::validate::Validator;
use rustyline::{Config, Context, Helper};

use super::host::Tap;
use super::session::{Fed, Session};
use super::{PROMPT, PROMPT_FOR_MORE, complete, highlight};
use crate::cli::Failure;
use crate::cli::streams::{err, out};
use crate::folders;
use crate::interrupt;

/// Inputs that are remembered from one session to the next.
const MOST_REMEMBERED: usize = 1000;
/// What a block is indented by.
const INDENTATION: &str = "    ";

/// Talks to whoever sits at the terminal, until they leave.
pub fn converse(session: &Rc<RefCell<Session>>, tap: &Tap, colored: bool) -> Result<(), Failure> {
    let mut editor = Editor::new(session.clone(), colored).map_err(no_terminal)?;
    let mut entered = String::new();
    let mut in_block = false;
    loop {
        if tap.take_in_line() {
            out("\n")?;
        }
        let indentation = if in_block { indentation(&entered) } else { String::new() };
        let line = editor.read(&entered, &indentation);
        // A signal that came meanwhile had nothing to interrupt.
        let _ = interrupt::check();
        match line {
            // Who adds nothing to the indentation wants an empty line.
            Ok(line) if line == indentation => entered.push('\n'),
            Ok(line) => entered += &(line + "\n"),
            Err(ReadlineError::Interrupted) => {
                err("KeyboardInterrupt\n");
                entered.clear();
                in_block = false;
                continue;
            }
            Err(ReadlineError::Io(error)) if error.kind() == io::ErrorKind::InvalidData => {
                err("error: what was typed is not UTF-8\n");
                entered.clear();
                in_block = false;
                continue;
            }
            Err(ReadlineError::Eof) if entered.is_empty() => return Ok(()),
            Err(ReadlineError::Eof) => {
                editor.remember(&entered);
                if let Fed::Over(failure) = session.borrow_mut().feed_last(&entered) {
                    return Err(failure);
                }
                entered.clear();
                in_block = false;
                continue;
            }
            Err(error) => return Err(no_terminal(error)),
        }
        let fed = session.borrow_mut().feed(&entered);
        in_block = matches!(fed, Fed::More { in_block: true });
        if matches!(fed, Fed::More { .. }) {
            continue;
        }
        editor.remember(&entered);
        entered.clear();
        if let Fed::Over(failure) = fed {
            return Err(failure);
        }
    }
}

fn no_terminal(error: ReadlineError) -> Failure {
    Failure::Usage(format!("the terminal: {error}"))
}

struct Editor {
    lines: rustyline::Editor<Assistant, FileHistory>,
    history: Option<PathBuf>,
}

impl Editor {
    fn new(session: Rc<RefCell<Session>>, colored: bool) -> rustyline::Result<Editor> {
        let config = Config::builder()
            .max_history_size(MOST_REMEMBERED)?
            .history_ignore_dups(true)?
            .completion_type(CompletionType::List)
            .completion_show_all_if_ambiguous(true)
            .bell_style(BellStyle::None)
            .color_mode(if colored { ColorMode::Forced } else { ColorMode::Disabled })
            .build();
        let mut lines = rustyline::Editor::with_config(config)?;
        lines.set_helper(Some(Assistant { session, before: String::new(), colored }));
        let history = folders::state().map(|folder| folder.join("history"));
        if let Some(file) = &history {
            if let Some(folder) = file.parent() {
                // Where there is no place for it, history lasts as long as the session.
                let _ = std::fs::create_dir_all(folder);
            }
            let _ = lines.load_history(file);
        }
        Ok(Editor { lines, history })
    }

    /// The next line of an input whose lines so far are `before`; it begins with `indentation`.
    fn read(&mut self, before: &str, indentation: &str) -> rustyline::Result<String> {
        if let Some(assistant) = self.lines.helper_mut() {
            assistant.before = before.to_owned();
        }
        match before {
            "" => self.lines.readline(PROMPT),
            _ => self.lines.readline_with_initial(PROMPT_FOR_MORE, (indentation, "")),
        }
    }

    /// Adds an input to the history, at once: a session may end in any way.
    fn remember(&mut self, entered: &str) {
        let entered = entered.trim_end();
        if !entered.is_empty()
            && self.lines.add_history_entry(entered).is_ok_and(|added| added)
            && let Some(file) = &self.history
        {
            let _ = self.lines.append_history(file);
        }
    }
}

/// What the next line begins with: as the last one, deeper behind a colon, less deep behind what leaves a block.
fn indentation(before: &str) -> String {
    let last = before.trim_end_matches('\n').rsplit('\n').next().unwrap_or_default();
    let text = last.trim_start();
    let mut indentation = last[..last.len() - text.len()].to_owned();
    let first = text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    if text.ends_with(':') {
        indentation += INDENTATION;
    } else if matches!(first, "return" | "raise" | "pass" | "break" | "continue") {
        indentation.truncate(indentation.len().saturating_sub(INDENTATION.len()));
    }
    indentation
}

/// What the editor asks while a line is edited.
struct Assistant {
    session: Rc<RefCell<Session>>,
    /// The lines of the input above the one that is edited.
    before: String,
    colored: bool,
}

impl Completer for Assistant {
    type Candidate = String;

    fn complete(&self, line: &str, at: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<String>)> {
        Ok(complete::complete(&mut self.session.borrow_mut(), &self.before, &line[..at]))
    }
}

impl Highlighter for Assistant {
    fn highlight<'l>(&self, line: &'l str, _: usize) -> Cow<'l, str> {
        match self.colored {
            true => highlight::line(&self.before, line).into(),
            false => line.into(),
        }
    }

    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(&'s self, prompt: &'p str, _: bool) -> Cow<'b, str> {
        match self.colored {
            true => highlight::prompt(prompt).into(),
            false => prompt.into(),
        }
    }

    fn highlight_char(&self, _: &str, _: usize, _: CmdKind) -> bool {
        self.colored
    }
}

impl Hinter for Assistant {
    type Hint = String;
}

impl Validator for Assistant {}

impl Helper for Assistant {}
