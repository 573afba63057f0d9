//! One lock for each version, and one for the shims: advisory file locks, which die with their process.
//!
//! A lock file is never deleted: all processes that wait for a lock wait for the same file. It holds the process id
//! and the time of the last holder, for people only: whether a lock is held is the kernel's to say.

use super::Store;
use super::error::StoreError;
use super::holder::{Holder, sign};
use gvmr_core::gover::version::Version;
use rustix::io::Errno;
use std::fs::{self, File, TryLockError};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

/// How often a waiter tries again, and looks whether it is cancelled.
const INTERVAL: Duration = Duration::from_millis(50);
/// How long a new holder may take to write down who it is.
const GRACE: Duration = Duration::from_millis(500);

/// The right to change one version, until it is dropped.
#[derive(Debug)]
pub struct VersionLock {
    version: Version,
    _file: File,
}

impl VersionLock {
    /// The version, as it was released.
    pub fn version(&self) -> &Version {
        &self.version
    }
}

impl Store {
    /// Locks one version, waiting for as long as another process holds it.
    ///
    /// `waiting` gets the holder within a second, and again when the holder changes; `cancelled` is asked
    /// some twenty times a second and ends the waiting with [`StoreError::Cancelled`].
    pub fn lock(
        &self,
        version: &Version,
        waiting: &dyn Fn(&Holder),
        cancelled: &dyn Fn() -> bool,
    ) -> Result<VersionLock, StoreError> {
        let version = version.exact();
        let file = self.acquire(&version.toolchain_name(), waiting, cancelled)?;
        Ok(VersionLock { version, _file: file })
    }

    /// Locks one version if it is free.
    pub(super) fn try_lock(&self, version: &Version) -> Result<Option<VersionLock>, StoreError> {
        let version = version.exact();
        let file = self.try_acquire(&version.toolchain_name())?;
        Ok(file.map(|file| VersionLock { version, _file: file }))
    }

    /// Locks by name if it is free.
    pub(super) fn try_acquire(&self, name: &str) -> Result<Option<File>, StoreError> {
        match self.acquire(name, &|_| {}, &|| true) {
            Ok(file) => Ok(Some(file)),
            Err(StoreError::Cancelled) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Locks by name; the lock ends when the file is closed.
    pub(super) fn acquire(
        &self,
        name: &str,
        waiting: &dyn Fn(&Holder),
        cancelled: &dyn Fn() -> bool,
    ) -> Result<File, StoreError> {
        let path = self.home.locks().join(format!("{name}.lock"));
        let start = Instant::now();
        let mut told: Option<Holder> = None;
        loop {
            let mut file = open(&path)?;
            match file.try_lock() {
                // Someone may have deleted the file by hand since it was opened: then this lock excludes no other process.
                Ok(()) if is_still_there(&file, &path) => {
                    sign(&mut file);
                    return Ok(file);
                }
                Ok(()) => continue,
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => return Err(no_lock(&path, error)),
            }
            let holder = Holder::read(&mut file, name);
            let known = holder.pid.is_some() || start.elapsed() > GRACE;
            if known && told.as_ref() != Some(&holder) {
                waiting(&holder);
                told = Some(holder);
            }
            if cancelled() {
                return Err(StoreError::Cancelled);
            }
            thread::sleep(INTERVAL);
        }
    }

    /// Locks by name, waiting no longer than `patience`.
    pub(super) fn acquire_soon(&self, name: &str, patience: Duration) -> Result<File, StoreError> {
        let deadline = Instant::now() + patience;
        let last = std::cell::RefCell::new(None);
        let remember = |holder: &Holder| *last.borrow_mut() = Some(holder.clone());
        match self.acquire(name, &remember, &|| Instant::now() >= deadline) {
            Err(StoreError::Cancelled) => {
                let unknown = Holder { lock: name.to_owned(), pid: None, since: None };
                Err(StoreError::Busy { holder: last.take().unwrap_or(unknown) })
            }
            other => other,
        }
    }
}

fn open(path: &Path) -> Result<File, StoreError> {
    let flags = rustix::fs::OFlags::NOFOLLOW.bits().cast_signed();
    let mut options = File::options();
    options.read(true).write(true).create(true).truncate(false).mode(0o600).custom_flags(flags);
    options.open(path).map_err(|error| StoreError::io("open", path, error))
}

fn is_still_there(file: &File, path: &Path) -> bool {
    let (Ok(held), Ok(named)) = (file.metadata(), fs::symlink_metadata(path)) else { return false };
    (held.dev(), held.ino()) == (named.dev(), named.ino())
}

fn no_lock(path: &Path, error: std::io::Error) -> StoreError {
    match Errno::from_io_error(&error) {
        Some(Errno::NOLCK | Errno::OPNOTSUPP | Errno::NOSYS | Errno::INVAL) => {
            StoreError::NoLocks { path: path.to_owned() }
        }
        _ => StoreError::io("lock", path, error),
    }
}
