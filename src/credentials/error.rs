//! Why credentials cannot be stored or read, and what to do next.

use crate::store::StoreError;
use std::path::PathBuf;

/// Why credentials cannot be stored or read.
#[derive(Debug, thiserror::Error)]
pub enum CredentialsError {
    /// The file, its lock or its directory is unsafe or unreadable.
    #[error("{path} {why}", path = path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What is wrong, to follow its name.
        why: String,
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
            Self::Store(_) => None,
        }
    }
}
