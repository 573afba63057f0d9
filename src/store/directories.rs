//! The home's directories: made where they are missing, refused where they are not this user's.

use super::error::StoreError;
use super::passwd;
use crate::atomic_file::keeps_modes;
use gvmr_core::home::paths::Home;
use rustix::fs::{Access, access};
use std::fs::{self, DirBuilder, Metadata};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

/// The permissions that let others and the group replace what is in a directory.
const WRITABLE_BY_OTHERS: u32 = 0o002;
const WRITABLE_BY_GROUP: u32 = 0o020;

/// Makes the home usable by this user. Gives a directory that everyone can write to, where the file system has no modes
/// that would forbid that.
pub(super) fn prepare(home: &Home) -> Result<Option<PathBuf>, StoreError> {
    let (me, mut open) = prepare_root(home.root())?;
    for (directory, mode) in [
        (home.versions(), 0o755),
        (home.shims(), 0o755),
        (home.staging(), 0o700),
        (home.locks(), 0o700),
        (home.cache(), 0o700),
    ] {
        open = prepare_below(&directory, mode, me)?.or(open);
    }
    Ok(open)
}

/// Makes `directory`, which lies in `root`, and what is missing on the way there, for this user alone.
///
/// [`StoreError::NotOurs`] where another user owns `root` or anything on the way, or would own what root creates;
/// [`StoreError::Corrupt`] where a link is on the way; [`StoreError::Open`] where others can write.
pub fn prepare_private(root: &Path, directory: &Path) -> Result<(), StoreError> {
    let (me, _) = prepare_root(root)?;
    let on_the_way: Vec<_> = directory.ancestors().take_while(|path| *path != root).collect();
    on_the_way.iter().rev().try_for_each(|path| prepare_below(path, 0o700, me).map(drop))
}

/// Makes the root, or looks whether it is fit; gives this user's id, and the root where everyone can write to it.
fn prepare_root(root: &Path) -> Result<(u32, Option<PathBuf>), StoreError> {
    if !root.is_absolute() {
        return Err(StoreError::corrupt(root, "the home's path is not absolute"));
    }
    let me = rustix::process::geteuid().as_raw();
    if let Some(found) = look(root, |path| fs::metadata(path))? {
        return Ok((me, check_root(root, &found, me)?));
    }
    if me == 0 {
        // Root may create anything anywhere; what it creates in a user's home the user cannot change. A directory of
        // another user that is nobody's home is one that a container gives its root.
        let (above, found) = nearest(root)?;
        if found.uid() != me && passwd::is_in_home_of(above, found.uid()) {
            return Err(StoreError::NotOurs { path: above.to_owned(), owner: found.uid() });
        }
    }
    create(root, 0o700)?;
    Ok((me, None))
}

fn prepare_below(directory: &Path, mode: u32, me: u32) -> Result<Option<PathBuf>, StoreError> {
    if look(directory, |path| fs::symlink_metadata(path))?.is_none() {
        create(directory, mode)?;
    }
    let found = fs::symlink_metadata(directory);
    let found = found.map_err(|error| StoreError::io("access", directory, error))?;
    if !found.is_dir() {
        return Err(StoreError::corrupt(directory, "not a directory (links are not followed)"));
    }
    check_owner(directory, &found, me)?;
    check_writers(directory, &found)
}

fn check_root(root: &Path, found: &Metadata, me: u32) -> Result<Option<PathBuf>, StoreError> {
    if !found.is_dir() {
        return Err(StoreError::corrupt(root, "the home is not a directory"));
    }
    check_owner(root, found, me)?;
    // The home may be a link, but only one that no other user can change.
    let link = fs::symlink_metadata(root).map_err(|error| StoreError::io("access", root, error))?;
    if link.uid() != 0 {
        check_owner(root, &link, me)?;
    }
    check_writers(root, found)
}

/// Refuses a directory that others can write to: they would decide what `go` runs. The group may be this process's, or
/// root's, which a container gives every user. Gives the directory where its file system has no modes to forbid that.
fn check_writers(path: &Path, found: &Metadata) -> Result<Option<PathBuf>, StoreError> {
    let mode = found.permissions().mode();
    let own_groups = [0, rustix::process::getegid().as_raw()];
    let by = if mode & WRITABLE_BY_OTHERS != 0 {
        "all users"
    } else if mode & WRITABLE_BY_GROUP != 0 && !own_groups.contains(&found.gid()) {
        "another group"
    } else {
        return Ok(None);
    };
    let opened = fs::File::open(path).map_err(|error| StoreError::io("open", path, error))?;
    if keeps_modes(&opened) {
        Err(StoreError::Open { path: path.to_owned(), by })
    } else {
        Ok(Some(path.to_owned()))
    }
}

/// Refuses what another user owns; not what root owns and lets this user's group write to, as in a container that gives
/// each run a new user.
fn check_owner(path: &Path, found: &Metadata, me: u32) -> Result<(), StoreError> {
    let owner = found.uid();
    let is_given = owner == 0
        && found.is_dir()
        && found.permissions().mode() & WRITABLE_BY_GROUP != 0
        && access(path, Access::WRITE_OK | Access::EXEC_OK).is_ok();
    if owner == me || is_given { Ok(()) } else { Err(StoreError::NotOurs { path: path.to_owned(), owner }) }
}

/// The deepest directory above `path` that exists.
fn nearest(path: &Path) -> Result<(&Path, Metadata), StoreError> {
    for above in path.ancestors().skip(1) {
        if let Some(found) = look(above, |path| fs::metadata(path))? {
            return Ok((above, found));
        }
    }
    Err(StoreError::corrupt(path, "no parent directory exists"))
}

fn look(path: &Path, how: fn(&Path) -> io::Result<Metadata>) -> Result<Option<Metadata>, StoreError> {
    match how(path) {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(StoreError::io("access", path, error)),
    }
}

/// Creates a directory and what is missing above it. Another process may have been faster.
fn create(path: &Path, mode: u32) -> Result<(), StoreError> {
    let above = path.parent().unwrap_or(path);
    let parents = DirBuilder::new().recursive(true).mode(0o755).create(above);
    parents.map_err(|error| StoreError::io("create", above, error))?;
    match DirBuilder::new().mode(mode).create(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            Err(StoreError::io("create", path, error))
        }
        _ => Ok(()),
    }
}
