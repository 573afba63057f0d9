//! Why the home could not be used or changed.

use super::holder::{Holder, Stuck};
use super::passwd::may_be_given_away;
use gvmr_core::gover::version::Version;
use gvmr_core::sys::printable;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

/// Why an operation on the home failed. Whatever was installed before is as it was.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The system refused something.
    #[error("cannot {what} {}", printable::path(path))]
    Io {
        /// What was tried, as a verb: `create`, `rename`.
        what: &'static str,
        /// With what.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// There is too little room for what is about to be written.
    #[error("not enough space in {}: {needed} {unit} needed, {available} available", printable::path(path))]
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
    /// Something was done, and the file system did not confirm that it is on the disk.
    #[error("{done}, but a power cut may undo that: cannot sync {}", printable::path(path))]
    Unsynced {
        /// What was done: `go1.23.4 is installed`.
        done: String,
        /// The directory that holds the new name.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// A file system is mounted inside a tree that is to be removed.
    #[error("a file system is mounted inside it, at {}", printable::path(mount))]
    Mounted {
        /// Where.
        mount: PathBuf,
    },
    /// A tree cannot be moved from where it is unpacked to where it is installed.
    #[error(
        "{} and {} are on different file systems or mounts",
        printable::path(staging),
        printable::path(versions)
    )]
    Separate {
        /// Where trees are unpacked.
        staging: PathBuf,
        /// Where they are installed.
        versions: PathBuf,
    },
    /// A file system lets no file be made executable.
    #[error("the file system of {} does not let programs be made executable", printable::path(directory))]
    NoPrograms {
        /// A directory on it.
        directory: PathBuf,
    },
    /// The process that holds a lock does not go on.
    #[error("busy: {holder}, and {stuck}")]
    Stuck {
        /// Who holds it.
        holder: Holder,
        /// Why it is waited for no longer.
        stuck: Stuck,
        /// The lock file.
        path: PathBuf,
    },
    /// Programs of the tree are running.
    #[error("in use by process {}", list(pids))]
    InUse {
        /// Their process ids, ascending.
        pids: Vec<u32>,
    },
    /// The file system has no locks.
    #[error("the file system of {} does not support locks", printable::path(path))]
    NoLocks {
        /// The lock file.
        path: PathBuf,
    },
    /// Another user owns what this user is about to write to.
    #[error("{} belongs to user {owner}", printable::path(path))]
    NotOurs {
        /// What it is.
        path: PathBuf,
        /// The owner's user id.
        owner: u32,
    },
    /// Others can write to a directory of the home.
    #[error("{} is writable by {by}, who could replace what go runs", printable::path(path))]
    Open {
        /// The directory.
        path: PathBuf,
        /// By whom.
        by: &'static str,
    },
    /// Another user keeps this home for all: this one only reads it.
    #[error("{} is shared by all users of this machine, and another user owns it", printable::path(home))]
    Shared {
        /// The home's root.
        home: PathBuf,
    },
    /// Only root may do this.
    #[error("only root can share a home with all users")]
    NotRoot,
    /// A home there cannot be shared: users could not reach it, or could change it.
    #[error("cannot share a home at {}: {} {why}", printable::path(home), printable::path(path))]
    Exposed {
        /// The home's root.
        home: PathBuf,
        /// The directory at fault.
        path: PathBuf,
        /// What is wrong with it, to follow its name.
        why: &'static str,
    },
    /// Something in a home that is to be shared is not root's alone.
    #[error(
        "{} {why}, and all users would run programs from {}",
        printable::path(path),
        printable::path(home)
    )]
    Strange {
        /// The home's root.
        home: PathBuf,
        /// The file or directory at fault.
        path: PathBuf,
        /// What is wrong with it, to follow its name.
        why: &'static str,
    },
    /// Something in the home is not what the store put there.
    #[error("{}: {why}", printable::path(path))]
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
    #[error("the shim is missing: {} does not exist", printable::path(path))]
    NoShim {
        /// Where it should be: beside `gvmr`.
        path: PathBuf,
    },
    /// The caller asked to stop waiting.
    #[error("cancelled")]
    Cancelled,
}

