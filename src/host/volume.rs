//! The file systems that toolchains and temporary programs lie on: their room, and whether programs run from there.
//!
//! Takes a directory, which need not exist yet; asks `statvfs` about the nearest parent that does. Writes nothing.

use super::verdict::{HostReason, Release};
use super::{Fact, Host};
use rustix::fs::{StatVfsMountFlags, statvfs};
use std::path::{Path, PathBuf};

/// A toolchain takes some 250 MiB and 15,000 files, and its download is staged beside it.
const BYTES_NEEDED: u64 = 512 * 1024 * 1024;
const FILES_NEEDED: u64 = 20_000;

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
        let value = format!("{} ({mebibytes} MiB and {files} files free{noexec})", self.path.display());
        Fact::new(name, value, "statvfs")
    }
}

pub(super) fn reasons(host: &Host, _release: &Release<'_>) -> Vec<HostReason> {
    let mut reasons = Vec::new();
    if let Some(home) = &host.home {
        let path = home.path.display();
        if home.noexec {
            let text = format!("{path}, where toolchains are installed, is mounted noexec");
            reasons.push(HostReason::cannot("home-noexec", text));
        }
        if home.bytes < BYTES_NEEDED || home.files.is_some_and(|files| files < FILES_NEEDED) {
            let text = format!(
                "installing a toolchain needs about {} MiB and {FILES_NEEDED} files, and {path} has less free",
                BYTES_NEEDED / (1024 * 1024)
            );
            reasons.push(HostReason::warning("home-full", text));
        }
    }
    if let Some(temporary) = host.temporary.as_ref().filter(|temporary| temporary.noexec) {
        let text = format!(
            "{} is mounted noexec, and go run and go test start programs there; set GOTMPDIR to another directory",
            temporary.path.display()
        );
        reasons.push(HostReason::warning("temporary-noexec", text));
    }
    reasons
}
