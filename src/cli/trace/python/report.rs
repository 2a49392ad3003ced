//! Both codes side by side, line by line of the source, and the times under them: as text, or as JSON.

use std::fmt::Write;

use serde_json::{Value, json};

use super::child::{Answer, Instruction as Theirs};
use super::measure::{Measured, Times};
use super::pick::Picked;
use super::theirs;
use crate::bytecode::overhead::Overhead;
use crate::trace::{Instruction as Ours, ListedChunk, Listing};

/// A version of the schema below; a reader can rely on the fields of the version that it knows.
const VERSION: u32 = 1;
/// Columns of the left half: name, operands, counts.
const OP: usize = 13;
const OPERANDS: usize = 24;
const LEFT: usize = OP + OPERANDS + 3 * Overhead::ALL.len();
const RIGHT: usize = 44;

pub struct Report<'a> {
    pub script: &'a str,
    pub listing: &'a Listing,
    pub picked: Option<Picked>,
    pub answer: Answer,
    pub measured: Option<Measured>,
}

/// A line of the source with what it became.
struct Line<'a> {
    number: u32,
    ours: Vec<&'a Ours>,
    theirs: Vec<&'a Theirs>,
}

/// Instructions of an iteration, or of the code.
struct TheirCount {
    code: usize,
    is_exact: bool,
}

impl Report<'_> {
    pub fn text(&self) -> String {
        let mut out = String::new();
        let python = format!("{} {}", self.answer.implementation, self.answer.version);
        match &self.picked {
            Some(picked) => {
                let _ = writeln!(
                    out,
                    "{}, line {}, in {}: {}\n{} in {}\n",
                    self.script,
                    picked.line,
                    picked.function,
                    picked.text,
                    count(picked.iterations, "iteration"),
                    count(picked.entries, "entry")
                );
            }
            None => {
                let _ = writeln!(out, "{}: no loop runs; the code of the module\n", self.script);
            }
        }
        let (lines, _) = self.lines();
        for (at, overhead) in Overhead::ALL.iter().enumerate() {
            let bars = "│  ".repeat(at);
            let _ = writeln!(out, "{:indent$}{bars}{overhead}", "", indent = OP + OPERANDS + 1);
        }
        let title = format!("toy {}", env!("CARGO_PKG_VERSION"));
        let _ =
            writeln!(out, "{title:<width$}{} │ {python}", "│  ".repeat(Overhead::ALL.len()), width = OP + OPERANDS + 1);
        for line in &lines {
            let text = self.listing.lines.get(line.number as usize - 1).map_or("", String::as_str);
            let _ = writeln!(out, "{:>5} | {}", line.number, text.trim_end());
            for at in 0..line.ours.len().max(line.theirs.len()) {
                let left = line.ours.get(at).map_or_else(String::new, |ours| our_row(ours));
                let right = line.theirs.get(at).map_or_else(String::new, |theirs| their_row(theirs));
                let row = format!("{left}{:pad$} │ {right}", "", pad = (LEFT + 1).saturating_sub(width(&left)));
                let _ = writeln!(out, "{}", row.trim_end());
            }
        }
        out.push('\n');
        out + &self.table(&python)
    }

    fn table(&self, python: &str) -> String {
        let mut out = String::new();
        let (_, theirs) = self.lines();
        let Some(picked) = &self.picked else { return self.notes() };
        let none = Measured::default();
        let measured = self.measured.as_ref().unwrap_or(&none);
        let statement = if measured.of_statement { " of the statement around it" } else { "" };
        let _ = writeln!(out, "{:<52}{:>28}{python:>28}", "", "toy");
        let mut row = |name: String, left: String, right: String| {
            let _ = writeln!(out, "{name:<52}{left:>28}{right:>28}");
        };
        let dash = || "–".to_string();
        row(
            "instructions of the loop's code".into(),
            picked.instructions.to_string(),
            theirs.as_ref().map_or_else(dash, |theirs| theirs.code.to_string()),
        );
        row(
            "instructions per iteration, with inner loops, calls".into(),
            picked.instructions_per_iteration.map_or_else(dash, figure),
            match &theirs {
                Some(TheirCount { code, is_exact: true }) => code.to_string(),
                Some(TheirCount { is_exact: false, .. }) => "not known: it branches".into(),
                None => dash(),
            },
        );
        row("events per iteration".into(), picked.events_per_iteration.map_or_else(dash, figure), dash());
        let median = |times: &Option<Times>| times.as_ref().map_or_else(dash, |t| figure(t.ns_per_iteration.median));
        let quartiles = |times: &Option<Times>| {
            times.as_ref().map_or_else(dash, |t| {
                format!("{} – {}", figure(t.ns_per_iteration.low), figure(t.ns_per_iteration.high))
            })
        };
        row(format!("ns per iteration{statement}, median"), median(&measured.toy), median(&measured.python));
        row("  quartiles".into(), quartiles(&measured.toy), quartiles(&measured.python));
        if let (Some(toy), Some(python)) = (&measured.toy, &measured.python) {
            let ratio = toy.ns_per_iteration.median / python.ns_per_iteration.median;
            row(format!("toy's time divided by {}'s", self.answer.implementation), figure(ratio), String::new());
        }
        out.push('\n');
        if let Some(rounds) = [&measured.toy, &measured.python].into_iter().flatten().map(|times| times.rounds).max() {
            let _ = writeln!(
                out,
                "The clock was read before and after the {} in the same script under both, in {} that alternate;\n\
                 iterations were counted in a run of toy's of its own. Output is kept from the terminal.",
                if measured.of_statement { "statement" } else { "loop" },
                count(rounds as u64, "round")
            );
        }
        if measured.same_output == Some(true) {
            out += "Both printed the same.\n";
        }
        out + &self.notes()
    }

    fn notes(&self) -> String {
        let mut out = String::new();
        if self.measured.is_none()
            && let Some(error) = &self.answer.error
        {
            let _ = writeln!(out, "python3 stopped with an error: {}", super::child::shown(error));
        }
        for note in self.measured.iter().flat_map(|measured| &measured.notes) {
            let _ = writeln!(out, "{note}");
        }
        if let Some(executable) = &self.answer.executable {
            let _ = writeln!(out, "python3 is {executable}");
        }
        out
    }

    pub fn json(&self) -> String {
        let (lines, theirs) = self.lines();
        let lines: Vec<Value> = lines
            .iter()
            .map(|line| {
                let ours: Vec<Value> = line
                    .ours
                    .iter()
                    .map(|ours| {
                        let declared = ours.declared.iter().flat_map(|counts| counts.iter());
                        let events: serde_json::Map<String, Value> = declared
                            .map(|(overhead, count)| (overhead.name().replace(' ', "_"), json!(count)))
                            .collect();
                        json!({ "op": ours.op, "operands": ours.operands, "label": ours.label, "events": events })
                    })
                    .collect();
                let text = self.listing.lines.get(line.number as usize - 1);
                json!({ "line": line.number, "text": text, "toy": ours, "python": line.theirs })
            })
            .collect();
        let report = json!({
            "version": VERSION,
            "script": self.script,
            "toy": { "version": env!("CARGO_PKG_VERSION") },
            "python": {
                "version": self.answer.version,
                "implementation": self.answer.implementation,
                "executable": self.answer.executable,
                "error": self.answer.error,
                "instructions": theirs.as_ref().map(|theirs| theirs.code),
                "instructions_per_iteration":
                    theirs.as_ref().filter(|theirs| theirs.is_exact).map(|theirs| theirs.code),
            },
            "loop": self.picked,
            "lines": lines,
            "measured": self.measured,
        });
        serde_json::to_string_pretty(&report).expect("numbers and strings") + "\n"
    }

    /// The lines of the loop, or of the module, that became code.
    fn lines(&self) -> (Vec<Line<'_>>, Option<TheirCount>) {
        let (ours, theirs, counted): (Vec<&Ours>, Vec<&Theirs>, _) = match &self.picked {
            Some(picked) => {
                let found = self.listing.script_loop(picked.id);
                let code = &self.listing.chunk(found.chunk).code[found.start as usize..found.end as usize];
                let cycle = theirs::cycle(&self.answer.codes, picked);
                let counted = cycle
                    .as_ref()
                    .map(|cycle| TheirCount { code: cycle.instructions.len(), is_exact: cycle.is_straight });
                (code.iter().collect(), cycle.map_or_else(Vec::new, |cycle| cycle.instructions), counted)
            }
            None => {
                let module = self.answer.codes.first();
                let ours = self.listing.chunks.first().map_or(&[][..], |chunk: &ListedChunk| &chunk.code);
                (ours.iter().collect(), module.map_or_else(Vec::new, |code| code.instructions.iter().collect()), None)
            }
        };
        let numbers = ours.iter().map(|ours| ours.start.0).chain(theirs.iter().map(|theirs| theirs.line));
        let mut numbers: Vec<u32> = numbers.filter(|number| *number > 0).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let lines = numbers.into_iter().map(|number| Line {
            number,
            ours: ours.iter().filter(|ours| ours.start.0 == number && ours.declared.is_some()).copied().collect(),
            theirs: theirs.iter().filter(|theirs| theirs.line == number).copied().collect(),
        });
        (lines.collect(), counted)
    }
}

