//! `file` URLs: a local directory speaks like a server, with "not found" for what does not exist.
//!
//! Only regular files are read; a FIFO, a device or a directory is refused without blocking.

use super::error::NetErrorKind;
use reqwest::Url;
use rustix::fs::OFlags;
use std::fs::{File, FileType, OpenOptions};
use std::io::Read;
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::Path;

/// The most that a configuration file may hold before it is not one.
const SMALL: u64 = 1 << 20;

/// Opens the regular file that `url` names; also its length in bytes.
pub(super) fn open(url: &Url) -> Result<(File, u64), NetErrorKind> {
    if !url.username().is_empty() || url.port().is_some() || url.query().is_some() {
        return Err(NetErrorKind::Unsupported { reason: "a file URL may hold only a path" });
    }
    let path = url
        .to_file_path()
        .map_err(|()| NetErrorKind::Unsupported { reason: "a file URL may not name a host" })?;
    open_regular(&path)
}

/// The content of a small regular file, `None` where it cannot be read or is not such a file.
pub(super) fn read_small(path: &Path) -> Option<Vec<u8>> {
    let (file, _) = open_regular(path).ok()?;
    let mut data = Vec::new();
    file.take(SMALL + 1).read_to_end(&mut data).ok()?;
    (data.len() as u64 <= SMALL).then_some(data)
}

fn open_regular(path: &Path) -> Result<(File, u64), NetErrorKind> {
    // Without O_NONBLOCK the opening of a FIFO would wait for a writer. Bits of these flags fit an i32.
    let flags = (OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY).bits();
    let mut options = OpenOptions::new();
    options.read(true).custom_flags(i32::try_from(flags).unwrap_or(0));
    let file = options.open(path).map_err(|error| NetErrorKind::of_file(&error))?;
    let metadata = file.metadata().map_err(|error| NetErrorKind::of_file(&error))?;
    if metadata.is_file() {
        Ok((file, metadata.len()))
    } else {
        Err(NetErrorKind::NotAFile { found: called(metadata.file_type()) })
    }
}

fn called(kind: FileType) -> &'static str {
    if kind.is_dir() {
        "a directory"
    } else if kind.is_fifo() {
        "a FIFO"
    } else if kind.is_block_device() || kind.is_char_device() {
        "a device"
    } else {
        "something else"
    }
}
