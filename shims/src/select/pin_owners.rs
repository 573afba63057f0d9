//! Whose pins count.
//!
//! A pin of another user counts, as go.mod does, unless the directory that it lies in is open to everyone: there anyone may
//! have put it, above the directories of all. Then it counts only if it is this user's, root's or, for root, the one's who
//! called sudo. Looks at the directory only where the owner is another.

use crate::sys::bounded::{self, PIN_LIMIT, Refusal};
use crate::sys::environment::Environment;
use crate::sys::printable;
use crate::sys::process;
use std::cell::Cell;
use std::ffi::OsStr;
use std::fmt;
use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Whose pins count, and those that were passed over.
pub struct PinOwners<'a> {
    environment: &'a dyn Environment,
    user: u32,
    /// Pins that do not count, nearest first.
    pub ignored: Vec<ForeignPin>,
}

/// A pin that does not count since anyone may have put it there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignPin {
    /// The file.
    pub file: PathBuf,
    /// Its owner, or that of the link to it.
    pub owner: u32,
}

impl fmt::Display for ForeignPin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "ignoring {}, which belongs to user {}, in a directory that everyone can write to",
            printable::path(&self.file),
            self.owner
        )
    }
}

impl<'a> PinOwners<'a> {
    /// Those of the user whose rights this process has.
    pub fn of(environment: &'a dyn Environment) -> Self {
        Self { environment, user: process::effective_user(), ignored: Vec::new() }
    }

    /// The bytes of a pin that counts.
    pub(crate) fn read(&mut self, file: &Path) -> Result<Option<Vec<u8>>, Refusal> {
        let foreign = Cell::new(None);
        let counts = |found: &Metadata| {
            let owner = found.uid();
            let counts = owner == self.user || owner == 0 || self.called_sudo(owner) || !is_open(file);
            if !counts {
                foreign.set(Some(owner));
            }
            counts
        };
        let bytes = bounded::read_if(file, PIN_LIMIT, counts);
        if let Some(owner) = foreign.get() {
            let pin = ForeignPin { file: file.to_path_buf(), owner };
            if !self.ignored.contains(&pin) {
                self.ignored.push(pin);
            }
        }
        bytes
    }

    fn called_sudo(&self, owner: u32) -> bool {
        self.user == 0 && self.environment.text("SUDO_UID").and_then(|user| user.parse().ok()) == Some(owner)
    }
}

/// Whether everyone can put a file there. What is in `.config` speaks for the directory above, where anyone could make it.
fn is_open(file: &Path) -> bool {
    let Some(directory) = file.parent() else { return false };
    let above = directory.parent().filter(|_| directory.file_name() == Some(OsStr::new(".config")));
    let is_open = |directory: &Path| fs::metadata(directory).is_ok_and(|found| found.mode() & 0o002 != 0);
    is_open(directory) || above.is_some_and(is_open)
}

#[cfg(test)]
#[allow(clippy::disallowed_methods)] // a test's own directory
mod tests {
    use super::*;
    use std::fs::Permissions;
    use std::os::unix::fs::{PermissionsExt, lchown, symlink};

    /// Owner of the file, owner of a link to it where one leads there, mode of the directory, the user, `SUDO_UID`, and the
    /// owner for whom it is passed over.
    type Case = (u32, Option<u32>, u32, u32, &'static str, Option<u32>);

    const CASES: [Case; 14] = [
        (4001, None, 0o755, 4001, "", None),
        (4001, None, 0o1777, 4001, "", None),
        (0, None, 0o1777, 4001, "", None),
        (4002, None, 0o755, 4001, "", None),
        (4002, None, 0o775, 4001, "", None),
        (4002, None, 0o1777, 4001, "", Some(4002)),
        (4002, None, 0o777, 4001, "", Some(4002)),
        (4001, Some(4002), 0o1777, 4001, "", Some(4002)),
        (4002, Some(4001), 0o1777, 4001, "", Some(4002)),
        (4002, Some(4001), 0o755, 4001, "", None),
        (4002, None, 0o1777, 0, "", Some(4002)),
        (4002, None, 0o1777, 0, "4002", None),
        (4002, None, 0o1777, 0, "4001", Some(4002)),
        (4002, None, 0o1777, 4001, "4002", Some(4002)), // only sudo sets it for root
    ];

    #[test]
    fn another_users_pin_counts_unless_anyone_may_have_put_it_there() {
        let place = tempfile::tempdir().unwrap();
        if lchown(place.path(), Some(4001), None).is_err() {
            return; // only root can give files away; the stories of other users say so where they may not be skipped
        }
        for (number, (owner, link, mode, user, sudo, passed_over)) in CASES.into_iter().enumerate() {
            for (name, directory) in [(".go-version", ""), ("mise.toml", ".config")] {
                let above = place.path().join(format!("{number}{directory}"));
                fs::create_dir_all(above.join(directory)).unwrap();
                let file = above.join(directory).join(name);
                fs::write(place.path().join("target"), "1.98.1").unwrap();
                let real = match link {
                    Some(_) => place.path().join(format!("target{number}{directory}")),
                    None => file.clone(),
                };
                fs::rename(place.path().join("target"), &real).unwrap();
                lchown(&real, Some(owner), None).unwrap();
                if let Some(link) = link {
                    symlink(&real, &file).unwrap();
                    lchown(&file, Some(link), None).unwrap();
                }
                fs::set_permissions(&above, Permissions::from_mode(mode)).unwrap();
                let environment = vec![("SUDO_UID", sudo)];
                let mut owners = PinOwners { user, ..PinOwners::of(&environment) };
                assert_eq!(owners.read(&file).unwrap().is_some(), passed_over.is_none(), "{number} {name}");
                let ignored: Vec<_> = owners.ignored.iter().map(|pin| pin.owner).collect();
                assert_eq!(ignored, Vec::from_iter(passed_over), "{number} {name}");
            }
        }
    }
}
