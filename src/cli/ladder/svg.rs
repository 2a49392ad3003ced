//! Ladders as a picture: a bar for each rung, as long as the logarithm of its time.

use super::model::{Ladder, Outcome};
use super::text::Scale;
use crate::cli::figures::{figure, shortened};
use crate::cli::svg::{begin, escape, text};

const WIDTH: u32 = 960;
const MARGIN: u32 = 24;
/// Where bars begin, and the most that they take.
const LEFT: u32 = 190;
const LONGEST: u32 = 400;
const LINE: u32 = 26;
const HEAD: u32 = 64;
/// Characters that fit beside the names.
const MOST: usize = 100;

/// A picture that a browser shows: all ladders, one below the other.
pub fn page(ladders: &[Ladder]) -> String {
    let heights: Vec<u32> = ladders.iter().map(height).collect();
    let height: u32 = heights.iter().sum::<u32>() + MARGIN;
    let mut out = begin(WIDTH, height, ".bar { fill: #2f81f7 }\n.slower { fill: #cf6a17 } .limit { fill: #8a8f98 }");
    let mut top = MARGIN / 2;
    for (ladder, height) in ladders.iter().zip(heights) {
        out += &one(ladder, top);
        top += height;
    }
    out + "</svg>\n"
}

fn height(ladder: &Ladder) -> u32 {
    HEAD + LINE * (ladder.rungs.len() as u32 + 3)
}

fn one(ladder: &Ladder, top: u32) -> String {
    let mut out = text(MARGIN, top + 18, "font-size=\"16\" font-weight=\"600\"", &ladder.title());
    out += &text(MARGIN, top + 38, "class=\"faint\"", &ladder.machine());
    let scale = Scale::of(ladder);
    let mut y = top + HEAD;
    for row in &ladder.rungs {
        out += &text(MARGIN, y + 14, "", &row.name);
        match &row.outcome {
            Outcome::Measured(measured) => {
                let ns = measured.ns_per_iteration;
                let is_slower = measured.to_before.is_some_and(|factor| factor.median < 1.0);
                let length = scale.share(ns.median) * LONGEST as f64;
                let class = if is_slower { "slower" } else { "bar" };
                out += &format!(
                    "<rect class=\"{class}\" x=\"{LEFT}\" y=\"{y}\" width=\"{length:.1}\" height=\"18\" rx=\"2\">\
                     <title>{}</title></rect>\n",
                    escape(&format!("{}: {} – {} ns", row.name, figure(ns.low), figure(ns.high)))
                );
                let before =
                    measured.to_before.map_or(String::new(), |factor| format!(", × {}", figure(factor.median)));
                let first =
                    measured.to_first.map_or(String::new(), |factor| format!(", {} in all", figure(factor.median)));
                let words = format!("{} ns{before}{first}; {}", figure(ns.median), measured.answer.words());
                out += &text(LEFT + length.ceil() as u32 + 8, y + 14, "", &words);
            }
            Outcome::Missing(why) => out += &text(LEFT, y + 14, "class=\"faint\"", &shortened(&why.words(), MOST)),
        }
        y += LINE;
    }
    if let Some(limit) = &ladder.limit {
        let length = scale.share(limit.ns_per_iteration) * LONGEST as f64;
        out += &text(MARGIN, y + 14, "", "the limit");
        out +=
            &format!("<rect class=\"limit\" x=\"{LEFT}\" y=\"{y}\" width=\"{length:.1}\" height=\"18\" rx=\"2\"/>\n");
        let words = format!("{} ns; {}", figure(limit.ns_per_iteration), limit.words());
        out += &text(LEFT + length.ceil() as u32 + 8, y + 14, "", &words);
        y += LINE;
    }
    out += &format!(
        "<line class=\"line\" x1=\"{MARGIN}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"/>\n",
        y + 4,
        WIDTH - MARGIN,
        y + 4
    );
    out + &text(
        MARGIN,
        y + 22,
        "class=\"faint\"",
        "ns per iteration, the median; bars on a logarithmic scale; orange: slower than the rung before",
    )
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::super::sample;
    use super::*;

    #[test]
    fn a_ladder_as_a_picture() {
        expect![[r#"
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 960 322" width="960" height="322" font-family="ui-sans-serif, system-ui, sans-serif" font-size="13">
            <style>
            .back { fill: #fff } text { fill: #24292f } .faint { fill: #6e7781 } .line { stroke: #d0d7de }
            .bar { fill: #2f81f7 }
            .slower { fill: #cf6a17 } .limit { fill: #8a8f98 }
            @media (prefers-color-scheme: dark) { .back { fill: #0d1117 } text { fill: #e6edf3 }
            .faint { fill: #8d96a0 } .line { stroke: #30363d } }
            </style>
            <rect class="back" width="960" height="322"/>
            <text x="24" y="30" font-size="16" font-weight="600">script.toy: the loop at line 4 in f(): 100,000 iterations; iterations are those of line 5</text>
            <text x="24" y="50" class="faint">A CPU, 2 threads, 3.00 GHz when measured</text>
            <text x="24" y="90">interpreter</text>
            <rect class="bar" x="190" y="76" width="384.5" height="18" rx="2"><title>interpreter: 56.0 – 72.0 ns</title></rect>
            <text x="583" y="90">64.0 ns; same bits</text>
            <text x="24" y="116">− dispatch</text>
            <rect class="slower" x="190" y="102" width="400.0" height="18" rx="2"><title>− dispatch: 70.0 – 90.0 ns</title></rect>
            <text x="598" y="116">80.0 ns, × 0.800, 0.800 in all; same bits</text>
            <text x="24" y="142">contiguous</text>
            <rect class="bar" x="190" y="128" width="144.2" height="18" rx="2"><title>contiguous: 1.75 – 2.25 ns</title></rect>
            <text x="343" y="142">2.00 ns, × 40.0, 32.0 in all; 25.0 % differ, ≤ 3 ULP</text>
            <text x="24" y="168">AVX</text>
            <text x="190" y="168" class="faint">line 5: T0021: the body goes &lt;different&gt; ways</text>
            <text x="24" y="194">AVX-512</text>
            <text x="190" y="194" class="faint">line 5: T0021: the body goes &lt;different&gt; ways</text>
            <text x="24" y="220">threads</text>
            <text x="190" y="220" class="faint">this CPU has no AVX-512</text>
            <text x="24" y="246">the limit</text>
            <rect class="limit" x="190" y="232" width="48.1" height="18" rx="2"/>
            <text x="247" y="246">0.500 ns; L2: 48 GB/s</text>
            <line class="line" x1="24" y1="262" x2="936" y2="262"/>
            <text x="24" y="280" class="faint">ns per iteration, the median; bars on a logarithmic scale; orange: slower than the rung before</text>
            </svg>
        "#]].assert_eq(&page(&[sample::ladder()]));
    }
}
