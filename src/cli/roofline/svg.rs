//! A roofline as a picture: roofs as lines with their names, points with their letters, and what each is below.

use super::chart::{Frame, power};
use super::model::{Kind, Point, Roofline, Roofs, Unit, threads};
use super::text::{origin, roof_words};
use crate::cli::figures::{figure, shortened};
use crate::cli::svg::{begin, escape, text};

const WIDTH: u32 = 960;
const MARGIN: u32 = 24;
/// The plot.
const LEFT: f64 = 70.0;
const RIGHT: f64 = 930.0;
const TOP: f64 = 80.0;
const BOTTOM: f64 = 520.0;
/// Below it.
const LIST: u32 = 600;
const LINE: u32 = 20;
/// Characters that fit into a line.
const MOST: usize = 130;

const STYLE: &str = ".grid { stroke: #d0d7de; stroke-width: 0.5 } .roof { stroke: #57606a; stroke-width: 2; fill: none }\n\
                     .ceiling { stroke: #8a8f98; stroke-width: 1; stroke-dasharray: 5 4 } .kernel { fill: #2f81f7 }\n\
                     .interpreted { fill: #cf6a17 } .typed { fill: #2da44e } .in { fill: #fff; font-weight: 600 }";

/// A picture that a browser shows; `now` is in seconds since the beginning of 1970.
pub fn page(roofline: &Roofline, now: u64) -> String {
    let lines = roofline.points.len() + roofline.left_out.len() + roofline.roofs.len() + 2;
    let height = LIST + LINE * lines as u32 + MARGIN;
    let mut out = begin(WIDTH, height, STYLE);
    out += &text(MARGIN, 30, "font-size=\"16\" font-weight=\"600\"", &roofline.title());
    out += &text(MARGIN, 50, "class=\"faint\"", &format!("{}. {}.", roofline.machine(), origin(roofline, now)));
    let plot = Plot { frame: Frame::of(roofline) };
    out += &plot.axes();
    if let Some(roofs) = roofline.drawn() {
        out += &plot.roofs(roofs);
    }
    // The first of those that share a place is on top.
    for point in roofline.placed().collect::<Vec<_>>().into_iter().rev() {
        out += &plot.point(point);
    }
    let mut y = LIST;
    let mut line = |class: &str, words: &str| {
        out += &text(MARGIN, y, class, &shortened(words, MOST));
        y += LINE;
    };
    for point in &roofline.points {
        line("", &in_words(point));
    }
    for left in &roofline.left_out {
        line("class=\"faint\"", &format!("line {}: {}: {}", left.line, left.text, left.why));
    }
    for roofs in &roofline.roofs {
        line("class=\"faint\"", &format!("Roofs of {}: {}", threads(roofs.threads), roof_words(roofs)));
    }
    line(
        "class=\"faint\"",
        "Blue: kernels; orange: loops in the interpreter; green: loops as typed machine code. FLOP/byte: of the bytes",
    );
    line("class=\"faint\"", "that the code asks for. Dashed: the peak without FMA, and one number at a time.");
    out + "</svg>\n"
}

/// A point in a line.
fn in_words(point: &Point) -> String {
    let share = point.share.map_or(String::new(), |share| format!(", {} % of its roof", figure(100.0 * share)));
    let rate = match point.unit {
        Unit::Byte => format!("{} GB/s", figure(point.gb_per_s)),
        Unit::Flop | Unit::Operation => format!("{} G{}/s", figure(point.rate), point.unit.symbol()),
    };
    format!(
        "{}  {} ({}): {rate}{share}; bound by: {}",
        point.mark,
        point.label(),
        point.kind.words(),
        point.bound.words()
    )
}

struct Plot {
    frame: Frame,
}

impl Plot {
    fn x(&self, intensity: f64) -> f64 {
        LEFT + self.frame.intensity.share(intensity) * (RIGHT - LEFT)
    }

    fn y(&self, rate: f64) -> f64 {
        BOTTOM - self.frame.rate.share(rate) * (BOTTOM - TOP)
    }

