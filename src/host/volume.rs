//! The file systems that toolchains and temporary programs lie on: their room, and whether programs run from there.
//!
//! Takes a directory, which need not exist yet; asks `statvfs` about the nearest parent that does. Writes nothing.

use super::tree_size::TreeSize;
use super::verdict::{HostReason, Release};
use super::{Fact, Host};
use gvmr_core::sys::printable;
use rustix::fs::{StatVfsMountFlags, statvfs};
use std::path::{Path, PathBuf};

/// What a file system offers to this user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Volume {
    /// The directory that was asked about.
    pub path: PathBuf,
    /// Free bytes.
    pub bytes: u64,
    /// Free inodes; `None` where the file system does not count them.
    pub files: Option<u64>,
    /// Whether it is mounted noexec.
    pub noexec: bool,
}

impl Volume {
    /// The file system of `directory`, or of its nearest parent that exists; `None` where the system does not say.
    pub fn of(directory: &Path) -> Option<Self> {
        let path = directory.ancestors().find(|path| path.exists())?;
        let found = statvfs(path).ok()?;
        Some(Self {
            path: path.to_owned(),
            bytes: found.f_bavail.saturating_mul(found.f_frsize),
            files: (found.f_files > 0).then_some(found.f_favail),
            noexec: found.f_flag.contains(StatVfsMountFlags::NOEXEC),
        })
    }

    pub(super) fn fact(&self, name: &'static str) -> Fact {
        let files = self.files.map_or_else(|| "uncounted".to_owned(), |files| files.to_string());
        let noexec = if self.noexec { ", noexec" } else { "" };
        let mebibytes = self.bytes / (1024 * 1024);
        let value =
            format!("{} ({mebibytes} MiB and {files} files free{noexec})", printable::path(&self.path));
        Fact::new(name, value, "statvfs")
    }
}

pub(super) fn reasons(host: &Host, release: &Release<'_>) -> Vec<HostReason> {
    let mut reasons = Vec::new();
    if let Some(home) = &host.home {
        let path = printable::path(&home.path);
        if home.noexec {
            let text = format!("{path}, where toolchains are installed, is mounted noexec");
            reasons.push(HostReason::cannot("home-noexec", text));
        }
        let needed = TreeSize::of_minor(release.numbers.1);
        if home.bytes < needed.bytes || home.files.is_some_and(|files| files < needed.files) {
            let text = format!(
                "installing it needs about {} MiB and {} files, and {path} has less free",
                needed.bytes / (1024 * 1024),
                needed.files
            );
            reasons.push(HostReason::warning("home-full", text));
        }
    }
    if let Some(temporary) = host.temporary.as_ref().filter(|temporary| temporary.noexec) {
        let text = format!(
            "{} is mounted noexec, and go run and go test start programs there; set GOTMPDIR to another directory",
            printable::path(&temporary.path)
        );
        reasons.push(HostReason::warning("temporary-noexec", text));
    }
    reasons
}
