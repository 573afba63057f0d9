//! What is at a path at one moment, as far as an edit can change it.

use crate::shell::Crontab;
use crate::verify::Sha256Sum;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// Larger files are not edited, in bytes.
const LIMIT: u64 = 64 << 20;

/// Something that an edit changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Edited {
    /// A file or directory, by its real path.
    Path(PathBuf),
    /// The user's crontab.
    Crontab,
}

/// What is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "lowercase")]
pub enum FileState {
    /// Nothing; so many directories above it are not there either.
    Absent {
        /// How many.
        directories: usize,
    },
    /// A file with this content.
    File {
        /// Of all of it, in hexadecimal.
        sha256: String,
        /// Its permissions.
        mode: u32,
    },
    /// A file of the user's that its mode keeps the user from reading.
    Closed {
        /// Its permissions.
        mode: u32,
    },
    /// A directory.
    Directory {
        /// Its permissions.
        mode: u32,
    },
    /// A symbolic link.
    Link {
        /// Where it leads.
        to: PathBuf,
    },
}

impl FileState {
    /// A file of this content.
    pub(super) fn of_content(bytes: &[u8], mode: u32) -> Self {
        Self::File { sha256: sum(bytes), mode }
    }
}

/// The sha256 of some bytes, in hexadecimal.
pub(super) fn sum(bytes: &[u8]) -> String {
    Sha256Sum(Sha256::digest(bytes).into()).to_string()
}

/// Where a path leads; itself where that is unknown.
pub(super) fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

impl Edited {
    /// What is there now, and the bytes of a file.
    pub(super) fn look(&self) -> io::Result<(FileState, Vec<u8>)> {
        match self {
            Self::Path(path) => look(path),
            Self::Crontab => {
                let crontab = Crontab::read().map_err(io::Error::other)?;
                let text = crontab.text().to_vec();
                Ok((FileState::of_content(&text, 0), text))
            }
        }
    }
}

fn look(path: &Path) -> io::Result<(FileState, Vec<u8>)> {
    let found = match fs::symlink_metadata(path) {
        Ok(found) => found,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            let directories = path.ancestors().skip(1).take_while(|above| !above.exists()).count();
            return Ok((FileState::Absent { directories }, Vec::new()));
        }
        Err(error) => return Err(error),
    };
    let mode = found.mode() & 0o7777;
    if found.is_dir() {
        return Ok((FileState::Directory { mode }, Vec::new()));
    }
    if found.is_symlink() {
        return Ok((FileState::Link { to: fs::read_link(path)? }, Vec::new()));
    }
    if !found.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
    }
    let flags = (rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOFOLLOW).bits();
    let opened = File::options().read(true).custom_flags(i32::try_from(flags).unwrap_or_default()).open(path);
    let file = match opened {
        Err(error)
            if error.kind() == io::ErrorKind::PermissionDenied
                && found.uid() == rustix::process::geteuid().as_raw() =>
        {
            return Ok((FileState::Closed { mode }, Vec::new()));
        }
        opened => opened?,
    };
    let mut bytes = Vec::new();
    file.take(LIMIT + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LIMIT {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok((FileState::of_content(&bytes, mode), bytes))
}
