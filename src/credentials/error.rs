//! Why credentials cannot be stored or read, and what to do next.

use crate::store::StoreError;
use gvmr_core::sys::printable;
use std::path::PathBuf;

/// Why credentials cannot be stored or read.
#[derive(Debug, thiserror::Error)]
pub enum CredentialsError {
    /// The file or its lock is unsafe or unreadable.
    #[error("{path} {why}", path = printable::path(path))]
    File {
        /// Which.
        path: PathBuf,
        /// What is wrong, to follow its name.
        why: String,
    },
    /// No file can be made or changed where it belongs.
    #[error("{path} {why}", path = printable::path(path))]
    Directory {
        /// The directory, or the file in it that could not be opened.
        path: PathBuf,
        /// What is wrong, to follow its name.
        why: String,
    },
    /// The file has other names, which would keep what it holds now.
    #[error("{path} has {names} hard links, as a backup with `cp -al` makes; gvmr reads it but does not change it", path = printable::path(path))]
    HardLinked {
        /// The file.
        path: PathBuf,
        /// How many names it has.
        names: u64,
    },
    /// It cannot be written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl CredentialsError {
    /// What to do next; where the home failed, the store's own error knows.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::File { .. } => Some("correct it, or remove it and run `gvmr auth set` again".to_owned()),
            Self::Directory { .. } => {
                Some("make it writable for you, or set HOME or GVMR_HOME to a directory of yours".to_owned())
            }
            Self::HardLinked { path, .. } => {
                let path = printable::path(path);
                Some(format!("make it a single file: `cp -p {path} {path}.new && mv {path}.new {path}`"))
            }
            Self::Store(_) => None,
        }
    }
}
