//! Why a file cannot be edited, and the one thing to do about it.

use super::super::quote;
use super::block::BlockError;
use crate::store;
use gvmr_core::sys::printable::path as shown;
use std::io;
use std::path::{Path, PathBuf};

/// Why a file cannot be edited. Whatever it is, the file is as it was; only [`EditError::Io`] with the action `sync` means that
/// the file is new, and perhaps not yet on the disk.
///
/// `by_hand` tells how to make the edit without gvmr.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// The system refused.
    #[error("cannot {action} {}: {source}", shown(path))]
    Io {
        /// What was tried: `read`, `replace`.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// A directory is in the file's place.
    #[error("{} is a directory, not a file", shown(path))]
    Directory {
        /// Where.
        path: PathBuf,
    },
    /// Something is in the file's place that is read in another way than a file.
    #[error("{} is a {kind}, not a file", shown(path))]
    Special {
        /// Where.
        path: PathBuf,
        /// What it is: `FIFO`, `device`, `socket`.
        kind: &'static str,
    },
    /// A parent of the file is not a directory.
    #[error("{} is not a directory", shown(path))]
    NotADirectory {
        /// Where.
        path: PathBuf,
    },
    /// A link leads to nothing.
    #[error("{} is a link to {}, which does not exist", shown(link), shown(target))]
    Dangling {
        /// The link.
        link: PathBuf,
        /// Where it leads.
        target: PathBuf,
    },
    /// Links form a loop.
    #[error("{} is a loop of symbolic links", shown(path))]
    Loop {
        /// The first link.
        path: PathBuf,
    },
    /// Another user owns what would be changed.
    #[error("{} belongs to user {owner}", shown(path))]
    NotOurs {
        /// What it is.
        path: PathBuf,
        /// The owner's user id.
        owner: u32,
    },
    /// This user may not read the file.
    #[error("{} cannot be read: it belongs to user {owner} and has mode {mode:04o}", shown(path))]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The owner's user id.
        owner: u32,
        /// The file's permissions.
        mode: u32,
        /// Whether this user owns it.
        own: bool,
    },
    /// The file has other names, which would no longer be the same file once this one is replaced.
    #[error("{} has {links} hard links, and replacing it would break them", shown(path))]
    HardLinked {
        /// The file.
        path: PathBuf,
        /// How many names it has.
        links: u64,
        /// How to make the edit without gvmr.
        by_hand: String,
    },
    /// No start-up file is this large.
    #[error("{} has {size} bytes, over the limit of {limit}", shown(path))]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// How large it is, in bytes.
        size: u64,
        /// How large it may be, in bytes.
        limit: u64,
    },
    /// This user may not put files into the directory.
    #[error("{} cannot be written: {} {}", shown(path), shown(directory), closed_by(*owner))]
    DirectoryNotWritable {
        /// The file.
        path: PathBuf,
        /// The directory.
        directory: PathBuf,
        /// Its owner's user id.
        owner: u32,
        /// How to make the edit without gvmr.
        by_hand: String,
    },
    /// The file system is mounted read-only.
    #[error("{} is on a read-only file system", shown(path))]
    ReadOnly {
        /// The file.
        path: PathBuf,
        /// How to make the edit without gvmr.
        by_hand: String,
    },
    /// A link leads to a file that is managed elsewhere, such as in a dotfile repository or the Nix store.
    #[error("{} links to {}, which cannot be written: {why}", shown(link), shown(target))]
    Managed {
        /// The path as shells know it.
        link: PathBuf,
        /// The real file.
        target: PathBuf,
        /// Why it cannot be written.
        why: String,
        /// How to make the edit without gvmr.
        by_hand: String,
    },
    /// The file system's own flag forbids any change of the file.
    #[error("{} is immutable or append-only (lsattr shows i or a)", shown(path))]
    Immutable {
        /// The file.
        path: PathBuf,
    },
    /// Another program's file has the name of gvmr's.
    #[error(
        "{} exists and is not gvmr's: its first lines lack \"{}\"",
        shown(path),
        super::EditContent::MARK
    )]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// Something else is in the place of gvmr's link.
    #[error("{} is {found}, not gvmr's link to {}", shown(path), shown(target))]
    Occupied {
        /// Where.
        path: PathBuf,
        /// What is there: `a file`, `a link to /usr/lib/go/bin/go`.
        found: String,
        /// Where gvmr's link would lead.
        target: PathBuf,
    },
    /// Half of gvmr's block is missing.
    #[error("{}: {source}", shown(path))]
    Block {
        /// The file.
        path: PathBuf,
        /// What is wrong, and in which line.
        source: BlockError,
    },
    /// The file is not what was looked at: another program wrote to it.
    #[error("{} changed during the edit", shown(path))]
    Changed {
        /// The file.
        path: PathBuf,
    },
}

