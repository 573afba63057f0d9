//! Why a tree was not built.

use crate::store::storage_hint;
use gvmr_core::gover::version::Version;
use gvmr_core::sys::printable;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;

/// Why there is no new GOROOT.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The version's own compiler is written in C, in the dialect of its time.
    #[error("cannot build {}: its own compiler is written in C", version.toolchain_name())]
    Unsupported {
        /// The version.
        version: Version,
    },
    /// The plan names no Go that could compile.
    #[error("building {} needs Go {needed} or later", version.toolchain_name())]
    NoBootstrap {
        /// What is to be built.
        version: Version,
        /// The oldest Go that can compile it.
        needed: Version,
    },
    /// The Go that should compile is too old.
    #[error("{} is go{found}, and building {} needs Go {needed} or later", printable::path(path), version.toolchain_name())]
    OldBootstrap {
        /// What is to be built.
        version: Version,
        /// The GOROOT that was given.
        path: PathBuf,
        /// What its VERSION file says.
        found: Version,
        /// The oldest Go that can compile it.
        needed: Version,
    },
    /// A directory is not what it was said to be: the bootstrap, or the tree of sources.
    #[error("{} {why}", printable::path(path))]
    NotUsable {
        /// The directory.
        path: PathBuf,
        /// What is wrong with it, to follow its name.
        why: &'static str,
    },
    /// This machine lacks programs that every build needs.
    #[error("programs not found on PATH: {}", programs.join(", "))]
    MissingPrograms {
        /// Their names.
        programs: Vec<&'static str>,
    },
    /// The system refused something.
    #[error("cannot {what} {}", printable::path(path))]
    Io {
        /// What was tried, as a verb: `create`, `remove`.
        what: &'static str,
        /// With what.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// `make.bash` failed.
    #[error("building {} with go{bootstrap} failed ({status}); full output in {}", version.toolchain_name(), printable::path(log))]
    Failed {
        /// What was being built.
        version: Version,
        /// The Go that compiled.
        bootstrap: Version,
        /// How `make.bash` ended.
        status: ExitStatus,
        /// The last lines of its output, oldest first.
        tail: Vec<String>,
        /// The file with all of them.
        log: PathBuf,
    },
    /// `make.bash` said that all is well, and something is not as it should be.
    #[error("unexpected result of the build: {}: {why}", printable::path(path))]
    Unexpected {
        /// What it is about.
        path: PathBuf,
        /// What is wrong with it, to follow its name.
        why: &'static str,
    },
    /// The caller asked to stop.
    #[error("cancelled")]
    Cancelled,
}

impl BuildError {
    /// One next step for a person; after a failed build, the last lines of its output.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Unsupported { .. } => "run `gvmr host` to list the releases that run here".to_owned(),
            Self::NoBootstrap { needed, .. } | Self::OldBootstrap { needed, .. } => {
                format!("run `gvmr install {}`, then run it again", needed.language())
            }
            Self::MissingPrograms { .. } => "install them, then run it again".to_owned(),
            Self::Io { source, .. } => storage_hint(source).to_owned(),
            Self::NotUsable { .. } | Self::Unexpected { .. } => "inspect it, then run it again".to_owned(),
            Self::Failed { tail, .. } => format!("the last lines were:\n    {}", tail.join("\n    ")),
            Self::Cancelled => "run it again".to_owned(),
        })
    }

    pub(super) fn io(what: &'static str, path: &Path, source: io::Error) -> Self {
        Self::Io { what, path: path.to_owned(), source }
    }
}
