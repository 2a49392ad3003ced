//! How much memory a program may take: asked before an allocation, because Linux overcommits and would
//! kill the process where Python raises `MemoryError`.

use std::fs;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Below this size in bytes the operating system is not asked.
const SMALL: usize = 1 << 26;

/// Bytes that live buffers hold, touched or not.
static LIVE: AtomicUsize = AtomicUsize::new(0);

/// Whether `bytes` more can be had, by the best knowledge of this machine; `true` where nothing is known.
///
/// Every builder of large values asks first: arrays, `str * n`, `[x] * n`, `1 << n`, format widths.
pub fn allows(bytes: usize) -> bool {
    bytes < SMALL
        || (LIVE.load(Ordering::Relaxed).checked_add(bytes).is_some_and(|live| live <= total()) && bytes <= available())
}

/// Counts `bytes` as held; `false`, and nothing counted, if they are not to be had.
pub(super) fn reserve(bytes: usize) -> bool {
    let allowed = allows(bytes);
    if allowed {
        LIVE.fetch_add(bytes, Ordering::Relaxed);
    }
    allowed
}

/// Gives back what [`reserve`] counted.
pub(super) fn release(bytes: usize) {
    LIVE.fetch_sub(bytes, Ordering::Relaxed);
}

/// Bytes of physical memory, or the control group's limit if that is lower.
fn total() -> usize {
    static TOTAL: OnceLock<usize> = OnceLock::new();
    *TOTAL.get_or_init(|| meminfo("MemTotal:").unwrap_or(usize::MAX).min(cgroup("memory.max").unwrap_or(usize::MAX)))
}

/// Bytes that are free now, or can be freed without swapping.
fn available() -> usize {
    let machine = meminfo("MemAvailable:").unwrap_or(usize::MAX);
    let group = match (cgroup("memory.max"), cgroup("memory.current")) {
        (Some(max), Some(current)) => max.saturating_sub(current),
        _ => usize::MAX,
    };
    machine.min(group)
}

fn meminfo(field: &str) -> Option<usize> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(field))?;
    let kib: usize = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kib.checked_mul(1024)
}

fn cgroup(file: &str) -> Option<usize> {
    fs::read_to_string(format!("/sys/fs/cgroup/{file}")).ok()?.trim().parse().ok()
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
    }
}
