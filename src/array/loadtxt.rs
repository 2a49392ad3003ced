//! `np.loadtxt`: a table of numbers out of a file's text.

use super::element::{Element, with_element};
use super::{Array, ArrayError, DType, Result, Scalar};
use crate::interrupt;

/// The keyword arguments of `np.loadtxt`.
#[derive(Clone, Debug)]
pub struct LoadOptions {
    pub dtype: DType,
    /// What starts a comment; `None`: there are none.
    pub comments: Option<Vec<String>>,
    /// What stands between fields; `None`: any white space.
    pub delimiter: Option<String>,
    /// Lines to leave out at the start, comments and empty ones counted.
    pub skiprows: i64,
    /// Columns to keep, counted from the end if negative; `None`: all.
    pub usecols: Option<Vec<i64>>,
    /// Columns become rows.
    pub unpack: bool,
    /// The least number of dimensions of the result: 0, 1 or 2.
    pub ndmin: i64,
    /// Rows of numbers to read at most; `None`: all.
    pub max_rows: Option<i64>,
}

impl Default for LoadOptions {
    fn default() -> LoadOptions {
        LoadOptions {
            dtype: DType::Float64,
            comments: Some(vec!["#".to_string()]),
            delimiter: None,
            skiprows: 0,
            usecols: None,
            unpack: false,
            ndmin: 0,
            max_rows: None,
        }
    }
}

/// What was read, and the text of the `UserWarning` that goes with it.
#[derive(Clone, Debug)]
pub struct Loaded {
    pub array: Array,
    pub warning: Option<String>,
}

/// Reads the text of the file that the script calls `name`. One row or column is one dimension, unless `ndmin` says more.
///
/// # Errors
/// `ValueError` for a field that is no number, rows of different length, or options out of range; `TypeError` for a
/// delimiter that is not one character; `MemoryError`; `KeyboardInterrupt`.
pub fn loadtxt(text: &str, name: &str, options: &LoadOptions) -> Result<Loaded> {
    let format = Format::new(options)?;
    let table = with_element!(options.dtype, T => read_table::<T>(text, options, &format))?;
    let mut array = match options.ndmin {
        2 => table,
        1 => {
            let array = table.squeeze();
            if array.ndim() == 0 { array.expand_dims(0)? } else { array }
        }
        _ => table.squeeze(),
    };
    let warning = (array.shape().first() == Some(&0)).then(|| format!("loadtxt: input contained no data: \"{name}\""));
    if options.unpack {
        array = array.t();
    }
    Ok(Loaded { array, warning })
}

/// The checked control characters.
struct Format<'a> {
    delimiter: Option<char>,
    comments: &'a [String],
}

impl Format<'_> {
    fn new(options: &LoadOptions) -> Result<Format<'_>> {
        if !(0..=2).contains(&options.ndmin) {
            return Err(ArrayError::value(format!("Illegal value of ndmin keyword: {}", options.ndmin)));
        }
        let comments = options.comments.as_deref().unwrap_or(&[]);
        if comments.iter().any(String::is_empty) {
            return Err(ArrayError::value(
                "comments cannot be an empty string. Use comments=None to disable comments.",
            ));
        }
        let delimiter = options.delimiter.as_ref();
        let single = comments.len() == 1 && comments[0].chars().count() == 1;
        if let Some(delimiter) = delimiter.filter(|delimiter| comments.len() > 1 && comments.contains(delimiter)) {
            let list = comments.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", ");
            return Err(ArrayError::type_error(format!(
                "Comment characters '({list})' cannot include the delimiter '{delimiter}'"
            )));
        }
        if options.skiprows < 0 || options.max_rows.is_some_and(|rows| rows < 0) {
            return Err(ArrayError::value("argument must be nonnegative"));
        }
        let delimiter = match delimiter {
            None => None,
            Some(text) => {
                let mut chars = text.chars();
                match (chars.next(), chars.next()) {
                    (Some(only), None) => Some(only),
                    _ => {
                        return Err(ArrayError::type_error(format!(
                            "Text reading control character must be a single unicode character or None; but got: {}",
                            quoted(text)
                        )));
                    }
                }
            }
        };
        if single && delimiter.is_some_and(|delimiter| comments[0].starts_with(delimiter)) {
            return Err(ArrayError::type_error(
                "The values for control characters 'comment' and 'delimiter' are incompatible",
            ));
        }
        Ok(Format { delimiter, comments })
    }

    /// The fields of a line; none if it is empty or holds a comment only.
    fn split<'t>(&self, line: &'t str, fields: &mut Vec<&'t str>) {
        fields.clear();
        let end = self.comments.iter().filter_map(|comment| line.find(comment.as_str())).min();
        let line = &line[..end.unwrap_or(line.len())];
        match self.delimiter {
            None => fields.extend(line.split(is_space).filter(|field| !field.is_empty())),
            Some(_) if line.is_empty() => {}
            Some(delimiter) => fields.extend(line.split(delimiter)),
        }
    }
}

