//! A value of PATH: which directories it has, and which of them hold a go.

use gvmr_core::home::paths::Home;
use gvmr_core::home::system_go::home_of_shim;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

/// Whether a value of PATH has this directory.
pub(super) fn has(path: &[u8], directory: &Path) -> bool {
    path.split(|byte| *byte == b':').any(|one| one == directory.as_os_str().as_bytes())
}

/// Whether a directory has a program called go.
pub(super) fn holds_go(directory: &Path) -> bool {
    let go = directory.join("go");
    go.is_file() && rustix::fs::access(&go, rustix::fs::Access::EXEC_OK).is_ok()
}

/// The home of gvmr whose shim is the first go on a value of PATH.
pub(super) fn home_of_first_go(path: &OsStr) -> Option<Home> {
    let elements = path.as_bytes().split(|byte| *byte == b':');
    let directories = elements.map(|one| Path::new(OsStr::from_bytes(one)));
    let first = directories.filter(|one| one.is_absolute()).find(|one| holds_go(one))?;
    home_of_shim(&first.join("go"))
}

/// An element as it was probably meant, with the user's home for what stands for it.
pub(super) fn expanded(element: &str, home: &Path) -> PathBuf {
    if element == "~" {
        return home.to_owned();
    }
    let below = ["~/", "$HOME/", "${HOME}/"].iter().find_map(|start| element.strip_prefix(start));
    below.map_or_else(|| PathBuf::from(element), |below| home.join(below))
}
