//! The directory on PATH: one small program under the names `go`, `gofmt` and that of every installed version,
//! and a link to gvmr itself.
//!
//! All names are one inode. A name is replaced by renaming a new link over it: `go` is present at every moment. A name
//! that is right already is not touched.

use super::error::StoreError;
use super::temporary::temporary;
use super::{ProgramRecord, Store, Toolchain, sync_directory, version_of};
use crate::atomic_file;
use gvmr_core::sys::bounded::{self, PIN_LIMIT};
use rustix::io::Errno;
use std::fs::{self, File, Metadata};
use std::io::{self, Read, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A program cannot be made executable.
#[derive(Debug, thiserror::Error)]
#[error("this file system does not let programs be made executable (chmod: {0})")]
struct NoModes(io::Error);

/// The lock of everyone who writes shims.
pub(super) const SHIMS: &str = "shims";
/// How long another process may be writing shims; it takes milliseconds.
const PATIENCE: Duration = Duration::from_secs(30);

/// What [`Store::write_shims`] had to change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShimChanges {
    /// Names that were added or now lead to another program.
    pub written: Vec<String>,
    /// Names of versions that are not installed any more.
    pub removed: Vec<String>,
}

impl Store {
    /// Makes the shims those of the installed versions, from the program at `shim_binary`, and `program` the gvmr to
    /// call: its path is written for the shims, and `gvmr` beside them is a link to it. One directory on PATH
    /// brings everything. Names that are no version's and not gvmr's own are left alone.
    pub fn write_shims(&self, shim_binary: &Path, program: &Path) -> Result<ShimChanges, StoreError> {
        self.write_shims_of(shim_binary, &ProgramRecord::of(program))
    }

    /// The same, with what the home is to note of that program.
    pub(super) fn write_shims_of(
        &self,
        shim_binary: &Path,
        record: &ProgramRecord,
    ) -> Result<ShimChanges, StoreError> {
        let program = &record.program;
        let _lock = self.acquire_soon(SHIMS, PATIENCE)?;
        let directory = self.home.shims();
        let names = shim_names(&self.toolchains()?);

        let mut changes = ShimChanges::default();
        let source = Source::prepare(shim_binary, &directory)?;
        for name in &names {
            if source.put(&directory.join(name))? {
                changes.written.push(name.clone());
            }
        }
        if put_link(program, &directory.join("gvmr"))? {
            changes.written.push("gvmr".to_owned());
        }
        for name in versions_in(&directory)? {
            if !names.contains(&name) {
                let path = directory.join(&name);
                fs::remove_file(&path).map_err(|error| StoreError::io("remove", &path, error))?;
                changes.removed.push(name);
            }
        }
        if changes != ShimChanges::default() {
            sync_directory(&directory)?;
        }
        self.write_program(record)?;
        Ok(changes)
    }

    /// Whether another process writes shims now.
    pub fn shims_are_busy(&self) -> bool {
        let lock = File::open(self.home.locks().join(format!("{SHIMS}.lock")));
        lock.is_ok_and(|lock| matches!(lock.try_lock(), Err(fs::TryLockError::WouldBlock)))
    }

    fn write_program(&self, record: &ProgramRecord) -> Result<(), StoreError> {
        for (path, bytes) in record.files(&self.home) {
            let old = bounded::read(&path, PIN_LIMIT).unwrap_or_default();
            if old.as_deref() != Some(&bytes[..]) {
                self.write(&path, &bytes)?;
            }
        }
        Ok(())
    }
}

/// The names of the shim that these versions need.
pub fn shim_names(toolchains: &[Toolchain]) -> Vec<String> {
    let versions = toolchains.iter().map(|toolchain| toolchain.version.toolchain_name());
    ["go".to_owned(), "gofmt".to_owned()].into_iter().chain(versions).collect()
}

/// The inode that every name is to lead to.
struct Source {
    path: PathBuf,
    inode: (u64, u64),
    /// Whether `path` is a temporary name, which goes when all others are made.
    temporary: bool,
}

impl Source {
    /// The current `go` where it is the same program already, else a new copy.
    fn prepare(binary: &Path, directory: &Path) -> Result<Self, StoreError> {
        let current = directory.join("go");
        if same_program(binary, &current).map_err(|error| StoreError::io("read", binary, error))? {
            return Self::at(current, false);
        }
        let copy = temporary(&current);
        if let Err(error) = copy_program(binary, &copy) {
            let _ = fs::remove_file(&copy);
            return Err(StoreError::io("copy", binary, error));
        }
        Self::at(copy, true)
    }

    fn at(path: PathBuf, temporary: bool) -> Result<Self, StoreError> {
        let found = fs::symlink_metadata(&path).map_err(|error| StoreError::io("access", &path, error))?;
        Ok(Self { path, inode: identity(&found), temporary })
    }

