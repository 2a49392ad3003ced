//! A loop's time as bars that add up, and how it was found.

use std::fmt::Write;

use crate::trace::cost::{Cost, Interval};

/// Cells of a bar that is as long as all of them.
const WIDTH: usize = 44;

pub const METHOD: &str = "
How the times were found: the script ran again and again, unwatched, with the clock read where a loop begins and where
it ends. In turns with the loop as it is ran copies of it: one in which an instruction that does nothing stands before
each of the loop's own (that is a dispatch), and others in which those do one kind of work again, where the loop does
it. The difference, for each time that the work is done again, times the counts above is the work's share. All of that
was done at several places in memory, code and data each time elsewhere. ± is half of the interval in which the median
lies, 19 times out of 20, as the figures of these places scatter. The remainder is not spread: work of which a processor
does several things at once is less than its parts, and waiting (for memory, or after a branch that was guessed wrong)
is in no part, nor is what cannot be done twice. Where it is negative, the parts overlap.
Loops are interpreted, and array expressions taken operation by operation, as they were when they were counted.
";

/// Processors that others may keep busy without being told of.
const QUIET: f64 = 0.05;

/// What is said of a build whose time says nothing.
pub const DEBUG: &str = "\nThis toy is a debug build, whose time says nothing.\n";

/// One row for each part, each bar beginning where the one before ends.
pub fn bars(cost: &Cost) -> String {
    let Interval { median: total, low, high } = cost.total;
    let mut text = format!(
        "One iteration takes {} ns ({} to {}; {} rounds at {} places in memory), with all that it calls and its share of the last test:\n",
        ns(total),
        ns(low),
        ns(high),
        cost.rounds,
        cost.replicates
    );
    let times = cost.parts.iter().map(|part| part.time.map_or(0.0, |time| time.median));
    let bounds = Bounds::new(times.chain([cost.remainder.median]), total);
    let mut row = |at: usize, name: &str, count: &str, time: Option<Interval>, fill: char| {
        let (figure, margin, share) = match time {
            Some(time) => {
                (ns(time.median), format!("± {}", ns(time.margin())), format!("{:.1} %", 100.0 * time.median / total))
            }
            None => ("·".into(), String::new(), String::new()),
        };
        let bar = time.map_or_else(String::new, |_| bounds.bar(at, fill));
        let row = format!("  {name:<13} {count:>7} {figure:>8} {margin:<8} {share:>7}  {bar}");
        let _ = writeln!(text, "{}", row.trim_end());
    };
    for (at, part) in cost.parts.iter().enumerate() {
        let count = if part.count == 0.0 { "·".into() } else { format!("{}×", count(part.count)) };
        row(at, part.overhead.name(), &count, part.time, '█');
    }
    row(cost.parts.len(), "remainder", "", Some(cost.remainder), '░');
    let _ = writeln!(text, "  {:<13} {:>7} {:>8} {:<8} {:>7}", "the loop", "", ns(total), "", "100 %");
    for part in cost.parts.iter().filter(|part| part.left_out > 0.0) {
        let all = if part.left_out == part.count { "All" } else { "Of" };
        let _ = match part.time {
            Some(_) => writeln!(
                text,
                "{all} {} × {}, {} cannot be done twice: they are in the remainder.",
                count(part.count),
                part.overhead,
                count(part.left_out)
            ),
            None => writeln!(
                text,
                "{} × {} cannot be done twice in this loop: in the remainder.",
                count(part.left_out),
                part.overhead
            ),
        };
    }
    if cost.clock > total / 100.0 {
        let _ = writeln!(
            text,
            "The loop is entered often, or is short: reading the clock took {} ns more per iteration, which is left out.",
            ns(cost.clock)
        );
    }
    if let Some(others) = cost.others.filter(|others| *others > QUIET) {
        let _ = writeln!(
            text,
            "The machine was not quiet: others kept {others:.2} of its processors busy. The interval does not cover that."
        );
    }
    match &cost.counted {
        Ok(counts) if counts.is_empty() => text += "The processor counted nothing.\n",
        Ok(counts) => {
            let counts: Vec<String> =
                counts.iter().map(|(event, number)| format!("{} {}", count(*number), event.name())).collect();
            let _ = writeln!(text, "Counted by the processor in an iteration: {}.", counts.join(", "));
        }
        Err(why) => {
            let _ = writeln!(text, "No instructions, cycles and misses from the processor's own counters: {why}.");
        }
    }
    text
}

/// Where each bar begins and ends, in cells.
struct Bounds(Vec<(usize, usize, bool)>);

impl Bounds {
    /// Bars one behind the other; one of less than nothing goes back.
    fn new(parts: impl Iterator<Item = f64>, total: f64) -> Bounds {
        let mut ends = vec![0.0f64];
        for part in parts {
            ends.push(ends[ends.len() - 1] + part);
        }
        let longest = ends.iter().fold(total, |longest, end| longest.max(*end)).max(f64::MIN_POSITIVE);
        let cell = |end: f64| ((end / longest).clamp(0.0, 1.0) * WIDTH as f64).round() as usize;
        let bound = |pair: &[f64]| {
            let (from, to) = (cell(pair[0]), cell(pair[1]));
            (from.min(to), from.max(to), pair[1] < pair[0])
        };
        Bounds(ends.windows(2).map(bound).collect())
    }

