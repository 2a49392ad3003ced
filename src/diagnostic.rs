//! What can be said against a script, with its place; rendering with source line and caret is done once, here.

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

pub use crate::error_kind::ErrorKind;
use crate::source::{Source, Span};

/// One error: class, message, and the place it speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    pub kind: ErrorKind,
    pub message: String,
    pub span: Option<Span>,
    /// What to do about it, in a line.
    pub help: Option<String>,
    /// Other places that matter, each with what it has to do with the error.
    pub labels: Vec<(Span, String)>,
}

impl Diagnostic {
    pub fn new(kind: ErrorKind, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic { kind, message: message.into(), span: Some(span), help: None, labels: Vec::new() }
    }

    /// An error that no place in a script can be blamed for.
    pub fn without_span(kind: ErrorKind, message: impl Into<String>) -> Diagnostic {
        Diagnostic { kind, message: message.into(), span: None, help: None, labels: Vec::new() }
    }

    pub fn help(mut self, help: impl Into<String>) -> Diagnostic {
        self.help = Some(help.into());
        self
    }

    pub fn label(mut self, span: Span, text: impl Into<String>) -> Diagnostic {
        self.labels.push((span, text.into()));
        self
    }

    /// `ClassName: message`, the last line of Python's traceback; the class alone if there is no message.
    pub fn headline(&self) -> String {
        headline(self.kind, &self.message)
    }

    /// Source line, caret and message, as rustc renders them; with ANSI colours if `color`. Ends in a line end.
    pub fn render(&self, source: &Source, color: bool) -> String {
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        let level = Level::ERROR.with_name(self.kind.name());
        let mut group = match self.message.is_empty() {
            true => Group::with_title(Level::ERROR.no_name().primary_title(self.kind.name())),
            false => Group::with_title(level.primary_title(&self.message)),
        };
        match self.span {
            Some(span) => group = show(group, source, span, &self.labels),
            None if source.name.is_empty() => {}
            None => group = group.element(Origin::path(&source.name)),
        }
        if let Some(help) = &self.help {
            group = group.element(Level::HELP.message(help));
        }
        renderer.render(&[group]) + "\n"
    }
}

/// Something to know about a place that is no error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    pub message: String,
    pub span: Span,
    /// Other places that matter, each with what it has to do with it.
    pub labels: Vec<(Span, String)>,
    /// More, in a line each.
    pub notes: Vec<String>,
}

impl Remark {
    /// As [`Diagnostic::render`].
    pub fn render(&self, source: &Source, color: bool) -> String {
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        let mut group = Group::with_title(Level::NOTE.primary_title(&self.message));
        group = show(group, source, self.span, &self.labels);
        for note in &self.notes {
            group = group.element(Level::NOTE.message(note));
        }
        renderer.render(&[group]) + "\n"
    }
}

/// The source at a place, and what is said of other places there.
fn show<'a>(mut group: Group<'a>, source: &'a Source, span: Span, labels: &'a [(Span, String)]) -> Group<'a> {
    let excerpt = Excerpt::around(source, span, labels);
    if !excerpt.whole {
        let (line, column) = (source.line(span.start), source.column(span.start));
        group = group.element(Origin::path(&source.name).line(line).char_column(column));
    }
    let path = excerpt.whole.then_some(source.name.as_str());
    let labels = labels.iter().filter_map(|(span, text)| {
        Some(AnnotationKind::Context.span(excerpt.place(source.clamp(*span))?).label(text.as_str()))
    });
    let primary = excerpt.place(source.clamp(span)).map(|place| AnnotationKind::Primary.span(place));
    group.element(
        Snippet::source(excerpt.text)
            .line_start(excerpt.first_line)
            .path(path)
            .annotations(primary)
            .annotations(labels),
    )
}

/// Several errors, an empty line between them.
pub fn render_all(errors: &[Diagnostic], source: &Source, color: bool) -> String {
    let rendered: Vec<String> = errors.iter().map(|error| error.render(source, color)).collect();
    rendered.join("\n")
}

pub(crate) fn headline(kind: ErrorKind, message: &str) -> String {
    match message {
        "" => kind.qualified_name().into(),
        _ => format!("{}: {message}", kind.qualified_name()),
    }
}

/// The lines that a diagnostic shows. Lines of generated scripts can be megabytes long: of those, a part is shown.
struct Excerpt<'s> {
    text: &'s str,
    start: usize,
    first_line: usize,
    /// False if a line was cut, so that columns are not those of the script.
    whole: bool,
}

impl<'s> Excerpt<'s> {
    const MAX_BYTES: usize = 4000;
    const MAX_LABEL_LINES: usize = 100;

    fn around(source: &'s Source, span: Span, labels: &[(Span, String)]) -> Excerpt<'s> {
        let Span { start: at, .. } = source.clamp(span);
        let line = source.line(at);
        let near = |label: &&(Span, String)| source.line(label.0.start).abs_diff(line) < Self::MAX_LABEL_LINES;
        let all = source.clamp(labels.iter().filter(near).fold(span, |all, (label, _)| all.to(*label)));
        let line_end = |at: usize| source.text[at..].find('\n').map_or(source.text.len(), |newline| at + newline);
        let (start, end) = (source.line_start(all.start) as usize, line_end(all.end as usize));
        if end - start <= Self::MAX_BYTES {
            return Excerpt { text: &source.text[start..end], start, first_line: source.line(all.start), whole: true };
        }
        let near = at.saturating_sub(Self::MAX_BYTES as u32 / 2).max(source.line_start(at));
        let far = source.clamp(Span { start: near, end: at + Self::MAX_BYTES as u32 / 2 });
        let (start, end) = (far.start as usize, (far.end as usize).min(line_end(at as usize)));
        Excerpt { text: &source.text[start..end], start, first_line: line, whole: false }
    }

    /// The place of a span in the excerpt, if it begins there.
    fn place(&self, span: Span) -> Option<std::ops::Range<usize>> {
        let start = (span.start as usize).checked_sub(self.start).filter(|start| *start <= self.text.len())?;
        let end = (span.end as usize).saturating_sub(self.start).clamp(start, self.text.len());
        Some(start..end)
    }
}
