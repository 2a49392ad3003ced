//! Repeated measurement: warmed up, taken in turns, summed up by medians.

use std::time::{Duration, Instant};

use serde::Serialize;

/// Turns that are taken at least, and at most.
const MIN_SAMPLES: usize = 5;
const MAX_SAMPLES: usize = 101;
/// A sample repeats what it measures until it is this long, so that the clock's grain does not count.
const MIN_SAMPLE: Duration = Duration::from_micros(200);

/// A median with its spread: the quartiles.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Spread {
    pub median: f64,
    pub low: f64,
    pub high: f64,
}

impl Spread {
    /// Median and quartiles of at least one sample.
    pub fn of(mut samples: Vec<f64>) -> Spread {
        samples.sort_by(f64::total_cmp);
        let at = |share: f64| {
            let place = share * (samples.len() - 1) as f64;
            let (low, high) = (place.floor() as usize, place.ceil() as usize);
            samples[low] + (samples[high] - samples[low]) * (place - low as f64)
        };
        Spread { median: at(0.5), low: at(0.25), high: at(0.75) }
    }

    pub fn scaled(self, by: f64) -> Spread {
        Spread { median: self.median * by, low: self.low * by, high: self.high * by }
    }
}

/// Something to measure; an error ends the whole measurement.
pub type Task<'a, E> = &'a mut dyn FnMut() -> Result<(), E>;

/// Seconds that each task takes, measured in turns (A B C A B C …) so that a machine that slows down slows all of them.
/// Each is run once before. `budget` bounds the time of all, but every task is sampled [`MIN_SAMPLES`] times;
/// `progress` is told the share that is done.
pub fn interleaved<E>(
    tasks: &mut [Task<'_, E>],
    budget: Duration,
    progress: &mut dyn FnMut(f64),
) -> Result<Vec<Spread>, E> {
    let mut timed: Vec<_> = tasks.iter_mut().map(|task| |repeats| time(task, repeats)).collect();
    let mut samplers: Vec<_> = timed.iter_mut().map(|timed| timed as Sampler<'_, E>).collect();
    let samples = samples_in_turns(&mut samplers, budget, progress)?;
    Ok(samples.into_iter().map(Spread::of).collect())
}

/// Something that does its work so many times over, and says how many seconds one of them took.
pub type Sampler<'a, E> = &'a mut dyn FnMut(u32) -> Result<f64, E>;

/// The same of tasks that time themselves: all samples, one for each round, so that what was measured in the same round
/// can be compared.
pub fn samples_in_turns<E>(
    samplers: &mut [Sampler<'_, E>],
    budget: Duration,
    progress: &mut dyn FnMut(f64),
) -> Result<Vec<Vec<f64>>, E> {
    let start = Instant::now();
    let mut repeats = Vec::new();
    for sampler in samplers.iter_mut() {
        sampler(1)?;
        let once = sampler(1)?;
        repeats.push((MIN_SAMPLE.as_secs_f64() / once.max(1e-9)).ceil().clamp(1.0, 1e6) as u32);
    }
    let mut samples = vec![Vec::new(); samplers.len()];
    for round in 0..MAX_SAMPLES {
        let spent = start.elapsed().as_secs_f64() / budget.as_secs_f64();
        if round >= MIN_SAMPLES && spent >= 1.0 {
            break;
        }
        progress((round as f64 / MAX_SAMPLES as f64).max(spent.min(1.0)));
        for ((sampler, samples), repeats) in samplers.iter_mut().zip(&mut samples).zip(&repeats) {
            samples.push(sampler(*repeats)?);
        }
    }
    progress(1.0);
    Ok(samples)
}

/// Seconds of one run, the average of `repeats`.
fn time<E>(task: &mut Task<'_, E>, repeats: u32) -> Result<f64, E> {
    let start = Instant::now();
    for _ in 0..repeats {
        task()?;
    }
    Ok(start.elapsed().as_secs_f64() / repeats as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_spread_is_median_and_quartiles() {
        let spread = Spread::of(vec![5.0, 1.0, 4.0, 2.0, 3.0]);
        assert_eq!(spread, Spread { median: 3.0, low: 2.0, high: 4.0 });
        assert_eq!(Spread::of(vec![1.0, 2.0]), Spread { median: 1.5, low: 1.25, high: 1.75 });
    }

    #[test]
    fn tasks_take_turns_and_an_error_ends_them() {
        let order = std::cell::RefCell::new(String::new());
        let mut a = || {
            order.borrow_mut().push('a');
            std::thread::sleep(MIN_SAMPLE);
            Ok(())
        };
        let mut b = || {
            order.borrow_mut().push('b');
            std::thread::sleep(MIN_SAMPLE);
            if order.borrow().len() >= 8 { Err("enough") } else { Ok(()) }
        };
        let result = interleaved(&mut [&mut a, &mut b], Duration::ZERO, &mut |_| {});
        assert_eq!(result, Err("enough"));
        assert_eq!(*order.borrow(), "aabbabab");
    }
}
