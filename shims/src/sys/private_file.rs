//! Reads of a file that holds secrets.
//!
//! Takes a path, a limit and a user; gives the text, nothing where nothing is there, or an [`Exposure`]. Follows no link,
//! waits for no FIFO, and reads nothing that another user may read or replace.

use crate::sys::bounded::{self, Refusal};
use std::fmt;
use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Why a file with secrets is not used.
#[derive(Debug)]
pub enum Exposure {
    /// It is a symbolic link.
    Link,
    /// It is a directory, a FIFO, a socket or a device.
    NotAFile,
    /// It belongs to this user.
    Foreign(u32),
    /// Other users may access it: its mode.
    Mode(u32),
    /// Everyone may replace it: its directory.
    Directory(PathBuf),
    /// It is not UTF-8.
    NotText,
    /// It cannot be read, or it is too large.
    Refused(Refusal),
}

/// The text of the file at `path`, which must be `user`'s own and nobody else's to read or to replace.
pub fn read(path: &Path, limit: u64, user: u32) -> Result<Option<String>, Exposure> {
    // What cannot be looked at counts as absent.
    let Ok(found) = fs::symlink_metadata(path) else { return Ok(None) };
    check(&found, user)?;
    let directory = path.parent().unwrap_or(Path::new("/"));
    if fs::metadata(directory).is_ok_and(|found| found.mode() & 0o002 != 0) {
        return Err(Exposure::Directory(directory.to_owned()));
    }
    let Some(bytes) = bounded::read_owned(path, limit, &[user]).map_err(Exposure::Refused)? else {
        return Ok(None); // it went away meanwhile
    };
    String::from_utf8(bytes).map(Some).map_err(|_| Exposure::NotText)
}

/// Whether a file with this metadata is `user`'s own, and accessible to no one else.
pub fn check(found: &Metadata, user: u32) -> Result<(), Exposure> {
    if found.file_type().is_symlink() {
        return Err(Exposure::Link);
    }
    if !found.is_file() {
        return Err(Exposure::NotAFile);
    }
    if found.uid() != user {
        return Err(Exposure::Foreign(found.uid()));
    }
    match found.mode() & 0o7777 {
        mode if mode & 0o077 != 0 => Err(Exposure::Mode(mode)),
        _ => Ok(()),
    }
}

impl fmt::Display for Exposure {
    /// What follows the file's name.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Link => formatter.write_str("is a symbolic link; expected a regular file"),
            Self::NotAFile => formatter.write_str("is not a regular file"),
            Self::Foreign(owner) => write!(formatter, "belongs to user {owner}"),
            Self::Mode(mode) => {
                write!(
                    formatter,
                    "has mode {mode:04o} and is accessible to other users; run `chmod 600` on it"
                )
            }
            Self::Directory(directory) => write!(
                formatter,
                "is in a directory that is writable by everyone; run `chmod o-w {}`",
                crate::sys::printable::path(directory)
            ),
            Self::NotText => formatter.write_str("is not UTF-8 text"),
            Self::Refused(refusal) => refusal.fmt(formatter),
        }
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods)] // a test's own directory
mod tests {
    use super::*;
    use crate::sys::process;
    use std::os::unix::fs::{PermissionsExt, symlink};

    #[test]
    fn only_what_no_other_user_reads_or_replaces_is_read() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("secrets");
        let me = process::effective_user();
        let mode = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        let read = |user| read(&path, 10, user);
        assert!(matches!(read(me), Ok(None)));
        fs::write(&path, "s3cret").unwrap();
        for exposed in [0o640, 0o604, 0o644, 0o620, 0o602, 0o601, 0o777] {
            mode(&path, exposed);
            assert!(matches!(read(me), Err(Exposure::Mode(found)) if found == exposed), "{exposed:o}");
        }
        mode(&path, 0o600);
        assert_eq!(read(me).unwrap().as_deref(), Some("s3cret"));
        assert!(matches!(read(me + 1), Err(Exposure::Foreign(owner)) if owner == me));
        // Also where the sticky bit keeps others from replacing it today.
        for open in [0o777, 0o702, 0o1777] {
            mode(directory.path(), open);
            assert!(matches!(read(me), Err(Exposure::Directory(_))), "{open:o}");
        }
        mode(directory.path(), 0o775);
        assert!(read(me).unwrap().is_some());
        // A second name changes nothing for a reader.
        fs::hard_link(&path, directory.path().join("backup")).unwrap();
        assert!(read(me).unwrap().is_some());
        fs::write(&path, "longer than ten").unwrap();
        assert!(matches!(read(me), Err(Exposure::Refused(Refusal::TooLarge(10)))));
        fs::write(&path, b"\xff").unwrap();
        assert!(matches!(read(me), Err(Exposure::NotText)));
        fs::remove_file(&path).unwrap();
        symlink("backup", &path).unwrap();
        assert!(matches!(read(me), Err(Exposure::Link)));
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        assert!(matches!(read(me), Err(Exposure::NotAFile)));
    }
}
