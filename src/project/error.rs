//! Why a file of a project is not written. It is then as it was.

use gvmr_core::sys::printable::path as shown;
use std::io;
use std::path::{Path, PathBuf};

/// Why a file of a project is not written. It is then as it was.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// Links lead out of the project.
    #[error(
        "{} leads to {}, outside the project {}; nothing was written",
        shown(link),
        shown(target),
        shown(root)
    )]
    LeadsOut {
        /// The first link.
        link: PathBuf,
        /// Where they lead.
        target: PathBuf,
        /// The root of the project.
        root: PathBuf,
    },
    /// Another user made the link.
    #[error("{} is a link of user {owner} to {}; nothing was written", shown(link), shown(target))]
    Planted {
        /// The link.
        link: PathBuf,
        /// What it says.
        target: PathBuf,
        /// The user's id.
        owner: u32,
    },
    /// A link leads to a file of another kind.
    #[error("{} leads to {}, which is not a version file; nothing was written", shown(link), shown(target))]
    OtherFile {
        /// The first link.
        link: PathBuf,
        /// The file.
        target: PathBuf,
    },
    /// Everyone can write to the directory, and it is another user's.
    #[error(
        "{} belongs to user {owner}, and everyone can write to it; nothing was written",
        shown(directory)
    )]
    Open {
        /// The directory.
        directory: PathBuf,
        /// Its owner's id.
        owner: u32,
    },
    /// Links form a loop.
    #[error("{} is a loop of symbolic links", shown(link))]
    Loop {
        /// The first link.
        link: PathBuf,
    },
    /// Something else is in the file's place.
    #[error("{} is {kind}, not a regular file", shown(path))]
    NotAFile {
        /// Where.
        path: PathBuf,
        /// What it is: `a directory`.
        kind: &'static str,
    },
    /// No such file is this large.
    #[error("{} is larger than {} KiB", shown(path), limit / 1024)]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// How large it may be, in bytes.
        limit: u64,
    },
    /// The system refused something.
    #[error("cannot {what} {}", shown(path))]
    Io {
        /// What was tried, as a verb: `write`.
        what: &'static str,
        /// With what.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
}

impl ProjectError {
    pub(super) fn io(what: &'static str, path: &Path, source: impl Into<io::Error>) -> Self {
        Self::Io { what, path: path.to_owned(), source: source.into() }
    }

    /// Whether a file that others control was about to decide what is written.
    pub fn is_refused(&self) -> bool {
        use ProjectError::{LeadsOut, Open, OtherFile, Planted};
        matches!(self, LeadsOut { .. } | Planted { .. } | OtherFile { .. } | Open { .. })
    }

    /// The next step.
    pub fn hint(&self) -> String {
        use io::ErrorKind as Full;
        match self {
            Self::LeadsOut { .. } | Self::Planted { .. } | Self::OtherFile { .. } | Self::Loop { .. } => {
                "remove the link, then run this again".to_owned()
            }
            Self::Open { .. } => "pin the version in a directory of yours".to_owned(),
            Self::NotAFile { path, .. } | Self::TooLarge { path, .. } => {
                format!("remove {}, then run this again", shown(path))
            }
            Self::Io { source, .. } if matches!(source.kind(), Full::StorageFull | Full::QuotaExceeded) => {
                "free some space there, then run this again".to_owned()
            }
            Self::Io { source, .. } if source.kind() == Full::FileTooLarge => {
                "raise the limit on file sizes (`ulimit -f`), then run this again".to_owned()
            }
            Self::Io { path, .. } => {
                let directory = path.parent().unwrap_or(path);
                format!("make {} writable, or pin the version in another directory", shown(directory))
            }
        }
    }
}
