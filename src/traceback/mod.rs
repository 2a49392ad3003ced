//! Errors of a running program, as CPython 3.13 prints them: the calls that led there, each with its source line
//! and markers under the part that failed.

mod anchor;
mod markers;

use crate::diagnostic::{ErrorKind, headline};
use crate::source::{Place, Source};

/// An error that a running program did not catch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuntimeDiagnostic {
    pub kind: ErrorKind,
    pub message: String,
    /// What was added to the message, in lines of its own.
    pub notes: Vec<String>,
    /// Outermost call first. An exception that was never raised has none.
    pub traceback: Vec<Place>,
}

/// What an earlier exception has to do with the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// `raise … from earlier`
    Cause,
    /// The next one was raised while the earlier one was handled.
    Context,
}

impl Link {
    const fn text(self) -> &'static str {
        match self {
            Link::Cause => "The above exception was the direct cause of the following exception:",
            Link::Context => "During handling of the above exception, another exception occurred:",
        }
    }
}

/// An uncaught exception after those that led to it, the first one first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    pub earlier: Vec<(RuntimeDiagnostic, Link)>,
    pub last: RuntimeDiagnostic,
}

impl Chain {
    /// All tracebacks as CPython prints them; with ANSI colours if `color`. Ends in a line end.
    pub fn render(&self, source: &Source, color: bool) -> String {
        let mut out = String::new();
        for (diagnostic, link) in &self.earlier {
            out += &format!("{}\n{}\n\n", diagnostic.render(source, color), link.text());
        }
        out + &self.last.render(source, color)
    }
}

impl RuntimeDiagnostic {
    /// `ClassName: message`, or the class alone if there is no message.
    pub fn headline(&self) -> String {
        headline(self.kind, &self.message)
    }

    /// The traceback and the headline as CPython prints them; with ANSI colours if `color`. Ends in a line end.
    pub fn render(&self, source: &Source, color: bool) -> String {
        let paint = Paint { color };
        let mut out = String::new();
        if !self.traceback.is_empty() {
            out += "Traceback (most recent call last):\n";
        }
        let mut repeats = 0;
        for (at, place) in self.traceback.iter().enumerate() {
            let line = |place: &Place| (source.line(source.clamp(place.span).start), place.function.clone());
            let before = at.checked_sub(1).and_then(|before| self.traceback.get(before));
            if before.is_some_and(|before| line(before) == line(place)) {
                repeats += 1;
            } else {
                repeated(&mut out, repeats);
                repeats = 0;
            }
            if repeats < MAX_REPEATS {
                markers::place(&mut out, place, source, paint);
            }
        }
        repeated(&mut out, repeats);
        out += &paint.headline(self.kind, &self.message);
        for line in self.notes.iter().flat_map(|note| note.split('\n')) {
            out += &format!("\n{line}");
        }
        out + "\n"
    }
}

/// As CPython: of more equal frames than this in a row, the number is shown.
const MAX_REPEATS: usize = 3;

fn repeated(out: &mut String, repeats: usize) {
    if let Some(more) = (repeats + 1).checked_sub(MAX_REPEATS).filter(|more| *more > 0) {
        let plural = if more > 1 { "s" } else { "" };
        *out += &format!("  [Previous line repeated {more} more time{plural}]\n");
    }
}

/// CPython's colours, or none.
#[derive(Clone, Copy)]
struct Paint {
    color: bool,
}

impl Paint {
    fn dress(self, code: &str, text: &str) -> String {
        if self.color { format!("\x1b[{code}m{text}\x1b[0m") } else { text.into() }
    }

    fn place(self, name: &str, line: usize, function: &str) -> String {
        let (quoted, line) = (self.dress("35", &format!("\"{name}\"")), self.dress("35", &line.to_string()));
        format!("  File {quoted}, line {line}, in {}\n", self.dress("35", function))
    }

    fn headline(self, kind: ErrorKind, message: &str) -> String {
        let name = self.dress("1;35", kind.qualified_name());
        if message.is_empty() { name } else { format!("{name}: {}", self.dress("35", message)) }
    }

    /// Characters with their markers, in stretches of one colour.
    fn marked(self, out: &mut String, marked: &[(char, char)], show: impl Fn((char, char)) -> String) {
        for stretch in marked.chunk_by(|a, b| a.1 == b.1) {
            let text: String = stretch.iter().map(|pair| show(*pair)).collect();
            *out += &match stretch[0].1 {
                '^' => self.dress("1;31", &text),
                '~' => self.dress("31", &text),
                _ => text,
            };
        }
    }
}
