//! The directories that go writes to.

use super::{Looked, NOTHING, may_write_into};
use crate::doctor::facts::Examination;
use crate::doctor::finding::Finding;
use crate::doctor::place::FindingPlace;
use crate::store::PasswdEntry;
use crate::store::passwd;
use gvmr_core::sys::printable;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

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
        let found = refused(name, Path::new(&value), place, user_home.as_deref());
        let below = || refused(name, &Path::new(&value).join("cache/download"), None, user_home.as_deref());
        findings.extend(found.or_else(|| (name == "GOMODCACHE").then(below).flatten()));
    }
    if let Some(gopath) = facts.setting("GOPATH")?.value() {
        let first = gopath.split(':').next().unwrap_or_default();
        if first.starts_with('/') {
            findings.extend(refused(
                "GOPATH/pkg/sumdb",
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
