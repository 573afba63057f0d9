//! What lets every user read a shared home: the modes of its directories and trees, whatever the umask was.
//!
//! Takes the store's directories, which no other user can change. Only touches what has another mode than
//! it should have, and follows no link.

use super::error::StoreError;
use gvmr_core::home::paths::Home;
use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// Everyone passes and reads, the owner alone writes.
const OPEN: u32 = 0o755;
const READABLE: u32 = 0o644;

/// Lets everyone into the home, its shims and its versions.
pub(super) fn admit(home: &Home) -> Result<(), StoreError> {
    for directory in [home.root().to_owned(), home.versions(), home.shims(), home.bin()] {
        if directory.is_dir() {
            set(&directory, OPEN)?;
        }
    }
    Ok(())
}

/// Lets everyone read the one-line files of a home that was one user's until now.
pub(super) fn admit_to_lines(home: &Home) -> Result<(), StoreError> {
    for file in [home.default_file(), home.program_file()] {
        if fs::symlink_metadata(&file).is_ok_and(|found| found.is_file()) {
            set(&file, READABLE)?;
        }
    }
    Ok(())
}

/// Lets everyone read a whole tree and run its programs: what its owner may execute, all may.
pub(super) fn admit_to_tree(root: &Path) -> Result<(), StoreError> {
    set(root, OPEN)?;
    let listed: io::Result<Vec<_>> = fs::read_dir(root).and_then(Iterator::collect);
    for entry in listed.map_err(|error| StoreError::io("list", root, error))? {
        let path = entry.path();
        let found = entry.metadata().map_err(|error| StoreError::io("access", &path, error))?;
        if found.is_dir() {
            admit_to_tree(&path)?;
        } else if found.is_file() {
            let mode = found.permissions().mode();
            let wanted = if mode & 0o100 == 0 { READABLE } else { OPEN };
            if mode & 0o7777 != wanted {
                change(&path, wanted)?;
            }
        }
    }
    Ok(())
}

/// Gives a file or directory its mode.
fn set(path: &Path, mode: u32) -> Result<(), StoreError> {
    let found = fs::metadata(path).map_err(|error| StoreError::io("access", path, error))?;
    if found.permissions().mode() & 0o7777 == mode { Ok(()) } else { change(path, mode) }
}

fn change(path: &Path, mode: u32) -> Result<(), StoreError> {
    let changed = fs::set_permissions(path, Permissions::from_mode(mode));
    changed.map_err(|error| StoreError::io("change the mode of", path, error))
}
