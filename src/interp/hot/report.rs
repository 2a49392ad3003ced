//! What became of the loops of a program: for who wants to know why one is slow.

use std::rc::Rc;

use super::{Form, KNOWN};
use crate::bytecode::chunk::{Chunk, Loop};
use crate::interp::runtime::Runtime;
use crate::jit::loops::Listing;
use crate::loops::why::Why;
use crate::source::Span;
use crate::value::Code;

/// One loop of a script.
pub struct LoopReport {
    pub function: Rc<str>,
    pub span: Span,
    /// In its body, those of loops inside it left out.
    pub instructions: usize,
    pub fate: Fate,
}

/// What became of a loop.
pub enum Fate {
    /// It was not gone through often enough: how many jumps back it made.
    Cold(u32),
    /// It has no typed code of its own: that of a loop around it went through it.
    Inside,
    Interpreted(Option<Why>),
    /// Bytes of call-threaded code.
    Threaded(usize),
    /// For each set of types, what ran; and why no other is compiled.
    Typed(Vec<VersionReport>, Option<Why>),
}

/// A loop as typed code.
pub struct VersionReport {
    /// Its variables and their types.
    pub types: String,
    pub entered: u64,
    pub iterations: u64,
    /// Nanoseconds that it took to compile.
    pub compiled_in: u64,
    /// Bytes of machine code.
    pub len: usize,
    /// Iterations that array expressions computed, and why some inner loops are none.
    pub vectorized: u64,
    /// How often a loop was no array expression after all: what it writes is what it reads elsewhere, or some iteration
    /// might have failed.
    pub overlapping: u64,
    pub guarded: u64,
    pub not_vector: Vec<Why>,
    /// Why the interpreter had to go on, and how often.
    pub left: Vec<(Why, u64)>,
    pub ir: String,
    /// Its CLIF and its machine code, if they can be made once more.
    pub listing: Option<Listing>,
}

impl LoopReport {
    /// How often its body was begun, in a run that compiled nothing.
    pub fn counted(&self) -> u64 {
        match self.fate {
            Fate::Cold(count) => count as u64,
            Fate::Inside | Fate::Interpreted(_) | Fate::Threaded(_) | Fate::Typed(..) => 0,
        }
    }

    /// About how many instructions ran in the loop itself, in such a run.
    pub fn counted_instructions(&self) -> u64 {
        self.counted() * self.instructions as u64
    }
}

impl Runtime {
    /// The loops of the code that was loaded last, function by function, in the order of the source.
    pub fn loop_reports(&self) -> Vec<LoopReport> {
        let mut reports = Vec::new();
        let mut pending: Vec<Rc<Code>> = self.loaded.iter().cloned().collect();
        while let Some(code) = pending.pop() {
            let chunk: &Chunk = &code.chunk;
            for (found, word) in chunk.loops.iter().zip(&code.loops) {
                let fate = match self.fate(word.get()) {
                    Fate::Cold(_) if self.is_inside_typed(&code, found) => Fate::Inside,
                    fate => fate,
                };
                let instructions = own_instructions(&chunk.loops, found);
                reports.push(LoopReport { function: chunk.name.clone(), span: found.span, instructions, fate });
            }
            pending.extend(code.functions.iter().cloned());
        }
        reports.sort_by_key(|report| report.span.start);
        reports
    }

    /// Whether a loop around this one ran as typed code.
    fn is_inside_typed(&self, code: &Code, inner: &Loop) -> bool {
        let around = |outer: &Loop| outer.start < inner.start && inner.end <= outer.end;
        let loops = code.chunk.loops.iter().zip(&code.loops);
        loops.filter(|(outer, _)| around(outer)).any(|(_, word)| match self.fate(word.get()) {
            Fate::Typed(versions, _) => versions.iter().any(|version| version.entered > 0),
            Fate::Cold(_) | Fate::Inside | Fate::Interpreted(_) | Fate::Threaded(_) => false,
        })
    }

    fn fate(&self, word: u32) -> Fate {
        if word & KNOWN == 0 {
            return Fate::Cold(word);
        }
        match &self.loops.known[(word & !KNOWN) as usize].form {
            Form::Interpreted(why) => Fate::Interpreted(why.clone()),
            Form::Threaded(threaded) => Fate::Threaded(threaded.len),
            Form::Typed(typed) => {
                let (versions, stopped) = typed.report();
                if versions.is_empty() { Fate::Interpreted(stopped) } else { Fate::Typed(versions, stopped) }
            }
        }
    }
}

/// How many instructions of a loop are not those of a loop inside it.
fn own_instructions(loops: &[Loop], of: &Loop) -> usize {
    let mut count = of.end.0 - of.start.0;
    // Outer ones come first: what is inside the last one taken is inside a loop that was subtracted.
    let mut taken = of.start;
    for inner in loops.iter().filter(|inner| *inner != of && of.start <= inner.start && inner.end <= of.end) {
        if inner.start >= taken {
            count -= inner.end.0 - inner.start.0;
            taken = inner.end;
        }
    }
    count as usize
}
