//! What bounds a piece of work on this machine: where its data lie, how fast they come from there, and how fast it
//! computes (Williams, Waterman and Patterson, *Roofline*, 2009).

use super::{Access, Machine, Place, Precision, Width};

/// A gain that is more than noise.
const NOTICED: f64 = 1.05;

impl Machine {
    /// The nearest cache that holds so many bytes, spread over the cores of `threads` threads; else memory.
    pub fn place_of(&self, bytes: u64, threads: usize) -> Place {
        let holds = |place: &Place| {
            let cache = self.caches.iter().find(|cache| cache.place() == Some(*place));
            cache.is_some_and(|cache| {
                let instances = threads.max(1).div_ceil(cache.shared_by.max(1)) as u64;
                cache.size.saturating_mul(instances) >= bytes
            })
        };
        [Place::L1, Place::L2, Place::L3].into_iter().find(holds).unwrap_or(Place::Memory)
    }

    /// Whether `place` is the last cache, and so many bytes fit it but are more than its bandwidth was measured with: then
    /// some of them may have to come from memory, since others use that cache as well.
    pub fn may_spill(&self, place: Place, bytes: u64, threads: usize) -> bool {
        if self.caches.last().is_none_or(|last| last.place() != Some(place)) {
            return false;
        }
        let figures = self.bandwidths.iter().filter(|figure| figure.of.place == place && figure.of.threads <= threads);
        let measured = figures.map(|figure| figure.of.working_set * figure.of.threads as u64).max();
        measured.is_some_and(|measured| measured < bytes)
    }

    /// GB/s that `threads` threads together read from there, at best; if `writes`, move in whatever way is fastest. A
    /// level that was not measured is as fast as the next one that is farther away, at least. None without any figure.
    pub fn gb_per_s(&self, place: Place, writes: bool, threads: usize) -> Option<f64> {
        let of = |found: Place| {
            let figures = self.bandwidths.iter().filter(|figure| figure.of.place == found);
            let figures = figures.filter(|figure| writes || figure.of.access == Access::Read);
            by_threads(figures.map(|figure| (figure.of.threads, figure.gb_per_s.best)), threads)
        };
        let places = [Place::L1, Place::L2, Place::L3, Place::Memory];
        places.into_iter().skip_while(|at| *at != place).find_map(of)
    }

    /// Whether one thread computes more with registers of 512 bits than with those of 256, by more than figures scatter: some
    /// CPUs do in one step what others do in two, or clock lower meanwhile.
    pub fn gains_by_512_bits(&self) -> bool {
        let peak = |width| self.gflop_per_s(Precision::F64, Some(width), 1);
        match (peak(Width::Bits256), peak(Width::Bits512)) {
            (Some(narrow), Some(wide)) => wide > narrow * NOTICED,
            _ => false,
        }
    }

    /// GFLOP/s that `threads` threads together compute with fused multiply-adds of that width, at best; the widest that
    /// there is if `None`.
    pub fn gflop_per_s(&self, precision: Precision, width: Option<Width>, threads: usize) -> Option<f64> {
        let peaks = self.peaks.iter().filter(|peak| peak.of.precision == precision);
        let peaks = peaks.filter(|peak| width.is_none_or(|width| peak.of.width == width));
        by_threads(peaks.map(|peak| (peak.of.threads, peak.gflop_per_s.best)), threads)
    }
}

/// The best rate of `threads` threads, of figures that were measured with one and with all: some of them are taken to
/// reach as many times what one reaches, but no more than all.
fn by_threads(figures: impl Iterator<Item = (usize, f64)>, threads: usize) -> Option<f64> {
    let figures: Vec<(usize, f64)> = figures.collect();
    let most = |wanted: &dyn Fn(usize) -> bool| {
        let rates = figures.iter().filter(|(of, _)| wanted(*of)).map(|(_, rate)| *rate);
        rates.reduce(f64::max)
    };
    let fewer = most(&|of| of <= threads);
    let one = most(&|of| of == 1).map(|rate| rate * threads as f64);
    let all = most(&|of| of > threads);
    match (one, all) {
        (Some(one), Some(all)) if threads > 1 => Some(one.min(all).max(fewer.unwrap_or(0.0))),
        _ => fewer.or(all),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_threads_reach_no_more_than_all() {
        let of = |figures: &[(usize, f64)], threads| by_threads(figures.iter().copied(), threads);
        let figures = [(1, 20.0), (8, 50.0), (1, 18.0)];
        assert_eq!([1, 2, 3, 8, 9].map(|threads| of(&figures, threads)), [20.0, 40.0, 50.0, 50.0, 50.0].map(Some));
        assert_eq!(of(&[(1, 20.0), (8, 15.0)], 8), Some(20.0));
        assert_eq!(of(&[(8, 15.0)], 1), Some(15.0));
        assert_eq!(of(&[], 1), None);
    }
}
