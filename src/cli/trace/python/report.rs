//! Both codes side by side, line by line of the source, and the times under them: as text, or as JSON.

use std::fmt::Write;

use serde_json::{Value, json};

use super::child::{Answer, Instruction as Theirs, shown};
use super::measure::{Measured, Times};
use super::pick::Picked;
use super::theirs;
use crate::bytecode::overhead::Overhead;
use crate::cli::figures::figure;
use crate::trace::{Instruction as Ours, ListedChunk, Listing};

const DEBUG: &str = "This toy is a debug build, whose time says nothing.\n";
/// A version of the schema below; a reader can rely on the fields of the version that it knows.
const VERSION: u32 = 1;
/// Columns of the left half, name, operands and counts, and of the right half: 110 in all.
const OP: usize = 14;
const OPERANDS: usize = 26;
const COUNTS: usize = OP + 1 + OPERANDS;
const LEFT: usize = COUNTS + 3 * Overhead::ALL.len() - 2;
const RIGHT: usize = 110 - LEFT - 3;

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

/// CPython's instructions, counted.
struct TheirCount {
    code: usize,
    per_iteration: Option<usize>,
    calls: bool,
    /// Some do the next one's work as well.
    are_fused: bool,
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
            let _ = writeln!(out, "{:indent$}{bars}{overhead}", "", indent = COUNTS);
        }
        let title = format!("toy {}", env!("CARGO_PKG_VERSION"));
        let _ =
            writeln!(out, "{title:<width$}{} │ {python}", "│  ".repeat(Overhead::ALL.len()).trim_end(), width = COUNTS);
        for line in &lines {
            let text = self.listing.lines.get(line.number as usize - 1).map_or("", String::as_str);
            let _ = writeln!(out, "{:>5} | {}", line.number, text.trim_end());
            for at in 0..line.ours.len().max(line.theirs.len()) {
                let left = line.ours.get(at).map_or_else(String::new, |ours| our_row(ours));
                let right = line.theirs.get(at).map_or_else(String::new, |theirs| their_row(theirs));
                let row = format!("{left}{:pad$} │ {right}", "", pad = LEFT.saturating_sub(width(&left)));
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
        let _ = writeln!(out, "{:<54}{:>28}{python:>28}", "", "toy");
        let mut row = |name: String, left: String, right: String| {
            out += format!("{name:<54}{left:>28}{right:>28}").trim_end();
            out.push('\n');
        };
        let dash = || "–".to_string();
        row(
            "instructions of the loop's code".into(),
            picked.instructions.to_string(),
            theirs.as_ref().map_or_else(dash, |theirs| theirs.code.to_string()),
        );
        row(
            "executed per iteration, with inner loops and calls".into(),
            picked.instructions_per_iteration.map_or_else(dash, figure),
            match &theirs {
                Some(TheirCount { per_iteration: Some(count), calls: false, .. }) => count.to_string(),
                Some(TheirCount { per_iteration: Some(count), calls: true, .. }) => format!("{count}, and its calls"),
                Some(TheirCount { per_iteration: None, .. }) => "not known: it branches".into(),
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
            let both = measured.toy.is_some() && measured.python.is_some();
            let _ = writeln!(
                out,
                "The clock was read before and after the {}{} in {};\n\
                 iterations were counted in a run of toy's of its own. {}'s code is shown as a run left it.",
                if measured.of_statement { "statement" } else { "loop" },
                if both { " in the same script under both," } else { "," },
                count(rounds as u64, "round") + if both { " that alternate" } else { "" },
                self.answer.implementation
            );
            if cfg!(debug_assertions) {
                out += DEBUG;
            }
        }
        if theirs.is_some_and(|theirs| theirs.are_fused) {
            out += "An instruction of CPython's with two names does the next one's work as well; both count as one.\n";
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
            let _ = writeln!(out, "python3 stopped with an error: {}", shown(error));
        }
        for note in self.measured.iter().flat_map(|measured| &measured.notes) {
            out += &wrapped(note);
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
                    theirs.as_ref().and_then(|theirs| theirs.per_iteration),
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
                let counted = cycle.as_ref().map(|cycle| TheirCount {
                    code: cycle.instructions.len(),
                    per_iteration: cycle.executed,
                    calls: cycle.calls,
                    are_fused: cycle.instructions.iter().any(|instruction| theirs::takes_next(instruction)),
                });
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
    cut(&format!("{:>4} {:<26} {}", theirs.offset, theirs.op, shown(&theirs.arg)), RIGHT)
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

/// Lines of at most the report's width.
fn wrapped(text: &str) -> String {
    let (mut out, mut column) = (String::new(), 0);
    for word in text.split(' ') {
        if column > 0 && column + 1 + width(word) > LEFT + 3 + RIGHT {
            out.push('\n');
            column = 0;
        } else if column > 0 {
            out.push(' ');
            column += 1;
        }
        out += word;
        column += width(word);
    }
    out + "\n"
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

#[cfg(test)]
mod tests;
