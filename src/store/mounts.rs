//! Where other file systems begin: inside a tree that is to be removed, and between the home's directories.
//!
//! Takes paths, asks `/proc/self/mountinfo` and `statx`. Without them nothing is found; deleting and renaming then still
//! refuse to cross.

use super::Store;
use super::error::StoreError;
use super::temporary::temporary;
use crate::atomic_file::NewFile;
use rustix::fs::{AtFlags, CWD, StatxFlags, statx};
use std::ffi::OsString;
use std::fs::{self, Permissions};
use std::os::unix::ffi::OsStringExt as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

impl Store {
    /// [`StoreError::Separate`] where a tree cannot be moved from `staging` to `versions` in one step.
    pub fn check_devices(&self) -> Result<(), StoreError> {
        let (staging, versions) = (self.home.staging(), self.home.versions());
        let (Some(one), Some(other)) = (Place::of(&staging), Place::of(&versions)) else { return Ok(()) };
        if one.is_separate_from(other) {
            return Err(StoreError::Separate { staging, versions });
        }
        Ok(())
    }

    /// The same, and [`StoreError::NoPrograms`] where no file can be made executable: what is found after a download was
    /// downloaded in vain.
    pub fn check_file_system(&self) -> Result<(), StoreError> {
        self.check_devices()?;
        let probe = temporary(&self.home.staging().join("probe"));
        let file =
            NewFile::create(CWD, &probe, 0o700).map_err(|error| StoreError::io("create", &probe, error))?;
        let is_executable = || file.file().metadata().is_ok_and(|found| found.mode() & 0o100 != 0);
        if is_executable() {
            return Ok(());
        }
        let changed = file.file().set_permissions(Permissions::from_mode(0o700)); // the umask may be why
        match changed {
            Ok(()) if is_executable() => Ok(()),
            _ => Err(StoreError::NoPrograms { directory: self.home.staging() }),
        }
    }
}

/// Which mount of which file system a path lies on.
#[derive(Clone, Copy)]
struct Place {
    device: u64,
    /// Told since Linux 5.8.
    mount: Option<u64>,
}

impl Place {
    fn of(path: &Path) -> Option<Self> {
        let device = fs::symlink_metadata(path).ok()?.dev();
        let found = statx(CWD, path, AtFlags::SYMLINK_NOFOLLOW, StatxFlags::MNT_ID).ok();
        let found = found.filter(|found| found.stx_mask & StatxFlags::MNT_ID.bits() != 0);
        Some(Self { device, mount: found.map(|found| found.stx_mnt_id) })
    }

    fn is_separate_from(self, other: Self) -> bool {
        let mounts = self.mount.zip(other.mount);
        self.device != other.device || mounts.is_some_and(|(one, other)| one != other)
    }
}

/// The first place at or below `directory` where something is mounted.
pub(super) fn below(directory: &Path) -> Option<PathBuf> {
    let directory = fs::canonicalize(directory).ok()?;
    let table = fs::read("/proc/self/mountinfo").ok()?;
    points(&table).find(|point| point.starts_with(&directory))
}

/// The mount points of a `mountinfo` table.
fn points(table: &[u8]) -> impl Iterator<Item = PathBuf> {
    let lines = table.split(|byte| *byte == b'\n');
    let fields = lines.filter_map(|line| line.split(|byte| *byte == b' ').nth(4));
    fields.map(|field| PathBuf::from(OsString::from_vec(unescaped(field))))
}

/// Blanks, tabs, newlines and backslashes are written as three octal digits.
fn unescaped(field: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(field.len());
    let mut rest = field;
    while let [first, after @ ..] = rest {
        let octal = after.get(..3).filter(|_| *first == b'\\');
        let octal = octal.and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 8).ok());
        bytes.push(octal.unwrap_or(*first));
        rest = if octal.is_some() { after.get(3..).unwrap_or_default() } else { after };
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mount_points_are_read_with_their_blanks() {
        let table = b"36 35 98:0 / /mnt/a\\040b\\134c rw,noatime master:1 - ext3 /dev/root rw\n\
                      37 35 0:5 /x /proc rw - proc proc rw\n\
                      short line\n38 1 0:6 / /odd\\0 rw - x y z";
        let found: Vec<_> = points(table).collect();
        assert_eq!(found, ["/mnt/a b\\c", "/proc", "/odd\\0"].map(PathBuf::from));
        assert_eq!(below(Path::new("/no/such/place")), None);
    }

    proptest::proptest! {
        #[test]
        fn no_table_makes_it_panic(table in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
            points(&table).for_each(drop);
        }
    }
}