    fn bar(&self, at: usize, fill: char) -> String {
        let (from, to, back) = self.0[at];
        let fill = if back { '◂' } else { fill };
        format!("{}{}", " ".repeat(from), fill.to_string().repeat(to - from))
    }
}

/// With three digits that say something, and two behind the point at most.
pub fn ns(x: f64) -> String {
    let digits = match x.abs() {
        x if x < 9.995 => 2,
        x if x < 99.95 => 1,
        _ => 0,
    };
    let text = format!("{x:.digits$}");
    // No -0.00.
    if text.trim_start_matches('-').chars().all(|c| matches!(c, '0' | '.')) { text.replace('-', "") } else { text }
}

/// Whole if it is, else with two digits.
fn count(x: f64) -> String {
    match x {
        x if x.fract() == 0.0 => format!("{x:.0}"),
        x if x < 0.005 => "<0.01".into(),
        x => format!("{x:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytecode::overhead::Overhead;
    use crate::trace::cost::Part;
    use expect_test::expect;

    fn interval(median: f64) -> Interval {
        Interval { median, low: median - 0.25, high: median + 0.25 }
    }

    fn cost(times: [Option<f64>; 9], remainder: f64) -> Cost {
        let parts = Overhead::ALL.into_iter().zip(times).map(|(overhead, time)| Part {
            overhead,
            count: time.map_or(0.0, |_| 2.5),
            left_out: 0.0,
            time: time.map(interval),
        });
        let parts: Vec<Part> = parts.collect();
        let total = times.iter().flatten().sum::<f64>() + remainder;
        let counted = Err("nobody asked".to_owned());
        let (total, remainder) = (interval(total), interval(remainder));
        Cost {
            rounds: 54,
            replicates: 6,
            iterations: 100,
            total,
            parts,
            remainder,
            clock: 0.0,
            others: Some(0.01),
            counted,
        }
    }

    #[test]
    fn bars_go_on_where_the_one_before_ends() {
        let mut cost =
            cost([Some(20.0), Some(1.0), Some(4.0), None, Some(30.0), Some(5.0), Some(-2.0), None, None], 42.0);
        cost.parts[8] = Part { count: 3.0, left_out: 3.0, ..cost.parts[8].clone() };
        cost.others = Some(1.5);
        cost.counted = Ok(vec![(crate::machine::HardwareEvent::Instructions, 412.5)]);
        expect![[r#"
            One iteration takes 100 ns (99.8 to 100; 54 rounds at 6 places in memory), with all that it calls and its share of the last test:
              dispatch        2.50×     20.0 ± 0.25    20.0 %  █████████
              bounds check    2.50×     1.00 ± 0.25     1.0 %
              dereference     2.50×     4.00 ± 0.25     4.0 %           ██
              type check          ·        ·
              memory access   2.50×     30.0 ± 0.25    30.0 %             █████████████
              arithmetic      2.50×     5.00 ± 0.25     5.0 %                          ██
              loop counter    2.50×    -2.00 ± 0.25    -2.0 %
              branch              ·        ·
              other              3×        ·
              remainder                 42.0 ± 0.25    42.0 %                            ░░░░░░░░░░░░░░░░░░
              the loop                   100            100 %
            3 × other cannot be done twice in this loop: in the remainder.
            The machine was not quiet: others kept 1.50 of its processors busy. The interval does not cover that.
            Counted by the processor in an iteration: 412.50 instructions.
        "#]]
        .assert_eq(&bars(&cost));
    }

    #[test]
    fn parts_that_overlap_are_more_than_the_whole() {
        let none = None;
        let cost = cost([Some(30.0), none, none, none, Some(30.0), none, none, none, none], -20.0);
        expect![[r#"
            One iteration takes 40.0 ns (39.8 to 40.2; 54 rounds at 6 places in memory), with all that it calls and its share of the last test:
              dispatch        2.50×     30.0 ± 0.25    75.0 %  ██████████████████████
              bounds check        ·        ·
              dereference         ·        ·
              type check          ·        ·
              memory access   2.50×     30.0 ± 0.25    75.0 %                        ██████████████████████
              arithmetic          ·        ·
              loop counter        ·        ·
              branch              ·        ·
              other               ·        ·
              remainder                -20.0 ± 0.25   -50.0 %                               ◂◂◂◂◂◂◂◂◂◂◂◂◂◂◂
              the loop                  40.0            100 %
            No instructions, cycles and misses from the processor's own counters: nobody asked.
        "#]]
        .assert_eq(&bars(&cost));
    }

    #[test]
    fn bars_fill_the_width_together() {
        for parts in [[10.0; 9], [0.1; 9], [33.3; 9], [7.7; 9]] {
            let bounds = Bounds::new(parts.into_iter(), parts.iter().sum());
            let cells: usize = (0..9).map(|at| bounds.bar(at, '#').trim_start().len()).sum();
            assert_eq!(cells, WIDTH);
        }
    }
}
