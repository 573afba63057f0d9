//! Programs that gvmr starts by their name, found on `PATH`.
//!
//! Takes a name and the environment, gives a path. Only absolute elements count: a relative or empty one lets the working
//! directory supply the program. For root only directories count in which nobody else can put one. Starts nothing.

use crate::sys::bounded::{self, PIN_LIMIT};
use crate::sys::environment::Environment;
use crate::sys::process;
use std::ffi::OsStr;
use std::fs::{self, Metadata};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Component, Path, PathBuf};

/// As many links in a path as the kernel follows.
const MAX_LINKS: usize = 40;

/// The first program of this name.
pub fn find(name: &str, environment: &dyn Environment) -> Option<PathBuf> {
    let path = environment.get("PATH")?;
    directories(&path).map(|directory| directory.join(name)).find(|program| is_executable(program))
}

/// The same of a program of the system. Without a `PATH` it is searched for where the C library would.
pub fn find_in_system(name: &str, environment: &dyn Environment) -> Option<PathBuf> {
    match environment.get("PATH") {
        Some(_) => find(name, environment),
        None => find(name, &vec![("PATH", "/bin:/usr/bin")]),
    }
}

/// The directories of a `PATH` that count, in order.
pub fn directories(path: &OsStr) -> impl Iterator<Item = &Path> {
    let is_root = process::effective_user() == 0;
    let elements = path.as_bytes().split(|byte| *byte == b':').map(|part| Path::new(OsStr::from_bytes(part)));
    elements.filter(move |element| element.is_absolute() && (!is_root || is_roots_alone(element)))
}

/// The directories of a `PATH` that do not count for root, since another user can put a program there, in order.
pub fn refused_directories(path: &OsStr) -> impl Iterator<Item = &Path> {
    let is_root = process::effective_user() == 0;
    let elements = path.as_bytes().split(|byte| *byte == b':').map(|part| Path::new(OsStr::from_bytes(part)));
    elements.filter(move |element| is_root && element.is_absolute() && !is_roots_alone(element))
}

