//! Why mends cannot be made or taken back.

use gvmr_core::sys::printable::path as shown;
use std::io;
use std::path::PathBuf;

/// What keeps `doctor --fix` or its undo from beginning.
#[derive(Debug, thiserror::Error)]
pub enum FixError {
    /// There is no place for the journal.
    #[error("cannot find your state directory: neither XDG_STATE_HOME nor HOME is an absolute path")]
    NoStateDirectory,
    /// Others could read or change the journal.
    #[error("{} belongs to another user, or others can write to it", shown(path))]
    Unsafe {
        /// Which directory.
        path: PathBuf,
    },
    /// Another one is at work.
    #[error("another `gvmr doctor --fix` is running")]
    Busy,
    /// The system refused.
    #[error("cannot {action} {}: {source}", shown(path))]
    Io {
        /// What was tried.
        action: &'static str,
        /// Where.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// A journal is not what was written.
    #[error("the journal {} is damaged: {why}", shown(path))]
    Damaged {
        /// Its file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// There is no run to take back.
    #[error("nothing to undo: no run of `gvmr doctor --fix` is recorded")]
    NothingToUndo,
}

impl FixError {
    /// The next step, where there is one.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NoStateDirectory => Some("set HOME to your home directory".to_owned()),
            Self::Unsafe { path } => Some(format!(
                "run `chmod 700 {}`, or remove it",
                crate::shell::quote::where_needed(path.as_os_str())
            )),
            Self::Busy => Some("wait until it has ended".to_owned()),
            Self::Damaged { .. } => Some(
                "nothing was changed; run `gvmr doctor --forget` to delete the journal, after which no undo is possible"
                    .to_owned(),
            ),
            Self::Io { .. } | Self::NothingToUndo => None,
        }
    }
}

impl From<FixError> for String {
    fn from(error: FixError) -> Self {
        error.to_string()
    }
}

/// An error in words.
pub(super) fn words(error: impl std::fmt::Display) -> String {
    error.to_string()
}
