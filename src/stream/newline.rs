//! Line ends, as the `newline` argument of `open` says.

use std::borrow::Cow;

/// What ends a line of a file, and what stands for `\n` in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Newline {
    /// `None`: `\n`, `\r` and `\r\n` are all read as `\n`.
    #[default]
    Universal,
    /// `''`: the same three end a line, and are read as they are.
    Any,
    Lf,
    Cr,
    CrLf,
}

impl Newline {
    /// The line ends that the value of the argument stands for.
    pub fn parse(argument: &str) -> Option<Newline> {
        Some(match argument {
            "" => Newline::Any,
            "\n" => Newline::Lf,
            "\r" => Newline::Cr,
            "\r\n" => Newline::CrLf,
            _ => return None,
        })
    }

    /// Whether a `\r` at the end of what was read may be half of a line end.
    pub fn is_universal(self) -> bool {
        matches!(self, Newline::Universal | Newline::Any)
    }

    /// The end of the first line, behind its line end; `None` if it goes on. A `\r` at the end of `text` ends a line.
    pub fn line_end(self, text: &str) -> Option<usize> {
        let bytes = text.as_bytes();
        match self {
            Newline::Universal | Newline::Any => {
                let at = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r'))?;
                Some(if bytes[at..].starts_with(b"\r\n") { at + 2 } else { at + 1 })
            }
            Newline::Lf => text.find('\n').map(|at| at + 1),
            Newline::Cr => text.find('\r').map(|at| at + 1),
            Newline::CrLf => text.find("\r\n").map(|at| at + 2),
        }
    }

    /// The first `count` characters as a script sees them, and the bytes of `text` that they are.
    pub fn take(self, text: &str, count: usize) -> (String, usize) {
        let (mut taken, mut left, mut end) = (String::new(), count, 0);
        while left > 0 && end < text.len() {
            // Line by line: within one, characters are what they are.
            let line = &text[end..end + self.line_end(&text[end..]).unwrap_or(text.len() - end)];
            let whole = self.read(line);
            let chars = whole.chars().count();
            if chars <= left {
                taken.push_str(&whole);
                left -= chars;
                end += line.len();
            } else {
                let part = line.char_indices().nth(left).map_or(line.len(), |(at, _)| at);
                taken.push_str(&line[..part]);
                end += part;
                left = 0;
            }
        }
        (taken, end)
    }

    /// Text of a file as a script sees it.
    pub fn read(self, text: &str) -> Cow<'_, str> {
        if self == Newline::Universal && text.contains('\r') {
            Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
        } else {
            Cow::Borrowed(text)
        }
    }

    /// Text of a script as it is written.
    pub fn write(self, text: &str) -> Cow<'_, str> {
        match self {
            Newline::Cr => Cow::Owned(text.replace('\n', "\r")),
            Newline::CrLf => Cow::Owned(text.replace('\n', "\r\n")),
            Newline::Universal | Newline::Any | Newline::Lf => Cow::Borrowed(text),
        }
    }
}
