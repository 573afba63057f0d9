//! What one database said before, as files: verified lookups and tiles, and the newest tree head.
//!
//! Takes paths that this room built itself. Lookups and tiles are an optimisation: what cannot be read is
//! absent, what cannot be written is forgotten. The head is replaced by compare-and-swap under a lock,
//! so that processes at work together never set it back. Believes nothing that it reads: the caller proves
//! it again.

use crate::atomic_file::{CWD, NewFile};
use rustix::io::Errno;
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Longest file that is read back, in bytes.
const MAX_FILE_LENGTH: u64 = super::MAX_ANSWER as u64;
/// How long to wait for another process to finish its compare-and-swap, which takes it milliseconds.
const LOCK_PATIENCE: Duration = Duration::from_secs(5);

/// The mode of cached files.
const MODE: u32 = 0o600;

#[derive(Debug)]
pub(super) struct Cache {
    directory: PathBuf,
}

/// What became of an attempt to replace the head.
pub(super) enum Swap {
    Done,
    /// Somebody else changed it meanwhile; these are the bytes now.
    Conflict(Vec<u8>),
}

impl Cache {
    /// Files below `directory`, which is made when the first one is written.
    pub(super) fn new(directory: PathBuf) -> Self {
        Self { directory }
    }

    /// The bytes kept for `path` (`/lookup/…`, `/tile/…`), if there are any.
    pub(super) fn read(&self, path: &str) -> Option<Vec<u8>> {
        read_file(&self.file(path)).ok().filter(|bytes| !bytes.is_empty())
    }

    /// Keeps verified bytes for `path`.
    pub(super) fn write(&self, path: &str, bytes: &[u8]) {
        // A full or read-only disk costs the next run a download, nothing more.
        let _ = replace(&self.file(path), bytes, Durability::Casual);
    }

    /// Forgets bytes that turned out to be wrong.
    pub(super) fn discard(&self, path: &str) {
        let _ = fs::remove_file(self.file(path));
    }

    /// The remembered head's note; empty if none is remembered, and an error where it was emptied.
    pub(super) fn head(&self) -> io::Result<Vec<u8>> {
        match read_file(&self.file("/latest")) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            // An empty note is a tree head too, that of the empty log, and never written.
            Ok(bytes) if bytes.is_empty() => {
                Err(io::Error::new(io::ErrorKind::InvalidData, "the file is empty"))
            }
            result => result,
        }
    }

    /// Replaces the head if it still is `expected`; an absent head counts as empty.
    pub(super) fn swap_head(&self, expected: &[u8], new: &[u8]) -> io::Result<Swap> {
        make_directory(&self.directory)?;
        let _lock = lock(&self.file("/latest.lock"))?;
        let current = self.head().unwrap_or_default();
        if !current.is_empty() && current != expected {
            return Ok(Swap::Conflict(current));
        }
        replace(&self.file("/latest"), new, Durability::Synced)?;
        Ok(Swap::Done)
    }

    /// Writes down the proof of a fork and gives its path.
    pub(super) fn keep_evidence(&self, name: &str, text: &[u8]) -> io::Result<PathBuf> {
        let path = self.file(name);
        replace(&path, text, Durability::Synced)?;
        Ok(path)
    }

    fn file(&self, path: &str) -> PathBuf {
        self.directory.join(path.trim_start_matches('/'))
    }
}

/// Reads a regular file. Anything else in its place, a FIFO for one, could block forever.
fn read_file(path: &Path) -> io::Result<Vec<u8>> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_FILE_LENGTH + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_FILE_LENGTH { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(bytes) }
}

fn make_directory(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

fn lock(path: &Path) -> io::Result<File> {
    let file =
        OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)?;
    let deadline = Instant::now() + LOCK_PATIENCE;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::Error(error)) => return Err(error),
            Err(TryLockError::WouldBlock) if Instant::now() >= deadline => {
                return Err(io::ErrorKind::TimedOut.into());
            }
            Err(TryLockError::WouldBlock) => thread::sleep(Duration::from_millis(5)),
        }
    }
}

#[derive(Clone, Copy)]
enum Durability {
    /// May be lost with the power.
    Casual,
    /// On the disk before its name is.
    Synced,
}

/// Puts `bytes` at `path` in one step: readers see the old file or the new one.
fn replace(path: &Path, bytes: &[u8], durability: Durability) -> io::Result<()> {
    static COUNTER: AtomicU64 = AtomicU64::new(0);

    let directory = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    make_directory(directory)?;
    let unique = COUNTER.fetch_add(1, Ordering::Relaxed);
    let temporary = directory.join(format!(".{}-{unique}.tmp", process::id()));
    let new = match NewFile::create(CWD, &temporary, MODE) {
        // Left by a process of the same id that was killed.
        Err(Errno::EXIST) => {
            fs::remove_file(&temporary)?;
            NewFile::create(CWD, &temporary, MODE)?
        }
        result => result?,
    };
    match durability {
        Durability::Synced => new.write(bytes)?,
        Durability::Casual => new.write_unsynced(bytes)?,
    }
    Ok(new.replace(path)?)
}
