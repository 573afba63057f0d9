//! Why a home cannot be the machine's.

use gvmr_core::sys::printable;
use std::path::PathBuf;

/// Why a home cannot be the machine's.
#[derive(Debug, thiserror::Error)]
pub enum SystemError {
    /// The shim directory comes first on the `PATH` of root's commands, so root alone may be able to change what is in it.
    #[error("{} {why}, and root would run the shims in {}", printable::path(path), printable::path(shims))]
    Open {
        /// The directory at fault: the shim directory, or one above it.
        path: PathBuf,
        /// What is wrong with it, to follow its name.
        why: &'static str,
        /// The shim directory.
        shims: PathBuf,
    },
    /// The files of systemd and sudo would read the path as something else.
    #[error(
        "{} cannot be the shared home: the path must be absolute and use only letters, digits and /._-+@",
        printable::path(path)
    )]
    Unfit {
        /// The home's path.
        path: PathBuf,
    },
    /// The system refused a look.
    #[error("cannot stat {}: {source}", printable::path(path))]
    Io {
        /// The directory.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
}

impl SystemError {
    /// The next step.
    pub fn hint(&self) -> &'static str {
        "fix the owner or mode as root (chown, chmod), or set GVMR_HOME to another directory"
    }
}
