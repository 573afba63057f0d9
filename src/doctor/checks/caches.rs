//! The directories that go writes to.

use super::{Looked, NOTHING, is_usable, may_write_into, nearest, own_home, user_home};
use crate::doctor::facts::Examination;
use crate::doctor::finding::Finding;
use crate::doctor::place::FindingPlace;
use crate::store::PasswdEntry;
use crate::store::passwd;
use gvmr_core::sys::printable;
use rustix::fs::Access;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

const SUMDB: &str = "GOPATH/pkg/sumdb";
/// So many entries of a directory are looked at.
const MAX_ENTRIES: usize = 512;

/// One that this user cannot write to.
pub(in crate::doctor) fn not_writable(facts: &Examination<'_>) -> Looked {
    if facts.goroot().is_none() {
        return NOTHING;
    }
    let own_home = own_home(facts);
    let flags = facts.setting("GOFLAGS")?.written().unwrap_or_default();
    let is_vendored = flags.split_ascii_whitespace().any(|word| word == "-mod=vendor");
    let mut findings = Vec::new();
    for name in ["GOCACHE", "GOMODCACHE", "GOBIN"] {
        let setting = facts.setting(name)?;
        let Some(value) = setting.value().filter(|value| !value.is_empty()) else { continue };
        let place = setting.place();
        // Go's own word for a relative GOCACHE is off.
        let value = setting.written().unwrap_or(value);
        if !Path::new(&value).is_absolute() {
            let why = if value == "off" {
                "go cannot build without it: `build cache is disabled by GOCACHE=off, but required`"
            } else {
                "go refuses a relative one"
            };
            let place = place.unwrap_or(FindingPlace::variable(name));
            findings.push(
                Finding::error("cache.not-writable", place)
                    .what(format!("{name} is {}", printable::word(&value)))
                    .why(why)
                    .by_hand("set it to a directory of yours, or leave it unset"),
            );
            continue;
        }
        if name == "GOMODCACHE" && is_vendored {
            continue; // nothing is put there
        }
        let is_written = setting.written().is_some();
        let (directory, own_home) = (PathBuf::from(value), own_home.as_deref());
        findings.extend(Cache { name, directory, is_written, place, own_home }.unwritable());
    }
    if let Some(gopath) = facts.setting("GOPATH")?.value() {
        let first = gopath.split(':').next().unwrap_or_default();
        let is_written = facts.setting("GOPATH")?.written().is_some();
        // One below a HOME that is not to be used is told with HOME.
        let is_meant = is_written || is_usable(Path::new(first)) || !user_home::is_unusable();
        if first.starts_with('/') && is_meant {
            let of_gopath = |name, below: &str| Cache {
                name,
                directory: Path::new(first).join(below),
                is_written,
                place: None,
                own_home: own_home.as_deref(),
            };
            findings.extend(of_gopath(SUMDB, "pkg/sumdb").unwritable());
            if facts.setting("GOBIN")?.value().is_none_or(|value| value.is_empty()) {
                findings.extend(of_gopath("GOPATH/bin", "bin").refused());
            }
        }
    }
    // One directory that is not ours stands for all that lie in it.
    let mut told: Vec<FindingPlace> = Vec::new();
    findings.retain(|finding: &Finding| {
        let place = finding.places.first().cloned();
        let is_new = place.as_ref().is_none_or(|place| !told.contains(place));
        told.extend(place);
        is_new
    });
    Ok(findings)
}

/// A directory that go writes to.
struct Cache<'a> {
    /// What go calls it.
    name: &'a str,
    directory: PathBuf,
    /// Whether a variable names it.
    is_written: bool,
    /// Where that variable is written.
    place: Option<FindingPlace>,
    own_home: Option<&'a Path>,
}

