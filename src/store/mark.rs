//! Marks: empty files that say that something was said today.
//!
//! Takes the path of a mark among the user's own things. Writes only where those are this user's, and sweeps the marks
//! that no longer count, so that they never pile up.

use super::error::StoreError;
use gvmr_core::env::notice::{is_mark, is_recent};
use gvmr_core::home::user_dirs::UserDirs;
use rustix::fs::OFlags;
use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::time::SystemTime;

/// Leaves `mark`, a file in the user's directory of notices, with the time of now.
///
/// [`StoreError::NotOurs`] where that directory, or the one it lies in, is another user's.
pub fn leave_mark(own: &UserDirs, mark: &Path) -> Result<(), StoreError> {
    let directory = own.notices();
    make(own.root())?;
    make(&directory)?;
    sweep(&directory);
    let mut options = File::options();
    options.write(true).create(true).truncate(false).mode(0o600);
    options.custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed());
    let left = options.open(mark).and_then(|file| file.set_modified(SystemTime::now()));
    left.map_err(|error| StoreError::io("write", mark, error))
}

/// Makes the directory, with mode 0700, where nothing is; what is there must be this user's.
fn make(directory: &Path) -> Result<(), StoreError> {
    let found = match fs::metadata(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let made = DirBuilder::new().recursive(true).mode(0o700).create(directory);
            made.and_then(|()| fs::metadata(directory))
        }
        found => found,
    };
    let found = found.map_err(|error| StoreError::io("create", directory, error))?;
    let owner = found.uid();
    if owner == rustix::process::geteuid().as_raw() {
        Ok(())
    } else {
        Err(StoreError::NotOurs { path: directory.to_owned(), owner })
    }
}

/// Removes the marks that no longer count. What cannot be removed does no harm.
fn sweep(directory: &Path) {
    let Ok(entries) = fs::read_dir(directory) else { return };
    for entry in entries.flatten().filter(|entry| is_mark(&entry.file_name())) {
        let mark = entry.path();
        if !is_recent(&mark) {
            let _ = fs::remove_file(mark);
        }
    }
}
