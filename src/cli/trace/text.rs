//! Steps as text, one block each.

use std::collections::HashMap;
use std::fmt::Write;
use std::sync::Arc;

use crate::trace::{Address, BoxState, KernelStep, Listing, State, Step, Tally, Variable};

/// Prints steps one after the other, and remembers what the last one left.
pub struct Printer {
    listing: Arc<Listing>,
    before: Option<Step>,
    /// What the step before left.
    left: State,
}

/// Columns of the names of overheads.
const NAME: usize = 15;

impl Printer {
    pub fn new(listing: Arc<Listing>) -> Printer {
        Printer { listing, before: None, left: State::default() }
    }

    /// What the first of several steps finds.
    pub fn found(&mut self, state: &State) -> String {
        self.left = state.clone();
        self.end()
    }

    /// What is to be said behind the last of several steps.
    pub fn end(&mut self) -> String {
        let last = self.before.take().filter(|last| last.position.innermost.is_some());
        last.map_or(String::new(), |last| self.iteration(&last))
    }

    /// A step's block, with a heading where an iteration begins.
    pub fn step(&mut self, step: Step) -> String {
        let mut text = String::new();
        let at = step.position;
        let before = self.before.take();
        if let Some(found) = at.innermost.filter(|found| found.begins) {
            if let Some(before) = &before
                && before.position.innermost.is_some_and(|was| was.id == found.id && was.depth == found.depth)
            {
                text += &self.iteration(before);
            }
            let script_loop = self.listing.script_loop(found.id);
            let number = self.listing.number(script_loop.line);
            let _ = writeln!(text, "━━ line {number}: {}  iteration {}\n", script_loop.text, found.iteration);
        }
        let instruction = self.listing.instruction(at.chunk, at.pc);
        let line = self.listing.lines.get(at.line as usize - 1).map_or("", String::as_str);
        let _ = writeln!(text, "step {}  {} {}", at.number, instruction.op, instruction.operands);
        let _ = writeln!(text, "{:>5} │ {line}", self.listing.number(at.line));
        if let Some(marks) = marks(line, instruction.start, instruction.end) {
            let _ = writeln!(text, "      │ {marks}");
        }
        for event in &step.events {
            let _ = writeln!(text, "    {:<NAME$}{}", event.overhead().name(), event.words());
        }
        for kernel in &step.kernels {
            text += &of_kernel(kernel);
        }
        text += &changes(&self.left, &step);
        self.left = step.state.clone();
        if !step.prints.is_empty() {
            let _ = writeln!(text, "    {:<NAME$}{:?}", "prints", step.prints);
        }
        text.push('\n');
        self.before = Some(step);
        text
    }

    /// What an iteration cost, at its end.
    fn iteration(&self, last: &Step) -> String {
        let number = last.position.innermost.map_or(0, |inner| inner.iteration);
        format!("   iteration {number} so far: {}\n\n", tally(&last.iteration))
    }
}

/// `72 events: 7 dispatches, 3 bounds checks …, 4.2 % of them arithmetic`
pub fn tally(tally: &Tally) -> String {
    let mut text = format!("{} events", tally.total());
    let mut separator = ": ";
    for (kind, count) in tally.iter().filter(|(_, count)| *count > 0) {
        let _ = write!(text, "{separator}{} {count}", kind.name());
        separator = ", ";
    }
    if let Some(share) = tally.useful_share() {
        let _ = write!(text, "; useful: {:.1} %", 100.0 * share);
    }
    text
}

/// Carets under the part of a line from one place up to another.
fn marks(line: &str, start: (u32, u32), end: (u32, u32)) -> Option<String> {
    let width = line.chars().count();
    let first = start.1 as usize - 1;
    let last = if end.0 == start.0 { end.1 as usize - 1 } else { width };
    (first < last && last <= width).then(|| " ".repeat(first) + &"^".repeat(last - first))
}

/// What a step changed: registers and variables with the boxes that they point to now, boxes that are new or changed,
/// boxes that are gone.
fn changes(before: &State, step: &Step) -> String {
    let mut text = String::new();
    let now = &step.state;
    let known: HashMap<Address, &Arc<BoxState>> = before.boxes.iter().map(|found| (found.address, found)).collect();
    let mut told = Vec::new();
    let same = |was: &Variable, is: &Variable| was.name == is.name && was.address == is.address;
    for variable in now.registers.iter().chain(&now.globals) {
        if before.registers.iter().chain(&before.globals).any(|was| same(was, variable)) {
            continue;
        }
        told.push(variable.address);
        let _ = match now.find(variable.address) {
            Some(found) => writeln!(text, "    {:<NAME$}{} ──→ {found}", "points to", variable.name),
            None => writeln!(text, "    {:<NAME$}{} ──→ {}", "points to", variable.name, variable.address),
        };
    }
    for found in &now.boxes {
        let changed = known.get(&found.address).is_none_or(|was| *was != found);
        if changed && known.contains_key(&found.address) && !told.contains(&found.address) {
            let _ = writeln!(text, "    {:<NAME$}{found}", "is now");
        }
    }
    for event in step.events.iter().filter(|event| event.frees()) {
        if let Some(of) = event.about() {
            let was = known.get(&of.address).map_or(of.to_string(), |was| was.to_string());
            let _ = writeln!(text, "    {:<NAME$}{was}", "freed");
        }
    }
    text
}

/// One dispatch for many elements.
fn of_kernel(kernel: &KernelStep) -> String {
    let mut text = String::new();
    let mut line = |name: &str, words: String| {
        let _ = writeln!(text, "    {name:<NAME$}{words}");
    };
    line("kernel", format!("{} → {}", kernel.expression, kernel.result));
    line("", kernel.operands.join(", "));
    let threads = kernel.threads.map_or("threads unknown".into(), |threads| format!("{threads} thread(s)"));
    line("", format!("one dispatch for {} elements, by {}, {threads}", kernel.elements, kernel.runner));
    line(
        "",
        format!(
            "{} operations, {} bytes read, {} bytes written, {} bytes of machine code",
            kernel.operations, kernel.bytes_read, kernel.bytes_written, kernel.code_bytes
        ),
    );
    for stage in kernel.machine_code.iter().filter(|_| kernel.compiled) {
        for (number, code) in stage.lines.iter().enumerate() {
            let mark = if stage.main_loop.contains(&number) { "│" } else { " " };
            line("", format!("  {mark} {code}"));
        }
    }
    text
}
