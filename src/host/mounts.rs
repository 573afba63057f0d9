//! Which file system a file is on, where its type says that owners and modes there may mean nothing.
//!
//! Takes a path and `/proc/self/mountinfo`; gives the mount and its type.

use gvmr_core::sys::bounded;
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};

/// Shared folders and network file systems, by the start of their type.
const SHARES: [&str; 9] = ["vboxsf", "vmhgfs", "fuse", "9p", "cifs", "smb", "nfs", "prl_fs", "virtiofs"];
/// The largest table, in bytes.
const MAX_BYTES: u64 = 16 << 20;

/// The shared folder on which this file is; it has no links in it.
pub fn share_of(file: &Path) -> Option<(PathBuf, String)> {
    let table = bounded::read(Path::new("/proc/self/mountinfo"), MAX_BYTES).ok()??;
    share_in(&table, file)
}

fn share_in(table: &[u8], file: &Path) -> Option<(PathBuf, String)> {
    let mounts = table.split(|byte| *byte == b'\n').filter_map(mount);
    // A later mount covers an earlier one at the same place.
    let over = mounts.filter(|(at, _)| file.starts_with(at)).max_by_key(|(at, _)| at.components().count())?;
    SHARES.iter().any(|share| over.1.starts_with(share)).then_some(over)
}

/// The mount point and the type of a line.
fn mount(line: &[u8]) -> Option<(PathBuf, String)> {
    let mut fields = line.split(|byte| *byte == b' ');
    let at = unescaped(fields.nth(4)?);
    let kind = fields.skip_while(|field| *field != b"-").nth(1)?;
    Some((PathBuf::from(OsString::from_vec(at)), String::from_utf8_lossy(kind).into_owned()))
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
        let of = |path: &str| share_in(table, Path::new(path)).map(|(_, kind)| kind);
        assert_eq!(of("/media/sf_my share/.profile").as_deref(), Some("vboxsf"));
        assert_eq!(of("/home/joe/nfs/x").as_deref(), Some("nfs4"));
        assert_eq!(of("/home/joe/nfs/local/x"), None);
        assert_eq!(of("/home/joe/.profile"), None);
    }
}