impl Cache<'_> {
    /// The directory, or what go keeps in it and one `sudo go` may have made.
    fn unwritable(self) -> Option<Finding> {
        let me = rustix::process::geteuid().as_raw();
        let is_refused = |path: &PathBuf| {
            // Of the user's own only directories count: go replaces files.
            let counts = |found: &fs::Metadata| !found.is_symlink() && (found.uid() != me || found.is_dir());
            fs::symlink_metadata(path).is_ok_and(|found| counts(&found))
                && rustix::fs::access(path, Access::WRITE_OK).is_err()
        };
        if !is_usable(&self.directory) {
            return self.refused();
        }
        let part = parts(self.name, &self.directory).into_iter().find(is_refused)?;
        let found = fs::symlink_metadata(&part).ok()?;
        let finding = self.finding(&part);
        if found.uid() == me {
            return Some(closed(finding, &part, &found));
        }
        let is_own = fs::metadata(&self.directory).is_ok_and(|found| found.uid() == me);
        let top = is_own.then_some(self.directory.as_path());
        Some(self.foreign(finding, &part, found.uid(), top))
    }

    /// The directory, or the nearest one above it where it has to be made.
    fn refused(self) -> Option<Finding> {
        let there = nearest(&self.directory)?.to_owned();
        let found = fs::metadata(&there).ok()?;
        if found.is_dir() && may_write_into(&there) {
            return None;
        }
        let me = rustix::process::geteuid().as_raw();
        let finding = if !found.is_dir() {
            let why = format!("{} is not a directory", printable::path(&there));
            self.finding(&there).why(why).by_hand(self.elsewhere())
        } else if found.uid() == me {
            closed(self.finding(&there), &there, &found)
        } else {
            let top = self.top(&there, found.uid());
            let there = top.as_deref().unwrap_or(&there);
            self.foreign(self.finding(there), there, found.uid(), top.as_deref())
        };
        Some(self.place.into_iter().fold(finding, Finding::and))
    }

    fn finding(&self, place: &Path) -> Finding {
        let what = format!("go cannot write to {}", self.name);
        Finding::error("cache.not-writable", FindingPlace::file(place)).what(what)
    }

    /// The topmost directory below the user's own home that the same user holds: one cause for all that lies in it.
    fn top(&self, there: &Path, owner: u32) -> Option<PathBuf> {
        let is_owners = |path: &&Path| fs::metadata(path).is_ok_and(|found| found.uid() == owner);
        let below = there.ancestors().take_while(|path| Some(*path) != self.own_home);
        let is_below = self.own_home.is_some_and(|home| there != home && there.starts_with(home));
        is_below.then(|| below.take_while(is_owners).last().map(Path::to_owned)).flatten()
    }

    /// What belongs to another user; `top` is the user's to have back.
    fn foreign(&self, finding: Finding, there: &Path, uid: u32, top: Option<&Path>) -> Finding {
        let why = format!("{} belongs to {}: `permission denied`", printable::path(there), owner(uid));
        let Some(top) = top else { return finding.why(why).by_hand(self.elsewhere()) };
        let me = rustix::process::geteuid().as_raw();
        let quoted = crate::shell::quote::where_needed(top.as_os_str());
        finding
            .why(format!("{why}; `sudo go` leaves such files"))
            .by_hand("give it back to this user")
            .command(format!("sudo chown -R {me}: {quoted}"))
    }

    /// What to do where the directory is not the user's to change.
    fn elsewhere(&self) -> String {
        let variable = self.name.split('/').next().unwrap_or_default();
        if self.is_written {
            "set it to a directory of yours, or leave it unset".to_owned()
        } else {
            format!("set {variable} to a directory of yours")
        }
    }
}

/// With what lets the user write to a directory of theirs.
fn closed(finding: Finding, directory: &Path, found: &fs::Metadata) -> Finding {
    let quoted = crate::shell::quote::where_needed(directory.as_os_str());
    finding
        .why(format!("{} is yours and has mode {:o}", printable::path(directory), found.mode() & 0o7777))
        .by_hand("let yourself write to it")
        .command(format!("chmod u+rwx {quoted}"))
}

/// What go changes below such a directory, some levels down.
fn parts(name: &str, directory: &Path) -> Vec<PathBuf> {
    let is_shard = |path: &PathBuf| path.file_name().is_some_and(|name| name.len() == 2);
    match name {
        "GOCACHE" => children(directory).into_iter().filter(is_shard).collect(),
        "GOMODCACHE" => {
            let cache = directory.join("cache");
            let download = cache.join("download");
            let hosts = children(&download);
            let below = hosts.iter().flat_map(|host| children(host));
            let mut parts: Vec<_> = [&cache, &cache.join("lock"), &download].map(Clone::clone).into();
            let is_tree = |path: &PathBuf| path.to_string_lossy().contains('@'); // nothing is added to it
            parts.extend(children(directory).into_iter().filter(|path| !is_tree(path)));
            parts.extend(below.collect::<Vec<_>>());
            parts.extend(hosts);
            parts
        }
        SUMDB => {
            let logs = children(directory);
            let heads = logs.iter().map(|log| log.join("latest")).collect::<Vec<_>>();
            logs.into_iter().chain(heads).collect()
        }
        _ => Vec::new(),
    }
}

fn children(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).take(MAX_ENTRIES).collect()
}

/// The name of a user, or the number.
fn owner(uid: u32) -> String {
    let passwd = passwd();
    let name = PasswdEntry::of(&passwd, uid).map(|entry| entry.name());
    name.filter(|name| !name.is_empty()).unwrap_or_else(|| format!("user {uid}"))
}
