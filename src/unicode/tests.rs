//! Every character against CPython (`tests/oracle/unicode_table.py`).

use super::{case, *};

/// What a row of the golden file asks of one character.
fn shown(name: &str, c: char) -> String {
    let with = |mapping: fn(char, &mut String)| {
        let mut out = String::new();
        mapping(c, &mut out);
        out
    };
    match name {
        "lower" => with(case::lower),
        "upper" => with(case::upper),
        "title" => with(case::title),
        "casefold" => with(case::fold),
        _ => panic!("a mapping: {name}"),
    }
}

#[test]
fn every_character_has_the_forms_that_cpython_gives_it() {
    let path = format!("{}/tests/data/unicode_case.txt", env!("CARGO_MANIFEST_DIR"));
    let rows = std::fs::read_to_string(path).unwrap();
    let mut expected = std::collections::HashMap::new();
    for row in rows.lines() {
        let (name, codes) = row.split_once(' ').unwrap();
        let mut characters = codes.split(' ').map(|hex| char::from_u32(u32::from_str_radix(hex, 16).unwrap()).unwrap());
        expected.insert((name, characters.next().unwrap()), characters.collect::<String>());
    }
    let mut wrong = Vec::new();
    for name in ["lower", "upper", "title", "casefold"] {
        // There are no letters with case further on.
        for c in '\0'..='\u{1ffff}' {
            let got = shown(name, c);
            let wanted = expected.get(&(name, c)).cloned().unwrap_or_else(|| c.to_string());
            if got != wanted {
                wrong.push(format!("{name} {:x}: {got:?}, not {wanted:?}", c as u32));
            }
        }
    }
    assert!(wrong.is_empty(), "{} differ: {:#?}", wrong.len(), &wrong[..wrong.len().min(50)]);
}

#[test]
fn digits_have_their_values() {
    for (c, value) in [('0', 0), ('9', 9), ('٣', 3), ('๙', 9), ('𝟎', 0), ('𝟗', 9), ('𝟿', 9), ('𝟘', 0), ('７', 7)]
    {
        assert_eq!(decimal_digit(c), Some(value), "{c}");
    }
    for c in ['a', '²', '½', '一', '\u{10fffd}'] {
        assert_eq!(decimal_digit(c), None, "{c}");
    }
}
