//! The CPU's name, and how many cores and hardware threads it has.

use std::collections::BTreeSet;
use std::fs;

use serde::{Deserialize, Serialize};

/// What tells one CPU from another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cpu {
    /// As the CPU calls itself; empty if it does not.
    pub model: String,
    pub cores: usize,
    /// Hardware threads of all cores.
    pub threads: usize,
    /// Hardware threads that this process may use.
    pub usable_threads: usize,
}

impl Cpu {
    /// That of the machine that runs this program.
    pub fn here() -> Cpu {
        let usable_threads = std::thread::available_parallelism().map_or(1, usize::from);
        let siblings = thread_siblings();
        let threads = if siblings.is_empty() { usable_threads } else { siblings.len() };
        let cores = siblings.into_iter().collect::<BTreeSet<_>>().len();
        let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = model(&info).unwrap_or_default().to_string();
        Cpu { model, cores: if cores == 0 { threads } else { cores }, threads, usable_threads }
    }
}

/// For each hardware thread that is on, the threads of its core.
fn thread_siblings() -> Vec<String> {
    let folder = fs::read_dir("/sys/devices/system/cpu").into_iter().flatten().flatten();
    folder.filter_map(|entry| fs::read_to_string(entry.path().join("topology/thread_siblings_list")).ok()).collect()
}

/// The model in the text of `/proc/cpuinfo`.
fn model(info: &str) -> Option<&str> {
    let fields = info.lines().filter_map(|line| line.split_once(':'));
    let mut names = fields.filter(|(name, _)| matches!(name.trim(), "model name" | "Model")).map(|(_, value)| value);
    names.next().map(str::trim)
}

/// How many numbers a list such as `0-3,8` has.
pub fn list_length(list: &str) -> Option<usize> {
    let mut count = 0usize;
    for part in list.trim().split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last): (usize, usize) = (first.parse().ok()?, last.parse().ok()?);
        count = count.checked_add(last.checked_sub(first)?.checked_add(1)?)?;
    }
    Some(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_threads() {
        let lengths = ["0", "0-1\n", "0-3,8,10-11", "3-1", "", "a", "0-18446744073709551615"].map(list_length);
        assert_eq!(lengths, [Some(1), Some(2), Some(7), None, None, None, None]);
    }

    #[test]
    fn the_model_is_one_line_of_many() {
        let info =
            "processor\t: 0\nvendor_id\t: AuthenticAMD\nmodel\t\t: 1\nmodel name\t: AMD EPYC 7763\n\nprocessor\t: 1\n";
        assert_eq!(model(info), Some("AMD EPYC 7763"));
        assert_eq!(model("processor\t: 0\n"), None);
    }

    #[test]
    fn this_machine_has_a_core() {
        let cpu = Cpu::here();
        assert!(cpu.cores >= 1 && cpu.threads >= cpu.cores && cpu.usable_threads >= 1, "{cpu:?}");
    }
}
