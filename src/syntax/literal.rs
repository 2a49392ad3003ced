//! The values of literals: digits, floats, and the escapes of strings.

use num_bigint::BigUint;

use super::{
    ast::{ExprKind, FStringPart, Name},
    build::Builder,
};
use crate::source::Span;

/// As CPython, which converts no longer decimal text to an integer.
const MAX_DECIMAL_DIGITS: usize = 4300;

/// How the text of a literal is to be read.
#[derive(Clone, Copy)]
pub struct Escapes {
    /// A backslash is a backslash.
    pub raw: bool,
    /// `{{` is `{` and `}}` is `}`.
    pub doubled: bool,
}

impl Builder<'_> {
    pub fn int(&mut self, l: u32, r: u32) -> ExprKind {
        let span = self.span(l, r);
        let text = self.source.slice(span).replace('_', "");
        let radix = match text.as_bytes() {
            [b'0', b'x' | b'X', ..] => 16,
            [b'0', b'o' | b'O', ..] => 8,
            [b'0', b'b' | b'B', ..] => 2,
            _ => 10,
        };
        if radix != 10 {
            let value = BigUint::parse_bytes(&text.as_bytes()[2..], radix).unwrap_or_default();
            return ExprKind::Int(value.to_string());
        }
        if text.len() > MAX_DECIMAL_DIGITS {
            let message = format!(
                "Exceeds the limit ({MAX_DECIMAL_DIGITS} digits) for integer string conversion: value has {} digits; \
                 use sys.set_int_max_str_digits() to increase the limit - Consider hexadecimal for huge integer \
                 literals to avoid decimal conversion limits.",
                text.len()
            );
            self.error(span, message);
        }
        let digits = text.trim_start_matches('0');
        ExprKind::Int(if digits.is_empty() { "0".into() } else { digits.into() })
    }

    pub fn float(&mut self, l: u32, r: u32) -> ExprKind {
        let text = self.source.slice(self.span(l, r)).replace('_', "");
        ExprKind::Float(text.parse().unwrap_or(f64::NAN))
    }

    /// A name as written. Python folds names to Unicode's form NFKC; names that could fold are refused instead.
    pub fn name(&mut self, l: u32, r: u32) -> Name {
        let span = self.span(l, r);
        let text = self.source.slice(span);
        if let Some((at, c)) = text.char_indices().find(|(_, c)| !is_folded(*c)) {
            let start = span.start as usize + at;
            let message = format!("toy does not support the character '{c}' (U+{:04X}) in names", c as u32);
            self.error(Span::new(start, start + c.len_utf8()), message);
        }
        Name { text: text.into(), span }
    }

    /// A string literal without fields.
    pub fn string_literal(&mut self, l: u32, r: u32) -> Vec<FStringPart> {
        let text = self.source.slice(self.span(l, r));
        let prefix = text.find(['"', '\'']).unwrap_or(0);
        let quote = &text[prefix..prefix + 1];
        let triple = text.len() >= prefix + 6 && text[prefix..].starts_with(&quote.repeat(3));
        let quotes = if triple { 3 } else { 1 };
        let inner = Span::new(l as usize + prefix + quotes, r as usize - quotes);
        let raw = text[..prefix].contains(['r', 'R']);
        vec![self.text(inner.start, inner.end, Escapes { raw, doubled: false })]
    }

    /// Literal text between quotes or fields.
    pub fn text(&mut self, l: u32, r: u32, escapes: Escapes) -> FStringPart {
        let span = self.span(l, r);
        let text = self.source.slice(span);
        let mut reader = Reader { text, at: 0, python_at: 0, value: String::with_capacity(text.len()) };
        if let Err((at, message)) = reader.read(escapes) {
            let end = l as usize + text[reader.at..].chars().next().map_or(reader.at, |c| reader.at + c.len_utf8());
            self.error(Span::new(l as usize + at, end.max(l as usize + at)), message);
        }
        FStringPart::Literal(reader.value)
    }
}

/// Reads the text of a literal, escape by escape.
struct Reader<'t> {
    text: &'t str,
    at: usize,
    /// Where CPython sees the same place: it writes `\UXXXXXXXX` for a character that is not ASCII before it reads.
    python_at: usize,
    value: String,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        self.python_at += if c.is_ascii() { 1 } else { 10 };
        Some(c)
    }

    /// An error is the offset of its escape, and what is wrong.
    fn read(&mut self, escapes: Escapes) -> Result<(), (usize, String)> {
        while let Some(c) = self.next() {
            if escapes.doubled && matches!(c, '{' | '}') && self.peek() == Some(c) {
                self.next();
            }
            if c == '\\' && !escapes.raw { self.escape()? } else { self.value.push(c) }
        }
        Ok(())
    }

    fn escape(&mut self) -> Result<(), (usize, String)> {
        let Some(c) = self.next() else {
            self.value.push('\\');
            return Ok(());
        };
        let simple = match c {
            '\n' => return Ok(()),
            '\\' | '\'' | '"' => c,
            'a' => '\u{7}',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\u{b}',
            '0'..='7' => self.octal(c),
            'x' => return self.hexadecimal(2, "truncated \\xXX escape"),
            'u' => return self.hexadecimal(4, "truncated \\uXXXX escape"),
            'U' => return self.hexadecimal(8, "truncated \\UXXXXXXXX escape"),
            'N' => return Err((self.at - 2, "toy does not support \\N{...} escapes".into())),
            _ => {
                // Python warns, and keeps the backslash.
                self.value.push('\\');
                c
            }
        };
        self.value.push(simple);
        Ok(())
    }

    /// One to three octal digits; at most `\777`, so always a character.
    fn octal(&mut self, first: char) -> char {
        let mut value = first.to_digit(8).unwrap_or(0);
        for _ in 0..2 {
            let Some(digit) = self.peek().and_then(|c| c.to_digit(8)) else { break };
            value = value * 8 + digit;
            self.next();
        }
        char::from_u32(value).unwrap_or('\u{fffd}')
    }

    fn hexadecimal(&mut self, digits: usize, truncated: &str) -> Result<(), (usize, String)> {
        let (start, python_start) = (self.at - 2, self.python_at - 2);
        let mut value = 0;
        for _ in 0..digits {
            let Some(digit) = self.peek().and_then(|c| c.to_digit(16)) else {
                return Err((start, self.undecodable(python_start, truncated)));
            };
            value = value * 16 + digit;
            self.next();
        }
        match char::from_u32(value) {
            Some(c) => self.value.push(c),
            None if value > 0x10ffff => {
                return Err((start, self.undecodable(python_start, "illegal Unicode character")));
            }
            None => return Err((start, format!("toy does not support surrogates in strings (U+{value:04X})"))),
        }
        Ok(())
    }

    fn undecodable(&self, start: usize, reason: &str) -> String {
        let end = self.python_at - 1;
        format!("(unicode error) 'unicodeescape' codec can't decode bytes in position {start}-{end}: {reason}")
    }
}

/// True of characters that Unicode's NFKC leaves alone whatever stands beside them,
/// among letters of scripts that names are written in.
fn is_folded(c: char) -> bool {
    matches!(c, '\0'..='\x7f' | 'À'..='ÿ' | 'Ā'..='ı' | 'Ĵ'..='ľ' | 'Ł'..='ň' | 'ŋ'..='ž' | 'Α'..='ώ' | 'А'..='ҁ'
        | 'א'..='ת' | 'ぁ'..='ゖ' | 'ァ'..='ヺ' | '一'..='鿿' | '가'..='힣')
}
