//! The source, with the line and the sub-expression that run.

use ratatui::text::{Line, Span};

use super::frame::Content;
use super::theme::Theme;
use crate::trace::{Listing, Step};

pub fn content(listing: &Listing, step: &Step, theme: Theme) -> Content {
    let at = step.position;
    let instruction = listing.instruction(at.chunk, at.pc);
    let (start, end) = (instruction.start, instruction.end);
    let running = at.innermost.map(|inner| listing.script_loop(inner.id));
    let width = listing.lines.len().to_string().len();
    let lines = (1..).zip(&listing.lines).map(|(number, text): (u32, &String)| {
        let current = number == at.line;
        let in_loop = running.is_some_and(|found| (found.line..=found.last_line).contains(&number));
        let mark = if current {
            "▶"
        } else if in_loop {
            "│"
        } else {
            " "
        };
        let style = if current { theme.current() } else { theme.dim() };
        let mut spans = vec![Span::styled(format!("{mark}{number:>width$} "), style)];
        let chars: Vec<char> = text.chars().collect();
        let first = if number == start.0 { start.1 as usize - 1 } else { 0 };
        let last = if number == end.0 { end.1 as usize - 1 } else { chars.len() };
        if (start.0..=end.0).contains(&number) && first < last && last <= chars.len() {
            let part = |range: std::ops::Range<usize>| visible(&chars[range].iter().collect::<String>());
            spans.push(Span::raw(part(0..first)));
            spans.push(Span::styled(part(first..last), theme.expression()));
            spans.push(Span::raw(part(last..chars.len())));
        } else {
            spans.push(Span::raw(visible(text)));
        }
        Line::from(spans)
    });
    Content {
        title: format!("source · {}", listing.name),
        pinned: Vec::new(),
        lines: lines.collect(),
        centre: Some(at.line as usize - 1),
    }
}

/// A tab has no width of its own in a terminal's cell.
fn visible(text: &str) -> String {
    text.replace('\t', "    ")
}
