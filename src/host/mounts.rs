//! Which file system a file is on, and whether its type says that owners and modes there may mean nothing.
//!
//! Takes a path and `/proc/self/mountinfo`; gives the mount, its type and its device.

use gvmr_core::sys::bounded;
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};

/// Shared folders and network file systems, by the start of their type.
const SHARES: [&str; 9] = ["vboxsf", "vmhgfs", "fuse", "9p", "cifs", "smb", "nfs", "prl_fs", "virtiofs"];
/// The largest table, in bytes.
const MAX_BYTES: u64 = 16 << 20;

/// A mounted file system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MountedFileSystem {
    /// Where it is mounted.
    pub point: PathBuf,
    /// `ext4`
    pub kind: String,
    /// `/dev/sda1`, or whatever it is mounted from.
    pub device: String,
}

/// The file system on which this file is; it has no links in it.
pub fn file_system_of(file: &Path) -> Option<MountedFileSystem> {
    let table = bounded::read(Path::new("/proc/self/mountinfo"), MAX_BYTES).ok()??;
    file_system_in(&table, file)
}

/// The same where it is a shared folder.
pub fn share_of(file: &Path) -> Option<MountedFileSystem> {
    file_system_of(file).filter(MountedFileSystem::is_share)
}

fn file_system_in(table: &[u8], file: &Path) -> Option<MountedFileSystem> {
    let mounts = table.split(|byte| *byte == b'\n').filter_map(MountedFileSystem::of_line);
    // A later mount covers an earlier one at the same place.
    mounts.filter(|mount| file.starts_with(&mount.point)).max_by_key(|mount| mount.point.components().count())
}

impl MountedFileSystem {
    fn of_line(line: &[u8]) -> Option<Self> {
        let mut fields = line.split(|byte| *byte == b' ');
        let point = PathBuf::from(OsString::from_vec(unescaped(fields.nth(4)?)));
        let mut behind = fields.skip_while(|field| *field != b"-").skip(1);
        let mut text = || Some(String::from_utf8_lossy(&unescaped(behind.next()?)).into_owned());
        Some(Self { point, kind: text()?, device: text()? })
    }

    fn is_share(&self) -> bool {
        SHARES.iter().any(|share| self.kind.starts_with(share))
    }
}

/// The kernel writes blanks and backslashes as `\040`.
fn unescaped(field: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(field.len());
    let mut rest = field;
    while let Some((byte, behind)) = rest.split_first() {
        let code = behind.get(..3).and_then(|digits| std::str::from_utf8(digits).ok());
        let code = code.and_then(|digits| u8::from_str_radix(digits, 8).ok()).filter(|_| *byte == b'\\');
        bytes.push(code.unwrap_or(*byte));
        rest = if code.is_some() { behind.get(3..).unwrap_or_default() } else { behind };
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mount_that_is_nearest_decides() {
        let table = b"22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw\n\
                      40 22 0:40 / /media/sf_my\\040share rw - vboxsf none rw\n\
                      41 22 0:41 / /home/joe/nfs rw shared:3 - nfs4 srv:/x rw\n\
                      42 41 8:2 / /home/joe/nfs/local rw - ext4 /dev/sdb rw\n";
        let found = |path: &str| file_system_in(table, Path::new(path)).unwrap();
        let of = |path: &str| Some(found(path)).filter(MountedFileSystem::is_share).map(|mount| mount.kind);
        assert_eq!(of("/media/sf_my share/.profile").as_deref(), Some("vboxsf"));
        assert_eq!(of("/home/joe/nfs/x").as_deref(), Some("nfs4"));
        assert_eq!(of("/home/joe/nfs/local/x"), None);
        assert_eq!(of("/home/joe/.profile"), None);
        let local = found("/home/joe/nfs/local/x");
        assert_eq!((local.point.to_str(), local.device.as_str()), (Some("/home/joe/nfs/local"), "/dev/sdb"));
    }
}
