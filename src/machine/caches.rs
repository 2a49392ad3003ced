//! The caches of one core: from what Linux says of them, or else from the CPU itself; and how much memory to walk over
//! so that it stays in one of them.

use std::fmt;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::cpu::list_length;

const SYSFS: &str = "/sys/devices/system/cpu/cpu0/cache";
/// Memory is measured by so many times the last cache, so that little of it is found there again.
const BEYOND: u64 = 4;
/// The least that memory is measured by.
const LEAST: u64 = 64 << 20;
/// How often a working set is read before it counts as being in its cache. A last cache that saw memory go by needs
/// some passes until it keeps what it is given (a Zen 3's four to eight).
pub const WARMING: u64 = 12;

/// A cache that holds data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cache {
    pub level: u8,
    /// Bytes.
    pub size: u64,
    /// Bytes of a line.
    pub line: u64,
    /// Hardware threads that share it.
    pub shared_by: usize,
}

/// Where data lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Place {
    L1,
    L2,
    L3,
    #[serde(rename = "memory")]
    Memory,
}

impl Cache {
    /// Those of the first core, from the nearest on; none if nobody tells.
    pub fn here() -> Vec<Cache> {
        let folder = std::fs::read_dir(SYSFS).into_iter().flatten().flatten();
        let read = |path: &Path, name: &str| std::fs::read_to_string(path.join(name)).ok();
        let told: Vec<Cache> = folder.filter_map(|entry| Cache::described(|name| read(&entry.path(), name))).collect();
        #[cfg(target_arch = "x86_64")]
        let told = if told.is_empty() { super::cpuid::caches() } else { told };
        in_order(told)
    }

    /// Of the files of one `index` folder of sysfs; none if it is of another kind, or if they say something unheard of.
    fn described(file: impl Fn(&str) -> Option<String>) -> Option<Cache> {
        if file("type")?.trim() == "Instruction" {
            return None;
        }
        let cache = Cache {
            level: file("level")?.trim().parse().ok()?,
            size: size(file("size")?.trim())?,
            line: file("coherency_line_size").and_then(|line| line.trim().parse().ok()).unwrap_or(64),
            shared_by: file("shared_cpu_list").and_then(|list| list_length(&list)).unwrap_or(1),
        };
        (cache.size > 0).then_some(cache)
    }

    pub fn place(&self) -> Option<Place> {
        match self.level {
            1 => Some(Place::L1),
            2 => Some(Place::L2),
            3 => Some(Place::L3),
            _ => None,
        }
    }

    /// Bytes that each of `threads` threads has of it.
    fn share(&self, threads: usize) -> u64 {
        self.size / self.shared_by.clamp(1, threads.max(1)) as u64
    }
}

/// `32K`, `1M`, `512`
fn size(text: &str) -> Option<u64> {
    let (digits, unit) = match text.strip_suffix('K') {
        Some(digits) => (digits, 1 << 10),
        None => text.strip_suffix('M').map_or((text, 1), |digits| (digits, 1 << 20)),
    };
    digits.parse::<u64>().ok()?.checked_mul(unit)
}

/// From the nearest on, one of each level.
fn in_order(mut caches: Vec<Cache>) -> Vec<Cache> {
    caches.sort_by_key(|cache| cache.level);
    caches.dedup_by_key(|cache| cache.level);
    caches
}

/// Bytes that each of `threads` threads walks over so that they lie in `caches[at]` and no nearer: half of the nearest,
/// of others the geometric mean of the shares of this and the one before. That leaves room on both sides: neighbours,
/// of whom a virtual machine is not told, use a last cache as well. None if its share of the one before is as large.
pub fn working_set(caches: &[Cache], at: usize, threads: usize) -> Option<u64> {
    let share = caches.get(at)?.share(threads);
    let Some(before) = at.checked_sub(1) else { return Some(share / 2) };
    let before = caches[before].share(threads);
    (share > before).then(|| (share as f64 * before as f64).sqrt() as u64)
}

