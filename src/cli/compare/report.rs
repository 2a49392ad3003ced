//! What was measured, as a table or as JSON.

use comfy_table::{CellAlignment, ContentArrangement, Table};
use serde_json::json;

use super::pair::{Row, Times};
use crate::cli::figures::{RULED, figure};
use crate::jit::Switches;
use crate::jit::switches::SWITCHES;

/// A version of the schema below; a reader can rely on the fields of the version that it knows.
const VERSION: u32 = 1;

pub fn json(results: &[(String, Vec<Row>)], switches: &Switches) -> String {
    let settings: serde_json::Map<_, _> =
        SWITCHES.iter().map(|switch| (switch.name.to_string(), json!(switch.get(switches)))).collect();
    let pairs: Vec<_> = results.iter().map(|(name, rows)| json!({ "name": name, "rows": rows })).collect();
    let report = json!({ "version": VERSION, "switches": settings, "pairs": pairs });
    serde_json::to_string_pretty(&report).expect("numbers and strings") + "\n"
}

pub fn table(results: &[(String, Vec<Row>)], switches: &Switches) -> String {
    let mut out = String::new();
    for (name, rows) in results {
        out += &format!("{name}: time per iteration, median and quartiles\n");
        let mut table = Table::new();
        table.load_style(RULED).set_content_arrangement(ContentArrangement::Disabled);
        table.set_header(["n", "form", "ns per iteration", "quartiles", "times as fast", "GB/s", "GFLOP/s"]);
        for row in rows {
            let base = row.loop_list.ns_per_iteration.median;
            let forms = [
                ("loop over lists", &row.loop_list),
                ("loop over arrays", &row.loop_array),
                ("vectorized", &row.vectorized),
            ];
            for (at, (form, times)) in forms.into_iter().enumerate() {
                let n = if at == 0 { row.n.to_string() } else { String::new() };
                let (bytes, operations) = match form {
                    "vectorized" => (figure(row.gb_per_s), figure(row.gflop_per_s)),
                    _ => Default::default(),
                };
                let Times { ns_per_iteration: ns } = times;
                table.add_row([
                    n,
                    form.to_string(),
                    figure(ns.median),
                    format!("{} – {}", figure(ns.low), figure(ns.high)),
                    figure(base / ns.median),
                    bytes,
                    operations,
                ]);
            }
        }
        for column in [0, 2, 3, 4, 5, 6] {
            if let Some(column) = table.column_mut(column) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        out += &format!("{table}\n");
        for row in rows {
            out += &format!(
                "n = {}: {} bytes and {} operations per element; compiled in {} ms; \
                 results differ by {:.1e} (bound {:.1e})\n",
                row.n,
                figure(row.bytes_per_element),
                figure(row.operations_per_element),
                figure(row.compile_ms),
                row.max_difference,
                row.bound,
            );
        }
        out += "\n";
    }
    let settings: Vec<String> =
        SWITCHES.iter().map(|switch| format!("--{} {}", switch.name, switch.get(switches))).collect();
    out + &format!(
        "The loop runs in the interpreter, over lists of boxed floats and over arrays whose elements it boxes as it \
         reads them;\nthe vectorized form as machine code ({}).\n\
         GB/s and GFLOP/s count what its kernels read, write and compute; the bound is n·ε·Σ|term|.\n",
        settings.join(" ")
    )
}
