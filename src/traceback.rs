//! Errors of a running program, as CPython 3.13 prints them: the calls that led there, each with its source line
//! and markers under the part that failed.

use crate::{
    diagnostic::{ErrorKind, headline},
    source::{Place, Source, Span},
    syntax::{self, ast::*},
};

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
                place_text(&mut out, place, source, paint);
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
/// Longer failing expressions are not parsed again to find their operator.
const MAX_ANCHORED: usize = 10_000;

fn repeated(out: &mut String, repeats: usize) {
    if let Some(more) = (repeats + 1).checked_sub(MAX_REPEATS).filter(|more| *more > 0) {
        let plural = if more > 1 { "s" } else { "" };
        *out += &format!("  [Previous line repeated {more} more time{plural}]\n");
    }
}

fn place_text(out: &mut String, place: &Place, source: &Source, paint: Paint) {
    let span = source.clamp(place.span);
    let (first, last) = (source.line(span.start), source.line(span.end));
    *out += &paint.place(&source.name, first, &place.function);
    let anchor = anchor(source.slice(span)).map(|(l, r)| Span { start: span.start + l, end: span.start + r });
    let markers = Markers { span, anchor, shown: shows_carets(source, span, anchor.is_some()) };

    let mut lines: Vec<usize> = vec![first, last];
    if let Some(anchor) = anchor {
        for at in [source.line(anchor.start), source.line(anchor.end)] {
            lines.extend([at - 1, at, at + 1]);
        }
    }
    lines.retain(|line| (first..=last).contains(line));
    lines.sort_unstable();
    lines.dedup();
    // A gap of one line is shown; a longer one is counted.
    let gaps: Vec<usize> = lines.windows(2).filter(|pair| pair[1] - pair[0] == 2).map(|pair| pair[0] + 1).collect();
    lines.extend(gaps);
    lines.sort_unstable();

    let indent_of = |line: &usize| source.line_text(*line).len() - source.line_text(*line).trim_start().len();
    let indent = lines.iter().filter(|line| !source.line_text(**line).trim().is_empty()).map(indent_of).min();
    let mut before = None;
    for line in lines {
        if let Some(gap) = before.map(|before: usize| line - before - 1).filter(|gap| *gap > 0) {
            *out += &format!("    ...<{gap} lines>...\n");
        }
        before = Some(line);
        markers.line(out, source, line, indent.unwrap_or(0), paint);
    }
}

/// Which part of the source lines is marked: `~` under the span, `^` under its anchor; all `^` without one.
struct Markers {
    span: Span,
    anchor: Option<Span>,
    shown: bool,
}

impl Markers {
    fn line(&self, out: &mut String, source: &Source, line: usize, indent: usize, paint: Paint) {
        let whole = source.line_text(line);
        let text = whole.get(indent.min(whole.len())..).unwrap_or(whole).trim_end();
        let start = whole.as_ptr() as usize - source.text.as_ptr() as usize
            + (whole.len() - whole.get(indent..).unwrap_or(whole).len());
        let blank = text.len() - text.trim_start().len();
        let mut marked = Vec::new();
        for (at, c) in text.char_indices() {
            let offset = (start + at) as u32;
            let inside = |span: Span| (span.start..span.end).contains(&offset);
            let marker = match self.anchor {
                _ if !self.shown || at < blank || !inside(self.span) => ' ',
                Some(anchor) if !inside(anchor) => '~',
                _ => '^',
            };
            marked.push((c, marker));
        }
        *out += "    ";
        paint.marked(out, &marked, |(c, _)| c.to_string());
        out.push('\n');
        let used = marked.iter().rposition(|(_, marker)| *marker != ' ').map_or(0, |last| last + 1);
        if used > 0 {
            *out += "    ";
            paint.marked(out, &marked[..used], |(c, marker)| match c {
                '\t' if marker == ' ' => "\t".into(),
                _ => marker.to_string().repeat(width(c)),
            });
            out.push('\n');
        }
    }
}

