//! Which `gvmr.toml` a user means.
//!
//! Takes a path or the current directory, gives the file. Only looks at names.

use super::trust::TrustError;
use gvmr_core::env::gvmr_toml::NAME;
use gvmr_core::sys::directory::{Name, climb};
use std::convert::Infallible;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

/// The file that is meant: the path itself, or the project file in it where it is a directory.
pub fn named(here: &Path, path: &Path) -> PathBuf {
    let path = here.join(path);
    let inner = path.join(NAME);
    let is_file = path.file_name() == Some(OsStr::new(NAME)) && !is_there(&inner);
    // Of a directory that is gone too: its file may have been trusted.
    let is_directory = path.is_dir() || !is_there(&path);
    if is_directory && !is_file { inner } else { path }
}

/// The nearest project file that `counts`, upward from here.
pub fn nearest(here: &Path, counts: impl Fn(&Path) -> bool) -> Result<PathBuf, TrustError> {
    let found: Result<_, Infallible> =
        climb(here, &Name::of(NAME), |file| Ok(counts(file).then(|| file.to_owned())));
    found.ok().flatten().ok_or_else(|| TrustError::NoFile(here.join(NAME)))
}

/// Whether anything is at the path, a dangling link too.
pub fn is_there(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}
