//! The bytecode of the function that runs, with what each instruction declares to pay.

use ratatui::text::{Line, Span};

use super::frame::Content;
use super::theme::Theme;
use crate::bytecode::overhead::{Counts, Overhead};
use crate::trace::{Listing, Step};

/// Two letters of each overhead, in order, as the columns have room for.
const HEADINGS: [&str; Overhead::ALL.len()] = ["di", "bo", "de", "ty", "me", "ar", "lo", "br", "ot"];
/// Columns of the number, the label and the operation.
const FRONT: usize = 25;
/// Columns of what is declared.
const DECLARED: usize = 3 * Overhead::ALL.len();

pub fn content(listing: &Listing, step: &Step, theme: Theme, width: usize) -> Content {
    let chunk = listing.chunk(step.position.chunk);
    let operands = width.saturating_sub(FRONT + DECLARED);
    let wide = operands >= 14;
    let operands = if wide { operands } else { width.saturating_sub(FRONT) };
    let mut lines = Vec::new();
    if wide {
        let headings: String = HEADINGS.iter().map(|heading| format!("{heading:>3}")).collect();
        lines.push(Line::styled(format!("{:1$}{headings}", "", FRONT + operands), theme.dim()));
    }
    let mut centre = None;
    let mut line = 0;
    for (pc, code) in chunk.code.iter().enumerate() {
        if code.start.0 != line {
            line = code.start.0;
            let text = listing.lines.get(line as usize - 1).map_or("", |text| text.trim());
            lines.push(Line::styled(format!("{line:>4} │ {text}"), theme.dim()));
        }
        let current = pc as u32 == step.position.pc;
        let style = if current { theme.current() } else { theme.plain() };
        let mark = if current { "▶" } else { " " };
        let label = code.label.map_or(String::new(), |label| format!("L{label}"));
        let text = fit(&code.operands, operands);
        let mut spans = vec![Span::styled(format!("{mark}{pc:>3} {label:<4}{:<16}{text}", code.op), style)];
        if let Some(declared) = code.declared.filter(|_| wide) {
            spans.extend(counts(&declared, theme));
        }
        if current {
            centre = Some(lines.len());
        }
        lines.push(Line::from(spans));
    }
    Content { title: format!("bytecode · {}", chunk.title), lines, centre }
}

fn counts(declared: &Counts, theme: Theme) -> Vec<Span<'static>> {
    let span = |overhead| match declared[overhead] {
        0 => Span::styled("  ·", theme.dim()),
        count => Span::styled(format!("{count:>3}"), theme.overhead(overhead)),
    };
    Overhead::ALL.into_iter().map(span).collect()
}

/// A text in exactly so many columns.
fn fit(text: &str, width: usize) -> String {
    match text.chars().count() > width {
        true => text.chars().take(width.saturating_sub(1)).chain(['…']).collect(),
        false => format!("{text:<width$}"),
    }
}
