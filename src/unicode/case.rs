//! Upper, lower, title and folded case. The standard library knows the mappings of a later Unicode; what they lead to
//! and the table does not know was not there yet.

use super::{is_case_ignorable, is_cased, is_known};

/// A character in another case, which may take up to three.
fn mapped(c: char, mapping: impl Iterator<Item = char> + Clone, out: &mut String) {
    if is_known(c) && mapping.clone().all(is_known) {
        out.extend(mapping);
    } else {
        out.push(c);
    }
}

pub fn lower(c: char, out: &mut String) {
    mapped(c, c.to_lowercase(), out);
}

pub fn upper(c: char, out: &mut String) {
    mapped(c, c.to_uppercase(), out);
}

/// The character as the first of a word in a title.
pub fn title(c: char, out: &mut String) {
    let single = match c as u32 {
        0x1c4..=0x1c6 => Some(0x1c5),
        0x1c7..=0x1c9 => Some(0x1c8),
        0x1ca..=0x1cc => Some(0x1cb),
        0x1f1..=0x1f3 => Some(0x1f2),
        // Georgian has capital letters for whole words only.
        code @ (0x10d0..=0x10fa | 0x10fd..=0x10ff) => Some(code),
        // Greek with a small iota below.
        code @ 0x1f80..=0x1faf => Some(code | 8),
        0x1fb3 | 0x1fbc => Some(0x1fbc),
        0x1fc3 | 0x1fcc => Some(0x1fcc),
        0x1ff3 | 0x1ffc => Some(0x1ffc),
        _ => None,
    };
    if let Some(single) = single.and_then(char::from_u32) {
        out.push(single);
        return;
    }
    let mut all = c.to_uppercase();
    // An apostrophe and an n are a letter that is no longer used.
    if all.len() == 1 || c == 'ŉ' {
        return upper(c, out);
    }
    out.extend(all.next());
    for c in all {
        // A capital iota behind its letter goes below it.
        if c == 'Ι' { out.push('\u{345}') } else { lower(c, out) }
    }
}

/// What characters that differ in case alone have in common.
pub fn fold(c: char, out: &mut String) {
    match c as u32 {
        // These are small letters whose capitals are others' as well.
        0x130 | 0x131 => lower(c, out),
        // Cherokee's capitals are the older letters.
        0x13a0..=0x13f5 => out.push(c),
        0x13f8..=0x13fd | 0xab70..=0xabbf => upper(c, out),
        _ => {
            let (mut small, mut capital) = (String::new(), String::new());
            lower(c, &mut small);
            small.chars().for_each(|c| upper(c, &mut capital));
            capital.chars().for_each(|c| lower(c, out));
        }
    }
}

/// `str.lower`: a capital sigma at the end of a word has a small form of its own.
pub fn lower_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        lower_at(text, at, c, &mut out);
    }
    out
}

/// The small form of the character at an offset of a text.
pub fn lower_at(text: &str, at: usize, c: char, out: &mut String) {
    if c != 'Σ' {
        return lower(c, out);
    }
    let before = text[..at].chars().rev().find(|c| !is_case_ignorable(*c));
    let after = text[at + c.len_utf8()..].chars().find(|c| !is_case_ignorable(*c));
    out.push(if before.is_some_and(is_cased) && !after.is_some_and(is_cased) { 'ς' } else { 'σ' });
}
