//! The user's own folders, as the XDG Base Directory Specification has them.

use std::ffi::OsString;
use std::path::PathBuf;

/// Where toy keeps what it can make anew; none if neither variable is an absolute path.
pub fn cache() -> Option<PathBuf> {
    folder(std::env::var_os("XDG_CACHE_HOME"), std::env::var_os("HOME"), ".cache")
}

/// Where toy keeps what a user would miss, such as the history of a session; none as for [`cache`].
pub fn state() -> Option<PathBuf> {
    folder(std::env::var_os("XDG_STATE_HOME"), std::env::var_os("HOME"), ".local/state")
}

/// Relative paths are ignored, as the specification says.
fn folder(own: Option<OsString>, home: Option<OsString>, default: &str) -> Option<PathBuf> {
    let absolute = |path: OsString| Some(PathBuf::from(path)).filter(|path| path.is_absolute());
    let folder = own.and_then(absolute).or_else(|| home.and_then(absolute).map(|home| home.join(default)))?;
    Some(folder.join("toy"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cache_is_where_the_specification_says() {
        let cache = |own: &str, home: &str| {
            let set = |value: &str| (!value.is_empty()).then(|| OsString::from(value));
            folder(set(own), set(home), ".cache").map(|path| path.display().to_string())
        };
        assert_eq!(cache("/cache", "/home/me").as_deref(), Some("/cache/toy"));
        assert_eq!(cache("", "/home/me").as_deref(), Some("/home/me/.cache/toy"));
        assert_eq!(cache("cache", "/home/me").as_deref(), Some("/home/me/.cache/toy"));
        assert_eq!(cache("cache", "home"), None);
        assert_eq!(cache("", ""), None);
    }
}
