//! A ladder as a table with bars, for a terminal.

use comfy_table::{CellAlignment, ContentArrangement, Table};

use super::model::{Judged, Ladder, Measured, Outcome};
use crate::cli::figures::{RULED, figure, grouped};

/// Characters of the longest bar.
const LONGEST: f64 = 16.0;
/// Eighths of a character.
const PARTS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/// How the limit's row begins.
const LIMIT: &str = " the limit";

/// The whole ladder.
pub fn ladder(ladder: &Ladder, color: bool) -> String {
    let mut out = format!("{}\n{}\n", ladder.title(), ladder.machine());
    out += &rungs(ladder, color);
    out += &below(ladder);
    out
}

/// One rung for each row.
fn rungs(ladder: &Ladder, color: bool) -> String {
    let mut table = Table::new();
    table.load_style(RULED).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header([
        "rung",
        "ns/iter",
        "95 % interval",
        "entering",
        "× before",
        "× first",
        "cycles",
        "GB/s",
        "GFLOP/s",
        "answer",
        "log of time",
    ]);
    let scale = Scale::of(ladder);
    for row in &ladder.rungs {
        table.add_row(match &row.outcome {
            Outcome::Measured(measured) => {
                let [ns, interval, entering, before, first, cycles, gb, gflop] = cells(measured);
                let answer = match &measured.uncovered {
                    Some(_) => format!("{} *", measured.answer.words()),
                    None => measured.answer.words(),
                };
                let bar = scale.bar(measured.ns_per_iteration.median);
                [row.name.clone(), ns, interval, entering, before, first, cycles, gb, gflop, answer, bar]
            }
            Outcome::Missing(_) => {
                let mut cells: [String; 11] = Default::default();
                cells[0] = row.name.clone();
                cells[9] = "not built, see below".to_owned();
                cells
            }
        });
    }
    if let Some(limit) = &ladder.limit {
        let bar = scale.bar(limit.ns_per_iteration);
        let first = ladder.rungs.iter().find_map(|row| row.measured());
        let first = first.map(|first| first.ns_per_iteration.median / limit.ns_per_iteration);
        let mut cells: [String; 11] = Default::default();
        cells[0] = LIMIT.trim().to_owned();
        cells[1] = figure(limit.ns_per_iteration);
        cells[5] = first.map(figure).unwrap_or_default();
        cells[9] = limit.words();
        cells[10] = bar;
        table.add_row(cells);
    }
    for column in 1..9 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let lines = table.to_string();
    lines.lines().map(|line| painted(line, color) + "\n").collect()
}

/// ns, interval, what of it is entering, both factors, cycles, GB/s, GFLOP/s
pub fn cells(measured: &Measured) -> [String; 8] {
    let ns = measured.ns_per_iteration;
    let optional = |x: Option<f64>| x.map(figure).unwrap_or_default();
    [
        figure(ns.median),
        format!("{} – {}", figure(ns.low), figure(ns.high)),
        optional(measured.entering()),
        optional(measured.to_before.map(|factor| factor.median)),
        optional(measured.to_first.map(|factor| factor.median)),
        optional(measured.cycles_per_iteration),
        measured.gb_per_s.map(rate).unwrap_or_default(),
        measured.gflop_per_s.map(rate).unwrap_or_default(),
    ]
}

/// A rate, which may be next to nothing.
fn rate(x: f64) -> String {
    if x < 0.001 { "< 0.001".to_owned() } else { figure(x) }
}

