//! Why gvmr was not removed, or not all of it.

use crate::config::ConfigError;
use crate::installation::InstallationError;
use crate::shell::SetupError;
use crate::store::StoreError;
use gvmr_core::sys::printable;
use std::path::PathBuf;

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub enum UninstallError {
    /// Where the shared home is.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// What setup changed.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// A directory that was to go.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// gvmr's own files.
    #[error(transparent)]
    Installation(#[from] InstallationError),
    /// A start-up file could not be reverted. While it is so, gvmr stays.
    #[error("cannot revert {}: {why}", printable::path(path))]
    NotReverted {
        /// The file.
        path: PathBuf,
        /// Why not.
        why: String,
    },
}
