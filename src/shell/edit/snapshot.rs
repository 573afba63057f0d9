//! What a file holds at one moment, and whether it is still the same.
//!
//! Reads regular files only, never waits for one (a FIFO, a device), and never reads more than [`LIMIT`].

use super::error::EditError;
use super::target::EditTarget;
use rustix::fs::{self, FileType, IFlags, Mode, OFlags, Stat};
use rustix::io::Errno;
use std::fs::File;
use std::io::Read as _;

/// No start-up file is larger, in bytes.
pub(super) const LIMIT: u64 = 16 << 20;

/// A regular file as it was read.
#[derive(Debug)]
pub(super) struct Snapshot {
    /// All of it.
    pub(super) bytes: Vec<u8>,
    /// The owner's user id.
    pub(super) owner: u32,
    /// The group's id.
    pub(super) group: u32,
    /// Permissions, with the set-id and sticky bits.
    pub(super) mode: u32,
    /// How many names it has.
    pub(super) links: u64,
    /// Whether the file system forbids any change of it.
    pub(super) is_immutable: bool,
    /// It, open for reading.
    pub(super) file: File,
    identity: Identity,
}

/// What changes whenever a file is replaced, written or given other rights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Identity {
    device: u64,
    inode: u64,
    size: i64,
    changed: (i64, u64),
}

impl Snapshot {
    /// Reads what is at the target; `None` if nothing is there.
    pub(super) fn read(target: &EditTarget) -> Result<Option<Self>, EditError> {
        let path = target.path();
        let Some(found) = &target.found else { return Ok(None) };
        check_kind(target, found)?;
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let opened = fs::openat(&target.directory.descriptor, &target.name, flags, Mode::empty());
        let file = match opened {
            Ok(descriptor) => File::from(descriptor),
            Err(Errno::ACCESS | Errno::PERM) => return Err(unreadable(target, found)),
            Err(Errno::LOOP | Errno::NOENT) => return Err(EditError::Changed { path }),
            Err(error) => return Err(EditError::io("read", &path, error)),
        };
        let open = fs::fstat(&file).map_err(|error| EditError::io("read", &path, error))?;
        if (open.st_dev, open.st_ino) != (found.st_dev, found.st_ino) {
            return Err(EditError::Changed { path });
        }
        let mut bytes = Vec::with_capacity(usize::try_from(open.st_size).unwrap_or_default());
        let read = (&file).take(LIMIT + 1).read_to_end(&mut bytes);
        read.map_err(|error| EditError::io("read", &path, error))?;
        if bytes.len() as u64 > LIMIT {
            return Err(EditError::TooLarge { path, size: bytes.len() as u64, limit: LIMIT });
        }
        let forbidding = IFlags::IMMUTABLE | IFlags::APPEND;
        Ok(Some(Self {
            bytes,
            owner: open.st_uid,
            group: open.st_gid,
            mode: open.st_mode & 0o7777,
            links: count(open.st_nlink),
            is_immutable: fs::ioctl_getflags(&file).is_ok_and(|flags| flags.intersects(forbidding)),
            file,
            identity: Identity::of(&open),
        }))
    }

    /// Whether the file at the target is this one, unchanged. Told by its times too: a write within the same tick
    /// of the kernel's clock shows only in its bytes.
    pub(super) fn still_is(&self, found: Option<&Stat>) -> bool {
        found.is_some_and(|found| Identity::of(found) == self.identity)
    }
}

impl Identity {
    #[allow(clippy::unnecessary_cast, clippy::cast_lossless)] // their types differ between architectures
    fn of(found: &Stat) -> Self {
        Self {
            device: found.st_dev as u64,
            inode: found.st_ino as u64,
            size: found.st_size as i64,
            changed: (found.st_ctime as i64, found.st_ctime_nsec as u64),
        }
    }
}

fn check_kind(target: &EditTarget, found: &Stat) -> Result<(), EditError> {
    let path = target.path();
    let kind = match FileType::from_raw_mode(found.st_mode) {
        FileType::RegularFile => {
            let size = u64::try_from(found.st_size).unwrap_or_default();
            return if size > LIMIT { Err(EditError::TooLarge { path, size, limit: LIMIT }) } else { Ok(()) };
        }
        FileType::Directory => return Err(EditError::Directory { path }),
        FileType::Fifo => "FIFO",
        FileType::Socket => "socket",
        FileType::CharacterDevice | FileType::BlockDevice => "device",
        FileType::Symlink => "link",
        FileType::Unknown => "thing of an unknown kind",
    };
    Err(EditError::Special { path, kind })
}

fn unreadable(target: &EditTarget, found: &Stat) -> EditError {
    EditError::Unreadable {
        path: target.path(),
        owner: found.st_uid,
        mode: found.st_mode & 0o7777,
        own: found.st_uid == rustix::process::geteuid().as_raw(),
    }
}

/// A number whose type differs between architectures.
fn count(links: impl TryInto<u64>) -> u64 {
    links.try_into().unwrap_or(u64::MAX)
}
