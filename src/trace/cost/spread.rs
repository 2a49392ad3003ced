//! A figure with its uncertainty.

use serde::Serialize;

/// A median, and the interval in which the median of all possible rounds lies, 19 times out of 20: between two of the
/// sorted samples (Conover, *Practical Nonparametric Statistics*, section 3.2). Nothing is assumed of how samples scatter.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Interval {
    pub median: f64,
    pub low: f64,
    pub high: f64,
}

impl Interval {
    /// Of at least one sample.
    pub fn of(mut samples: Vec<f64>) -> Interval {
        samples.sort_by(f64::total_cmp);
        let count = samples.len();
        let rank = outer_rank(count);
        let middle = count / 2;
        let median = if count % 2 == 1 { samples[middle] } else { (samples[middle - 1] + samples[middle]) / 2.0 };
        Interval { median, low: samples[rank], high: samples[count - 1 - rank] }
    }

    /// Half the interval's width.
    pub fn margin(&self) -> f64 {
        (self.high - self.low) / 2.0
    }
}

/// The largest number of samples that may be left out at either end: fewer than one time out of 20 is the median outside
/// of what is left.
fn outer_rank(count: usize) -> usize {
    let mut probability = 0.5f64.powi(count as i32);
    let mut below = probability;
    let mut rank = 0;
    while 2.0 * below < 0.05 && rank < count / 2 {
        rank += 1;
        probability *= (count + 1 - rank) as f64 / rank as f64;
        below += probability;
    }
    rank.saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_those_of_the_binomial_distribution() {
        // Conover, table A3, p = 0.5: the sign test's limits at 5 %, two-sided.
        let ranks = [(1, 0), (5, 0), (6, 0), (8, 0), (9, 1), (11, 1), (12, 2), (15, 3), (21, 5), (25, 7)];
        for (count, rank) in ranks {
            assert_eq!(outer_rank(count), rank, "{count} samples");
        }
    }

    #[test]
    fn the_median_lies_inside() {
        let interval = Interval::of((1..=9).rev().map(f64::from).collect());
        assert_eq!(interval, Interval { median: 5.0, low: 2.0, high: 8.0 });
        assert_eq!(interval.margin(), 3.0);
        assert_eq!(Interval::of(vec![4.0, 2.0]), Interval { median: 3.0, low: 2.0, high: 4.0 });
    }
}
