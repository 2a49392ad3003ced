//! How much memory a program may take: asked before an allocation, because Linux overcommits and would
//! kill the process where Python raises `MemoryError`.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::pool;
use super::system::{self, Memory};

pub(super) use super::system::total;

/// What may be taken before the system is asked, the first time and again, in bytes: it costs nothing beside the page
/// faults of so much memory.
const STEP: usize = 64 << 20;

/// Requests of fewer bytes are granted, and not counted, where nobody says when they are given back.
const TRIFLE: usize = 64 << 10;

/// Bytes that blocks of arrays hold, touched or not, in use or kept.
static HELD: AtomicUsize = AtomicUsize::new(0);

/// What is left of the last grant, in bytes.
static CREDIT: AtomicUsize = AtomicUsize::new(STEP);

/// Whether `bytes` more can be had, by the best knowledge of this machine; `true` where nothing is known.
///
/// Every builder of large values asks first: `str * n`, `[x] * n`, `1 << n`, format widths. Arrays ask by themselves.
#[inline]
pub fn allows(bytes: usize) -> bool {
    bytes < TRIFLE || allows_much(bytes)
}

#[inline(never)]
fn allows_much(bytes: usize) -> bool {
    let grants = || grants(&CREDIT, HELD.load(Ordering::Relaxed), bytes, system::look);
    grants() || pool::give_back() && grants()
}

/// Counts `bytes` as held; `false`, and nothing counted, if they are not to be had.
pub(super) fn reserve(bytes: usize) -> bool {
    let held = HELD.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |held| held.checked_add(bytes));
    let Ok(held) = held else { return false };
    let granted = grants(&CREDIT, held, bytes, system::look);
    if !granted {
        release(bytes);
    }
    granted
}

/// Gives back what [`reserve`] counted.
pub(super) fn release(bytes: usize) {
    HELD.fetch_sub(bytes, Ordering::Relaxed);
}

/// A place in the budget for memory that is to be taken later; given back when it is dropped.
#[derive(Debug)]
pub struct Reservation(usize);

impl Reservation {
    /// `None` if `bytes` are not to be had.
    pub fn new(bytes: usize) -> Option<Reservation> {
        // The pool takes trifles from blocks that are counted as a whole.
        let bytes = if bytes < TRIFLE { 0 } else { bytes };
        let granted = bytes == 0 || reserve(bytes) || pool::give_back() && reserve(bytes);
        granted.then_some(Reservation(bytes))
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        release(self.0);
    }
}

/// Whether `bytes` may be taken beside the `held` ones, on credit or because the system has them.
///
/// A grant is followed by credit: [`STEP`], or where memory runs short a quarter of what is left, so that many small
/// requests cannot take what a large one is refused.
fn grants(credit: &AtomicUsize, held: usize, bytes: usize, look: impl FnOnce() -> Memory) -> bool {
    let spend = |credit: usize| credit.checked_sub(bytes);
    if credit.fetch_update(Ordering::Relaxed, Ordering::Relaxed, spend).is_ok() {
        return true;
    }
    let Memory { total, available, resident } = look();
    // What is held but was not touched yet is still among what is available.
    let untouched = held.saturating_sub(resident);
    let room = available.saturating_sub(untouched).min(total.saturating_sub(held));
    let granted = bytes <= room;
    if granted {
        credit.store(STEP.min((room - bytes) / 4), Ordering::Relaxed);
    }
    granted
}

/// A number of bytes as NumPy's `MemoryError` writes it: `7.28 TiB`.
pub fn size_text(bytes: usize) -> String {
    const UNITS: [&str; 7] = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    let mut unit = bytes.max(2).ilog2() as usize / 10;
    let mut value = bytes as f64 / (1u64 << (10 * unit)) as f64;
    if value.round() == 1024.0 && unit + 1 < UNITS.len() {
        unit += 1;
        value /= 1024.0;
    }
    let name = UNITS[unit];
    match value {
        _ if unit == 0 => format!("{value:.0} {name}"),
        v if v >= 999.5 => format!("{v:.0}. {name}"),
        v if v >= 99.95 => format!("{v:.0}. {name}"),
        v if v >= 9.995 => format!("{v:.1} {name}"),
        v => format!("{v:.2} {name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_as_numpy_writes_them() {
        for (bytes, text) in [
            (8_000_000_000_000, "7.28 TiB"),
            (1_000_000_000_000, "931. GiB"),
            (80_000_000_000_000, "72.8 TiB"),
            (1 << 60, "1.00 EiB"),
            (1 << 52, "4.00 PiB"),
            (1023 << 20, "1023. MiB"),
            ((1 << 30) - 1, "1.00 GiB"),
        ] {
            assert_eq!(size_text(bytes), text);
        }
    }

    #[test]
    fn absurd_sizes_are_refused_before_they_are_asked_for() {
        assert!(allows(1 << 20));
        assert!(!allows(1 << 60));
        assert!(!allows(usize::MAX));
        assert!(!reserve(usize::MAX));
    }

    const MIB: usize = 1 << 20;

    /// Requests in MiB beside what is held, each with what the system says if it is asked: total, available, resident;
    /// whether they are granted.
    #[track_caller]
    fn check(credit: usize, requests: &[(usize, usize, Option<[usize; 3]>, bool)]) {
        let credit = AtomicUsize::new(credit * MIB);
        for (at, (bytes, held, answer, granted)) in requests.iter().enumerate() {
            let mut asked = false;
            let look = || {
                asked = true;
                let [total, available, resident] = answer.unwrap_or([usize::MAX / MIB; 3]).map(|mib| mib * MIB);
                Memory { total, available, resident }
            };
            assert_eq!(grants(&credit, held * MIB, bytes * MIB, look), *granted, "request {at}");
            assert_eq!(asked, answer.is_some(), "request {at}");
        }
    }

    #[test]
    fn the_system_is_asked_when_credit_is_spent() {
        let plenty = Some([8000, 8000, 0]);
        check(
            64,
            &[
                (60, 0, None, true),
                (4, 60, None, true),
                (1, 64, plenty, true),
                (64, 65, None, true),
                (1, 129, plenty, true),
                (1000, 130, plenty, true),
                (10, 1130, None, true),
            ],
        );
    }

    #[test]
    fn requests_beyond_what_there_is_are_refused() {
        // More than there is in all, although it is said to be available.
        check(0, &[(60, 950, Some([1000, 500, 950]), false), (50, 950, Some([1000, 500, 950]), true)]);
        // More than is available.
        check(0, &[(101, 100, Some([1000, 100, 100]), false), (100, 100, Some([1000, 100, 100]), true)]);
        // What was granted before, and will be touched later.
        check(0, &[(101, 500, Some([1000, 500, 100]), false), (100, 500, Some([1000, 500, 100]), true)]);
        // A refusal does not cost the credit of others.
        check(10, &[(101, 100, Some([1000, 100, 100]), false), (10, 100, None, true)]);
    }

    #[test]
    fn credit_is_small_where_memory_is() {
        check(
            0,
            &[
                (20, 0, Some([1000, 100, 0]), true),
                // A quarter of the 80 that were left.
                (20, 20, None, true),
                (1, 40, Some([1000, 60, 40]), true),
                (14, 41, None, true),
                (1, 55, Some([1000, 5, 55]), true),
                (5, 56, Some([1000, 4, 56]), false),
            ],
        );
    }

    #[test]
    fn where_nothing_is_known_everything_is_granted() {
        check(0, &[(1 << 30, 1 << 30, Some([usize::MAX / MIB, usize::MAX / MIB, 0]), true)]);
    }
}
