//! Where trees are built, and what an interrupted process left there.
//!
//! A directory in `staging/` is named after its version, `go1.23.4-4711-0`, and belongs to the
//! process that holds that version's lock. While that is free, what is there is a leftover.

use super::error::StoreError;
use super::lock::VersionLock;
use super::shims::SHIMS;
use super::temporary::{is_temporary, numbers, unique};
use super::{Store, delete, version_of};
use gvmr_core::gover::version::Version;
use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The writer of a temporary file of this age is gone.
const ABANDONED: Duration = Duration::from_secs(3600);

/// A new, empty directory for one tree, removed with all it holds when it is dropped uncommitted.
#[derive(Debug)]
pub struct StagingDirectory<'lock> {
    path: PathBuf,
    lock: &'lock VersionLock,
    committed: bool,
}

impl<'lock> StagingDirectory<'lock> {
    /// Where to build the tree: this directory becomes its root.
    pub fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn lock(&self) -> &'lock VersionLock {
        self.lock
    }

    /// Gives the directory up: it is a toolchain now.
    pub(super) fn keep(mut self) {
        self.committed = true;
    }
}

impl Drop for StagingDirectory<'_> {
    fn drop(&mut self) {
        if !self.committed {
            let _ = delete::tree(&self.path); // a leftover is swept later
        }
    }
}

impl Store {
    /// Makes a fresh directory to build the locked version in.
    pub fn stage<'lock>(&self, lock: &'lock VersionLock) -> Result<StagingDirectory<'lock>, StoreError> {
        loop {
            let path = self.fresh_name(lock.version());
            match DirBuilder::new().mode(0o755).create(&path) {
                Ok(()) => return Ok(StagingDirectory { path, lock, committed: false }),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {} // of an earlier process of this id
                Err(error) => return Err(StoreError::io("create", &path, error)),
            }
        }
    }

    /// Removes what interrupted processes left behind and gives the number of things removed. What belongs to a
    /// version that is locked stays, and so does everything the store did not make.
    pub fn sweep(&self) -> Result<u64, StoreError> {
        let mut removed = 0;
        for path in children(&self.home.staging())? {
            let Some(version) = owner(&path) else { continue };
            let Some(_lock) = self.try_lock(&version)? else { continue };
            // Its owner may have committed it between the listing and the lock.
            if fs::symlink_metadata(&path).is_ok() {
                delete::tree(&path).map_err(|error| StoreError::io("remove", &path, error))?;
                removed += 1;
            }
        }
        Ok(removed + self.sweep_temporaries()?)
    }

    /// Trees that interrupted processes left: what [`Store::sweep`] would remove of `staging/`.
    pub fn leftovers(&self) -> Result<Vec<PathBuf>, StoreError> {
        let staging = self.home.staging();
        if !staging.is_dir() {
            return Ok(Vec::new());
        }
        let mut left = Vec::new();
        for path in children(&staging)? {
            let Some(version) = owner(&path) else { continue };
            if self.home.locks().is_dir() && self.try_lock(&version)?.is_none() {
                continue; // at work
            }
            left.push(path);
        }
        Ok(left)
    }

    /// Removes the temporary files of writers that were killed.
    fn sweep_temporaries(&self) -> Result<u64, StoreError> {
        let mut left = children(self.home.root())?;
        left.retain(|path| is_abandoned(path));
        // Writers of shims hold this lock: while it is free, all of these are leftovers.
        let lock = self.try_acquire(SHIMS)?;
        if lock.is_some() {
            left.extend(children(&self.home.shims())?);
        }
        Ok(left.iter().filter(|path| is_temporary(path) && fs::remove_file(path).is_ok()).map(|_| 1).sum())
    }

    /// A name in `staging/` that this process has not used before.
    pub(super) fn fresh_name(&self, version: &Version) -> PathBuf {
        self.home.staging().join(format!("{}-{}", version.toolchain_name(), unique()))
    }
}

fn is_abandoned(path: &Path) -> bool {
    let found = fs::symlink_metadata(path).ok().filter(fs::Metadata::is_file);
    let age = found.and_then(|found| found.modified().ok()).and_then(|modified| modified.elapsed().ok());
    age.is_some_and(|age| age > ABANDONED)
}

/// The version that a directory in `staging/` was made for; `None` for a name that the store does not give.
fn owner(path: &Path) -> Option<Version> {
    let name = path.file_name()?.to_str()?;
    let (version, rest) = name.split_once('-')?;
    numbers(rest)?;
    version_of(version)
}

fn children(directory: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let listed = fs::read_dir(directory).and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect());
    listed.map_err(|error| StoreError::io("list", directory, error))
}
