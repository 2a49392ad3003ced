//! Numbers and tables as all reports show them.

use comfy_table::{LineStyle, TableStyle};

/// A rule above, below and under the header, none between rows.
pub const RULED: TableStyle = TableStyle::new().top_border(RULE).header_separator(RULE).bottom_border(RULE);
const RULE: LineStyle = LineStyle::none().fill('─').junction('─');

/// Three significant digits.
pub fn figure(x: f64) -> String {
    match x.abs() {
        0.0 => "0".to_string(),
        x if x >= 100.0 => format!("{x:.0}"),
        x if x >= 10.0 => format!("{x:.1}"),
        x if x >= 1.0 => format!("{x:.2}"),
        x => format!("{x:.3}"),
    }
}

/// With a comma before each three digits.
pub fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Three significant digits, or a whole number with commas where that is more.
pub fn number(x: f64) -> String {
    if x >= 1000.0 { grouped(x.round() as u64) } else { figure(x) }
}

/// A part in percent, with one decimal.
pub fn percent(share: f64) -> String {
    let percent = 100.0 * share;
    if percent > 0.0 && percent < 0.1 { "< 0.1 %".to_owned() } else { format!("{percent:.1} %") }
}

/// Lines of at most `width` characters, as far as words allow; those behind the first are indented by two more than it.
pub fn wrapped(text: &str, width: usize) -> String {
    let indent = text.len() - text.trim_start().len();
    let mut out = String::new();
    let mut line = " ".repeat(indent);
    for word in text.split_whitespace() {
        if line.chars().count() + word.chars().count() > width {
            out += &format!("{}\n", line.trim_end());
            line = " ".repeat(indent + 2);
        }
        line += word;
        line.push(' ');
    }
    out + line.trim_end() + "\n"
}

/// A text's first characters, if it has more than `most`.
pub fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_numbers_are_whole() {
        assert_eq!([0.5, 999.4, 1234.4].map(number), ["0.500", "999", "1,234"]);
    }

    #[test]
    fn parts_are_told_from_nothing() {
        assert_eq!([0.0, 0.0004, 0.25, 1.0].map(percent), ["0.0 %", "< 0.1 %", "25.0 %", "100.0 %"]);
    }

    #[test]
    fn lines_break_between_words() {
        assert_eq!(wrapped(" one two three", 9), " one two\n   three\n");
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!(shortened(&"ä".repeat(101), 100), "ä".repeat(100) + "…");
        assert_eq!(shortened("ä", 1), "ä");
    }

    #[test]
    fn figures_have_three_digits() {
        let shown: Vec<String> = [0.0, 0.1234, 1.234, 12.34, 123.4, 12340.0].into_iter().map(figure).collect();
        assert_eq!(shown, ["0", "0.123", "1.23", "12.3", "123", "12340"]);
    }

    #[test]
    fn digits_are_grouped_by_threes() {
        let shown: Vec<String> = [0, 999, 1000, 12345, 1_234_567].into_iter().map(grouped).collect();
        assert_eq!(shown, ["0", "999", "1,000", "12,345", "1,234,567"]);
    }
}
