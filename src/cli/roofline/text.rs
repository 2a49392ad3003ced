//! A roofline for a terminal: the chart, a row for each point, and in words what bounds each.

use comfy_table::{CellAlignment, ContentArrangement, Table};

use super::chart::chart;
use super::model::{Point, Roofline, Roofs, Unit, threads};
use crate::cli::cpu::date::{date, duration};
use crate::cli::cpu::report::size;
use crate::cli::figures::{RULED, figure, grouped, shortened};

/// Characters of an expression in the table.
const MOST: usize = 32;
/// Columns of a line of words.
const LINE: usize = 100;

/// Over the columns of [`cells`].
pub const HEADER: [&str; 13] = [
    "",
    "line",
    "expression",
    "runs as",
    "n",
    "dtype",
    "ns",
    "FLOP/byte",
    "GFLOP/s",
    "roof",
    "share",
    "lies in",
    "bound by",
];
/// Columns whose figures stand at the right.
const RIGHT: [usize; 7] = [1, 4, 6, 7, 8, 9, 10];

/// The whole roofline; `now` is in seconds since the beginning of 1970.
pub fn roofline(roofline: &Roofline, color: bool, now: u64) -> String {
    let mut out = format!("{}\n{}\n\n", roofline.title(), roofline.machine());
    out += &chart(roofline, color);
    for roofs in &roofline.roofs {
        out += &wrapped(&format!("Roofs of {}: {}", threads(roofs.threads), roof_words(roofs)), "  ");
    }
    out += &wrapped(&format!("{}.", origin(roofline, now)), "  ");
    out += &table(roofline);
    for point in &roofline.points {
        out += &wrapped(&format!("{}  {}", point.mark, point.why), "   ");
    }
    if !roofline.left_out.is_empty() {
        out += "\nWithout a place:\n";
        for left in &roofline.left_out {
            out += &wrapped(&format!("   line {}: {}: {}", left.line, shortened(&left.text, MOST), left.why), "      ");
        }
    }
    out += "\n";
    for paragraph in legend(roofline) {
        out += &wrapped(&paragraph, "");
    }
    for note in &roofline.notes {
        out += &wrapped(&format!("Note: {note}."), "");
    }
    out
}

/// One point for each row.
fn table(roofline: &Roofline) -> String {
    let mut table = Table::new();
    table.load_style(RULED).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(HEADER);
    for point in &roofline.points {
        table.add_row(cells(point, MOST));
    }
    for column in RIGHT {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    format!("{table}\n")
}

/// What tables show of a point, with so many characters of its expression.
pub fn cells(point: &Point, most: usize) -> [String; 13] {
    let none = || "–".to_owned();
    let star = if point.unit == Unit::Flop { "" } else { "*" };
    let unit = |x: f64| match point.unit {
        Unit::Byte => none(),
        Unit::Flop | Unit::Operation => format!("{}{star}", rate(x)),
    };
    let intensity = match (point.unit, point.intensity) {
        (Unit::Byte, _) => none(),
        (_, None) => "∞".to_owned(),
        (_, Some(intensity)) => format!("{}{star}", rate(intensity)),
    };
    [
        point.mark.to_string(),
        point.line.to_string(),
        shortened(&point.text, most),
        point.kind.words().to_owned(),
        grouped(point.n),
        point.dtype.clone(),
        figure(point.ns.best),
        intensity,
        unit(point.rate),
        point.roof_rate.map_or_else(none, unit),
        point.share.map_or_else(none, percent),
        if point.amount.working_set > 0 { point.place.to_string() } else { "registers".to_owned() },
        point.bound.words(),
    ]
}

/// What may be next to nothing.
fn rate(x: f64) -> String {
    if x < 0.01 { format!("{x:.2e}") } else { figure(x) }
}

fn percent(share: f64) -> String {
    let percent = 100.0 * share;
    if percent < 0.1 { "< 0.1 %".to_owned() } else { format!("{percent:.1} %") }
}

/// `L1 207, L2 104, memory 22.2 GB/s; FMA 51.8, …`
pub fn roof_words(roofs: &Roofs) -> String {
    let slopes: Vec<String> =
        roofs.bandwidths.iter().map(|of| format!("{} {}", of.place, figure(of.gb_per_s))).collect();
    let ceilings: Vec<String> =
        roofs.ceilings.iter().map(|of| format!("{} {}", of.name, figure(of.gflop_per_s))).collect();
    format!("{} GB/s; {} GFLOP/s.", slopes.join(", "), ceilings.join(", "))
}

/// When the roofs were measured.
pub fn origin(roofline: &Roofline, now: u64) -> String {
    let at = date(roofline.measured_at);
    match (roofline.was_kept, now.checked_sub(roofline.measured_at)) {
        (false, _) => format!("Measured in this run, {at}"),
        (true, Some(age)) => format!("Measured on {at}, {} ago; --measure measures anew", duration(age)),
        (true, None) => format!("Measured on {at}, in the future by this machine's clock; --measure measures anew"),
    }
}

/// How it is to be read.
pub fn legend(roofline: &Roofline) -> Vec<String> {
    let most = roofline.points.iter().map(|point| point.amount.working_set).max().unwrap_or(0);
    let mut out = vec![
        format!(
            "ns: the least of several rounds, of a kernel's run or a loop's iteration, taken again and again by itself, so \
             that its data lie in the nearest cache that holds all of them (the largest takes {}). FLOP/byte: floating-\
             point operations (an FMA is two) for each byte that it asks for, whichever level that comes from. roof: the \
             most that this machine's bandwidth and FMA rate allow such work, for its threads, its dtype, its width and \
             its share of FMAs; a loop's is that of scalar code without FMA.",
            size(most)
        ),
        format!("Array expressions as {}; toy run fuses across statements: --fuse on.", roofline.switches),
    ];
    if roofline.points.iter().any(|point| point.unit == Unit::Operation) {
        out.push(
            "*: no floats: operations on integers, comparisons and choices are counted instead, OP/byte and GOP/s; how \
             many of these the machine can do was not measured, so that their roof is bandwidth alone."
                .into(),
        );
    }
    if roofline.points.iter().any(|point| point.unit == Unit::Byte) {
        out.push("–: it computes nothing; share is that of the bandwidth.".into());
    }
    out
}

/// In lines that are not too long; those behind the first begin with `indent`.
fn wrapped(text: &str, indent: &str) -> String {
    let mut out = String::new();
    let start = text.len() - text.trim_start().len();
    let mut line = text[..start].to_owned();
    let mut is_empty = true;
    for word in text[start..].split(' ') {
        if !is_empty && line.chars().count() + 1 + word.chars().count() > LINE {
            out += &format!("{}\n", line.trim_end());
            line = indent.to_owned();
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line += word;
        is_empty = false;
    }
    out + &format!("{line}\n")
}
