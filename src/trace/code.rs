//! The script as a trace refers to it: its text, its instructions by number, its loops.

use std::cmp::Reverse;

use serde::Serialize;

use crate::bytecode::chunk::Chunk;
use crate::bytecode::overhead::Counts;
use crate::bytecode::{Verified, listings};
use crate::source::{Source, Span};

/// Index of a function's code in [`Listing::chunks`]; the module's is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct ChunkId(pub u32);

/// Index of a loop in [`Listing::loops`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct LoopId(pub u32);

/// What there is to know of a script before it runs.
#[derive(Clone, Debug)]
pub struct Listing {
    pub name: String,
    /// Lines of the source, without their ends.
    pub lines: Vec<String>,
    /// The number that a user knows each line by.
    numbers: Vec<u32>,
    pub chunks: Vec<ListedChunk>,
    /// By function, outer loops before those inside them.
    pub loops: Vec<ScriptLoop>,
}

/// The code of the module or of a function.
#[derive(Clone, Debug)]
pub struct ListedChunk {
    /// `<module>`, or the function's name.
    pub name: String,
    /// The name with its parameters, and how many registers there are.
    pub title: String,
    /// One for each word of the code, those that are never executed by themselves included.
    pub code: Vec<Instruction>,
}

/// One word of the code.
#[derive(Clone, Debug)]
pub struct Instruction {
    pub op: &'static str,
    /// As the disassembler shows them: `r7 ← y_pred, i`.
    pub operands: String,
    /// The number of the label here, from 1.
    pub label: Option<usize>,
    /// What its fast path pays; none of a word that is never executed by itself.
    pub declared: Option<Counts>,
    pub span: Span,
    /// Line and column of the span's start and end, from 1; the end is behind its last character.
    pub start: (u32, u32),
    pub end: (u32, u32),
    /// The innermost loop around it in its function.
    pub innermost: Option<LoopId>,
}

/// A loop of the script.
#[derive(Clone, Debug)]
pub struct ScriptLoop {
    pub chunk: ChunkId,
    /// The loop around it in its function.
    pub outer: Option<LoopId>,
    pub start: u32,
    pub end: u32,
    /// Where an iteration begins.
    pub head: u32,
    /// Whether it begins with a test.
    pub is_tested: bool,
    /// Its first line, from 1.
    pub line: u32,
    /// Its last line.
    pub last_line: u32,
    /// The line, or the clause of a comprehension: `for i in range(m):`.
    pub text: String,
}

impl ScriptLoop {
    /// Whether an instruction of its chunk is part of it.
    pub fn contains(&self, pc: u32) -> bool {
        (self.start..self.end).contains(&pc)
    }

    /// Whether there is nothing but the test: `for i in range(n): pass` in a function.
    pub fn has_no_body(&self) -> bool {
        self.is_tested && self.start == self.head
    }
}

impl Listing {
    pub fn new(program: &Verified, source: &Source) -> Listing {
        Listing::of_session(&[program], source)
    }

    /// That of the first of several programs, which calls functions of the others.
    pub fn of_session(programs: &[&Verified], source: &Source) -> Listing {
        let last = source.line(source.text.trim_end().len() as u32);
        let lines = (1..=last).map(|line| source.line_text(line).to_owned()).collect();
        let numbers = (1..=last).map(|line| source.number(line) as u32).collect();
        let name = source.name.clone();
        let mut listing = Listing { name, lines, numbers, chunks: Vec::new(), loops: Vec::new() };
        for (number, listed) in programs.iter().flat_map(|program| listings(program)).enumerate() {
            let first = listing.loops.len();
            listing.loops.extend(loops(&listed.chunk, ChunkId(number as u32), first, source));
            let of_chunk = &listing.loops[first..];
            let code = listed.rows.into_iter().enumerate().map(|(pc, row)| {
                let place = |offset| (source.line(offset) as u32, source.column(offset) as u32);
                let around = |found: &ScriptLoop| found.contains(pc as u32);
                let innermost = of_chunk.iter().rposition(around);
                Instruction {
                    op: row.op,
                    operands: row.operands,
                    label: row.label.map(|label| label + 1),
                    declared: row.counts,
                    span: row.span,
                    start: place(row.span.start),
                    end: place(row.span.end),
                    innermost: innermost.map(|at| LoopId((first + at) as u32)),
                }
            });
            let code = code.collect();
            listing.chunks.push(ListedChunk { name: listed.chunk.name.to_string(), title: listed.title, code });
        }
        listing
    }

