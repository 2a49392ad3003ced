//! The counts of the step, of the iteration and of the loop so far, one column for each kind of event.

use ratatui::text::{Line, Span};

use super::theme::Theme;
use crate::bytecode::overhead::Overhead;
use crate::trace::{EventKind, Listing, Step, Tally};

/// Lines of the table.
pub const HEIGHT: u16 = 4;

/// Columns where there is room: a heading, and what it counts.
const KINDS: &[(&str, &[EventKind])] = &[
    ("dispatch", &[EventKind::Dispatch]),
    ("bounds", &[EventKind::BoundsCheck]),
    ("deref", &[EventKind::Dereference]),
    ("type", &[EventKind::TypeCheck]),
    ("load", &[EventKind::Load]),
    ("store", &[EventKind::Store]),
    ("alloc", &[EventKind::Allocate]),
    ("ref±1", &[EventKind::Retain, EventKind::Release]),
    ("arith", &[EventKind::Arithmetic]),
    ("count", &[EventKind::LoopCounter]),
    ("branch", &[EventKind::Branch]),
    ("other", &[EventKind::Other]),
];
/// Columns of a row's name.
const NAME: usize = 22;
/// Columns of each count.
const COUNT: usize = 7;

pub fn lines(listing: &Listing, step: &Step, theme: Theme, width: usize) -> Vec<Line<'static>> {
    let fits = (width.saturating_sub(NAME + 2 * COUNT + 1)) / COUNT;
    let shown = &KINDS[..KINDS.len().min(fits)];
    let mut heading = vec![Span::raw(format!("{:NAME$}", ""))];
    for (name, kinds) in shown {
        heading.push(Span::styled(format!("{:>COUNT$}", short(name, COUNT - 1)), theme.overhead(kinds[0].overhead())));
    }
    heading.push(Span::styled(format!("{:>COUNT$}{:>2$}", "all", "useful", COUNT + 1), theme.strong()));
    let mut this = Tally::default();
    step.events.iter().for_each(|event| this.count(event.kind()));
    let mut lines = vec![Line::from(heading), row("this step", &this, shown, theme)];
    match step.position.innermost {
        Some(inner) => {
            let line = listing.script_loop(inner.id).line;
            lines.push(row(&format!("iteration {}", inner.iteration), &step.iteration, shown, theme));
            lines.push(row(&format!("loop of line {line} so far"), &step.looped, shown, theme));
        }
        None => lines.push(Line::styled("no loop runs", theme.dim())),
    }
    lines
}

fn row(name: &str, tally: &Tally, shown: &[(&str, &[EventKind])], theme: Theme) -> Line<'static> {
    let mut spans = vec![Span::raw(format!("{:<NAME$}", short(name, NAME)))];
    for (_, kinds) in shown {
        let count: u64 = kinds.iter().map(|kind| tally[*kind]).sum();
        let overhead: Overhead = kinds[0].overhead();
        spans.push(match count {
            0 => Span::styled(format!("{:>COUNT$}", "·"), theme.dim()),
            _ => Span::styled(format!("{:>COUNT$}", number(count)), theme.overhead(overhead)),
        });
    }
    let share = tally.useful_share().map_or("–".into(), |share| format!("{:.1} %", 100.0 * share));
    spans.push(Span::styled(format!("{:>COUNT$}{share:>1$}", number(tally.total()), COUNT + 1), theme.strong()));
    Line::from(spans)
}

/// A count in six columns: exact up to a million, then rounded, and marked as such.
fn number(count: u64) -> String {
    match count {
        0..=999_999 => count.to_string(),
        1_000_000..=999_999_999 => format!("≈{:.1}M", count as f64 / 1e6),
        _ => format!("≈{:.1}G", count as f64 / 1e9),
    }
}

fn short(text: &str, width: usize) -> String {
    text.chars().take(width).collect()
}