fn is_executable(program: &Path) -> bool {
    fs::metadata(program).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

/// Whether only root can put a program into this directory, or another directory or link in its place.
pub fn is_roots_alone(directory: &Path) -> bool {
    let parts =
        |path: &Path| -> Vec<_> { path.components().map(|part| part.as_os_str().to_owned()).rev().collect() };
    let (mut here, mut rest, mut links) = (PathBuf::new(), parts(directory), 0);
    while let Some(part) = rest.pop() {
        if Path::new(&part).components().next() == Some(Component::ParentDir) {
            here.pop();
            continue;
        }
        let path = here.join(&part);
        let Ok(found) = fs::symlink_metadata(&path) else { return false };
        if found.uid() != 0 {
            return false;
        }
        if found.is_symlink() {
            let Ok(target) = fs::read_link(&path) else { return false };
            links += 1;
            if links > MAX_LINKS {
                return false;
            }
            rest.extend(parts(&target));
            continue;
        }
        // What root has in a directory like /tmp nobody else can rename.
        let is_sticky = found.mode() & 0o1000 != 0 && !rest.is_empty();
        if !found.is_dir() || (!is_sticky && others_write(&found)) {
            return false;
        }
        here = path;
    }
    true
}

fn others_write(found: &Metadata) -> bool {
    let by_group = found.mode() & 0o020 != 0 && found.gid() != 0;
    found.mode() & 0o002 != 0 || (by_group && has_members(found.gid()))
}

/// Whether anyone but root is in a group, as far as `/etc/group` and `/etc/passwd` tell. Debian's `staff`, which may write
/// to `/usr/local`, has no members as a rule.
fn has_members(group: u32) -> bool {
    group_has_others(group, &[0]).unwrap_or(true)
}

/// Whether anyone but `users` is in a group; `None` where `/etc/group` and `/etc/passwd` do not tell.
pub fn group_has_others(group: u32, users: &[u32]) -> Option<bool> {
    let read = |file: &str| bounded::read(Path::new(file), 64 * PIN_LIMIT).ok().flatten();
    others_in(&read("/etc/group")?, &read("/etc/passwd")?, group, users)
}

fn others_in(groups: &[u8], accounts: &[u8], group: u32, users: &[u32]) -> Option<bool> {
    let is_user = |line: &&[u8]| {
        let user = std::str::from_utf8(field(line, 2)).ok().and_then(|user| user.parse().ok());
        user.is_some_and(|user| users.contains(&user))
    };
    let accounts = || accounts.split(|byte| *byte == b'\n');
    let names: Vec<&[u8]> = accounts().filter(is_user).map(|line| field(line, 0)).collect();
    let group = group.to_string();
    let mut is_known = false;
    for line in groups.split(|byte| *byte == b'\n').filter(|line| field(line, 2) == group.as_bytes()) {
        is_known = true;
        let members = field(line, 3).split(|byte| *byte == b',');
        if members.filter(|name| !name.is_empty()).any(|name| !names.contains(&name)) {
            return Some(true);
        }
    }
    let is_other_member = |line: &[u8]| field(line, 3) == group.as_bytes() && !is_user(&line);
    is_known.then(|| accounts().any(is_other_member))
}

/// A field of a line of such a file, from 0.
fn field(line: &[u8], number: usize) -> &[u8] {
    line.split(|byte| *byte == b':').nth(number).unwrap_or_default()
}

#[cfg(test)]
#[allow(clippy::disallowed_methods)] // a test's own directory
mod tests {
    use super::*;
    use std::fs::Permissions;
    use std::os::unix::fs::{chown, lchown, symlink};

    fn program(path: &Path) {
        fs::write(path, "").unwrap();
        fs::set_permissions(path, Permissions::from_mode(0o755)).unwrap();
    }

    #[test]
    fn only_absolute_elements_supply_a_program() {
        let place = tempfile::tempdir().unwrap();
        let path = |name: &str| place.path().canonicalize().unwrap().join(name);
        for directory in ["one", "two", "none"] {
            fs::create_dir(path(directory)).unwrap();
        }
        program(&path("one/tool"));
        program(&path("two/tool"));
        fs::write(path("none/tool"), "").unwrap();
        let here = std::env::current_dir().unwrap();
        let relative: String = here.components().skip(1).map(|_| "../").collect();
        let relative = format!("{relative}{}", path("one").strip_prefix("/").unwrap().display());
        assert!(Path::new(&relative).join("tool").exists());
        let two = path("two").display().to_string();
        let none = path("none").display().to_string();
        for value in [two.clone(), format!(":{two}"), format!(".:{two}"), format!("{relative}:{none}:{two}:")]
        {
            assert_eq!(find("tool", &vec![("PATH", value.as_str())]), Some(path("two/tool")), "{value}");
        }
        for value in ["", ":", ".", relative.as_str(), none.as_str()] {
            assert_eq!(find("tool", &vec![("PATH", value)]), None, "{value}");
        }
    }

    #[test]
    fn a_private_group_has_only_its_user() {
        let groups =
            b"root:x:0:\nstaff:x:50:\njoe:x:1000:\nann:x:1001:ann\nteam:x:2000:joe,ann\nall:x:100:\n";
        let accounts = b"root:x:0:0::/:\njoe:x:1000:1000::/:\nann:x:1001:1001::/:\nbob:x:1002:100::/:\n";
        let others = |group, users: &[u32]| others_in(groups, accounts, group, users);
        assert_eq!(others(1000, &[1000, 0]), Some(false));
        assert_eq!(others(1001, &[1001, 0]), Some(false));
        assert_eq!(others(1001, &[1000, 0]), Some(true), "a member by name");
        assert_eq!(others(2000, &[1000, 0]), Some(true));
        assert_eq!(others(2000, &[1000, 1001]), Some(false));
        assert_eq!(others(100, &[1000, 0]), Some(true), "a member by account");
        assert_eq!(others(50, &[0]), Some(false));
        assert_eq!(others(4711, &[0]), None, "a group that other services may know");
    }

    #[test]
    fn for_root_nobody_else_can_put_a_program_there() {
        let place = tempfile::tempdir().unwrap();
        let path = |name: &str| place.path().canonicalize().unwrap().join(name);
        if lchown(place.path(), Some(0), Some(0)).is_err() {
            return; // only root can give files away; tests/gvmr/other_users says so
        }
        let directory = |name: &str, owner, group, mode| {
            fs::create_dir_all(path(name)).unwrap();
            chown(path(name), Some(owner), Some(group)).unwrap();
            fs::set_permissions(path(name), Permissions::from_mode(mode)).unwrap();
        };
        directory("good", 0, 0, 0o755);
        directory("grouped", 0, 0, 0o775);
        directory("theirs", 4002, 4002, 0o755);
        directory("theirs/below", 0, 0, 0o755);
        directory("open", 0, 0, 0o777);
        directory("open/below", 0, 0, 0o755);
        directory("sticky", 0, 0, 0o1777);
        directory("sticky/below", 0, 0, 0o755);
        directory("sticky/theirs", 4002, 4002, 0o755);
        directory("group", 0, 4002, 0o775);
        symlink("good", path("link")).unwrap();
        symlink("../good", path("theirs/planted")).unwrap();
        lchown(path("theirs/planted"), Some(4002), None).unwrap();
        symlink("theirs/planted", path("chain")).unwrap();
        symlink("circle", path("circle")).unwrap();
        fs::write(path("file"), "").unwrap();
        for (name, alone) in [
            ("good", true),
            ("grouped", true),
            ("link", true),
            ("good/../good", true),
            ("sticky/below", true),
            ("theirs", false),
            ("theirs/below", false),
            ("theirs/../good", false),
            ("open", false),
            ("open/below", false),
            ("sticky", false),
            ("sticky/theirs", false),
            ("group", false),
            ("chain", false),
            ("circle", false),
            ("file", false),
            ("absent", false),
        ] {
            assert_eq!(is_roots_alone(&path(name)), alone, "{name}");
        }
        assert!(is_roots_alone(Path::new("/usr/bin")) && is_roots_alone(Path::new("/bin")));
    }
}
