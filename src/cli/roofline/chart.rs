//! A roofline drawn with characters: both axes logarithmic, roofs as lines of braille dots, points as letters.

use super::model::{Kind, Point, Roofline, Roofs};
use crate::cli::figures::figure;
use crate::machine::Place;

/// Cells of the plot; with the axis it fits 80 columns.
const WIDTH: usize = 70;
const HEIGHT: usize = 20;
/// Characters before the plot.
const MARGIN: usize = 8;
/// Dots of a cell.
const ACROSS: usize = 2;
const DOWN: usize = 4;
/// The bit of each dot of a braille character, row by row (Unicode 15, section 21.1).
const DOTS: [[u8; ACROSS]; DOWN] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];

/// What an axis shows, as decimal logarithms.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    pub low: f64,
    pub high: f64,
}

/// Both axes: units for each byte, 10⁹ units in a second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    pub intensity: Range,
    pub rate: Range,
}

impl Range {
    fn around(values: impl Iterator<Item = f64>, room: f64) -> Range {
        let values = values.filter(|x| x.is_finite() && *x > 0.0).map(f64::log10);
        let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)));
        if low > high { Range { low: -1.0, high: 1.0 } } else { Range { low: low - room, high: high + room } }
    }

    /// From 0 to 1.
    pub fn share(&self, value: f64) -> f64 {
        (value.log10() - self.low) / (self.high - self.low)
    }

    /// The powers of ten inside.
    pub fn decades(&self) -> impl Iterator<Item = f64> + use<> {
        (self.low.ceil() as i32..=self.high.floor() as i32).map(|power| 10f64.powi(power))
    }
}

impl Frame {
    /// Shows all points, and the ridges of all roofs.
    pub fn of(roofline: &Roofline) -> Frame {
        let roofs = roofline.drawn();
        let peak = roofs.and_then(Roofs::peak);
        let ridges =
            roofs.into_iter().flat_map(|roofs| roofs.bandwidths.iter()).filter_map(|of| Some(peak? / of.gb_per_s));
        let intensities = roofline.placed().filter_map(|point| point.intensity);
        let rates = roofline.placed().map(|point| point.rate);
        Frame { intensity: Range::around(intensities.chain(ridges), 0.4), rate: Range::around(rates.chain(peak), 0.25) }
    }

    /// Where a point lies, from 0 to 1 on both axes; what moves no bytes lies at the right.
    pub fn place(&self, point: &Point) -> (f64, f64) {
        let across = point.intensity.map_or(1.0, |intensity| self.intensity.share(intensity));
        (across.clamp(0.0, 1.0), self.rate.share(point.rate).clamp(0.0, 1.0))
    }
}

impl Roofs {
    /// GFLOP/s.
    pub fn peak(&self) -> Option<f64> {
        self.ceilings.first().map(|ceiling| ceiling.gflop_per_s)
    }
}

/// What is drawn so far.
struct Canvas {
    dots: [[u8; WIDTH]; HEIGHT],
    letters: [[Option<(char, Ink)>; WIDTH]; HEIGHT],
    /// Points that are not seen, and those that are in their place.
    hidden: Vec<(char, char)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ink {
    Label,
    Of(Kind),
}

/// The chart with its axes; empty if nothing has a place.
pub fn chart(roofline: &Roofline, color: bool) -> String {
    let Some(roofs) = roofline.drawn().filter(|_| roofline.placed().next().is_some()) else { return String::new() };
    let frame = Frame::of(roofline);
    let mut canvas = Canvas { dots: [[0; WIDTH]; HEIGHT], letters: [[None; WIDTH]; HEIGHT], hidden: Vec::new() };
    let top = roofs.peak().unwrap_or(f64::INFINITY);
    for bandwidth in &roofs.bandwidths {
        canvas.line(&frame, 1, |intensity| Some(intensity * bandwidth.gb_per_s).filter(|rate| *rate <= top));
    }
    let fastest = roofs.bandwidths.iter().map(|of| of.gb_per_s).fold(0.0, f64::max);
    for (at, ceiling) in roofs.ceilings.iter().enumerate() {
        let apart = if at == 0 { 1 } else { 4 };
        let level = ceiling.gflop_per_s;
        canvas.line(&frame, apart, |intensity| {
            Some(level).filter(|level| fastest == 0.0 || intensity * fastest >= *level)
        });
    }
    for point in roofline.placed() {
        let (across, up) = frame.place(point);
        canvas.point(across, up, point.mark, point.kind);
    }
    for ceiling in &roofs.ceilings {
        let up = frame.rate.share(ceiling.gflop_per_s);
        let text = format!("{} {}", ceiling.name, figure(ceiling.gflop_per_s));
        let len = text.chars().count();
        canvas.label(row(up), WIDTH.saturating_sub(len)..WIDTH.saturating_sub(len) + 1, &text);
    }
    for bandwidth in &roofs.bandwidths {
        canvas.slope(&frame, bandwidth.place, bandwidth.gb_per_s);
    }
    canvas.print(&frame, color)
}

/// The row of cells at this height, from the top.
fn row(up: f64) -> usize {
    HEIGHT - 1 - ((up.clamp(0.0, 1.0) * HEIGHT as f64) as usize).min(HEIGHT - 1)
}

impl Canvas {
    /// A line of dots, each `apart` from the next, where `rate` says.
    fn line(&mut self, frame: &Frame, apart: usize, rate: impl Fn(f64) -> Option<f64>) {
        let (across, down) = (WIDTH * ACROSS, HEIGHT * DOWN);
        let height = |x: usize| {
            let share = (x as f64 + 0.5) / across as f64;
            let logarithm = frame.intensity.low + share * (frame.intensity.high - frame.intensity.low);
            let up = frame.rate.share(rate(10f64.powf(logarithm))?);
            (0.0..=1.0).contains(&up).then_some(((1.0 - up) * down as f64) as usize).map(|y| y.min(down - 1))
        };
        let mut before: Option<usize> = None;
        for x in (0..across).step_by(apart) {
            let Some(y) = height(x) else {
                before = None;
                continue;
            };
            let from = before.map_or(y, |before| if before > y { before - 1 } else { before.max(y) });
            for y in y..=from.max(y) {
                self.dots[y / DOWN][x / ACROSS] |= DOTS[y % DOWN][x % ACROSS];
            }
            before = (apart == 1).then_some(y);
        }
    }

