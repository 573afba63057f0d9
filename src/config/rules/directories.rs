//! Where a `[[directory]]` rule counts: its `path`.

use super::expand::{self, Places};
use std::path::{Component, Path, PathBuf};

/// The directory that is written, cleaned. Links on the way are left to the shim, which asks where they lead each time.
pub(super) fn path(written: &str, places: Places<'_>) -> Result<PathBuf, String> {
    if written.is_empty() {
        return Err("the path is empty; write \"/\" for every directory".to_owned());
    }
    if written.chars().any(char::is_control) {
        return Err("a path must be one line without control characters".to_owned());
    }
    if written.ends_with('*') {
        let why = "expected a path, not a pattern: the rule covers everything below it";
        return Err(format!("{why}; remove the \"*\""));
    }
    Ok(cleaned(Path::new(&expand::path(written, places)?)))
}

/// An absolute path without `.`, `..`, doubled and final slashes.
pub fn cleaned(path: &Path) -> PathBuf {
    let mut cleaned = PathBuf::from("/");
    for component in path.components() {
        match component {
            Component::ParentDir => {
                cleaned.pop();
            }
            Component::Normal(name) => cleaned.push(name),
            Component::RootDir | Component::CurDir | Component::Prefix(_) => {}
        }
    }
    cleaned
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_is_known_by_its_cleaned_path() {
        let home = Path::new("/home/joe");
        let places = Places { home: Some(home), project: None };
        let of = |written: &str| path(written, places);
        assert_eq!(of("~/work//./x/../").unwrap(), home.join("work"));
        assert_eq!(of("${HOME}/data").unwrap(), home.join("data"));
        assert_eq!(of("/").unwrap(), Path::new("/"));
        assert_eq!(of("/../..").unwrap(), Path::new("/"));
        // Paths are equal whatever their slashes; in a record each byte is written.
        assert_eq!(of("~/absent//x/").unwrap().as_os_str(), home.join("absent/x").as_os_str());
        for wrong in ["work", "", "~joe", "$HOME/work", "~/work/*", "~/work/**", "/a\nb", "${PROJECT}"] {
            assert!(of(wrong).is_err(), "{wrong}");
        }
    }
}
