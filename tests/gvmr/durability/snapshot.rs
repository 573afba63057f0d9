//! What a machine holds that must never be half: each file of the user's, and each installed version as a whole.

use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// By path: what is there, in a comparable form. A version is one entry.
pub(super) type Snapshot = BTreeMap<String, String>;

/// What a command may leave of its own when it is ended: the next one sweeps it.
const OWN: [&str; 5] = ["cache", "locks", "staging", "projects", "credentials.lock"];
const HOME: &str = ".local/share/gvmr";

/// What is below `user`, the user's home directory.
pub(super) fn of(user: &Path) -> Snapshot {
    let mut found = Snapshot::new();
    visit(user, user, &mut found);
    found
}

fn visit(user: &Path, directory: &Path, found: &mut Snapshot) {
    for entry in fs::read_dir(directory).unwrap().map(|entry| entry.unwrap()) {
        let path = entry.path();
        let name = path.strip_prefix(user).unwrap().to_str().unwrap().to_owned();
        let in_home = name.strip_prefix(HOME).map(|rest| rest.trim_start_matches('/'));
        if in_home.is_some_and(|rest| OWN.contains(&rest)) || is_temporary(&name) {
            continue;
        }
        let kind = entry.file_type().unwrap();
        if in_home.is_some_and(|rest| rest.starts_with("versions/")) {
            found.insert(name, digest(&path));
        } else if kind.is_dir() {
            visit(user, &path, found);
        } else if kind.is_symlink() {
            found.insert(name, format!("to {}", fs::read_link(&path).unwrap().display()));
        } else {
            let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
            let content = match String::from_utf8(fs::read(&path).unwrap()) {
                Ok(text) if text.len() < 500 => without_directories(&text).to_owned(),
                Ok(text) => sum(without_directories(&text).as_bytes()),
                Err(error) => sum(error.as_bytes()),
            };
            found.insert(name, format!("{mode:o} {content}"));
        }
    }
}

/// A directory that an ended setup made is there for the next one, which does not count it among its own: the last line of
/// a file of its own says how many `--undo` may take away.
fn without_directories(text: &str) -> &str {
    text.rsplit_once("# gvmr setup made ").map_or(text, |(before, _)| before)
}

/// A new file that has not taken the place of the old one, by gvmr's names for such.
fn is_temporary(name: &str) -> bool {
    name.rsplit('/').next().is_some_and(|name| name.contains(".gvmr-"))
}

/// The digest of a tree: names, modes and contents.
fn digest(tree: &Path) -> String {
    let mut entries = Vec::new();
    let mut left = vec![tree.to_owned()];
    while let Some(directory) = left.pop() {
        for entry in fs::read_dir(&directory).unwrap().map(|entry| entry.unwrap()) {
            let kind = entry.file_type().unwrap();
            if kind.is_dir() {
                left.push(entry.path());
            } else if kind.is_file() {
                let bytes = fs::read(entry.path()).unwrap();
                // The receipt holds the time of the install.
                let bytes = if entry.file_name() == ".gvmr-receipt.json" { Vec::new() } else { bytes };
                entries.push((entry.path(), entry.metadata().unwrap().permissions().mode(), bytes));
            }
        }
    }
    entries.sort();
    let lines = entries.iter().map(|(path, mode, bytes)| {
        format!("{} {mode:o} {}\n", path.strip_prefix(tree).unwrap().display(), sum(bytes))
    });
    sum(lines.collect::<String>().as_bytes())
}

fn sum(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// What is neither as before nor as after.
pub(super) fn violations(before: &Snapshot, after: &Snapshot, now: &Snapshot) -> Vec<String> {
    let paths: BTreeSet<&String> = before.keys().chain(after.keys()).chain(now.keys()).collect();
    let half = paths.into_iter().filter(|path| {
        let now = now.get(*path);
        now != before.get(*path) && now != after.get(*path)
    });
    half.map(|path| {
        format!("{path}: {:?} is neither {:?} nor {:?}", now.get(path), before.get(path), after.get(path))
    })
    .collect()
}
