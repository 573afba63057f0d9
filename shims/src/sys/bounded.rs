//! Reads of small files that someone else may have prepared: bounded, and never blocking.
//!
//! Takes a path and a limit, gives the bytes, nothing, or a [`Refusal`]. A FIFO, a device, a directory or a
//! dangling link is refused without being opened; a file that grows while it is read stops at the limit.

use std::fmt;
use std::fs::{self, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::Path;

/// The most a pin file may hold, in bytes.
pub const PIN_LIMIT: u64 = 64 * 1024;

/// The most a go.mod or go.work may hold, in bytes.
pub const MODULE_LIMIT: u64 = 1024 * 1024;

/// `O_NONBLOCK`: a FIFO swapped in after the look at the file must not hold the open.
#[cfg(not(any(target_arch = "mips", target_arch = "mips64", target_arch = "sparc64")))]
const NON_BLOCKING: i32 = 0o4000;
#[cfg(any(target_arch = "mips", target_arch = "mips64"))]
const NON_BLOCKING: i32 = 0o200;
#[cfg(target_arch = "sparc64")]
const NON_BLOCKING: i32 = 0x4000;

/// Why a file that exists is not read.
#[derive(Debug)]
pub enum Refusal {
    /// It is a directory, a FIFO, a socket or a device: the word says which.
    NotAFile(&'static str),
    /// It holds more than this many bytes.
    TooLarge(u64),
    /// It is a symbolic link to nothing.
    DanglingLink,
    /// The system refused to open or read it.
    Unreadable(io::Error),
}

/// The bytes of the regular file at `path`, at most `limit` of them; `None` where nothing is there.
pub fn read(path: &Path, limit: u64) -> Result<Option<Vec<u8>>, Refusal> {
    read_if(path, limit, |_| true)
}

/// The same of a file that is one of `owners`' own, as is a link that leads there. Anything that is another user's
/// counts as absent, whatever it is.
pub fn read_owned(path: &Path, limit: u64, owners: &[u32]) -> Result<Option<Vec<u8>>, Refusal> {
    read_if(path, limit, |found| owners.contains(&found.uid()))
}

/// The same of a file that `counts`, as must a link that leads there; it is asked about each.
pub fn read_if(
    path: &Path,
    limit: u64,
    counts: impl Fn(&Metadata) -> bool,
) -> Result<Option<Vec<u8>>, Refusal> {
    if !exists_as_file(path, &counts)? {
        return Ok(None);
    }
    let file = OpenOptions::new().read(true).custom_flags(NON_BLOCKING).open(path);
    let file = file.map_err(Refusal::Unreadable)?;
    let opened = file.metadata().map_err(Refusal::Unreadable)?;
    if !counts(&opened) {
        return Ok(None); // another one was put there meanwhile
    }
    regular(opened.file_type())?;
    let length = opened.len();
    if length > limit {
        return Err(Refusal::TooLarge(limit));
    }
    // One byte past the length shows the end of a file that did not grow, in one read.
    let capacity = usize::try_from(length).unwrap_or(0) + 1;
    let mut bytes = Vec::with_capacity(capacity);
    file.take(limit + 1).read_to_end(&mut bytes).map_err(Refusal::Unreadable)?;
    if bytes.len() as u64 > limit {
        return Err(Refusal::TooLarge(limit));
    }
    Ok(Some(bytes))
}

/// Whether a regular file that `counts` is at `path`; anything else of that kind is refused by name.
///
/// What cannot be looked at, because a directory on the way is closed to us, counts as absent.
fn exists_as_file(path: &Path, counts: impl Fn(&Metadata) -> bool) -> Result<bool, Refusal> {
    let mut metadata = match fs::symlink_metadata(path) {
        Ok(metadata) => metadata,
        Err(error) => return absent(error),
    };
    if !counts(&metadata) {
        return Ok(false);
    }
    if metadata.file_type().is_symlink() {
        metadata = fs::metadata(path).map_err(|error| match error.kind() {
            ErrorKind::NotFound => Refusal::DanglingLink,
            _ => Refusal::Unreadable(error),
        })?;
        if !counts(&metadata) {
            return Ok(false);
        }
    }
    regular(metadata.file_type()).map(|()| true)
}

fn absent(error: io::Error) -> Result<bool, Refusal> {
    use ErrorKind::{InvalidFilename, NotADirectory, NotFound, PermissionDenied};
    match error.kind() {
        NotFound | NotADirectory | PermissionDenied | InvalidFilename => Ok(false),
        _ => Err(Refusal::Unreadable(error)),
    }
}

fn regular(kind: fs::FileType) -> Result<(), Refusal> {
    if kind.is_file() {
        return Ok(());
    }
    let word = match kind {
        _ if kind.is_dir() => "a directory",
        _ if kind.is_fifo() => "a FIFO",
        _ if kind.is_socket() => "a socket",
        _ => "a device",
    };
    Err(Refusal::NotAFile(word))
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAFile(kind) => write!(formatter, "is {kind}; it must be a regular file"),
            Self::TooLarge(limit) => write!(formatter, "is larger than {} KiB", limit / 1024),
            Self::DanglingLink => formatter.write_str("is a symbolic link to a file that does not exist"),
            Self::Unreadable(error) => write!(formatter, "cannot be read: {error}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;

    #[test]
    #[allow(clippy::disallowed_methods)] // a test's own directory
    fn only_regular_files_within_the_limit_are_read() {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        fs::write(path("small"), b"12345").unwrap();
        fs::create_dir(path("directory")).unwrap();
        symlink("small", path("link")).unwrap();
        symlink("nothing", path("dangling")).unwrap();
        symlink("circle", path("circle")).unwrap();
        let _socket = UnixListener::bind(path("socket")).unwrap();

        assert_eq!(read(&path("small"), 5).unwrap().unwrap(), b"12345");
        assert_eq!(read(&path("link"), 5).unwrap().unwrap(), b"12345");
        assert!(read(&path("absent"), 5).unwrap().is_none());
        assert!(read(&path("small/below"), 5).unwrap().is_none());
        assert!(matches!(read(&path("small"), 4), Err(Refusal::TooLarge(4))));
        assert!(matches!(read(&path("directory"), 5), Err(Refusal::NotAFile("a directory"))));
        assert!(matches!(read(&path("socket"), 5), Err(Refusal::NotAFile("a socket"))));
        assert!(matches!(read(Path::new("/dev/null"), 5), Err(Refusal::NotAFile("a device"))));
        assert!(matches!(read(&path("dangling"), 5), Err(Refusal::DanglingLink)));
        assert!(matches!(read(&path("circle"), 5), Err(Refusal::Unreadable(_))));
    }

    #[test]
    #[allow(clippy::disallowed_methods)] // a test's own directory
    fn what_belongs_to_another_user_is_not_there() {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        fs::write(path("file"), b"1.23").unwrap();
        symlink("file", path("link")).unwrap();
        symlink("nothing", path("dangling")).unwrap();
        let me = fs::metadata(path("file")).unwrap().uid();
        for name in ["file", "link"] {
            assert_eq!(read_owned(&path(name), 5, &[me + 1, me]).unwrap().unwrap(), b"1.23", "{name}");
        }
        // A directory or a dangling link of one's own is a mistake to be told; of another user it is nothing.
        for name in ["file", "link", "dangling", "."] {
            assert!(read_owned(&path(name), 5, &[me + 1]).unwrap().is_none(), "{name}");
        }
        assert!(read_owned(&path("dangling"), 5, &[me]).is_err());
        assert!(read_owned(&path("."), 5, &[me]).is_err());
    }

    #[test]
    fn a_file_whose_size_reads_as_zero_is_still_read_and_bounded() {
        // /proc files report a length of 0 and have content, as a file that grows does.
        let status = Path::new("/proc/self/status");
        assert!(!read(status, PIN_LIMIT).unwrap().unwrap().is_empty());
        assert!(matches!(read(status, 10), Err(Refusal::TooLarge(10))));
    }
}
