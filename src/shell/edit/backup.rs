//! Moves a file that cannot be edited out of the way, to be looked at later.

use super::directory::HeldDirectory;
use super::error::EditError;
use super::target::EditTarget;
use crate::atomic_file::rename_new;
use rustix::io::Errno;
use std::ffi::OsString;
use std::os::fd::AsFd as _;
use std::path::{Path, PathBuf};

/// So many files are moved aside with one suffix.
const MAX_COUNT: usize = 100;

/// Renames what is at `path` (a link itself, not what it leads to) to `path.SUFFIX`, or `path.SUFFIX.2` and so on where that
/// exists, and gives the new path. Only in a directory that this user owns; nothing is ever replaced.
pub fn move_aside(path: &Path, suffix: &str) -> Result<PathBuf, EditError> {
    let target = EditTarget::find(path, false)?;
    let directory = &target.directory;
    if target.found.is_none() {
        return Err(EditError::io("move", path, Errno::NOENT));
    }
    if directory.owner != rustix::process::geteuid().as_raw() {
        return Err(EditError::NotOurs { path: directory.path.clone(), owner: directory.owner });
    }
    for number in 1..=MAX_COUNT {
        let mut name = target.name.clone();
        name.push(format!(".{suffix}"));
        if number > 1 {
            name.push(format!(".{number}"));
        }
        match rename_new(directory.descriptor.as_fd(), Path::new(&target.name), Path::new(&name)) {
            Ok(()) => return named(directory, name),
            Err(Errno::EXIST) => {}
            Err(error) => return Err(EditError::io("move", path, error)),
        }
    }
    Err(EditError::io("move", path, Errno::EXIST))
}

fn named(directory: &HeldDirectory, name: OsString) -> Result<PathBuf, EditError> {
    directory.sync()?;
    Ok(directory.path.join(name))
}
