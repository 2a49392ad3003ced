//! What this machine has and reaches, as tables or as JSON.

use comfy_table::{CellAlignment, ContentArrangement, Table};
use serde::Serialize;

use super::date::{date, duration};
use crate::cli::figures::{RULED, figure, wrapped};
use crate::machine::{Access, Cache, Computed, Figure, Known, Machine, Method, Place, Precision};

/// A version of the schema below; a reader can rely on the fields of the version that it knows.
const VERSION: u32 = 1;
/// Characters of a line of words.
const WIDTH: usize = 100;
const NONE: &str = "–";

/// What `--format json` prints.
#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    /// Seconds since the beginning of 1970.
    measured_at: u64,
    /// Whether an earlier run measured it.
    was_kept: bool,
    file: Option<String>,
    note: Option<&'a str>,
    machine: &'a Machine,
    methods: &'a [Method],
}

pub fn json(known: &Known, methods: &[Method]) -> String {
    let document = Document {
        version: VERSION,
        measured_at: known.measured_at,
        was_kept: known.was_kept,
        file: known.file.as_ref().map(|file| file.display().to_string()),
        note: known.note.as_deref(),
        machine: &known.machine,
        methods,
    };
    serde_json::to_string_pretty(&document).expect("numbers and strings") + "\n"
}

/// `now` is in seconds since the beginning of 1970.
pub fn table(known: &Known, methods: &[Method], now: u64) -> String {
    let machine = &known.machine;
    let mut out = has(machine);
    out += &format!(
        "\nEach figure is the best of {} rounds; in parentheses, their median.\n\n{}",
        machine.rounds,
        levels(machine)
    );
    out += &memory(machine);
    out += &peaks(machine);
    out += &waits(machine);
    out += "How it was measured\n";
    for Method { of, how } in methods {
        out += &wrapped(&format!("  {of}: {how}."), WIDTH);
    }
    out + "\n" + &origin(known, now)
}

/// What needs no measurement.
fn has(machine: &Machine) -> String {
    let cpu = &machine.cpu;
    let model = if cpu.model.is_empty() { "A CPU without a name" } else { &cpu.model };
    let mut out = format!("{model} ({})\n", machine.isa.architecture);
    out += &format!("  cores         {}, with {} in all", cpu.cores, count(cpu.threads, "hardware thread"));
    if cpu.usable_threads < cpu.threads {
        out += &format!(", of which {} can be used here", cpu.usable_threads);
    }
    let features = if machine.isa.features.is_empty() { NONE.into() } else { machine.isa.features.join(", ") };
    out += &format!("\n  instructions  {features}\n  pages         {}", size(machine.pages.size));
    if let Some(setting) = &machine.pages.transparent_huge {
        let huge = machine.pages.huge_size.map_or_else(String::new, |bytes| format!(" of {}", size(bytes)));
        out += &format!("; transparent huge pages{huge}: {setting}");
    }
    out + &machine.clock.map_or_else(String::new, |clock| format!("\n  clock         {} GHz", shown(clock))) + "\n"
}

/// Caches and memory: what they are, and how fast they are read.
fn levels(machine: &Machine) -> String {
    let threads = threads(machine);
    let mut header: Vec<String> = ["", "size", "line", "shared by", "load ns", "cycles"].map(String::from).into();
    header.extend(threads.iter().map(|threads| format!("read GB/s, {}", count(*threads, "thread"))));
    let row = |name: String, cache: Option<&Cache>, place: Option<Place>| {
        let load = machine.latencies.loads.iter().find(|load| Some(load.place) == place);
        let mut row = vec![
            name,
            cache.map_or_else(String::new, |cache| size(cache.size)),
            cache.map_or_else(String::new, |cache| size(cache.line)),
            cache.map_or_else(String::new, |cache| count(cache.shared_by, "thread")),
            load.map_or_else(|| NONE.into(), |load| shown(load.ns)),
            load.and_then(|load| cycles(machine, load.ns)).unwrap_or_else(|| NONE.into()),
        ];
        row.extend(threads.iter().map(|threads| bandwidth(machine, place, Access::Read, *threads)));
        row
    };
    let mut rows: Vec<Vec<String>> = Vec::new();
    for cache in &machine.caches {
        rows.push(row(format!("L{}", cache.level), Some(cache), cache.place()));
    }
    rows.push(row("memory".into(), None, Some(Place::Memory)));
    ruled("Caches of one core, and memory", header, rows)
}

