//! Compiled code as text, beside the source it came from; and the table of bytecodes as a document.

use std::fmt::Write;
use std::rc::Rc;

use super::chunk::{Chunk, Constant, Flags, Instr, Pc, Program};
use super::op::{Op, Operand};
use super::overhead::{Counts, Overhead};
use super::verify::{defaults, reads, takes_next};
use crate::source::{Source, Span};

/// Width of the columns before the operands: number, label, operation.
const OPERANDS_AT: usize = 28;
/// The operands' column is as wide as the widest of them, up to this.
const MAX_OPERANDS: usize = 48;
/// Longer constants are cut.
const MAX_CONSTANT: usize = 32;

/// The code of a program: each function's instructions under the source lines they came from, and beside each
/// instruction how often its fast path pays each overhead.
pub fn disassemble(program: &Program, source: &Source) -> String {
    disassemble_noted(program, source, &|_, _| None)
}

/// The same, with what is to be said of single instructions behind them.
pub fn disassemble_noted(
    program: &Program,
    source: &Source,
    note: &dyn Fn(&Rc<Chunk>, Pc) -> Option<String>,
) -> String {
    let listings = listings(program);
    let widest = listings.iter().flat_map(|listing| &listing.rows).map(|row| row.operands.chars().count());
    let width = widest.max().unwrap_or(0).min(MAX_OPERANDS);
    let mut text = staircase(OPERANDS_AT + width);
    for listing in listings {
        text.push('\n');
        listing.print(source, width, note, &mut text);
    }
    text
}

/// Every function's rows: the module's first, then each function's before those inside it.
pub fn listings(program: &Program) -> Vec<Listing> {
    let mut listings = Vec::new();
    let mut pending = vec![program.main.clone()];
    while let Some(chunk) = pending.pop() {
        listings.push(Listing::new(program, &chunk));
        pending.extend(chunk.functions.iter().rev().cloned());
    }
    listings
}

/// Every operation with its operands and meaning, and what each way through its handler pays.
pub fn overhead_table() -> String {
    const COUNTS_AT: usize = 34;
    let mut text =
        String::from("The bytecodes of toy, and what one execution pays on each way through its handler.\n\n");
    for overhead in Overhead::ALL {
        let _ = writeln!(text, "{:<14} {}", overhead.name(), overhead.meaning());
    }
    text.push_str("\nFields a, b and c hold:\n\n");
    let mut kinds: Vec<Operand> = Vec::new();
    for operand in Op::ALL.iter().flat_map(|op| op.operands()) {
        if operand != Operand::Unused && !kinds.contains(&operand) {
            kinds.push(operand);
            let _ = writeln!(text, "{:<14} {}", operand_name(operand), operand_meaning(operand));
        }
    }
    text.push('\n');
    text.push_str(&staircase(COUNTS_AT));
    for op in Op::ALL {
        let operands: Vec<&str> =
            op.operands().into_iter().filter(|operand| *operand != Operand::Unused).map(operand_name).collect();
        let _ = writeln!(text, "\n{} ({})", op.name(), operands.join(" "));
        let _ = writeln!(text, "    {}", op.meaning());
        for path in op.paths().iter().filter(|_| !is_word(*op)) {
            let _ = writeln!(text, "    {:<width$}{}", path.name, columns(&path.counts), width = COUNTS_AT - 4);
        }
    }
    text
}

/// One function's rows, before the widths are known.
pub struct Listing {
    pub chunk: Rc<Chunk>,
    /// The name with its parameters, and how many registers there are.
    pub title: String,
    /// One for each word of the code.
    pub rows: Vec<Row>,
    /// Where exceptions go, in words.
    handlers: Vec<String>,
}

/// One word of the code.
pub struct Row {
    pub span: Span,
    /// The number of the label here, from 0.
    pub label: Option<usize>,
    pub op: &'static str,
    pub operands: String,
    /// What its fast path pays; none of a word that is never executed by itself.
    pub counts: Option<Counts>,
}