/// `Add          total ← total, x         1  ·  2 …`
fn our_row(ours: &Ours) -> String {
    let label = ours.label.map(|label| format!("L{label}: ")).unwrap_or_default();
    let mut row = format!("{:<OP$} {:<OPERANDS$}", ours.op, cut(&format!("{label}{}", ours.operands), OPERANDS - 1));
    if let Some(declared) = &ours.declared {
        for overhead in Overhead::ALL {
            let _ = match declared[overhead] {
                0 => write!(row, "·  "),
                count => write!(row, "{count:<3}"),
            };
        }
    }
    row.trim_end().to_owned()
}

fn their_row(theirs: &Theirs) -> String {
    cut(&format!("{:>4} {:<26} {}", theirs.offset, theirs.op, super::child::shown(&theirs.arg)), RIGHT)
}

fn width(text: &str) -> usize {
    text.chars().count()
}

fn cut(text: &str, most: usize) -> String {
    match width(text) > most {
        true => text.chars().take(most - 1).chain(['…']).collect(),
        false => text.to_owned(),
    }
}

/// `1 round`, `3 entries`
fn count(number: u64, what: &str) -> String {
    match (number, what.strip_suffix('y')) {
        (1, _) => format!("1 {what}"),
        (_, Some(stem)) => format!("{number} {stem}ies"),
        (_, None) => format!("{number} {what}s"),
    }
}

pub fn times(number: u64) -> String {
    match number {
        1 => "once".into(),
        2 => "twice".into(),
        number => format!("{number} times"),
    }
}

/// Three significant digits.
pub fn figure(x: f64) -> String {
    match x.abs() {
        0.0 => "0".to_string(),
        x if x >= 100.0 => format!("{x:.0}"),
        x if x >= 10.0 => format!("{x:.1}"),
        x if x >= 1.0 => format!("{x:.2}"),
        x => format!("{x:.3}"),
    }
}
