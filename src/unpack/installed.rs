//! An installed tree as the list of what a module zip would say of it.
//!
//! Takes a GOROOT, gives every file's name in the module and its sha256, hashed by two threads. What cannot
//! belong to a toolchain (links, devices, unreadable files) is listed too, as what it is: judging is the
//! caller's. Never follows a link, never opens anything but regular files, never changes anything.

use super::{OWN, UNLOGGED};
use crate::verify::{Manifest, ManifestError};
use sha2::{Digest as _, Sha256};
use std::fs::{self, File, FileType};
use std::io::{self, Read as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Threads that hash.
const THREADS: usize = 2;
/// Bytes that each reads at once.
const WINDOW: usize = 256 << 10;

/// One thing found in an installed tree.
#[derive(Debug)]
pub struct InstalledEntry {
    /// Its name in the module: prefix, forward slashes, `go.mod` as `_go.mod`. A byte that is not UTF-8 is
    /// replaced, which no module's name can match.
    pub name: String,
    /// What it is.
    pub kind: EntryKind,
}

/// What an [`InstalledEntry`] is.
#[derive(Debug)]
pub enum EntryKind {
    /// A regular file and its content's sha256.
    File([u8; 32]),
    /// A symbolic link.
    Link,
    /// A device, FIFO or socket.
    Special,
    /// What was left unread; in [`installed`] the top-level directories that no module holds: `api`, `doc`, `misc`,
    /// `test`, `.github`.
    Uncovered,
    /// A file or directory that could not be read.
    Unreadable(io::Error),
}

/// Lists the tree at `goroot`, sorted by name; `prefix` begins every name, as in
/// [`module_zip`](super::module_zip). Fails only where `goroot` itself cannot be listed.
///
/// A `go.mod` beside a `_go.mod` of the same content is left out: cmd/go makes such twins in its own cache.
pub fn installed(goroot: &Path, prefix: &str) -> io::Result<Vec<InstalledEntry>> {
    let uncovered = |path: &str, is_directory: bool| is_directory && UNLOGGED.contains(&path);
    let mut walk = Walk::new(prefix, &uncovered);
    walk.directory(goroot, "")?;
    let sums = hash_all(&walk.files);
    let mut entries = walk.others;
    for ((_, name), sum) in walk.files.into_iter().zip(sums) {
        let kind = sum.map_or_else(EntryKind::Unreadable, |(sha256, _)| EntryKind::File(sha256));
        entries.push(InstalledEntry { name, kind });
    }
    entries.sort_by(|left, right| left.name.cmp(&right.name));
    let same_as_its_twin = |entry: &InstalledEntry| {
        let Some(twin) = walk.twins.iter().find(|twin| twin.0 == entry.name) else { return false };
        let found = entries.binary_search_by(|other| other.name.cmp(&twin.1)).ok();
        let found = found.and_then(|at| entries.get(at));
        matches!((&entry.kind, found.map(|other| &other.kind)), (EntryKind::File(one), Some(EntryKind::File(two))) if one == two)
    };
    let twins: Vec<bool> = entries.iter().map(same_as_its_twin).collect();
    let mut twins = twins.into_iter();
    entries.retain(|_| !twins.next().unwrap_or_default());
    Ok(entries)
}

/// The manifest of the regular files among `entries`; an error where a name cannot be a module's.
pub fn manifest(entries: &[InstalledEntry]) -> Result<Manifest, ManifestError> {
    let mut manifest = Manifest::default();
    for entry in entries {
        if let EntryKind::File(sha256) = entry.kind {
            manifest.add(entry.name.clone(), sha256)?;
        }
    }
    Ok(manifest)
}

pub(super) struct Walk<'a> {
    prefix: &'a str,
    /// Whether the file or directory (said by the second argument) at a path below the root is left unread.
    unread: &'a dyn Fn(&str, bool) -> bool,
    /// Regular files: where they are and what the module calls them.
    pub(super) files: Vec<(PathBuf, String)>,
    /// Everything else but directories.
    pub(super) others: Vec<InstalledEntry>,
    /// Names of a `go.mod` and of the `_go.mod` beside it.
    twins: Vec<(String, String)>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(prefix: &'a str, unread: &'a dyn Fn(&str, bool) -> bool) -> Self {
        Self { prefix, unread, files: Vec::new(), others: Vec::new(), twins: Vec::new() }
    }

    /// Lists one directory, whose name below the root ends in a slash unless it is the root's.
    pub(super) fn directory(&mut self, path: &Path, below: &str) -> io::Result<()> {
        let mut children: Vec<_> = fs::read_dir(path)?.collect::<Result<_, _>>()?;
        children.sort_by_key(fs::DirEntry::file_name);
        let has_module_file = children.iter().any(|child| child.file_name() == "_go.mod");
        for child in children {
            let text = String::from_utf8_lossy(child.file_name().as_bytes()).into_owned();
            if below.is_empty() && OWN.contains(&text.as_str()) {
                continue;
            }
            let path = format!("{below}{text}");
            let name = format!("{}{path}", self.prefix);
            match child.file_type() {
                Ok(kind) if (self.unread)(&path, kind.is_dir()) => {
                    self.others.push(InstalledEntry { name, kind: EntryKind::Uncovered });
                }
                Ok(kind) if kind.is_dir() => {
                    if let Err(error) = self.directory(&child.path(), &format!("{path}/")) {
                        self.others.push(InstalledEntry { name, kind: EntryKind::Unreadable(error) });
                    }
                }
                Ok(kind) if kind.is_file() => self.file(child.path(), name, &text, has_module_file),
                Ok(kind) => self.others.push(InstalledEntry { name, kind: kind_of(kind) }),
                Err(error) => self.others.push(InstalledEntry { name, kind: EntryKind::Unreadable(error) }),
            }
        }
        Ok(())
    }

    fn file(&mut self, path: PathBuf, name: String, text: &str, has_module_file: bool) {
        if text != "go.mod" {
            self.files.push((path, name));
            return;
        }
        let module_name = format!("{}_go.mod", name.strip_suffix("go.mod").unwrap_or(&name));
        if has_module_file {
            self.twins.push((name.clone(), module_name));
            self.files.push((path, name));
        } else {
            self.files.push((path, module_name));
        }
    }
}

