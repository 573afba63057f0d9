//! The part of a tree on disk that a release can hold, copied into a new staged tree.
//!
//! Takes a GOROOT that somebody else made and the [`Shape`] of the release that it says it is; gives a [`Staged`] tree
//! whose manifest was read from the copy. Names and sizes pass the same guard as an archive's. What the shape
//! does not know is left where it is, and so are links, devices and FIFOs, which no release holds: where one stands in the
//! place of a file, the copy is not the release, and [`Part::odd`] says why.
//! Only reads the original, never follows a link inside it, never waits for a FIFO. On file systems that can, the
//! copy shares the original's blocks.

use super::UNLOGGED;
use super::error::Limit;
use super::error::UnpackError;
use super::guard::{Guard, Layout};
use super::installed::{EntryKind, InstalledEntry, Walk};
use super::limits::ArchiveLimits;
use super::local_build::{built, not_a_file};
use super::mtime_check::Early;
use super::shape::Shape;
use super::staged::Staged;
use super::tree::TreeRoot;
use super::writer::on_disk;
use rustix::fs::OFlags;
use std::cell::Cell;
use std::fs::{self, File, Metadata};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, SystemTime};

/// Bytes that are read at once where the kernel does not copy.
const WINDOW: usize = 128 << 10;
/// What is written so much later than `VERSION` was not unpacked with it.
const LATER: Duration = Duration::from_secs(600);

/// What of a tree is to be copied.
#[derive(Debug)]
pub struct Part {
    prefix: String,
    files: Vec<PartFile>,
    left_out: Vec<String>,
    odd: Vec<InstalledEntry>,
    bytes: u64,
}

#[derive(Debug)]
struct PartFile {
    path: PathBuf,
    /// Its path in the copy.
    name: String,
    modified: Option<SystemTime>,
}

impl Part {
    /// Lists the tree at `goroot`. `prefix` begins every name of its manifest, as in [`module_zip`](super::module_zip).
    pub fn of(
        goroot: &Path,
        prefix: &str,
        shape: &Shape,
        limits: &ArchiveLimits,
    ) -> Result<Self, UnpackError> {
        let met = Cell::new(0_u64);
        let most = limits.entries + limits.directories;
        let unread = |path: &str, is_directory: bool| {
            met.set(met.get() + 1);
            met.get() > most || !shape.holds(path, is_directory)
        };
        let mut walk = Walk::new(prefix, &unread);
        walk.directory(goroot, "").map_err(|error| unreadable(goroot, error))?;
        if met.get() > most {
            return Err(UnpackError::Limit { which: Limit::Entries, limit: most });
        }
        let (left_out, mut odd): (Vec<_>, Vec<_>) =
            walk.others.into_iter().partition(|entry| matches!(entry.kind, EntryKind::Uncovered));
        if let Some(at) = odd.iter().position(|entry| matches!(entry.kind, EntryKind::Unreadable(_))) {
            return Err(not_a_file(&odd.remove(at), prefix, goroot));
        }
        let below = |name: &str| name.strip_prefix(prefix).unwrap_or(name).to_owned();
        let worth_a_word = |name: &String| !UNLOGGED.contains(&name.as_str());
        let left_out = left_out.iter().map(|entry| below(&entry.name)).filter(worth_a_word).collect();
        let mut part = Self { prefix: prefix.to_owned(), files: Vec::new(), left_out, odd, bytes: 0 };
        let mut guard = Guard::new(Layout::module(prefix), limits);
        for (path, name) in walk.files {
            if is_twin(&name) {
                continue;
            }
            guard.file(name.as_bytes())?;
            let found = fs::symlink_metadata(&path).map_err(|error| unreadable(&path, error))?;
            part.count(&found, limits)?;
            part.files.push(PartFile { path, name: on_disk(&below(&name)), modified: found.modified().ok() });
        }
        Ok(part)
    }

    fn count(&mut self, found: &Metadata, limits: &ArchiveLimits) -> Result<(), UnpackError> {
        self.bytes = self.bytes.saturating_add(found.len());
        if self.bytes > limits.unpacked {
            return Err(UnpackError::Limit { which: Limit::Unpacked, limit: limits.unpacked });
        }
        Ok(())
    }

    /// Bytes of all files together.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// What stays where it is, besides the directories that no module holds: `bin/gopls`, `pkg/mod`.
    pub fn left_out(&self) -> &[String] {
        &self.left_out
    }

