//! A trace in the trace-event format, which Perfetto, speedscope and Chrome open.
//!
//! Slices are nested as the run is: calls, loops, iterations, instructions. There is no time in a trace: an instruction
//! is as long as the number of its events, one microsecond for each.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::trace::{ChunkId, EventKind, Happening, Listing, LoopId, Step};

/// What is open at the moment.
#[derive(Default)]
pub struct Slices {
    open: Vec<Slice>,
    /// Events so far.
    clock: u64,
    /// Boxes that were made and are not freed.
    boxes: i64,
    any: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Slice {
    Call(ChunkId, u32),
    Loop(LoopId),
    Iteration,
}

impl Slices {
    pub fn begin(&mut self, out: &mut dyn Write) -> io::Result<()> {
        write!(out, "{{\"displayTimeUnit\": \"ns\", \"traceEvents\": [")?;
        let name = "one microsecond stands for one event, not for time";
        self.event(json!({ "name": "thread_name", "ph": "M", "pid": 1, "tid": 1, "args": { "name": name } }), out)
    }

    fn event(&mut self, event: Value, out: &mut dyn Write) -> io::Result<()> {
        let separator = if std::mem::replace(&mut self.any, true) { ",\n" } else { "\n" };
        write!(out, "{separator}{event}")
    }

    fn open(&mut self, slice: Slice, name: String, out: &mut dyn Write) -> io::Result<()> {
        self.open.push(slice);
        self.event(json!({ "name": name, "ph": "B", "ts": self.clock, "pid": 1, "tid": 1 }), out)
    }

    /// Closes slices until so many are open.
    fn close(&mut self, left: usize, out: &mut dyn Write) -> io::Result<()> {
        while self.open.len() > left {
            self.open.pop();
            self.event(json!({ "ph": "E", "ts": self.clock, "pid": 1, "tid": 1 }), out)?;
        }
        Ok(())
    }

    pub fn step(&mut self, step: &Step, listing: &Listing, out: &mut dyn Write) -> io::Result<()> {
        let at = step.position;
        let instruction = listing.instruction(at.chunk, at.pc);
        // Calls: those deeper than this one have ended, and so has another of the same depth.
        let here = |slice: &Slice| matches!(slice, Slice::Call(_, depth) if *depth >= at.depth);
        if let Some(first) = self.open.iter().position(here)
            && self.open[first] != Slice::Call(at.chunk, at.depth)
        {
            self.close(first, out)?;
        } else if let Some(deeper) =
            self.open.iter().position(|slice| matches!(slice, Slice::Call(_, depth) if *depth > at.depth))
        {
            self.close(deeper, out)?;
        }
        let mut base = match self.open.iter().position(|slice| *slice == Slice::Call(at.chunk, at.depth)) {
            Some(call) => call + 1,
            None => {
                self.open(Slice::Call(at.chunk, at.depth), listing.chunk(at.chunk).name.clone(), out)?;
                self.open.len()
            }
        };
        // Loops of this call, each with its iteration.
        let mut around: Vec<LoopId> =
            std::iter::successors(instruction.innermost, |id| listing.script_loop(*id).outer).collect();
        around.reverse();
        for id in around {
            let found = listing.script_loop(id);
            if self.open.get(base) != Some(&Slice::Loop(id)) {
                self.close(base, out)?;
                self.open(Slice::Loop(id), format!("line {}: {}", found.line, found.text), out)?;
            }
            base += 1;
            let begins = at.innermost.filter(|inner| inner.begins && inner.id == id);
            if begins.is_some() || self.open.get(base) != Some(&Slice::Iteration) {
                self.close(base, out)?;
                let name = match at.innermost.filter(|inner| inner.id == id) {
                    Some(inner) => format!("iteration {}", inner.iteration),
                    None => "iteration".into(),
                };
                self.open(Slice::Iteration, name, out)?;
            }
            base += 1;
        }
        self.close(base, out)?;
        self.instruction(step, listing, out)
    }

    fn instruction(&mut self, step: &Step, listing: &Listing, out: &mut dyn Write) -> io::Result<()> {
        let at = step.position;
        let instruction = listing.instruction(at.chunk, at.pc);
        let mut args = json!({ "step": at.number, "line": at.line });
        for kind in EventKind::ALL {
            let count = step.events.iter().filter(|event| event.kind() == kind).count();
            if count > 0 {
                args[kind.name()] = json!(count);
            }
        }
        let name = format!("{} {}", instruction.op, instruction.operands);
        let dur = step.events.len();
        let slice = json!({
            "name": name.trim_end(), "ph": "X", "ts": self.clock, "dur": dur, "pid": 1, "tid": 1, "args": args,
        });
        self.event(slice, out)?;
        self.clock += dur as u64;
        let made = step.events.iter().filter(|event| matches!(event, Happening::Allocate { .. })).count() as i64;
        let freed = step.events.iter().filter(|event| event.frees()).count() as i64;
        if made != freed {
            self.boxes += made - freed;
            let args = json!({ "made less freed": self.boxes });
            self.event(json!({ "name": "boxes", "ph": "C", "ts": self.clock, "pid": 1, "args": args }), out)?;
        }
        Ok(())
    }

    pub fn end(&mut self, listing: &Listing, out: &mut dyn Write) -> io::Result<()> {
        self.close(0, out)?;
        let about = json!({ "script": listing.name, "unit": "one microsecond stands for one event, not for time" });
        writeln!(out, "\n], \"otherData\": {about}}}")
    }
}
