//! Marks: empty files in the user's directory of notices, one for each thing that was said in the last day.
//!
//! Takes the user's directories and a mark. Writes only where these belong to this user, and removes marks older than a
//! day. Never follows a link.

use super::error::StoreError;
use gvmr_core::env::notice::{is_mark, is_recent};
use gvmr_core::home::user_dirs::UserDirs;
use rustix::fs::OFlags;
use std::ffi::OsStr;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// What the marks of `gvmr auth` start with; 16 hexadecimal digits follow, as in all marks.
pub const AUTH_MARK: &str = "auth-";

/// Leaves `mark`, a file in the user's directory of notices, with the current time.
///
/// [`StoreError::NotOurs`] where another user owns that directory, or the one it lies in.
pub fn leave_mark(own: &UserDirs, mark: &Path) -> Result<(), StoreError> {
    prepare(own)?;
    let left = options().create(true).open(mark).and_then(|file| file.set_modified(SystemTime::now()));
    left.map_err(|error| StoreError::io("write", mark, error))
}

/// Leaves the mark called `name` and gives true; false where it is there already. Of several processes, one leaves it.
///
/// [`StoreError::NotOurs`] as in [`leave_mark`].
pub fn leave_first_mark(own: &UserDirs, name: &str) -> Result<bool, StoreError> {
    let mark = prepare(own)?.join(name);
    match options().create_new(true).open(&mark) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(StoreError::io("write", &mark, error)),
    }
}

fn options() -> OpenOptions {
    let mut options = File::options();
    options.write(true).truncate(false).mode(0o600);
    options.custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed());
    options
}

/// The directory of notices, made where it is missing, without marks that no longer count.
fn prepare(own: &UserDirs) -> Result<PathBuf, StoreError> {
    let directory = own.notices();
    make(own.root())?;
    make(&directory)?;
    sweep(&directory);
    Ok(directory)
}

/// Makes a missing directory with mode 0700; an existing one must belong to this user.
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

/// Removes the marks that no longer count. One that cannot be removed does no harm.
fn sweep(directory: &Path) {
    let Ok(entries) = fs::read_dir(directory) else { return };
    for entry in entries.flatten().filter(|entry| is_any_mark(&entry.file_name())) {
        let mark = entry.path();
        if !is_recent(&mark) {
            let _ = fs::remove_file(mark);
        }
    }
}

fn is_any_mark(name: &OsStr) -> bool {
    let auth = name.to_str().and_then(|name| name.strip_prefix(AUTH_MARK));
    is_mark(auth.map_or(name, OsStr::new))
}
