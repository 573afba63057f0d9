//! Accounts and their homes in `/etc/passwd`, and which places no hint may give away.
//!
//! Takes paths and user ids. Reads that file alone, and asks no network service.

use gvmr_core::sys::bounded;
use gvmr_core::sys::environment::{Environment as _, Process};
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

/// The largest `/etc/passwd` that is read, in bytes.
const MAX_BYTES: u64 = 16 << 20;

/// Directories of the system: what is in them belongs to packages.
const SYSTEM: [&str; 10] =
    ["/bin", "/boot", "/etc", "/lib", "/lib32", "/lib64", "/proc", "/sbin", "/sys", "/usr"];
/// Directories of the system that hold what users and services put there.
const PARENTS: [&str; 14] = [
    "/",
    "/dev",
    "/dev/shm",
    "/home",
    "/media",
    "/mnt",
    "/opt",
    "/run",
    "/run/user",
    "/srv",
    "/tmp",
    "/var",
    "/var/lib",
    "/var/tmp",
];

/// The bytes of `/etc/passwd`; none where it cannot be read.
pub fn passwd() -> Vec<u8> {
    bounded::read(Path::new("/etc/passwd"), MAX_BYTES).ok().flatten().unwrap_or_default()
}

/// The name of a user, as `/etc/passwd` has it.
pub fn user_name(uid: u32) -> Option<String> {
    PasswdEntry::of(&passwd(), uid).map(|entry| entry.name())
}

/// The name of a group, as `/etc/group` has it: name, password, gid, members.
pub fn group_name(gid: u32) -> Option<String> {
    let groups = bounded::read(Path::new("/etc/group"), MAX_BYTES).ok().flatten().unwrap_or_default();
    let groups = String::from_utf8_lossy(&groups);
    groups.lines().find_map(|line| {
        let mut fields = line.split(':');
        let (name, id) = (fields.next()?, fields.nth(1)?);
        (id.parse() == Ok(gid)).then(|| name.to_owned())
    })
}

/// A line of `/etc/passwd`: name, password, uid, gid, comment, home, shell.
#[derive(Debug)]
pub struct PasswdEntry<'a>(Vec<&'a [u8]>);

impl<'a> PasswdEntry<'a> {
    fn all(passwd: &'a [u8]) -> impl Iterator<Item = Self> {
        passwd.split(|byte| *byte == b'\n').map(|line| Self(line.split(|byte| *byte == b':').collect()))
    }

    /// The first entry of this user id.
    pub fn of(passwd: &'a [u8], uid: u32) -> Option<Self> {
        Self::all(passwd).find(|entry| entry.uid() == Some(uid))
    }

    fn uid(&self) -> Option<u32> {
        std::str::from_utf8(self.0.get(2)?).ok()?.parse().ok()
    }

    /// The account's name.
    pub fn name(&self) -> String {
        self.0.first().map(|name| String::from_utf8_lossy(name).into_owned()).unwrap_or_default()
    }

    /// The home directory.
    pub fn home(&self) -> Option<PathBuf> {
        self.path(5)
    }

    /// The login shell. An empty field means `/bin/sh` (passwd(5)).
    pub fn shell(&self) -> Option<PathBuf> {
        self.path(6).or_else(|| Some(PathBuf::from("/bin/sh")))
    }

    fn path(&self, field: usize) -> Option<PathBuf> {
        let bytes = self.0.get(field).filter(|bytes| bytes.starts_with(b"/"))?;
        Some(PathBuf::from(OsStr::from_bytes(bytes)))
    }
}

/// Whether `path`, a directory of the user `uid`, is the home that `/etc/passwd` has for that user, or lies in it. What
/// belongs to the user who called sudo counts as such: that user may be known to a directory service alone.
pub fn is_in_home_of(path: &Path, uid: u32) -> bool {
    let called_sudo = Process.text("SUDO_UID").and_then(|caller| caller.parse().ok()) == Some(uid);
    called_sudo
        || PasswdEntry::all(&passwd()).filter(|entry| entry.uid() == Some(uid)).any(|entry| entry.holds(path))
}

impl PasswdEntry<'_> {
    fn holds(&self, path: &Path) -> bool {
        let real = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        self.home().is_some_and(|home| real(path).starts_with(real(&home)))
    }
}

/// Whether a hint may name `path` in a command that changes its owner or mode: not the system's directories and what lies
/// in them, nor another user's home.
pub fn may_be_given_away(path: &Path, uid: u32) -> bool {
    let real = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    may_be_given(&real, uid, &passwd()) && may_be_given(path, uid, &passwd())
}

fn may_be_given(path: &Path, uid: u32, passwd: &[u8]) -> bool {
    let is_systems = SYSTEM.iter().any(|system| path.starts_with(system))
        || PARENTS.iter().any(|parent| path == Path::new(parent));
    let is_place = |home: &Path| !SYSTEM.iter().chain(&PARENTS).any(|system| home == Path::new(system));
    let is_anothers = PasswdEntry::all(passwd)
        .filter(|entry| entry.uid() != Some(uid) && entry.home().is_some_and(|home| is_place(&home)))
        .any(|entry| entry.holds(path));
    !is_systems && !is_anothers
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWD: &[u8] = b"root:x:0:0:root:/root:/bin/bash\nu:x:1000:1000:A, b:/home/u:/usr/bin/zsh\nn:x:1001:1001::/home/n:\nnobody:x:65534:1::/:\n";

    #[test]
    fn an_entry_is_found_by_its_user_id() {
        let entry = PasswdEntry::of(PASSWD, 1000).unwrap();
        assert_eq!(entry.name(), "u");
        assert_eq!(entry.home(), Some(PathBuf::from("/home/u")));
        assert_eq!(entry.shell(), Some(PathBuf::from("/usr/bin/zsh")));
        assert_eq!(PasswdEntry::of(PASSWD, 1001).unwrap().shell(), Some(PathBuf::from("/bin/sh")));
        assert!(PasswdEntry::of(PASSWD, 10).is_none());
    }

    #[test]
    fn hints_give_away_what_is_neither_the_systems_nor_anothers() {
        for (path, uid, may) in [
            ("/home/u", 1000, true),
            ("/home/u/.bashrc", 1000, true),
            ("/data/gvmr", 1000, true),
            ("/opt/gvmr", 0, true),
            ("/root/.bashrc", 0, true),
            ("/home/n/.bashrc", 1000, false),
            ("/home/u/.local", 0, false),
            ("/root", 1000, false),
            ("/", 0, false),
            ("/", 65534, false),
            ("/etc", 0, false),
            ("/etc/shadow", 1000, false),
            ("/usr/local", 0, false),
            ("/home", 0, false),
            ("/opt", 0, false),
            ("/tmp", 1000, false),
        ] {
            assert_eq!(may_be_given(Path::new(path), uid, PASSWD), may, "{path} {uid}");
        }
    }
}