impl Listing {
    fn new(program: &Program, chunk: &Rc<Chunk>) -> Listing {
        let labels = labels(chunk);
        let printer = Printer { program, chunk, labels: &labels };
        let rows = (0..).map(Pc).zip(chunk.code.iter().zip(&chunk.spans)).map(|(pc, (instr, span))| {
            let before = (pc.0 as usize).checked_sub(1).map(|at| chunk.code[at].op);
            let word = before.is_some_and(takes_next);
            Row {
                span: *span,
                label: labels.binary_search(&pc).ok(),
                op: instr.op.name(),
                operands: printer.operands(*instr, before),
                counts: instr.op.paths().first().filter(|_| !word).map(|path| path.counts),
            }
        });
        let label = |pc: Pc| match labels.binary_search(&pc) {
            Ok(at) if (pc.0 as usize) < chunk.code.len() => format!("L{}", at + 1),
            _ => "the end".to_owned(),
        };
        let handlers = chunk.handlers.iter().map(|handler| {
            let (start, end, target) = (label(handler.start), label(handler.end), label(handler.target));
            format!("from {start} to {end}: → {target}, {} ← exception", printer.register(handler.register.0))
        });
        Listing { chunk: chunk.clone(), title: title(chunk), rows: rows.collect(), handlers: handlers.collect() }
    }

    fn print(&self, source: &Source, width: usize, note: &dyn Fn(&Rc<Chunk>, Pc) -> Option<String>, text: &mut String) {
        let _ = writeln!(text, "{}", self.title);
        let mut line = 0;
        for (pc, row) in self.rows.iter().enumerate() {
            let at = source.line(row.span.start);
            if at != line {
                let _ = writeln!(text, "{:>5} | {}", source.number(at), source.line_text(at));
                line = at;
            }
            let label = row.label.map_or(String::new(), |label| format!("L{}:", label + 1));
            let counts = row.counts.map_or(String::new(), |counts| columns(&counts));
            let note = note(&self.chunk, Pc(pc as u32)).map_or(String::new(), |note| format!("  {note}"));
            let row = format!("{pc:>6}  {label:<5}{:<15}{:<width$}{counts}{note}", row.op, row.operands);
            let _ = writeln!(text, "{}", row.trim_end());
        }
        if !self.handlers.is_empty() {
            text.push_str("      exceptions\n");
        }
        for handler in &self.handlers {
            let _ = writeln!(text, "        {handler}");
        }
    }
}

/// Where jumps go, in order.
fn labels(chunk: &Chunk) -> Vec<Pc> {
    let jumps = chunk.code.iter().filter(|instr| instr.op.operands()[1] == Operand::Target);
    let mut labels: Vec<Pc> = jumps.map(|instr| instr.target()).collect();
    labels.extend(chunk.handlers.iter().flat_map(|handler| [handler.start, handler.end, handler.target]));
    labels.sort();
    labels.dedup();
    labels
}

fn title(chunk: &Chunk) -> String {
    let signature = &chunk.signature;
    let mut parameters: Vec<String> = Vec::new();
    for (at, name) in signature.positional.iter().enumerate() {
        let default = at + signature.positional_defaults >= signature.positional.len();
        parameters.push(format!("{name}{}", if default { "=…" } else { "" }));
        if at + 1 == signature.positional_only {
            parameters.push("/".to_owned());
        }
    }
    match &signature.star {
        Some(star) => parameters.push(format!("*{star}")),
        None if !signature.keyword_only.is_empty() => parameters.push("*".to_owned()),
        None => {}
    }
    for (name, default) in signature.keyword_only.iter().zip(&signature.keyword_defaults) {
        parameters.push(format!("{name}{}", if *default { "=…" } else { "" }));
    }
    parameters.extend(signature.double_star.iter().map(|name| format!("**{name}")));
    let parameters = match &*chunk.name {
        "<module>" => String::new(),
        _ => format!("({})", parameters.join(", ")),
    };
    let (locals, registers) = (chunk.locals.len(), chunk.registers as usize);
    format!("{}{parameters}: {registers} registers, {locals} of them local variables", chunk.qualified)
}

