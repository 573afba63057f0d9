//! Root's programs.

use std::path::{Path, PathBuf};

/// Where root's programs are, whatever `PATH` the caller has.
pub(super) const DIRECTORIES: [&str; 6] =
    ["/usr/sbin", "/sbin", "/usr/bin", "/bin", "/usr/local/sbin", "/usr/local/bin"];

pub(super) fn program(name: &str) -> Option<PathBuf> {
    DIRECTORIES.iter().map(|at| Path::new(at).join(name)).find(|path| path.is_file())
}
