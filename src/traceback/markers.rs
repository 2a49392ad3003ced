//! The source lines of one place, with markers under the part that failed.

use super::Paint;
use super::anchor::{anchor, is_statements_call};
use crate::source::{Place, Source, Span};

pub fn place(out: &mut String, place: &Place, source: &Source, paint: Paint) {
    let span = source.clamp(place.span);
    let (first, last) = (source.line(span.start), source.line(span.end));
    *out += &paint.place(&source.name, source.number(first), &place.function);
    let anchor = anchor(source.slice(span)).map(|(l, r)| Span { start: span.start + l, end: span.start + r });
    let markers = Markers { span, anchor, shown: shows_markers(source, span, anchor.is_some()) };

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

    let margin = margin((first..=last).map(|line| source.line_text(line)));
    let mut before = None;
    for line in lines {
        if let Some(gap) = before.map(|before: usize| line - before - 1).filter(|gap| *gap > 0) {
            *out += &format!("    ...<{gap} lines>...\n");
        }
        before = Some(line);
        let start = source.start_of_line(line) as usize + margin;
        markers.line(out, source.line_text(line).get(margin..).unwrap_or_default(), start, paint);
    }
}

/// How many bytes of white space all lines begin with that are not blank.
fn margin<'a>(lines: impl Iterator<Item = &'a str>) -> usize {
    let spaces = |line: &'a str| &line[..line.len() - line.trim_start().len()];
    let common = |a: &'a str, b: &'a str| {
        let len = a.bytes().zip(b.bytes()).take_while(|(x, y)| x == y).count();
        a.get(..len).unwrap_or_default()
    };
    lines.filter(|line| !line.trim().is_empty()).map(spaces).reduce(common).map_or(0, str::len)
}

/// CPython leaves the markers out where they would mark whole lines, or the call that a statement returns or assigns.
fn shows_markers(source: &Source, span: Span, anchored: bool) -> bool {
    if is_statements_call(source, span) {
        return false;
    }
    let before = &source.text[source.line_start(span.start) as usize..span.start as usize];
    let rest = &source.text[span.end as usize..];
    let after = &rest[..rest.find('\n').unwrap_or(rest.len())];
    anchored || !before.trim().is_empty() || !after.trim().is_empty()
}

/// Which part of the source lines is marked: `~` under the span, `^` under its anchor; all `^` without one.
struct Markers {
    span: Span,
    anchor: Option<Span>,
    shown: bool,
}

impl Markers {
    /// One line, whose text begins at `start`, and the markers below it.
    fn line(&self, out: &mut String, text: &str, start: usize, paint: Paint) {
        let text = text.trim_end();
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
        if self.shown {
            let used = marked.iter().rposition(|(_, marker)| *marker != ' ').map_or(0, |last| last + 1);
            *out += "    ";
            paint.marked(out, &marked[..used], |(c, marker)| marker.to_string().repeat(width(c)));
            out.push('\n');
        }
    }
}

/// Columns that a character takes on a terminal.
fn width(c: char) -> usize {
    let wide = matches!(c, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{303e}' | '\u{3041}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}' | '\u{1f300}'..='\u{1f64f}' | '\u{1f900}'..='\u{1f9ff}' | '\u{20000}'..='\u{3fffd}');
    if wide { 2 } else { 1 }
}
