//! A directory that is held while something in it is changed, and the missing ones below it.
//!
//! What is opened, made, renamed or removed in it goes through its descriptor, so a path that is swapped meanwhile leads nowhere else.

use super::error::EditError;
use crate::atomic_file;
use rustix::fs::{self, AtFlags, Mode, OFlags, Stat};
use rustix::io::Errno;
use std::ffi::{OsStr, OsString};
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};

/// A directory, held.
#[derive(Debug)]
pub(super) struct HeldDirectory {
    pub(super) descriptor: OwnedFd,
    /// Its real path.
    pub(super) path: PathBuf,
    /// Its owner's user id.
    pub(super) owner: u32,
    group: u32,
    /// The machine's own, and open to everyone: what is made here is for everyone, whatever root's umask is.
    pub(super) is_shared: bool,
}

impl HeldDirectory {
    /// Holds the directory at the real path `path`.
    pub(super) fn open(path: PathBuf) -> Result<Self, EditError> {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        match fs::openat(fs::CWD, &path, flags, Mode::empty()) {
            Ok(descriptor) => Self::of(descriptor, path),
            Err(Errno::NOTDIR) => Err(EditError::NotADirectory { path }),
            Err(error) => Err(EditError::io("open", &path, error)),
        }
    }

    fn of(descriptor: OwnedFd, path: PathBuf) -> Result<Self, EditError> {
        let found = fs::fstat(&descriptor).map_err(|error| EditError::io("stat", &path, error))?;
        let is_shared = found.st_uid == 0 && found.st_mode & 0o005 == 0o005;
        Ok(Self { descriptor, path, owner: found.st_uid, group: found.st_gid, is_shared })
    }

    /// What is called `name` in it, not followed if it is a link.
    pub(super) fn look(&self, name: &OsStr) -> Result<Option<Stat>, EditError> {
        match fs::statat(&self.descriptor, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(found) => Ok(Some(found)),
            Err(Errno::NOENT) => Ok(None),
            Err(error) => Err(EditError::io("stat", &self.path.join(name), error)),
        }
    }

    /// Makes the directories `names`, each in the one before it, and gives the last. None of those that it made is left after an error.
    pub(super) fn make(&self, names: &[OsString]) -> Result<Option<Self>, EditError> {
        let mut made = Vec::new();
        let mut below: Option<Self> = None;
        for name in names {
            match below.as_ref().unwrap_or(self).make_one(name) {
                Ok((directory, new)) => {
                    if new {
                        made.push(directory.path.clone());
                    }
                    below = Some(directory);
                }
                Err(error) => {
                    made.iter().rev().for_each(|path| drop(std::fs::remove_dir(path)));
                    return Err(error);
                }
            }
        }
        Ok(below)
    }

    /// One directory, and whether it is new. Another process may have been faster.
    fn make_one(&self, name: &OsStr) -> Result<(Self, bool), EditError> {
        let path = self.path.join(name);
        let new = match fs::mkdirat(&self.descriptor, name, Mode::from_raw_mode(0o755)) {
            Ok(()) => true,
            Err(Errno::EXIST) => false,
            Err(error) => return Err(EditError::io("create", &path, error)),
        };
        let opened = self.open_new(name, &path, new).and_then(|directory| {
            if new {
                self.try_sync().map_err(|error| EditError::io("create", &path, error))?;
            }
            Ok(directory)
        });
        if opened.is_err() && new {
            let _ = fs::unlinkat(&self.descriptor, name, AtFlags::REMOVEDIR);
        }
        Ok((opened?, new))
    }

    fn open_new(&self, name: &OsStr, path: &Path, new: bool) -> Result<Self, EditError> {
        let failed = |error: Errno| EditError::io("create", path, error);
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let descriptor = match fs::openat(&self.descriptor, name, flags, Mode::empty()) {
            Err(Errno::NOTDIR | Errno::LOOP) => {
                return Err(EditError::NotADirectory { path: path.to_owned() });
            }
            other => other.map_err(failed)?,
        };
        if new {
            self.give_to_owner(&descriptor).map_err(failed)?;
            if self.is_shared {
                set_mode(&descriptor, 0o755).map_err(failed)?;
            }
        }
        Self::of(descriptor, path.to_owned())
    }

    /// Gives what root made in another user's directory to that user.
    pub(super) fn give_to_owner(&self, new: impl AsFd) -> rustix::io::Result<()> {
        if self.owner == 0 || !rustix::process::geteuid().is_root() {
            return Ok(());
        }
        let (owner, group) = (fs::Uid::from_raw(self.owner), fs::Gid::from_raw(self.group));
        fs::fchown(new, Some(owner), Some(group))
    }

    /// Opens the directory itself, to list or to sync it; `None` if this user may write but not read it.
    pub(super) fn readable(&self) -> Option<OwnedFd> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        fs::openat(&self.descriptor, ".", flags, Mode::empty()).ok()
    }

    /// Makes its names durable, after the last of what was to be done in it.
    pub(super) fn sync(&self) -> Result<(), EditError> {
        self.try_sync().map_err(|error| EditError::io("sync", &self.path, error))
    }

    fn try_sync(&self) -> rustix::io::Result<()> {
        self.readable().map_or(Ok(()), atomic_file::sync_names)
    }
}

/// Removes `count` directories, `lowest` first, as far as they are empty.
pub(super) fn remove_empty(lowest: &Path, count: usize) -> Result<(), EditError> {
    for path in lowest.ancestors().take(count) {
        match std::fs::remove_dir(path) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) if error.kind() == std::io::ErrorKind::DirectoryNotEmpty => return Ok(()),
            Err(error) => return Err(EditError::io("remove", path, error)),
        }
    }
    Ok(())
}

/// Gives a file or directory its mode. A file system that keeps no modes may refuse, where the one that it shows lets
/// everyone do what they should and nobody else write.
pub(super) fn set_mode(file: impl AsFd, mode: u32) -> rustix::io::Result<()> {
    match fs::fchmod(&file, Mode::from_raw_mode(mode)) {
        Err(error @ (Errno::PERM | Errno::OPNOTSUPP | Errno::NOSYS)) => {
            let shown = fs::fstat(&file)?.st_mode & 0o7777;
            if shown & mode == mode && shown & 0o7022 == mode & 0o7022 { Ok(()) } else { Err(error) }
        }
        other => other,
    }
}
