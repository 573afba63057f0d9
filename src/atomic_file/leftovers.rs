//! Temporary files of writers that were killed: told by a lock that their writer holds, its process and their age.

use rustix::fs::{self, AtFlags, Dir, FileType, Mode, OFlags};
use rustix::io::Errno;
use rustix::process::{Pid, geteuid, test_kill_process};
use std::ffi::OsStr;
use std::fs::File;
use std::os::fd::BorrowedFd;
use std::os::unix::ffi::OsStrExt as _;
use std::time::Duration;

/// A temporary file of this age has lost its writer, even if its process id is in use again.
const ABANDONED: Duration = Duration::from_secs(3600);

/// Removes what killed writers of this user left in the directory, best effort. `writer_of` tells the process in the name
/// of a temporary file, and `None` for every other name.
pub fn sweep(directory: BorrowedFd<'_>, writer_of: impl Fn(&OsStr) -> Option<Pid>) {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let Ok(listed) = fs::openat(directory, ".", flags, Mode::empty()) else { return };
    let Ok(entries) = Dir::read_from(listed) else { return };
    for entry in entries.flatten() {
        let name = OsStr::from_bytes(entry.file_name().to_bytes());
        if let Some(writer) = writer_of(name)
            && is_left_over(directory, name, writer)
        {
            let _ = fs::unlinkat(directory, name, AtFlags::empty());
        }
    }
}

fn is_left_over(directory: BorrowedFd<'_>, name: &OsStr, writer: Pid) -> bool {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let Ok(descriptor) = fs::openat(directory, name, flags, Mode::empty()) else { return false };
    let Ok(found) = fs::fstat(&descriptor) else { return false };
    let is_ours = found.st_uid == geteuid().as_raw() || geteuid().is_root();
    if !is_ours || FileType::from_raw_mode(found.st_mode) != FileType::RegularFile {
        return false;
    }
    let file = File::from(descriptor);
    if matches!(file.try_lock(), Err(std::fs::TryLockError::WouldBlock)) {
        return false;
    }
    let modified = file.metadata().and_then(|found| found.modified()).ok();
    let age = modified.and_then(|modified| modified.elapsed().ok()).unwrap_or_default();
    age > ABANDONED || test_kill_process(writer) == Err(Errno::SRCH)
}

/// The process in a name that begins with `prefix`, as [`super::NewFile::create_locked`] gives it: 4711 in
/// `.go-version.gvmr-4711-0`.
pub fn writer_of(name: &OsStr, prefix: &str) -> Option<Pid> {
    let (process, number) = name.to_str()?.strip_prefix(prefix)?.split_once('-')?;
    number.parse::<u64>().ok()?;
    Pid::from_raw(process.parse().ok().filter(|process| *process > 0)?)
}
