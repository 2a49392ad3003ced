//! What the operating system says of memory: of the machine, of the control groups that this process is in, of the
//! process itself. Where it says nothing, there is no limit.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// Memory in bytes, at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    /// What the machine or a control group has in all.
    pub total: usize,
    /// What is free, or can be freed without swapping.
    pub available: usize,
    /// What this process has touched.
    pub resident: usize,
}

/// Asks the system, which takes some tens of microseconds.
pub fn look() -> Memory {
    let machine = read("/proc/meminfo").and_then(|text| kibibytes(&text, "MemAvailable:")).unwrap_or(usize::MAX);
    Memory {
        total: total(),
        available: groups().iter().map(Group::available).fold(machine, usize::min),
        resident: read("/proc/self/status").and_then(|text| kibibytes(&text, "VmRSS:")).unwrap_or(0),
    }
}

/// Bytes of physical memory, or the lowest limit of a control group if that is lower.
pub fn total() -> usize {
    static TOTAL: OnceLock<usize> = OnceLock::new();
    *TOTAL.get_or_init(|| {
        let machine = read("/proc/meminfo").and_then(|text| kibibytes(&text, "MemTotal:")).unwrap_or(usize::MAX);
        groups().iter().map(|group| group.limit).fold(machine, usize::min)
    })
}

/// A control group with a limit.
struct Group {
    folder: PathBuf,
    files: &'static Files,
    limit: usize,
}

/// How a version of control groups names things.
#[derive(Debug)]
struct Files {
    root: &'static str,
    limit: &'static str,
    usage: &'static str,
    /// A field of `memory.stat`: pages of files that nobody used lately, which are dropped before anybody is killed.
    inactive: &'static str,
}

const VERSION_1: Files = Files {
    root: "/sys/fs/cgroup/memory",
    limit: "memory.limit_in_bytes",
    usage: "memory.usage_in_bytes",
    inactive: "total_inactive_file",
};

const VERSION_2: Files =
    Files { root: "/sys/fs/cgroup", limit: "memory.max", usage: "memory.current", inactive: "inactive_file" };

impl Group {
    fn available(&self) -> usize {
        let Some(usage) = read(self.folder.join(self.files.usage)).and_then(|text| text.trim().parse().ok()) else {
            return usize::MAX;
        };
        let stat = read(self.folder.join("memory.stat")).unwrap_or_default();
        room(self.limit, usage, field(&stat, self.files.inactive).unwrap_or(0))
    }
}

/// What is left of a limit when what can be dropped is.
fn room(limit: usize, usage: usize, inactive: usize) -> usize {
    limit.saturating_sub(usage.saturating_sub(inactive))
}

/// The groups with a limit, found once.
fn groups() -> &'static [Group] {
    static GROUPS: OnceLock<Vec<Group>> = OnceLock::new();
    GROUPS.get_or_init(|| {
        let folders = read("/proc/self/cgroup").map(|text| folders(&text)).unwrap_or_default();
        let limited = |(folder, files): (PathBuf, &'static Files)| {
            let limit = read(folder.join(files.limit))?.trim().parse().ok()?;
            Some(Group { folder, files, limit })
        };
        folders.into_iter().filter_map(limited).collect()
    })
}

/// Where the groups may be that `/proc/self/cgroup` names, and those around them. In a container the name may be that of
/// the host, and what is mounted the group itself: it lies at the root then.
fn folders(text: &str) -> Vec<(PathBuf, &'static Files)> {
    let mut folders = Vec::new();
    for line in text.lines() {
        let mut fields = line.splitn(3, ':').skip(1);
        let (Some(controllers), Some(path)) = (fields.next(), fields.next()) else { continue };
        let files = match controllers {
            "" => &VERSION_2,
            _ if controllers.split(',').any(|controller| controller == "memory") => &VERSION_1,
            _ => continue,
        };
        let path = Path::new(path.trim_start_matches('/'));
        folders.extend(path.ancestors().map(|group| (Path::new(files.root).join(group), files)));
    }
    folders
}

fn read(path: impl AsRef<Path>) -> Option<String> {
    fs::read_to_string(path).ok()
}

/// The value of a field in KiB, as `/proc` writes them.
fn kibibytes(text: &str, name: &str) -> Option<usize> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.trim().strip_suffix("kB")?.trim().parse::<usize>().ok()?.checked_mul(1024)
}

/// The value of a field, as `memory.stat` writes them.
fn field(text: &str, name: &str) -> Option<usize> {
    text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found() {
        let meminfo = "MemTotal:       24684092 kB\nMemFree:        21040376 kB\nMemAvailable:   23997300 kB\n";
        assert_eq!(kibibytes(meminfo, "MemTotal:"), Some(24684092 * 1024));
        assert_eq!(kibibytes(meminfo, "MemAvailable:"), Some(23997300 * 1024));
        assert_eq!(kibibytes(meminfo, "VmRSS:"), None);
        let stat = "anon 4096\ninactive_file_huge 1\ninactive_file 8192\ntotal_inactive_file 9\n";
        assert_eq!((field(stat, "inactive_file"), field(stat, "file")), (Some(8192), None));
    }

    #[test]
    fn a_group_has_room_for_what_can_be_dropped() {
        assert_eq!(room(1000, 600, 100), 500);
        assert_eq!(room(1000, 600, 700), 1000);
        assert_eq!(room(1000, 2000, 0), 0);
    }

    #[test]
    fn groups_are_looked_for_where_either_version_has_them() {
        let text = "9:name=systemd:/\n4:cpu,memory:/docker/0a:1\n3:cpuset:/\n0::/user.slice/one\n";
        let found: Vec<String> = folders(text).iter().map(|(folder, _)| folder.display().to_string()).collect();
        assert_eq!(
            found,
            [
                "/sys/fs/cgroup/memory/docker/0a:1",
                "/sys/fs/cgroup/memory/docker",
                "/sys/fs/cgroup/memory/",
                "/sys/fs/cgroup/user.slice/one",
                "/sys/fs/cgroup/user.slice",
                "/sys/fs/cgroup/",
            ]
        );
        assert!(folders("").is_empty());
    }

    #[test]
    fn the_machine_has_memory() {
        let Memory { total, available, resident } = look();
        assert!(total > 1 << 20 && available > 0);
        assert!(!cfg!(target_os = "linux") || resident > 1 << 16);
    }
}
