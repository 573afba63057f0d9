//! Root's programs.

use gvmr_core::sys::program;
use std::path::PathBuf;

/// Where root's programs are, whatever `PATH` the caller has.
pub(super) const DIRECTORIES: [&str; 6] =
    ["/usr/sbin", "/sbin", "/usr/bin", "/bin", "/usr/local/sbin", "/usr/local/bin"];

pub(super) fn program(name: &str) -> Option<PathBuf> {
    let path = DIRECTORIES.join(":");
    program::find(name, &vec![("PATH", path.as_str())])
}
