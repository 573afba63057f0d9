//! Replaces one small file of the home: which files may be replaced, and with which owner and mode.
//!
//! Takes a path and the content. The replacement itself is [`crate::atomic_file`]'s.

use super::error::StoreError;
use super::sync_after;
use super::temporary::temporary;
use crate::atomic_file::{CWD, NewFile};
use gvmr_core::sys::printable;
use rustix::process::geteuid;
use std::fs::{self, Metadata, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, fchown};
use std::path::Path;

/// Gives the file at `path` the content `bytes`, creating it with `mode` and the umask where it is missing.
///
/// A file that exists keeps its mode and owner; one that root creates belongs to the owner of its directory. Only
/// regular files are replaced: a link, directory, FIFO or device is [`StoreError::Corrupt`]. After any error the
/// old content is in place.
pub fn replace(path: &Path, bytes: &[u8], mode: u32) -> Result<(), StoreError> {
    put(path, bytes, Rights::Kept { new: mode })
}

/// The same for a file that every user reads: its mode is 0644, whatever it was and whatever the umask.
pub fn replace_for_all(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    put(path, bytes, Rights::ForAll)
}

#[derive(Clone, Copy)]
enum Rights {
    /// Those of the old file; for a new one this mode, less the umask.
    Kept {
        new: u32,
    },
    ForAll,
}

fn put(path: &Path, bytes: &[u8], rights: Rights) -> Result<(), StoreError> {
    let old = match fs::symlink_metadata(path) {
        Ok(found) if found.is_file() => Some(found),
        Ok(_) => return Err(StoreError::corrupt(path, "not a regular file; not replaced")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(StoreError::io("access", path, error)),
    };
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let written = write(path, bytes, rights, old.as_ref(), directory);
    written.map_err(|error| StoreError::io("write", path, error))?;
    sync_after(directory, format!("{} is written", printable::path(path)))
}

fn write(
    path: &Path,
    bytes: &[u8],
    rights: Rights,
    old: Option<&Metadata>,
    directory: &Path,
) -> io::Result<()> {
    let (mode, exactly) = match rights {
        Rights::Kept { new } => (new, old.map(|old| old.mode() & 0o777)),
        Rights::ForAll => (0o644, Some(0o644)),
    };
    let draft = NewFile::create(CWD, &temporary(path), mode)?;
    let owner = match old {
        Some(old) => Some((old.uid(), old.gid())),
        None if geteuid().is_root() => fs::metadata(directory).ok().map(|above| (above.uid(), above.gid())),
        None => None,
    };
    let new = draft.file().metadata()?;
    if let Some((user, group)) = owner.filter(|owner| *owner != (new.uid(), new.gid())) {
        // A group that this user may not give away is acceptable, another owner is not: but root's, whose home root lets
        // this user write to.
        let given = fchown(draft.file(), Some(user), Some(group));
        if given.is_err() && user != new.uid() && user != 0 {
            return given;
        }
    }
    // Where it has that mode already, a file system that knows no chmod is not asked for one.
    if let Some(mode) = exactly.filter(|mode| new.mode() & 0o777 != *mode) {
        draft.file().set_permissions(Permissions::from_mode(mode))?;
    }
    draft.write(bytes)?;
    Ok(draft.replace(path)?)
}