struct Printer<'a> {
    program: &'a Program,
    chunk: &'a Chunk,
    labels: &'a [Pc],
}

impl Printer<'_> {
    /// An instruction's operands; those of a `Method` depend on the call before it.
    fn operands(&self, instr: Instr, before: Option<Op>) -> String {
        let mut written = String::new();
        let mut rest: Vec<String> = Vec::new();
        for (field, (operand, value)) in instr.op.operands().into_iter().zip([instr.a, instr.b, instr.c]).enumerate() {
            match operand {
                Operand::Unused | Operand::High | Operand::Count => {}
                Operand::Dst => written = format!("{} ← ", self.register(value)),
                Operand::DstBlock => written = format!("{} ← ", self.block(value, instr.c as usize)),
                Operand::Src if instr.op == Op::MakeFunction => {
                    let count = defaults(self.chunk, instr);
                    let free = self.chunk.functions.get(instr.b as usize).map_or(0, |function| function.free);
                    let what = if free == count {
                        "cells"
                    } else if free > 0 {
                        "defaults, cells"
                    } else {
                        "defaults"
                    };
                    rest.extend((count > 0).then(|| format!("{what} {}", self.block(value, count))));
                }
                Operand::Src if !reads(instr, field) => {}
                Operand::Src | Operand::Local | Operand::Cell => rest.push(self.register(value)),
                Operand::Block => rest.push(self.block(value, instr.c as usize)),
                Operand::Const if before == Some(Op::CallMethod) => {}
                Operand::Const => rest.push(self.constant(value)),
                Operand::Name => rest.push(text_or_number(self.chunk.names.get(value as usize), value)),
                Operand::Global => rest.push(text_or_number(self.program.globals.get(value as usize), value)),
                Operand::Function => {
                    let name = self.chunk.functions.get(value as usize).map(|function| &function.name);
                    rest.push(text_or_number(name, value));
                }
                Operand::Target => {
                    let label = self.labels.binary_search(&instr.target()).map_or(0, |at| at + 1);
                    rest.push(format!("→ L{label}"));
                }
            }
        }
        let flags = flags(instr);
        let flags = if flags.is_empty() { flags } else { format!("  {flags}") };
        let operands = rest.join(", ").replace(", →", " →");
        format!("{written}{operands}{flags}")
    }

    /// A local variable by its name, a constant as it is written, a temporary by its number.
    fn register(&self, register: u16) -> String {
        match (self.chunk.locals.get(register as usize), self.chunk.pinned_constant(register)) {
            (Some(name), _) => name.to_string(),
            (None, Some(constant)) => self.constant(constant.0),
            (None, None) => format!("r{register}"),
        }
    }

    fn block(&self, first: u16, count: usize) -> String {
        match count {
            0 => "nothing".to_owned(),
            1 => self.register(first),
            2 => format!("{}, {}", self.register(first), self.register(first + 1)),
            _ => format!("{} … {}", self.register(first), self.register(first + count as u16 - 1)),
        }
    }

    fn constant(&self, id: u16) -> String {
        let Some(constant) = self.chunk.constants.get(id as usize) else { return format!("constant {id}") };
        let text = match constant {
            Constant::None => "None".to_owned(),
            Constant::Bool(true) => "True".to_owned(),
            Constant::Bool(false) => "False".to_owned(),
            Constant::Ellipsis => "...".to_owned(),
            Constant::Int(value) => value.to_string(),
            Constant::BigInt(digits) => digits.clone(),
            Constant::Float(value) => format!("{value:?}"),
            Constant::Str(text) => format!("{text:?}"),
            Constant::Tuple(items) => format!("{} items", items.len()),
            Constant::Names(names) => format!("({})", names.join("=, ") + "="),
        };
        match text.char_indices().nth(MAX_CONSTANT) {
            Some((end, _)) => format!("{}…", &text[..end]),
            None => text,
        }
    }
}

