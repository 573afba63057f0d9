//! Gives a file new content in one step: readers see the old content or the new, and a crash leaves one of them.
//!
//! Takes a directory, a temporary name in it and the content. Gives the content its final name once it is on the disk, and
//! removes the temporary file after any error. Never chooses owner or mode, and never decides what may be replaced: the
//! callers do.

use rustix::fs::{self, AtFlags, Mode, OFlags, RenameFlags};
use rustix::io::{Errno, Result};
use std::fs::File;
use std::io::{self, Write as _};
use std::os::fd::{AsFd, BorrowedFd};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

mod leftovers;
mod modes;

pub use leftovers::{sweep, writer_of};
pub use modes::keeps_modes;
pub use rustix::fs::CWD;

/// A new file under a temporary name, removed when dropped.
#[derive(Debug)]
pub struct NewFile<'directory> {
    file: File,
    directory: BorrowedFd<'directory>,
    name: PathBuf,
    renamed: bool,
}

impl<'directory> NewFile<'directory> {
    /// Creates `name` in `directory` with `mode`, less the umask; [`Errno::EXIST`] where something has that name.
    pub fn create(directory: BorrowedFd<'directory>, name: &Path, mode: u32) -> Result<Self> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let descriptor = fs::openat(directory, name, flags, Mode::from_raw_mode(mode))?;
        Ok(Self { file: File::from(descriptor), directory, name: name.to_owned(), renamed: false })
    }

    /// Creates a file whose name is `prefix`, this process's id and a number, and holds a lock on it: a file without a lock
    /// and without a living writer is a leftover, which [`sweep`] removes.
    pub fn create_locked(directory: BorrowedFd<'directory>, prefix: &str, mode: u32) -> Result<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        loop {
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let name = format!("{prefix}{}-{number}", std::process::id());
            match Self::create(directory, Path::new(&name), mode) {
                Ok(new) => {
                    let _ = new.file.try_lock(); // without locks, its age tells
                    return Ok(new);
                }
                Err(Errno::EXIST) => {} // of an earlier process with this id
                Err(error) => return Err(error),
            }
        }
    }

    /// The file, for its owner, mode, attributes and locks.
    pub fn file(&self) -> &File {
        &self.file
    }

    /// Writes the content and brings it to the disk.
    pub fn write(&self, bytes: &[u8]) -> io::Result<()> {
        self.write_unsynced(bytes)?;
        self.file.sync_all()
    }

    /// Writes the content, which may be lost with the power.
    pub fn write_unsynced(&self, bytes: &[u8]) -> io::Result<()> {
        (&self.file).write_all(bytes)
    }

    /// Renames it to `name`, in place of the file that has that name.
    pub fn replace(mut self, name: &Path) -> Result<()> {
        fs::renameat(self.directory, &self.name, self.directory, name)?;
        self.renamed = true;
        Ok(())
    }

    /// Renames it to `name`; [`Errno::EXIST`] where something has that name.
    pub fn rename_new(mut self, name: &Path) -> Result<()> {
        rename_new(self.directory, &self.name, name)?;
        self.renamed = true;
        Ok(())
    }
}

impl Drop for NewFile<'_> {
    fn drop(&mut self) {
        if !self.renamed {
            let _ = fs::unlinkat(self.directory, &self.name, AtFlags::empty()); // its owner sweeps leftovers
        }
    }
}

/// Renames `from`, whose content is on the disk, to `to` in place of what has that name.
pub fn rename(from: &Path, to: &Path) -> Result<()> {
    fs::rename(from, to)
}

/// Renames `from` to `to`, both in `directory`; [`Errno::EXIST`] where something has that name.
pub fn rename_new(directory: BorrowedFd<'_>, from: &Path, to: &Path) -> Result<()> {
    match fs::renameat_with(directory, from, directory, to, RenameFlags::NOREPLACE) {
        // Not every kernel and file system has the flag. Without it a directory still replaces no other that holds
        // anything, and links are looked for first; callers' locks keep other writers away meanwhile.
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => {
            match fs::statat(directory, to, AtFlags::SYMLINK_NOFOLLOW) {
                Err(Errno::NOENT) => fs::renameat(directory, from, directory, to),
                Ok(_) => Err(Errno::EXIST),
                Err(error) => Err(error),
            }
        }
        other => other,
    }
}

/// Makes the names in a directory durable, which some file systems do without being asked and refuse.
pub fn sync_names(directory: impl AsFd) -> Result<()> {
    match fs::fsync(directory) {
        Err(Errno::INVAL | Errno::OPNOTSUPP) => Ok(()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{read, read_dir};

    #[test]
    fn a_file_has_its_new_content_or_nothing_is_left() {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        let new = NewFile::create(CWD, &path("temporary"), 0o600).unwrap();
        assert_eq!(NewFile::create(CWD, &path("temporary"), 0o600).unwrap_err(), Errno::EXIST);
        new.write(b"one").unwrap();
        new.replace(&path("file")).unwrap();
        let new = NewFile::create(CWD, &path("temporary"), 0o600).unwrap();
        new.write(b"two").unwrap();
        assert_eq!(new.rename_new(&path("file")).unwrap_err(), Errno::EXIST);
        assert_eq!(read(path("file")).unwrap(), b"one");
        let new = NewFile::create(CWD, &path("temporary"), 0o600).unwrap();
        new.write_unsynced(b"three").unwrap();
        new.replace(&path("file")).unwrap();
        assert_eq!(read(path("file")).unwrap(), b"three");
        drop(NewFile::create(CWD, &path("temporary"), 0o600).unwrap());
        assert_eq!(read_dir(directory.path()).unwrap().count(), 1);
    }
}
