//! The finest clock there is: the processor's time stamp counter where it runs at one rate, else the system's clock.
//! Intel's manual, volume 3, 19.17: the counter is invariant if CPUID says so, and fences keep what is timed inside.

use std::sync::OnceLock;
use std::time::Instant;

/// Ticks since some beginning.
#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code)]
#[inline]
pub fn now() -> u64 {
    use std::arch::x86_64::{_mm_lfence, _rdtsc};
    if !is_invariant() {
        return since_start();
    }
    // SAFETY: every x86-64 CPU has both instructions, and user programs may read the counter on systems that we run on.
    unsafe {
        _mm_lfence();
        let ticks = _rdtsc();
        _mm_lfence();
        ticks
    }
}

#[cfg(not(target_arch = "x86_64"))]
pub fn now() -> u64 {
    since_start()
}

/// Whether the counter runs at one rate, whatever the processor's clock does.
#[cfg(target_arch = "x86_64")]
pub fn is_invariant() -> bool {
    use std::arch::x86_64::__cpuid;
    const POWER: u32 = 0x8000_0007;
    static INVARIANT: OnceLock<bool> = OnceLock::new();
    *INVARIANT.get_or_init(|| __cpuid(0x8000_0000).eax >= POWER && __cpuid(POWER).edx >> 8 & 1 != 0)
}

#[cfg(not(target_arch = "x86_64"))]
pub fn is_invariant() -> bool {
    false
}

fn since_start() -> u64 {
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed().as_nanos() as u64
}

/// Both clocks at one moment; what lies between then and now says how long a tick is.
pub struct Calibration {
    ticks: u64,
    time: Instant,
}

impl Calibration {
    pub fn begin() -> Calibration {
        Calibration { ticks: now(), time: Instant::now() }
    }

    /// Nanoseconds of a tick; the longer ago the beginning, the more exact.
    pub fn ns_per_tick(&self) -> f64 {
        let ticks = now().wrapping_sub(self.ticks);
        self.time.elapsed().as_nanos() as f64 / ticks.max(1) as f64
    }
}

/// Ticks between two readings with nothing in between: the median of many.
pub fn cost() -> f64 {
    const PAIRS: usize = 1001;
    let pair = |_| {
        let begin = now();
        now().wrapping_sub(begin)
    };
    let mut pairs: Vec<u64> = (0..PAIRS).map(pair).collect();
    pairs.sort_unstable();
    pairs[PAIRS / 2] as f64
}
