//! Deletes a tree of the store's own: links as links, read-only directories too, and nothing outside.
//!
//! Every step goes from one open directory to the next without following a link or entering another mount. Where another process
//! changes the tree meanwhile, at worst it is not deleted.

use rustix::fs::{
    AtFlags, Dir, FileType, Mode, OFlags, ResolveFlags, Stat, chmodat, fchmod, fstat, openat, openat2,
    statat, unlinkat,
};
use rustix::io::Errno;
use std::ffi::CStr;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::path::Path;

const DIRECTORY: OFlags =
    OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// Deletes `path` with all it holds; one that does not exist is deleted already.
pub(super) fn tree(path: &Path) -> Result<(), Errno> {
    tree_with(path, &|| {})
}

/// The same; `progress` is called before each directory.
pub(super) fn tree_with(path: &Path, progress: &dyn Fn()) -> Result<(), Errno> {
    let (Some(above), Some(name)) = (path.parent(), path.file_name()) else { return Err(Errno::INVAL) };
    let above = rustix::fs::open(above, DIRECTORY.difference(OFlags::NOFOLLOW), Mode::empty())?;
    let name = rustix::path::Arg::into_c_str(name)?;
    remove(above.as_fd(), &name, progress)
}

/// Gives the owner all rights to a directory, which may not be a link.
pub(super) fn make_writable(path: &Path) -> Result<(), Errno> {
    let directory = rustix::fs::open(path, DIRECTORY, Mode::empty())?;
    let mode = Mode::from_raw_mode(fstat(&directory)?.st_mode);
    fchmod(&directory, mode | Mode::RWXU)
}

fn remove(parent: BorrowedFd<'_>, name: &CStr, progress: &dyn Fn()) -> Result<(), Errno> {
    let kind = match statat(parent, name, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(found) => FileType::from_raw_mode(found.st_mode),
        Err(Errno::NOENT) => return Ok(()),
        Err(errno) => return Err(errno),
    };
    if kind != FileType::Directory {
        return gone(unlinkat(parent, name, AtFlags::empty()));
    }
    let directory = match open(parent, name) {
        Err(Errno::ACCESS) => {
            // Not even readable: it is a directory, as was just seen, and the store's own.
            chmodat(parent, name, Mode::RWXU, AtFlags::empty())?;
            open(parent, name)?
        }
        other => other?,
    };
    progress();
    empty(&directory, progress)?;
    gone(unlinkat(parent, name, AtFlags::REMOVEDIR))
}

/// Deletes everything in a directory, making it writable first where it is not.
fn empty(directory: &OwnedFd, progress: &dyn Fn()) -> Result<(), Errno> {
    let mode = fstat(directory)?.st_mode;
    if !Mode::from_raw_mode(mode).contains(Mode::RWXU) {
        fchmod(directory, Mode::RWXU)?;
    }
    for entry in Dir::read_from(directory)? {
        let entry = entry?;
        if matches!(entry.file_name().to_bytes(), b"." | b"..") {
            continue;
        }
        match entry.file_type() {
            FileType::Directory | FileType::Unknown => {
                remove(directory.as_fd(), entry.file_name(), progress)?;
            }
            _ => gone(unlinkat(directory, entry.file_name(), AtFlags::empty()))?,
        }
    }
    Ok(())
}

/// Opens a directory of the same mount; what is mounted there is another's.
fn open(parent: BorrowedFd<'_>, name: &CStr) -> Result<OwnedFd, Errno> {
    match openat2(parent, name, DIRECTORY, Mode::empty(), ResolveFlags::NO_XDEV) {
        // Before Linux 5.6, and where a sandbox does not know the call.
        Err(Errno::NOSYS | Errno::PERM) => {
            let directory = openat(parent, name, DIRECTORY, Mode::empty())?;
            let device = |found: Stat| found.st_dev;
            if device(fstat(&directory)?) != device(fstat(parent)?) {
                return Err(Errno::XDEV);
            }
            Ok(directory)
        }
        other => other,
    }
}

/// What someone else has deleted meanwhile is deleted as well.
fn gone(result: Result<(), Errno>) -> Result<(), Errno> {
    if result == Err(Errno::NOENT) { Ok(()) } else { result }
}
