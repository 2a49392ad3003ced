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