    /// Lets `name` lead to the program; `false` where it did already.
    fn put(&self, name: &Path) -> Result<bool, StoreError> {
        if fs::symlink_metadata(name).is_ok_and(|found| identity(&found) == self.inode) {
            return Ok(false);
        }
        let link = temporary(name);
        if fs::hard_link(&self.path, &link).is_err() {
            // Not every file system has hard links: then each name has its own copy.
            if same_program(&self.path, name).unwrap_or(false) {
                return Ok(false);
            }
            copy_program(&self.path, &link).map_err(|error| StoreError::io("create", name, error))?;
        }
        atomic_file::rename(&link, name).map_err(|error| {
            let _ = fs::remove_file(&link);
            StoreError::io("replace", name, error)
        })?;
        Ok(true)
    }
}

impl Drop for Source {
    fn drop(&mut self) {
        if self.temporary {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Lets the link at `path` lead to the program; whether it had to. What is there and is not a link stays: a user put a
/// program of that name there.
fn put_link(program: &Path, path: &Path) -> Result<bool, StoreError> {
    match fs::symlink_metadata(path) {
        Ok(found) if !found.is_symlink() => return Ok(false),
        Ok(_) if fs::read_link(path).is_ok_and(|target| target == program) => return Ok(false),
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(StoreError::io("access", path, error)),
    }
    let link = temporary(path);
    let linked = symlink(program, &link).and_then(|()| Ok(atomic_file::rename(&link, path)?));
    match linked {
        Ok(()) => Ok(true),
        Err(error) if has_no_links(&error) => Ok(false),
        Err(error) => {
            let _ = fs::remove_file(&link);
            Err(StoreError::io("create", path, error))
        }
    }
}

/// Whether a file system refuses symbolic links, as shared folders of virtual machines and FAT do. The shims do without that
/// one link.
fn has_no_links(error: &io::Error) -> bool {
    let errno = Errno::from_io_error(error);
    matches!(errno, Some(Errno::PERM | Errno::OPNOTSUPP | Errno::NOSYS | Errno::ROFS | Errno::PROTO))
}

/// Puts a copy of the program at `to`, in one step; whether it had to.
pub(super) fn put_program(from: &Path, to: &Path) -> Result<bool, StoreError> {
    if same_program(from, to).map_err(|error| StoreError::io("read", from, error))? {
        return Ok(false);
    }
    let copy = temporary(to);
    let copied = copy_program(from, &copy).and_then(|()| Ok(atomic_file::rename(&copy, to)?));
    copied.map_err(|error| {
        let _ = fs::remove_file(&copy);
        StoreError::io("create", to, error)
    })?;
    Ok(true)
}

fn identity(found: &Metadata) -> (u64, u64) {
    (found.dev(), found.ino())
}

/// Names in the directory that are versions'.
fn versions_in(directory: &Path) -> Result<Vec<String>, StoreError> {
    let listed: io::Result<Vec<_>> =
        fs::read_dir(directory).and_then(|entries| entries.map(|entry| Ok(entry?.file_name())).collect());
    let listed = listed.map_err(|error| StoreError::io("list", directory, error))?;
    Ok(listed
        .into_iter()
        .filter_map(|name| name.into_string().ok().filter(|name| version_of(name).is_some()))
        .collect())
}

/// Whether `path` is a file that everyone may read and execute, with the content of `binary`. Fails only where `binary` cannot be read.
pub(super) fn same_program(binary: &Path, path: &Path) -> io::Result<bool> {
    if !fs::metadata(binary)?.is_file() {
        return Err(io::Error::other("not a regular file"));
    }
    let mut wanted = File::open(binary)?;
    let length = wanted.metadata()?.len();
    let Ok(found) = fs::symlink_metadata(path) else { return Ok(false) };
    if !found.is_file() || found.len() != length || found.permissions().mode() & 0o555 != 0o555 {
        return Ok(false);
    }
    let (mut left, mut right) = (Vec::new(), Vec::new());
    wanted.read_to_end(&mut left)?;
    let read = File::open(path).and_then(|mut file| file.read_to_end(&mut right));
    Ok(read.is_ok() && left == right)
}

/// Copies a program and brings it to the disk. It is executable whatever the umask: that is what it is for.
fn copy_program(from: &Path, to: &Path) -> io::Result<()> {
    let mut program = File::open(from)?;
    let mut copy = File::options().write(true).create_new(true).mode(0o755).open(to)?;
    io::copy(&mut program, &mut copy)?;
    copy.flush()?;
    // A file system without modes gives all files the same, which may do.
    if let Err(error) = copy.set_permissions(fs::Permissions::from_mode(0o755))
        && copy.metadata()?.permissions().mode() & 0o555 != 0o555
    {
        return Err(io::Error::new(error.kind(), NoModes(error)));
    }
    copy.sync_all()
}
