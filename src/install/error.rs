//! Why an install did not happen.

mod hint;

use crate::build::BuildError;
use crate::host::Assessment;
use crate::sources::SourceError;
use crate::store::StoreError;
use crate::unpack::UnpackError;
use crate::verify::{LogError, Mismatch, Sha256Sum};
use gvmr_core::gover::version::Version;
use gvmr_core::sys::printable;
use std::error::Error;
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
    /// The log cannot be asked, and its answers are not beside the archive or tree either.
    #[error("cannot read the checksum database, and there is no {}: {source}", printable::path(missing))]
    NoAnswer {
        /// The file that would answer.
        missing: PathBuf,
        /// Why the database cannot be read.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The log did not prove it.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The bytes are not what the log recorded.
    #[error("{source_url} does not match the checksum database{}: {mismatch}", found_words(found.as_deref()))]
    Mismatch {
        /// What the tree calls itself: `go1.23.4`.
        found: Option<String>,
        /// Where the bytes came from.
        source_url: String,
        /// Expected and got.
        mismatch: Box<Mismatch>,
    },
    /// The archive is not the one that the index, or the table of known releases, speaks of.
    #[error(transparent)]
    Sum(Box<SumMismatch>),
    /// Neither the log, the table of known releases nor an index of the user's proves it.
    #[error(
        "cannot verify {source_url}: the checksum database has only builds that Go publishes, and no index lists its sha256"
    )]
    Unproved {
        /// Where the bytes came from.
        source_url: String,
    },
    /// The tree says that it is something else than its name does.
    #[error("{source_url} holds {found}, expected {expected}")]
    OtherVersion {
        /// Where the bytes came from.
        source_url: String,
        /// What was asked for.
        expected: String,
        /// What the tree calls itself.
        found: String,
    },
    /// This host cannot run it.
    #[error("{} for {platform} cannot run here: {}", assessment.version.toolchain_name(), reasons(assessment))]
    Host {
        /// Why.
        assessment: Box<Assessment>,
        /// The platform of the official build.
        platform: String,
        /// The release nearest to it that runs here.
        nearest: Option<Version>,
    },
    /// A build from source did not succeed.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// Nothing can build this version here.
    #[error("{toolchain} cannot be built here: {why}")]
    NoBootstrap {
        /// What was to be built.
        toolchain: String,
        /// What is missing.
        why: String,
    },
    /// The archive's bytes cannot be the logged ones: no toolchain module looks like that.
    #[error("{source_url}: the archive of {toolchain} does not match the checksum database: {error}")]
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
    /// A local archive ends too early.
    #[error("{toolchain}: {source_url} is truncated: it ends after {length} bytes")]
    Truncated {
        /// What was being installed.
        toolchain: String,
        /// The file.
        source_url: String,
        /// How many bytes it has.
        length: u64,
    },
    /// The body ended before the archive did, and its length was not announced.
    #[error("{toolchain}: the connection to {source_url} ended early")]
    Cut {
        /// What was being installed.
        toolchain: String,
        /// Where the bytes came from.
        source_url: String,
    },
    /// A tree that another tool installed is not the release that its VERSION names.
    #[error("{} is not {} as Go published it: {difference}{}", printable::path(path), version.toolchain_name(), clue(written_later))]
    Changed {
        /// The tree.
        path: PathBuf,
        /// The release.
        version: Version,
        /// What is other about it.
        difference: Difference,
        /// Files in it that were written well after the others.
        written_later: Vec<String>,
    },
    /// The home failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An installed tree cannot be read.
    #[error("cannot read {}: {source}", printable::path(path))]
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

/// What tells a tree from the logged one.
#[derive(Debug, thiserror::Error)]
pub enum Difference {
    /// The hash of its files.
    #[error(transparent)]
    Hash(Box<Mismatch>),
    /// Something in it that no release holds: a link, a device, more than a release has.
    #[error("{0}")]
    Shape(Box<UnpackError>),
}

/// An archive has another sum than it must have.
#[derive(Debug, thiserror::Error)]
#[error("{source_url}: {archive} does not match {authority}: expected sha256 {expected}, got {got}")]
pub struct SumMismatch {
    /// The archive's name.
    pub archive: String,
    /// Where the bytes came from.
    pub source_url: String,
    /// Who says what the sum must be: an index without credentials, or the built-in table.
    pub authority: String,
    /// What it says.
    pub expected: Sha256Sum,
    /// What the archive has.
    pub got: Sha256Sum,
    /// The copy of an index that alone says so: the index itself lists that sum no more.
    pub remembered: Option<PathBuf>,
}

impl InstallError {
    /// `whole` says that the body came to its announced end, so that what is missing was never there; `logged`, that
    /// the log knows what the archive has to be.
    pub(super) fn unpack(
        error: UnpackError,
        cancelled: bool,
        whole: bool,
        logged: bool,
        version: &Version,
        source_url: &str,
    ) -> Self {
        let (toolchain, source_url) = (version.toolchain_name(), source_url.to_owned());
        match &error {
            _ if cancelled => Self::Cancelled,
            UnpackError::Truncated { .. } if !whole => Self::Cut { toolchain, source_url },
            UnpackError::Truncated { offset } if source_url.starts_with("file:") => {
                Self::Truncated { toolchain, source_url, length: *offset }
            }
            UnpackError::Read(_) | UnpackError::Write { .. } => {
                Self::Unpack { toolchain, error: Box::new(error) }
            }
            // It says nothing of the files, which may be the logged ones.
            _ if logged && !error.is_repacked() => {
                Self::Archive { source_url, toolchain, error: Box::new(error) }
            }
            _ => Self::Unpack { toolchain: format!("{toolchain} from {source_url}"), error: Box::new(error) },
        }
    }

    /// Whether another source may still do: this one could not be read.
    pub(super) fn passes_on(&self) -> bool {
        match self {
            Self::Source(_) | Self::Cut { .. } | Self::Truncated { .. } => true,
            Self::Unpack { error, .. } => matches!(**error, UnpackError::Read(_)) || error.is_repacked(),
            _ => false,
        }
    }
}

/// Names the files that somebody seems to have changed, where they are few.
fn clue(written_later: &[String]) -> String {
    const NAMED: usize = 3;
    const MANY: usize = 50;
    let (named, others) = written_later.split_at(written_later.len().min(NAMED));
    let more = if others.is_empty() { String::new() } else { format!(" and {} more", others.len()) };
    match written_later.len() {
        0 | MANY.. => String::new(),
        _ => format!("; written after the other files: {}{more}", named.join(", ")),
    }
}

/// The message of an error and of what caused it, without repetition.
pub fn with_causes(error: &(dyn Error + 'static)) -> String {
    let mut message = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        let text = inner.to_string();
        if !message.contains(&text) {
            message = format!("{message}: {text}");
        }
        source = inner.source();
    }
    message
}

fn found_words(found: Option<&str>) -> String {
    found.map_or_else(String::new, |found| format!(" (its VERSION says {found})"))
}

fn reasons(assessment: &Assessment) -> String {
    assessment.decisive().map(|reason| reason.text.as_str()).collect::<Vec<_>>().join("; ")
}

fn nearest_words(nearest: &[Version]) -> String {
    if nearest.is_empty() {
        return String::new();
    }
    let names: Vec<_> = nearest.iter().map(Version::as_str).collect();
    format!("; nearest: {}", names.join(", "))
}
