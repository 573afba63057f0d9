//! The manifest that a commit keeps beside the tree: one line a file, in the form whose sha256 is the `h1` hash.
//!
//! It needs no trust: its reader hashes it and compares that with the log.

use super::StoreError;
use crate::unpack::MANIFEST;
use crate::verify::Manifest;
use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// The longest manifest that is read, in bytes; written ones have 1.5 MB.
const MAX_LENGTH: u64 = 64 << 20;

/// Writes the manifest into a staged tree.
pub(super) fn write(tree: &Path, manifest: &Manifest) -> Result<(), StoreError> {
    let path = tree.join(MANIFEST);
    let file = File::options().write(true).create_new(true).mode(0o644).open(&path);
    let written = file.and_then(|file| {
        let mut out = BufWriter::with_capacity(256 << 10, file);
        manifest.write_summary(&mut out)?;
        out.flush()
    });
    written.map_err(|error| StoreError::io("write", &path, error))
}

/// The manifest of an installed tree; `None` where it is missing, too long or not one.
pub fn kept_manifest(goroot: &Path) -> Option<Manifest> {
    let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
    let file = File::options()
        .read(true)
        .custom_flags(flags.bits().cast_signed())
        .open(goroot.join(MANIFEST))
        .ok()?;
    let mut text = String::new();
    file.take(MAX_LENGTH).read_to_string(&mut text).ok()?;
    Manifest::from_summary(&text)
}