    /// Links, devices and FIFOs, which stay where they are.
    pub fn odd_names(&self) -> Vec<String> {
        self.odd
            .iter()
            .map(|entry| entry.name.strip_prefix(&self.prefix).unwrap_or(&entry.name).to_owned())
            .collect()
    }

    /// Why a tree is not the release that holds one of them in the place of a file.
    pub fn odd(&self, goroot: &Path) -> Option<UnpackError> {
        self.odd.first().map(|entry| not_a_file(entry, &self.prefix, goroot))
    }

    /// Files that were written well after the tree's `VERSION`: these are what was changed in the tree.
    pub fn written_later(&self) -> impl Iterator<Item = &str> {
        let version = self.files.iter().find(|file| file.name == "VERSION").and_then(|file| file.modified);
        let limit = version.and_then(|version| version.checked_add(LATER));
        let later = move |file: &&PartFile| limit.is_some() && file.modified > limit;
        self.files.iter().filter(later).map(|file| file.name.as_str())
    }

    /// Copies all of it into the empty directory `into` and reads the copy's manifest. `go_on` receives how many more
    /// bytes were copied, and ends the copying by answering no.
    pub fn copy(
        &self,
        into: &Path,
        limits: &ArchiveLimits,
        go_on: &mut dyn FnMut(u64) -> bool,
    ) -> Result<Staged, UnpackError> {
        let tree = TreeRoot::open(into)?;
        thread::scope(|scope| self.copy_files(tree, &Early::begin(scope), limits, go_on))?;
        built(into, &self.prefix)
    }

    fn copy_files(
        &self,
        mut tree: TreeRoot,
        early: &Early,
        limits: &ArchiveLimits,
        go_on: &mut dyn FnMut(u64) -> bool,
    ) -> Result<(), UnpackError> {
        let mut window = vec![0; WINDOW];
        let mut left = limits.unpacked;
        for file in &self.files {
            let mut original = open(&file.path).map_err(|error| unreadable(&file.path, error))?;
            let mut copy = tree.create(&file.name)?;
            let copied = copy_file(&mut original, &mut copy, left, &mut window);
            let copied = copied.map_err(|error| match error {
                Failed::Reading(error) => unreadable(&file.path, error),
                Failed::Writing(error) => tree.failed(&file.name, error),
                Failed::TooLarge => UnpackError::Limit { which: Limit::Unpacked, limit: limits.unpacked },
            })?;
            early.take(copy, copied);
            left -= copied;
            if !go_on(copied) {
                return Err(UnpackError::Read(io::Error::other("cancelled")));
            }
        }
        Ok(())
    }
}

/// Whether it is the `go.mod` that cmd/go makes beside the `_go.mod` of its own cache, which is copied under that name.
fn is_twin(name: &str) -> bool {
    name.rsplit('/').next() == Some("go.mod")
}

fn open(path: &Path) -> io::Result<File> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let file = File::options().read(true).custom_flags(flags.bits().cast_signed()).open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("it is no longer a regular file"));
    }
    Ok(file)
}

/// Which end of a copy failed.
enum Failed {
    Reading(io::Error),
    Writing(io::Error),
    TooLarge,
}

/// Copies at most `limit` bytes and gives their number: in the kernel as far as it can, the rest through `window`.
fn copy_file(original: &mut File, copy: &mut File, limit: u64, window: &mut [u8]) -> Result<u64, Failed> {
    let length = original.metadata().map_err(Failed::Reading)?.len();
    let mut copied = 0;
    while copied < length.min(limit) {
        let wanted = usize::try_from(length.min(limit) - copied).unwrap_or(usize::MAX);
        // What it cannot do, or does wrong, the loop below meets again and can say which end it was.
        match rustix::fs::copy_file_range(&*original, None, &*copy, None, wanted) {
            Ok(0) | Err(_) => break,
            Ok(count) => copied += count as u64,
        }
    }
    loop {
        let count = match original.read(window) {
            Ok(0) => return Ok(copied),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(Failed::Reading(error)),
        };
        copied += count as u64;
        if copied > limit {
            return Err(Failed::TooLarge);
        }
        copy.write_all(window.get(..count).unwrap_or_default()).map_err(Failed::Writing)?;
    }
}

fn unreadable(path: &Path, source: io::Error) -> UnpackError {
    UnpackError::Unreadable { path: path.to_owned(), source }
}