    /// The number that a user knows a line by, which is counted from 1 in all of the text.
    pub fn number(&self, line: u32) -> u32 {
        self.numbers.get(line as usize - 1).copied().unwrap_or(line)
    }

    pub fn chunk(&self, id: ChunkId) -> &ListedChunk {
        &self.chunks[id.0 as usize]
    }

    pub fn instruction(&self, chunk: ChunkId, pc: u32) -> &Instruction {
        &self.chunk(chunk).code[pc as usize]
    }

    pub fn script_loop(&self, id: LoopId) -> &ScriptLoop {
        &self.loops[id.0 as usize]
    }

    /// The innermost loop at a line.
    pub fn loop_at(&self, line: u32) -> Option<LoopId> {
        let ids = (0..self.loops.len() as u32).map(LoopId);
        let around = ids.map(|id| (id, self.extent(id))).filter(|(_, (first, last))| (*first..=*last).contains(&line));
        // Where loops share their lines, as comprehensions do, the inner ones are listed behind the outer.
        around.min_by_key(|(id, (first, last))| (last - first, Reverse(*id))).map(|(id, _)| id)
    }

    /// First and last line of what a loop repeats and of its head. An `else` clause runs once: it is no part of that.
    pub fn extent(&self, id: LoopId) -> (u32, u32) {
        let found = self.script_loop(id);
        let code = &self.chunk(found.chunk).code;
        let own = || code[found.start as usize..found.end as usize].iter().map(|instruction| instruction.start.0);
        let first = own().fold(found.line, u32::min);
        let last = own().fold(found.line, u32::max);
        let behind = code[found.end as usize..].iter().map(|instruction| instruction.start.0);
        let in_else = behind.filter(|line| (last + 1..=found.last_line).contains(line)).min();
        // Without such a clause the statement ends with its body, whose last lines need not have code of this chunk.
        (first, in_else.map_or(found.last_line.max(last), |line| line - 1))
    }
}

/// The loops of a chunk, numbered from `first` on.
fn loops(chunk: &Chunk, id: ChunkId, first: usize, source: &Source) -> Vec<ScriptLoop> {
    let contains = |outer: &crate::bytecode::chunk::Loop, inner: &crate::bytecode::chunk::Loop| {
        outer.start <= inner.start && inner.end <= outer.end
    };
    let listed = chunk.loops.iter().enumerate().map(|(at, found)| {
        let outer = chunk.loops[..at].iter().rposition(|outer| contains(outer, found));
        let line = source.line(found.span.start);
        ScriptLoop {
            chunk: id,
            outer: outer.map(|at| LoopId((first + at) as u32)),
            start: found.start.0,
            end: found.end.0,
            head: found.head.0,
            is_tested: found.is_tested,
            line: line as u32,
            last_line: source.line(found.span.end.saturating_sub(1).max(found.span.start)) as u32,
            text: source.slice(found.span).lines().next().unwrap_or_default().trim().to_owned(),
        }
    });
    listed.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{bytecode, syntax};

    /// The text of the innermost loop at each line of a script.
    #[track_caller]
    fn check(text: &str, wanted: &[Option<&str>]) {
        let source = Source::new("loops.py", text);
        let program = bytecode::compile(&syntax::parse(&source).expect("correct"), &source).expect("correct");
        let listing = Listing::new(&program, &source);
        let found =
            (1..=wanted.len() as u32).map(|line| Some(listing.script_loop(listing.loop_at(line)?).text.as_str()));
        assert_eq!(found.collect::<Vec<_>>(), wanted);
    }

    #[test]
    fn an_else_clause_is_no_part_of_its_loop() {
        let (outer, inner) = (Some("for i in range(3):"), Some("while i:"));
        check(
            "for i in range(3):\n    while i:\n        i -= 1\n    else:\n        i = 5\n    i = 6\nelse:\n    i = 7\ni = 8\n",
            // A line without code goes to what stands above it.
            &[outer, inner, inner, inner, outer, outer, outer, None, None],
        );
    }

    #[test]
    fn a_body_has_lines_without_code_of_its_own() {
        let found = Some("for i in range(3):");
        check(
            "for i in range(3):\n    i = abs(\n        i,\n    )\n    def f():\n        return 1\nf()\n",
            &[found, found, found, found, found, found, None],
        );
    }

    #[test]
    fn comprehensions_share_their_lines() {
        check("x = [[i * j for i in (1, 2)] for j in (3, 4)]\n", &[Some("i in (1, 2)")]);
        check("x = [\n    i\n    for i in (1, 2)\n]\n", &[None, Some("i in (1, 2)"), Some("i in (1, 2)"), None]);
    }
}
