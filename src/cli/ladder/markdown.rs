//! A ladder as Markdown tables.

use super::model::{Ladder, Outcome};
use super::text::cells;
use crate::cli::figures::{figure, grouped};
use crate::cli::markdown::escape;

/// One ladder.
pub fn ladder(ladder: &Ladder) -> String {
    let mut out = format!("**{}**\n\n{}\n\n", escape(&ladder.title()), escape(&ladder.machine()));
    out +=
        "| rung | ns/iteration | 95 % interval | entering | × before | × first | cycles | GB/s | GFLOP/s | answer |\n";
    out += "|---|---:|---:|---:|---:|---:|---:|---:|---:|---|\n";
    for row in &ladder.rungs {
        let name = escape(&row.name);
        match &row.outcome {
            Outcome::Measured(measured) => {
                let cells = cells(measured).join(" | ");
                out += &format!("| {name} | {cells} | {} |\n", escape(&measured.answer.words()));
            }
            Outcome::Missing(why) => {
                out += &format!("| {name} | | | | | | | | | {} |\n", escape(&why.words()));
            }
        }
    }
    if let Some(limit) = &ladder.limit {
        let ns = figure(limit.ns_per_iteration);
        out += &format!("| the limit | {ns} | | | | | | | | {} |\n", escape(&limit.words()));
    }
    out += "\n| claim | the text | measured | verdict | between |\n|---|---|---:|---|---|\n";
    for claim in &ladder.claims {
        let measured = claim.factor.map_or("not measured".to_owned(), |factor| figure(factor.median));
        let verdict = claim.verdict.map_or("", |verdict| verdict.words());
        let between = claim.between.as_ref().map_or(String::new(), |(from, to)| format!("{from} → {to}"));
        out += &format!("| {} | {} | {measured} | {verdict} | {} |\n", claim.about, claim.says, escape(&between));
    }
    if let Some(order) = &ladder.order {
        out += "\n| step | usual order | this order |\n|---|---:|---:|\n";
        for step in &order.steps {
            let cell = |x: Option<f64>| x.map_or("–".to_owned(), figure);
            out += &format!("| {} | {} | {} |\n", escape(&step.name), cell(step.usually), cell(step.here));
        }
    }
    for note in &ladder.notes {
        out += &format!("\n{}.\n", escape(note));
    }
    out
}

/// Several sizes side by side.
pub fn sizes(ladders: &[Ladder]) -> String {
    let Some(first) = ladders.first() else { return String::new() };
    let mut out =
        format!("**{}**: ns per iteration\n\n{}\n\n| rung |", escape(&first.script), escape(&first.machine()));
    for ladder in ladders {
        let (name, size) = ladder.size.clone().unwrap_or_default();
        out += &format!(" {} = {} |", escape(&name), grouped(size));
    }
    out += &format!("\n|---|{}\n", "---:|".repeat(ladders.len()));
    for (at, row) in first.rungs.iter().enumerate() {
        out += &format!("| {} |", escape(&row.name));
        for ladder in ladders {
            let measured = ladder.rungs.get(at).and_then(|row| row.measured());
            let cell = measured.map_or("–".to_owned(), |measured| figure(measured.ns_per_iteration.median));
            out += &format!(" {cell} |");
        }
        out += "\n";
    }
    out += "| the limit |";
    for ladder in ladders {
        let cell = ladder.limit.as_ref().map_or("–".to_owned(), |limit| figure(limit.ns_per_iteration));
        out += &format!(" {cell} |");
    }
    out + "\n"
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::super::sample;
    use super::*;

    #[test]
    fn a_ladder_as_markdown() {
        expect![[r#"
            **script.toy: the loop at line 4 in f(): 100,000 iterations; iterations are those of line 5**

            A CPU, 2 threads, 3.00 GHz when measured

            | rung | ns/iteration | 95 % interval | entering | × before | × first | cycles | GB/s | GFLOP/s | answer |
            |---|---:|---:|---:|---:|---:|---:|---:|---:|---|
            | interpreter | 64.0 | 56.0 – 72.0 |  |  |  | 192 | 0.375 | 0.047 | same bits |
            | − dispatch | 80.0 | 70.0 – 90.0 |  | 0.800 | 0.800 | 240 | 0.300 | 0.037 | same bits |
            | contiguous | 2.00 | 1.75 – 2.25 | 0.500 | 40.0 | 32.0 | 6.00 | 12.0 | 1.50 | 25.0 % differ, ≤ 3 ULP |
            | AVX | | | | | | | | | line 5: T0021: the body goes \<different> ways |
            | AVX-512 | | | | | | | | | line 5: T0021: the body goes \<different> ways |
            | threads | | | | | | | | | this CPU has no AVX-512 |
            | the limit | 0.500 | | | | | | | | L2: 48 GB/s |

            | claim | the text | measured | verdict | between |
            |---|---|---:|---|---|
            | interpreter overhead | 10–50 times slower | 12.0 | inside | interpreter → contiguous |
            | interpreter overhead | 10–50 times slower | not measured |  |  |

            | step | usual order | this order |
            |---|---:|---:|
            | − boxes | 2.00 | – |

            only 3 rounds fitted the time.
        "#]]
        .assert_eq(&ladder(&sample::ladder()));
    }

    #[test]
    fn sizes_as_markdown() {
        expect![[r#"
            **script.toy**: ns per iteration

            A CPU, 2 threads, 3.00 GHz when measured

            | rung | N = 1,000 | N = 1,000,000 |
            |---|---:|---:|
            | interpreter | 64.0 | 64.0 |
            | − dispatch | 80.0 | 80.0 |
            | contiguous | 2.00 | 2.00 |
            | AVX | – | – |
            | AVX-512 | – | – |
            | threads | – | – |
            | the limit | 0.500 | 0.500 |
        "#]]
        .assert_eq(&sizes(&sample::sizes()));
    }
}
