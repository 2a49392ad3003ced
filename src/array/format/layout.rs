//! The layout of an array's text: nested brackets, columns, line breaks, and `...` in large arrays
//! (NumPy's `_formatArray`).

use super::elements::ElementFormat;
use crate::array::shape::tuple_text;
use crate::array::{Array, DType, Scalar};

/// What `np.printoptions` sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrintOptions {
    /// Digits behind the decimal point, at most.
    pub precision: usize,
    /// Arrays of more elements than this are summarised.
    pub threshold: usize,
    /// Elements that a summary keeps at either end of each axis.
    pub edge_items: usize,
    /// Columns of a line.
    pub line_width: usize,
    /// Small numbers are written as 0 rather than in scientific notation.
    pub suppress: bool,
}

impl Default for PrintOptions {
    fn default() -> PrintOptions {
        PrintOptions { precision: 8, threshold: 1000, edge_items: 3, line_width: 75, suppress: false }
    }
}

/// `str(array)`.
pub fn array_str(array: &Array) -> String {
    array_str_with(array, &PrintOptions::default())
}

/// `str(array)` under `np.printoptions`.
pub fn array_str_with(array: &Array, options: &PrintOptions) -> String {
    if array.ndim() == 0 { super::scalar_str(array.get(0)) } else { text(array, " ", 0, 0, options) }
}

/// `repr(array)`.
pub fn array_repr(array: &Array, options: &PrintOptions) -> String {
    let prefix = "array(";
    let body = text(array, ", ", prefix.len(), 1, options);
    let mut extras = Vec::new();
    if array.size() == 0 && array.shape() != [0] || array.size() > options.threshold {
        extras.push(format!("shape={}", tuple_text(array.shape())));
    }
    let implied = match array.dtype() {
        DType::Bool | DType::Int64 | DType::Float64 => true,
        DType::Float32 => false,
    };
    if !implied || array.size() == 0 {
        extras.push(format!("dtype={}", array.dtype()));
    }
    if extras.is_empty() {
        return format!("{prefix}{body})");
    }
    let start = format!("{prefix}{body},");
    let end = format!("{})", extras.join(", "));
    let last_line = start.len() - start.rfind('\n').map_or(0, |at| at + 1);
    let breaks = last_line + end.len() + 1 > options.line_width;
    let space = if breaks { format!("\n{}", " ".repeat(prefix.len())) } else { " ".to_string() };
    format!("{start}{space}{end}")
}

/// `prefix`, `suffix`: columns that are taken before and behind the text.
fn text(array: &Array, separator: &str, prefix: usize, suffix: usize, options: &PrintOptions) -> String {
    if array.size() == 0 {
        return "[]".to_string();
    }
    let summarised = array.size() > options.threshold;
    let mut shown = Vec::new();
    collect(array, 0, 0, summarised.then_some(options.edge_items), &mut shown);
    let format = ElementFormat::new(&shown, array.ndim() == 0, options);
    let layout = Layout { array, format, separator, summarised, edge: options.edge_items };
    layout.part(0, 0, 1 + prefix, options.line_width.saturating_sub(suffix))
}

/// The positions along an axis of length `n` that are written, and whether `...` stands between the two halves.
fn shown_positions(n: usize, edge: Option<usize>) -> (std::ops::Range<usize>, std::ops::Range<usize>) {
    match edge {
        Some(edge) if n > 2 * edge => (0..edge, n - edge..n),
        _ => (0..0, 0..n),
    }
}

/// The elements that are written, in order. `at`: byte offset of the part's first element.
fn collect(array: &Array, axis: usize, at: isize, edge: Option<usize>, shown: &mut Vec<Scalar>) {
    if axis == array.ndim() {
        shown.push(array.read(at));
        return;
    }
    let (leading, trailing) = shown_positions(array.shape()[axis], edge);
    for i in leading.chain(trailing) {
        collect(array, axis + 1, at + i as isize * array.strides()[axis], edge, shown);
    }
}

struct Layout<'a> {
    array: &'a Array,
    format: ElementFormat,
    separator: &'a str,
    summarised: bool,
    edge: usize,
}

impl Layout<'_> {
    /// The part below `axis`, whose first element lies `at` bytes in; lines after the first start with `indent`
    /// blanks and end before column `width`.
    fn part(&self, axis: usize, at: isize, indent: usize, width: usize) -> String {
        let left = self.array.ndim() - axis;
        if left == 0 {
            return self.format.write(self.array.read(at));
        }
        let (leading, trailing) = shown_positions(self.array.shape()[axis], self.summarised.then_some(self.edge));
        let dots = !leading.is_empty() || self.summarised && self.edge == 0 && trailing.is_empty();
        let place = |i: usize| at + i as isize * self.array.strides()[axis];
        let body = if left == 1 {
            let mut lines = Lines::new(indent, width.saturating_sub(self.separator.trim_end().len().max(1)));
            let words = leading.map(|i| self.format.write(self.array.read(place(i))));
            let words = words.chain(dots.then(|| "...".to_string()));
            let words = words.chain(trailing.map(|i| self.format.write(self.array.read(place(i)))));
            let mut first = true;
            for word in words {
                if !first {
                    lines.line.push_str(self.separator);
                }
                first = false;
                lines.word(&word);
            }
            lines.finish()
        } else {
            let pad = " ".repeat(indent);
            let parts = leading.map(|i| self.part(axis + 1, place(i), indent + 1, width.saturating_sub(1)));
            let parts = parts.chain(dots.then(|| "...".to_string()));
            let parts =
                parts.chain(trailing.map(|i| self.part(axis + 1, place(i), indent + 1, width.saturating_sub(1))));
            let separator = format!("{}{}{pad}", self.separator.trim_end(), "\n".repeat(left - 1));
            parts.collect::<Vec<_>>().join(&separator)
        };
        format!("[{body}]")
    }
}

/// Words set into lines.
struct Lines {
    done: String,
    line: String,
    indent: usize,
    width: usize,
}

impl Lines {
    fn new(indent: usize, width: usize) -> Lines {
        Lines { done: String::new(), line: " ".repeat(indent), indent, width }
    }

    fn word(&mut self, word: &str) {
        if self.line.len() + word.len() > self.width && self.line.len() > self.indent {
            self.done.push_str(self.line.trim_end());
            self.done.push('\n');
            self.line = " ".repeat(self.indent);
        }
        self.line.push_str(word);
    }

    /// The lines, without the first one's indent.
    fn finish(self) -> String {
        let text = self.done + &self.line;
        text[self.indent..].to_string()
    }
}
