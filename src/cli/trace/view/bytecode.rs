//! The bytecode of the function that runs, with what each instruction declares to pay.

use ratatui::text::{Line, Span};

use super::frame::Content;
use super::theme::Theme;
use crate::bytecode::overhead::{Counts, Overhead};
use crate::cli::trace::columns::OVERHEADS;
use crate::trace::{Listing, Step};

/// Columns of the number, the label and the operation.
const FRONT: usize = 25;
/// Columns of what is declared.
const DECLARED: usize = 3 * Overhead::ALL.len();

pub fn content(listing: &Listing, step: &Step, theme: Theme, width: usize) -> Content {
    let chunk = listing.chunk(step.position.chunk);
    let operands = width.saturating_sub(FRONT + DECLARED);
    let wide = operands >= 14;
    let operands = if wide { operands } else { width.saturating_sub(FRONT) };
    let (mut pinned, mut lines) = (Vec::new(), Vec::new());
    if wide {
        let headings: String = OVERHEADS.iter().map(|column| format!("{:>3}", column.short)).collect();
        pinned.push(Line::styled(format!("{:1$}{headings}", "", FRONT + operands), theme.dim()));
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
        if let Some(declared) = code.declared.filter(|_| current && !wide) {
            lines.extend(declaration(&declared, width).into_iter().map(|line| Line::styled(line, theme.dim())));
        }
    }
    let title = chunk.title.split(": ").next().unwrap_or_default();
    Content { title: format!("bytecode · {title}"), pinned, lines, centre }
}

fn counts(declared: &Counts, theme: Theme) -> Vec<Span<'static>> {
    let span = |overhead| match declared[overhead] {
        0 => Span::styled("  ·", theme.dim()),
        count => Span::styled(format!("{count:>3}"), theme.overhead(overhead)),
    };
    Overhead::ALL.into_iter().map(span).collect()
}

/// What an instruction declares, in words, on as many lines as it takes.
fn declaration(declared: &Counts, width: usize) -> Vec<String> {
    const INDENT: &str = "         ";
    let mut lines = vec![format!("{INDENT}declares")];
    for (overhead, count) in declared.iter() {
        let words = format!(" {count} {overhead},");
        match lines.last_mut() {
            Some(line) if line.chars().count() + words.len() <= width => line.push_str(&words),
            _ => lines.push(format!("{INDENT}{words}")),
        }
    }
    if let Some(line) = lines.last_mut() {
        line.pop();
    }
    lines
}

/// A text in exactly so many columns.
fn fit(text: &str, width: usize) -> String {
    match text.chars().count() > width {
        true => text.chars().take(width.saturating_sub(1)).chain(['…']).collect(),
        false => format!("{text:<width$}"),
    }
}
