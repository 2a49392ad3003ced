//! What a claim is, and what was found of it.

use std::fmt;

use super::lab::Lab;
use super::trial::Wrong;
use crate::cli::timing::Spread;

/// A sentence of the text that can be measured.
pub struct Claim {
    /// What the command line calls it.
    pub name: &'static str,
    /// Of the text.
    pub section: &'static str,
    /// The text's own.
    pub words: &'static str,
    pub range: Range,
    pub unit: Unit,
    pub program: Program,
    pub experiment: fn(&mut Lab<'_>) -> Result<Vec<Row>, Wrong>,
    pub why: Why,
}

/// A script under `programs/claims/`.
#[derive(Clone, Copy)]
pub struct Program {
    /// From the root of the repository.
    pub path: &'static str,
    pub text: &'static str,
}

/// What would explain each of the verdicts.
pub struct Why {
    pub below: &'static str,
    pub inside: &'static str,
    pub above: &'static str,
}

/// What the text leaves room for; an end that it does not name is infinite.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    pub low: f64,
    pub high: f64,
}

/// What a value counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// How many times as long, or as much.
    Times,
    Percent,
    Count,
    /// Operations in a cycle of the clock.
    PerCycle,
}

/// One thing that was measured for a claim.
#[derive(Clone, Debug)]
pub struct Row {
    pub what: String,
    /// None if the text says nothing of this by itself.
    pub range: Option<Range>,
    pub unit: Unit,
    pub toy: Outcome,
    pub python: Outcome,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    Measured(Spread),
    /// Why it was not measured.
    Untested(String),
}

/// Where a value lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Below,
    Inside,
    Above,
}

impl Range {
    pub const fn new(low: f64, high: f64) -> Range {
        Range { low, high }
    }

    pub const fn at_least(low: f64) -> Range {
        Range { low, high: f64::INFINITY }
    }

    pub const fn exactly(value: f64) -> Range {
        Range { low: value, high: value }
    }

    /// What the text gives as one number, give or take a tenth.
    pub const fn about(value: f64) -> Range {
        Range { low: 0.9 * value, high: 1.1 * value }
    }

    pub fn verdict(&self, value: f64) -> Verdict {
        match value {
            value if value < self.low => Verdict::Below,
            value if value > self.high => Verdict::Above,
            _ => Verdict::Inside,
        }
    }
}

impl Verdict {
    pub const fn name(self) -> &'static str {
        match self {
            Verdict::Below => "below",
            Verdict::Inside => "inside",
            Verdict::Above => "above",
        }
    }
}

impl Row {
    /// Where the median lies; none if it was not measured, or the text has no range for it.
    pub fn verdict(&self, outcome: &Outcome) -> Option<Verdict> {
        match (self.range, outcome) {
            (Some(range), Outcome::Measured(spread)) => Some(range.verdict(spread.median)),
            (None, Outcome::Measured(_)) | (_, Outcome::Untested(_)) => None,
        }
    }

    /// Whether the quartiles lie where the median does.
    pub fn is_sure(&self, outcome: &Outcome) -> bool {
        let (Some(range), Outcome::Measured(spread)) = (self.range, outcome) else { return true };
        range.verdict(spread.low) == range.verdict(spread.high)
    }
}

impl Claim {
    /// What explains the first row that has a verdict, or why there is none.
    pub fn why(&self, rows: &[Row]) -> String {
        let mut verdicts = rows.iter().flat_map(|row| [row.verdict(&row.toy), row.verdict(&row.python)]);
        match (verdicts.find_map(|verdict| verdict), rows.first().map(|row| &row.toy)) {
            (Some(Verdict::Below), _) => self.why.below.into(),
            (Some(Verdict::Inside), _) => self.why.inside.into(),
            (Some(Verdict::Above), _) => self.why.above.into(),
            (None, Some(Outcome::Untested(why))) => format!("Untested: {why}."),
            (None, Some(Outcome::Measured(_)) | None) => "Untested.".into(),
        }
    }
}

impl Outcome {
    /// What was counted, and is the same each time.
    pub fn counted(count: u64) -> Outcome {
        let count = count as f64;
        Outcome::Measured(Spread { median: count, low: count, high: count })
    }
}

impl Unit {
    pub const fn name(self) -> &'static str {
        match self {
            Unit::Times => "times",
            Unit::Percent => "percent",
            Unit::Count => "count",
            Unit::PerCycle => "per cycle",
        }
    }

    /// What stands behind a range.
    pub const fn sign(self) -> &'static str {
        match self {
            Unit::Times => " ×",
            Unit::Percent => " %",
            Unit::Count => "",
            Unit::PerCycle => " / cycle",
        }
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Two digits behind the point are enough for every end that the table has.
        let number = |x: f64| format!("{x:.2}").trim_end_matches('0').trim_end_matches('.').to_string();
        match (self.low.is_finite(), self.high.is_finite()) {
            (true, true) if self.low == self.high => write!(f, "{}", number(self.low)),
            (true, true) => write!(f, "{} – {}", number(self.low), number(self.high)),
            (true, false) => write!(f, "≥ {}", number(self.low)),
            (false, true) => write!(f, "≤ {}", number(self.high)),
            (false, false) => f.write_str("any"),
        }
    }
}