/// CPython leaves the markers out where they would mark a whole statement, or the call that a statement returns or assigns.
fn shows_carets(source: &Source, span: Span, anchored: bool) -> bool {
    let start = source.line_start(span.start) as usize;
    let before = source.text[start..span.start as usize].trim_start();
    let rest = &source.text[span.end as usize..];
    let after = rest[..rest.find('\n').unwrap_or(rest.len())].trim_end();
    let call = |needs_name: bool| {
        let Some((ast, root)) = expression(source.slice(span)) else { return false };
        let ExprKind::Call { callee, .. } = &ast.expr(root).kind else { return false };
        !needs_name || matches!(ast.expr(*callee).kind, ExprKind::Name(_))
    };
    let assigned = before.trim_end().strip_suffix('=').map(str::trim_end);
    let is_name = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_');
    if before.trim_end() == "return" && call(true) || assigned.is_some_and(is_name) && call(false) {
        return false;
    }
    anchored || !before.is_empty() || !after.is_empty()
}

/// Where in a failing expression its operator, or the brackets of its call or subscript, are.
fn anchor(segment: &str) -> Option<(u32, u32)> {
    let (ast, root) = expression(segment)?;
    let end_of = |id: ExprId| ast.expr(id).span.end as usize - PREFIX.len();
    let start_of = |id: ExprId| ast.expr(id).span.start as usize - PREFIX.len();
    match ast.expr(root).kind {
        ExprKind::Binary { left, right, .. } => {
            let at = skip(segment, end_of(left), |c| c.is_whitespace() || c == ')')?;
            let rest = &segment[at..start_of(right).max(at)];
            let mut chars = rest.chars();
            let first = chars.next()?;
            let second = chars.next().filter(|c| !c.is_whitespace() && !"\\#(".contains(*c));
            Some((at as u32, (at + first.len_utf8() + second.map_or(0, char::len_utf8)) as u32))
        }
        ExprKind::Subscript { value, .. } => {
            let at = skip(segment, end_of(value), |c| c != '[')?;
            Some((at as u32, segment.trim_end().len() as u32))
        }
        ExprKind::Call { callee, .. } => {
            let at = skip(segment, end_of(callee), |c| c != '(')?;
            Some((at as u32, segment.trim_end().len() as u32))
        }
        _ => None,
    }
}

/// Wrapped like this, an expression may span lines.
const PREFIX: &str = "(\n";

/// The segment as an expression, if it is one; offsets are shifted by [`PREFIX`].
fn expression(segment: &str) -> Option<(Ast, ExprId)> {
    if segment.len() > MAX_ANCHORED {
        return None;
    }
    let ast = syntax::parse(&Source::new("", format!("{PREFIX}{segment}\n)"))).ok()?;
    match ast.body[..] {
        [only] => match ast.stmt(only).kind {
            StmtKind::Expr(root) if ast.expr(root).span.end as usize <= PREFIX.len() + segment.len() => {
                Some((ast, root))
            }
            _ => None,
        },
        _ => None,
    }
}

/// The first offset from `at` on whose character is not passed over; comments and continued lines are.
fn skip(text: &str, at: usize, passed: impl Fn(char) -> bool) -> Option<usize> {
    let mut comment = false;
    for (offset, c) in text.get(at..)?.char_indices() {
        comment = c != '\n' && (comment || c == '#' || c == '\\');
        if !comment && !passed(c) {
            return Some(at + offset);
        }
    }
    None
}

/// Columns that a character takes on a terminal.
fn width(c: char) -> usize {
    let wide = matches!(c, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{303e}' | '\u{3041}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}' | '\u{1f300}'..='\u{1f64f}' | '\u{1f900}'..='\u{1f9ff}' | '\u{20000}'..='\u{3fffd}');
    if wide { 2 } else { 1 }
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
