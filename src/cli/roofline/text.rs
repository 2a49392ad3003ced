//! A roofline for a terminal: the chart, a row for each point, and in words what bounds each.

use comfy_table::{CellAlignment, ContentArrangement, Table};

use super::chart::chart;
use super::model::{Point, Roofline, Roofs, Unit, threads};
use crate::cli::cpu::date::{date, duration};
use crate::cli::figures::{RULED, figure, grouped, number, percent, shortened, wrapped};

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
        out += &wrapped(&format!("Roofs of {}: {}", threads(roofs.threads), roof_words(roofs)), LINE);
    }
    out += &wrapped(&format!("{}.", origin(roofline, now)), LINE);
    out += &table(roofline);
    for point in &roofline.points {
        out += &wrapped(&format!("{}: {}", point.mark, point.why), LINE);
    }
    if !roofline.left_out.is_empty() {
        out += "\nWithout a place:\n";
        for left in &roofline.left_out {
            out += &wrapped(&format!("   line {}: {}: {}", left.line, shortened(&left.text, MOST), left.why), LINE);
        }
    }
    out += "\n";
    for paragraph in legend(roofline) {
        out += &wrapped(&paragraph, LINE);
    }
    for note in &roofline.notes {
        out += &wrapped(&format!("Note: {note}."), LINE);
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
        number(point.ns.best),
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
    let across = match roofline.switches.contains("--fuse expression") {
        true => "; toy run fuses across statements, as --fuse on does here",
        false => "",
    };
    let mut out = vec![
        "ns: the least of several rounds, of a kernel's run or a loop's iteration, taken again and again by itself, so \
             that its data lie in the nearest cache that holds all of them. FLOP/byte: floating-point operations (an \
             FMA is two) for each byte that it asks for, whichever level that comes from. roof: the \
             most that this machine's bandwidth and FMA rate allow such work, for its threads, its dtype, its width and \
             its share of FMAs; a loop's is that of scalar code without FMA."
            .to_owned(),
        format!("Array expressions as {}{across}.", roofline.switches),
    ];
    if roofline.points.iter().any(|point| point.unit == Unit::Operation) {
        out.push(
            "*: no floats: operations on integers, comparisons and choices are counted instead, OP/byte and GOP/s; how \
             many of these the machine can do was not measured, so that their roof is bandwidth alone."
                .into(),
        );
    }
    if roofline.points.iter().any(|point| point.share.is_some_and(|share| share > 1.0)) {
        out.push(
            "A share over 100 % is more than was measured: roofs are measured by reads and FMAs alone, beside which a CPU \
             may store and add, and its clock changes."
                .into(),
        );
    }
    if roofline.points.iter().any(|point| point.unit == Unit::Byte) {
        out.push("–: it computes nothing; share is that of the bandwidth.".into());
    }
    out
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::super::sample;
    use super::*;

    #[test]
    fn a_roofline_as_text() {
        let now = 1_780_476_000 + 7200;
        expect![[r#"
            script.toy: 4 kernels and 1 loop
            A CPU, 2 threads

             GFLOP/s
                   │
                   │                   ⣀⡠⠤⠒⠊⠉⠉⠉⢉⣉⠭⠛⠋⠉⠉⠉⢉⣉⠭⠝⠛⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⣉⡩⠭⠛⠋f64 FMA 160
               100 ┤             ⢀⣀⠤⠖⠊⠍ ⠄⢀⣄⠤⠔⠒⠍⠁⠄⢀⣄⠤⠔⠒⠍⠁⠄ ⠄ ⠄ ⠄ ⠄ ⠄ ⣄⡠f64 without FMA 80.0
                   │       ⢀⣀⠤⠔⠒⠉⠁ ⢀⣀⠤⠔⠒⠉⠁ ⢀⣀⠤⠔⠒⠉⠁            ⢀⣀⠤⠔⠒⠉
                   │ L1⠤⠔⠒⠉⠁ ⢀⣀⠤⠔⠒⠉⠁ ⢀⣀⠤⠔⠒⠉⠁            ⢀⣀⠤⠔⠒⠉⠁
                   │⠉⠁⠁⢀⣁⠤⠕⠒⠉⠁⠁⢀⣁⠤⠕⠒⠉⠁⠁ ⠁ ⠁ ⠁ ⠁ ⠁ ⢁⣀⠥⠔⠓⠉⠁ ⠁ ⠁ ⠁ ⠁ ⠁ ⠁ ⠁ ⠁ ⠁f64 scalar 20.0
                10 ┤⠔L2⠁  ⣀⡠⠤⠒⠉⠁            ⢀⣀⠤⠔⠒⠉⠁
                   │⣀L3⠒⠊⠉    c       ⢀⣀⠤⠔⠒⠉⠁
                   │             ⣀⠤⠔⠒⠉⠁
                   │       ⣀⡠⠤⠒⠊⠉
                   │ memory
                 1 ┤⠉         b
                   │
                   │
                   │
               0.1 ┤
                   │
                   │
                   │          a
                   │
                   └────────┬──────────────────────────┬─────────────────────────┬────────
                           0.1                         1                        10
                                                                                 FLOP/byte
            d lies where b does.
            f lies where c does.
            Roofs of 1 thread: L1 200, L2 100, L3 50.0, memory 20.0 GB/s; f64 FMA 80.0, f64 without FMA 40.0,
              f64 scalar 10.0 GFLOP/s.
            Roofs of 2 threads: L1 400, L2 200, L3 100, memory 20.0 GB/s; f64 FMA 160, f64 without FMA 80.0, f64
              scalar 20.0 GFLOP/s.
            Measured on 2026-06-03 08:40 UTC, 2 hours ago; --measure measures anew.
            ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
                 line   expression             runs as             n   dtype          ns   FLOP/byte   GFLOP/s    roof     share   lies in   bound by       
            ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
             a      3   for x in xs            interpreted   100,000   float64      50.0       0.125     0.020    6.25     0.3 %   L3        interpretation 
             b      3   for x in xs            typed code    100,000   float64      1.50       0.125     0.667    6.25    10.7 %   L3        neither        
             c      7   np.sum(x)              kernel        100,000   float64    16,000       0.125      6.25    6.25   100.0 %   L3        L3 bandwidth   
             d      8   np.sum(x < 3 | y)      kernel        100,000   float64   100,000      0.125*     1.00*   6.25*    16.0 %   L3        neither        
             e      9   x.astype(np.float64)   kernel        100,000   float64    20,000           –         –       –    80.0 %   L3        L3 bandwidth   
             f     10   np.sum(x)              kernel        100,000   float64    16,100       0.125      6.21    6.25    99.4 %   L3        L3 bandwidth   
            ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
            a: interpretation, neither memory nor arithmetic: an iteration takes 50.0 ns, of which its bytes
              need 0.160 ns and its arithmetic needs 0.100 ns at the roof, and as machine code it takes 1.50 ns
            b: neither memory nor arithmetic: 10.7 % of the roof; an operation takes 1.50 ns, and one that waits
              for another 1.60 ns (an FMA)
            c: L3 bandwidth: 800,000 bytes need 16,000 ns from L3 with 1 thread; 100.0 % of the roof
            d: neither memory nor arithmetic: 16.0 % of the roof; latency, or instructions other than its
              arithmetic and its loads
            e: L3 bandwidth: 1,600,000 bytes need 16,000 ns from L3 with 2 threads; 80.0 % of the roof
            f: L3 bandwidth: 800,000 bytes need 16,000 ns from L3 with 1 thread; 99.4 % of the roof

            Without a place:
               line 12: for name in names: it computes <nothing>

            ns: the least of several rounds, of a kernel's run or a loop's iteration, taken again and again by
              itself, so that its data lie in the nearest cache that holds all of them. FLOP/byte:
              floating-point operations (an FMA is two) for each byte that it asks for, whichever level that
              comes from. roof: the most that this machine's bandwidth and FMA rate allow such work, for its
              threads, its dtype, its width and its share of FMAs; a loop's is that of scalar code without FMA.
            Array expressions as --fuse expression; toy run fuses across statements, as --fuse on does here.
            *: no floats: operations on integers, comparisons and choices are counted instead, OP/byte and
              GOP/s; how many of these the machine can do was not measured, so that their roof is bandwidth
              alone.
            –: it computes nothing; share is that of the bandwidth.
            Note: only 2 of 3 rounds of loops fitted the time.
        "#]].assert_eq(&roofline(&sample::roofline(), false, now));
    }

    #[test]
    fn a_chart_fits_a_terminal_and_has_no_colour_unless_it_is_asked_for() {
        let plain = chart(&sample::roofline(), false);
        assert!(plain.lines().all(|line| line.chars().count() <= 80), "{plain}");
        assert!(!plain.contains('\x1b'));
        let coloured = chart(&sample::roofline(), true);
        assert!(coloured.contains("\x1b[1;33ma\x1b[0m"));
        assert_eq!(
            coloured
                .replace("\x1b[0m", "")
                .replace("\x1b[1;33m", "")
                .replace("\x1b[1;32m", "")
                .replace("\x1b[1;36m", ""),
            plain
        );
    }

    #[test]
    fn nothing_to_draw_is_no_chart() {
        let mut none = sample::roofline();
        none.points.retain(|point| !point.is_placed());
        assert_eq!(chart(&none, false), "");
    }
}
