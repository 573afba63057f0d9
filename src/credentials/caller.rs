//! The go command that called `gvmr auth`: its own stderr.
//!
//! Takes a line, writes it there once for each machine and go command. The go command shows what a GOAUTH program writes
//! to stderr with -x only. Never writes to another user's process.

use crate::process::Stat;
use crate::store;
use gvmr_core::home::user_dirs::UserDirs;
use rustix::fs::{Mode, OFlags, open};
use rustix::process::{Pid, PidfdFlags, PidfdGetfdFlags, getppid, pidfd_getfd, pidfd_open};
use sha2::{Digest as _, Sha256};
use std::fs::{self, File};
use std::io::Write as _;
use std::os::fd::OwnedFd;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

/// `O_APPEND` as /proc writes it.
const APPEND: u32 = 0o2000;

/// Writes `gvmr: LINE` to the stderr of the process that called, unless that was done for this `subject` before. False
/// where it could not be written there, and so must be written to this process's own stderr.
pub fn tell(line: &str, subject: &str, own: &UserDirs) -> bool {
    let Some(parent) = getppid() else { return false };
    if !is_first(parent, subject, own) {
        return true;
    }
    let line = format!("gvmr: {line}\n");
    stderr_of(parent).is_some_and(|stderr| File::from(stderr).write_all(line.as_bytes()).is_ok())
}

/// Whether this process was not told yet. Where no mark can be left, twice is better than never.
fn is_first(process: Pid, subject: &str, own: &UserDirs) -> bool {
    let digest = Sha256::digest(format!("{} {} {subject}", process.as_raw_nonzero(), start_time(process)));
    let name = digest.first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes));
    store::leave_first_mark(own, &format!("{}{name:016x}", store::AUTH_MARK)).unwrap_or(true)
}

/// When a process started: a later one may have the same number.
fn start_time(process: Pid) -> String {
    Stat::of(process).and_then(|stat| stat.start_time().map(str::to_owned)).unwrap_or_default()
}

/// The stderr of a process of this user's: the very same file description, or one more to the same file where that writes
/// at its end.
fn stderr_of(process: Pid) -> Option<OwnedFd> {
    let directory = format!("/proc/{}", process.as_raw_nonzero());
    let owner = fs::metadata(&directory).ok()?.uid();
    if owner != rustix::process::geteuid().as_raw() {
        return None;
    }
    let same = pidfd_open(process, PidfdFlags::empty())
        .and_then(|process| pidfd_getfd(process, 2, PidfdGetfdFlags::empty()));
    same.ok().or_else(|| {
        let path = Path::new(&directory).join("fd/2");
        // A file that its owner does not append to would be written over.
        let is_safe = !fs::metadata(&path).ok()?.is_file() || flags(&directory)? & APPEND != 0;
        let how = OFlags::WRONLY | OFlags::APPEND | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        is_safe.then(|| open(&path, how, Mode::empty()).ok())?
    })
}

fn flags(process: &str) -> Option<u32> {
    let info = fs::read_to_string(format!("{process}/fdinfo/2")).ok()?;
    let flags = info.lines().find_map(|line| line.strip_prefix("flags:"))?;
    u32::from_str_radix(flags.trim(), 8).ok()
}