fn kind_of(kind: FileType) -> EntryKind {
    if kind.is_symlink() { EntryKind::Link } else { EntryKind::Special }
}

/// The sha256 of a file's content, and how many bytes that is.
type Sum = ([u8; 32], u64);

/// The sum of every file, in the same order.
pub(super) fn hash_all(files: &[(PathBuf, String)]) -> Vec<io::Result<Sum>> {
    let next = AtomicUsize::new(0);
    let hash_some = || {
        let mut window = vec![0; WINDOW];
        let mut sums = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some((path, _)) = files.get(index) else { return sums };
            sums.push((index, hash(path, &mut window)));
        }
    };
    let mut sums = thread::scope(|scope| {
        let others: Vec<_> = (1..THREADS)
            .map(|_| thread::Builder::new().name("hash".to_owned()).spawn_scoped(scope, hash_some))
            .collect();
        let mut sums = hash_some();
        for other in others.into_iter().flatten() {
            sums.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        sums
    });
    sums.sort_by_key(|(index, _)| *index);
    sums.into_iter().map(|(_, sum)| sum).collect()
}

fn hash(path: &Path, window: &mut [u8]) -> io::Result<Sum> {
    let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
    let mut file = File::options().read(true).custom_flags(flags.bits().cast_signed()).open(path)?;
    let (mut sha256, mut bytes) = (Sha256::new(), 0);
    loop {
        let count = match file.read(window) {
            Ok(0) => return Ok((sha256.finalize().into(), bytes)),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        sha256.update(window.get(..count).unwrap_or_default());
        bytes += count as u64;
    }
}
