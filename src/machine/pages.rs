//! The pages of virtual memory.

use std::fs;

use serde::{Deserialize, Serialize};

const HUGE: &str = "/sys/kernel/mm/transparent_hugepage";

/// How the operating system hands out memory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pages {
    /// Bytes.
    pub size: u64,
    /// Linux's setting of transparent huge pages, `always`, `madvise` or `never`; none where there are none.
    pub transparent_huge: Option<String>,
    /// Bytes of such a page.
    pub huge_size: Option<u64>,
}

impl Pages {
    /// Those of the machine that runs this program.
    pub fn here() -> Pages {
        let file = |name: &str| fs::read_to_string(format!("{HUGE}/{name}")).ok();
        Pages {
            size: rustix::param::page_size() as u64,
            transparent_huge: file("enabled").as_deref().and_then(chosen).map(str::to_string),
            huge_size: file("hpage_pmd_size").and_then(|size| size.trim().parse().ok()),
        }
    }
}

/// The word in brackets, as sysfs marks a choice.
fn chosen(choices: &str) -> Option<&str> {
    choices.split_whitespace().find_map(|word| word.strip_prefix('[')?.strip_suffix(']'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_choice_stands_in_brackets() {
        assert_eq!(chosen("always [madvise] never\n"), Some("madvise"));
        assert_eq!(chosen("always madvise never\n"), None);
        assert_eq!(chosen(""), None);
    }
}
