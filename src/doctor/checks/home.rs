//! gvmr's own home: its directories, its default, what is installed.

use super::{Looked, NOTHING, one, own_home};
use crate::doctor::facts::Examination;
use crate::doctor::finding::{Finding, Severity};
use crate::doctor::mend::Mend;
use crate::doctor::place::FindingPlace;
use crate::host::Volume;
use crate::install::is_shared_group;
use crate::store::{self, Receipt};
use gvmr_core::home::shared_home;
use gvmr_core::home::system_go::{self, home_of_shim};
use gvmr_core::select::resolution::Selection;
use gvmr_core::sys::environment::Process;
use gvmr_core::sys::printable;
use rustix::fs::Access;
use std::ffi::OsStr;
use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// A home that others can change, or that no program runs from.
pub(in crate::doctor) fn unfit(facts: &Examination<'_>) -> Looked {
    let root = facts.home.root();
    if let Some(closed) = closed(facts) {
        return one(Some(closed));
    }
    if !root.exists() {
        return NOTHING;
    }
    let me = rustix::process::geteuid().as_raw();
    let mut findings = Vec::new();
    let trees = facts.toolchains().unwrap_or_default().iter();
    let trees = trees.flat_map(|toolchain| [toolchain.goroot.clone(), toolchain.goroot.join("bin")]);
    let own = [root.to_owned(), facts.home.shims(), facts.home.versions()];
    for directory in own.into_iter().chain(trees) {
        let Ok(found) = fs::metadata(&directory) else { continue };
        if findings.iter().any(|_| directory != root) {
            break; // who can change what is above can change what is below
        }
        let path = printable::path(&directory);
        let finding = |why: String| {
            Finding::error("gvmr.home-unfit", FindingPlace::file(&directory))
                .what("others can change gvmr's home")
                .why(why)
        };
        if found.uid() != me && found.uid() != 0 && !shared_home::is_anothers(facts.home) {
            let why =
                format!("{path} belongs to user {}, who can replace every go that you run", found.uid());
            findings.push(finding(why).by_hand("set GVMR_HOME to a directory of yours"));
        } else if let Some(writers) = writers(&found) {
            let why = format!("{writers} can write to {path}, and replace every go that you run");
            let command = format!("chmod go-w {}", crate::shell::quote::where_needed(directory.as_os_str()));
            findings.push(
                finding(why).by_hand("take that right away").command(command).mended_if(
                    (found.uid() == me)
                        .then(|| Mend::Mode { file: directory.clone(), mode: found.mode() & 0o7755 }),
                    "takes that right away",
                ),
            );
        }
    }
    if let Some(volume) = Volume::of(root).filter(|volume| volume.noexec) {
        let path = printable::path(&volume.path);
        findings.push(
            Finding::error("gvmr.home-unfit", FindingPlace::file(root))
                .what("no program runs from gvmr's home")
                .why(format!("{path} is mounted noexec: each go ends with `Permission denied`"))
                .by_hand("mount it without noexec, or set GVMR_HOME to another file system"),
        );
    }
    Ok(findings)
}

/// Who else can write to a directory.
fn writers(found: &fs::Metadata) -> Option<String> {
    let by_group =
        || found.mode() & 0o020 != 0 && is_shared_group(found.gid(), found.uid(), &[0, found.uid()]);
    match found.mode() & 0o002 {
        0 => by_group().then(|| format!("group {}", found.gid())),
        _ => Some("everyone".to_owned()),
    }
}

/// A directory of the home that this user may not enter.
fn closed(facts: &Examination<'_>) -> Option<Finding> {
    let directories = [facts.home.root().to_owned(), facts.home.shims(), facts.home.versions()];
    let is_closed = |directory: &&PathBuf| match fs::metadata(directory) {
        Ok(found) => {
            found.is_dir() && rustix::fs::access(*directory, Access::READ_OK | Access::EXEC_OK).is_err()
        }
        Err(error) => error.kind() == ErrorKind::PermissionDenied,
    };
    let directory = directories.iter().find(is_closed)?;
    let owner = fs::metadata(directory).map(|found| (found.uid(), found.mode() & 0o7777));
    let me = rustix::process::geteuid().as_raw();
    let finding = Finding::error("gvmr.home-unfit", FindingPlace::file(directory))
        .what("this user cannot read gvmr's home")
        .why("the shims are not found, and no version is seen");
    let quoted = crate::shell::quote::where_needed(directory.as_os_str());
    Some(match owner {
        Ok((owner, mode)) if owner == me => finding
            .by_hand("let yourself read it")
            .command(format!("chmod u+rwx {quoted}"))
            .mended(Mend::Mode { file: directory.clone(), mode: mode | 0o700 }, "lets you read it"),
        _ if own_home(facts).is_some_and(|home| directory.starts_with(home)) => {
            finding.by_hand("give it back to this user").command(format!("sudo chown -R {me}: {quoted}"))
        }
        _ => finding.by_hand("set GVMR_HOME to a directory of yours, or ask its owner to let you read it"),
    })
}