/// Memory, as it is used.
fn memory(machine: &Machine) -> String {
    let threads = threads(machine);
    let mut rows = Vec::new();
    for access in Access::ALL {
        let mut row = vec![access.to_string()];
        row.extend(threads.iter().map(|threads| bandwidth(machine, Some(Place::Memory), access, *threads)));
        rows.push(row);
    }
    let header = headed(threads.iter().map(|threads| format!("GB/s, {}", count(*threads, "thread"))));
    ruled("Memory", header, rows)
}

fn peaks(machine: &Machine) -> String {
    if machine.peaks.is_empty() {
        return "Peak of fused multiply-adds: not measured here\n\n".into();
    }
    let mut columns = Vec::new();
    for precision in [Precision::F32, Precision::F64] {
        columns.extend(threads(machine).into_iter().map(|threads| (precision, threads)));
    }
    let mut widths: Vec<_> = machine.peaks.iter().map(|peak| peak.of.width).collect();
    widths.dedup();
    let mut rows = Vec::new();
    for width in widths {
        let mut row = vec![width.to_string()];
        for (precision, threads) in columns.iter().copied() {
            let wanted = Computed { width, precision, threads };
            let peak = machine.peaks.iter().find(|peak| peak.of == wanted);
            row.push(peak.map_or_else(|| NONE.into(), |peak| shown(peak.gflop_per_s)));
        }
        rows.push(row);
    }
    let header =
        headed(columns.iter().map(|(precision, threads)| format!("{precision}, {}", count(*threads, "thread"))));
    ruled("Peak of fused multiply-adds, GFLOP/s", header, rows)
}

/// What waits for something other than a load.
fn waits(machine: &Machine) -> String {
    let latencies = &machine.latencies;
    let branches = latencies.branches.as_ref();
    let mut rows = Vec::new();
    for (name, figure) in [
        ("FMA, one after the other", latencies.fma),
        ("branch that was guessed wrongly", branches.map(|branches| branches.misprediction)),
        ("  iteration with a random branch", branches.map(|branches| branches.random)),
        ("  iteration with a sorted branch", branches.map(|branches| branches.sorted)),
    ] {
        let row = match figure {
            Some(figure) => [shown(figure), cycles(machine, figure).unwrap_or_else(|| NONE.into())],
            None => ["not measured here".into(), NONE.into()],
        };
        rows.push([vec![name.to_string()], row.into()].concat());
    }
    ruled("Other latencies", headed(["ns", "cycles"].map(String::from)), rows)
}

/// When it was measured, and where it is kept.
fn origin(known: &Known, now: u64) -> String {
    let age = match now.checked_sub(known.measured_at) {
        Some(age) => format!("{} ago", duration(age)),
        None => "in the future, by this machine's clock".into(),
    };
    let when = match known.was_kept {
        true => format!("Measured on {}, {age}", date(known.measured_at)),
        false => format!("Measured just now, {}", date(known.measured_at)),
    };
    let place = known.file.as_ref().map_or_else(String::new, |file| format!("; kept in {}", file.display()));
    let again = if known.was_kept { "; --measure measures anew" } else { "" };
    format!("{when}{place}{again}.\n")
}

/// One thread, and all if that is more.
fn threads(machine: &Machine) -> Vec<usize> {
    let mut threads = vec![1, machine.cpu.usable_threads];
    threads.dedup();
    threads
}

fn bandwidth(machine: &Machine, place: Option<Place>, access: Access, threads: usize) -> String {
    let found = machine.bandwidths.iter().find(|bandwidth| {
        let of = &bandwidth.of;
        (Some(of.place), of.access, of.threads) == (place, access, threads)
    });
    found.map_or_else(|| NONE.into(), |bandwidth| shown(bandwidth.gb_per_s))
}

/// Nanoseconds in cycles of the best clock.
fn cycles(machine: &Machine, ns: Figure) -> Option<String> {
    machine.clock.map(|clock| figure(ns.best * clock.best))
}

fn shown(of: Figure) -> String {
    format!("{} ({})", figure(of.best), figure(of.median))
}

fn count(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

/// `32 KiB`, `1.5 MiB`
fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} B"),
        1024..1_048_576 => format!("{} KiB", bytes as f64 / 1024.0),
        _ => format!("{} MiB", bytes as f64 / 1_048_576.0),
    }
}

/// Nothing over the first column.
fn headed(columns: impl IntoIterator<Item = String>) -> Vec<String> {
    std::iter::once(String::new()).chain(columns).collect()
}

/// A table under its title, whose figures stand at the right.
fn ruled(title: &str, header: Vec<String>, rows: Vec<Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(RULED).set_content_arrangement(ContentArrangement::Disabled);
    let columns = header.len();
    table.set_header(header).add_rows(rows);
    for column in 1..columns {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    format!("{title}\n{table}\n\n")
}

#[cfg(test)]
mod tests;
