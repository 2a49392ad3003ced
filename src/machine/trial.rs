//! Repeated measurement in turns: each figure is the best of several rounds, between which everything else is
//! measured, so that a neighbour's burst does not spoil all rounds of one.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

/// A round repeats what it measures until it takes this long: short enough that some rounds pass while nobody else has
/// the core, or the cache.
const MIN_SAMPLE: Duration = Duration::from_micros(1600);
const MAX_REPEATS: u64 = 1 << 40;
/// Rounds of each trial at least, and at most.
const MIN_ROUNDS: u32 = 3;
const MAX_ROUNDS: u32 = 31;

/// What was measured: the best of all rounds, and their median.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct Figure {
    pub best: f64,
    pub median: f64,
}

#[derive(Deserialize)]
struct Unchecked {
    best: f64,
    median: f64,
}

/// Something to measure.
pub struct Trial<'a, S> {
    /// What this is about.
    pub subject: S,
    pub unit: Unit,
    /// Does the work so many times over, and says how long that took.
    pub run: Box<dyn FnMut(u64) -> Duration + 'a>,
}

/// What is made of a time; each with the work of one repetition.
#[derive(Clone, Copy, Debug)]
pub enum Unit {
    /// Work per nanosecond: GB/s of bytes, GFLOP/s of FLOP, GHz of cycles.
    PerNanosecond(f64),
    /// Nanoseconds for a unit of work.
    Nanoseconds(f64),
}

/// Figures of all trials, with how many rounds were made. `budget` bounds the time, but [`MIN_ROUNDS`] are made in any
/// case; `progress` is told the share that is done, and what comes next.
pub fn in_turns<S>(
    mut trials: Vec<Trial<'_, S>>,
    budget: Duration,
    progress: &mut dyn FnMut(f64, &S),
) -> (Vec<(S, Figure)>, u32) {
    let start = Instant::now();
    let count = trials.len();
    let mut repeats = vec![1; count];
    let mut samples = vec![Vec::new(); count];
    let mut rounds = 0;
    while rounds < MAX_ROUNDS && (rounds < MIN_ROUNDS || start.elapsed() < budget) {
        for (at, trial) in trials.iter_mut().enumerate() {
            let spent = start.elapsed().as_secs_f64() / budget.as_secs_f64();
            let done = (rounds as f64 + at as f64 / count as f64) / MAX_ROUNDS as f64;
            progress(done.max(spent).min(1.0), &trial.subject);
            if rounds == 0 {
                repeats[at] = enough(&mut trial.run);
            }
            let time = (trial.run)(repeats[at]);
            samples[at].push(trial.unit.of(time, repeats[at]));
        }
        rounds += 1;
    }
    let figures = trials.into_iter().zip(samples).map(|(trial, samples)| (trial.subject, trial.unit.sum_up(samples)));
    (figures.collect(), rounds)
}

/// Repetitions that take long enough.
fn enough(run: &mut dyn FnMut(u64) -> Duration) -> u64 {
    let mut repeats = 1;
    loop {
        let time = run(repeats);
        if time >= MIN_SAMPLE || repeats >= MAX_REPEATS {
            return repeats;
        }
        // At most tenfold: the first runs are slower than those to come.
        let factor = MIN_SAMPLE.as_secs_f64() / time.as_secs_f64().max(1e-9);
        repeats *= (factor.ceil() as u64).clamp(2, 10);
    }
}

impl Unit {
    fn of(self, time: Duration, repeats: u64) -> f64 {
        let nanoseconds = time.as_nanos().max(1) as f64;
        match self {
            Unit::PerNanosecond(work) => work * repeats as f64 / nanoseconds,
            Unit::Nanoseconds(work) => nanoseconds / (work * repeats as f64),
        }
    }

