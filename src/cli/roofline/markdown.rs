//! A roofline as Markdown: the chart as text, then tables.

use super::chart::chart;
use super::model::{Roofline, threads};
use super::text::{HEADER, cells, legend, origin, roof_words};
use crate::cli::markdown::escape;

/// Characters of an expression.
const MOST: usize = 60;

pub fn roofline(roofline: &Roofline, now: u64) -> String {
    let mut out = format!("**{}**\n\n{}\n\n", escape(&roofline.title()), escape(&roofline.machine()));
    let chart = chart(roofline, false);
    if !chart.is_empty() {
        out += &format!("```\n{chart}```\n\n");
    }
    for roofs in &roofline.roofs {
        out += &format!("Roofs of {}: {}\n\n", threads(roofs.threads), escape(&roof_words(roofs)));
    }
    out += &format!("{}.\n\n", escape(&origin(roofline, now)));
    out += &format!("| {} | why |\n", HEADER.join(" | ").trim_start());
    out += &format!("|{}\n", "---|".repeat(HEADER.len() + 1));
    for point in &roofline.points {
        let cells: Vec<String> = cells(point, MOST).iter().map(|cell| escape(cell)).collect();
        out += &format!("| {} | {} |\n", cells.join(" | "), escape(&point.why));
    }
    if !roofline.left_out.is_empty() {
        out += "\n| line | without a place | why |\n|---|---|---|\n";
        for left in &roofline.left_out {
            out += &format!("| {} | {} | {} |\n", left.line, escape(&left.text), escape(&left.why));
        }
    }
    let notes = roofline.notes.iter().map(|note| format!("{note}."));
    for paragraph in legend(roofline).into_iter().chain(notes) {
        out += &format!("\n{}\n", escape(&paragraph));
    }
    out
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::super::sample;

    #[test]
    fn a_roofline_as_markdown() {
        let mut sample = sample::roofline();
        // The chart is that of the terminal.
        sample.points.retain(|point| !point.is_placed() || point.line == 8);
        let text = super::roofline(&sample, 1_780_476_000);
        expect![[r#"


            Roofs of 1 thread: L1 200, L2 100, L3 50.0, memory 20.0 GB/s; f64 FMA 80.0, f64 without FMA 40.0, f64 scalar 10.0 GFLOP/s.

            Roofs of 2 threads: L1 400, L2 200, L3 100, memory 20.0 GB/s; f64 FMA 160, f64 without FMA 80.0, f64 scalar 20.0 GFLOP/s.

            Measured on 2026-06-03 08:40 UTC, 0 seconds ago; --measure measures anew.

            | | line | expression | runs as | n | dtype | ns | FLOP/byte | GFLOP/s | roof | share | lies in | bound by | why |
            |---|---|---|---|---|---|---|---|---|---|---|---|---|---|
            | d | 8 | np.sum(x \< 3 \| y) | kernel | 100,000 | float64 | 100,000 | 0.125\* | 1.00\* | 6.25\* | 16.0 % | L3 | neither | neither memory nor arithmetic: 16.0 % of the roof; latency, or instructions other than its arithmetic and its loads |
            | e | 9 | x.astype(np.float64) | kernel | 100,000 | float64 | 20,000 | – | – | – | 80.0 % | L3 | L3 bandwidth | L3 bandwidth: 1,600,000 bytes need 16,000 ns from L3 with 2 threads; 80.0 % of the roof |

            | line | without a place | why |
            |---|---|---|
            | 12 | for name in names | it computes \<nothing> |

            ns: the least of several rounds, of a kernel's run or a loop's iteration, taken again and again by itself, so that its data lie in the nearest cache that holds all of them. FLOP/byte: floating-point operations (an FMA is two) for each byte that it asks for, whichever level that comes from. roof: the most that this machine's bandwidth and FMA rate allow such work, for its threads, its dtype, its width and its share of FMAs; a loop's is that of scalar code without FMA.

            Array expressions as --fuse expression; toy run fuses across statements, as --fuse on does here.

            \*: no floats: operations on integers, comparisons and choices are counted instead, OP/byte and GOP/s; how many of these the machine can do was not measured, so that their roof is bandwidth alone.

            –: it computes nothing; share is that of the bandwidth.

            only 2 of 3 rounds of loops fitted the time.
        "#]].assert_eq(text.split("```").last().unwrap_or_default());
    }
}
