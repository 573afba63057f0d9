//! Package managers whose records are text: which package lists a file.
//!
//! Both formats are documented for readers: dpkg's lists have a path a line; apk's database has `P:` for a package, `F:` for a
//! directory and `R:` for a file in it.

use gvmr_core::sys::bounded;
use std::fs;
use std::path::Path;

/// The largest list of files that is read.
pub(super) const MAX_LIST: u64 = 64 << 20;

/// The package that dpkg's lists in `directory` give this file to.
pub(super) fn dpkg(directory: &Path, program: &Path) -> Option<String> {
    let wanted = program.as_os_str().as_encoded_bytes();
    // What is in /usr by now may be listed where it was before /bin became a link.
    let before = wanted.strip_prefix(b"/usr").unwrap_or(wanted);
    let mut lists: Vec<_> = names(directory).filter(|name| list_of(name).is_some()).collect();
    lists.sort_by_key(|name| (!name.contains("gvmr"), name.clone()));
    let owner = lists.into_iter().find(|name| {
        let list = bounded::read(&directory.join(name), MAX_LIST).ok().flatten().unwrap_or_default();
        list.split(|byte| *byte == b'\n').any(|line| line == wanted || line == before)
    })?;
    let package = list_of(&owner)?;
    is_package_name(package).then(|| package.to_owned())
}

/// The package whose list has this name: `gvmr.list`, `gvmr:arm64.list`.
fn list_of(name: &str) -> Option<&str> {
    let package = name.strip_suffix(".list")?;
    Some(package.split_once(':').map_or(package, |(package, _)| package))
}

/// The package that apk's database gives this file to.
pub(super) fn apk(database: &Path, program: &Path) -> Option<String> {
    let text = bounded::read(database, MAX_LIST).ok().flatten()?;
    let (directory, name) = (program.parent()?, program.file_name()?.as_encoded_bytes());
    let directory = directory.strip_prefix("/").unwrap_or(directory).as_os_str().as_encoded_bytes();
    let (mut package, mut here) = ("", false);
    for line in text.split(|byte| *byte == b'\n') {
        match line {
            [b'P', b':', name @ ..] => package = str::from_utf8(name).unwrap_or_default(),
            [b'F', b':', path @ ..] => here = path == directory,
            [b'R', b':', file @ ..] if here && file == name => {
                return is_package_name(package).then(|| package.to_owned());
            }
            _ => {}
        }
    }
    None
}

/// Whether it may stand in a command that a user is to run.
pub(super) fn is_package_name(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"+-._".contains(&byte);
    !name.is_empty() && !name.starts_with('-') && name.bytes().all(fits)
}

/// The names in a directory; none where it cannot be read.
pub(super) fn names(directory: &Path) -> impl Iterator<Item = String> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().into_string().ok())
}

/// Whether there is a database of rpm, in any of its places and formats.
pub(super) fn has_rpm_database(root: &Path) -> bool {
    let places = ["var/lib/rpm", "usr/lib/sysimage/rpm", "usr/share/rpm"];
    let files = ["rpmdb.sqlite", "Packages", "Packages.db"];
    places.iter().any(|place| files.iter().any(|file| root.join(place).join(file).exists()))
}