/// Bytes that `threads` threads walk over together so that they come from memory.
pub fn beyond(caches: &[Cache], threads: usize) -> u64 {
    let last = caches.last().map_or(0, |cache| {
        let instances = threads.div_ceil(cache.shared_by.max(1)) as u64;
        cache.size.saturating_mul(instances)
    });
    last.saturating_mul(BEYOND).max(LEAST)
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Place::L1 => "L1",
            Place::L2 => "L2",
            Place::L3 => "L3",
            Place::Memory => "memory",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn described(text: &str) -> Option<Cache> {
        Cache::described(|name| {
            text.lines()
                .filter_map(|line| line.split_once('='))
                .find(|(key, _)| *key == name)
                .map(|(_, value)| format!("{value}\n"))
        })
    }

    #[test]
    fn what_sysfs_says() {
        assert_eq!(
            described("type=Data\nlevel=1\nsize=32K\ncoherency_line_size=64\nshared_cpu_list=0,64"),
            Some(Cache { level: 1, size: 32 << 10, line: 64, shared_by: 2 })
        );
        assert_eq!(
            described("type=Unified\nlevel=3\nsize=32768K\ncoherency_line_size=128\nshared_cpu_list=0-7,64-71"),
            Some(Cache { level: 3, size: 32 << 20, line: 128, shared_by: 16 })
        );
        // What is missing has its usual value, where there is one.
        assert_eq!(
            described("type=Unified\nlevel=2\nsize=1M"),
            Some(Cache { level: 2, size: 1 << 20, line: 64, shared_by: 1 })
        );
        for nothing in [
            "type=Instruction\nlevel=1\nsize=32K",
            "level=1\nsize=32K",
            "type=Data\nsize=32K",
            "type=Data\nlevel=1",
            "type=Data\nlevel=1\nsize=0K",
            "type=Data\nlevel=1\nsize=lots",
            "type=Data\nlevel=one\nsize=32K",
            "type=Data\nlevel=1\nsize=18446744073709551615K",
        ] {
            assert_eq!(described(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn caches_go_from_the_nearest_on() {
        let cache = |level| Cache { level, size: 1, line: 64, shared_by: 1 };
        assert_eq!(in_order(vec![cache(3), cache(1), cache(2), cache(1)]), [cache(1), cache(2), cache(3)]);
    }

    #[test]
    fn working_sets_lie_between_two_levels() {
        let caches = |sizes: [(u64, usize); 3]| -> Vec<Cache> {
            let level = |(level, (kib, shared_by))| Cache { level, size: kib << 10, line: 64, shared_by };
            (1..).zip(sizes).map(level).collect()
        };
        let sets =
            |caches: &[Cache], threads| [0, 1, 2].map(|at| working_set(caches, at, threads).map(|set| set >> 10));
        // Zen 3: eight cores of two threads share 32 MiB.
        let zen = caches([(32, 2), (512, 2), (32 << 10, 16)]);
        assert_eq!(sets(&zen, 1), [Some(16), Some(128), Some(4 << 10)]);
        assert_eq!(sets(&zen, 16), [Some(8), Some(64), Some(724)]);
        assert_eq!((beyond(&zen, 1) >> 20, beyond(&zen, 16) >> 20, beyond(&zen, 17) >> 20), (128, 128, 256));
        // A last cache not much larger than the second's sum, and one that is smaller.
        let skylake = caches([(32, 2), (1 << 10, 2), (22 << 10, 32)]);
        assert_eq!(sets(&skylake, 32), [Some(8), Some(90), Some(600)]);
        assert_eq!(sets(&caches([(32, 1), (2 << 10, 1), (1 << 10, 8)]), 8), [Some(16), Some(256), None]);
        assert_eq!((working_set(&[], 0, 1), beyond(&[], 1)), (None, LEAST));
    }
}
