//! Why the files of this gvmr cannot be found, replaced or removed.

use super::PackageOwner;
use crate::store::StoreError;
use gvmr_core::sys::printable;
use std::io;
use std::path::PathBuf;

/// What went wrong. The programs that were there still work.
#[derive(Debug, thiserror::Error)]
pub enum InstallationError {
    /// This program's own path cannot be found, or its shim is not beside it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A package manager keeps these files.
    #[error("{} belongs to {}", printable::path(program), owner.package())]
    Owned {
        /// The program.
        program: PathBuf,
        /// Who keeps it.
        owner: PackageOwner,
    },
    /// A file cannot be written, renamed or removed.
    #[error("cannot {what} {}", printable::path(path))]
    Io {
        /// What was tried, as a verb.
        what: &'static str,
        /// With what.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// Ctrl-C, before anything was replaced.
    #[error("interrupted; nothing was replaced")]
    Cancelled,
    /// The new program does not run here.
    #[error("the new gvmr does not run on this machine: {why}")]
    DoesNotRun {
        /// What the system or the program said.
        why: String,
    },
}

impl InstallationError {
    /// The next step. `command` is what was tried: `self update`.
    pub fn hint(&self, command: &str) -> Option<String> {
        match self {
            Self::Owned { owner, .. } if command == "self uninstall" => Some(owner.removal_step()),
            Self::Owned { owner, .. } => Some(owner.upgrade_step()),
            Self::Io { path, source, .. } => Some(match source.kind() {
                io::ErrorKind::PermissionDenied => {
                    let program = path.with_file_name("gvmr");
                    format!("run `sudo {} {command}`", printable::path(&program))
                }
                io::ErrorKind::ReadOnlyFilesystem => {
                    "the file system is read-only; mount it writable, or update the image that it comes from".to_owned()
                }
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                    "free some space there, then run it again".to_owned()
                }
                _ => "check the file system, then run it again".to_owned(),
            }),
            Self::DoesNotRun { .. } => Some(
                "nothing was replaced; check that the file system is not mounted noexec, and that the release is for this machine"
                    .to_owned(),
            ),
            Self::Store(_) | Self::Cancelled => None,
        }
    }
}
