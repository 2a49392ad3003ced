//! What the text claims of a mechanism, and whether what was measured lies in its range.

use serde::Serialize;

use super::interval::Factor;

/// A sentence of *Why Vectorization Is Faster Than For Loops in Machine Learning*.
pub struct Claim {
    pub about: &'static str,
    /// Its section of the text.
    pub section: u8,
    pub says: &'static str,
    pub range: Range,
    /// The rungs between which the factor is measured, by their keys: that of the first that was reached of each.
    /// With what entering machine code takes: copying lists, for example.
    pub whole: bool,
    pub from: &'static [&'static str],
    pub to: &'static [&'static str],
}

/// How many times as fast.
pub enum Range {
    Between(f64, f64),
    /// As many as there are threads.
    Threads,
}

pub const CLAIMS: &[Claim] = &[
    Claim {
        about: "interpreter overhead",
        section: 2,
        says: "10–50 times slower",
        range: Range::Between(10.0, 50.0),
        whole: true,
        from: &["interpreter"],
        to: &["bounds"],
    },
    Claim {
        about: "contiguous memory",
        section: 4,
        says: "2–5 times",
        range: Range::Between(2.0, 5.0),
        whole: false,
        from: &["bounds"],
        to: &["contiguous"],
    },
    Claim {
        about: "compiler optimizations",
        section: 6,
        says: "1.5–3 times",
        range: Range::Between(1.5, 3.0),
        whole: false,
        from: &["contiguous"],
        to: &["accumulators", "unroll"],
    },
    Claim {
        about: "SIMD",
        section: 5,
        says: "2–8 times",
        range: Range::Between(2.0, 8.0),
        whole: false,
        from: &["accumulators"],
        to: &["avx512", "avx", "sse"],
    },
    Claim {
        about: "threads",
        section: 7,
        says: "N times, N = cores",
        range: Range::Threads,
        whole: false,
        from: &["avx512", "avx", "sse", "accumulators"],
        to: &["threads"],
    },
    Claim {
        about: "all of it, on the CPU",
        section: 0,
        says: "10–100 times",
        range: Range::Between(10.0, 100.0),
        whole: true,
        from: &["interpreter"],
        to: &["threads", "avx512", "avx", "sse", "accumulators", "unroll", "contiguous", "bounds"],
    },
];

/// Where a factor lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Inside,
    Below,
    Above,
    /// An end of the range lies within what the measurement leaves open.
    Open,
}

impl Verdict {
    pub const fn words(self) -> &'static str {
        match self {
            Verdict::Inside => "inside",
            Verdict::Below => "below",
            Verdict::Above => "above",
            Verdict::Open => "at its edge",
        }
    }
}

/// Where a factor lies, as surely as it was measured.
pub fn verdict(factor: Factor, (low, high): (f64, f64)) -> Verdict {
    let Factor { low: least, high: most, .. } = factor;
    if most < low {
        Verdict::Below
    } else if least > high {
        Verdict::Above
    } else if least >= low && most <= high {
        Verdict::Inside
    } else {
        Verdict::Open
    }
}

impl Range {
    /// The factors of the range. Of N threads nobody expects N exactly: the range is what rounds to it, from half a
    /// thread below to half a thread above.
    pub fn bounds(&self, threads: usize) -> (f64, f64) {
        match self {
            Range::Between(low, high) => (*low, *high),
            Range::Threads => (threads as f64 - 0.5, threads as f64 + 0.5),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::rungs::RUNGS;
    use super::*;

    #[test]
    fn a_verdict_is_as_sure_as_the_measurement() {
        let of = |low, high| verdict(Factor { median: (low + high) / 2.0, low, high }, (2.0, 5.0));
        assert_eq!(of(2.0, 5.0), Verdict::Inside);
        assert_eq!(of(1.0, 1.9), Verdict::Below);
        assert_eq!(of(5.1, 9.0), Verdict::Above);
        assert_eq!(of(1.9, 2.1), Verdict::Open);
        assert_eq!(of(1.0, 9.0), Verdict::Open);
    }

    #[test]
    fn claims_are_of_rungs_that_there_are() {
        for claim in CLAIMS {
            for key in claim.from.iter().chain(claim.to) {
                assert!(RUNGS.iter().any(|rung| rung.key == *key), "{key}");
            }
        }
        assert_eq!(Range::Threads.bounds(4), (3.5, 4.5));
    }
}
