//! `loadtxt` against NumPy's own (`tests/oracle/array_loadtxt.py` writes the table).

use toy::array::DType;
use toy::array::format::{PrintOptions, array_repr};
use toy::array::loadtxt::{LoadOptions, loadtxt};

#[test]
fn tables_read_as_numpy_reads_them() {
    let mut wrong = Vec::new();
    for row in include_str!("data/array_loadtxt.txt").lines() {
        let columns: Vec<&str> = row.split('\t').collect();
        let [text, options, want, warns] = columns[..] else { panic!("four columns: {row}") };
        let (have, warned) = match loadtxt(&unescape(text), "table.csv", &parse_options(&unescape(options))) {
            Ok(loaded) => (array_repr(&loaded.array, &PrintOptions::default()), loaded.warning.is_some()),
            Err(error) => (format!("{:?}: {}", error.kind, error.message), false),
        };
        if have != unescape(want) || warned == warns.is_empty() {
            wrong.push(format!("{text} {options}\n  want {want} {warns}\n  have {have} {warned}"));
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn an_empty_file_gives_a_warning_with_its_name() {
    let loaded = loadtxt("", "data/x.csv", &LoadOptions::default()).unwrap();
    assert_eq!(loaded.warning.unwrap(), "loadtxt: input contained no data: \"data/x.csv\"");
}

fn unescape(text: &str) -> String {
    let mut result = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        let escaped = if c == '\\' { chars.next() } else { None };
        result.push(match escaped {
            Some('n') => '\n',
            Some('t') => '\t',
            Some('r') => '\r',
            Some(other) => other,
            None => c,
        });
    }
    result
}

/// `key=value key=value`, values as Python writes them.
fn parse_options(text: &str) -> LoadOptions {
    let mut options = LoadOptions::default();
    let mut rest = text;
    while let Some((key, value)) = rest.split_once('=') {
        let end = [" delimiter=", " dtype=", " skiprows=", " usecols=", " ndmin=", " unpack=", " comments="]
            .iter()
            .filter_map(|next| value.find(next))
            .min()
            .unwrap_or(value.len());
        let (value, tail) = value.split_at(end);
        rest = tail.trim_start();
        match key {
            "dtype" => options.dtype = *DType::ALL.iter().find(|dtype| dtype.name() == strings(value)[0]).unwrap(),
            "delimiter" => options.delimiter = Some(strings(value).remove(0)),
            "comments" => options.comments = (value != "None").then(|| strings(value)),
            "skiprows" => options.skiprows = value.parse().unwrap(),
            "max_rows" => options.max_rows = Some(value.parse().unwrap()),
            "ndmin" => options.ndmin = value.parse().unwrap(),
            "unpack" => options.unpack = value == "True",
            "usecols" => {
                let list = value.trim_matches(['(', ')']).split(',').map(str::trim).filter(|n| !n.is_empty());
                options.usecols = Some(list.map(|n| n.parse().unwrap()).collect());
            }
            _ => panic!("an option of loadtxt: {key}"),
        }
    }
    options
}

/// The quoted strings in a Python literal.
fn strings(text: &str) -> Vec<String> {
    text.split('\'').skip(1).step_by(2).map(|text| text.replace("\\t", "\t")).collect()
}
