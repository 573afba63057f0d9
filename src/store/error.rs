//! Why the home could not be used or changed.

use super::lock::Holder;
use gvmr_core::gover::version::Version;
use std::io;
use std::path::{Path, PathBuf};

/// Why an operation on the home failed. Whatever was installed before is as it was.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The system refused something.
    #[error("cannot {what} {}", path.display())]
    Io {
        /// What was tried, as a verb: `create`, `rename`.
        what: &'static str,
        /// With what.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// There is too little room for what is about to be written.
    #[error("{} has room for {available} more {unit}, {needed} are needed", path.display())]
    NoSpace {
        /// What there is too little of: `bytes` or `files`.
        unit: &'static str,
        /// How much of it is needed.
        needed: u64,
        /// How much of it there is.
        available: u64,
        /// A path on the file system in question.
        path: PathBuf,
    },
    /// Another process holds a lock for longer than this operation waits.
    #[error("busy: {holder}")]
    Busy {
        /// Who holds it.
        holder: Holder,
    },
    /// Programs of the tree are running.
    #[error("in use by process {}", list(pids))]
    InUse {
        /// Their process ids, ascending.
        pids: Vec<u32>,
    },
    /// The file system has no locks.
    #[error("the file system of {} has no locks", path.display())]
    NoLocks {
        /// The lock file.
        path: PathBuf,
    },
    /// Another user owns what this user is about to write to.
    #[error("{} belongs to user {owner}", path.display())]
    NotOurs {
        /// What it is.
        path: PathBuf,
        /// The owner's user id.
        owner: u32,
    },
    /// Another user keeps this home for all: this one only reads it.
    #[error("{} is kept for every user of this machine, and not yours to change", home.display())]
    Shared {
        /// The home's root.
        home: PathBuf,
    },
    /// Only root may do this.
    #[error("only root can share a home with all users")]
    NotRoot,
    /// A home there cannot be shared: users could not reach it, or could change it.
    #[error("no home at {} can be shared: {} {why}", home.display(), path.display())]
    Exposed {
        /// The home's root.
        home: PathBuf,
        /// The directory at fault.
        path: PathBuf,
        /// What is wrong with it, to follow its name.
        why: &'static str,
    },
    /// Something in a home that is to be shared is not root's alone.
    #[error("{} {why}, and everybody would run what is in {}", path.display(), home.display())]
    Strange {
        /// The home's root.
        home: PathBuf,
        /// The file or directory at fault.
        path: PathBuf,
        /// What is wrong with it, to follow its name.
        why: &'static str,
    },
    /// Something in the home is not what the store put there.
    #[error("{}: {why}", path.display())]
    Corrupt {
        /// What it is.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// A toolchain's directory is there, but it is not what was committed.
    #[error("the installed {} {why}", version.toolchain_name())]
    Damaged {
        /// The version.
        version: Version,
        /// What is wrong with it, to follow its name.
        why: &'static str,
    },
    /// The shim is not where it belongs.
    #[error("the shim is missing: {} does not exist", path.display())]
    NoShim {
        /// Where it should be: beside `gvmr`.
        path: PathBuf,
    },
    /// The caller asked to stop waiting.
    #[error("cancelled")]
    Cancelled,
}

impl StoreError {
    pub(crate) fn io(what: &'static str, path: &Path, source: impl Into<io::Error>) -> Self {
        Self::Io { what, path: path.to_owned(), source: source.into() }
    }

    pub(super) fn corrupt(path: &Path, why: impl Into<String>) -> Self {
        Self::Corrupt { path: path.to_owned(), why: why.into() }
    }
}

fn list(pids: &[u32]) -> String {
    pids.iter().map(u32::to_string).collect::<Vec<_>>().join(", ")
}

/// The next step where there is too little room.
pub const NO_SPACE: &str = "free some space, or set GVMR_HOME to a larger file system";

/// The next step after the system refused something below the home.
pub fn storage_hint(error: &io::Error) -> &'static str {
    use io::ErrorKind as Io;
    match error.kind() {
        Io::StorageFull | Io::QuotaExceeded => NO_SPACE,
        Io::PermissionDenied | Io::ReadOnlyFilesystem => {
            "make it writable for you, or set GVMR_HOME to a directory that is"
        }
        Io::NotADirectory | Io::AlreadyExists => "move what is there away, or set GVMR_HOME to another path",
        _ => "look at the file system, or set GVMR_HOME to another one",
    }
}