/// All rows, as an array of two dimensions.
fn read_table<T: Element>(text: &str, options: &LoadOptions, format: &Format) -> Result<Array> {
    let mut elements: Vec<T> = Vec::new();
    let mut fields = Vec::new();
    let mut rows = 0;
    let mut columns = None;
    let most = options.max_rows.map_or(usize::MAX, |rows| rows as usize);
    for (at, line) in lines(text).skip(options.skiprows as usize).enumerate() {
        interrupt::check_at(at)?;
        if rows == most {
            break;
        }
        format.split(line, &mut fields);
        if fields.is_empty() {
            continue;
        }
        let mut read = |column: usize| -> Result<()> {
            let number = parse(fields[column], T::DTYPE).ok_or_else(|| {
                ArrayError::value(format!(
                    "could not convert string {} to {} at row {rows}, column {}.",
                    quoted(fields[column]),
                    T::DTYPE,
                    column + 1
                ))
            })?;
            elements.push(T::from_scalar(number));
            Ok(())
        };
        match &options.usecols {
            None => {
                let expected = *columns.get_or_insert(fields.len());
                if fields.len() != expected {
                    return Err(ArrayError::value(format!(
                        "the number of columns changed from {expected} to {} at row {}; use `usecols` to select a \
                         subset and avoid this error",
                        fields.len(),
                        rows + 1
                    )));
                }
                (0..expected).try_for_each(read)?;
            }
            Some(usecols) => {
                for column in usecols {
                    let n = fields.len();
                    let from_start = if *column < 0 { column.saturating_add(n as i64) } else { *column };
                    match usize::try_from(from_start).ok().filter(|column| *column < n) {
                        Some(column) => read(column)?,
                        None => {
                            return Err(ArrayError::value(format!(
                                "invalid column index {column} at row {} with {n} columns",
                                rows + 1
                            )));
                        }
                    }
                }
            }
        }
        rows += 1;
    }
    let columns = options.usecols.as_ref().map_or(columns.unwrap_or(1), Vec::len);
    Array::from_slice(&elements, &[rows, columns])
}

/// The lines of a text file, as Python reads it: `\n`, `\r\n` and `\r` end a line.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split('\n').flat_map(|line| line.strip_suffix('\r').unwrap_or(line).split('\r'))
}

/// A field as a number of `dtype`, blanks around it allowed; floats are rounded correctly, to `float64` first.
fn parse(field: &str, dtype: DType) -> Option<Scalar> {
    let field = field.trim_matches(is_space);
    match dtype {
        DType::Bool => field.parse().ok().map(|x: i64| Scalar::Bool(x != 0)),
        DType::Int64 => field.parse().ok().map(Scalar::Int64),
        DType::Float32 | DType::Float64 => field.parse().ok().map(Scalar::Float64),
    }
}

/// What Python's `str.isspace` holds for blank.
fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

/// A string as Python's `repr` writes it.
fn quoted(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut result = String::from(quote);
    for c in text.chars() {
        match c {
            '\\' => result.push_str("\\\\"),
            '\n' => result.push_str("\\n"),
            '\r' => result.push_str("\\r"),
            '\t' => result.push_str("\\t"),
            c if c == quote => result.extend(['\\', c]),
            c if c.is_control() => result.push_str(&format!("\\x{:02x}", c as u32)),
            // Blanks other than the space, and marks without a glyph.
            c if c != ' ' && c.is_whitespace() || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{feff}') => {
                let code = c as u32;
                result.push_str(&if code < 0x100 { format!("\\x{code:02x}") } else { format!("\\u{code:04x}") });
            }
            c => result.push(c),
        }
    }
    result.push(quote);
    result
}
