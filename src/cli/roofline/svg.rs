//! A roofline as a picture: roofs as lines with their names, points with their letters, and what each is below.

use super::chart::{Frame, power};
use super::model::{Kind, Point, Roofline, Roofs, Unit, threads};
use super::text::{origin, roof_words};
use crate::cli::figures::{figure, percent, shortened};
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
    let share = point.share.map_or(String::new(), |share| format!(", {} of its roof", percent(share)));
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

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::super::sample;
    use super::*;

    #[test]
    fn a_roofline_as_a_picture() {
        expect![[r#"
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 960 844" width="960" height="844" font-family="ui-sans-serif, system-ui, sans-serif" font-size="13">
            <style>
            .back { fill: #fff } text { fill: #24292f } .faint { fill: #6e7781 } .line { stroke: #d0d7de }
            .grid { stroke: #d0d7de; stroke-width: 0.5 } .roof { stroke: #57606a; stroke-width: 2; fill: none }
            .ceiling { stroke: #8a8f98; stroke-width: 1; stroke-dasharray: 5 4 } .kernel { fill: #2f81f7 }
            .interpreted { fill: #cf6a17 } .typed { fill: #2da44e } .in { fill: #fff; font-weight: 600 }
            @media (prefers-color-scheme: dark) { .back { fill: #0d1117 } text { fill: #e6edf3 }
            .faint { fill: #8d96a0 } .line { stroke: #30363d } }
            </style>
            <rect class="back" width="960" height="844"/>
            <text x="24" y="30" font-size="16" font-weight="600">script.toy: 4 kernels and 1 loop</text>
            <text x="24" y="50" class="faint">A CPU, 2 threads. Measured on 2026-06-03 08:40 UTC, 0 seconds ago; --measure measures anew.</text>
            <line class="grid" x1="70" y1="425.2" x2="930" y2="425.2"/>
            <text x="62" y="429" class="faint" text-anchor="end">0.1</text>
            <line class="grid" x1="70" y1="325.2" x2="930" y2="325.2"/>
            <text x="62" y="329" class="faint" text-anchor="end">1</text>
            <line class="grid" x1="70" y1="225.3" x2="930" y2="225.3"/>
            <text x="62" y="229" class="faint" text-anchor="end">10</text>
            <line class="grid" x1="70" y1="125.4" x2="930" y2="125.4"/>
            <text x="62" y="129" class="faint" text-anchor="end">100</text>
            <line class="grid" x1="170.0" y1="80" x2="170.0" y2="520"/>
            <text x="170" y="540" class="faint" text-anchor="middle">0.1</text>
            <line class="grid" x1="500.0" y1="80" x2="500.0" y2="520"/>
            <text x="500" y="540" class="faint" text-anchor="middle">1</text>
            <line class="grid" x1="830.0" y1="80" x2="830.0" y2="520"/>
            <text x="829" y="540" class="faint" text-anchor="middle">10</text>
            <text x="24" y="70" class="faint">GFLOP/s</text>
            <text x="500" y="562" class="faint" text-anchor="middle">FLOP/byte</text>
            <line class="roof" x1="70.0" y1="195.4" x2="368.7" y2="105.0"/>
            <text x="70.0" y="195.4" font-size="11" transform="rotate(-16.8 70.0 195.4)" dx="8" dy="-4">L1 400 GB/s</text>
            <line class="roof" x1="70.0" y1="225.5" x2="468.0" y2="105.0"/>
            <text x="70.0" y="225.5" font-size="11" transform="rotate(-16.8 70.0 225.5)" dx="8" dy="-4">L2 200 GB/s</text>
            <line class="roof" x1="70.0" y1="255.6" x2="567.4" y2="105.0"/>
            <text x="70.0" y="255.6" font-size="11" transform="rotate(-16.8 70.0 255.6)" dx="8" dy="-4">L3 100 GB/s</text>
            <line class="roof" x1="70.0" y1="325.4" x2="798.0" y2="105.0"/>
            <text x="70.0" y="325.4" font-size="11" transform="rotate(-16.8 70.0 325.4)" dx="8" dy="-4">memory 20.0 GB/s</text>
            <line class="roof" x1="368.7" y1="105.0" x2="930" y2="105.0"/>
            <text x="930" y="100" font-size="11" text-anchor="end">f64 FMA 160 GFLOP/s</text>
            <line class="ceiling" x1="269.4" y1="135.1" x2="930" y2="135.1"/>
            <text x="930" y="131" font-size="11" text-anchor="end">f64 without FMA 80.0 GFLOP/s</text>
            <line class="ceiling" x1="70.7" y1="195.2" x2="930" y2="195.2"/>
            <text x="930" y="191" font-size="11" text-anchor="end">f64 scalar 20.0 GFLOP/s</text>
            <g><title>f  line 10: np.sum(x) (kernel): 6.21 GFLOP/s, 99.4 % of its roof; bound by: L3 bandwidth; L3 bandwidth: 800,000 bytes need 16,000 ns from L3 with 1 thread; 99.4 % of the roof</title><circle class="kernel" cx="202.0" cy="246.0" r="8"/><text class="in" x="202.0" y="250.0" font-size="11" text-anchor="middle">f</text><text class="faint" x="214.0" y="250.0" font-size="10" text-anchor="start">line 10: np.sum(x)</text></g>
            <g><title>d  line 8: np.sum(x &lt; 3 | y) (kernel): 1.00 GOP/s, 16.0 % of its roof; bound by: neither; neither memory nor arithmetic: 16.0 % of the roof; latency, or instructions other than its arithmetic and its loads</title><circle class="kernel" cx="202.0" cy="325.2" r="8"/><text class="in" x="202.0" y="329.2" font-size="11" text-anchor="middle">d</text><text class="faint" x="214.0" y="329.2" font-size="10" text-anchor="start">line 8: np.sum(x &lt; 3 | y)</text></g>
            <g><title>c  line 7: np.sum(x) (kernel): 6.25 GFLOP/s, 100.0 % of its roof; bound by: L3 bandwidth; L3 bandwidth: 800,000 bytes need 16,000 ns from L3 with 1 thread; 100.0 % of the roof</title><circle class="kernel" cx="202.0" cy="245.7" r="8"/><text class="in" x="202.0" y="249.7" font-size="11" text-anchor="middle">c</text><text class="faint" x="214.0" y="249.7" font-size="10" text-anchor="start">line 7: np.sum(x)</text></g>
            <g><title>b  line 3: for x in xs (typed code): 0.667 GFLOP/s, 10.7 % of its roof; bound by: neither; neither memory nor arithmetic: 10.7 % of the roof; an operation takes 1.50 ns, and one that waits for another 1.60 ns (an FMA)</title><circle class="typed" cx="202.0" cy="342.8" r="8"/><text class="in" x="202.0" y="346.8" font-size="11" text-anchor="middle">b</text><text class="faint" x="214.0" y="346.8" font-size="10" text-anchor="start">line 3: for x in xs</text></g>
            <g><title>a  line 3: for x in xs (interpreted): 0.020 GFLOP/s, 0.3 % of its roof; bound by: interpretation; interpretation, neither memory nor arithmetic: an iteration takes 50.0 ns, of which its bytes need 0.160 ns and its arithmetic needs 0.100 ns at the roof, and as machine code it takes 1.50 ns</title><circle class="interpreted" cx="202.0" cy="495.0" r="8"/><text class="in" x="202.0" y="499.0" font-size="11" text-anchor="middle">a</text><text class="faint" x="214.0" y="499.0" font-size="10" text-anchor="start">line 3: for x in xs</text></g>
            <text x="24" y="600">a  line 3: for x in xs (interpreted): 0.020 GFLOP/s, 0.3 % of its roof; bound by: interpretation</text>
            <text x="24" y="620">b  line 3: for x in xs (typed code): 0.667 GFLOP/s, 10.7 % of its roof; bound by: neither</text>
            <text x="24" y="640">c  line 7: np.sum(x) (kernel): 6.25 GFLOP/s, 100.0 % of its roof; bound by: L3 bandwidth</text>
            <text x="24" y="660">d  line 8: np.sum(x &lt; 3 | y) (kernel): 1.00 GOP/s, 16.0 % of its roof; bound by: neither</text>
            <text x="24" y="680">e  line 9: x.astype(np.float64) (kernel): 80.0 GB/s, 80.0 % of its roof; bound by: L3 bandwidth</text>
            <text x="24" y="700">f  line 10: np.sum(x) (kernel): 6.21 GFLOP/s, 99.4 % of its roof; bound by: L3 bandwidth</text>
            <text x="24" y="720" class="faint">line 12: for name in names: it computes &lt;nothing&gt;</text>
            <text x="24" y="740" class="faint">Roofs of 1 thread: L1 200, L2 100, L3 50.0, memory 20.0 GB/s; f64 FMA 80.0, f64 without FMA 40.0, f64 scalar 10.0 GFLOP/s.</text>
            <text x="24" y="760" class="faint">Roofs of 2 threads: L1 400, L2 200, L3 100, memory 20.0 GB/s; f64 FMA 160, f64 without FMA 80.0, f64 scalar 20.0 GFLOP/s.</text>
            <text x="24" y="780" class="faint">Blue: kernels; orange: loops in the interpreter; green: loops as typed machine code. FLOP/byte: of the bytes</text>
            <text x="24" y="800" class="faint">that the code asks for. Dashed: the peak without FMA, and one number at a time.</text>
            </svg>
        "#]].assert_eq(&page(&sample::roofline(), 1_780_476_000));
    }
}
