//! The keys: one table, from which the help is made.

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    StepForward,
    StepBack,
    LineForward,
    LineBack,
    IterationForward,
    IterationBack,
    First,
    Last,
    AskLine,
    AskIteration,
    AskStep,
    AskText,
    TextForward,
    TextBack,
    NextPane,
    PaneBefore,
    ScrollDown,
    ScrollUp,
    Output,
    Help,
    Cancel,
    Quit,
}

/// Keys, how they are called, what they do, and that in words.
pub struct Binding {
    pub keys: &'static [KeyCode],
    pub name: &'static str,
    pub action: Action,
    pub meaning: &'static str,
}

const fn bind(keys: &'static [KeyCode], name: &'static str, action: Action, meaning: &'static str) -> Binding {
    Binding { keys, name, action, meaning }
}

use Action as A;
use KeyCode::{BackTab, Backspace, Char, Down, End, Esc, Home, Left, PageDown, PageUp, Right, Tab, Up};

pub const BINDINGS: &[Binding] = &[
    bind(&[Right, Char('l'), Char(' ')], "→ l space", A::StepForward, "one instruction forward"),
    bind(&[Left, Char('h'), Backspace], "← h", A::StepBack, "one instruction back"),
    bind(&[Down, Char('j')], "↓ j", A::LineForward, "to the next line that runs"),
    bind(&[Up, Char('k')], "↑ k", A::LineBack, "back to the line before"),
    bind(&[Char(']'), Char('i')], "] i", A::IterationForward, "to the next iteration of this loop, or out of it"),
    bind(&[Char('['), Char('I')], "[ I", A::IterationBack, "back to the beginning of an iteration"),
    bind(&[Char('g')], "g", A::AskLine, "run to a line"),
    bind(&[Char('n')], "n", A::AskIteration, "run to the n-th iteration of this loop"),
    bind(&[Char(':')], ":", A::AskStep, "go to a step by its number"),
    bind(&[Home], "Home", A::First, "to the first step"),
    bind(&[End, Char('G')], "End G", A::Last, "to the last step"),
    bind(&[Char('/')], "/", A::AskText, "search source, bytecode, events and output for a text"),
    bind(&[Char('>')], ">", A::TextForward, "search on, forward"),
    bind(&[Char('<')], "<", A::TextBack, "search on, back"),
    bind(&[Tab], "Tab", A::NextPane, "choose the pane that scrolls"),
    bind(&[BackTab], "Shift-Tab", A::PaneBefore, "choose the one before"),
    bind(&[PageDown], "PgDn", A::ScrollDown, "scroll that pane down"),
    bind(&[PageUp], "PgUp", A::ScrollUp, "scroll it up"),
    bind(&[Char('o')], "o", A::Output, "show or hide what the script prints"),
    bind(&[Char('?'), KeyCode::F(1)], "?", A::Help, "show or hide this help"),
    bind(&[Esc], "Esc", A::Cancel, "stop running, close what is open"),
    bind(&[Char('q')], "q", A::Quit, "quit; Ctrl-C does as well"),
];

/// What a key means outside of a prompt.
pub fn action(key: KeyEvent) -> Option<Action> {
    if key.modifiers.contains(KeyModifiers::CONTROL) {
        return matches!(key.code, Char('c') | Char('d')).then_some(Action::Quit);
    }
    BINDINGS.iter().find(|binding| binding.keys.contains(&key.code)).map(|binding| binding.action)
}