    /// Of at least one sample.
    fn sum_up(self, mut samples: Vec<f64>) -> Figure {
        samples.sort_by(f64::total_cmp);
        let (first, last) = (samples[0], samples[samples.len() - 1]);
        let best = match self {
            Unit::PerNanosecond(_) => last,
            Unit::Nanoseconds(_) => first,
        };
        let middle = samples.len() / 2;
        let median =
            if samples.len() % 2 == 1 { samples[middle] } else { (samples[middle - 1] + samples[middle]) / 2.0 };
        Figure { best: rounded(best), median: rounded(median) }
    }
}

impl Figure {
    /// None if that is not positive, as no figure is.
    pub fn new(best: f64, median: f64) -> Option<Figure> {
        let is_one = |x: f64| x.is_finite() && x > 0.0;
        (is_one(best) && is_one(median)).then(|| Figure { best: rounded(best), median: rounded(median) })
    }
}

/// To six significant digits, more than any measurement has: the text of a figure is short, and reads back the same.
fn rounded(x: f64) -> f64 {
    format!("{x:.5e}").parse().unwrap_or(x)
}

impl TryFrom<Unchecked> for Figure {
    type Error = &'static str;

    fn try_from(figure: Unchecked) -> Result<Figure, &'static str> {
        Figure::new(figure.best, figure.median).ok_or("a figure that is not positive")
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    #[test]
    fn best_is_most_or_least() {
        let samples = vec![4.0, 1.0, 3.0, 2.0];
        assert_eq!(Unit::PerNanosecond(1.0).sum_up(samples.clone()), Figure { best: 4.0, median: 2.5 });
        assert_eq!(Unit::Nanoseconds(1.0).sum_up(samples), Figure { best: 1.0, median: 2.5 });
        assert_eq!(Unit::Nanoseconds(1.0).sum_up(vec![5.0, 1.0, 2.0]), Figure { best: 1.0, median: 2.0 });
    }

    #[test]
    fn units() {
        let time = Duration::from_nanos(500);
        assert_eq!(Unit::PerNanosecond(100.0).of(time, 10), 2.0);
        assert_eq!(Unit::Nanoseconds(100.0).of(time, 10), 0.5);
        assert_eq!(Unit::PerNanosecond(100.0).of(Duration::ZERO, 1), 100.0);
    }

    #[test]
    fn trials_take_turns_with_repetitions_that_take_long_enough() {
        let order = RefCell::new(String::new());
        let shares = RefCell::new(Vec::new());
        let trial = |name: char, each: Duration| Trial {
            subject: name,
            unit: Unit::Nanoseconds(2.0),
            run: Box::new({
                let order = &order;
                move |repeats| {
                    order.borrow_mut().push_str(&format!("{name}{repeats} "));
                    each * repeats as u32
                }
            }),
        };
        let trials = vec![trial('a', MIN_SAMPLE / 16), trial('b', MIN_SAMPLE)];
        let (figures, rounds) = in_turns(trials, Duration::ZERO, &mut |share, _| shares.borrow_mut().push(share));
        assert_eq!(rounds, MIN_ROUNDS);
        assert_eq!(*order.borrow(), "a1 a10 a20 a20 b1 b1 a20 b1 a20 b1 ");
        let of = |time: Duration| Figure { best: time.as_nanos() as f64 / 2.0, median: time.as_nanos() as f64 / 2.0 };
        assert_eq!(figures, [('a', of(MIN_SAMPLE / 16)), ('b', of(MIN_SAMPLE))]);
        assert_eq!(*shares.borrow(), [1.0; 6]);
    }

    #[test]
    fn figures_are_positive() {
        let read = serde_json::from_str::<Figure>;
        assert_eq!(Figure::new(1.0 / 3.0, 2e9 / 3.0), Some(Figure { best: 0.333333, median: 666667e3 }));
        assert_eq!(read(r#"{"best": 2, "median": 1.5}"#).ok(), Figure::new(2.0, 1.5));
        for wrong in [r#"{"best": 0, "median": 1}"#, r#"{"best": 1, "median": -1}"#, r#"{"best": 1}"#, "null"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        assert_eq!([Figure::new(f64::NAN, 1.0), Figure::new(1.0, f64::INFINITY)], [None, None]);
    }
}
