//! One lock for each version, and one for the shims: advisory file locks, which die with their process.
//!
//! A lock file is never deleted: all processes that wait for a lock wait for the same file. It holds the process id
//! and the time of the last holder, for people only: whether a lock is held is the kernel's to say. A holder touches the
//! file as it makes progress; one that does not for long, or that is stopped, is waited for no longer.

use super::Store;
use super::error::StoreError;
use super::holder::{Holder, Observed, sign};
use crate::calendar;
use gvmr_core::gover::version::Version;
use rustix::fs::OFlags;
use rustix::io::Errno;
use std::fs::{self, File, TryLockError};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

/// How often a waiter tries again, and looks whether it is cancelled.
const INTERVAL: Duration = Duration::from_millis(50);
/// How long a new holder may take to write down who it is.
const GRACE: Duration = Duration::from_millis(500);
/// How long a holder may make no progress, where no setting says so.
pub const LOCK_TIMEOUT: Duration = Duration::from_secs(600);
/// How often a holder says at most that it makes progress, in seconds.
const BEAT: u64 = 1;

/// How a lock is waited for that another process holds.
pub struct LockWait<'a> {
    /// How long the holder may make no progress.
    pub timeout: Duration,
    /// Gets the holder within a second, and again when the holder changes.
    pub waiting: &'a dyn Fn(&Holder),
    /// Is asked some twenty times a second, and ends the waiting.
    pub cancelled: &'a dyn Fn() -> bool,
}

/// The right to change one version, until it is dropped.
#[derive(Debug)]
pub struct VersionLock {
    version: Version,
    file: File,
    /// When progress was reported last, in seconds since the epoch.
    reported: AtomicU64,
}

impl VersionLock {
    fn new(version: Version, file: File) -> Self {
        Self { version, file, reported: AtomicU64::new(0) }
    }

    /// Tells those who wait for this lock that its holder goes on: they give up on one that does not.
    pub fn report_progress(&self) {
        let now = SystemTime::now();
        let seconds = calendar::seconds_since_epoch(now);
        let before = self.reported.swap(seconds, Ordering::Relaxed);
        if seconds.abs_diff(before) >= BEAT {
            let _ = self.file.set_modified(now); // a file system without times makes waiters less patient
        }
    }

    /// The version, as it was released.
    pub fn version(&self) -> &Version {
        &self.version
    }
}

impl Store {
    /// Locks one version, waiting for as long as another process holds it and makes progress; else [`StoreError::Stuck`].
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
        Ok(VersionLock::new(version, file))
    }

    /// Locks one version if it is free.
    pub(super) fn try_lock(&self, version: &Version) -> Result<Option<VersionLock>, StoreError> {
        let version = version.exact();
        let file = self.try_acquire(&version.toolchain_name())?;
        Ok(file.map(|file| VersionLock::new(version, file)))
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
        lock_file(&path, name, &LockWait { timeout: self.lock_timeout, waiting, cancelled })
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

/// Locks the file at `path`, which protects what `name` says; the lock ends when the file is closed.
pub fn lock_file(path: &Path, name: &str, wait: &LockWait<'_>) -> Result<File, StoreError> {
    let start = Instant::now();
    let mut told: Option<Holder> = None;
    let mut observed = Observed::new();
    loop {
        let mut file = open(path)?;
        match file.try_lock() {
            // Someone may have deleted the file by hand since it was opened: then this lock excludes no other process.
            Ok(()) if is_still_there(&file, path) => {
                sign(&mut file);
                return Ok(file);
            }
            Ok(()) => continue,
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => return Err(no_lock(path, error)),
        }
        let holder = Holder::read(&mut file, name);
        let known = holder.pid.is_some() || start.elapsed() > GRACE;
        if known && told.as_ref() != Some(&holder) {
            (wait.waiting)(&holder);
            told = Some(holder.clone());
        }
        if let Some(stuck) = observed.is_stuck(&file, &holder, wait.timeout) {
            return Err(StoreError::Stuck { holder, stuck, path: path.to_owned() });
        }
        if (wait.cancelled)() {
            return Err(StoreError::Cancelled);
        }
        thread::sleep(INTERVAL);
    }
}

/// Follows no link, and waits for no FIFO: in a directory that others can write to, they may have been planted.
fn open(path: &Path) -> Result<File, StoreError> {
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed();
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
