//! A trace as one JSON document, written as it comes. `docs/toy-trace.schema.json` describes it.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::cost::Costs;
use crate::bytecode::overhead::{Counts, Overhead};
use crate::trace::cost::Cost;
use crate::trace::{Listing, LoopId, LoopTotals, Step, Tally, Totals};

/// The name of the schema; its number changes when a reader of the one before could go wrong.
pub const SCHEMA: &str = "toy-trace/1";

/// What is known before the script runs, up to the list of steps.
pub fn begin(listing: &Listing, out: &mut dyn Write) -> io::Result<()> {
    let chunks: Vec<Value> = listing
        .chunks
        .iter()
        .map(|chunk| {
            let code = chunk.code.iter().map(|code| {
                json!({
                    "op": code.op,
                    "operands": code.operands,
                    "label": code.label,
                    "start": { "line": code.start.0, "column": code.start.1 },
                    "end": { "line": code.end.0, "column": code.end.1 },
                    "loop": code.innermost,
                    "declared": code.declared.as_ref().map(declared),
                })
            });
            json!({ "name": chunk.name, "title": chunk.title, "code": code.collect::<Vec<_>>() })
        })
        .collect();
    let loops: Vec<Value> = listing
        .loops
        .iter()
        .map(|found| {
            json!({
                "chunk": found.chunk,
                "outer": found.outer,
                "line": found.line,
                "last_line": found.last_line,
                "text": found.text,
                "start": found.start,
                "head": found.head,
                "end": found.end,
            })
        })
        .collect();
    write!(out, "{{\"schema\": {},\n\"script\": {},\n", json!(SCHEMA), json!(listing.name))?;
    write!(out, "\"source\": {},\n\"chunks\": {},\n", json!(listing.lines), json!(chunks))?;
    write!(out, "\"loops\": {},\n\"steps\": [", json!(loops))
}

/// One element of the list of steps.
pub fn step(step: &Step, first: bool, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(if first { b"\n" } else { b",\n" })?;
    serde_json::to_writer(&mut *out, step).map_err(io::Error::from)
}

/// What is known when the script has ended.
pub fn end(
    listing: &Listing,
    totals: &Totals,
    costs: &Costs,
    printed: &str,
    cut: bool,
    ending: &Value,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(
        out,
        "\n],\n\"totals\": {},\n\"printed\": {},\n\"printed_is_cut\": {cut},\n\"ending\": {ending}}}",
        of_totals(listing, totals, costs),
        json!(printed)
    )
}

fn of_totals(listing: &Listing, totals: &Totals, costs: &Costs) -> Value {
    let mut instructions = Vec::new();
    for (chunk, sites) in totals.sites.iter().enumerate() {
        for (pc, site) in sites.iter().enumerate().filter(|(_, site)| site.executed > 0) {
            instructions.push(json!({ "chunk": chunk, "pc": pc, "executed": site.executed, "events": site.tally }));
        }
    }
    let lines = totals.lines(listing);
    let lines = lines.iter().map(|line| {
        json!({ "chunk": line.chunk, "loop": line.innermost, "line": line.line, "events": counted(&line.tally),
            "ending": line.ending })
    });
    let loops = totals.loops.iter().enumerate().map(|(at, found)| {
        let mut described = of_loop(LoopId(at as u32), found);
        match costs.get(at).and_then(Option::as_ref) {
            Some(Ok(cost)) => described["time"] = of_cost(cost),
            Some(Err(why)) => described["not_timed"] = json!(why),
            None => {}
        }
        described
    });
    json!({
        "steps": totals.steps,
        "events": counted(&totals.tally()),
        "instructions": instructions,
        "lines": lines.collect::<Vec<_>>(),
        "loops": loops.collect::<Vec<_>>(),
    })
}

fn of_loop(id: LoopId, found: &LoopTotals) -> Value {
    json!({
        "loop": id,
        "entries": found.entries,
        "iterations": found.iterations,
        "in_iterations": counted(&found.in_iterations),
        "outside": found.outside,
        "least": found.least,
        "most": found.most,
    })
}

/// Nanoseconds for each iteration.
fn of_cost(cost: &Cost) -> Value {
    let parts = cost.parts.iter().map(|part| {
        let part_is = json!({ "count": part.count, "left_out": part.left_out, "ns": part.time });
        (part.overhead.name().replace(' ', "_"), part_is)
    });
    let counted = cost.counted.as_ref().map(|counts| {
        Value::Object(counts.iter().map(|(event, count)| (event.name().replace(' ', "_"), json!(count))).collect())
    });
    json!({
        "rounds": cost.rounds,
        "replicates": cost.replicates,
        "total": cost.total,
        "parts": Value::Object(parts.collect()),
        "remainder": cost.remainder,
        "clock": cost.clock,
        "others": cost.others,
        "counted": counted.as_ref().ok(),
        "not_counted": counted.as_ref().err(),
    })
}

/// Counts, with their sum and the useful share.
fn counted(tally: &Tally) -> Value {
    let mut counts = json!(tally);
    counts["total"] = json!(tally.total());
    counts["useful_share"] = json!(tally.useful_share());
    counts
}

fn declared(counts: &Counts) -> Value {
    let pairs = Overhead::ALL.into_iter().map(|overhead| (overhead.name().replace(' ', "_"), json!(counts[overhead])));
    Value::Object(pairs.collect())
}
