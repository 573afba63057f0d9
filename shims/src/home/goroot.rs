//! A GOROOT: whether a program belongs to one, and which version its `VERSION` file names.
//!
//! Takes paths, reads `VERSION` (bounded, never waiting for a FIFO). Never runs the `go` in it.

use crate::gover::version::Version;
use crate::sys::bounded::{self, PIN_LIMIT};
use std::fs;
use std::path::{Path, PathBuf};

/// The GOROOT of a program: the directory above the real program's `bin`, if it has a `VERSION` file and `pkg/tool`.
///
/// A project with a `VERSION` file and a wrapper in `bin` is not a GOROOT.
pub fn of_program(program: &Path) -> Option<PathBuf> {
    let real = fs::canonicalize(program).ok()?;
    let root = real.parent()?.parent()?;
    let is_goroot = version_path(root).is_file() && root.join("pkg/tool").is_dir();
    is_goroot.then(|| root.to_path_buf())
}

/// The version that `VERSION` names; `None` for a development build.
pub fn version(goroot: &Path) -> Option<Version> {
    let line = String::from_utf8(version_line(goroot)?).ok()?;
    Version::from_toolchain(line.trim())
}

/// The first line of `VERSION`, without its newline.
pub fn version_line(goroot: &Path) -> Option<Vec<u8>> {
    let mut text = version_file(goroot)?;
    let end = text.iter().position(|byte| *byte == b'\n').unwrap_or(text.len());
    text.truncate(end);
    Some(text)
}

/// The content of `VERSION`, if it is a regular file of at most [`PIN_LIMIT`] bytes.
pub fn version_file(goroot: &Path) -> Option<Vec<u8>> {
    bounded::read(&version_path(goroot), PIN_LIMIT).ok()?
}

fn version_path(goroot: &Path) -> PathBuf {
    goroot.join("VERSION")
}
