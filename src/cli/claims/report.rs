//! What was found, as a table, as Markdown or as JSON.

use comfy_table::{Cell, CellAlignment, Color, ContentArrangement, Table};
use serde_json::{Value, json};

use super::claim::{Claim, Outcome, Range, Row, Verdict};
use super::python::Python;
use super::table::TEXT;
use crate::cli::figures::{RULED, figure, wrapped};
use crate::machine::{Cpu, Isa};

/// A version of the schema below; a reader can rely on the fields of the version that it knows.
const VERSION: u32 = 1;
/// Characters of the text in the table.
const WORDS: usize = 54;
/// Characters of a line under it.
const WIDTH: usize = 100;
const LEGEND: &str = "Each value is the median of rounds in which everything took turns, with its quartiles; ~ marks a \
                      verdict that the quartiles do not share. Whatever computes the same was checked to agree.";

/// A claim with what was found of it.
pub struct Found<'a> {
    pub claim: &'a Claim,
    pub rows: Vec<Row>,
}

/// All of it, and where it was found.
pub struct Report<'a> {
    pub cpu: Cpu,
    pub isa: Isa,
    pub python: Result<Python, String>,
    pub found: Vec<Found<'a>>,
}

impl<'a> Report<'a> {
    /// Found on this machine.
    pub fn new(python: Result<Python, String>, found: Vec<Found<'a>>) -> Report<'a> {
        Report { cpu: Cpu::here(), isa: Isa::here(), python, found }
    }

    pub fn table(&self, colored: bool) -> String {
        let mut table = Table::new();
        table.load_style(RULED).set_content_arrangement(ContentArrangement::Disabled);
        if colored {
            table.enforce_styling();
        } else {
            table.force_no_tty();
        }
        let mut header = vec!["", "text says", "toy", ""];
        let others = self.python.is_ok();
        if others {
            header.extend(["Python", ""]);
        }
        table.set_header(header);
        let mut reasons = Vec::new();
        for Found { claim, rows } in &self.found {
            table.add_row([cut(&format!("{}: {}", section(claim), claim.words), WORDS)]);
            for row in rows {
                let mut cells = vec![Cell::new(format!("  {}", row.what)), Cell::new(says(row))];
                let sides = [Some(&row.toy), others.then_some(&row.python)];
                for outcome in sides.into_iter().flatten() {
                    cells.push(Cell::new(value(outcome, &mut reasons)));
                    cells.push(verdict_cell(row, outcome));
                }
                table.add_row(cells);
            }
        }
        for column in [1, 2, 4] {
            if let Some(column) = table.column_mut(column) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        let mut text = format!("{TEXT}\n{}\n\n{table}\n\n", self.place());
        for Found { claim, rows } in &self.found {
            let Claim { name, words, program, .. } = claim;
            text += &wrapped(&format!("{name}: “{words}” {} — {}", program.path, claim.why(rows)), WIDTH);
        }
        text + "\n" + &wrapped(LEGEND, WIDTH) + &notes(&reasons)
    }

    pub fn markdown(&self) -> String {
        let others = self.python.is_ok();
        let mut reasons = Vec::new();
        let mut text = format!("{}\n\n", self.place());
        text += "| § | the text | program | measured | it says | toy | verdict |";
        text += if others { " Python | verdict |\n" } else { "\n" };
        text += "|---|---|---|---|---|---|---|";
        text += if others { "---|---|\n" } else { "\n" };
        for Found { claim, rows } in &self.found {
            for (at, row) in rows.iter().enumerate() {
                let about = match at {
                    0 => format!("| {} | “{}” | `{}` |", claim.section, claim.words, claim.program.path),
                    _ => "| | | |".into(),
                };
                text += &format!("{about} {} | {} |", row.what, says(row));
                for outcome in [Some(&row.toy), others.then_some(&row.python)].into_iter().flatten() {
                    let (value, verdict) = (value(outcome, &mut reasons), verdict(row, outcome));
                    text += &format!(" {value} | {verdict} |");
                }
                text.push('\n');
            }
        }
        text.push('\n');
        for Found { claim, rows } in &self.found {
            text += &format!("- {}: {}\n", claim.name, claim.why(rows));
        }
        text + &format!("\n{LEGEND}\n\n{}", notes(&reasons))
    }

    pub fn json(&self) -> String {
        let claims = self.found.iter().map(|Found { claim, rows }| {
            json!({
                "name": claim.name,
                "section": claim.section,
                "words": claim.words,
                "range": range(&claim.range),
                "unit": claim.unit.name(),
                "program": claim.program.path,
                "why": claim.why(rows),
                "rows": rows.iter().map(|row| json!({
                    "what": row.what,
                    "range": row.range.as_ref().map(range),
                    "unit": row.unit.name(),
                    "toy": outcome(row, &row.toy),
                    "python": outcome(row, &row.python),
                })).collect::<Vec<_>>(),
            })
        });
        let python = match &self.python {
            Ok(python) => json!({ "name": python.name, "numpy": python.numpy, "paths": python.paths }),
            Err(_) => Value::Null,
        };
        let document = json!({
            "version": VERSION,
            "text": TEXT,
            "cpu": self.cpu,
            "isa": self.isa,
            "python": python,
            "note": self.python.as_ref().err(),
            "claims": claims.collect::<Vec<_>>(),
        });
        serde_json::to_string_pretty(&document).expect("numbers and strings") + "\n"
    }

    /// On what it was found.
    fn place(&self) -> String {
        let model = if self.cpu.model.is_empty() { "a CPU without a name" } else { &self.cpu.model };
        let threads = self.cpu.usable_threads;
        let python = match &self.python {
            Ok(python) => format!("{} with NumPy {}", python.name, python.numpy),
            Err(why) => format!("no figures of Python: {why}"),
        };
        format!("{model}, {threads} thread{}; {python}", if threads == 1 { "" } else { "s" })
    }
}

/// `§ 5`, or its name.
fn section(claim: &Claim) -> String {
    let is_number = claim.section.starts_with(|c: char| c.is_ascii_digit());
    if is_number { format!("§ {}", claim.section) } else { claim.section.into() }
}

/// What the text says of a row, and what the row counts.
fn says(row: &Row) -> String {
    let range = row.range.map_or_else(String::new, |range| range.to_string());
    format!("{range}{}", row.unit.sign())
}

/// `34.6 (33.9–35.2)`, one number where the quartiles are the median; where there is none, the number of the reason.
fn value(outcome: &Outcome, reasons: &mut Vec<String>) -> String {
    match outcome {
        Outcome::Untested(why) => {
            let at = reasons.iter().position(|known| known == why).unwrap_or_else(|| {
                reasons.push(why.clone());
                reasons.len() - 1
            });
            format!("untested [{}]", at + 1)
        }
        Outcome::Measured(spread) if spread.low == spread.high => number(spread.median),
        Outcome::Measured(spread) => {
            format!("{} ({}–{})", figure(spread.median), figure(spread.low), figure(spread.high))
        }
    }
}

/// Why some things were not tested.
fn notes(reasons: &[String]) -> String {
    reasons.iter().enumerate().map(|(at, why)| format!("[{}] {why}\n", at + 1)).collect()
}

/// Whole numbers as they are.
fn number(x: f64) -> String {
    if x == x.trunc() && x.abs() < 1e15 { format!("{x}") } else { figure(x) }
}

fn verdict(row: &Row, outcome: &Outcome) -> String {
    let verdict = row.verdict(outcome).map_or("", Verdict::name);
    if row.is_sure(outcome) { verdict.into() } else { format!("~ {verdict}") }
}

fn verdict_cell(row: &Row, outcome: &Outcome) -> Cell {
    let cell = Cell::new(verdict(row, outcome));
    match row.verdict(outcome) {
        Some(Verdict::Inside) => cell.fg(Color::Green),
        Some(Verdict::Below) => cell.fg(Color::Red),
        Some(Verdict::Above) => cell.fg(Color::Yellow),
        None => cell.fg(Color::DarkGrey),
    }
}

/// An end that the text does not name is null.
fn range(range: &Range) -> Value {
    let end = |x: f64| x.is_finite().then_some(x);
    json!({ "low": end(range.low), "high": end(range.high) })
}

fn outcome(row: &Row, outcome: &Outcome) -> Value {
    match outcome {
        Outcome::Measured(spread) => json!({
            "median": spread.median,
            "low": spread.low,
            "high": spread.high,
            "verdict": row.verdict(outcome).map(Verdict::name),
            "sure": row.is_sure(outcome),
        }),
        Outcome::Untested(why) => json!({ "untested": why }),
    }
}

fn cut(text: &str, width: usize) -> String {
    match text.char_indices().nth(width) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.into(),
    }
}

#[cfg(test)]
mod tests;
