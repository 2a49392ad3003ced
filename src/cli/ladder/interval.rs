//! A median with an interval that needs no assumption of how times are distributed.

use serde::Serialize;

/// How sure the interval is, where there are enough samples.
const CONFIDENCE: f64 = 0.95;

/// The median of repeated measurements, and where the median of all that could be made lies.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Interval {
    pub median: f64,
    pub low: f64,
    pub high: f64,
    /// The probability that it lies there: at least 0.95 if there were six samples.
    pub confidence: f64,
    pub samples: usize,
}

impl Interval {
    /// Of at least one sample: order statistics, by the binomial distribution (Conover, *Practical Nonparametric
    /// Statistics*, section 3.2).
    pub fn of(mut samples: Vec<f64>) -> Interval {
        samples.sort_by(f64::total_cmp);
        let n = samples.len();
        let median = match n % 2 {
            0 => (samples[n / 2 - 1] + samples[n / 2]) / 2.0,
            _ => samples[n / 2],
        };
        // Below the sample number `cut` from below, and above the same from above, the median lies with probability
        // `2 · outside`.
        let (mut cut, mut outside) = (0, 0.5f64.powi(n as i32));
        let mut term = outside;
        while cut + 1 < n.div_ceil(2) {
            term *= (n - cut) as f64 / (cut + 1) as f64;
            if 2.0 * (outside + term) > 1.0 - CONFIDENCE {
                break;
            }
            outside += term;
            cut += 1;
        }
        let confidence = if n == 1 { 0.0 } else { 1.0 - 2.0 * outside };
        Interval { median, low: samples[cut], high: samples[n - 1 - cut], confidence, samples: n }
    }

    /// How many times as long as `other` this takes, with the range that both intervals leave.
    pub fn over(self, other: Interval) -> Factor {
        Factor { median: self.median / other.median, low: self.low / other.high, high: self.high / other.low }
    }
}

/// How many times as fast.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Factor {
    pub median: f64,
    pub low: f64,
    pub high: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_that_of_order_statistics() {
        let of = |n: i32| Interval::of((1..=n).rev().map(f64::from).collect());
        let bounds = |interval: Interval| (interval.median, interval.low, interval.high);
        assert_eq!(bounds(of(1)), (1.0, 1.0, 1.0));
        assert_eq!(of(1).confidence, 0.0);
        assert_eq!(bounds(of(2)), (1.5, 1.0, 2.0));
        assert_eq!(of(2).confidence, 0.5);
        // From six samples on there is an interval of 95 %; the tables say 1 of 6, 2 of 9, 2 of 10, 6 of 20.
        assert_eq!(bounds(of(6)), (3.5, 1.0, 6.0));
        assert_eq!(bounds(of(9)), (5.0, 2.0, 8.0));
        assert_eq!(bounds(of(10)), (5.5, 2.0, 9.0));
        assert_eq!(bounds(of(20)), (10.5, 6.0, 15.0));
        assert!(of(20).confidence > 0.95 && of(20).confidence < 0.96);
    }

    #[test]
    fn factors_keep_the_ranges() {
        let interval = |low, median, high| Interval { median, low, high, confidence: 0.95, samples: 9 };
        let factor = interval(8.0, 10.0, 12.0).over(interval(1.0, 2.0, 4.0));
        assert_eq!(factor, Factor { median: 5.0, low: 2.0, high: 12.0 });
    }
}
