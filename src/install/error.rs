//! Why an install did not happen.

use crate::sources::SourceError;
use crate::store::StoreError;
use crate::unpack::UnpackError;
use crate::verify::{LogError, Mismatch};
use gvmr_shims::version::Version;
use std::path::PathBuf;

/// The first thing that ended an install. Nothing was installed then.
#[derive(Debug, thiserror::Error)]
pub enum InstallError {
    /// No such release for this platform.
    #[error("there is no Go {wanted} for {platform}{}", nearest_words(nearest))]
    Unknown {
        /// What was asked for.
        wanted: String,
        /// For what.
        platform: String,
        /// The releases nearest to it, newest first.
        nearest: Vec<Version>,
    },
    /// The sources failed.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The log did not vouch for it.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The bytes are not what the log recorded.
    #[error("{source_url} sent something else than the log recorded: {mismatch}")]
    Mismatch {
        /// Where the bytes came from.
        source_url: String,
        /// Expected and got.
        mismatch: Box<Mismatch>,
    },
    /// The archive's bytes cannot be the logged ones: no toolchain module looks like that.
    #[error("{source_url} sent an archive of {toolchain} that is not the one the log recorded: {error}")]
    Archive {
        /// Where the bytes came from.
        source_url: String,
        /// What they were to be.
        toolchain: String,
        /// What is wrong with them.
        #[source]
        error: Box<UnpackError>,
    },
    /// The tree could not be written, or its bytes could not be read to the end.
    #[error("{toolchain}: {error}")]
    Unpack {
        /// What was being installed.
        toolchain: String,
        /// What failed.
        #[source]
        error: Box<UnpackError>,
    },
    /// The body ended before the archive did, and nobody had said how long it would be.
    #[error("{toolchain}: the connection to {source_url} ended early")]
    Cut {
        /// What was being installed.
        toolchain: String,
        /// Where the bytes came from.
        source_url: String,
    },
    /// The home failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An installed tree cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Unreadable {
        /// The directory.
        path: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// The user ended it.
    #[error("interrupted")]
    Cancelled,
}

impl InstallError {
    /// `whole` says that the body came to its announced end, so that what is missing was never there.
    pub(super) fn unpack(
        error: UnpackError,
        cancelled: bool,
        whole: bool,
        version: &Version,
        source_url: &str,
    ) -> Self {
        let toolchain = version.toolchain_name();
        match &error {
            _ if cancelled => Self::Cancelled,
            UnpackError::Truncated { .. } if !whole => {
                Self::Cut { toolchain, source_url: source_url.to_owned() }
            }
            UnpackError::Read(_) | UnpackError::Write { .. } => {
                Self::Unpack { toolchain, error: Box::new(error) }
            }
            _ => Self::Archive { source_url: source_url.to_owned(), toolchain, error: Box::new(error) },
        }
    }
}

fn nearest_words(nearest: &[Version]) -> String {
    if nearest.is_empty() {
        return String::new();
    }
    let names: Vec<_> = nearest.iter().map(Version::as_str).collect();
    format!("; the nearest that exist are {}", names.join(", "))
}