/// What stands below the table: rungs that are not there, claims, the order, notes.
pub fn below(ladder: &Ladder) -> String {
    let mut out = missing(ladder);
    let fastest = ladder.rungs.iter().filter_map(|row| Some((row, row.measured()?.ns_per_iteration.median)));
    let fastest = fastest.min_by(|(_, a), (_, b)| a.total_cmp(b));
    if let Some(((row, ns), limit)) = fastest.zip(ladder.limit.as_ref()) {
        let times = figure(ns / limit.ns_per_iteration);
        out += &format!("The fastest rung, {}, takes {times} times as long as the limit.\n", row.name);
    }
    out += &claims(&ladder.claims);
    if let Some(order) = &ladder.order {
        out += "\nThe same steps in another order, times as fast as the rung before:\n";
        let mut table = Table::new();
        table.load_style(RULED).set_content_arrangement(ContentArrangement::Disabled);
        table.set_header(["step", "usual order", "this order"]);
        for step in &order.steps {
            let cell = |x: Option<f64>| x.map_or("–".to_owned(), figure);
            table.add_row([step.name.clone(), cell(step.usually), cell(step.here)]);
        }
        for column in 1..3 {
            if let Some(column) = table.column_mut(column) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        out += &format!("{table}\n");
    }
    out += "\n";
    if let Some(work) = &ladder.work {
        let each = |amount: u64| figure(amount as f64 / work.iterations.max(1) as f64);
        out += &format!(
            "An iteration reads {} bytes of elements, writes {}, and computes {} operations on floats, as counted in \
             the\ninterpreter; GB/s and GFLOP/s are these by the time. ",
            each(work.bytes_read),
            each(work.bytes_written),
            each(work.operations)
        );
    }
    if ladder.limit.is_some() {
        out += "The limit moves each element once, and computes,\nas fast as toy cpu measured it for all threads. ";
    }
    out += "Times are of the loop alone, compiled before; what a rung does\nwhen it enters machine code (it looks at types, copies lists) is part of them, and shown beside them; the claims about\nmemory, compiler, SIMD and threads are judged without it. × before and × first: times as fast as the rung before, and the first.\n";
    for note in &ladder.notes {
        out += &format!("Note: {note}.\n");
    }
    out
}

/// Why rungs are not there, or not wholly, in lines.
fn missing(ladder: &Ladder) -> String {
    let mut missing: Vec<(String, Vec<&str>)> = Vec::new();
    for row in &ladder.rungs {
        if let Outcome::Missing(why) = &row.outcome {
            let words = why.words();
            match missing.iter_mut().find(|(known, _)| *known == words) {
                Some((_, names)) => names.push(&row.name),
                None => missing.push((words, vec![&row.name])),
            }
        }
        if let Some(why) = row.measured().and_then(|measured| Some((measured.covered, measured.uncovered.as_ref()?))) {
            let (covered, why) = why;
            missing.push((
                format!("ran so in {:.0} % of the iterations: {}", 100.0 * covered, why.words()),
                vec![&row.name],
            ));
        }
    }
    missing.iter().map(|(words, names)| format!("{}: {words}\n", names.join(", "))).collect()
}

/// What the text claims, in lines.
fn claims(claims: &[Judged]) -> String {
    let mut out = "\nWhat the text claims, and what was measured here:\n".to_owned();
    let mut table = Table::new();
    table.load_style(RULED).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(["claim", "the text", "measured", "", "between"]);
    for claim in claims {
        let measured =
            claim.factor.map_or("not measured".to_owned(), |factor| format!("{} times", figure(factor.median)));
        let verdict = claim.verdict.map_or("", |verdict| verdict.words());
        let between = claim.between.as_ref().map_or(String::new(), |(from, to)| format!("{from} → {to}"));
        table.add_row([claim.about.clone(), claim.says.clone(), measured, verdict.to_owned(), between]);
    }
    out += &format!("{table}\n");
    out
}

/// Several sizes side by side: nanoseconds for an iteration on each rung, and times as fast as the first.
pub fn sizes(ladders: &[Ladder]) -> String {
    let Some(first) = ladders.first() else { return String::new() };
    let mut out =
        format!("{}\n{}\nns per iteration, and times as fast as the first rung\n", first.script, first.machine());
    let mut table = Table::new();
    table.load_style(RULED).set_content_arrangement(ContentArrangement::Disabled);
    let name = first.size.as_ref().map_or("size", |(name, _)| name);
    let heads = ladders.iter().map(|ladder| {
        let size = ladder.size.as_ref().map_or(0, |(_, size)| *size);
        format!("{name} = {}", grouped(size))
    });
    table.set_header(std::iter::once("rung".to_owned()).chain(heads));
    for (at, row) in first.rungs.iter().enumerate() {
        let cell = |ladder: &Ladder| {
            let measured = ladder.rungs.get(at).and_then(|row| row.measured());
            measured.map_or("–".to_owned(), |measured| {
                let factor =
                    measured.to_first.map_or(String::new(), |factor| format!("  {:>6} ×", figure(factor.median)));
                format!("{}{factor}", figure(measured.ns_per_iteration.median))
            })
        };
        table.add_row(std::iter::once(row.name.clone()).chain(ladders.iter().map(cell)));
    }
    let limit =
        |ladder: &Ladder| ladder.limit.as_ref().map_or("–".to_owned(), |limit| figure(limit.ns_per_iteration));
    table.add_row(std::iter::once("the limit".to_owned()).chain(ladders.iter().map(limit)));
    let place = |ladder: &Ladder| {
        let place = ladder.limit.as_ref().and_then(|limit| limit.place);
        place.map_or("–".to_owned(), |place| place.to_string())
    };
    table.add_row(std::iter::once("data fit".to_owned()).chain(ladders.iter().map(place)));
    for column in 1..=ladders.len() {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    out += &format!("{table}\n");
    let mut said: Vec<String> = Vec::new();
    for ladder in ladders {
        let size = grouped(ladder.size.as_ref().map_or(0, |(_, size)| *size));
        for line in missing(ladder).lines() {
            if !said.iter().any(|known| known == line) {
                out += &format!("{name} = {size}: {line}\n");
                said.push(line.to_owned());
            }
        }
        for note in &ladder.notes {
            out += &format!("Note, {name} = {size}: {note}.\n");
        }
    }
    out
}

/// From a time to a length: logarithmic, so that a factor is the same length everywhere.
pub struct Scale {
    least: f64,
    decades: f64,
}

impl Scale {
    /// For all rungs that were measured, and the limit.
    pub fn of(ladder: &Ladder) -> Scale {
        let times = ladder.rungs.iter().filter_map(|row| Some(row.measured()?.ns_per_iteration.median));
        let times: Vec<f64> = times.chain(ladder.limit.as_ref().map(|limit| limit.ns_per_iteration)).collect();
        let most = times.iter().copied().fold(1e-9, f64::max);
        // The shortest still has a bar.
        let least = times.iter().copied().fold(most, f64::min).max(1e-9) / 2.0;
        Scale { least, decades: (most / least).log10() }
    }

    /// From 0 to 1.
    pub fn share(&self, ns: f64) -> f64 {
        ((ns.max(1e-12) / self.least).log10() / self.decades).clamp(0.0, 1.0)
    }

    fn bar(&self, ns: f64) -> String {
        let eighths = (self.share(ns) * LONGEST * 8.0).round() as usize;
        "█".repeat(eighths / 8) + PARTS[eighths % 8]
    }
}

/// A row with its bar in colour: cyan, the limit's yellow.
fn painted(line: &str, color: bool) -> String {
    let bar = line.find(|c| c == '█' || PARTS.iter().any(|part| part.starts_with(c)));
    match bar.filter(|_| color) {
        Some(at) => {
            let code = if line.starts_with(LIMIT) { 33 } else { 36 };
            format!("{}\x1b[{code}m{}\x1b[0m", &line[..at], &line[at..])
        }
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::super::sample;
    use super::*;

    #[test]
    fn a_ladder_as_text() {
        expect![[r#"
            script.toy: the loop at line 4 in f(): 100,000 iterations; iterations are those of line 5
            A CPU, 2 threads, 3.00 GHz when measured
            ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
             rung          ns/iter   95 % interval   entering   × before   × first   cycles    GB/s   GFLOP/s   answer                     log of time      
            ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
             interpreter      64.0     56.0 – 72.0                                      192   0.375     0.047   same bits                  ███████████████▍ 
             − dispatch       80.0     70.0 – 90.0                 0.800     0.800      240   0.300     0.037   same bits                  ████████████████ 
             contiguous       2.00     1.75 – 2.25      0.500       40.0      32.0     6.00    12.0      1.50   25.0 % differ, ≤ 3 ULP *   █████▊           
             AVX                                                                                                not built, see below                        
             AVX-512                                                                                            not built, see below                        
             threads                                                                                            not built, see below                        
             the limit       0.500                                             128                              L2: 48 GB/s                █▉               
            ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
            contiguous: ran so in 75 % of the iterations: line 5: T0021: the body goes <different> ways
            AVX, AVX-512: line 5: T0021: the body goes <different> ways
            threads: this CPU has no AVX-512
            The fastest rung, contiguous, takes 4.00 times as long as the limit.

            What the text claims, and what was measured here:
            ──────────────────────────────────────────────────────────────────────────────────────────────
             claim                  the text             measured                between                  
            ──────────────────────────────────────────────────────────────────────────────────────────────
             interpreter overhead   10–50 times slower   12.0 times     inside   interpreter → contiguous 
             interpreter overhead   10–50 times slower   not measured                                     
            ──────────────────────────────────────────────────────────────────────────────────────────────

            The same steps in another order, times as fast as the rung before:
            ────────────────────────────────────
             step      usual order   this order 
            ────────────────────────────────────
             − boxes          2.00            – 
            ────────────────────────────────────

            An iteration reads 24.0 bytes of elements, writes 0, and computes 3.00 operations on floats, as counted in the
            interpreter; GB/s and GFLOP/s are these by the time. The limit moves each element once, and computes,
            as fast as toy cpu measured it for all threads. Times are of the loop alone, compiled before; what a rung does
            when it enters machine code (it looks at types, copies lists) is part of them, and shown beside them; the claims about
            memory, compiler, SIMD and threads are judged without it. × before and × first: times as fast as the rung before, and the first.
            Note: only 3 rounds fitted the time.
        "#]].assert_eq(&ladder(&sample::ladder(), false));
    }

    #[test]
    fn sizes_as_text() {
        expect![[r#"
            script.toy
            A CPU, 2 threads, 3.00 GHz when measured
            ns per iteration, and times as fast as the first rung
            ───────────────────────────────────────────────
             rung               N = 1,000    N = 1,000,000 
            ───────────────────────────────────────────────
             interpreter             64.0             64.0 
             − dispatch    80.0   0.800 ×   80.0   0.800 × 
             contiguous    2.00    32.0 ×   2.00    32.0 × 
             AVX                        –                – 
             AVX-512                    –                – 
             threads                    –                – 
             the limit              0.500            0.500 
             data fit                  L2               L2 
            ───────────────────────────────────────────────
            N = 1,000: contiguous: ran so in 75 % of the iterations: line 5: T0021: the body goes <different> ways
            N = 1,000: AVX, AVX-512: line 5: T0021: the body goes <different> ways
            N = 1,000: threads: this CPU has no AVX-512
            Note, N = 1,000: only 3 rounds fitted the time.
            Note, N = 1,000,000: only 3 rounds fitted the time.
        "#]]
        .assert_eq(&sizes(&sample::sizes()));
    }
}
