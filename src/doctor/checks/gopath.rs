//! A GOPATH that go refuses, or that is something else already.

use super::{Looked, NOTHING, one};
use crate::doctor::facts::Examination;
use crate::doctor::finding::{Finding, Severity};
use crate::doctor::mend::Mend;
use crate::doctor::place::FindingPlace;
use gvmr_core::env::gopath::{self, GopathFault};
use gvmr_core::gover::goenv;
use gvmr_core::home::paths::Home;
use gvmr_core::sys::environment::{Environment as _, Process};
use gvmr_core::sys::printable;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

/// The fault of the GOPATH in force, and where that is written.
fn fault(facts: &Examination<'_>) -> Result<Option<(GopathFault, FindingPlace)>, String> {
    let setting = facts.setting("GOPATH")?;
    let goroot = facts.goroot();
    if let Some(value) = setting.written() {
        let fault = gopath::fault(&OsString::from(&value), facts.home, goroot)
            .or_else(|| made_in_home(&value, facts.home));
        return Ok(fault.zip(setting.place()));
    }
    let Some(default) = facts.user_home().map(|home| home.join("go")) else { return Ok(None) };
    let fault = gopath::fault_of_default(&default, facts.home, goroot)
        .or_else(|| something_else(&default, facts.home).filter(|_| goroot.is_some()));
    Ok(fault.map(|fault| (fault, FindingPlace::file(default))))
}

/// A file, or a link that leads nowhere, in the place of the default.
fn something_else(default: &Path, home: &Home) -> Option<GopathFault> {
    let is_there = fs::symlink_metadata(default).is_ok();
    let fault = gopath::fault(default.as_os_str(), home, None).filter(|_| is_there)?;
    matches!(fault, GopathFault::NotADirectory(_)).then_some(fault)
}

/// A directory that is not there yet, and that go would make in gvmr's home.
fn made_in_home(value: &str, home: &Home) -> Option<GopathFault> {
    let first = Path::new(value.split(':').next()?);
    let above = first.ancestors().find(|above| above.exists()).filter(|above| *above != first)?;
    let is_in_home = fs::canonicalize(above).ok()?.starts_with(fs::canonicalize(home.root()).ok()?);
    is_in_home.then(|| GopathFault::Home(first.to_owned()))
}

/// Where the file of `go env -w` has it, that line goes. The directory stays as it is.
fn mend(facts: &Examination<'_>) -> Option<Mend> {
    let line = facts.setting("GOPATH").ok()?.env_line()?;
    facts.without_env_line(line)
}

/// A package here that takes an import from a copy below GOPATH/src, as go does only outside of modules.
pub(in crate::doctor) fn src_shadows(facts: &Examination<'_>) -> Looked {
    let directory = facts.directory()?;
    let switched = goenv::setting(&Process, "GO111MODULE").unwrap_or_default();
    let switched = switched.to_string_lossy();
    let is_module = directory.ancestors().any(|above| above.join("go.mod").is_file());
    let gopath = facts.setting("GOPATH")?.value().unwrap_or_default();
    let sources: Vec<PathBuf> = gopath.split(':').map(|element| Path::new(element).join("src")).collect();
    // Whoever stands in GOPATH/src works as it is meant.
    let is_outside = !sources.iter().any(|source| directory.starts_with(source));
    let is_off = match &*switched {
        "off" => true,
        "auto" => !is_module,
        _ => false,
    };
    if !is_off || !is_outside || !has_sources(directory) || facts.goroot().is_none() {
        return NOTHING;
    }
    let shadow = facts.package_list()?.directories().find_map(|(import, found)| {
        let source = sources.iter().find(|source| Path::new(found).starts_with(source))?;
        Some((import.to_owned(), source.join(import)))
    });
    one(shadow.map(|(import, found)| {
        let finding = Finding::error("gopath.src-shadows", FindingPlace::file(found))
            .what(format!("{} comes from a copy below GOPATH/src", printable::word(&import)))
            .why(format!(
                "GO111MODULE={switched} and no module here: go takes what lies there, whatever its version, and downloads nothing"
            ))
            .by_hand("make this a module, and leave GO111MODULE unset")
            .command("go mod init");
        finding.and(match goenv::written(&Process, "GO111MODULE") {
            Some(written) if Process.get("GO111MODULE").is_none() => {
                FindingPlace::line(written.file, Some(written.line))
            }
            _ => FindingPlace::variable("GO111MODULE"),
        })
    }))
}

fn has_sources(directory: &Path) -> bool {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).any(|path| path.extension().is_some_and(|extension| extension == "go"))
}

/// A module's root.
pub(in crate::doctor) fn is_module_root(facts: &Examination<'_>) -> Looked {
    let found = fault(facts)?.filter(|(fault, _)| matches!(fault, GopathFault::ModuleRoot(_)));
    one(found.map(|(fault, place)| {
        Finding::error("gopath.is-module-root", place)
            .and(FindingPlace::file(fault.element().join("go.mod")))
            .what("GOPATH is a module's root")
            .why(
                "up to Go 1.21 every command there ends with `$GOPATH/go.mod exists but should not`; later ones warn, \
                 and go mod tidy fails",
            )
            .by_hand("set GOPATH to another directory, or leave it unset: Go's default is ~/go")
            .mended_if(mend(facts), "deletes that line; Go's default is ~/go")
    }))
}

/// Everything else.
pub(in crate::doctor) fn unusable(facts: &Examination<'_>) -> Looked {
    let found = fault(facts)?.filter(|(fault, _)| !matches!(fault, GopathFault::ModuleRoot(_)));
    one(found.map(|(fault, place)| {
        let is_misplaced = matches!(fault, GopathFault::Goroot(_) | GopathFault::Home(_));
        let severity = if is_misplaced { Severity::Warning } else { Severity::Error };
        Finding::at("gopath.unusable", severity, place)
            .what("GOPATH cannot be used")
            .why(fault.to_string())
            .by_hand(remedy(facts, &fault))
            .mended_if(mend(facts), "deletes that line; Go's default is ~/go")
    }))
}

/// What a person does about it. The default is not mended by leaving the variable unset.
fn remedy(facts: &Examination<'_>, fault: &GopathFault) -> &'static str {
    let is_written = facts.setting("GOPATH").is_ok_and(|setting| setting.written().is_some());
    match fault {
        GopathFault::NotADirectory(path) if !is_written && path.is_symlink() => {
            "mount what the link leads to, replace the link, or set GOPATH to another directory"
        }
        GopathFault::NotADirectory(_) if !is_written => {
            "move the file away, or set GOPATH to another directory"
        }
        _ => "set it to a directory of yours, or leave it unset: Go's default is ~/go",
    }
}
