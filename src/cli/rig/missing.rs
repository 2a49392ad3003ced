//! Why a loop does not run in a way that was wanted.

use serde::Serialize;

use super::Built;
use crate::interp::hot::Mode;
use crate::loops::why::Why;
use crate::source::Source;

/// Why a way of running a loop was not measured.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Missing {
    /// For `toy explain`; none if it is not the loop's doing.
    pub code: Option<String>,
    pub line: Option<usize>,
    pub message: String,
}

impl Missing {
    /// In a line.
    pub fn words(&self) -> String {
        let code = self.code.as_ref().map_or(String::new(), |code| format!("{code}: "));
        let line = self.line.map_or(String::new(), |line| format!("line {line}: "));
        format!("{line}{code}{}", self.message)
    }

    /// What stands in the way of a loop, with its place.
    pub fn of(why: &Why, source: &Source) -> Missing {
        Missing {
            code: Some(why.reason.code().to_owned()),
            line: Some(source.number(source.line(why.span.start))),
            message: why.to_string(),
        }
    }

    /// Why a loop did not run as its rig was asked to run it.
    pub fn of_built(built: &Built, mode: Mode, source: &Source) -> Missing {
        if let Some(why) = &built.why {
            return Missing::of(why, source);
        }
        let message = if mode == Mode::Vector {
            "no array expression ran: too few iterations follow one another, or what they write is what others read"
                .to_owned()
        } else if built.covered > 0.0 {
            format!("only {:.0} % of the iterations ran so", 100.0 * built.covered)
        } else {
            "the loop was not compiled: it is not gone through often enough".into()
        };
        Missing { code: None, line: None, message }
    }
}
