//! Why a run of setup ends before it has changed all that it planned.

use crate::shell::{AccountError, CrontabError, EditError, ScriptError, SystemError};
use crate::store::StoreError;
use gvmr_core::sys::printable;
use std::path::PathBuf;

/// Why setup stopped. A file that cannot be edited does not stop it: see `Changes::failed`.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The home cannot be named in start-up files.
    #[error(transparent)]
    Script(#[from] ScriptError),
    /// There is no account whose files can be edited.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// The crontab cannot be read, or has half a block.
    #[error(transparent)]
    Crontab(#[from] CrontabError),
    /// A file cannot be moved.
    #[error(transparent)]
    Edit(#[from] EditError),
    /// The home cannot be the machine's.
    #[error(transparent)]
    System(#[from] SystemError),
    /// The home cannot be written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Root keeps this home, and has not set it up.
    #[error("root has not set up the shared home {}", printable::path(home))]
    NotSetUp {
        /// The home.
        home: PathBuf,
        /// This program.
        gvmr: PathBuf,
    },
}

impl SetupError {
    /// The next step, if the cause has none.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NotSetUp { gvmr, .. } => {
                Some(format!("run `sudo {} setup --system`", printable::path(gvmr)))
            }
            _ => None,
        }
    }
}
