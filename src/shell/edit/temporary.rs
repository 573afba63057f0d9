//! The file beside the file, in which new content is written: never one that was there, gone with its writer.
//!
//! Its writer holds a lock on it. A file without a lock and without a living writer is a leftover.

use super::directory::HeldDirectory;
use super::error::EditError;
use crate::atomic_file::{self, NewFile};
use rustix::process::Pid;
use std::ffi::OsStr;
use std::os::fd::AsFd as _;

/// What the names start with; behind it the writer's process id and a number: `4711-0`.
const PREFIX: &str = ".gvmr-setup-";

/// Makes a file that no other process has, for the new content of the file called `of`.
pub(super) fn create<'d>(
    directory: &'d HeldDirectory,
    of: &OsStr,
    mode: u32,
) -> Result<NewFile<'d>, EditError> {
    NewFile::create_locked(directory.descriptor.as_fd(), PREFIX, mode)
        .map_err(|error| EditError::io("write", &directory.path.join(of), error))
}

/// Removes what killed writers of this user left in the directory, best effort.
pub(super) fn sweep(directory: &HeldDirectory) {
    atomic_file::sweep(directory.descriptor.as_fd(), writer_of);
}

/// The process id in the name of a temporary file.
fn writer_of(name: &OsStr) -> Option<Pid> {
    atomic_file::writer_of(name, PREFIX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_temporary_files_have_a_writer() {
        assert_eq!(writer_of(OsStr::new(".gvmr-setup-4711-0")), Pid::from_raw(4711));
        for name in
            [".gvmr-setup-", ".gvmr-setup-0-0", ".gvmr-setup--1-0", ".gvmr-setup-1", ".gvmr-setup-1-x"]
        {
            assert_eq!(writer_of(OsStr::new(name)), None, "{name}");
        }
    }
}