fn text_or_number(text: Option<&Rc<str>>, number: u16) -> String {
    text.map_or_else(|| number.to_string(), |text| text.to_string())
}

/// An instruction's flags in words.
fn flags(instr: Instr) -> String {
    let mut words = Vec::new();
    match instr.op {
        Op::UnpackStar => return format!("star at {}", instr.flags.0),
        Op::FormatValue => words.extend([None, Some("str"), Some("repr"), Some("ascii")][instr.flags.0 as usize & 3]),
        Op::MakeCell => words.extend(instr.flags.contains(Flags::FRESH).then_some("empty")),
        Op::DeleteLocal => words.extend(instr.flags.contains(Flags::QUIET).then_some("if bound")),
        Op::ExitContext => words.extend(instr.flags.contains(Flags::FAILED).then_some("failed")),
        Op::BuildSet => {
            words.extend(match instr.flags {
                Flags::CONSTANT => Some("constant"),
                Flags::WALKED => Some("constant, to be walked"),
                Flags::SPREAD => Some("of constant items"),
                _ => None,
            });
        }
        Op::AssertFailed | Op::ListExtend | Op::Raise => {}
        _ => words.extend(instr.flags.contains(Flags::IN_PLACE).then_some("in place")),
    }
    if !matches!(instr.op, Op::FormatValue | Op::BuildSet) {
        words.extend(instr.flags.contains(Flags::LAZY_ARGS).then_some("lazy arguments"));
        words.extend(instr.flags.contains(Flags::LAZY).then_some("lazy"));
    }
    words.join(", ")
}

/// Operand words are never executed.
fn is_word(op: Op) -> bool {
    matches!(op, Op::Keywords | Op::Method | Op::Bounds | Op::If | Op::Unless)
}

/// The heads of the nine columns of [`columns`], each a step lower than the one before.
fn staircase(indent: usize) -> String {
    let mut text = String::new();
    for (at, overhead) in Overhead::ALL.into_iter().enumerate() {
        let _ = writeln!(text, "{}{}{overhead}", " ".repeat(indent + 2), "│  ".repeat(at));
    }
    text
}

fn columns(counts: &Counts) -> String {
    Overhead::ALL.into_iter().fold(String::new(), |mut text, overhead| {
        match counts[overhead] {
            0 => text.push_str("  ·"),
            count => write!(text, "{count:>3}").unwrap_or_default(),
        }
        text
    })
}

fn operand_name(operand: Operand) -> &'static str {
    match operand {
        Operand::Unused => "-",
        Operand::Dst => "dst",
        Operand::Src => "src",
        Operand::Block => "block",
        Operand::DstBlock => "dst-block",
        Operand::Local => "local",
        Operand::Cell => "cell",
        Operand::Const => "const",
        Operand::Name => "name",
        Operand::Global => "global",
        Operand::Function => "function",
        Operand::Count => "count",
        Operand::Target => "target",
        Operand::High => "high",
    }
}

fn operand_meaning(operand: Operand) -> &'static str {
    match operand {
        Operand::Unused => "nothing",
        Operand::Dst => "a register that is written",
        Operand::Src => "a register that is read",
        Operand::Block => "the first of several consecutive registers, as many as c says",
        Operand::DstBlock => "the first of several consecutive registers that are written, as many as c says",
        Operand::Local => "the register of a local variable, which may be empty",
        Operand::Cell => "the register of a variable that functions share, in a cell",
        Operand::Const => "a constant of the function",
        Operand::Name => "the name of an attribute, a method or a module",
        Operand::Global => "a variable of the module, or a built-in",
        Operand::Function => "a function that is defined in this one",
        Operand::Count => "how many registers",
        Operand::Target => "the instruction to go to, 32 bits together with the next field",
        Operand::High => "the target's upper half",
    }
}
