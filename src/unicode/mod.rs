//! Characters as CPython knows them: by a table of Unicode's version that is CPython's, not the standard library's.

pub mod case;
mod table;

use table::{
    ALPHA, CASE_IGNORABLE, CASED, DECIMAL, DIGIT, ID_CONTINUE, ID_START, LOWER, NUMERIC, PRINTABLE, RUNS, SETS, SPACE,
    TITLE, UPPER,
};

/// The index of the run that a character lies in.
fn run(c: char) -> usize {
    RUNS.partition_point(|run| run >> 8 <= c as u32) - 1
}

fn properties(c: char) -> u16 {
    SETS[(RUNS[run(c)] & 0xff) as usize]
}

fn has(c: char, property: u16) -> bool {
    properties(c) & property != 0
}

/// `str.isalpha` of one character.
pub fn is_alpha(c: char) -> bool {
    has(c, ALPHA)
}

/// `str.isalnum` of one character.
pub fn is_alphanumeric(c: char) -> bool {
    has(c, ALPHA | DECIMAL | DIGIT | NUMERIC)
}

/// The value of a decimal digit of any script.
pub fn decimal_digit(c: char) -> Option<u32> {
    if c.is_ascii() {
        return c.to_digit(10);
    }
    // Every script has its ten digits in a row, from zero on.
    has(c, DECIMAL).then(|| (c as u32 - (RUNS[run(c)] >> 8)) % 10)
}

/// `str.isdigit` of one character.
pub fn is_digit(c: char) -> bool {
    has(c, DIGIT)
}

/// `str.isnumeric` of one character.
pub fn is_numeric(c: char) -> bool {
    has(c, NUMERIC)
}

pub fn is_lower(c: char) -> bool {
    has(c, LOWER)
}

pub fn is_upper(c: char) -> bool {
    has(c, UPPER)
}

/// Letters that are one upper- and one lower-case letter in one.
pub fn is_title(c: char) -> bool {
    has(c, TITLE)
}

/// Whether a character has case: only then it begins or continues a word of a title.
pub fn is_cased(c: char) -> bool {
    has(c, CASED)
}

/// Whether a character is passed over where a word's end is looked for.
fn is_case_ignorable(c: char) -> bool {
    has(c, CASE_IGNORABLE)
}

/// What `repr` does not escape.
pub fn is_printable(c: char) -> bool {
    has(c, PRINTABLE)
}

/// `str.isspace` of one character.
pub fn is_space(c: char) -> bool {
    if c.is_ascii() { matches!(c, '\t'..='\r' | '\x1c'..=' ') } else { has(c, SPACE) }
}

/// Whether a name may begin so; the underscore may.
pub fn begins_name(c: char) -> bool {
    has(c, ID_START)
}

/// Whether a name may go on so.
pub fn continues_name(c: char) -> bool {
    has(c, ID_CONTINUE)
}

/// Whether the character was there already in the table's version, or else is nothing that has another form.
fn is_known(c: char) -> bool {
    properties(c) != 0
}

/// Where `str.splitlines` ends a line.
pub fn is_line_end(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\x0b' | '\x0c' | '\x1c'..='\x1e' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests;