impl StoreError {
    /// One next step for a person.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Io { source, .. } => storage_hint(source).to_owned(),
            Self::NoSpace { .. } => NO_SPACE.to_owned(),
            Self::NoLocks { .. } => "set GVMR_HOME to a directory on a local file system".to_owned(),
            Self::NotOurs { .. } => {
                "run gvmr as that user, or set GVMR_HOME to a directory that you own".to_owned()
            }
            Self::Open { path, .. } if may_be_named(path) => {
                format!("check what is in it, then run `chmod go-w {}`", printable::path(path))
            }
            Self::Open { .. } => "set GVMR_HOME to a directory that only you can write to".to_owned(),
            Self::Shared { home } => format!(
                "run `sudo {}` to change it for all users, or set GVMR_HOME to a directory that you own",
                printable::path(home.join("bin/gvmr"))
            ),
            Self::NotRoot => "run it as root, with sudo".to_owned(),
            Self::Exposed { path, .. } if !may_be_named(path) => "set GVMR_HOME to another path".to_owned(),
            Self::Exposed { .. } => {
                "correct its owner and mode as root (chown, chmod), or set GVMR_HOME to another path"
                    .to_owned()
            }
            Self::Strange { home, .. } if !may_be_named(home) => {
                "remove it, or set GVMR_HOME to another path".to_owned()
            }
            Self::Strange { home, .. } => {
                let home = printable::path(home);
                format!(
                    "remove it, or run `chown -Rh root:root {home} && chmod -R go-w {home}` if you trust all of it"
                )
            }
            Self::NoShim { path } => shim_hint(path),
            Self::Busy { .. } => "run it again when the other process has finished".to_owned(),
            Self::Unsynced { .. } => "check the disk and its file system, then run it again".to_owned(),
            Self::NoPrograms { .. } => {
                "mount it with permissions that include x, such as fmask=0022, or set GVMR_HOME to another file system"
                    .to_owned()
            }
            Self::Mounted { mount } => format!("run `umount {}` first", printable::path(mount)),
            Self::Separate { .. } => {
                "use one file system for the whole home, or set GVMR_HOME to a directory on another one"
                    .to_owned()
            }
            Self::Stuck { holder, stuck, path } => stuck_hint(holder, *stuck, path),
            Self::InUse { .. } => "end those processes first, or use --force".to_owned(),
            Self::Corrupt { .. } => "inspect it, and move it away if you do not need it".to_owned(),
            Self::Damaged { version, .. } => {
                format!(
                    "run `gvmr uninstall --force {version} && gvmr install {version}`; \
                     `gvmr verify {version}` names what is damaged"
                )
            }
            Self::Cancelled => "run it again".to_owned(),
        })
    }

    /// Whether this user can or may write nothing there: another command may still read.
    pub fn is_refused_write(&self) -> bool {
        let is_missing = matches!(self, Self::Io { source, .. } if source.kind() == io::ErrorKind::NotFound);
        is_missing || self.is_unwritable() || matches!(self, Self::Open { .. } | Self::NotOurs { .. })
    }

    /// Whether the system refuses to write there.
    pub fn is_unwritable(&self) -> bool {
        let kinds = [io::ErrorKind::PermissionDenied, io::ErrorKind::ReadOnlyFilesystem];
        matches!(self, Self::Io { source, .. } if kinds.contains(&source.kind()))
    }

    pub(crate) fn io(what: &'static str, path: &Path, source: impl Into<io::Error>) -> Self {
        Self::Io { what, path: path.to_owned(), source: source.into() }
    }

    pub(super) fn corrupt(path: &Path, why: impl Into<String>) -> Self {
        Self::Corrupt { path: path.to_owned(), why: why.into() }
    }
}

/// Whether a command to copy may change the rights of this path: a word of the shell as it stands, and this user's to give.
fn may_be_named(path: &Path) -> bool {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/._-".contains(byte);
    path.as_os_str().as_bytes().iter().all(is_plain)
        && may_be_given_away(path, rustix::process::geteuid().as_raw())
}

fn list(pids: &[u32]) -> String {
    pids.iter().map(u32::to_string).collect::<Vec<_>>().join(", ")
}

/// What makes a lock free whose holder does not go on.
fn stuck_hint(holder: &Holder, stuck: Stuck, path: &Path) -> String {
    match (holder.pid, stuck) {
        (Some(pid), Stuck::Stopped) => {
            format!(
                "continue it with `kill -CONT {pid}`, or end it with `kill -9 {pid}`, then run this again"
            )
        }
        (Some(pid), Stuck::Still(_)) => format!(
            "if it hangs, end it with `kill {pid}`, then run this again; the setting lock-timeout allows more time"
        ),
        (None, _) => format!("run `fuser -v {}` on its machine to find it", printable::path(path)),
    }
}

/// What brings the missing shim beside gvmr, by the way that gvmr was installed.
fn shim_hint(shim: &Path) -> String {
    let directory = shim.parent().unwrap_or(Path::new("/"));
    let above = directory.parent().unwrap_or(Path::new("/"));
    if above.join("CACHEDIR.TAG").is_file() || above.ends_with("target") {
        "run `cargo build --workspace`, which builds it too".to_owned()
    } else if above.join(".crates.toml").is_file() || directory.ends_with(".cargo/bin") {
        "run `cargo install --locked --path shims` in gvmr's source directory".to_owned()
    } else if ["/usr/bin", "/bin", "/usr/sbin"].iter().any(|system| directory == Path::new(system)) {
        "reinstall the gvmr package, which has both programs".to_owned()
    } else {
        format!("copy gvmr-shim from the release of this gvmr to {}", printable::path(directory))
    }
}

/// The next step where there is too little room.
const NO_SPACE: &str = "free some space, or set GVMR_HOME to a larger file system";

/// The next step after a file operation that failed in the home or below it.
pub fn storage_hint(error: &io::Error) -> &'static str {
    use io::ErrorKind as Io;
    match error.kind() {
        Io::StorageFull | Io::QuotaExceeded => NO_SPACE,
        Io::FileTooLarge => {
            "raise the limit on file sizes with `ulimit -f`, or run it where that limit is higher"
        }
        Io::PermissionDenied | Io::ReadOnlyFilesystem => {
            "make it writable for you, or set GVMR_HOME to a directory that is"
        }
        Io::NotADirectory | Io::AlreadyExists => "move what is there away, or set GVMR_HOME to another path",
        _ => "check the file system, or set GVMR_HOME to another one",
    }
}
