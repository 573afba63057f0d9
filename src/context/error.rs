//! Why a run of gvmr could not begin or could not tell which Go runs here.

use crate::config::ConfigError;
use crate::request::NotARequest;
use crate::store::StoreError;
use gvmr_core::select::error::ResolveError;
use gvmr_core::sys::printable;
use std::io;

/// Why the context cannot answer.
#[derive(Debug, thiserror::Error)]
pub enum ContextError {
    /// The program has the setuid or setgid bit.
    #[error("refusing to run setuid")]
    Setuid,
    /// The settings.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A question cannot be asked: what it would be about.
    #[error("{0}")]
    CannotAsk(String),
    /// The home.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The current directory cannot be named.
    #[error("cannot find the current directory")]
    WorkingDirectory(#[source] io::Error),
    /// What the directory asks for cannot be understood or found.
    #[error(transparent)]
    Resolve(#[from] ResolveError),
    /// Only another user may change this home.
    #[error("{refused}")]
    ReadOnly {
        /// Whose it is.
        refused: StoreError,
        /// The command that may change it.
        next: String,
    },
    /// The words of a request.
    #[error(transparent)]
    Request(#[from] NotARequest),
    /// No installed version is what was asked for.
    #[error("Go {request} is not installed; installed: {installed}")]
    NotInstalled {
        /// What was asked for.
        request: String,
        /// What is installed.
        installed: String,
        /// The command that helps.
        next: String,
    },
    /// A word such as `latest` where one installed version must be named.
    #[error("\"{text}\" does not name one installed version")]
    NotOneVersion {
        /// The word.
        text: String,
    },
    /// A prefix that several installed versions have.
    #[error("{selector} matches several installed versions: {matching}")]
    Ambiguous {
        /// The prefix.
        selector: String,
        /// Those versions.
        matching: String,
    },
    /// This directory asks for a version that is not installed.
    #[error("{message}")]
    Missing {
        /// The version or prefix, and who asks for it: file, line and rule.
        message: String,
        /// The command that installs it.
        next: String,
    },
    /// Neither `XDG_CONFIG_HOME` nor `HOME` is set.
    #[error("cannot save your default: neither XDG_CONFIG_HOME nor HOME is set")]
    NoDefaultFile,
    /// This user's own default cannot be written.
    #[error("{refused}")]
    OwnDefault {
        /// Why not.
        refused: StoreError,
        /// Where it would be.
        file: std::path::PathBuf,
    },
}

impl ContextError {
    /// What to do, where the error is of this room; the others' stands with their own.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Setuid => Some("remove the setuid and setgid bits from the gvmr program".to_owned()),
            Self::CannotAsk(_) => Some("pass --yes, or preview with --dry-run".to_owned()),
            Self::WorkingDirectory(_) => Some("change to a directory that exists".to_owned()),
            Self::ReadOnly { next, .. } | Self::NotInstalled { next, .. } | Self::Missing { next, .. } => {
                Some(next.clone())
            }
            Self::NotOneVersion { .. } => Some("name one that `gvmr list` shows".to_owned()),
            Self::Ambiguous { .. } => Some("name one of them".to_owned()),
            Self::NoDefaultFile => Some("set HOME to your home directory".to_owned()),
            Self::OwnDefault { file, .. } => {
                Some(format!("make {} writable by you, or remove it", printable::path(file)))
            }
            Self::Config(_) | Self::Store(_) | Self::Resolve(_) | Self::Request(_) => None,
        }
    }
}
