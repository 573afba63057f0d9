//! The directories that go writes to.

use super::{Looked, NOTHING, may_write_into};
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
    let user_home = facts.user_home();
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
        findings.extend(unwritable(name, Path::new(&value), place, user_home.as_deref()));
    }
    if let Some(gopath) = facts.setting("GOPATH")?.value() {
        let first = gopath.split(':').next().unwrap_or_default();
        if first.starts_with('/') {
            findings.extend(unwritable(
                SUMDB,
                &Path::new(first).join("pkg/sumdb"),
                None,
                user_home.as_deref(),
            ));
            if facts.setting("GOBIN")?.value().is_none_or(|value| value.is_empty()) {
                findings.extend(refused(
                    "GOPATH/bin",
                    &Path::new(first).join("bin"),
                    None,
                    user_home.as_deref(),
                ));
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

/// The directory, or what go keeps in it and one `sudo go` may have made.
fn unwritable(
    name: &str,
    directory: &Path,
    place: Option<FindingPlace>,
    user_home: Option<&Path>,
) -> Option<Finding> {
    if let Some(found) = refused(name, directory, place, user_home) {
        return Some(found);
    }
    let me = rustix::process::geteuid().as_raw();
    let is_refused = |path: &PathBuf| {
        // Go gives no right to write to the trees of modules: those of others alone count.
        let is_foreign = |found: &fs::Metadata| found.uid() != me && !found.is_symlink();
        fs::symlink_metadata(path).is_ok_and(|found| is_foreign(&found))
            && rustix::fs::access(path, Access::WRITE_OK).is_err()
    };
    let part = parts(name, directory).into_iter().find(is_refused)?;
    let owner = owner(fs::symlink_metadata(&part).ok()?.uid());
    let quoted = crate::shell::quote::where_needed(directory.as_os_str());
    Some(
        Finding::error("cache.not-writable", FindingPlace::file(&part))
            .what(format!("go cannot write to {name}"))
            .why(format!(
                "{} belongs to {owner}: `permission denied`; `sudo go` leaves such files",
                printable::path(&part)
            ))
            .by_hand("give it back to this user")
            .command(format!("sudo chown -R {me}: {quoted}")),
    )
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

/// The directory, or the nearest one above it where it has to be made.
fn refused(
    name: &str,
    directory: &Path,
    place: Option<FindingPlace>,
    user_home: Option<&Path>,
) -> Option<Finding> {
    let there: PathBuf = directory.ancestors().find(|path| path.exists())?.to_owned();
    let found = fs::metadata(&there).ok()?;
    if found.is_dir() && may_write_into(&there) {
        return None;
    }
    let me = rustix::process::geteuid().as_raw();
    let shown = printable::path(&there);
    let quoted = crate::shell::quote::where_needed(there.as_os_str());
    let finding = Finding::error("cache.not-writable", FindingPlace::file(there.clone()))
        .what(format!("go cannot write to {name}"));
    let is_below_home = user_home.is_some_and(|home| there != home && there.starts_with(home));
    let finding = if !found.is_dir() {
        finding
            .why(format!("{shown} is not a directory"))
            .by_hand("set it to a directory of yours, or leave it unset")
    } else if found.uid() == me {
        finding
            .why(format!("{shown} is yours and has mode {:o}", found.mode() & 0o7777))
            .by_hand("let yourself write to it")
            .command(format!("chmod u+rwx {quoted}"))
    } else if is_below_home {
        finding
            .why(format!(
                "{shown} belongs to {}: `permission denied`; `sudo go` leaves such directories",
                owner(found.uid())
            ))
            .by_hand("give it back to this user")
            .command(format!("sudo chown -R {me}: {quoted}"))
    } else {
        finding
            .why(format!("{shown} belongs to {}: `permission denied`", owner(found.uid())))
            .by_hand("set it to a directory of yours, or leave it unset")
    };
    Some(place.into_iter().fold(finding, Finding::and))
}

/// The name of a user, or the number.
fn owner(uid: u32) -> String {
    let passwd = passwd();
    let name = PasswdEntry::of(&passwd, uid).map(|entry| entry.name());
    name.filter(|name| !name.is_empty()).unwrap_or_else(|| format!("user {uid}"))
}
