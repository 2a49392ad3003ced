//! `--summary`: exact counts for each loop and line.

use comfy_table::{Cell, CellAlignment, ContentArrangement, Table};

use super::bars::{self, DEBUG, METHOD};
use super::columns::KINDS;
use super::cost::Costs;
use crate::cli::figures::RULED;
use crate::trace::{Listing, LoopId, Tally, Totals};

const LEGEND: &str = "
Every event was counted. A line's row has its own events; calls that it makes are counted where their code stands.
useful: arithmetic that the program asked for ÷ all events. other: what none of the eight overheads covers, such as
names looked up, frames of calls, and routines that are not taken apart. Tests that end a loop are in no iteration.
";

/// All loops with their lines and with what was measured of them, then what runs outside of loops, then everything.
pub fn summary(listing: &Listing, totals: &Totals, costs: &Costs) -> String {
    let mut text = String::new();
    for (at, script_loop) in listing.loops.iter().enumerate() {
        let id = LoopId(at as u32);
        let counted = &totals.loops[at];
        if counted.entries == 0 {
            continue;
        }
        let mut table = table();
        let n = counted.iterations;
        row(&mut table, "one iteration".into(), &counted.in_iterations, n);
        for line in totals.lines(listing).iter().filter(|line| line.innermost == Some(id)) {
            let source = listing.lines.get(line.line as usize - 1).map_or("", |line| line.trim());
            row(&mut table, format!("{:>4} │ {}", line.line, cut(source, 36)), &(line.tally - line.ending), n);
        }
        let (least, most) = (counted.least, counted.most);
        let spread = if least == most { format!("each {least}") } else { format!("{least} to {most}") };
        let entered = if counted.entries == 1 { "once".into() } else { format!("{} times", counted.entries) };
        let iterations = if n == 1 { "1 iteration".into() } else { format!("{n} iterations") };
        text += &format!(
            "Loop of line {}: {}\nentered {entered}, {iterations}, {spread} events; in each, with all that it calls:\n{table}\n\n",
            script_loop.line, script_loop.text
        );
        match costs.get(at).and_then(Option::as_ref) {
            Some(Ok(cost)) => text += &format!("{}\n", bars::bars(cost)),
            Some(Err(why)) => text += &format!("Its time is not known: {why}.\n\n"),
            None => {}
        }
    }
    let mut table = table();
    row(&mut table, "the whole run".into(), &totals.tally(), 1);
    text += &format!("All {} instructions that ran, loops and everything else:\n{table}\n{LEGEND}", totals.steps);
    if costs.iter().flatten().any(Result::is_ok) {
        text += METHOD;
        text += if cfg!(debug_assertions) { DEBUG } else { "" };
    }
    text
}

fn table() -> Table {
    let mut table = Table::new();
    table.load_style(RULED).set_content_arrangement(ContentArrangement::Disabled);
    let mut header = vec![Cell::new("")];
    header.extend(KINDS.iter().map(|column| Cell::new(column.heading).set_alignment(CellAlignment::Right)));
    header.extend(["all", "useful"].map(|name| Cell::new(name).set_alignment(CellAlignment::Right)));
    table.set_header(header);
    table
}

fn row(table: &mut Table, name: String, tally: &Tally, iterations: u64) {
    let mut cells = vec![Cell::new(name)];
    let mut number = |count: u64| cells.push(Cell::new(per(count, iterations)).set_alignment(CellAlignment::Right));
    for column in KINDS {
        number(column.count(tally));
    }
    number(tally.total());
    let share = tally.useful_share().map_or(String::new(), |share| format!("{:.1} %", 100.0 * share));
    cells.push(Cell::new(share).set_alignment(CellAlignment::Right));
    table.add_row(cells);
}

/// A count for each iteration: whole if it is, else with two digits.
fn per(count: u64, iterations: u64) -> String {
    match iterations {
        _ if count == 0 => "·".into(),
        0 => count.to_string(),
        n if count.is_multiple_of(n) => (count / n).to_string(),
        n => format!("{:.2}", count as f64 / n as f64),
    }
}

fn cut(text: &str, width: usize) -> String {
    match text.char_indices().nth(width) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.into(),
    }
}
