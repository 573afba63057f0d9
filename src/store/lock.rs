//! One lock for each version, and one for the shims: advisory file locks, which die with their process.
//!
//! A lock file is never deleted: all processes that wait for a lock wait for the same file. It holds the process id
//! and the time of the last holder, for people only: whether a lock is held is the kernel's to say.

use super::Store;
use super::error::StoreError;
use super::time;
use gvmr_core::gover::version::Version;
use rustix::io::Errno;
use std::fmt;
use std::fs::{self, File, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

/// How often a waiter tries again, and looks whether it is cancelled.
const INTERVAL: Duration = Duration::from_millis(50);
/// How long a new holder may take to write down who it is.
const GRACE: Duration = Duration::from_millis(500);

/// Who holds a lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// What it holds: `go1.23.4`, or `shims`.
    pub lock: String,
    /// The holder's process id, as it wrote it down; `None` where that cannot be read.
    pub pid: Option<u32>,
    /// Since when it holds the lock.
    pub since: Option<SystemTime>,
}

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
        let version = version.as_released();
        let file = self.acquire(&version.toolchain_name(), waiting, cancelled)?;
        Ok(VersionLock { version, _file: file })
    }

    /// Locks one version if it is free.
    pub(super) fn try_lock(&self, version: &Version) -> Result<Option<VersionLock>, StoreError> {
        let version = version.as_released();
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
            let holder = read_holder(&mut file, name);
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

/// Writes down who holds the lock. It helps people only, so a full disk does not matter.
fn sign(file: &mut File) {
    let text = format!("{} {}\n", std::process::id(), time::seconds_since_epoch(SystemTime::now()));
    let _ = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| file.write_all(text.as_bytes()));
}

fn read_holder(file: &mut File, name: &str) -> Holder {
    let mut text = String::new();
    let _ = file.take(64).read_to_string(&mut text);
    let mut words = text.split_whitespace();
    let pid = words.next().and_then(|word| word.parse().ok());
    let since = words.next().and_then(|word| word.parse().ok());
    let since = since.and_then(|seconds| SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds)));
    Holder { lock: name.to_owned(), pid, since }
}

impl fmt::Display for Holder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.pid {
            Some(pid) => write!(formatter, "process {pid} holds {}", self.lock)?,
            None => write!(formatter, "another process holds {}", self.lock)?,
        }
        match self.since {
            Some(since) => write!(formatter, " since {}", time::rfc3339(since)),
            None => Ok(()),
        }
    }
}
