//! The counts of the step, of the iteration and of the loop so far, one column for each kind of event; and what an
//! iteration takes, if that was measured.

use ratatui::text::{Line, Span};

use super::theme::Theme;
use crate::cli::trace::bars::ns;
use crate::cli::trace::columns::{Column, KINDS, OVERHEADS};
use crate::cli::trace::cost::Costs;
use crate::trace::cost::Cost;
use crate::trace::{Listing, Step, Tally};

/// Lines of the table, without that of the times.
pub const HEIGHT: u16 = 4;

/// Columns of the terminal for all events and for the useful share.
const ALL: usize = 15;

/// The table's measures.
struct Shape {
    columns: &'static [Column],
    name: usize,
    count: usize,
}

impl Shape {
    fn of(width: usize) -> Shape {
        let wide = Shape { columns: KINDS, name: 20, count: 7 };
        if wide.name + wide.count * wide.columns.len() + ALL <= width {
            return wide;
        }
        let name = 16;
        Shape { columns: OVERHEADS, name, count: ((width.saturating_sub(name + ALL)) / OVERHEADS.len()).clamp(3, 7) }
    }
}

pub fn lines(listing: &Listing, step: &Step, costs: &Costs, theme: Theme, width: usize) -> Vec<Line<'static>> {
    let shape = Shape::of(width);
    let mut heading = vec![Span::raw(" ".repeat(shape.name))];
    for column in shape.columns {
        let text = format!("{:>1$}", column.short, shape.count);
        heading.push(Span::styled(text, theme.overhead(column.kinds[0].overhead())));
    }
    heading.push(Span::styled(format!("{:>7}{:>8}", "all", "useful"), theme.strong()));
    let mut this = Tally::default();
    step.events.iter().for_each(|event| this.count(event.kind()));
    let mut lines = vec![Line::from(heading), row("this step", &this, &shape, theme)];
    match step.position.innermost {
        Some(inner) => {
            let line = listing.script_loop(inner.id).line;
            lines.push(row(&format!("iteration {}", inner.iteration), &step.iteration, &shape, theme));
            lines.push(row(&format!("loop of line {line}"), &step.looped, &shape, theme));
            match costs.get(inner.id.0 as usize).and_then(Option::as_ref) {
                Some(Ok(cost)) => lines.push(times(cost, &shape, theme)),
                Some(Err(why)) => lines.push(Line::styled(format!("no time: {why}"), theme.dim())),
                None => {}
            }
        }
        None => lines.push(Line::styled("no loop runs", theme.dim())),
    }
    lines
}

fn row(name: &str, tally: &Tally, shape: &Shape, theme: Theme) -> Line<'static> {
    let name: String = name.chars().take(shape.name).collect();
    let mut spans = vec![Span::raw(format!("{name:<0$}", shape.name))];
    for column in shape.columns {
        let count = column.count(tally);
        let style = if count == 0 { theme.dim() } else { theme.overhead(column.kinds[0].overhead()) };
        let text = if count == 0 { "·".into() } else { number(count, shape.count - 1) };
        spans.push(Span::styled(format!("{text:>0$}", shape.count), style));
    }
    let share = tally.useful_share().map_or("–".into(), |share| format!("{:.1} %", 100.0 * share));
    spans.push(Span::styled(format!("{:>7}{share:>8}", number(tally.total(), 6)), theme.strong()));
    Line::from(spans)
}

/// Nanoseconds of an iteration by overhead, of memory accesses under the first of their columns; then their sum with the
/// remainder, and the remainder.
fn times(cost: &Cost, shape: &Shape, theme: Theme) -> Line<'static> {
    let mut spans = vec![Span::raw(format!("{:<1$}", "ns, and the rest", shape.name))];
    let mut last = None;
    for column in shape.columns {
        let overhead = column.kinds[0].overhead();
        let part = cost.parts.iter().find(|part| part.overhead == overhead && last != Some(overhead));
        last = Some(overhead);
        let text = match part.map(|part| part.time) {
            Some(Some(time)) => ns(time.median),
            Some(None) => "·".into(),
            None => String::new(),
        };
        spans.push(Span::styled(format!("{text:>0$}", shape.count), theme.overhead(overhead)));
    }
    let rest = format!("+{}", ns(cost.remainder.median)).replace("+-", "-");
    spans.push(Span::styled(format!("{:>7}{rest:>8}", ns(cost.total.median)), theme.strong()));
    Line::from(spans)
}

/// A count in so many columns: exact if it fits, else rounded and marked as such.
fn number(count: u64, width: usize) -> String {
    let exact = count.to_string();
    if exact.len() <= width {
        return exact;
    }
    let units = [(1_000, "k"), (1_000_000, "M"), (1_000_000_000, "G"), (1_000_000_000_000, "T")];
    let fits = |(unit, letter): (u64, &str)| {
        let text = format!("≈{}{letter}", count / unit);
        (text.chars().count() <= width).then_some(text)
    };
    units.into_iter().find_map(fits).unwrap_or_else(|| "…".into())
}