/// A default that names nothing that is installed.
pub(in crate::doctor) fn default_missing(facts: &Examination<'_>) -> Looked {
    let toolchains = facts.toolchains()?;
    let file = facts.home.default_file();
    let finding = |what: String, why: String| {
        Finding::error("gvmr.default-missing", FindingPlace::line(&file, Some(1)))
            .what(what)
            .why(why)
            .by_hand("set another default, or install it")
    };
    let selector = match store::default_selector(facts.home, &Process) {
        Ok(Some(selector)) => selector,
        Ok(None) => return NOTHING,
        Err(error) => {
            let finding = finding("the default cannot be read".to_owned(), error.to_string());
            return one(Some(finding.command("gvmr use --global VERSION")));
        }
    };
    if selector.newest(toolchains.iter().map(|toolchain| &toolchain.version)).is_some() {
        return NOTHING;
    }
    let why = "go ends with an error wherever no file asks for another version".to_owned();
    let finding = finding(format!("the default is {selector}, and it is not installed"), why)
        .command(format!("gvmr install {selector}"));
    one(Some(match toolchains {
        // What else could be meant is the user's to say.
        [only] => finding.mended(
            Mend::Default(only.version.clone()),
            format!("makes Go {} the default, the only version that is installed", only.version),
        ),
        _ => finding,
    }))
}

/// A version without a receipt that can be read.
pub(in crate::doctor) fn no_receipt(facts: &Examination<'_>) -> Looked {
    let without = facts.toolchains()?.iter().filter_map(|toolchain| {
        let why = match Receipt::read(&toolchain.goroot) {
            Ok(Some(_)) => return None,
            Ok(None) => "nothing tells where it came from and what proved it".to_owned(),
            Err(error) => error.to_string(),
        };
        let name = toolchain.version.toolchain_name();
        let exact = gvmr_core::gover::selector::Selector::exact(&toolchain.version);
        Some(
            Finding::error("gvmr.no-receipt", FindingPlace::file(&toolchain.goroot))
                .what(format!("{name} has no receipt"))
                .why(why)
                .by_hand("verify it, or install it again")
                .command(format!("gvmr verify {exact}")),
        )
    });
    Ok(without.collect())
}

/// What interrupted commands left.
pub(in crate::doctor) fn leftovers(facts: &Examination<'_>) -> Looked {
    let left = store::Store::to_read(facts.home.clone()).leftovers().map_err(|error| error.to_string())?;
    let found = left.into_iter().map(|path| {
        let mebibytes = room_of(&path).div_ceil(1 << 20);
        Finding::at("gvmr.leftovers", Severity::Note, FindingPlace::file(path))
            .what("an interrupted install left a part of a tree")
            .why(format!("it takes {mebibytes} MiB; the next install or `gvmr prune` removes it"))
            .by_hand("remove it")
            .command("gvmr prune --yes")
            .mended_if((!facts.settings.reads_only).then_some(Mend::Leftovers), "removes it")
    });
    Ok(found.collect())
}

/// What a file, or all below a directory, takes on the disk, in bytes.
fn room_of(path: &Path) -> u64 {
    let mut left = vec![path.to_owned()];
    let mut bytes = 0;
    while let Some(path) = left.pop() {
        let Ok(found) = fs::symlink_metadata(&path) else { continue };
        bytes += found.blocks() * 512;
        if found.is_dir() {
            left.extend(fs::read_dir(&path).into_iter().flatten().flatten().map(|entry| entry.path()));
        }
    }
    bytes
}

/// No Go at all.
pub(in crate::doctor) fn nothing_here(facts: &Examination<'_>) -> Looked {
    let is_empty = facts.toolchains()?.is_empty();
    // A shim of this home runs none of its own.
    let is_other = |go: &PathBuf| home_of_shim(go).is_none_or(|home| home.root() != facts.home.root());
    let in_session = || {
        facts.login_shell().is_ok_and(|login| login.sessions.iter().any(|one| one.all.iter().any(is_other)))
    };
    let has_go = facts.goroot().is_some()
        || system_go::find(OsStr::new("go"), &Process, facts.home, None).is_some()
        || in_session();
    let is_asked = matches!(facts.answer().map(|answer| &answer.choice), Some(Selection::Missing { .. }));
    one((is_empty && !has_go && !is_asked).then(|| Finding {
        places: Vec::new(),
        ..Finding::at("gvmr.nothing-here", Severity::Note, FindingPlace::file("/"))
            .what("there is no Go here yet")
            .why("no version is installed, and PATH has no other go")
            .by_hand("install the newest one")
            .command("gvmr install latest")
    }))
}
