//! Why there is no drop-in for sudo, and why one is not in place.

use crate::shell::EditError;
use crate::store::StoreError;

/// Why no drop-in is written.
#[derive(Debug, thiserror::Error)]
pub enum NoDropIn {
    /// This machine has no sudo.
    #[error("sudo is not installed")]
    NoSudo,
    /// Without `visudo`, a drop-in could break sudo unnoticed.
    #[error("visudo is not installed, so sudo's PATH was not changed")]
    NoVisudo,
    /// Commands keep the caller's `PATH`, which has the shims.
    #[error("sudo keeps the caller's PATH")]
    KeepsPath,
    /// Another file sets it.
    #[error("sudo's secure_path already starts with the shim directory")]
    AlreadyFirst,
    /// sudo does not read the drop-in, or obeys a later line.
    #[error("sudoers does not include /etc/sudoers.d, or sets secure_path after it")]
    NoEffect,
    /// The value holds a quote, a backslash or a control character.
    #[error("sudo's secure_path has characters that gvmr does not write to sudoers")]
    Unfit,
    /// sudo does not run a command for root, or does not answer in time.
    #[error("cannot determine sudo's PATH: {0}")]
    Unanswered(String),
    /// sudoers is invalid without the drop-in.
    #[error("sudoers is invalid, so it was not changed: {0}")]
    Invalid(String),
}

impl NoDropIn {
    /// Whether the drop-in is needed, and could not be made.
    pub fn is_failure(&self) -> bool {
        matches!(self, Self::Invalid(_))
    }

    /// The next step, if it is a failure.
    pub fn hint(&self) -> Option<&'static str> {
        self.is_failure().then_some("fix sudoers with `visudo`, then run `gvmr setup --system` again")
    }

    /// Whether commands find the shims without it, if they find anything.
    pub fn finds_shims(&self) -> bool {
        matches!(self, Self::NoSudo | Self::KeepsPath | Self::AlreadyFirst)
    }
}

/// Why the drop-in is not in place.
#[derive(Debug, thiserror::Error)]
pub enum SudoError {
    /// The text is invalid; nothing was changed.
    #[error("visudo rejected the drop-in, so it was not installed: {0}")]
    Rejected(String),
    /// With the drop-in, sudoers is invalid or sudo runs nothing; what was there before is restored.
    #[error("sudo does not work with the drop-in, so it was undone: {0}")]
    Undone(String),
    /// sudo's `PATH` lacks the shims all the same; what was there before is restored.
    #[error("{}", NoDropIn::NoEffect)]
    NoEffect,
    /// The drop-in could not be written, or not be undone.
    #[error(transparent)]
    Edit(#[from] EditError),
    /// The text could not be written to be checked.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl SudoError {
    /// The next step, if there is one.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Edit(error) => error.hint(),
            Self::Rejected(_) | Self::Undone(_) => Some("run `visudo -c`".to_owned()),
            Self::NoEffect | Self::Store(_) => None,
        }
    }
}
