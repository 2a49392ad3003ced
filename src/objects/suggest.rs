//! "Did you mean …?": the known name nearest to a mistyped one, as CPython's `Python/suggestions.c` finds it.

use crate::exception::Raised;

/// The cost of one inserted, deleted or replaced character.
const MOVE_COST: usize = 2;

/// The cost of a character in the other case.
const CASE_COST: usize = 1;

/// Longer names get no suggestion.
const MAX_LEN: usize = 40;

/// The first of the nearest names, if one is near enough: a third of the characters may differ.
pub fn suggest<'a>(wrong: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if wrong.len() > MAX_LEN {
        return None;
    }
    let mut best: Option<(usize, &str)> = None;
    for name in names.into_iter().filter(|name| *name != wrong) {
        let allowed = (name.len() + wrong.len() + 3) * MOVE_COST / 6;
        let allowed = best.map_or(allowed, |(distance, _)| allowed.min(distance - 1));
        let distance = distance(wrong.as_bytes(), name.as_bytes());
        if distance <= allowed {
            best = Some((distance, name));
        }
    }
    best.map(|(_, name)| name)
}

/// The exception with the hint that one of `names` may have been meant.
#[cold]
pub fn suggestion<'a>(raised: Raised, wrong: &str, names: impl IntoIterator<Item = &'a str>) -> Raised {
    match suggest(wrong, names) {
        Some(near) => raised.hint(format!("Did you mean: '{near}'?")),
        None => raised,
    }
}

/// Levenshtein's distance, weighted.
fn distance(a: &[u8], b: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=a.len()).map(|at| at * MOVE_COST).collect();
    for (at, y) in b.iter().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], (at + 1) * MOVE_COST);
        for (index, x) in a.iter().enumerate() {
            let substituted = diagonal + substitution(*x, *y);
            diagonal = row[index + 1];
            row[index + 1] = substituted.min(row[index].min(diagonal) + MOVE_COST);
        }
    }
    row[a.len()]
}

fn substitution(a: u8, b: u8) -> usize {
    if a == b {
        0
    } else if a.eq_ignore_ascii_case(&b) {
        CASE_COST
    } else {
        MOVE_COST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_suggested() {
        let names =
            ["append", "clear", "copy", "count", "extend", "index", "insert", "pop", "remove", "reverse", "sort"];
        let cases = [
            ("appendd", Some("append")),
            ("Append", Some("append")),
            ("add", None),
            ("push", None),
            ("srot", None),
            ("foo", None),
            ("length", None),
            ("reverses", Some("reverse")),
        ];
        for (wrong, right) in cases {
            assert_eq!(suggest(wrong, names), right, "{wrong}");
        }
    }
}
