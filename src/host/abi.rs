//! What the go command of an official release needs from the C library.
//!
//! Up to 1.20 releases were built with cgo on their own platform, and `bin/go` needs glibc's loader; since
//! 1.21 every program of a release is static and needs nothing.

use super::arch;
use super::verdict::Release;
use super::version_number::Numbers;

/// What a dynamic `bin/go` needs.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Needs {
    /// The loader, by its absolute path.
    pub(super) loader: &'static str,
    /// The oldest glibc that has its symbols; `None` where no archive of that platform was looked into.
    pub(super) glibc: Option<Numbers>,
    /// Whether it asks for `libresolv.so.2` too.
    pub(super) resolver: bool,
}

/// The needs of a release; `None` for a static one.
pub(super) fn of(release: &Release<'_>) -> Option<Needs> {
    if release.since(21, 0) {
        return None;
    }
    let arch = arch::of(release.arch)?;
    let glibc = release.newest_of(arch.release_glibc);
    Some(Needs { loader: arch.release_loader?, glibc, resolver: release.since(20, 0) })
}