/// Why this user may not write to a directory of that owner, to follow its name.
pub(super) fn closed_by(owner: u32) -> String {
    if owner == rustix::process::geteuid().as_raw() {
        return "is yours, and its mode keeps you from writing to it".to_owned();
    }
    format!("belongs to user {owner}")
}

impl EditError {
    pub(super) fn io(action: &'static str, path: &Path, source: impl Into<io::Error>) -> Self {
        Self::Io { action, path: path.to_owned(), source: source.into() }
    }

    /// The next step, if there is one.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Io { source, .. } => match source.kind() {
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                    "free some space on that file system, then run it again".to_owned()
                }
                io::ErrorKind::FileTooLarge => {
                    "raise the limit on file sizes with `ulimit -f`, then run it again".to_owned()
                }
                _ => return None,
            },
            Self::Directory { path } | Self::Special { path, .. } | Self::NotADirectory { path } => {
                format!("run `{}`", moved(path))
            }
            Self::Foreign { path } | Self::Occupied { path, .. } => {
                format!("if it is not needed, run `{}`", moved(path))
            }
            Self::Dangling { link, .. } => {
                format!("create its target, or run `rm {}`", word(link))
            }
            Self::Loop { path } => format!("run `rm {}`", word(path)),
            Self::NotOurs { path, .. } | Self::Unreadable { path, own: false, .. } if !may_chown(path) => {
                "remove the link that leads there, or run gvmr as that user".to_owned()
            }
            Self::NotOurs { path, .. } => format!("if it is yours, run `{}`", chown(path)),
            Self::Unreadable { path, own: true, .. } => format!("run `chmod u+r {}`", word(path)),
            Self::Unreadable { path, .. } => {
                format!("run `{}`, or move it aside with `gvmr setup --repair`", chown(path))
            }
            Self::TooLarge { path, .. } => format!("check its content with `less {}`", word(path)),
            Self::Immutable { path } => format!("run `sudo chattr -i -a {}`", word(path)),
            Self::Block { path, source } => {
                format!("remove the rest of the block in {}, line {}", shown(path), source.line())
            }
            Self::Changed { .. } => "run it again".to_owned(),
            Self::HardLinked { path, by_hand, .. }
            | Self::ReadOnly { path, by_hand }
            | Self::DirectoryNotWritable { path, by_hand, .. } => {
                format!("edit {} yourself: {by_hand}", shown(path))
            }
            Self::Managed { target, by_hand, .. } => {
                format!("edit the source of {}: {by_hand}", shown(target))
            }
        })
    }
}

/// Whether a hint may give the path to this user.
fn may_chown(path: &Path) -> bool {
    store::may_be_given_away(path, rustix::process::geteuid().as_raw())
}

fn chown(path: &Path) -> String {
    format!("sudo chown \"$(id -un):\" {}", word(path))
}

fn moved(path: &Path) -> String {
    let mut to = path.as_os_str().to_owned();
    to.push(".old");
    format!("mv -n {} {}", word(path), word(Path::new(&to)))
}

/// A path as a word of a command line.
fn word(path: &Path) -> String {
    shown(Path::new(&quote::posix(path.as_os_str())))
}