    /// A point; the first at its place is seen.
    fn point(&mut self, across: f64, up: f64, mark: char, kind: Kind) {
        let column = ((across * WIDTH as f64) as usize).min(WIDTH - 1);
        match &mut self.letters[row(up)][column] {
            Some((seen, _)) => self.hidden.push((mark, *seen)),
            place => *place = Some((mark, Ink::Of(kind))),
        }
    }

    /// Words at the first of these columns where nothing is in their way.
    fn label(&mut self, row: usize, mut columns: impl Iterator<Item = usize>, text: &str) -> bool {
        let len = text.chars().count();
        let is_free = |column: &usize| {
            column + len <= WIDTH
                && (column.saturating_sub(1)..(column + len + 1).min(WIDTH)).all(|at| self.letters[row][at].is_none())
        };
        let Some(column) = columns.find(is_free) else { return false };
        for (at, letter) in text.chars().enumerate() {
            self.letters[row][column + at] = Some((letter, Ink::Label));
        }
        true
    }

    /// Names a slope, as far to the left as there is room.
    fn slope(&mut self, frame: &Frame, place: Place, gb_per_s: f64) {
        let text = place.to_string();
        for column in 1..WIDTH {
            let share = (column as f64 + 0.5) / WIDTH as f64;
            let logarithm = frame.intensity.low + share * (frame.intensity.high - frame.intensity.low);
            let up = frame.rate.share(10f64.powf(logarithm) * gb_per_s);
            if (0.0..1.0).contains(&up) && self.label(row(up), std::iter::once(column), &text) {
                return;
            }
        }
    }

    fn print(&self, frame: &Frame, color: bool) -> String {
        let mut out = format!("{:>MARGIN$}\n", "GFLOP/s");
        let ticks: Vec<(usize, f64)> = frame.rate.decades().map(|rate| (row(frame.rate.share(rate)), rate)).collect();
        for at in 0..HEIGHT {
            let tick = ticks.iter().find(|(row, _)| *row == at);
            let (label, edge) = tick.map_or((String::new(), '│'), |(_, rate)| (power(*rate), '┤'));
            let cells: String = (0..WIDTH).map(|column| self.cell(at, column, color)).collect();
            out += &format!("{label:>width$} {edge}{}\n", cells.trim_end(), width = MARGIN - 2);
        }
        let mut axis = vec!['─'; WIDTH];
        let mut labels = vec![' '; WIDTH + MARGIN];
        for intensity in frame.intensity.decades() {
            let column = ((frame.intensity.share(intensity) * WIDTH as f64) as usize).min(WIDTH - 1);
            axis[column] = '┬';
            let text = power(intensity);
            let start = (MARGIN + column).saturating_sub(text.len() / 2);
            for (at, letter) in text.chars().enumerate() {
                if let Some(place) = labels.get_mut(start + at) {
                    *place = letter;
                }
            }
        }
        let name = "FLOP/byte";
        let start = WIDTH + MARGIN - name.len();
        // The axis' name stands where no number does.
        if labels[start - 1..].iter().all(|letter| *letter == ' ') {
            labels.splice(start.., name.chars());
        }
        let labels: String = labels.into_iter().collect();
        out += &format!("{:>width$}└{}\n", "", axis.into_iter().collect::<String>(), width = MARGIN - 1);
        out += &format!("{}\n", labels.trim_end());
        if !labels.contains(name) {
            out += &format!("{name:>width$}\n", width = WIDTH + MARGIN);
        }
        for (hidden, seen) in &self.hidden {
            out += &format!("{hidden} lies where {seen} does.\n");
        }
        out
    }

    fn cell(&self, row: usize, column: usize, color: bool) -> String {
        match (self.letters[row][column], self.dots[row][column]) {
            (Some((letter, ink)), _) => match ink.code().filter(|_| color) {
                Some(code) => format!("\x1b[{code}m{letter}\x1b[0m"),
                None => letter.to_string(),
            },
            (None, 0) => " ".to_owned(),
            (None, dots) => char::from_u32(0x2800 + dots as u32).unwrap_or(' ').to_string(),
        }
    }
}

impl Ink {
    /// Of the terminal: bold, kernels cyan, the interpreter's loops yellow, typed code green.
    fn code(self) -> Option<&'static str> {
        match self {
            Ink::Label => None,
            Ink::Of(Kind::Kernel | Kind::Product) => Some("1;36"),
            Ink::Of(Kind::InterpretedLoop | Kind::Reference) => Some("1;33"),
            Ink::Of(Kind::TypedLoop) => Some("1;32"),
        }
    }
}

/// A power of ten.
pub fn power(x: f64) -> String {
    match x {
        x if (0.001..=10_000.0).contains(&x) => format!("{x}"),
        x => format!("{x:.0e}"),
    }
}
