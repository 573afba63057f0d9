//! A tree that was built in place, as a staged one.
//!
//! Takes a GOROOT, hashes every regular file as it lies, all directories included. What cannot be installed (a
//! link, a device, a file that cannot be read, two files that one name in a manifest would mean) is an error.
//! Never follows a link, never changes anything.

use super::error::UnpackError;
use super::installed::{EntryKind, InstalledEntry, Walk, hash_all};
use super::staged::Staged;
use crate::verify::Manifest;
use std::io;
use std::path::{Path, PathBuf};

/// Lists and hashes the tree at `goroot`. `prefix` begins every name of its manifest, where each `go.mod` is called
/// `_go.mod`, as in [`archive`](super::archive). The store's own files at its root are left out.
pub fn built(goroot: &Path, prefix: &str) -> Result<Staged, UnpackError> {
    let unreadable = |path: PathBuf, source: io::Error| UnpackError::Unreadable { path, source };
    let mut walk = Walk::new(prefix, &|_, _| false);
    walk.directory(goroot, "").map_err(|source| unreadable(goroot.to_owned(), source))?;
    if let Some(other) = walk.others.into_iter().next() {
        return Err(not_a_file(&other, prefix, goroot));
    }
    let sums = hash_all(&walk.files);
    let (mut manifest, mut files, mut bytes) = (Manifest::new(), 0, 0);
    for ((path, name), sum) in walk.files.into_iter().zip(sums) {
        if path.ends_with("_go.mod") {
            return Err(UnpackError::refused(name.as_bytes(), "only modules may hold a _go.mod"));
        }
        if name.contains(char::REPLACEMENT_CHARACTER) {
            return Err(UnpackError::refused(name.as_bytes(), "a name must be UTF-8"));
        }
        let (sha256, size) = sum.map_err(|source| unreadable(path, source))?;
        manifest
            .add(name.clone(), sha256)
            .map_err(|_| UnpackError::refused(name.as_bytes(), "a name holds a newline or occurs twice"))?;
        files += 1;
        bytes += size;
    }
    Ok(Staged { directory: goroot.to_owned(), manifest, files, bytes, archive_sha256: None })
}

/// Why a tree that holds this cannot be installed.
pub(super) fn not_a_file(entry: &InstalledEntry, prefix: &str, goroot: &Path) -> UnpackError {
    let below = entry.name.strip_prefix(prefix).unwrap_or(&entry.name);
    match &entry.kind {
        EntryKind::Link => UnpackError::refused(below.as_bytes(), "a toolchain may not hold links"),
        EntryKind::Unreadable(source) => {
            // The error itself cannot be copied.
            let source =
                source.raw_os_error().map_or_else(|| source.kind().into(), io::Error::from_raw_os_error);
            UnpackError::Unreadable { path: goroot.join(below), source }
        }
        EntryKind::Special | EntryKind::Uncovered | EntryKind::File(_) => {
            UnpackError::refused(below.as_bytes(), "a toolchain may not hold devices")
        }
    }
}