    fn axes(&self) -> String {
        let mut out = String::new();
        for rate in self.frame.rate.decades() {
            let y = self.y(rate);
            out += &format!("<line class=\"grid\" x1=\"{LEFT}\" y1=\"{y:.1}\" x2=\"{RIGHT}\" y2=\"{y:.1}\"/>\n");
            out += &text(LEFT as u32 - 8, y as u32 + 4, "class=\"faint\" text-anchor=\"end\"", &power(rate));
        }
        for intensity in self.frame.intensity.decades() {
            let x = self.x(intensity);
            out += &format!("<line class=\"grid\" x1=\"{x:.1}\" y1=\"{TOP}\" x2=\"{x:.1}\" y2=\"{BOTTOM}\"/>\n");
            out += &text(x as u32, BOTTOM as u32 + 20, "class=\"faint\" text-anchor=\"middle\"", &power(intensity));
        }
        out += &text(MARGIN, TOP as u32 - 10, "class=\"faint\"", "GFLOP/s");
        let middle = ((LEFT + RIGHT) / 2.0) as u32;
        out + &text(middle, BOTTOM as u32 + 42, "class=\"faint\" text-anchor=\"middle\"", "FLOP/byte")
    }

    fn roofs(&self, roofs: &Roofs) -> String {
        let mut out = String::new();
        let frame = &self.frame;
        let (first, last) = (10f64.powf(frame.intensity.low), 10f64.powf(frame.intensity.high));
        let least = 10f64.powf(frame.rate.low);
        let peak = roofs.peak().unwrap_or_else(|| 10f64.powf(frame.rate.high));
        for bandwidth in &roofs.bandwidths {
            let rate = bandwidth.gb_per_s;
            let (from, to) = (first.max(least / rate), last.min(peak / rate));
            let (x1, y1, x2, y2) = (self.x(from), self.y(from * rate), self.x(to), self.y(to * rate));
            out += &format!("<line class=\"roof\" x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\"/>\n");
            let turn = (y2 - y1).atan2(x2 - x1).to_degrees();
            let words = format!("{} {} GB/s", bandwidth.place, figure(rate));
            out += &format!(
                "<text x=\"{0:.1}\" y=\"{1:.1}\" font-size=\"11\" transform=\"rotate({turn:.1} {0:.1} {1:.1})\" dx=\"8\" \
                 dy=\"-4\">{2}</text>\n",
                x1,
                y1,
                escape(&words)
            );
        }
        let fastest = roofs.bandwidths.iter().map(|of| of.gb_per_s).fold(0.0, f64::max);
        for (at, ceiling) in roofs.ceilings.iter().enumerate() {
            let level = ceiling.gflop_per_s;
            let from = if fastest > 0.0 { first.max(level / fastest) } else { first };
            let (class, y) = (if at == 0 { "roof" } else { "ceiling" }, self.y(level));
            out += &format!(
                "<line class=\"{class}\" x1=\"{:.1}\" y1=\"{y:.1}\" x2=\"{RIGHT}\" y2=\"{y:.1}\"/>\n",
                self.x(from)
            );
            let words = format!("{} {} GFLOP/s", ceiling.name, figure(level));
            out += &text(RIGHT as u32, y as u32 - 4, "font-size=\"11\" text-anchor=\"end\"", &words);
        }
        out
    }

    fn point(&self, point: &Point) -> String {
        let (across, up) = self.frame.place(point);
        let (x, y) = (LEFT + across * (RIGHT - LEFT), BOTTOM - up * (BOTTOM - TOP));
        let class = match point.kind {
            Kind::Kernel | Kind::Product => "kernel",
            Kind::InterpretedLoop | Kind::Reference => "interpreted",
            Kind::TypedLoop => "typed",
        };
        let title = format!("{}; {}", in_words(point), point.why);
        let beside = shortened(&point.label(), 40);
        let (anchor, dx) = if across > 0.7 { ("end", -12.0) } else { ("start", 12.0) };
        format!(
            "<g><title>{}</title><circle class=\"{class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"8\"/>\
             <text class=\"in\" x=\"{x:.1}\" y=\"{:.1}\" font-size=\"11\" text-anchor=\"middle\">{}</text>\
             <text class=\"faint\" x=\"{:.1}\" y=\"{:.1}\" font-size=\"10\" text-anchor=\"{anchor}\">{}</text></g>\n",
            escape(&title),
            y + 4.0,
            escape(&point.mark.to_string()),
            x + dx,
            y + 4.0,
            escape(&beside)
        )
    }
}
